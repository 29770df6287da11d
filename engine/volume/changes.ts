/** What an edit did to voxels: told by what it noted, or by comparing two volumes. */

import { checkInterrupt } from '../interrupt.ts';
import { BLOCK_VOXELS, type Block, signedWords } from './block.ts';
import { BlockIndex } from './block-index.ts';
import type { BlockTable } from './block-table.ts';
import type { Box } from './box.ts';
import type { Volume } from './volume.ts';
import type { TableStep, VolumeLog } from './volume-log.ts';

/** Numbers of positions. */
export interface Changes {
  /** Where something else is than before: the sum of the others. */
  readonly changed: number;
  /** Where a voxel is and none was. */
  readonly created: number;
  readonly removed: number;
  readonly recolored: number;
  /** Around all of them; undefined when there is none. */
  readonly box: Box | undefined;
}

export const NO_CHANGES: Changes = {
  changed: 0,
  created: 0,
  removed: 0,
  recolored: 0,
  box: undefined,
};

/** Costs by the blocks that the edit wrote. */
export function changesIn(table: BlockTable, log: VolumeLog): Changes {
  const before = new Before(table, log);
  const sum = new Sum();
  for (const { x, y, z, old, cells } of before.blocks()) {
    const slot = table.find(x, y, z);
    const now = slot < 0 ? undefined : table.at(slot).data;
    if (cells === undefined) sum.add(x, y, z, old?.data, now);
    else if (old?.data === now) sum.addCells(x, y, z, cells, now!);
    else sum.add(x, y, z, patched(old, cells), now);
  }
  return sum.changes();
}

/** Costs by the blocks that differ: those that the volumes share are not looked into. */
export function changesBetween(before: Volume, after: Volume): Changes {
  const sum = new Sum();
  for (const { x, y, z, data } of after.blocks()) {
    sum.add(x >> 4, y >> 4, z >> 4, before.blockAt(x, y, z), data);
  }
  for (const { x, y, z, data } of before.blocks()) {
    if (after.blockAt(x, y, z) === undefined) sum.add(x >> 4, y >> 4, z >> 4, data, undefined);
  }
  return sum.changes();
}

/** A block as it was before an edit, at its position over 16. */
interface BlockBefore {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  old: Block | undefined;
  /** Words that it had in some places, over those of `old`. */
  cells: Map<number, number> | undefined;
}

/** What the blocks that an edit wrote were before it. */
class Before {
  readonly #index = new BlockIndex();
  readonly #blocks: BlockBefore[] = [];
  readonly #table: BlockTable;
  /** All of the blocks from before, when the edit replaced them. */
  #whole: TableStep | undefined;

  constructor(table: BlockTable, { steps }: VolumeLog) {
    this.#table = table;
    let { index, length } = table;
    for (let i = steps.length - 1; i >= 0; i--) {
      const step = steps[i]!;
      if (step.kind === 'table') {
        this.#whole = step;
        index = step.index;
        length = step.blocks.length;
      } else if (step.kind === 'added') {
        this.#put(this.#at(index, --length), undefined);
      } else if (step.kind === 'block') {
        this.#put(this.#at(index, step.slot), step.block);
      } else if (step.kind === 'cell') {
        const block = this.#at(index, step.slot);
        block.cells ??= new Map();
        block.cells.set(step.place, step.word);
      }
    }
  }

