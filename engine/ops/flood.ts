/**
 * Floods: what can be reached from a voxel by steps to one of the 6 neighbours. A step is allowed
 * or not by a bit for each pair of neighbours, so a row of 16 voxels is flooded with a few
 * shifts, and a block whose steps are all allowed at once.
 */

import { GoxError } from '../../conf/errors.ts';
import { checkInterrupt } from '../interrupt.ts';
import { BLOCK_BYTES } from '../volume/block.ts';
import { BlockIndex } from '../volume/block-index.ts';
import type { Vec3 } from '../volume/box.ts';
import { BLOCKS_MAX } from '../volume/least.ts';
import { ALL_ROWS, type BitSet, NO_ROWS, ROWS, type Rows } from './bits.ts';

/**
 * The steps of one block. A bit of `x` allows the step between that voxel and the one at x - 1,
 * both ways; so do `y` and `z`. At the border the other voxel is in the block before.
 */
export interface Links {
  readonly x: Rows;
  readonly y: Rows;
  readonly z: Rows;
}

/** Every step inside the block and to the three blocks before it. */
export const ALL_LINKS: Links = { x: ALL_ROWS, y: ALL_ROWS, z: ALL_ROWS };

/**
 * The steps of the block at a position (corner over 16); undefined when nothing is reached there.
 */
export type LinksAt = (bx: number, by: number, bz: number) => Links | undefined;

/** Steps through a set: from bit to neighbouring bit. */
export function linksOfRows(rows: Rows, beforeX: Rows, beforeY: Rows, beforeZ: Rows): Links {
  if (rows === ALL_ROWS && beforeX === rows && beforeY === rows && beforeZ === rows) {
    return ALL_LINKS;
  }
  const [x, y, z] = [new Uint16Array(ROWS), new Uint16Array(ROWS), new Uint16Array(ROWS)];
  for (let row = 0; row < ROWS; row++) {
    const bits = rows[row]!;
    x[row] = bits & ((bits << 1) | (beforeX[row]! >> 15));
    y[row] = bits & ((row & 15) === 0 ? beforeY[row + 15]! : rows[row - 1]!);
    z[row] = bits & (row < 16 ? beforeZ[row + 240]! : rows[row - 16]!);
  }
  return { x, y, z };
}

const UNKNOWN = -2;
const NOTHING = -1;

/** What a flood from one voxel reaches; GOX_MEMORY_LIMIT when that is more blocks than allowed. */
export function flood(linksAt: LinksAt, [x, y, z]: Vec3, blocks_max: number): BitSet {
  const state = new Flood(linksAt, Math.min(blocks_max, BLOCKS_MAX));
  state.start([x >> 4, y >> 4, z >> 4], (y & 15) + 16 * (z & 15), x & 15);
  return state.run();
}

/** The same from the first voxel of a block, given by its position (corner over 16). */
export function floodFromBlock(linksAt: LinksAt, block: Vec3, blocks_max: number): BitSet {
  const state = new Flood(linksAt, Math.min(blocks_max, BLOCKS_MAX));
  state.start(block, 0, 0);
  return state.run();
}

class Flood {
  readonly #linksAt: LinksAt;
  readonly #blocks_max: number;
  readonly #index = new BlockIndex();
  readonly #links: Links[] = [];
  readonly #reached: Rows[] = [];
  /** Bits to be reached, of blocks that wait. */
  readonly #pending: (Rows | undefined)[] = [];
  /** Slots of the blocks before and after in x, y and z, six a block. */
  readonly #beside: Int32Array[] = [];
  readonly #queue: number[] = [];
  /** Rows of the block at hand that have pending bits. */
  readonly #rows = new Uint8Array(ROWS);

  constructor(linksAt: LinksAt, blocks_max: number) {
    this.#linksAt = linksAt;
    this.#blocks_max = blocks_max;
  }

  start([bx, by, bz]: Vec3, row: number, bit: number): void {
    const slot = this.#slot(bx, by, bz);
    if (slot >= 0) this.#pend(slot, row, 1 << bit);
  }

