/**
 * How many voxels have each colour, in memory whose size is known: an open-addressing hash of two
 * words an entry, colour and count. Its places are the upper bits of a hash, so that to grow is to
 * walk through both tables in order. Once there are many opaque colours, these have a counter each
 * instead, which neighbours in colour find in the same place of memory.
 */

import { overLimit, resultTooLarge } from '../../conf/errors.ts';
import { checkInterrupt } from '../interrupt.ts';
import type { ResultLimits } from './limits.ts';

const PLACES_MIN = 1024;
const ENTRY_BYTES = 8;
/** So many colours (16 MiB of hash) make counters for all opaque ones (64 MiB) worth it. */
const COUNTERS_FROM = 2 ** 20;
const OPAQUE_COLORS = 2 ** 24;
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
  readonly #result_bytes_max: number;
  readonly #entry_bytes: number;
  /** Colour and count, as signed words; a count of 0 is a free place. */
  #table = new Int32Array(PLACES_MIN * 2);
  #shift = 32 - Math.log2(PLACES_MIN);
  /** How many of the table's places are taken. */
  #taken = 0;
  #length = 0;
  /** Counts of opaque colours, by red, green and blue. */
  #opaque: Uint32Array | undefined;

  /**
   * @param job_bytes_max what the table may take, both while it grows: GOX_MEMORY_LIMIT
   * @param result_bytes_max what the result can hold: GOX_RESULT_TOO_LARGE
   * @param entry_bytes what a colour takes in it at least; 0 when not all are in it
   */
  constructor({ job_bytes_max, result_bytes_max }: ResultLimits, entry_bytes: number) {
    this.#bytes_max = job_bytes_max;
    this.#result_bytes_max = result_bytes_max;
    this.#entry_bytes = entry_bytes;
  }

  /** How many colours there are. */
  get length(): number {
    return this.#length;
  }

  /** Counts a packed colour some times more, at least once. Throws as the constructor says. */
  add(rgba: number, times: number): void {
    const opaque = this.#opaque;
    if (opaque !== undefined && rgba >>> 24 === 255) {
      const place = rgba & 0xff_ffff;
      if (opaque[place] === 0) this.#note();
      opaque[place]! += times;
      return;
    }
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
    this.#note();
    this.#taken++;
    if (this.#taken * 20 > table.length * TAKEN_OF_TEN) this.#grow();
  }

  /** Each colour once, in no order. */
  each(visit: (rgba: number, count: number) => void): void {
    const table = this.#table;
    for (let at = 0; at < table.length; at += 2) {
      if (at % MOVED_AT_ONCE === 0) checkInterrupt();
      if (table[at + 1] !== 0) visit(table[at]! >>> 0, table[at + 1]!);
    }
    const opaque = this.#opaque;
    if (opaque === undefined) return;
    for (let color = 0; color < OPAQUE_COLORS; color++) {
      if (color % MOVED_AT_ONCE === 0) checkInterrupt();
      if (opaque[color] !== 0) visit((color | 0xff00_0000) >>> 0, opaque[color]!);
    }
  }

  #note(): void {
    this.#length++;
    if (this.#length * this.#entry_bytes > this.#result_bytes_max) this.#refuse();
  }

  #grow(): void {
    const from = this.#table;
    const counters_bytes = OPAQUE_COLORS * 4;
    const bytes = this.#opaque === undefined ? 0 : counters_bytes;
    const worth_it = bytes === 0 && this.#length > COUNTERS_FROM;
    if (worth_it && counters_bytes + from.length * ENTRY_BYTES <= this.#bytes_max) {
      this.#opaque = new Uint32Array(OPAQUE_COLORS);
      this.#move(from, this.#shift);
      return;
    }
    this.#require(bytes + (from.length / 2) * 3 * ENTRY_BYTES);
    this.#move(from, this.#shift - 1);
  }

  /** Moves the entries to a new table, and to the counters what belongs there. */
  #move(from: Int32Array, shift: number): void {
    const to = new Int32Array(2 ** (33 - shift));
    const mask = to.length - 2;
    const opaque = this.#opaque;
    this.#taken = 0;
    for (let i = 0; i < from.length; i += 2) {
      if (i % MOVED_AT_ONCE === 0) checkInterrupt();
      const [color, times] = [from[i]!, from[i + 1]!];
      if (times === 0) continue;
      if (opaque !== undefined && color >>> 24 === 255) {
        opaque[color & 0xff_ffff] = times;
        continue;
      }
      let at = placeOf(color, shift) * 2;
      while (to[at + 1] !== 0) at = (at + 2) & mask;
      to[at] = color;
      to[at + 1] = times;
      this.#taken++;
    }
    this.#table = to;
    this.#shift = shift;
  }

  #require(bytes: number): void {
    if (bytes <= this.#bytes_max) return;
    const message =
      `There are more than ${this.#length} colours; to count them takes ${bytes} bytes, and` +
      ` limits.job_bytes_max allows ${this.#bytes_max}. Count a region, or with a bin_size.`;
    const limit = { key: 'limits.job_bytes_max', bytes, bytes_max: this.#bytes_max };
    throw overLimit('GOX_MEMORY_LIMIT', message, limit);
  }

  #refuse(): never {
    const [bytes, bytes_max] = [this.#length * this.#entry_bytes, this.#result_bytes_max];
    const message =
      `The result would have ${this.#length} colours or more, and ${bytes} bytes at least;` +
      ` limits.result_bytes_max allows ${bytes_max}. Ask for a region, for` +
      ' bins (bin_size, merge_similar), or for the first ones (top_n).';
    throw resultTooLarge(message, bytes, bytes_max);
  }
}

/** A place among 2^(32 - shift). */
function placeOf(color: number, shift: number): number {
  let hash = Math.imul(color ^ SEED, FACTOR);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) >>> shift;
}
