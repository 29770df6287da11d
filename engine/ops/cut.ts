/** Cuts by a plane. */

import { copyBlockData, newBlockData, newScratch } from '../volume/block.ts';
import type { Vec3 } from '../volume/box.ts';
import type { Volume } from '../volume/volume.ts';

/** Half the width of a block between the centres of its outermost voxels. */
const HALF = 7.5;

/** What sums of three products may be off by, over the sum of their sizes. */
const ROUNDING = 4 * Number.EPSILON;

/**
 * Removes the voxels whose centre lies on one side of a plane: `above` is where the normal points
 * to. Voxels whose centre is on the plane, to within the
 * rounding of doubles, stay. The normal may have any length.
 */
export function planeCut(
  volume: Volume,
  origin: Vec3,
  normal: Vec3,
  side: 'above' | 'below',
): void {
  const sign = side === 'above' ? 1 : -1;
  const [nx, ny, nz] = [sign * normal[0], sign * normal[1], sign * normal[2]];
  const reach = HALF * (Math.abs(nx) + Math.abs(ny) + Math.abs(nz));
  const nothing = newBlockData();
  for (const { x, y, z, data } of [...volume.blocks(newScratch())]) {
    const [dx, dy, dz] = [x + 0.5 - origin[0], y + 0.5 - origin[1], z + 0.5 - origin[2]];
    const middle = nx * (dx + HALF) + ny * (dy + HALF) + nz * (dz + HALF);
    const terms = Math.abs(nx * dx) + Math.abs(ny * dy) + Math.abs(nz * dz) + 2 * reach;
    const slack = terms * ROUNDING;
    if (middle + reach <= slack) continue;
    if (middle - reach > slack) {
      volume.setBlock(x, y, z, nothing);
      continue;
    }
    let kept: Uint32Array | undefined;
    for (let row = 0; row < 256; row++) {
      const rest = ny * (dy + (row & 15)) + nz * (dz + (row >> 4));
      for (let k = 0, i = row * 16; k < 16; k++, i++) {
        if (nx * (dx + k) + rest <= slack || data[i]! <= 0xff_ffff) continue;
        kept ??= copyBlockData(data);
        kept[i] = 0;
      }
    }
    if (kept !== undefined) volume.giveBlock(x, y, z, kept);
  }
}
