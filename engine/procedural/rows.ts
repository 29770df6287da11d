/** Solids given row by row: where along x each row of places begins and ends, and a gap in it. */

import { checkInterrupt } from '../interrupt.ts';
import { paintRows, ROWS, uniformBlock } from '../ops/bits.ts';
import type { Box } from '../volume/box.ts';
import { requireBlocks } from '../volume/reach.ts';
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

/** Without another limit: 16 GiB of blocks. */
const BLOCKS_MAX = 0x10_0000;

/** Throws GOX_MEMORY_LIMIT when a box leaves the coordinates or touches too many blocks. */
export function requireBox({ min, max }: Box, blocks_max: number): void {
  requireBlocks(min, max, Math.min(blocks_max, BLOCKS_MAX));
}

/** Puts a packed colour at the places of a shape that lie in a box. */
export function fillRows(volume: Volume, box: Box, rgba: number, shape: RowShape): void {
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
          volume.setBlock(x, y, z, paintRows(rows, rgba, volume.blockAt(x, y, z)));
        }
      }
    }
  }
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