  *blocks(): Generator<BlockBefore, void, undefined> {
    yield* this.#blocks;
    if (this.#whole === undefined) return;
    const { index, blocks } = this.#whole;
    for (const [slot, old] of blocks.entries()) {
      const { x, y, z } = index.position(slot);
      if (this.#index.find(x, y, z) < 0) yield { x, y, z, old, cells: undefined };
    }
    for (let slot = 0; slot < this.#table.length; slot++) {
      const { x, y, z } = this.#table.index.position(slot);
      if (index.find(x, y, z) >= 0 || this.#index.find(x, y, z) >= 0) continue;
      yield { x, y, z, old: undefined, cells: undefined };
    }
  }

  /** What is known of the block in a slot, as slots were numbered. */
  #at(index: BlockIndex, slot: number): BlockBefore {
    const { x, y, z } = index.position(slot);
    const known = this.#index.find(x, y, z);
    if (known >= 0) return this.#blocks[known]!;
    this.#index.add(x, y, z);
    const old = this.#whole === undefined ? this.#table.at(slot) : this.#whole.blocks[slot];
    const block: BlockBefore = { x, y, z, old, cells: undefined };
    this.#blocks.push(block);
    return block;
  }

  #put(block: BlockBefore, old: Block | undefined): void {
    block.old = old;
    block.cells = undefined;
  }
}

function patched(old: Block | undefined, cells: Map<number, number>): Uint32Array {
  const words = old === undefined ? new Uint32Array(BLOCK_VOXELS) : Uint32Array.from(old.data);
  for (const [place, word] of cells) words[place] = word;
  return words;
}

/** Of one block; the ranges are of what changed, counted from its corner, bit by bit. */
interface BlockChanges {
  readonly recolored: number;
  readonly created: number;
  readonly removed: number;
  readonly xs: number;
  readonly ys: number;
  readonly zs: number;
}

const EMPTY: Uint32Array = new Uint32Array(BLOCK_VOXELS);

class Sum {
  #created = 0;
  #removed = 0;
  #recolored = 0;
  readonly #min = [Infinity, Infinity, Infinity];
  readonly #max = [-Infinity, -Infinity, -Infinity];
  // A fill puts the same words in many places, over the same words.
  #lastOld: Uint32Array | undefined;
  #lastNow: Uint32Array | undefined;
  #last: BlockChanges | undefined;

  /** Adds a block at a position over 16, of which the words were and are these. */
  add(x: number, y: number, z: number, old = EMPTY, now = EMPTY): void {
    if (old === now) return;
    if (this.#last === undefined || old !== this.#lastOld || now !== this.#lastNow) {
      checkInterrupt();
      this.#last = compare(old, now);
      this.#lastOld = old;
      this.#lastNow = now;
    }
    this.#count(x, y, z, this.#last);
  }

  addCells(x: number, y: number, z: number, cells: Map<number, number>, now: Uint32Array): void {
    let [recolored, created, removed, xs, ys, zs] = [0, 0, 0, 0, 0, 0];
    for (const [place, word] of cells) {
      const [was, is] = [word > 0xff_ffff, now[place]! > 0xff_ffff];
      if (word === now[place] || !(was || is)) continue;
      if (!was) created++;
      else if (!is) removed++;
      else recolored++;
      xs |= 1 << (place & 15);
      ys |= 1 << ((place >> 4) & 15);
      zs |= 1 << (place >> 8);
    }
    this.#count(x, y, z, { recolored, created, removed, xs, ys, zs });
  }

  changes(): Changes {
    const [created, removed, recolored] = [this.#created, this.#removed, this.#recolored];
    const changed = created + removed + recolored;
    if (changed === 0) return NO_CHANGES;
    const [x0, y0, z0] = this.#min as [number, number, number];
    const [x1, y1, z1] = this.#max as [number, number, number];
    const box: Box = { min: [x0, y0, z0], max: [x1, y1, z1] };
    return { changed, created, removed, recolored, box };
  }

  #count(x: number, y: number, z: number, changes: BlockChanges): void {
    const { recolored, created, removed, xs, ys, zs } = changes;
    if (xs === 0) return;
    this.#created += created;
    this.#removed += removed;
    this.#recolored += recolored;
    this.#reach(0, x, xs);
    this.#reach(1, y, ys);
    this.#reach(2, z, zs);
  }

  #reach(axis: 0 | 1 | 2, at: number, bits: number): void {
    const low = at * 16 + 31 - Math.clz32(bits & -bits);
    const high = at * 16 + 32 - Math.clz32(bits);
    if (low < this.#min[axis]!) this.#min[axis] = low;
    if (high > this.#max[axis]!) this.#max[axis] = high;
  }
}

function compare(old: Uint32Array, now: Uint32Array): BlockChanges {
  const [a, b] = [signedWords(old), signedWords(now)];
  let [recolored, created, removed, xs, ys, zs] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < BLOCK_VOXELS; i++) {
    const was = a[i]!;
    const is = b[i]!;
    // Words of alpha 0 are nothing, whatever their colour.
    if (was === is || (was >>> 24 === 0 && is >>> 24 === 0)) continue;
    if (was >>> 24 === 0) created++;
    else if (is >>> 24 === 0) removed++;
    else recolored++;
    xs |= 1 << (i & 15);
    ys |= 1 << ((i >> 4) & 15);
    zs |= 1 << (i >> 8);
  }
  return { recolored, created, removed, xs, ys, zs };
}
