/** The words of blocks that are packed, for those who read them all. */

import { BLOCK_VOXELS } from './block.ts';
import { isPlain, unpack } from './packed.ts';

/** 4 MiB a thread: the blocks around one that is read, and those of the row beside it. */
const KEPT_MAX = 256;

/** What was unpacked last, oldest first. What is packed is never written, so it stays true. */
const kept = new Map<Uint32Array, Uint32Array>();

/** The 4096 words of a block, not to be written; in `scratch`, the reader's, when it is packed. */
export function readWords(stored: Uint32Array, scratch: Uint32Array): Uint32Array {
  return isPlain(stored) ? stored : unpack(stored, scratch);
}

/**
 * The 4096 words of a block, not to be written. Whoever has them may keep them: the array is never
 * used again for another block.
 */
export function wordsOf(stored: Uint32Array): Uint32Array {
  if (isPlain(stored)) return stored;
  const known = kept.get(stored);
  if (known !== undefined) return known;
  const words = unpack(stored, new Uint32Array(BLOCK_VOXELS));
  kept.set(stored, words);
  if (kept.size > KEPT_MAX) {
    for (const oldest of kept.keys()) {
      kept.delete(oldest);
      break;
    }
  }
  return words;
}
