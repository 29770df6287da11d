/**
 * Steps of the history, in runs. Those of one voxel each, of which there may be 100,000s, are in
 * columns; others one by one, what they replaced of volumes in columns as well.
 */

import { StateEntry } from '../changes/noted.ts';
import type { Entry } from '../changes/recorder.ts';
import { Document } from '../document/document.ts';
import { Layer } from '../document/layer.ts';
import type { MirrorRun } from '../port/mirror.ts';
import type { Step } from '../project/history.ts';
import { VoxelSummary } from '../project/summary.ts';
import type { Volume } from '../volume/volume.ts';
import { type Step as LogStep, type TableStep, VolumeLog } from '../volume/volume-log.ts';
import { VoxelEntry } from '../volume/voxel-entry.ts';
import { bytesIn, packed } from './pack.ts';
import { BlockList } from './tables.ts';
import type { Ids, Item, ValueWriter } from './values.ts';

/** Steps of one run; who wants one of them has to read them all. */
const RUN_STEPS = 1024;

/** Numbers of a step of one voxel, in the columns of each kind. */
export const DOUBLES = 4;
export const INTEGERS = 7;
/** Of one log step: its kind is apart. */
export const LOG_INTEGERS = 4;

export const LOG_KINDS = ['cell', 'block', 'added', 'removed', 'table'] as const;

/** By places in `origins` and `volumes`. */
export interface VoxelsContent {
  readonly kind: 'voxels';
  readonly origins: readonly (readonly [method: string, client: number])[];
  /** Ids. */
  readonly volumes: readonly number[];
  /** `at_ms`, `before`, `after`, the entry's version: Float64Array. */
  readonly doubles: Uint8Array;
  /** x, y, z, the words before and after, `layer_id`, 1 if undone: Int32Array. */
  readonly integers: Uint8Array;
  /** Places of the origin and the volume: Uint16Array. */
  readonly places: Uint8Array;
}

export interface StepsContent {
  readonly kind: 'steps';
  readonly steps: readonly StepContent[];
}

export interface StepContent {
  readonly at_ms: number;
  readonly before: number;
  readonly after: number;
  readonly origin: readonly [method: string, client: number];
  /** Of one voxel's, only the layer's id. */
  readonly summary: unknown;
  readonly entries: readonly EntryContent[];
}

export type EntryContent =
  | readonly ['voxel', volume: number, version: number, undone: boolean, numbers: number[]]
  | readonly ['state', owner: Item | 'document' | 'project', kept: Item]
  | readonly ['log', volume: number, version: number, LogContent];

export interface LogContent {
  /** Places in `LOG_KINDS`, a byte each. */
  readonly kinds: Uint8Array;
  /** Slot, place and word; slot and block; or x, y, z and block: an Int32Array. */
  readonly integers: Uint8Array;
  /** Of the steps that are all of a table, in their order. */
  readonly tables: readonly TableContent[];
}

export interface TableContent {
  readonly count: number;
  readonly empty: number;
  /** Three numbers a slot, then the places of blocks: Int32Arrays. */
  readonly positions: Uint8Array;
  readonly blocks: Uint8Array;
}

export class StepWriter {
  readonly #ids: Ids;
  readonly #values: ValueWriter;

  constructor(ids: Ids, values: ValueWriter) {
    this.#ids = ids;
    this.#values = values;
  }

