/** The smallest box around the voxels of blocks. */

import { BLOCK_SIZE, BLOCK_VOXELS } from './block.ts';
import type { BlockView, Box } from './volume.ts';

/** At least one of the blocks must hold a voxel. */
export function extentOf(blocks: Iterable<BlockView>): Box {
  let [x0, y0, z0] = [Infinity, Infinity, Infinity];
  let [x1, y1, z1] = [-Infinity, -Infinity, -Infinity];
  for (const { x, y, z, data } of blocks) {
    // A block inside the box found so far cannot widen it.
    const below = x >= x0 && y >= y0 && z >= z0;
    if (below && x + BLOCK_SIZE <= x1 && y + BLOCK_SIZE <= y1 && z + BLOCK_SIZE <= z1) continue;
    for (let i = 0; i < BLOCK_VOXELS; i++) {
      if (data[i]! <= 0xff_ffff) continue;
      const vx = x + (i & 15);
      const vy = y + ((i >> 4) & 15);
      const vz = z + (i >> 8);
      if (vx < x0) x0 = vx;
      if (vy < y0) y0 = vy;
      if (vz < z0) z0 = vz;
      if (vx >= x1) x1 = vx + 1;
      if (vy >= y1) y1 = vy + 1;
      if (vz >= z1) z1 = vz + 1;
    }
  }
  return { min: [x0, y0, z0], max: [x1, y1, z1] };
}
