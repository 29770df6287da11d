/**
 * A project, whoever edits it, and what it must be. All that was answered has happened, in its
 * order; of what was not, as much as was carried out when the daemon died, and each as a whole.
 *
 * One that names its requests (`op_id`) sends those again that were not answered: each is then
 * carried out once, and the sequence of its reply says when. One that does not has one client,
 * whose requests are carried out in their order: a daemon that died has done some of the last of
 * them, and only how many is to be found out.
 */

import { Random } from '../fuzz/random.ts';
import {
  describe,
  describeHistory,
  describePicture,
  EMPTY,
  type Model,
  type Picture,
} from './model.ts';
import { type CrashRequest, type Known, randomRequest } from './requests.ts';
import type { Answer, Reply, Wire } from './wire.ts';

/** A request that was sent. */
interface Sent {
  readonly request: CrashRequest;
  readonly params: object;
  answer: Answer;
}

export interface LaneOptions {
  readonly project: string;
  readonly key: readonly (string | number)[];
  readonly directory: string;
  /** More than one only where requests are named. */
  readonly clients: number;
  readonly named: boolean;
  /** Requests under way at a time, of each client. */
  readonly depth: number;
  /** Files that lanes have saved, and what is in them. */
  readonly saved: Map<string, Picture>;
}

/** Codes that are no fault where the order of requests is not known. */
const REFUSALS = [
  ...['GOX_LAYER_NOT_FOUND', 'GOX_NOTHING_TO_UNDO', 'GOX_NOTHING_TO_REDO'],
  ...['GOX_CHECKPOINT_NOT_FOUND', 'GOX_SCRIPT_FAILED'],
];

/** More than there are ever. */
const STEPS_MAX = 1000;

export class Lane {
  readonly #options: LaneOptions;
  readonly #random: Random;
  /** What the project may be: one, but after a death of which two ends look alike. */
  #models: readonly Model[] = [EMPTY];
  /** Those that were sent since it was last known what the project is. */
  #sent: Sent[] = [];
  #ids = 0;
  answered = 0;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#random = new Random(...options.key);
  }

  get project(): string {
    return this.#options.project;
  }

  /** The requests that were sent and not answered. */
  get unanswered(): string[] {
    const open = this.#sent.filter(({ answer }) => answer === undefined);
    return open.map(({ request, params }) => `${request.method} ${JSON.stringify(params)}`);
  }

  /** Makes the project. */
  async begin(wire: Wire): Promise<void> {
    const { project } = this.#options;
    await wire.ask('goxel.create_project', { project });
  }

  /** Sends requests over connections of its own until it is told to stop, or they end. */
  async run(open: () => Promise<Wire>, stopped: () => boolean): Promise<void> {
    const clients = Array.from({ length: this.#options.clients }, async () => {
      const wire = await open().catch(() => undefined);
      if (wire === undefined) return;
      await this.#client(wire, stopped);
      if (wire.strange.length > 0) throw this.#fault(`strange replies: ${wire.strange.join('; ')}`);
      wire.close();
    });
    await Promise.all(clients);
  }

  async #client(wire: Wire, stopped: () => boolean): Promise<void> {
    const flying = new Set<Promise<void>>();
    let over = false;
    while (!stopped() && !over) {
      const request = randomRequest(this.#known());
      const depth = request.alone === true ? 1 : this.#options.depth;
      while (flying.size >= depth) await Promise.race(flying);
      const sent = this.#note(request);
      const flight = this.#send(wire, sent).then((answer) => {
        over ||= answer === undefined;
        flying.delete(flight);
      });
      flying.add(flight);
      if (request.alone === true) await flight;
    }
    await Promise.all(flying);
  }

  #known(): Known {
    const { directory, named, saved } = this.#options;
    const layers = this.#models[0]!.now.map(({ id }) => id);
    return { random: this.#random, directory, layers, saved, chancy: named };
  }

  #note(request: CrashRequest): Sent {
    const { project, named } = this.#options;
    const _meta = named
      ? { op_id: `${project} ${this.#ids++}` }
      : { ...(this.#random.chance(0.5) ? { durability: true } : {}) };
    const sent = { request, params: { ...request.params, project, _meta }, answer: undefined };
    this.#sent.push(sent);
    return sent;
  }

  async #send(wire: Wire, sent: Sent): Promise<Answer> {
    const answer = await wire.send(sent.request.method, sent.params);
    sent.answer = answer;
    if (answer !== undefined) this.answered += 1;
    return answer;
  }

  /** Finds out what the project is, and throws where it is not what it must be. */
  async settle(wire: Wire): Promise<void> {
    const { named, project } = this.#options;
    if (named) {
      for (const sent of this.#sent) {
        if (sent.answer === undefined) await this.#send(wire, sent);
      }
      this.#sent = inOrder(this.#sent);
    }
    const last = this.#sent.findLastIndex(({ answer }) => answer !== undefined);
    const done = this.#sent.slice(0, last + 1);
    let models = this.#models;
    for (const [place, sent] of done.entries()) {
      if (sent.answer === undefined) throw this.#fault('a later request was answered', place);
      models = this.#after(models, sent, sent.answer, place);
    }
    const shown = await stateOf(wire, project);
    const ends = models.flatMap((model) => this.#ends(model, last + 1));
    const matching = ends.filter((model) => describe(model) === shown);
    if (matching.length === 0) throw this.#fault(difference(shown, ends));
    this.#models = distinct(matching);
    this.#sent = [];
  }

  /** The models after a request that was answered. */
  #after(models: readonly Model[], sent: Sent, answer: Reply, place: number): readonly Model[] {
    const code = answer.error?.data?.code;
    if (code !== undefined && this.#options.named && REFUSALS.includes(code)) return models;
    const nexts = models.map((model) => sent.request.apply(model, answer.result));
    const fitting = nexts.filter((next) => (typeof next === 'string' ? next : undefined) === code);
    if (fitting.length === 0) {
      const due = nexts.map((next) => (typeof next === 'string' ? next : 'a result')).join(' or ');
      throw this.#fault(`${JSON.stringify(answer).slice(0, 300)}, where ${due} is due`, place);
    }
    const after = fitting.map((next, i) => (typeof next === 'string' ? models[i]! : next));
    // Others may edit while it is saved.
    if (code === undefined && this.#options.clients === 1) sent.request.answered?.(after[0]!);
    return after;
  }

  /** What a project may be of whose last requests nobody knows whether they were carried out. */
  #ends(model: Model, from: number): Model[] {
    const ends = [model];
    for (const { request } of this.#sent.slice(from)) {
      const next = request.apply(ends.at(-1)!);
      if (typeof next !== 'string') ends.push(next);
    }
    return ends;
  }

  /** Goes back to the first step that is known, and forth again: each must be as it was. */
  async walk(wire: Wire): Promise<void> {
    const { project } = this.#options;
    const model = this.#models[0]!;
    const pictures = [...model.undo.map(({ picture }) => picture), model.now];
    const look = async (picture: Picture) => {
      const shown = await pictureOf(wire, project);
      if (shown !== describePicture(picture)) {
        throw this.#fault(`a step back:\n${difference(shown, [{ ...EMPTY, now: picture }])}`);
      }
    };
    for (const { picture } of model.undo.toReversed()) {
      await wire.ask('goxel.undo', { project });
      await look(picture);
    }
    for (const picture of pictures.slice(1)) {
      await wire.ask('goxel.redo', { project });
      await look(picture);
    }
    // What had been undone before is still there, and nothing else.
    await this.settle(wire);
  }

  #fault(what: string, place?: number): Error {
    const sent = place === undefined ? undefined : this.#sent[place];
    const request =
      sent && ` (${sent.request.method} ${JSON.stringify(sent.params).slice(0, 300)})`;
    const near = this.#sent
      .slice(-30)
      .map(({ request: { method }, answer }) => {
        const how = answer === undefined ? '?' : (answer.error?.data?.code ?? 'ok');
        return `${method} ${how} ${answer?._meta?.sequence ?? ''}`;
      })
      .join('\n  ');
    return new Error(`${this.project}: ${what}${request ?? ''}\n  ${near}`);
  }
}

