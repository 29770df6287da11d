/**
 * Selections: masks of white voxels, made by colour, by connection or by a box, and combined as
 * Goxel combines them.
 */

import { checkInterrupt } from '../interrupt.ts';
import { BLOCK_VOXELS, newBlockData, newScratch } from '../volume/block.ts';
import type { Box, Vec3 } from '../volume/box.ts';
import { Volume } from '../volume/volume.ts';
import { ALL_ROWS, blockData, isUniform, NO_ROWS, paintRows, ROWS, uniformBlock } from './bits.ts';
import { clipped } from './clip.ts';
import { combineBlocks, intersection } from './combine.ts';
import { ALL_LINKS, flood, type Links, type LinksAt } from './flood.ts';

const WHITE = 0xffff_ffff;
/** From this threshold on colours do not matter. */
const ANY_COLOR = 255;

/** How a new mask changes the one there is. */
export type MaskMode = 'set' | 'add' | 'sub' | 'intersect';

/**
 * Goxel's fuzzy select: the voxels connected with the one at `at` by steps over 6 neighbours whose
 * largest difference in red, green or blue is at most `threshold` (0…255; 255 takes any colour),
 * each step measured between its own two voxels. Empty when there is no voxel at `at`.
 */
export function fuzzySelect(volume: Volume, at: Vec3, threshold: number): Volume {
  const mask = new Volume();
  if (volume.get(at[0], at[1], at[2]) === 0) return mask;
  const white = uniformBlock(WHITE);
  const { index, rows } = flood(colorLinks(volume, threshold), at, volume.blocks_max);
  for (const [slot, bits] of rows.entries()) {
    checkInterrupt();
    if (bits === NO_ROWS) continue;
    const { x, y, z } = index.position(slot);
    const data = bits === ALL_ROWS ? white : paintRows(bits, WHITE);
    mask.setBlock(x * 16, y * 16, z * 16, data);
  }
  return mask;
}

/** The voxels connected with the one at `at`, whatever their colours. */
export function connected(volume: Volume, at: Vec3): Volume {
  return fuzzySelect(volume, at, ANY_COLOR);
}

/**
 * Goxel's box selection: the voxels in a box, white, each with its own alpha (its `intersect_fill`
 * with a white cube).
 */
export function boxMask(volume: Volume, box: Box): Volume {
  const mask = new Volume();
  const part = clipped(volume, box);
  for (const { x, y, z, data } of part.blocks(newScratch())) {
    const white = newBlockData();
    for (let i = 0; i < BLOCK_VOXELS; i++) {
      if (data[i]! > 0xff_ffff) white[i] = data[i]! | 0xff_ffff;
    }
    mask.giveBlock(x, y, z, white);
  }
  return mask;
}

/**
 * A mask changed by another: replaced, laid over (`add`), alpha subtracted (`sub`), or the smaller
 * alpha kept (`intersect`). Neither is changed.
 */
export function combineMask(mask: Volume, other: Volume, how: MaskMode): Volume {
  if (how === 'set') return other.clone();
  if (how === 'intersect') return intersection(mask, other);
  const result = mask.clone();
  for (const { x, y, z, data } of other.blocks(newScratch())) {
    const before = mask.blockAt(x, y, z);
    if (before === undefined) {
      if (how === 'add') result.shareBlock(x, y, z, other);
      continue;
    }
    const mixed = newBlockData();
    combineBlocks(before, data, how === 'add' ? 'over' : 'sub', mixed);
    result.giveBlock(x, y, z, mixed);
  }
  return result;
}

/**
 * The voxels whose colour differs from a packed one by at most `tolerance` (0…255) in each of red,
 * green, blue and alpha.
 */
