/** Solids made hollow, and holes filled. Holes are those of `holes.ts`. */

import { checkInterrupt } from '../interrupt.ts';
import type { BlockIndex } from '../volume/block-index.ts';
import { requireLeast } from '../volume/least.ts';
import type { Volume } from '../volume/volume.ts';
import {
  ALL_ROWS,
  type BitSet,
  bitsOf,
  NO_ROWS,
  paintRows,
  ROWS,
  type Rows,
  uniformBlock,
} from './bits.ts';
import { holesOf } from './holes.ts';

export { hull } from './hull.ts';

/**
 * Removes the voxels that lie deeper than `thickness` (at least 1) layers under the surface,
 * counted in steps over 6 neighbours from the outside: 1 leaves the surface that can be seen.
 * Walls of holes are not surface. Throws GOX_MEMORY_LIMIT as `holesOf` does.
 */
export function hollow(volume: Volume, thickness: number): void {
  const deep = withHoles(bitsOf(volume), holesOf(volume));
  const beside = neighbours(deep.index);
  for (let layer = 0; layer < thickness; layer++) if (!erode(deep, beside)) return;
  for (const [slot, bits] of deep.rows.entries()) {
    checkInterrupt();
    if (bits === NO_ROWS) continue;
    const { x, y, z } = deep.index.position(slot);
    const data = volume.blockAt(x * 16, y * 16, z * 16);
    if (data === undefined) continue;
    const kept = bits === ALL_ROWS ? uniformBlock(0) : paintRows(bits, 0, data);
    volume.setBlock(x * 16, y * 16, z * 16, kept);
  }
}

/**
 * Fills the holes with a packed colour, or each place with the colour of the voxel that the
 * fewest steps over 6 neighbours lead to (the first of several in the order -x, +x, -y, +y, -z,
 * +z). Returns the number of voxels added. Throws GOX_MEMORY_LIMIT as `holesOf` does, and for
 * `blocks_max`.
 */
export function fillHoles(volume: Volume, color: number | 'nearest'): number {
  const before = volume.count();
  const holes = holesOf(volume);
  let blocks = volume.blockCount;
  for (let slot = 0; slot < holes.index.length; slot++) {
    const { x, y, z } = holes.index.position(slot);
    if (volume.slotAt(x * 16, y * 16, z * 16) < 0) blocks++;
  }
  requireLeast(blocks, volume.blocks_max, 'The volume with its holes filled');
  if (color === 'nearest') fillFromWalls(volume, holes);
  else {
    const full = uniformBlock(color);
    for (const [slot, bits] of holes.rows.entries()) {
      checkInterrupt();
      const at = holes.index.position(slot);
      const [x, y, z] = [at.x * 16, at.y * 16, at.z * 16];
      const data = bits === ALL_ROWS ? full : paintRows(bits, color, volume.blockAt(x, y, z));
      volume.setBlock(x, y, z, data);
    }
  }
  return volume.count() - before;
}

/** The places next to one, three numbers each. */
const STEPS = [-1, 0, 0, 1, 0, 0, 0, -1, 0, 0, 1, 0, 0, 0, -1, 0, 0, 1];

