/** Numbers packed colours from 0 on, in the order in which they come. */

const CAPACITY_MIN = 1024;
const HASH_FACTOR = 0x9e3779b1;

export class ColorNumbers {
  /** As signed words, for the reason that `signedWords` has. */
  #colors = new Int32Array(CAPACITY_MIN);
  /** Number of a colour + 1 by hash; 0 is free. */
  #table = new Int32Array(CAPACITY_MIN * 2);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** The colour of a number. */
  at(number: number): number {
    return this.#colors[number]! >>> 0;
  }

  /** The number of a colour, which is given one when it has none. */
  number(rgba: number): number {
    const at = this.#find(rgba | 0);
    const known = this.#table[at]! - 1;
    if (known >= 0) return known;
    const number = this.#count++;
    this.#table[at] = number + 1;
    this.#colors[number] = rgba;
    if (this.#count === this.#colors.length) this.#grow();
    return number;
  }

  #find(rgba: number): number {
    const table = this.#table;
    const mask = table.length - 1;
    const mixed = Math.imul(rgba, HASH_FACTOR);
    for (let at = (mixed ^ (mixed >>> 15)) & mask; ; at = (at + 1) & mask) {
      const number = table[at]! - 1;
      if (number < 0 || this.#colors[number] === rgba) return at;
    }
  }

  #grow(): void {
    const colors = this.#colors;
    this.#colors = new Int32Array(colors.length * 2);
    this.#colors.set(colors);
    this.#table = new Int32Array(colors.length * 4);
    for (let i = 0; i < this.#count; i++) this.#table[this.#find(colors[i]!)] = i + 1;
  }
}
