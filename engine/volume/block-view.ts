/** A block as readers see it. */

import type { Block } from './stored-block.ts';

/** What is read of a block. */
export interface BlockWords {
  /** The minimum corner. */
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly data: Uint32Array;
  readonly count: number;
}

export class BlockView implements BlockWords {
  /** The minimum corner. */
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** The same object for the same content, wherever it is held; not for all of equal content. */
  readonly block: Block;
  readonly #scratch: Uint32Array | undefined;

  constructor(x: number, y: number, z: number, block: Block, scratch?: Uint32Array) {
    this.x = x;
    this.y = y;
    this.z = z;
    this.block = block;
    this.#scratch = scratch;
  }

  /**
   * The 4096 words, which must not be written. When they are packed they are in the scratch of the
   * reader that gave one; who gave none has an array to keep.
   */
  get data(): Uint32Array {
    return this.#scratch === undefined ? this.block.data : this.block.read(this.#scratch);
  }

  /** How many of the words are voxels. */
  get count(): number {
    return this.block.count;
  }
}