/** By their sequences; those that have none, and did nothing, stay behind the one before them. */
function inOrder(sent: readonly Sent[]): Sent[] {
  let before = 0;
  const placed = sent.map((one) => {
    before = one.answer?._meta?.sequence ?? before;
    return { one, at: before };
  });
  return placed.sort((a, b) => a.at - b.at).map(({ one }) => one);
}

function distinct(models: readonly Model[]): Model[] {
  return models.filter((model, i) => models.indexOf(model) === i).slice(0, 16);
}

/** As `describe` has it, as the daemon tells it. */
export async function stateOf(wire: Wire, project: string): Promise<string> {
  interface Step {
    readonly method: string;
  }
  interface History {
    readonly done: readonly Step[];
    readonly undone: readonly Step[];
    readonly checkpoints: readonly { readonly checkpoint: string }[];
  }
  const limit = STEPS_MAX;
  const history = await wire.ask<History>('goxel.get_history', { project, limit });
  const names = history.checkpoints.map(({ checkpoint }) => checkpoint);
  const picture = await pictureOf(wire, project);
  return `${describeHistory(history.done, history.undone, names)}\n${picture}`;
}

async function pictureOf(wire: Wire, project: string): Promise<string> {
  interface Listed {
    readonly layers: readonly {
      readonly id: number;
      readonly name: string;
      readonly visible: boolean;
    }[];
  }
  interface Found {
    readonly voxels: readonly { x: number; y: number; z: number; color: number[] }[];
  }
  const { layers } = await wire.ask<Listed>('goxel.list_layers', { project });
  const picture = await Promise.all(
    layers.map(async ({ id, name, visible }) => {
      const params = { project, layer_id: id, limit: 1_000_000 };
      const { voxels } = await wire.ask<Found>('goxel.get_layer_voxels', params);
      const map = new Map(voxels.map(({ x, y, z, color }) => [`${x},${y},${z}`, color.join()]));
      return { id, name, visible, voxels: map };
    }),
  );
  return describePicture(picture);
}

/** Of the one that is nearest, the lines that differ, cut short. */
function difference(shown: string, models: readonly Model[]): string {
  const lines = shown.split('\n');
  const unlike = (text: string) => text.split('\n').filter((line) => !lines.includes(line));
  const texts = models.map(describe).sort((a, b) => unlike(a).length - unlike(b).length);
  const due = texts[0]!.split('\n');
  const extra = lines.filter((line) => !due.includes(line));
  return [
    `none of ${texts.length} states that it may have`,
    ...unlike(texts[0]!).map((line) => `- ${line.slice(0, 400)}`),
    ...extra.map((line) => `+ ${line.slice(0, 400)}`),
  ].join('\n');
}
