/** A block as volumes hold it: its words as they are, or packed when nobody writes them. */

import { anyBlockData, reuseBlockData } from './block.ts';
import { isPlain, pack, storedBytes, unpack, wordIn } from './packed.ts';
import { wordsOf } from './unpacked.ts';

/**
 * Who may write into a block without copying it first: the volume that holds the same token. A
 * volume takes a new token when it begins to share, so every block it had is copied before its next
 * write.
 */
export interface Token {
  readonly block: 'owner';
}

export function newToken(): Token {
  return { block: 'owner' };
}

/** Blocks that came from outside, or are shared from birth, have this owner, which no volume is. */
export const NOBODY: Token = newToken();

export class Block {
  readonly owner: Token;
  /** How many of the voxels have alpha above 0; only the owner changes it. */
  count: number;
  /** Whether it was written, or made, since the store's hand came by; then there are words. */
  touched: boolean;
  /** The words as they are; undefined while they are packed. */
  #plain: Uint32Array | undefined;
  #packed: Uint32Array | undefined;
  /** Whether these words were found to take too much room when packed. */
  #dense: boolean;
  /** Whether somebody else may keep the array of words. */
  #lent: boolean;

  /**
   * @param stored 4096 words, or what `pack` made of them, in shared memory; an owner was given the
   * only pointer to it
   */
  constructor(stored: Uint32Array, owner: Token, count: number, dense = false) {
    this.#dense = dense;
    this.#lent = owner === NOBODY;
    this.touched = isPlain(stored);
    if (this.touched) this.#plain = stored;
    else this.#packed = stored;
    this.owner = owner;
    this.count = count;
  }

  /** What is kept, packed or not, to be posted to other threads. Not to be written. */
  get stored(): Uint32Array {
    this.#lent = true;
    return this.#plain ?? this.#packed!;
  }

  /** Whether that is the same as it was when somebody was given it. */
  isStoredAs(stored: Uint32Array | undefined): boolean {
    return (this.#plain ?? this.#packed) === stored;
  }

  /** Whether packing it was found not to be worth it. */
  get dense(): boolean {
    return this.#dense;
  }

  /** What it takes now, with what keeps it. */
  get bytes(): number {
    return storedBytes(this.#plain ?? this.#packed!);
  }

  /** The words, not to be written. Whoever has them may keep them. */
  get data(): Uint32Array {
    if (this.#plain === undefined) return wordsOf(this.#packed!);
    this.#lent = true;
    return this.#plain;
  }

  /** The words for the owner to write, at once, after `unpack`. */
  get words(): Uint32Array {
    return this.#plain!;
  }

  /**
   * The words, not to be written: in `scratch`, which the reader has for it, when packed. They stay
   * until the owner next writes anything.
   */
  read(scratch: Uint32Array): Uint32Array {
    return this.#plain ?? unpack(this.#packed!, scratch);
  }

  /** Whether it may take less room. */
  get packable(): boolean {
    return this.#plain !== undefined && !this.#dense;
  }

  /** One word, found without unpacking the others. */
  word(index: number): number {
    const plain = this.#plain;
    return plain === undefined ? wordIn(this.#packed!, index) : plain[index]!;
  }

  /** The same words for another owner, to be written. */
  copy(owner: Token): Block {
    const words = anyBlockData();
    if (this.#plain === undefined) unpack(this.#packed!, words);
    else words.set(this.#plain);
    return new Block(words, owner, this.count);
  }

  /** Makes `words` what the owner may write. */
  unpack(): void {
    if (this.#plain === undefined) {
      this.#plain = unpack(this.#packed!, anyBlockData());
      this.#lent = false;
    }
    this.#packed = undefined;
    this.#dense = false;
    this.touched = true;
  }

  /**
   * Takes less room from now on, for all who hold it. The words stay the same. The array that had
   * them is used again when the one who asks is the owner, and nobody else was given it.
   */
  pack(owner: Token): void {
    const plain = this.#plain;
    if (plain === undefined || this.#dense) return;
    this.touched = false;
    this.#packed = pack(plain);
    if (this.#packed === undefined) this.#dense = true;
    else {
      this.#plain = undefined;
      if (this.owner === owner && !this.#lent) reuseBlockData(plain);
    }
  }
}
