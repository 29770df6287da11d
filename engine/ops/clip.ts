/** Parts of volumes, and volumes put together of parts that do not overlap. */

import { BLOCK_VOXELS, copyBlockData, newBlockData, newScratch } from '../volume/block.ts';
import type { Box } from '../volume/box.ts';
import { blocksBetween } from '../volume/region.ts';
import { Volume } from '../volume/volume.ts';

/** The voxels of a volume that lie in a box; blocks wholly inside are shared. Costs by the box. */
export function clipped(volume: Volume, { min, max }: Box): Volume {
  const part = new Volume();
  for (const { x, y, z, data } of blocksBetween(volume, min, max)) {
    const [x0, x1] = [Math.max(min[0] - x, 0), Math.min(max[0] - x, 16)];
    const [y0, y1] = [Math.max(min[1] - y, 0), Math.min(max[1] - y, 16)];
    const [z0, z1] = [Math.max(min[2] - z, 0), Math.min(max[2] - z, 16)];
    if (x1 - x0 === 16 && y1 - y0 === 16 && z1 - z0 === 16) {
      part.shareBlock(x, y, z, volume);
      continue;
    }
    const kept = newBlockData();
    for (let row = 0; row < 256; row++) {
      if ((row & 15) < y0 || (row & 15) >= y1 || row >> 4 < z0 || row >> 4 >= z1) continue;
      for (let i = row * 16 + x0; i < row * 16 + x1; i++) kept[i] = data[i]!;
    }
    part.giveBlock(x, y, z, kept);
  }
  return part;
}

/** Puts the voxels of a part into a volume that has none at their places. */
export function join(volume: Volume, part: Volume): void {
  for (const { x, y, z, data } of part.blocks(newScratch())) {
    const before = volume.blockAt(x, y, z);
    if (before === undefined) {
      volume.shareBlock(x, y, z, part);
      continue;
    }
    const joined = copyBlockData(before);
    for (let i = 0; i < BLOCK_VOXELS; i++) if (data[i]! > 0xff_ffff) joined[i] = data[i]!;
    volume.giveBlock(x, y, z, joined);
  }
}
