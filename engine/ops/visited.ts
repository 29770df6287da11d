/**
 * Where a painter goes: its box and the mirror images of it, the blocks that they touch, and the
 * part of them that a clip box lets it change.
 */

import { BLOCK_SIZE, BLOCK_VOXELS } from '../volume/block.ts';
import type { Box, Vec3 } from '../volume/box.ts';
import type { Matrix } from '../volume/matrix.ts';
import type { Volume } from '../volume/volume.ts';
import { EMPTY_BLOCK } from './combine.ts';

export const EVERYWHERE: Box = {
  min: [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
  max: [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
};

/** The mirrored boxes first, the box itself last. */
export function mirrors(box: Matrix, symmetry: number, origin: Vec3): Matrix[] {
  const boxes: Matrix[] = [];
  for (let axis = 0; axis < 3; axis++) {
    if ((symmetry & (1 << axis)) === 0) continue;
    const rest = symmetry & ~((2 << axis) - 1);
    boxes.push(...mirrors(reflected(box, axis, origin[axis]!), rest, origin));
  }
  return [...boxes, box];
}

function reflected(box: Matrix, axis: number, origin: number): Matrix {
  const mirrored = box.slice();
  for (let column = 0; column < 12; column += 4) mirrored[column + axis] = 0 - box[column + axis]!;
  mirrored[12 + axis] = 2 * Math.fround(origin) - box[12 + axis]!;
  return mirrored;
}

/**
 * The minimum corners of the blocks in a region, x fastest, then y, then z. Unless `absent`, those
 * that the volume has are enough, in any order.
 */
export function* cornersIn(volume: Volume, { min, max }: Box, absent: boolean): Generator<Vec3> {
  // Of a box that is flat the other sides may be as long as coordinates go.
  if (min.some((low, axis) => low >= max[axis]!)) return;
  if (!absent && !(blocksIn(min, max) <= volume.blockCount)) {
    const corners = [...volume.blocks()].map(({ x, y, z }): Vec3 => [x, y, z]);
    for (const corner of corners) {
      const [x, y, z] = corner;
      if (x >= max[0] || y >= max[1] || z >= max[2]) continue;
      if (x + BLOCK_SIZE > min[0] && y + BLOCK_SIZE > min[1] && z + BLOCK_SIZE > min[2]) {
        yield corner;
      }
    }
    return;
  }
  for (let z = blockFloor(min[2]); z < max[2]; z += BLOCK_SIZE) {
    for (let y = blockFloor(min[1]); y < max[1]; y += BLOCK_SIZE) {
      for (let x = blockFloor(min[0]); x < max[0]; x += BLOCK_SIZE) yield [x, y, z];
    }
  }
}

/** Also of boxes that leave the coordinates there are. */
export function blocksIn(min: Vec3, max: Vec3): number {
  const along = (axis: 0 | 1 | 2) =>
    Math.ceil(max[axis] / BLOCK_SIZE) - Math.floor(min[axis] / BLOCK_SIZE);
  return along(0) * along(1) * along(2);
}

function blockFloor(value: number): number {
  return Math.floor(value / BLOCK_SIZE) * BLOCK_SIZE;
}

/** The whole voxels around a box matrix, in float32 as Goxel reckons them. */
export function around(m: Matrix): Box {
  const f32 = Math.fround;
  const reach = (axis: 0 | 1 | 2) =>
    f32(f32(Math.abs(m[axis]!) + Math.abs(m[4 + axis]!)) + Math.abs(m[8 + axis]!));
  const low = (axis: 0 | 1 | 2) => Math.floor(f32(m[12 + axis]! - reach(axis)));
  const high = (axis: 0 | 1 | 2) => Math.ceil(f32(m[12 + axis]! + reach(axis)));
  return { min: [low(0), low(1), low(2)], max: [high(0), high(1), high(2)] };
}

/** The whole blocks that a box matrix touches; its far sides belong to it. */
export function touched(m: Matrix): Box {
  const { min, max } = around(m);
  const low = (axis: 0 | 1 | 2) => blockFloor(min[axis]);
  const high = (axis: 0 | 1 | 2) => blockFloor(max[axis]) + BLOCK_SIZE;
  return { min: [low(0), low(1), low(2)], max: [high(0), high(1), high(2)] };
}

/** The voxels whose centres lie in a clip box. */
export function clipOf({ min, max }: Box): Box {
  const centred = ([x, y, z]: Vec3): Vec3 => [
    Math.ceil(x - 0.5),
    Math.ceil(y - 0.5),
    Math.ceil(z - 0.5),
  ];
  return { min: centred(min), max: centred(max) };
}

export function common(a: Box, b: Box): Box {
  const low = (axis: 0 | 1 | 2) => Math.max(a.min[axis], b.min[axis]);
  const high = (axis: 0 | 1 | 2) => Math.min(a.max[axis], b.max[axis]);
  return { min: [low(0), low(1), low(2)], max: [high(0), high(1), high(2)] };
}

/** Whether a box holds the whole of the block with a minimum corner. */
export function holdsBlock({ min, max }: Box, x: number, y: number, z: number): boolean {
  if (x < min[0] || y < min[1] || z < min[2]) return false;
  return x + BLOCK_SIZE <= max[0] && y + BLOCK_SIZE <= max[1] && z + BLOCK_SIZE <= max[2];
}

/** Puts what lies outside of a box back into the words of a block with a minimum corner. */
export function keepOutside(
  { min, max }: Box,
  before: Uint32Array = EMPTY_BLOCK,
  x: number,
  y: number,
  z: number,
  words: Uint32Array,
): void {
  for (let i = 0; i < BLOCK_VOXELS; i++) {
    const [vx, vy, vz] = [x + (i & 15), y + ((i >> 4) & 15), z + (i >> 8)];
    const inside =
      vx >= min[0] && vy >= min[1] && vz >= min[2] && vx < max[0] && vy < max[1] && vz < max[2];
    if (!inside) words[i] = before[i]!;
  }
}