export function selectColor(volume: Volume, rgba: number, tolerance: number): Volume {
  const mask = new Volume();
  for (const { x, y, z, data } of volume.blocks(newScratch())) {
    const white = newBlockData();
    let last = 0;
    let word = 0;
    for (let i = 0; i < BLOCK_VOXELS; i++) {
      const color = data[i]!;
      if (color !== last) {
        last = color;
        word = color > 0xff_ffff && isLike(color, rgba, tolerance) ? WHITE : 0;
      }
      white[i] = word;
    }
    mask.giveBlock(x, y, z, white);
  }
  return mask;
}

/** Whether two packed colours differ by at most `tolerance` in each of the four channels. */
export function isLike(a: number, b: number, tolerance: number): boolean {
  return isNear(a, b, tolerance) && Math.abs((a >>> 24) - (b >>> 24)) <= tolerance;
}

/** Whether two packed colours differ by at most `threshold` in red, green and blue. */
function isNear(a: number, b: number, threshold: number): boolean {
  return (
    Math.abs((a & 0xff) - (b & 0xff)) <= threshold &&
    Math.abs(((a >> 8) & 0xff) - ((b >> 8) & 0xff)) <= threshold &&
    Math.abs(((a >> 16) & 0xff) - ((b >> 16) & 0xff)) <= threshold
  );
}

/** Steps between voxels of near colours. */
export function colorLinks(volume: Volume, threshold: number): LinksAt {
  // Full blocks of one colour are often one array, shared; the last seen is remembered.
  let uniform: Uint32Array | undefined;
  const isFull = (data: Uint32Array | undefined, color: number) => {
    if (data === undefined || data[0] !== color) return false;
    if (data === uniform) return true;
    if (!isUniform(data)) return false;
    uniform = data;
    return true;
  };
  return (bx, by, bz) => {
    const data = blockData(volume, bx, by, bz);
    if (data === undefined) return undefined;
    const beforeX = blockData(volume, bx - 1, by, bz);
    const beforeY = blockData(volume, bx, by - 1, bz);
    const beforeZ = blockData(volume, bx, by, bz - 1);
    const color = data[0]!;
    if (
      color > 0xff_ffff &&
      isFull(data, color) &&
      isFull(beforeX, color) &&
      isFull(beforeY, color) &&
      isFull(beforeZ, color)
    ) {
      return ALL_LINKS;
    }
    return nearLinks(data, beforeX, beforeY, beforeZ, threshold);
  };
}

function nearLinks(
  data: Uint32Array,
  beforeX: Uint32Array | undefined,
  beforeY: Uint32Array | undefined,
  beforeZ: Uint32Array | undefined,
  threshold: number,
): Links {
  const [x, y, z] = [new Uint16Array(ROWS), new Uint16Array(ROWS), new Uint16Array(ROWS)];
  for (let row = 0, i = 0; row < ROWS; row++) {
    // Where the rows before this one begin, in this block or the one before.
    const inY = (row & 15) === 0 ? beforeY : data;
    const inZ = row < 16 ? beforeZ : data;
    const fromY = i + ((row & 15) === 0 ? 240 : -16);
    const fromZ = i + (row < 16 ? 3840 : -256);
    let left = beforeX === undefined ? 0 : beforeX[i + 15]!;
    let [bitsX, bitsY, bitsZ] = [0, 0, 0];
    for (let bit = 0; bit < 16; bit++, i++) {
      const color = data[i]!;
      if (color > 0xff_ffff) {
        if (joins(color, left, threshold)) bitsX |= 1 << bit;
        if (inY !== undefined && joins(color, inY[fromY + bit]!, threshold)) bitsY |= 1 << bit;
        if (inZ !== undefined && joins(color, inZ[fromZ + bit]!, threshold)) bitsZ |= 1 << bit;
      }
      left = color;
    }
    x[row] = bitsX;
    y[row] = bitsY;
    z[row] = bitsZ;
  }
  return { x, y, z };
}

function joins(color: number, other: number, threshold: number): boolean {
  if (color === other) return true;
  return other > 0xff_ffff && (threshold >= ANY_COLOR || isNear(color, other, threshold));
}
