/** Steps of the history from the runs of a mirror; see `steps.ts`. */

import { type Noted, StateEntry } from '../changes/noted.ts';
import type { Entry } from '../changes/recorder.ts';
import type { MirrorBlocks, MirrorRun, MirrorSteps } from '../port/mirror.ts';
import type { Origin, Step } from '../project/history.ts';
import type { Project } from '../project/project.ts';
import { type Summary, VoxelSummary } from '../project/summary.ts';
import { type Step as LogStep, VolumeLog } from '../volume/volume-log.ts';
import { VoxelEntry } from '../volume/voxel-entry.ts';
import { bufferOf, unpacked } from './pack.ts';
import { type MirrorReader, tableStepOf } from './reader.ts';
import { Runs } from './runs.ts';
import {
  DOUBLES,
  type EntryContent,
  INTEGERS,
  LOG_INTEGERS,
  LOG_KINDS,
  type LogContent,
  type StepContent,
  type StepsContent,
  type TableContent,
  type VoxelsContent,
} from './steps.ts';

export class StepReader {
  readonly #project: Project;
  readonly #reader: MirrorReader;
  /** Steps share them. */
  readonly #origins = new Map<string, Origin>();

  constructor(project: Project, reader: MirrorReader) {
    this.#project = project;
    this.#reader = reader;
  }

  /** All of them, made later. */
  runs(steps: MirrorSteps): Runs {
    return new Runs(steps, (run) => this.#run(run));
  }

  /** All of them, made at once. */
  steps({ runs, start, end }: MirrorSteps): Step[] {
    return runs.flatMap((run) => this.#run(run)).slice(start, end);
  }

  #run(run: MirrorRun): Step[] {
    const content = unpacked(run.data) as VoxelsContent | StepsContent;
    if (content.kind === 'voxels') return this.#voxels(run, content);
    return Array.from(run.numbers, (number, i) => {
      const { at_ms, before, after, origin, summary, entries } = content.steps[i]!;
      const made = entries.map((entry) => this.#entry(entry, run.blocks));
      return {
        ...{ number, at_ms, before, after, bytes: run.bytes[i]!, entries: made },
        origin: this.#origin(origin),
        summary: summaryOf(summary, made),
      };
    });
  }

  #voxels({ numbers, bytes }: MirrorRun, content: VoxelsContent): Step[] {
    const doubles = new Float64Array(bufferOf(content.doubles));
    const integers = new Int32Array(bufferOf(content.integers));
    const places = new Uint16Array(bufferOf(content.places));
    const origins = content.origins.map((origin) => this.#origin(origin));
    const tables = content.volumes.map((id) => this.#reader.volume(id).table);
    const steps: Step[] = [];
    // There may be fewer than there were in the run.
    for (let i = 0; i < numbers.length; i++) {
      const [d, n] = [DOUBLES * i, INTEGERS * i];
      const voxel = new VoxelEntry({
        table: tables[places[2 * i + 1]!]!,
        version: doubles[d + 3]!,
        x: integers[n]!,
        y: integers[n + 1]!,
        z: integers[n + 2]!,
        before: integers[n + 3]!,
        after: integers[n + 4]!,
        undone: integers[n + 6] === 1,
      });
      steps.push({
        entries: [voxel],
        summary: new VoxelSummary(integers[n + 5]!, voxel),
        origin: origins[places[2 * i]!]!,
        before: doubles[d + 1]!,
        after: doubles[d + 2]!,
        number: numbers[i]!,
        at_ms: doubles[d]!,
        bytes: bytes[i]!,
      });
    }
    return steps;
  }

  #origin([method, client]: StepContent['origin']): Origin {
    const key = `${client} ${method}`;
    const known = this.#origins.get(key);
    if (known !== undefined) return known;
    const origin = { method, client };
    this.#origins.set(key, origin);
    return origin;
  }

  #entry(content: EntryContent, blocks: MirrorBlocks): Entry {
    if (content[0] === 'state') {
      const [, owner, kept] = content;
      // What was kept of an owner is a state of it.
      return new StateEntry(this.#owner(owner), this.#reader.value(kept) as object);
    }
    if (content[0] === 'voxel') {
      const [, volume, version, undone, numbers] = content;
      const [x, y, z, before, after] = numbers as [number, number, number, number, number];
      const { table } = this.#reader.volume(volume);
      return new VoxelEntry({ table, version, undone, x, y, z, before, after });
    }
    const [, volume, version, log] = content;
    return new VolumeLog(this.#reader.volume(volume).table, version, this.#log(log, blocks));
  }

  #owner(owner: unknown): Noted<object> {
    const { document } = this.#project;
    if (owner === 'project') return this.#project as unknown as Noted<object>;
    if (owner === 'document') return document as unknown as Noted<object>;
    return this.#reader.value(owner as [number]) as Noted<object>;
  }

  #log({ kinds, integers, tables }: LogContent, blocks: MirrorBlocks): LogStep[] {
    const numbers = new Int32Array(bufferOf(integers));
    const left = tables.values();
    return Array.from(kinds, (kind, i): LogStep => {
      const at = LOG_INTEGERS * i;
      const [a, b, c] = [numbers[at]!, numbers[at + 1]!, numbers[at + 2]!];
      switch (LOG_KINDS[kind]) {
        case 'cell':
          return { kind: 'cell', slot: a, place: b, word: c >>> 0 };
        case 'block':
          return { kind: 'block', slot: a, block: this.#reader.block(blocks, b) };
        case 'added':
          return { kind: 'added' };
        case 'removed': {
          const block = this.#reader.block(blocks, numbers[at + 3]!);
          return { kind: 'removed', x: a, y: b, z: c, block };
        }
        default:
          return this.#table(left.next().value!, blocks);
      }
    });
  }

  #table({ positions, blocks: places, count, empty }: TableContent, blocks: MirrorBlocks) {
    const made = Array.from(new Int32Array(bufferOf(places)), (place) => {
      return this.#reader.block(blocks, place);
    });
    return { ...tableStepOf(new Int32Array(bufferOf(positions)), made), count, empty };
  }
}

function summaryOf(summary: unknown, [entry]: readonly Entry[]): Summary {
  if (typeof summary !== 'number') return summary as Summary;
  return new VoxelSummary(summary, entry as VoxelEntry);
}
