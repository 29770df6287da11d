/** What an edit did to voxels, told by comparing two volumes. */

import { ChangeSum, type Changes } from './change-sum.ts';
import type { Volume } from './volume.ts';

/** Costs by the blocks that differ: those that the volumes share are not looked into. */
export function changesBetween(before: Volume, after: Volume): Changes {
  const sum = new ChangeSum();
  for (const { x, y, z, block } of after.blocks()) {
    const slot = before.slotAt(x, y, z);
    const old = slot < 0 ? undefined : before.blockIn(slot).block;
    sum.add(x >> 4, y >> 4, z >> 4, old, block);
  }
  for (const { x, y, z, block } of before.blocks()) {
    if (!after.holdsIn(x, y, z)) sum.add(x >> 4, y >> 4, z >> 4, block, undefined);
  }
  return sum.changes();
}