  run(): BitSet {
    for (let slot = this.#queue.pop(); slot !== undefined; slot = this.#queue.pop()) {
      checkInterrupt();
      const pending = this.#pending[slot]!;
      this.#pending[slot] = undefined;
      if (this.#reached[slot] === ALL_ROWS) continue;
      if (this.#links[slot] === ALL_LINKS) this.#takeBlock(slot);
      else this.#takeRows(slot, pending);
    }
    // Blocks that were looked at but not entered.
    for (const [slot, rows] of this.#reached.entries()) {
      if (rows.every((bits) => bits === 0)) this.#reached[slot] = NO_ROWS;
    }
    return { index: this.#index, rows: this.#reached };
  }

  #slot(bx: number, by: number, bz: number): number {
    const known = this.#index.find(bx, by, bz);
    if (known >= 0) return known;
    const links = this.#linksAt(bx, by, bz);
    if (links === undefined) return NOTHING;
    if (this.#index.length >= this.#blocks_max) {
      const blocks_max = this.#blocks_max;
      const message = `The connected region takes more than ${blocks_max} blocks of 16³ voxels.`;
      const bytes = (blocks_max + 1) * BLOCK_BYTES;
      throw new GoxError('GOX_MEMORY_LIMIT', message, { bytes, blocks_max });
    }
    const slot = this.#index.add(bx, by, bz);
    this.#links.push(links);
    this.#reached.push(new Uint16Array(links === ALL_LINKS ? 0 : ROWS));
    this.#pending.push(undefined);
    this.#beside.push(new Int32Array(6).fill(UNKNOWN));
    return slot;
  }

  /** The slot beside a block: 0 -x, 1 +x, 2 -y, 3 +y, 4 -z, 5 +z. */
  #next(slot: number, side: number): number {
    const beside = this.#beside[slot]!;
    if (beside[side] !== UNKNOWN) return beside[side]!;
    const { x, y, z } = this.#index.position(slot);
    const step = (side & 1) === 0 ? -1 : 1;
    const found =
      side < 2
        ? this.#slot(x + step, y, z)
        : side < 4
          ? this.#slot(x, y + step, z)
          : this.#slot(x, y, z + step);
    beside[side] = found;
    if (found >= 0) this.#beside[found]![side ^ 1] = slot;
    return found;
  }

  /** Has bits of a row reached later, those that are not yet. */
  #pend(slot: number, row: number, bits: number): void {
    const reached = this.#reached[slot]!;
    if (reached === ALL_ROWS) return;
    const fresh = reached.length === 0 ? bits : bits & ~reached[row]!;
    if (fresh === 0) return;
    let pending = this.#pending[slot];
    if (pending === undefined) {
      // A block that is taken whole needs no bits.
      pending = this.#links[slot] === ALL_LINKS ? ALL_ROWS : new Uint16Array(ROWS);
      this.#pending[slot] = pending;
      this.#queue.push(slot);
    }
    if (pending !== ALL_ROWS) pending[row] = pending[row]! | fresh;
  }

  /** Reaches all of a block in which every step is allowed. */
  #takeBlock(slot: number): void {
    this.#reached[slot] = ALL_ROWS;
    for (let side = 0; side < 6; side++) {
      const next = this.#next(slot, side);
      if (next < 0 || this.#reached[next] === ALL_ROWS) continue;
      const whole = this.#links[next] === ALL_LINKS;
      if (whole) {
        this.#pend(next, 0, 1);
        continue;
      }
      // A step over an upper side is the next block's link; one over a lower side is our own.
      const links = (side & 1) === 0 ? ALL_LINKS : this.#links[next]!;
      if (side < 2) {
        const to = side === 0 ? 15 : 0;
        for (let row = 0; row < ROWS; row++) {
          if ((links.x[row]! & 1) !== 0) this.#pend(next, row, 1 << to);
        }
      } else if (side < 4) {
        const to = side === 2 ? 15 : 0;
        for (let z = 0; z < ROWS; z += 16) this.#pend(next, z + to, links.y[z]!);
      } else {
        const to = side === 4 ? 240 : 0;
        for (let y = 0; y < 16; y++) this.#pend(next, y + to, links.z[y]!);
      }
    }
  }

