/** A set of positions, whatever is there: a bit for each place of the blocks it touches. */

import { BLOCK_VOXELS, indexInBlock } from './block.ts';
import { BlockIndex } from './block-index.ts';

const WORD_BITS = 32;

export class Places {
  readonly #index = new BlockIndex();
  readonly #blocks: Uint32Array[] = [];

  /** Puts a position in; whether it was not in before. */
  add(x: number, y: number, z: number): boolean {
    let slot = this.#index.find(x >> 4, y >> 4, z >> 4);
    if (slot < 0) {
      slot = this.#index.add(x >> 4, y >> 4, z >> 4);
      this.#blocks.push(new Uint32Array(BLOCK_VOXELS / WORD_BITS));
    }
    const bits = this.#blocks[slot]!;
    const place = indexInBlock(x, y, z);
    const bit = 1 << (place % WORD_BITS);
    const word = Math.floor(place / WORD_BITS);
    if ((bits[word]! & bit) !== 0) return false;
    bits[word]! |= bit;
    return true;
  }
}
