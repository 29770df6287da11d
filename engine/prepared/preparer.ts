/** Prepares blocks, one at a time, in whichever thread: their rows, and then their faces. */

import { markRows, Neighbourhood, PADDED, ROWS } from '../render/occupancy.ts';
import { Rectangles } from '../render/rectangles.ts';
import { newScratch } from '../volume/block.ts';
import { readWords } from '../volume/unpacked.ts';
import { type Arena, FULL_ROWS, NO_ROWS } from './arena.ts';
import { ENDS, ENTRY, FIRST, type Finder, GROUP, ROWS_AT, X, Y, Z } from './directory.ts';

export class Preparer {
  readonly #arena: Arena;
  readonly #finders: readonly Finder[];
  readonly #rows = new Uint16Array(ROWS);
  readonly #neighbourhood = new Neighbourhood();
  readonly #faces = new Rectangles();
  readonly #scratch = newScratch();
  /** Rows of the block that was padded last. */
  readonly padded = new Int32Array(PADDED * PADDED);

  /** The finders are those of the groups. */
  constructor(arena: Arena, finders: readonly Finder[]) {
    this.#arena = arena;
    this.#finders = finders;
  }

  /** The number of the rows of a block; of those before, if they are the same. */
  mark(stored: Uint32Array | undefined, before: number): number {
    if (stored === undefined) return NO_ROWS;
    const rows = this.#rows;
    markRows(readWords(stored, this.#scratch), rows);
    if (rows.every((bits) => bits === 0)) return NO_ROWS;
    if (rows.every((bits) => bits === 0xffff)) return FULL_ROWS;
    if (before >= 0) {
      const known = this.#arena.rows.subarray(before * ROWS, (before + 1) * ROWS);
      if (rows.every((bits, row) => bits === known[row])) return before;
    }
    return this.#arena.addRows(rows);
  }

  /** Fills `padded` for a block; false when none of its faces can be seen. */
  pad(entries: Int32Array, place: number): boolean {
    const entry = place * ENTRY;
    if (entries[entry + ROWS_AT] === NO_ROWS) return false;
    const finder = this.#finders[entries[entry + GROUP]!]!;
    const { at } = this.#neighbourhood;
    const [x, y, z] = [entries[entry + X]!, entries[entry + Y]!, entries[entry + Z]!];
    for (let i = 0; i < 27; i++) {
      const beside = finder.find(
        x + (i % 3) - 1,
        y + (((i / 3) | 0) % 3) - 1,
        z + ((i / 9) | 0) - 1,
      );
      at[i] = beside < 0 ? -1 : entries[beside * ENTRY + ROWS_AT]! * ROWS;
    }
    this.#neighbourhood.rows = this.#arena.rows;
    return this.#neighbourhood.pad(this.padded);
  }

  /**
   * Finds the faces of a block, once the rows of all blocks around it are there, and enters them;
   * without room in the arena its entry stays as it is.
   */
  prepare(entries: Int32Array, place: number, stored: Uint32Array | undefined): void {
    const faces = this.#faces;
    faces.clear();
    const entry = place * ENTRY;
    const ends = [0, 0, 0, 0, 0, 0];
    if (stored !== undefined && this.pad(entries, place)) {
      const words = readWords(stored, this.#scratch);
      for (let direction = 0; direction < 6; direction++) {
        faces.add(place, direction, this.padded, words);
        ends[direction] = faces.count;
      }
    }
    const { count, cellCount } = faces;
    const first = count === 0 ? 0 : this.#arena.addFaces(faces, count, cellCount);
    if (first < 0) return;
    entries.set(ends, entry + ENDS);
    entries[entry + FIRST] = first;
  }
}
