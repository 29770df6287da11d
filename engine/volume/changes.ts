/** What an edit did to voxels, told by comparing a volume with a copy made before it. */

import { checkInterrupt } from '../interrupt.ts';
import { BLOCK_VOXELS, signedWords } from './block.ts';
import type { Volume } from './volume.ts';

/** Numbers of positions. */
export interface Changes {
  /** Where something else is than before. */
  readonly changed: number;
  /** Of these, where a voxel is and none was. */
  readonly created: number;
}

/** Of one block: where both volumes have a voxel, of different colours, and where one is new. */
interface BlockChanges {
  readonly recolored: number;
  readonly created: number;
}

/** Costs by the blocks that differ: those that the volumes share are not looked into. */
export function changesBetween(before: Volume, after: Volume): Changes {
  let recolored = 0;
  let created = 0;
  // A fill puts the same words in many places, over the same words.
  let lastOld: Uint32Array | undefined;
  let lastNew: Uint32Array | undefined;
  let last: BlockChanges = { recolored: 0, created: 0 };
  for (const { x, y, z, data, count } of after.blocks()) {
    const old = before.blockAt(x, y, z);
    if (old === data) continue;
    if (old === undefined) {
      created += count;
      continue;
    }
    if (old !== lastOld || data !== lastNew) {
      checkInterrupt();
      last = compare(old, data);
      [lastOld, lastNew] = [old, data];
    }
    recolored += last.recolored;
    created += last.created;
  }
  const removed = before.count() + created - after.count();
  return { changed: recolored + created + removed, created };
}

function compare(old: Uint32Array, data: Uint32Array): BlockChanges {
  const [a, b] = [signedWords(old), signedWords(data)];
  let recolored = 0;
  let created = 0;
  for (let i = 0; i < BLOCK_VOXELS; i++) {
    const word = b[i]!;
    if (a[i] === word || word >>> 24 === 0) continue;
    if (a[i]! >>> 24 === 0) created++;
    else recolored++;
  }
  return { recolored, created };
}
