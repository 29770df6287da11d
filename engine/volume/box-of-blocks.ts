/** The smallest box around the voxels of blocks. */

import { BLOCK_SIZE, signedWords } from './block.ts';
import type { BlockView } from './block-view.ts';
import type { Box } from './box.ts';

/** Rows of 16 voxels along x in a block. */
const ROWS = 256;

/** At least one of the blocks must hold a voxel. */
export function boxOfBlocks(blocks: Iterable<BlockView>): Box {
  const min: Corner = [Infinity, Infinity, Infinity];
  const max: Corner = [-Infinity, -Infinity, -Infinity];
  for (const block of blocks) widen(min, max, block);
  return { min, max };
}

type Corner = [x: number, y: number, z: number];

function widen(min: Corner, max: Corner, block: BlockView): void {
  const { x, y, z } = block;
  let [x0, y0, z0] = min;
  let [x1, y1, z1] = max;
  // A block inside the box found so far cannot widen it.
  const below = x >= x0 && y >= y0 && z >= z0;
  if (below && x + BLOCK_SIZE <= x1 && y + BLOCK_SIZE <= y1 && z + BLOCK_SIZE <= z1) return;
  const words = signedWords(block.data);
  for (let row = 0; row < ROWS; row++) {
    const vy = y + (row & 15);
    const vz = z + (row >> 4);
    // Nor can such a row.
    if (vy >= y0 && vy < y1 && vz >= z0 && vz < z1 && x >= x0 && x + BLOCK_SIZE <= x1) continue;
    const start = row * BLOCK_SIZE;
    let low = 0;
    while (low < BLOCK_SIZE && words[start + low]! >>> 24 === 0) low++;
    if (low === BLOCK_SIZE) continue;
    let high = BLOCK_SIZE;
    while (words[start + high - 1]! >>> 24 === 0) high--;
    if (x + low < x0) x0 = x + low;
    if (x + high > x1) x1 = x + high;
    if (vy < y0) y0 = vy;
    if (vy >= y1) y1 = vy + 1;
    if (vz < z0) z0 = vz;
    if (vz >= z1) z1 = vz + 1;
  }
  [min[0], min[1], min[2]] = [x0, y0, z0];
  [max[0], max[1], max[2]] = [x1, y1, z1];
}
