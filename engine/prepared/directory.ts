/**
 * What is known of the blocks of a document, one entry each of `ENTRY` numbers in shared memory. A
 * place is the number of an entry; a block keeps it, whatever becomes of its voxels.
 */

import { BlockIndex } from '../volume/block-index.ts';

export const ENTRY = 12;
/** Position over 16. */
export const X = 0;
export const Y = 1;
export const Z = 2;
/** The group of the picture that it belongs to. */
export const GROUP = 3;
/** The number of its rows in the arena, or -1. */
export const ROWS_AT = 4;
/** The number of its first rectangle in the arena, or -1 when its faces are not there. */
export const FIRST = 5;
/** Where the rectangles of each of the six directions end, counted from the first. */
export const ENDS = 6;

const ROOM = 64;

export class Directory {
  entries = new Int32Array(new SharedArrayBuffer(ROOM * ENTRY * 4));
  count = 0;

  /** Gives a new block its place. */
  add(x: number, y: number, z: number, group: number): number {
    const at = this.count * ENTRY;
    if (at === this.entries.length) {
      const longer = new Int32Array(new SharedArrayBuffer(at * 8));
      longer.set(this.entries);
      this.entries = longer;
    }
    this.entries.set([x, y, z, group, -1, -1], at);
    return this.count++;
  }

  /** Those that there are, without the room for more. */
  get filled(): Int32Array {
    return this.entries.subarray(0, this.count * ENTRY);
  }

  /** A copy for a job, with room for no more. */
  copy(): Int32Array {
    const entries = new Int32Array(new SharedArrayBuffer(this.count * ENTRY * 4));
    entries.set(this.filled);
    return entries;
  }
}

/** Finds the blocks of one group by their positions over 16. */
export class Finder {
  readonly #index = new BlockIndex();
  /** Of each block, in order of addition. */
  readonly places: number[] = [];

  add(x: number, y: number, z: number, place: number): void {
    this.#index.add(x, y, z);
    this.places.push(place);
  }

  /** The number of a block among those added, or -1. */
  numberOf(x: number, y: number, z: number): number {
    return this.#index.find(x, y, z);
  }

  /** The place of a block, or -1. */
  find(x: number, y: number, z: number): number {
    const found = this.#index.find(x, y, z);
    return found < 0 ? -1 : this.places[found]!;
  }
}

/** Those of all groups, by the entries of a directory and no room for more. */
export function findersOf(entries: Int32Array): Finder[] {
  const finders: Finder[] = [];
  for (let at = 0; at < entries.length; at += ENTRY) {
    const group = entries[at + GROUP]!;
    finders[group] ??= new Finder();
    finders[group].add(entries[at]!, entries[at + Y]!, entries[at + Z]!, at / ENTRY);
  }
  return finders;
}
