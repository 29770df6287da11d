/**
 * How many voxels have each colour, in memory whose size is known: an open-addressing hash of two
 * words an entry, colour and count. Its places are the upper bits of a hash, so that to grow is to
 * walk through both tables in order.
 */

import { GoxError } from '../../conf/errors.ts';
import { checkInterrupt } from '../interrupt.ts';

const PLACES_MIN = 1024;
const ENTRY_BYTES = 8;
/** Of ten places so many are taken before the table grows. */
const TAKEN_OF_TEN = 7;
/** Places moved between two looks at whether to stop. */
const MOVED_AT_ONCE = 65_536;

/** Not foreseeable, so that no colours can be chosen that all collide. No result depends on it. */
const [SEED, FACTOR] = [random(), random() | 1];

function random(): number {
  return (Math.random() * 0x1_0000_0000) | 0;
}

export class ColorCounts {
  readonly #bytes_max: number;
  readonly #colors_max: number;
  /** Colour and count, as signed words; a count of 0 is a free place. */
  #table = new Int32Array(PLACES_MIN * 2);
  #shift = 32 - Math.log2(PLACES_MIN);
  #length = 0;

  /**
   * @param bytes_max what the table may take, both while it grows: GOX_MEMORY_LIMIT
   * @param colors_max how many colours the result can hold: GOX_RESULT_TOO_LARGE
   */
  constructor(bytes_max: number, colors_max: number) {
    this.#bytes_max = bytes_max;
    this.#colors_max = colors_max;
  }

  /** How many colours there are. */
  get length(): number {
    return this.#length;
  }

  /** Counts a packed colour some times more, at least once. Throws as the constructor says. */
  add(rgba: number, times: number): void {
    const table = this.#table;
    const color = rgba | 0;
    const mask = table.length - 2;
    for (let at = placeOf(color, this.#shift) * 2; ; at = (at + 2) & mask) {
      if (table[at + 1] === 0) {
        table[at] = color;
        table[at + 1] = times;
        break;
      }
      if (table[at] === color) {
        table[at + 1]! += times;
        return;
      }
    }
    this.#length++;
    if (this.#length > this.#colors_max) this.#refuse();
    if (this.#length * 20 > table.length * TAKEN_OF_TEN) this.#grow();
  }

  /** Each colour once, in no order. */
  each(visit: (rgba: number, count: number) => void): void {
    const table = this.#table;
    for (let at = 0; at < table.length; at += 2) {
      if (at % MOVED_AT_ONCE === 0) checkInterrupt();
      if (table[at + 1] !== 0) visit(table[at]! >>> 0, table[at + 1]!);
    }
  }

  #grow(): void {
    const from = this.#table;
    const places = from.length;
    const bytes = (places + places / 2) * ENTRY_BYTES;
    if (bytes > this.#bytes_max) {
      const message =
        `There are more than ${this.#length} colours; to count them takes ${bytes} bytes, and` +
        ` limits.job_bytes_max allows ${this.#bytes_max}. Count a region, or with a bin_size.`;
      const facts = { key: 'limits.job_bytes_max', bytes, bytes_max: this.#bytes_max };
      throw new GoxError('GOX_MEMORY_LIMIT', message, facts);
    }
    const to = new Int32Array(places * 2);
    const shift = this.#shift - 1;
    const mask = to.length - 2;
    for (let i = 0; i < from.length; i += 2) {
      if (i % MOVED_AT_ONCE === 0) checkInterrupt();
      if (from[i + 1] === 0) continue;
      let at = placeOf(from[i]!, shift) * 2;
      while (to[at + 1] !== 0) at = (at + 2) & mask;
      to[at] = from[i]!;
      to[at + 1] = from[i + 1]!;
    }
    this.#table = to;
    this.#shift = shift;
  }

  #refuse(): never {
    const colors_max = this.#colors_max;
    const message =
      `There are more than ${colors_max} colours, which is more than one result holds.` +
      ' Ask for a region, for bins (bin_size, merge_similar), or for the first ones (top_n).';
    throw new GoxError('GOX_RESULT_TOO_LARGE', message, { colors_max });
  }
}

/** A place among 2^(32 - shift). */
function placeOf(color: number, shift: number): number {
  let hash = Math.imul(color ^ SEED, FACTOR);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) >>> shift;
}