/** A hole has voxels around it or more of the hole, so every place beside one exists. */
function fillFromWalls(volume: Volume, holes: BitSet): void {
  const queue: number[] = [];
  const colors: number[] = [];
  for (const [slot, bits] of holes.rows.entries()) {
    checkInterrupt();
    const at = holes.index.position(slot);
    for (let i = 0; i < ROWS * 16; i++) {
      if (((bits[i >> 4]! >> (i & 15)) & 1) === 0) continue;
      const [x, y, z] = [at.x * 16 + (i & 15), at.y * 16 + ((i >> 4) & 15), at.z * 16 + (i >> 8)];
      for (let step = 0; step < 18; step += 3) {
        const rgba = volume.get(x + STEPS[step]!, y + STEPS[step + 1]!, z + STEPS[step + 2]!);
        if (rgba === 0) continue;
        queue.push(x, y, z);
        colors.push(rgba);
        break;
      }
    }
  }
  for (let i = 0; i < colors.length; i++) {
    if ((i & 0xfff) === 0) checkInterrupt();
    volume.set(queue[3 * i]!, queue[3 * i + 1]!, queue[3 * i + 2]!, colors[i]!);
  }
  for (let i = 0; i < colors.length; i++) {
    if ((i & 0xfff) === 0) checkInterrupt();
    const rgba = colors[i]!;
    for (let step = 0; step < 18; step += 3) {
      const x = queue[3 * i]! + STEPS[step]!;
      const y = queue[3 * i + 1]! + STEPS[step + 1]!;
      const z = queue[3 * i + 2]! + STEPS[step + 2]!;
      if (volume.get(x, y, z) !== 0) continue;
      volume.set(x, y, z, rgba);
      queue.push(x, y, z);
      colors.push(rgba);
    }
  }
}

/** A set with holes added to it. */
function withHoles(set: BitSet, holes: BitSet): BitSet {
  for (const [slot, bits] of holes.rows.entries()) {
    checkInterrupt();
    const { x, y, z } = holes.index.position(slot);
    const at = set.index.find(x, y, z);
    if (at < 0) {
      set.index.add(x, y, z);
      set.rows.push(bits);
      continue;
    }
    const both = set.rows[at]!.map((row, i) => row | bits[i]!);
    set.rows[at] = both.every((row) => row === 0xffff) ? ALL_ROWS : both;
  }
  return set;
}

/** The slots beside each block, -1 for none: -x, +x, -y, +y, -z, +z. */
function neighbours(index: BlockIndex): Int32Array {
  const beside = new Int32Array(index.length * 6);
  for (let slot = 0; slot < index.length; slot++) {
    if ((slot & 0xff) === 0) checkInterrupt();
    const at = index.position(slot);
    for (let side = 0; side < 6; side++) {
      const step = 3 * side;
      beside[6 * slot + side] = index.find(
        at.x + STEPS[step]!,
        at.y + STEPS[step + 1]!,
        at.z + STEPS[step + 2]!,
      );
    }
  }
  return beside;
}

/** Takes the outermost layer of a set away; false when nothing is left. */
function erode(set: BitSet, beside: Int32Array): boolean {
  const before = set.rows.slice();
  const at = (slot: number) => (slot < 0 ? NO_ROWS : before[slot]!);
  let left = false;
  for (const [slot, rows] of before.entries()) {
    checkInterrupt();
    if (rows === NO_ROWS) continue;
    const sides: Rows[] = [];
    for (let side = 0; side < 6; side++) sides.push(at(beside[6 * slot + side]!));
    const eroded = erodedRows(rows, sides);
    set.rows[slot] = eroded;
    if (eroded !== NO_ROWS) left = true;
  }
  return left;
}

function erodedRows(rows: Rows, sides: readonly Rows[]): Rows {
  if (rows === ALL_ROWS && sides.every((side) => side === ALL_ROWS)) return ALL_ROWS;
  const [lessX, moreX, lessY, moreY, lessZ, moreZ] = sides as [Rows, Rows, Rows, Rows, Rows, Rows];
  const eroded = new Uint16Array(ROWS);
  let some = 0;
  for (let row = 0; row < ROWS; row++) {
    let bits = rows[row]!;
    if (bits === 0) continue;
    bits &= ((bits << 1) | (lessX[row]! >> 15)) & ((bits >> 1) | ((moreX[row]! & 1) << 15));
    bits &= (row & 15) === 0 ? lessY[row + 15]! : rows[row - 1]!;
    bits &= (row & 15) === 15 ? moreY[row - 15]! : rows[row + 1]!;
    bits &= row < 16 ? lessZ[row + 240]! : rows[row - 16]!;
    bits &= row >= 240 ? moreZ[row - 240]! : rows[row + 16]!;
    eroded[row] = bits;
    some |= bits;
  }
  return some === 0 ? NO_ROWS : eroded;
}
