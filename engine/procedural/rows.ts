/** Solids given row by row: where along x each row of places begins and ends, and a gap in it. */

import { checkInterrupt } from '../interrupt.ts';
import { paintRows, ROWS, uniformBlock } from '../ops/bits.ts';
import type { Box } from '../volume/box.ts';
import { BLOCKS_MAX, requireLeast } from '../volume/least.ts';
import { requireReach } from '../volume/reach.ts';
import type { Volume } from '../volume/volume.ts';

/** Places from `from` up to `to`, without those from `gapFrom` up to `gapTo`; all whole numbers. */
export interface Span {
  from: number;
  to: number;
  gapFrom: number;
  gapTo: number;
}

/** Writes what the row of places at y and z holds into a span, which comes empty. */
export type RowShape = (y: number, z: number, span: Span) => void;

/** As many columns of blocks are looked at for an estimate, for each block that is allowed. */
const LOOKS = 4;

/**
 * Puts a packed colour at the places of a shape that lie in a box. Throws GOX_MEMORY_LIMIT before
 * it when the box leaves the coordinates or the shape takes more blocks than the volume may have,
 * as far as one row of places in each column of blocks tells; what that lets through is refused
 * half done.
 */
export function fillRows(volume: Volume, box: Box, rgba: number, shape: RowShape): void {
  requireReach(box.min, box.max);
  const blocks_max = Math.min(volume.blocks_max, BLOCKS_MAX);
  requireLeast(leastBlocks(box, shape, blocks_max), blocks_max, 'The shape');
  const full = uniformBlock(rgba);
  const column = new Column(box, shape);
  for (let z = box.min[2] & ~15; z < box.max[2]; z += 16) {
    for (let y = box.min[1] & ~15; y < box.max[1]; y += 16) {
      checkInterrupt();
      column.take(y, z);
      for (let x = column.from & ~15; x < column.to; x += 16) {
        if (column.isFull(x)) volume.setBlock(x, y, z, full);
        else if (!column.isGap(x)) {
          const rows = column.rows(x);
          volume.giveBlock(x, y, z, paintRows(rows, rgba, volume.blockAt(x, y, z)));
        }
      }
    }
  }
}

/** The fewest blocks that a shape has voxels in: those in the middle row of each column. */
function leastBlocks({ min, max }: Box, shape: RowShape, blocks_max: number): number {
  const [first, last] = [min, max.map((value) => value - 1)] as const;
  const along = (axis: 1 | 2) => (last[axis]! >> 4) - (first[axis]! >> 4) + 1;
  const span: Span = { from: 0, to: 0, gapFrom: 0, gapTo: 0 };
  // Of a shape that is hopeless, some columns are enough.
  const step = Math.max(1, Math.ceil(Math.sqrt((along(1) * along(2)) / (LOOKS * blocks_max + 1))));
  const middle = (axis: 1 | 2, block: number) =>
    Math.min(Math.max(block * 16 + 8, first[axis]!), last[axis]!);
  let blocks = 0;
  for (let bz = first[2]! >> 4; bz <= last[2]! >> 4 && blocks <= blocks_max; bz += step) {
    checkInterrupt();
    for (let by = first[1]! >> 4; by <= last[1]! >> 4; by += step) {
      span.from = span.to = span.gapFrom = span.gapTo = 0;
      shape(middle(1, by), middle(2, bz), span);
      blocks += blocksOfRow(span, Math.max(span.from, min[0]), Math.min(span.to, max[0]));
    }
  }
  return blocks;
}

function blocksOfRow({ gapFrom, gapTo }: Span, from: number, to: number): number {
  if (gapFrom < gapTo && gapFrom <= from) return blocksBetween(Math.max(from, gapTo), to);
  if (gapFrom < gapTo && gapTo >= to) return blocksBetween(from, Math.min(to, gapFrom));
  const between = blocksBetween(from, to);
  if (gapFrom >= gapTo) return between;
  return between - Math.max(0, Math.floor(gapTo / 16) - Math.ceil(gapFrom / 16));
}

