/**
 * Where the block at a position is kept: an open-addressing hash from block positions (three signed
 * 28-bit numbers, too many bits for one double) to slots 0, 1, 2… in order of insertion. Only the
 * last one can be removed; a volume builds a new index to drop others.
 */

const CAPACITY_MIN = 16;

/** In place of one that is not made yet. */
const NO_TABLE = new Int32Array(0);

/**
 * Differs from process to process, so that no file can be made whose blocks all collide. Slots, and
 * with them all output, do not depend on it.
 */
const SEED = (Math.random() * 0x1_0000_0000) | 0;

function hash(x: number, y: number, z: number): number {
  let h = Math.imul(x ^ SEED, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15) ^ y, 0x85ebca77);
  h = Math.imul(h ^ (h >>> 13) ^ z, 0xc2b2ae3d);
  return h ^ (h >>> 16);
}

export class BlockIndex {
  /** Slot + 1 by hash; 0 is free. Twice as long as the slots, so half of it at least is free. */
  #table = new Int32Array(CAPACITY_MIN * 2);
  #xs = new Int32Array(CAPACITY_MIN);
  #ys = new Int32Array(CAPACITY_MIN);
  #zs = new Int32Array(CAPACITY_MIN);
  #length = 0;
  /** The slot found last: neighbours in time are neighbours in space. */
  #last = -1;
  #lastX = 0;
  #lastY = 0;
  #lastZ = 0;

  get length(): number {
    return this.#length;
  }

  /** The slot of a block position, or -1. */
  find(x: number, y: number, z: number): number {
    if (this.#last >= 0 && x === this.#lastX && y === this.#lastY && z === this.#lastZ) {
      return this.#last;
    }
    return this.#search(x, y, z);
  }

  #search(x: number, y: number, z: number): number {
    if (this.#table === NO_TABLE) this.#hash();
    const table = this.#table;
    const mask = table.length - 1;
    for (let at = hash(x, y, z) & mask; ; at = (at + 1) & mask) {
      const slot = table[at]! - 1;
      if (slot < 0) return -1;
      if (this.#xs[slot] === x && this.#ys[slot] === y && this.#zs[slot] === z) {
        this.#remember(slot, x, y, z);
        return slot;
      }
    }
  }

  /** Gives the next slot to a block position that has none. */
  add(x: number, y: number, z: number): number {
    if (this.#length === this.#xs.length) this.#grow();
    if (this.#table === NO_TABLE) this.#hash();
    const slot = this.#length++;
    this.#xs[slot] = x;
    this.#ys[slot] = y;
    this.#zs[slot] = z;
    this.#enter(slot);
    this.#remember(slot, x, y, z);
    return slot;
  }

  /** Takes back the last `add`. */
  removeLast(): void {
    if (this.#table === NO_TABLE) this.#hash();
    const slot = --this.#length;
    const table = this.#table;
    const mask = table.length - 1;
    let free = this.#home(slot);
    while (table[free] !== slot + 1) free = (free + 1) & mask;
    // What was pushed along by it moves back, so that no search ends too early.
    for (let at = (free + 1) & mask; table[at] !== 0; at = (at + 1) & mask) {
      const home = this.#home(table[at]! - 1);
      if (((at - home) & mask) < ((at - free) & mask)) continue;
      table[free] = table[at]!;
      free = at;
    }
    table[free] = 0;
    this.#last = -1;
  }

  /** Slots in order for block positions, three numbers each, of which none is there twice. */
  static of(positions: Int32Array): BlockIndex {
    const index = new BlockIndex();
    const length = positions.length / 3;
    const capacity = Math.max(CAPACITY_MIN, 2 ** Math.ceil(Math.log2(length)));
    index.#xs = new Int32Array(capacity);
    index.#ys = new Int32Array(capacity);
    index.#zs = new Int32Array(capacity);
    for (let slot = 0; slot < length; slot++) {
      index.#xs[slot] = positions[3 * slot]!;
      index.#ys[slot] = positions[3 * slot + 1]!;
      index.#zs[slot] = positions[3 * slot + 2]!;
    }
    index.#length = length;
    // Made when somebody searches: of most that are kept nobody does.
    index.#table = NO_TABLE;
    return index;
  }

  /** Whether a slot is for a block position, which is three numbers from a place on. */
  isAt(slot: number, positions: Int32Array, place: number): boolean {
    return (
      this.#xs[slot] === positions[place] &&
      this.#ys[slot] === positions[place + 1] &&
      this.#zs[slot] === positions[place + 2]
    );
  }

  /** The block position of a slot. */
  position(slot: number): { x: number; y: number; z: number } {
    return { x: this.#xs[slot]!, y: this.#ys[slot]!, z: this.#zs[slot]! };
  }

  clone(): BlockIndex {
    const copy = new BlockIndex();
    copy.#table = this.#table === NO_TABLE ? NO_TABLE : this.#table.slice();
    copy.#xs = this.#xs.slice();
    copy.#ys = this.#ys.slice();
    copy.#zs = this.#zs.slice();
    copy.#length = this.#length;
    return copy;
  }

  #remember(slot: number, x: number, y: number, z: number): void {
    this.#last = slot;
    this.#lastX = x;
    this.#lastY = y;
    this.#lastZ = z;
  }

  #enter(slot: number): void {
    const table = this.#table;
    const mask = table.length - 1;
    let at = this.#home(slot);
    while (table[at] !== 0) at = (at + 1) & mask;
    table[at] = slot + 1;
  }

  /** Where the search for a slot begins. */
  #home(slot: number): number {
    const mask = this.#table.length - 1;
    return hash(this.#xs[slot]!, this.#ys[slot]!, this.#zs[slot]!) & mask;
  }

  #grow(): void {
    const capacity = this.#xs.length * 2;
    this.#xs = longer(this.#xs, capacity);
    this.#ys = longer(this.#ys, capacity);
    this.#zs = longer(this.#zs, capacity);
    this.#hash();
  }

  #hash(): void {
    this.#table = new Int32Array(this.#xs.length * 2);
    for (let slot = 0; slot < this.#length; slot++) this.#enter(slot);
  }
}

function longer(values: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(length);
  copy.set(values);
  return copy;
}