  #takeRows(slot: number, pending: Rows): void {
    const { x: linksX, y: linksY, z: linksZ } = this.#links[slot]!;
    const reached = this.#reached[slot]!;
    const rows = this.#rows;
    let height = 0;
    for (let row = 0; row < ROWS; row++) if (pending[row] !== 0) rows[height++] = row;
    while (height > 0) {
      const row = rows[--height]!;
      const seeds = pending[row]! & ~reached[row]!;
      pending[row] = 0;
      if (seeds === 0) continue;
      const bits = spread(seeds, linksX[row]!) & ~reached[row]!;
      reached[row] = reached[row]! | bits;
      // Within the block a row is on the stack exactly while it has pending bits.
      if ((row & 15) !== 0) {
        const fresh = bits & linksY[row]! & ~reached[row - 1]!;
        if (fresh !== 0) {
          if (pending[row - 1] === 0) rows[height++] = row - 1;
          pending[row - 1] = pending[row - 1]! | fresh;
        }
      }
      if ((row & 15) !== 15) {
        const fresh = bits & linksY[row + 1]! & ~reached[row + 1]!;
        if (fresh !== 0) {
          if (pending[row + 1] === 0) rows[height++] = row + 1;
          pending[row + 1] = pending[row + 1]! | fresh;
        }
      }
      if (row >= 16) {
        const fresh = bits & linksZ[row]! & ~reached[row - 16]!;
        if (fresh !== 0) {
          if (pending[row - 16] === 0) rows[height++] = row - 16;
          pending[row - 16] = pending[row - 16]! | fresh;
        }
      }
      if (row < 240) {
        const fresh = bits & linksZ[row + 16]! & ~reached[row + 16]!;
        if (fresh !== 0) {
          if (pending[row + 16] === 0) rows[height++] = row + 16;
          pending[row + 16] = pending[row + 16]! | fresh;
        }
      }
      const y = row & 15;
      const atBorder = y === 0 || y === 15 || row < 16 || row >= 240;
      if (atBorder || (bits & 0x8001) !== 0) this.#leave(slot, row, bits);
    }
  }

  /** Goes on in the blocks beside, from bits of a row that have just been reached. */
  #leave(slot: number, row: number, bits: number): void {
    const links = this.#links[slot]!;
    if ((bits & links.x[row]! & 1) !== 0) this.#step(slot, 0, row, 0x8000);
    if ((bits & 0x8000) !== 0) {
      const next = this.#next(slot, 1);
      if (next >= 0) this.#pend(next, row, this.#links[next]!.x[row]! & 1);
    }
    if ((row & 15) === 0) this.#step(slot, 2, row + 15, bits & links.y[row]!);
    if ((row & 15) === 15) {
      const next = this.#next(slot, 3);
      if (next >= 0) this.#pend(next, row - 15, bits & this.#links[next]!.y[row - 15]!);
    }
    if (row < 16) this.#step(slot, 4, row + 240, bits & links.z[row]!);
    if (row >= 240) {
      const next = this.#next(slot, 5);
      if (next >= 0) this.#pend(next, row - 240, bits & this.#links[next]!.z[row - 240]!);
    }
  }

  #step(slot: number, side: number, row: number, bits: number): void {
    if (bits === 0) return;
    const next = this.#next(slot, side);
    if (next >= 0) this.#pend(next, row, bits);
  }
}

/** The bits of a row that are linked with some of `seeds`, in four doubling steps either way. */
function spread(seeds: number, links: number): number {
  let up = seeds;
  let mask = links;
  up |= mask & (up << 1);
  mask &= mask << 1;
  up |= mask & (up << 2);
  mask &= mask << 2;
  up |= mask & (up << 4);
  mask &= mask << 4;
  up |= mask & (up << 8);
  let down = up;
  mask = links >> 1;
  down |= mask & (down >> 1);
  mask &= mask >> 1;
  down |= mask & (down >> 2);
  mask &= mask >> 2;
  down |= mask & (down >> 4);
  mask &= mask >> 4;
  down |= mask & (down >> 8);
  return down & 0xffff;
}
