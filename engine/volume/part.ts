/** The part of a block that lies in a box. */

import { BLOCK_SIZE } from './block.ts';
import type { Vec3 } from './box.ts';

/** The words of a block from one corner to another, both counted from the block's own corner. */
export interface Part {
  readonly x0: number;
  readonly y0: number;
  readonly z0: number;
  readonly x1: number;
  readonly y1: number;
  readonly z1: number;
}

/** Puts one word at every place of a part. */
export function fillPart(data: Uint32Array, part: Part, rgba: number): void {
  for (let z = part.z0; z < part.z1; z++) {
    for (let y = part.y0; y < part.y1; y++) {
      const row = z * 256 + y * 16;
      data.fill(rgba, row + part.x0, row + part.x1);
    }
  }
}

/** What a box has of the block at a block position, which it touches. */
export function partOf(min: Vec3, max: Vec3, bx: number, by: number, bz: number): Part {
  const [x, y, z] = [bx * BLOCK_SIZE, by * BLOCK_SIZE, bz * BLOCK_SIZE];
  return {
    x0: Math.max(min[0] - x, 0),
    y0: Math.max(min[1] - y, 0),
    z0: Math.max(min[2] - z, 0),
    x1: Math.min(max[0] - x, BLOCK_SIZE),
    y1: Math.min(max[1] - y, BLOCK_SIZE),
    z1: Math.min(max[2] - z, BLOCK_SIZE),
  };
}

export function isWhole(part: Part): boolean {
  return sizeOf(part) === BLOCK_SIZE ** 3;
}

export function sizeOf({ x0, y0, z0, x1, y1, z1 }: Part): number {
  return (x1 - x0) * (y1 - y0) * (z1 - z0);
}

/** A number that is the same for the same parts: sides lie from 0 to 16. */
export function keyOf({ x0, y0, z0, x1, y1, z1 }: Part): number {
  return ((((x0 * 17 + y0) * 17 + z0) * 17 + x1) * 17 + y1) * 17 + z1;
}
