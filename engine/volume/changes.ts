/** What an edit did to voxels, told by comparing two volumes. */

import { ChangeSum, type Changes } from './change-sum.ts';
import type { Volume } from './volume.ts';

/** Costs by the blocks that differ: those that the volumes share are not looked into. */
export function changesBetween(before: Volume, after: Volume): Changes {
  const sum = new ChangeSum();
  for (const { x, y, z, data } of after.blocks()) {
    sum.add(x >> 4, y >> 4, z >> 4, before.blockAt(x, y, z), data);
  }
  for (const { x, y, z, data } of before.blocks()) {
    if (!after.holdsIn(x, y, z)) sum.add(x >> 4, y >> 4, z >> 4, data, undefined);
  }
  return sum.changes();
}
