/** Numbers different blocks 0, 1, 2… as they come; equal ones have the same number. */

import { BLOCK_VOXELS } from '../../volume/block.ts';
import type { Block } from '../../volume/stored-block.ts';

export class BlockNumbers {
  readonly #numbers = new Map<Block, number>();
  readonly #byHash = new Map<number, Block[]>();
  #next = 0;

  /** Whether the block is new: neither it nor an equal one was added before. */
  add(block: Block): boolean {
    if (this.#numbers.has(block)) return false;
    const { data } = block;
    const hash = hashWords(data);
    const alike = this.#byHash.get(hash) ?? [];
    const equal = alike.find((other) => sameWords(other.data, data));
    this.#numbers.set(block, equal === undefined ? this.#next : this.#numbers.get(equal)!);
    if (equal !== undefined) return false;
    this.#next++;
    alike.push(block);
    this.#byHash.set(hash, alike);
    return true;
  }

  /** The number of a block that was added. */
  of(block: Block): number {
    const number = this.#numbers.get(block);
    if (number === undefined) throw new Error('a block without a number');
    return number;
  }
}

function hashWords(data: Uint32Array): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = 0; i < BLOCK_VOXELS; i++) {
    hash = Math.imul(hash ^ data[i]!, 0x01000193);
    hash ^= hash >>> 15;
  }
  return hash;
}

function sameWords(a: Uint32Array, b: Uint32Array): boolean {
  for (let i = 0; i < BLOCK_VOXELS; i++) if (a[i] !== b[i]) return false;
  return true;
}
