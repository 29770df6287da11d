/** Undoes the five row filters of PNG (section 9 of its specification). */

import { checkInterrupt } from '../interrupt.ts';

const NONE = 0;
const SUB = 1;
const UP = 2;
const AVERAGE = 3;
const PAETH = 4;

/** The size of an RGBA pixel of 8 bits a sample, which is one word. */
const WORD_BYTES = 4;

/** All but the highest bit of each byte of a word, and those. */
const LOW_BITS = 0x7f7f_7f7f;
const HIGH_BITS = ~LOW_BITS;
/** All but the lowest bit of each byte. */
const UPPER_BITS = ~0x0101_0101;

/**
 * `rows` holds, for each of `height` rows, a filter byte and `stride` filtered bytes; a pixel has
 * `step` bytes. Writes the plain bytes to `plain`, whose start lies on a multiple of 4 in its
 * buffer. Returns false when a row names an unknown filter.
 */
export function unfilter(
  rows: Uint8Array,
  stride: number,
  height: number,
  step: number,
  plain: Uint8Array,
): boolean {
  for (let y = 0; y < height; y++) if (rows[y * (stride + 1)]! > PAETH) return false;
  if (step === WORD_BYTES) unfilterWords(rows, stride, height, plain);
  else unfilterBytes(rows, stride, height, step, plain);
  return true;
}

/**
 * The filters with a word a pixel: the sum of two words byte by byte, each modulo 256, takes as
 * many operations as that of two bytes.
 */
function unfilterWords(rows: Uint8Array, stride: number, height: number, plain: Uint8Array): void {
  const width = stride / WORD_BYTES;
  const words = new Int32Array(plain.buffer, plain.byteOffset, width * height);
  // A row begins behind its filter byte, so its words lie where none can be read.
  const row = new Uint8Array(stride);
  const filtered = new Int32Array(row.buffer);
  for (let y = 0; y < height; y++) {
    checkInterrupt();
    const from = y * (stride + 1) + 1;
    const filter = rows[from - 1]!;
    const source = rows.subarray(from, from + stride);
    // Above the first row all bytes count as 0, which makes the guess of Paeth the one of Sub.
    const first = y === 0;
    if (filter === NONE || (first && filter === UP)) {
      plain.set(source, y * stride);
      continue;
    }
    row.set(source);
    const at = y * width;
    if (filter === SUB || (first && filter === PAETH)) subWords(filtered, words, at);
    else if (filter === UP) upWords(filtered, words, at);
    else if (filter === AVERAGE) averageWords(filtered, words, at, first);
    else paethWords(filtered, words, at);
  }
}

/** The sum of each byte, modulo 256. */
function sum(a: number, b: number): number {
  return ((a & LOW_BITS) + (b & LOW_BITS)) ^ ((a ^ b) & HIGH_BITS);
}

function subWords(filtered: Int32Array, words: Int32Array, at: number): void {
  let left = 0;
  for (let i = 0; i < filtered.length; i++) {
    left = sum(filtered[i]!, left);
    words[at + i] = left;
  }
}

function upWords(filtered: Int32Array, words: Int32Array, at: number): void {
  const above = at - filtered.length;
  for (let i = 0; i < filtered.length; i++) words[at + i] = sum(filtered[i]!, words[above + i]!);
}

function averageWords(filtered: Int32Array, words: Int32Array, at: number, first: boolean): void {
  const above = at - filtered.length;
  let left = 0;
  for (let i = 0; i < filtered.length; i++) {
    const up = first ? 0 : words[above + i]!;
    // Half the sum of each byte: what both have, and half of what one has.
    left = sum(filtered[i]!, (left & up) + (((left ^ up) & UPPER_BITS) >>> 1));
    words[at + i] = left;
  }
}

function paethWords(filtered: Int32Array, words: Int32Array, at: number): void {
  const above = at - filtered.length;
  let left = 0;
  let corner = 0;
  for (let i = 0; i < filtered.length; i++) {
    const up = words[above + i]!;
    // Where two of the three agree the guess is clear for all bytes; in voxels that is usual.
    let guess = left;
    if (left === corner) guess = up;
    else if (up !== corner && up !== left) {
      guess =
        nearest(left & 0xff, up & 0xff, corner & 0xff) |
        (nearest((left >> 8) & 0xff, (up >> 8) & 0xff, (corner >> 8) & 0xff) << 8) |
        (nearest((left >> 16) & 0xff, (up >> 16) & 0xff, (corner >> 16) & 0xff) << 16) |
        (nearest(left >>> 24, up >>> 24, corner >>> 24) << 24);
    }
    left = sum(filtered[i]!, guess);
    corner = up;
    words[at + i] = left;
  }
}

/** Which of three bytes is nearest to left + up - corner; ties go to the first. */
function nearest(left: number, up: number, corner: number): number {
  const byLeft = Math.abs(up - corner);
  const byUp = Math.abs(left - corner);
  const byCorner = Math.abs(left + up - corner - corner);
  if (byLeft <= byUp && byLeft <= byCorner) return left;
  return byUp <= byCorner ? up : corner;
}

function unfilterBytes(
  rows: Uint8Array,
  stride: number,
  height: number,
  step: number,
  plain: Uint8Array,
): void {
  for (let y = 0; y < height; y++) {
    checkInterrupt();
    const from = y * (stride + 1) + 1;
    const to = y * stride;
    const filter = rows[from - 1]!;
    for (let i = 0; i < stride; i++) {
      const left = i < step ? 0 : plain[to + i - step]!;
      const up = y === 0 ? 0 : plain[to + i - stride]!;
      const corner = i < step || y === 0 ? 0 : plain[to + i - stride - step]!;
      plain[to + i] = rows[from + i]! + guessOf(filter, left, up, corner);
    }
  }
}

/** What a filter takes a byte to be, from those before it. */
function guessOf(filter: number, left: number, up: number, corner: number): number {
  if (filter === SUB) return left;
  if (filter === UP) return up;
  if (filter === AVERAGE) return (left + up) >> 1;
  return filter === PAETH ? nearest(left, up, corner) : 0;
}
