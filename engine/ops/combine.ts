/** How one volume is laid over another: Goxel's integer arithmetic, truncating every division. */

import { BLOCK_VOXELS, newBlockData } from '../volume/block.ts';
import type { Volume } from '../volume/volume.ts';

/** The colour of `b` over `a`, both packed; alpha adds up as in painting on glass. */
export function over(a: number, b: number): number {
  const alphaA = a >>> 24;
  const alphaB = b >>> 24;
  if (alphaB === 255 || alphaA === 0) return b;
  if (alphaB === 0) return a;
  const shareB = 255 * alphaB;
  const shareA = alphaA * (255 - alphaB);
  const sum = shareA + shareB;
  const red = Math.trunc(((b & 0xff) * shareB + (a & 0xff) * shareA) / sum);
  const green = Math.trunc((((b >> 8) & 0xff) * shareB + ((a >> 8) & 0xff) * shareA) / sum);
  const blue = Math.trunc((((b >> 16) & 0xff) * shareB + ((a >> 16) & 0xff) * shareA) / sum);
  const alpha = alphaB + Math.trunc(shareA / 255);
  return (red | (green << 8) | (blue << 16) | (alpha << 24)) >>> 0;
}

/** Lays `source` over `target`, which shares the blocks that only the source has. */
export function mergeOver(target: Volume, source: Volume): void {
  for (const { x, y, z, data } of source.blocks()) {
    const below = target.blockAt(x, y, z);
    if (below === undefined) {
      target.shareBlock(x, y, z, source);
      continue;
    }
    const mixed = newBlockData();
    for (let i = 0; i < BLOCK_VOXELS; i++) mixed[i] = over(below[i]!, data[i]!);
    target.setBlock(x, y, z, mixed);
  }
}