  runs(steps: readonly Step[]): MirrorRun[] {
    const runs: MirrorRun[] = [];
    for (let start = 0; start < steps.length; ) {
      const single = voxelOf(steps[start]!) !== undefined;
      let end = start + 1;
      const last = Math.min(steps.length, start + RUN_STEPS);
      while (end < last && (voxelOf(steps[end]!) !== undefined) === single) end++;
      const part = steps.slice(start, end);
      runs.push(single ? this.#voxels(part) : this.#others(part));
      start = end;
    }
    return runs;
  }

  /** Has all that steps refer to sent again, and none of it forgotten. */
  trace(steps: readonly Step[]): void {
    for (const step of steps) {
      const voxel = voxelOf(step);
      if (voxel !== undefined) this.#volume(voxel.table);
      else for (const entry of step.entries) this.#entry(entry, new BlockList(this.#ids), false);
    }
  }

  #voxels(steps: readonly Step[]): MirrorRun {
    const { length } = steps;
    const numbers = new Float64Array(length);
    const doubles = new Float64Array(DOUBLES * length);
    const integers = new Int32Array(INTEGERS * length);
    const places = new Uint16Array(2 * length);
    const origins = new Map<object, number>();
    const volumes = new Map<object, number>();
    for (let i = 0; i < length; i++) {
      const step = steps[i]!;
      const voxel = voxelOf(step)!;
      numbers[i] = step.number;
      doubles[DOUBLES * i] = step.at_ms;
      doubles[DOUBLES * i + 1] = step.before;
      doubles[DOUBLES * i + 2] = step.after;
      doubles[DOUBLES * i + 3] = voxel.version;
      integers[INTEGERS * i] = voxel.x;
      integers[INTEGERS * i + 1] = voxel.y;
      integers[INTEGERS * i + 2] = voxel.z;
      integers[INTEGERS * i + 3] = voxel.before;
      integers[INTEGERS * i + 4] = voxel.after;
      integers[INTEGERS * i + 5] = (step.summary as VoxelSummary).layer_id;
      integers[INTEGERS * i + 6] = voxel.undone ? 1 : 0;
      places[2 * i] = placeIn(origins, step.origin);
      places[2 * i + 1] = placeIn(volumes, voxel.table);
    }
    const content: VoxelsContent = {
      kind: 'voxels',
      origins: [...origins.keys()].map((origin) => originOf(origin as Step['origin'])),
      volumes: [...volumes.keys()].map((table) => this.#volume(table)),
      ...{ doubles: bytesIn(doubles), integers: bytesIn(integers), places: bytesIn(places) },
    };
    const blocks = new BlockList(this.#ids).finish();
    return { numbers, bytes: sizesOf(steps), data: packed(content), blocks };
  }

  #others(steps: readonly Step[]): MirrorRun {
    const blocks = new BlockList(this.#ids);
    const content: StepsContent = {
      kind: 'steps',
      steps: steps.map(({ at_ms, before, after, origin, summary, entries }) => ({
        ...{ at_ms, before, after, origin: originOf(origin) },
        summary: summary instanceof VoxelSummary ? summary.layer_id : summary,
        entries: entries.map((entry) => this.#entry(entry, blocks)!),
      })),
    };
    const numbers = Float64Array.from(steps, ({ number }) => number);
    const data = packed(content);
    return { numbers, bytes: sizesOf(steps), data, blocks: blocks.finish() };
  }

  /** @param whole whether the blocks are wanted as well */
  #entry(entry: Entry, blocks: BlockList, whole = true): EntryContent | undefined {
    if (entry instanceof StateEntry) return this.#state(entry);
    if (entry instanceof VoxelEntry) {
      const { table, version, x, y, z, before, after, undone } = entry;
      return ['voxel', this.#volume(table), version, undone, [x, y, z, before, after]];
    }
    if (!(entry instanceof VolumeLog)) throw new Error('an entry of the history of no known kind');
    const { table, version } = entry.facts;
    const volume = this.#volume(table);
    if (!whole) return undefined;
    return ['log', volume, version, logOf(entry.steps, blocks)];
  }

  #state(entry: StateEntry<object>): EntryContent {
    const { owner, kept } = entry;
    const about = owner instanceof Document ? 'document' : 'project';
    const item = owner instanceof Layer ? this.#values.refer(owner) : about;
    return ['state', item, this.#values.refer(kept)];
  }

  #volume(table: object): number {
    const { owner } = (table as Volume['table']).facts;
    this.#values.refer(owner);
    return this.#ids.of(owner);
  }
}

/** The entry of a step of one voxel that is told of as such. */
function voxelOf({ entries, summary }: Step): VoxelEntry | undefined {
  const [entry] = entries;
  const single = entries.length === 1 && summary instanceof VoxelSummary;
  return single && entry instanceof VoxelEntry ? entry : undefined;
}

function sizesOf(steps: readonly Step[]): Float64Array {
  return Float64Array.from(steps, ({ bytes }) => bytes);
}

function originOf({ method, client }: Step['origin']): [string, number] {
  return [method, client];
}

function placeIn(places: Map<object, number>, value: object): number {
  const known = places.get(value);
  if (known !== undefined) return known;
  places.set(value, places.size);
  return places.size - 1;
}

function logOf(steps: readonly LogStep[], blocks: BlockList): LogContent {
  const kinds = new Uint8Array(steps.length);
  const integers = new Int32Array(LOG_INTEGERS * steps.length);
  const tables: TableContent[] = [];
  // A fill puts one block in many places.
  const places = new Map<object, number>();
  const placeOf = (block: Parameters<BlockList['add']>[0]): number => {
    const known = places.get(block);
    if (known !== undefined) return known;
    const place = blocks.add(block);
    places.set(block, place);
    return place;
  };
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i]!;
    kinds[i] = LOG_KINDS.indexOf(step.kind);
    const at = LOG_INTEGERS * i;
    if (step.kind === 'cell') integers.set([step.slot, step.place, step.word | 0], at);
    else if (step.kind === 'block') integers.set([step.slot, placeOf(step.block)], at);
    else if (step.kind === 'removed') {
      integers.set([step.x, step.y, step.z, placeOf(step.block)], at);
    } else if (step.kind === 'table') tables.push(tableOf(step, placeOf));
  }
  return { kinds, integers: bytesIn(integers), tables };
}

function tableOf(
  { index, blocks, count, empty }: TableStep,
  placeOf: (block: ReturnType<TableStep['blocks']['at']>) => number,
): TableContent {
  const positions = new Int32Array(3 * blocks.length);
  const places = new Int32Array(blocks.length);
  for (let slot = 0; slot < blocks.length; slot++) {
    const { x, y, z } = index.position(slot);
    positions.set([x, y, z], 3 * slot);
    places[slot] = placeOf(blocks.at(slot));
  }
  return { count, empty, positions: bytesIn(positions), blocks: bytesIn(places) };
}
