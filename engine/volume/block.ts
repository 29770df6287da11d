/**
 * A block is a cube of 16³ voxels whose minimum corner lies on multiples of 16. Voxel (x, y, z)
 * counted from that corner is word x + 16·y + 256·z, as in the .gox file.
 */

export const BLOCK_SIZE = 16;
export const BLOCK_VOXELS = 4096;
export const BLOCK_BYTES = 16384;

/** Arrays that nobody holds any more. They are used again, 4 MiB of them at most in a thread. */
const spare: Uint32Array[] = [];
const SPARE_MAX = 256;
const ZEROS = new Uint32Array(BLOCK_VOXELS);

/** Room for the words of one block, all 0, in shared memory. */
export function newBlockData(): Uint32Array {
  const words = spare.pop();
  if (words === undefined) return newShared(BLOCK_VOXELS);
  words.set(ZEROS);
  return words;
}

/** The same with whatever is in it, for who writes all of it. */
export function anyBlockData(): Uint32Array {
  return spare.pop() ?? newShared(BLOCK_VOXELS);
}

/**
 * Takes back room that nobody reads, writes or keeps from now on. What is left to the collector
 * lies about until it next looks, which is seldom for shared memory; a sheet of a million blocks
 * would leave 16 GiB.
 */
export function reuseBlockData(data: Uint32Array): void {
  if (spare.length < SPARE_MAX) spare.push(data);
}

/**
 * Shared memory, so that other threads can read a snapshot of a volume without a copy; a buffer for
 * each block, since a buffer is freed as a whole.
 */
export function newShared(words: number): Uint32Array {
  return new Uint32Array(new SharedArrayBuffer(words * 4));
}

/** Room for one reader to unpack into, block after block. */
export function newScratch(): Uint32Array {
  return new Uint32Array(BLOCK_VOXELS);
}

export function copyBlockData(data: Uint32Array): Uint32Array {
  const copy = anyBlockData();
  copy.set(data);
  return copy;
}

/**
 * The same words as signed numbers. Until a loop is optimized, V8 makes an object of every unsigned
 * word above 2³¹ that is read, and that is every opaque voxel; signed ones cost nothing.
 */
export function signedWords(data: Uint32Array): Int32Array {
  return new Int32Array(data.buffer, data.byteOffset, data.length);
}

/** Whether a word is a voxel: whether its alpha is above 0. */
export function isVoxel(word: number): boolean {
  return word >>> 24 !== 0;
}

/** The number of words that are voxels. */
export function countVoxels(data: Uint32Array): number {
  const words = signedWords(data);
  // The carry out of the alpha's byte is 1 for every alpha above 0: no branch for each word.
  let count = 0;
  for (let i = 0; i < BLOCK_VOXELS; i += 4) {
    count +=
      (((words[i]! >>> 24) + 255) >> 8) +
      (((words[i + 1]! >>> 24) + 255) >> 8) +
      (((words[i + 2]! >>> 24) + 255) >> 8) +
      (((words[i + 3]! >>> 24) + 255) >> 8);
  }
  return count;
}

/** The place of a voxel in its block, from its position in the world. */
export function indexInBlock(x: number, y: number, z: number): number {
  return (x & 15) | ((y & 15) << 4) | ((z & 15) << 8);
}
