/** Counts of what is different between blocks, put together. */

import { checkInterrupt } from '../interrupt.ts';
import { signedWords } from './block.ts';
import type { Box } from './box.ts';
import { uniform } from './packed.ts';
import { Block, NOBODY } from './stored-block.ts';

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

/** Of one block; the ranges are of what changed, counted from its corner, bit by bit. */
interface BlockChanges {
  readonly recolored: number;
  readonly created: number;
  readonly removed: number;
  readonly xs: number;
  readonly ys: number;
  readonly zs: number;
}

const EMPTY = new Block(uniform(0), NOBODY, 0);

export class ChangeSum {
  #created = 0;
  #removed = 0;
  #recolored = 0;
  readonly #min = [Infinity, Infinity, Infinity];
  readonly #max = [-Infinity, -Infinity, -Infinity];
  // A fill puts the same block in many places, over the same blocks.
  #lastOld: Block | undefined;
  #lastNow: Block | undefined;
  #last: BlockChanges | undefined;

  /** Adds a block at a position over 16, which was and is one of these. */
  add(x: number, y: number, z: number, old = EMPTY, now = EMPTY): void {
    if (old === now) return;
    if (this.#last === undefined || old !== this.#lastOld || now !== this.#lastNow) {
      checkInterrupt();
      this.#last = compare(old.data, now.data);
      this.#lastOld = old;
      this.#lastNow = now;
    }
    this.#count(x, y, z, this.#last);
  }

  addCells(x: number, y: number, z: number, cells: Map<number, number>, now: Block): void {
    let [recolored, created, removed, xs, ys, zs] = [0, 0, 0, 0, 0, 0];
    for (const [place, word] of cells) {
      const [was, is] = [word > 0xff_ffff, now.word(place) > 0xff_ffff];
      if (word === now.word(place) || !(was || is)) continue;
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
  for (let row = 0; row < 256; row++) {
    let changed = 0;
    const end = row * 16 + 16;
    for (let i = row * 16, bit = 1; i < end; i++, bit <<= 1) {
      const was = a[i]!;
      const is = b[i]!;
      if (was === is) continue;
      // Words of alpha 0 are nothing, whatever their colour.
      const had = was >>> 24 === 0 ? 0 : 1;
      const has = is >>> 24 === 0 ? 0 : 1;
      if ((had | has) === 0) continue;
      changed |= bit;
      recolored += had & has;
      created += has & ~had;
      removed += had & ~has;
    }
    if (changed === 0) continue;
    xs |= changed;
    ys |= 1 << (row & 15);
    zs |= 1 << (row >> 4);
  }
  return { recolored, created, removed, xs, ys, zs };
}
