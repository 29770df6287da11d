/**
 * Sets of voxels as bits. A block's part of a set is 256 rows of 16 bits: bit x of row y + 16·z, so
 * that a loop over rows works on 16 voxels at a time.
 */

import { checkInterrupt } from '../interrupt.ts';
import { BLOCK_VOXELS, newBlockData, newScratch } from '../volume/block.ts';
import { BlockIndex } from '../volume/block-index.ts';
import { COORDINATE_MAX, COORDINATE_MIN } from '../volume/reach.ts';
import type { Volume } from '../volume/volume.ts';

export const ROWS = 256;

/** One block of a set. `NO_ROWS` and `ALL_ROWS` are shared: make a copy to write. */
export type Rows = Uint16Array;

export const NO_ROWS: Rows = new Uint16Array(ROWS);
export const ALL_ROWS: Rows = new Uint16Array(ROWS).fill(0xffff);

/** Block positions (corner over 16) that there are. */
const BLOCK_MIN = COORDINATE_MIN / 16;
const BLOCK_MAX = (COORDINATE_MAX - 15) / 16;

/** The words of the block at a block position; undefined for none, also outside the coordinates. */
export function blockData(
  volume: Volume,
  bx: number,
  by: number,
  bz: number,
): Uint32Array | undefined {
  checkInterrupt();
  if (bx < BLOCK_MIN || by < BLOCK_MIN || bz < BLOCK_MIN) return undefined;
  if (bx > BLOCK_MAX || by > BLOCK_MAX || bz > BLOCK_MAX) return undefined;
  return volume.blockAt(bx * 16, by * 16, bz * 16);
}

/** Where there are voxels; a block that is full or empty gives the shared rows. */
export function filledRows(data: Uint32Array | undefined): Rows {
  checkInterrupt();
  if (data === undefined) return NO_ROWS;
  const rows = new Uint16Array(ROWS);
  let all = 0xffff;
  let some = 0;
  for (let row = 0, i = 0; row < ROWS; row++) {
    let bits = 0;
    for (let x = 0; x < 16; x++, i++) if (data[i]! > 0xff_ffff) bits |= 1 << x;
    rows[row] = bits;
    all &= bits;
    some |= bits;
  }
  if (some === 0) return NO_ROWS;
  return all === 0xffff ? ALL_ROWS : rows;
}

/** Where there is no voxel. */
export function emptyRows(data: Uint32Array | undefined): Rows {
  const rows = filledRows(data);
  if (rows === NO_ROWS) return ALL_ROWS;
  if (rows === ALL_ROWS) return NO_ROWS;
  for (let row = 0; row < ROWS; row++) rows[row] = ~rows[row]!;
  return rows;
}

/** Words for `setBlock`: `base` with one word put wherever the set has a bit. */
export function paintRows(rows: Rows, rgba: number, base?: Uint32Array): Uint32Array {
  const data = newBlockData();
  if (base !== undefined) data.set(base);
  for (let row = 0; row < ROWS; row++) {
    const bits = rows[row]!;
    if (bits === 0) continue;
    const start = row * 16;
    if (bits === 0xffff) data.fill(rgba, start, start + 16);
    else for (let x = 0; x < 16; x++) if ((bits >> x) & 1) data[start + x] = rgba;
  }
  return data;
}

/** Words for `setBlock`, one colour everywhere. */
export function uniformBlock(rgba: number): Uint32Array {
  return newBlockData().fill(rgba);
}

/** Whether all words of a block are the same. */
export function isUniform(data: Uint32Array): boolean {
  const first = data[0]!;
  for (let i = 1; i < BLOCK_VOXELS; i++) if (data[i] !== first) return false;
  return true;
}

/** A set of voxels: its blocks by slot. */
export interface BitSet {
  readonly index: BlockIndex;
  readonly rows: Rows[];
}

/** The rows of a set at a block position. */
export function rowsAt(set: BitSet, bx: number, by: number, bz: number): Rows {
  const slot = set.index.find(bx, by, bz);
  return slot < 0 ? NO_ROWS : set.rows[slot]!;
}

/** Where a volume has voxels. */
export function bitsOf(volume: Volume): BitSet {
  const set: BitSet = { index: new BlockIndex(), rows: [] };
  for (const { x, y, z, data } of volume.blocks(newScratch())) {
    set.index.add(x / 16, y / 16, z / 16);
    set.rows.push(filledRows(data));
  }
  return set;
}
