/**
 * The blocks of a volume by their slots, and the bytes they take. As many of them as a small model
 * has stay as words. Of more, those that were not written lately are packed, one for each that is
 * added or unpacked: a hand goes round the slots, passes by what was written since its last round,
 * and packs the next.
 *
 * A block that other volumes hold is packed for them, too; they find out when their own hand comes
 * by, and count it as it was until then.
 */

import type { Block, Token } from './stored-block.ts';

/** 32 MiB of words. */
export const PACKABLE_MAX = 2048;

const CAPACITY_MIN = 16;

export class BlockStore {
  readonly #blocks: Block[] = [];
  /** What each slot counts for: bytes, and whether it is one that can be packed. */
  #bytes = new Uint16Array(CAPACITY_MIN);
  #packable = new Uint8Array(CAPACITY_MIN);
  #byteLength = 0;
  #packableCount = 0;
  #hand = 0;

  get length(): number {
    return this.#blocks.length;
  }

  /** Bytes of the blocks; one that is shared counts in each store that holds it. */
  get byteLength(): number {
    return this.#byteLength;
  }

  at(slot: number): Block {
    return this.#blocks[slot]!;
  }

  /** Adds a block in the next slot. `token` is that of the volume here and below. */
  push(block: Block, token: Token): void {
    const slot = this.#blocks.length;
    if (slot === this.#bytes.length) this.#grow();
    this.#makeRoom(token);
    this.#blocks.push(block);
    this.#note(slot);
  }

  replace(slot: number, block: Block, token: Token): void {
    this.#makeRoom(token);
    this.#blocks[slot] = block;
    this.#note(slot);
  }

  /** Takes out the last block. */
  pop(): void {
    const slot = this.#blocks.length - 1;
    this.#blocks.pop();
    this.#count(slot, 0, 0);
  }

  /** The block of a slot, whose owner is about to write into its `words`. */
  written(slot: number, token: Token): Block {
    const block = this.#blocks[slot]!;
    if (!block.touched) this.#begin(slot, block, token);
    return block;
  }

  /** Packs all blocks, and so gives back the room of those that were written last. */
  pack(token: Token): void {
    for (const [slot, block] of this.#blocks.entries()) {
      if (this.#packable[slot] === 0) continue;
      block.pack(token);
      this.#note(slot);
    }
  }

  clone(): BlockStore {
    const copy = new BlockStore();
    for (const block of this.#blocks) copy.#blocks.push(block);
    copy.#bytes = this.#bytes.slice();
    copy.#packable = this.#packable.slice();
    copy.#byteLength = this.#byteLength;
    copy.#packableCount = this.#packableCount;
    copy.#hand = this.#hand;
    return copy;
  }

  /** Makes words of a block that was not written lately. */
  #begin(slot: number, block: Block, token: Token): void {
    if (!block.packable) this.#makeRoom(token);
    block.unpack();
    this.#note(slot);
  }

  /** Packs blocks until one more can be as words. */
  #makeRoom(token: Token): void {
    while (this.#packableCount >= PACKABLE_MAX) {
      this.#hand = this.#hand + 1 < this.#blocks.length ? this.#hand + 1 : 0;
      if (this.#packable[this.#hand] === 0) continue;
      const block = this.#blocks[this.#hand]!;
      if (block.touched) block.touched = false;
      else {
        block.pack(token);
        this.#note(this.#hand);
      }
    }
  }

  /** Counts what a slot holds now in place of what it counted for before. */
  #note(slot: number): void {
    const block = this.#blocks[slot]!;
    this.#count(slot, block.bytes, block.packable ? 1 : 0);
  }

  #count(slot: number, bytes: number, packable: number): void {
    this.#byteLength += bytes - this.#bytes[slot]!;
    this.#packableCount += packable - this.#packable[slot]!;
    this.#bytes[slot] = bytes;
    this.#packable[slot] = packable;
  }

  #grow(): void {
    const [bytes, packable] = [this.#bytes, this.#packable];
    this.#bytes = new Uint16Array(bytes.length * 2);
    this.#bytes.set(bytes);
    this.#packable = new Uint8Array(bytes.length * 2);
    this.#packable.set(packable);
  }
}
