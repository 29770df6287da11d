/**
 * A set of points with whole coordinates, kept as bits: 16³ points a block, 1 KiB. They are
 * numbered block after block, in a block by z, then y, then x, so that a number needs no table of
 * points. Coordinates are taken modulo 2^32, in which none of a mesh agree.
 */

import { checkInterrupt } from '../interrupt.ts';
import { BlockIndex } from '../volume/block-index.ts';
import { ROWS } from './occupancy.ts';

const BLOCKS_MIN = 16;

/** How many bits of a number of 8 bits are set. */
const BITS = new Uint8Array(256);
for (let i = 1; i < BITS.length; i++) BITS[i] = BITS[i >> 1]! + (i & 1);

/** The same of 16 bits. */
function bitsOf(row: number): number {
  return BITS[row & 0xff]! + BITS[row >> 8]!;
}

export class Lattice {
  readonly #index = new BlockIndex();
  /** Positions of the blocks, in voxels. */
  #origins = new Float64Array(BLOCKS_MIN * 3);
  /** Row y + 16·z of a block: bit x is a point. */
  #rows = new Uint16Array(BLOCKS_MIN * ROWS);
  /** Points of a block before each of its rows, and before the block. */
  #before = new Uint16Array(0);
  #firsts = new Float64Array(0);
  #count = 0;

  /** How many points there are, once they are numbered. */
  get count(): number {
    return this.#count;
  }

  add(x: number, y: number, z: number): void {
    const row = this.#slot(x, y, z) * ROWS + (y & 15) + (z & 15) * 16;
    this.#rows[row] = this.#rows[row]! | (1 << (x & 15));
  }

  /** Adds points of a row that begins at a multiple of 16 on x: bit 0…16 a point each. */
  addRow(x: number, y: number, z: number, bits: number): void {
    const row = (y & 15) + (z & 15) * 16;
    if ((bits & 0xffff) !== 0) {
      const at = this.#slot(x, y, z) * ROWS + row;
      this.#rows[at] = this.#rows[at]! | bits;
    }
    if (bits > 0xffff) {
      const at = this.#slot(x + 16, y, z) * ROWS + row;
      this.#rows[at] = this.#rows[at]! | 1;
    }
  }

  has(x: number, y: number, z: number): boolean {
    const slot = this.#index.find(x >> 4, y >> 4, z >> 4);
    return slot >= 0 && (this.#rows[slot * ROWS + (y & 15) + (z & 15) * 16]! >> (x & 15)) % 2 === 1;
  }

  /** Numbers the points; none is added any more. */
  seal(): void {
    const blocks = this.#index.length;
    this.#before = new Uint16Array(blocks * ROWS);
    this.#firsts = new Float64Array(blocks);
    this.#count = 0;
    for (let slot = 0; slot < blocks; slot++) {
      checkInterrupt();
      this.#firsts[slot] = this.#count;
      let before = 0;
      for (let row = slot * ROWS; row < (slot + 1) * ROWS; row++) {
        this.#before[row] = before;
        before += bitsOf(this.#rows[row]!);
      }
      this.#count += before;
    }
  }

  /** The number of a point of the set, from 0. */
  number(x: number, y: number, z: number): number {
    const slot = this.#index.find(x >> 4, y >> 4, z >> 4);
    const row = slot * ROWS + (y & 15) + (z & 15) * 16;
    const lower = this.#rows[row]! & ((1 << (x & 15)) - 1);
    return this.#firsts[slot]! + this.#before[row]! + bitsOf(lower);
  }

  /** All points in the order of their numbers: x, y, z of those of a block each. */
  *points(): Generator<Float64Array, void, undefined> {
    const points = new Float64Array(16 * ROWS * 3);
    for (let slot = 0; slot < this.#index.length; slot++) {
      checkInterrupt();
      const [x, y, z] = this.#origins.subarray(slot * 3, slot * 3 + 3) as unknown as Triple;
      let at = 0;
      for (let row = 0; row < ROWS; row++) {
        for (let rest = this.#rows[slot * ROWS + row]!; rest !== 0; rest &= rest - 1) {
          points[at++] = x + 31 - Math.clz32(rest & -rest);
          points[at++] = y + (row & 15);
          points[at++] = z + (row >> 4);
        }
      }
      yield points.subarray(0, at);
    }
  }

  #slot(x: number, y: number, z: number): number {
    const slot = this.#index.find(x >> 4, y >> 4, z >> 4);
    if (slot >= 0) return slot;
    const added = this.#index.add(x >> 4, y >> 4, z >> 4);
    if (added * ROWS === this.#rows.length) {
      const [rows, origins] = [this.#rows, this.#origins];
      this.#rows = new Uint16Array(rows.length * 2);
      this.#rows.set(rows);
      this.#origins = new Float64Array(origins.length * 2);
      this.#origins.set(origins);
    }
    // One past the highest coordinate is not wrapped here, so that points lie where they are.
    const corner = [x, y, z].map((value) => Math.floor(value / 16) * 16);
    this.#origins.set(corner, added * 3);
    return added;
  }
}

type Triple = [x: number, y: number, z: number];
