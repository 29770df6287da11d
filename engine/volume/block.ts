/**
 * A block is a cube of 16³ voxels whose minimum corner lies on multiples of 16. Voxel (x, y, z)
 * counted from that corner is word x + 16·y + 256·z, as in the .gox file.
 */

export const BLOCK_SIZE = 16;
export const BLOCK_VOXELS = 4096;
export const BLOCK_BYTES = 16384;

/** Room for the words of one block, all 0, in shared memory. */
export function newBlockData(): Uint32Array {
  return newShared(BLOCK_VOXELS);
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
  const copy = newBlockData();
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

/** The number of words with alpha above 0. */
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

/** The words of a block from one corner to another, both counted from the block's own corner. */
export interface Part {
  readonly x0: number;
  readonly y0: number;
  readonly z0: number;
  readonly x1: number;
  readonly y1: number;
  readonly z1: number;
}

/** Puts one word at every place of a part. */
export function fillPart(data: Uint32Array, part: Part, rgba: number): void {
  for (let z = part.z0; z < part.z1; z++) {
    for (let y = part.y0; y < part.y1; y++) {
      const row = z * 256 + y * 16;
      data.fill(rgba, row + part.x0, row + part.x1);
    }
  }
}
