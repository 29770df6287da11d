/** Numbers of some bits each, one after another in longs and across their ends. */

import { checkInterrupt } from '../../interrupt.ts';

const BITS_MIN = 2;

/** How many bits each of so many names needs. */
export function bitsFor(names: number): number {
  return Math.max(BITS_MIN, Math.ceil(Math.log2(Math.max(names, 1))));
}

/** Gives the next number. */
type Next = () => number;

/** @param words two for each long, the low one first */
export function unpacker(words: Uint32Array, bits: number): Next {
  const mask = 2 ** bits - 1;
  let bit = 0;
  return () => {
    const word = Math.floor(bit / 32);
    const shift = bit % 32;
    bit += bits;
    const low = words[word]! >>> shift;
    return (shift + bits <= 32 ? low : low | (words[word + 1]! << (32 - shift))) & mask;
  };
}

/** Two words for each long. */
export function pack(cells: Uint32Array, bits: number): Uint32Array {
  const words = new Uint32Array(Math.ceil((cells.length * bits) / 64) * 2);
  let bit = 0;
  for (let i = 0; i < cells.length; i++, bit += bits) {
    if ((i & 0xffff) === 0) checkInterrupt();
    const word = Math.floor(bit / 32);
    const shift = bit % 32;
    words[word]! |= cells[i]! << shift;
    if (shift + bits > 32) words[word + 1]! |= cells[i]! >>> (32 - shift);
  }
  return words;
}