function blocksBetween(from: number, to: number): number {
  return from < to ? Math.ceil(to / 16) - Math.floor(from / 16) : 0;
}

/** The 256 rows of places over one block's y and z. */
class Column {
  readonly #box: Box;
  readonly #shape: RowShape;
  readonly #span: Span = { from: 0, to: 0, gapFrom: 0, gapTo: 0 };
  readonly #from = new Float64Array(ROWS);
  readonly #to = new Float64Array(ROWS);
  readonly #gapFrom = new Float64Array(ROWS);
  readonly #gapTo = new Float64Array(ROWS);
  /** Where any row has something. */
  from = 0;
  to = 0;
  /** Where every row has something, but for the gaps. */
  #fullFrom = 0;
  #fullTo = 0;
  #anyGapFrom = 0;
  #anyGapTo = 0;
  #allGapFrom = 0;
  #allGapTo = 0;

  constructor(box: Box, shape: RowShape) {
    this.#box = box;
    this.#shape = shape;
  }

  take(y: number, z: number): void {
    const { min, max } = this.#box;
    [this.from, this.#fullFrom, this.#anyGapFrom] = [Infinity, -Infinity, Infinity];
    [this.to, this.#fullTo, this.#anyGapTo] = [-Infinity, Infinity, -Infinity];
    [this.#allGapFrom, this.#allGapTo] = [-Infinity, Infinity];
    const span = this.#span;
    for (let row = 0; row < ROWS; row++) {
      const [py, pz] = [y + (row & 15), z + (row >> 4)];
      span.from = span.to = span.gapFrom = span.gapTo = 0;
      const inside = py >= min[1] && pz >= min[2] && py < max[1] && pz < max[2];
      if (inside) this.#shape(py, pz, span);
      const from = Math.max(span.from, min[0]);
      const to = Math.min(span.to, max[0]);
      this.#from[row] = from;
      this.#to[row] = to;
      this.#gapFrom[row] = span.gapFrom;
      this.#gapTo[row] = span.gapTo;
      if (!(inside && from < to)) {
        this.#to[row] = this.#from[row]!;
        this.#fullTo = -Infinity;
        continue;
      }
      this.from = Math.min(this.from, from);
      this.to = Math.max(this.to, to);
      this.#fullFrom = Math.max(this.#fullFrom, from);
      this.#fullTo = Math.min(this.#fullTo, to);
      if (span.gapFrom < span.gapTo) {
        this.#anyGapFrom = Math.min(this.#anyGapFrom, span.gapFrom);
        this.#anyGapTo = Math.max(this.#anyGapTo, span.gapTo);
        this.#allGapFrom = Math.max(this.#allGapFrom, span.gapFrom);
        this.#allGapTo = Math.min(this.#allGapTo, span.gapTo);
      } else this.#allGapTo = -Infinity;
    }
    if (this.from > this.to) this.from = this.to = 0;
  }

  isFull(x: number): boolean {
    if (x < this.#fullFrom || x + 16 > this.#fullTo) return false;
    return x + 16 <= this.#anyGapFrom || x >= this.#anyGapTo;
  }

  isGap(x: number): boolean {
    return x >= this.#allGapFrom && x + 16 <= this.#allGapTo;
  }

  rows(x: number): Uint16Array {
    const rows = new Uint16Array(ROWS);
    for (let row = 0; row < ROWS; row++) {
      const solid = bitsBetween(this.#from[row]! - x, this.#to[row]! - x);
      if (solid === 0) continue;
      rows[row] = solid & ~bitsBetween(this.#gapFrom[row]! - x, this.#gapTo[row]! - x);
    }
    return rows;
  }
}

/** The bits from one place of 16 up to another, both of any size. */
function bitsBetween(from: number, to: number): number {
  const [low, high] = [Math.max(from, 0), Math.min(to, 16)];
  return low < high ? (0xffff << low) & (0xffff >> (16 - high)) : 0;
}
