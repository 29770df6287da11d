/** What one edit replaced in one volume. Blocks are held by pointers; no voxel is copied for it. */

import type { Entry } from '../changes/recorder.ts';
import type { BlockIndex } from './block-index.ts';
import type { BlockStore } from './block-store.ts';
import type { Changes } from './change-sum.ts';
import type { Block } from './stored-block.ts';
import { VoxelEntry, type VoxelTable } from './voxel-entry.ts';

/** What was there before a step, by slots as they are numbered before it is undone. */
export type Step =
  | { readonly kind: 'cell'; readonly slot: number; readonly place: number; readonly word: number }
  | { readonly kind: 'block'; readonly slot: number; readonly block: Block }
  /** The last block, where none was. */
  | { readonly kind: 'added' }
  /** The other way round, at a block position. */
  | {
      readonly kind: 'removed';
      readonly x: number;
      readonly y: number;
      readonly z: number;
      readonly block: Block;
    }
  | TableStep;

/** All slots; nothing after it need be noted. */
export interface TableStep {
  readonly kind: 'table';
  readonly index: BlockIndex;
  readonly blocks: BlockStore;
  readonly count: number;
  readonly empty: number;
}

const STEP_BYTES = 64;

/** What a log needs of the table that it is of. */
interface LoggedTable extends VoxelTable {
  /** Undoes or does again one step, and gives the way back. */
  exchange(step: Step): Step;
}

export class VolumeLog implements Entry {
  /** Whether blocks are noted as wholes by now, and none from before is written in place. */
  whole_blocks = false;
  /** What it changed, as it was counted at a version of the volume. */
  told: { readonly version: number; readonly changes: Changes } | undefined;
  readonly #table: LoggedTable;
  /** Of what the steps lead back to, or on to. */
  #version: number;
  /** Begun with the first, since an empty array takes room for many. */
  #steps: Step[] | undefined;
  #cells = 0;
  /** Slots whose blocks are noted; made with the first, as edits of single voxels have none. */
  #noted: Set<number> | undefined;
  #complete = false;

  constructor(table: LoggedTable, version = table.version, steps?: Step[]) {
    this.#table = table;
    this.#version = version;
    this.#steps = steps;
  }

  /** What it is of, and the version that its steps lead to: for who keeps it elsewhere. */
  get facts(): { readonly table: LoggedTable; readonly version: number } {
    return { table: this.#table, version: this.#version };
  }

  /** Single voxels noted. */
  get cells(): number {
    return this.#cells;
  }

  /** From the first to the last. */
  get steps(): readonly Step[] {
    return this.#steps ?? [];
  }

  get bytes(): number {
    let bytes = this.steps.length * STEP_BYTES;
    let last: Block | undefined;
    for (const step of this.steps) {
      if (step.kind === 'table') bytes += bytesBeside(step, this.#table);
      if (step.kind !== 'block' && step.kind !== 'removed') continue;
      // A fill puts one block in many places.
      if (step.block !== last) bytes += step.block.bytes;
      last = step.block;
    }
    return bytes;
  }

  noteCell(slot: number, place: number, word: number): void {
    if (this.#complete) return;
    this.#cells++;
    this.#push({ kind: 'cell', slot, place, word });
  }

  noteBlock(slot: number, block: Block): void {
    this.#noted ??= new Set();
    if (this.#complete || this.#noted.has(slot)) return;
    this.#noted.add(slot);
    this.#push({ kind: 'block', slot, block });
  }

  noteAdded(slot: number): void {
    if (this.#complete) return;
    this.#noted ??= new Set();
    this.#noted.add(slot);
    this.#push({ kind: 'added' });
  }

  noteTable(step: TableStep): void {
    if (this.#complete) return;
    this.#complete = true;
    this.#push(step);
  }

  /** Takes the way back of a step; `added` is the slot of a block that came. */
  noteStep(step: Step, added?: number): void {
    if (step.kind === 'cell') this.noteCell(step.slot, step.place, step.word);
    else if (step.kind === 'block') this.noteBlock(step.slot, step.block);
    else if (step.kind === 'table') this.noteTable(step);
    else if (added !== undefined) this.noteAdded(added);
  }

  #push(step: Step): void {
    if (this.#steps === undefined) this.#steps = [step];
    else this.#steps.push(step);
  }

  swap(): void {
    const { version } = this.#table;
    // Each step becomes the way back, so the next swap goes through them the other way.
    this.#steps = this.steps.toReversed().map((step) => this.#table.exchange(step));
    this.#table.version = this.#version;
    this.#version = version;
  }

  settled(): Entry {
    const [only] = this.steps;
    if (this.steps.length !== 1 || only?.kind !== 'cell') return this;
    const { slot, place, word } = only;
    return VoxelEntry.of(this.#table, this.#version, slot, place, word);
  }

  append(later: VolumeLog): void {
    if (this.#complete) return;
    for (const step of later.steps) this.#push(step);
    if (later.#noted !== undefined) {
      this.#noted = new Set([...(this.#noted ?? []), ...later.#noted]);
    }
    this.#cells += later.#cells;
    this.#complete = later.#complete;
    this.whole_blocks ||= later.whole_blocks;
  }
}

/** A step that another volume can take and write on, while the log keeps its own. */
export function copyOfStep(step: Step): Step {
  if (step.kind !== 'table') return step;
  return { ...step, index: step.index.clone(), blocks: step.blocks.clone() };
}

/** Bytes of blocks that the table of a step has and another one has not. */
function bytesBeside({ index, blocks }: TableStep, table: VoxelTable): number {
  let bytes = 0;
  for (let slot = 0; slot < blocks.length; slot++) {
    const block = blocks.at(slot);
    const { x, y, z } = index.position(slot);
    const there = table.find(x, y, z);
    if (there < 0 || table.at(there) !== block) bytes += block.bytes;
  }
  return bytes;
}
