/**
 * A healthy client beside the hostile ones: it edits, in pipelined groups, and knows of each
 * request what the daemon must answer, since it keeps the voxels itself.
 */

import { isDeepStrictEqual } from 'node:util';
import { actors, eventually, RawConnection, type RawReply, treeOf } from '../../support/raw.ts';
import type { Random } from '../random.ts';

const PROJECT = 'control';
const SPREAD = 6;
const GROUP = 24;

interface Asked {
  readonly text: string;
  readonly judge: (result: unknown) => boolean;
}

export class Control {
  readonly #connection: RawConnection;
  readonly #random: Random;
  readonly #model = new Map<string, readonly number[]>();
  #id = 0;
  answered = 0;

  private constructor(connection: RawConnection, random: Random) {
    this.#connection = connection;
    this.#random = random;
  }

  static async open(path: string, random: Random): Promise<Control> {
    const connection = await RawConnection.open(path);
    await connection.call('goxel.create_project', { project: PROJECT });
    return new Control(connection, random);
  }

  /** A group of requests in one write, and what is wrong with the replies. */
  async turn(): Promise<string[]> {
    const first = this.#id + 1;
    const asked = Array.from({ length: GROUP }, () => this.#request());
    this.#connection.write(asked.map(({ text }) => text).join(''));
    const lines = await this.#connection.lines(GROUP);
    this.answered += GROUP;
    return lines.flatMap((line, i) => {
      const { id, result } = JSON.parse(line) as RawReply;
      const { text, judge } = asked[i]!;
      if (id === first + i && judge(result)) return [];
      return [`the control client asked ${text.trim()} and got ${line.slice(0, 300)}`];
    });
  }

  /** Waits until the others are gone, and closes what they left open. */
  async clear(): Promise<string[]> {
    const faults: string[] = [];
    try {
      await eventually(
        'the other connections were gone',
        async () => actors(await treeOf(this.#connection), /^connection:/).length === 1,
      );
    } catch (error) {
      const open = actors(await treeOf(this.#connection), /^connection:/);
      faults.push(`${String(error)}: ${open.map(({ id, state }) => `${id} ${state}`).join(', ')}`);
    }
    const { result } = await this.#connection.call('goxel.list_projects');
    const { projects } = result as { projects: { project: string; state: string }[] };
    for (const { project, state } of projects) {
      if (state === 'lost') faults.push(`the project ${project} was lost`);
      if (project === PROJECT) continue;
      await this.#connection.call('goxel.close_project', { project });
    }
    return faults;
  }

  /** Engines that were started again. */
  async restarts(): Promise<number> {
    const { result } = await this.#connection.call('status');
    const { engines } = result as { engines: { restarts: number }[] };
    return engines.reduce((sum, { restarts }) => sum + restarts, 0);
  }

  close(): void {
    this.#connection.destroy();
  }

  #request(): Asked {
    const random = this.#random;
    const [x, y, z] = [random.below(SPREAD), random.below(SPREAD), random.below(SPREAD)];
    const at = `${x},${y},${z}`;
    if (random.chance(0.4)) {
      const color = [2 + random.below(254), random.below(256), random.below(256), 255];
      this.#model.set(at, color);
      return this.#ask('goxel.add_voxel', { x, y, z, color }, ({ success }) => success === true);
    }
    if (random.chance(0.2)) {
      this.#model.delete(at);
      return this.#ask('goxel.remove_voxel', { x, y, z }, ({ success }) => success === true);
    }
    const color = this.#model.get(at);
    const expected = { x, y, z, exists: color !== undefined, color: color ?? [0, 0, 0, 0] };
    return this.#ask('goxel.get_voxel', { x, y, z }, (got) => isDeepStrictEqual(got, expected));
  }

  #ask(
    method: string,
    where: Readonly<Record<string, unknown>>,
    judge: (result: Readonly<Record<string, unknown>>) => boolean,
  ): Asked {
    const params = { project: PROJECT, ...where };
    const text = `${JSON.stringify({ jsonrpc: '2.0', id: ++this.#id, method, params })}\n`;
    return {
      text,
      judge: (value) => value !== undefined && judge(value as Readonly<Record<string, unknown>>),
    };
  }
}
