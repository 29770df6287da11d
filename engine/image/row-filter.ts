/**
 * Rows of pixels as a PNG's filters have them, and which filter suits. Renders of voxels are of
 * faces: where few colours come again and again, unfiltered rows pack best by far, since deflate
 * finds whole runs and edges in the rows above; a filter makes noise of them. Where most pixels are
 * of a new colour, as in smooth and traced surfaces, differences to the pixel before or above do.
 */

import { checkInterrupt } from '../interrupt.ts';

/** The numbers are those of the PNG specification, section 9. */
export const NONE = 0;
const SUB = 1;
const UP = 2;

/** Pixels as words of RGBA, rows from the top; of 3 channels all are opaque. */
export interface Rows {
  readonly pixels: Uint32Array;
  readonly width: number;
  readonly channels: 3 | 4;
}

/** What suits some rows. */
export interface Choice {
  readonly filter: number;
  /** Whether they are mostly runs, in which it takes little time to look for every match. */
  readonly flat: boolean;
}

/**
 * Numbers that tell what a band of rows looks like: how many pixels differ from the one before, how
 * many of these are of a colour that is new, as far as a small table knows; and where those are
 * many, the sums of differences to pixels before and above, in some of the rows.
 */
export const LOOKS = 4;
const STEPS = 0;
const NEW = 1;
const BEFORE = 2;
const ABOVE = 3;

/** Up to so many new colours a row, or to this share of its pixels, rows are left unfiltered. */
const NEW_COLORS = 16;
const NEW_SHARE = 0.045;
/** Of what is flat this share of pixels at most differs from the one before. */
const FLAT_SHARE = 0.06;
/** Of so many rows one is looked at to choose between filters. */
const SAMPLED = 4;

const TABLE_BITS = 12;
const table = new Uint32Array(2 ** TABLE_BITS);

/** Writes down what the rows from `top` to `bottom` look like. */
export function look({ pixels, width }: Rows, top: number, bottom: number, looks: Uint32Array) {
  const enough = 2 * newColorsOf(width, bottom - top);
  let steps = 0;
  let fresh = 0;
  table.fill(0);
  for (let y = top; y < bottom && fresh <= enough; y++) {
    checkInterrupt();
    let before = 0;
    for (let at = y * width; at < (y + 1) * width; at++) {
      const color = pixels[at]!;
      if (color === before) continue;
      before = color;
      steps++;
      const place = Math.imul(color, 0x9e37_79b1) >>> (32 - TABLE_BITS);
      if (table[place] === color) continue;
      table[place] = color;
      fresh++;
    }
  }
  looks[STEPS] = steps;
  looks[NEW] = Math.min(fresh, enough);
  looks.fill(0, BEFORE);
  if (fresh > enough / 2) addDifferences(pixels, width, top, bottom, looks);
}

function newColorsOf(width: number, rows: number): number {
  return rows * Math.max(NEW_COLORS, width * NEW_SHARE);
}

/** The row above the first is of another band, and may not be there yet. */
function addDifferences(
  pixels: Uint32Array,
  width: number,
  top: number,
  bottom: number,
  looks: Uint32Array,
): void {
  let [before, above] = [0, 0];
  for (let y = top + 1; y < bottom; y += SAMPLED) {
    checkInterrupt();
    for (let at = y * width + 1; at < (y + 1) * width; at++) {
      before += size(difference(pixels[at]!, pixels[at - 1]!));
      above += size(difference(pixels[at]!, pixels[at - width]!));
    }
  }
  looks[BEFORE] = before;
  looks[ABOVE] = above;
}

/** What suits so many rows of some bands together. */
export function choose(looks: Uint32Array, width: number, rows: number): Choice {
  const sums = [0, 0, 0, 0];
  for (let i = 0; i < looks.length; i++) sums[i % LOOKS]! += looks[i]!;
  if (sums[NEW]! > newColorsOf(width, rows)) {
    return { filter: sums[BEFORE]! <= sums[ABOVE]! ? SUB : UP, flat: false };
  }
  return { filter: NONE, flat: sums[STEPS]! <= rows * width * FLAT_SHARE };
}

/** Four bytes less four others, each by itself. */
function difference(a: number, b: number): number {
  return ((a | 0x8080_8080) - (b & 0x7f7f_7f7f)) ^ ((a ^ ~b) & 0x8080_8080);
}

/** How far four bytes are from 0 together, as signed ones. */
function size(bytes: number): number {
  return (
    Math.abs((bytes << 24) >> 24) +
    Math.abs((bytes << 16) >> 24) +
    Math.abs((bytes << 8) >> 24) +
    Math.abs(bytes >> 24)
  );
}

/** Writes row `y` with its filter in front to `raw`, from `at` on; gives the place after it. */
export function writeRow(
  { pixels, width, channels }: Rows,
  y: number,
  filter: number,
  raw: Uint8Array,
  from: number,
): number {
  checkInterrupt();
  let at = from;
  raw[at++] = filter;
  const start = y * width;
  const above = filter === UP && y > 0 ? width : 0;
  let other = 0;
  for (let place = start; place < start + width; place++) {
    let value = pixels[place]!;
    if (filter !== NONE) {
      if (above > 0) other = pixels[place - above]!;
      const color = value;
      value = difference(color, other);
      if (filter === SUB) other = color;
    }
    raw[at] = value;
    raw[at + 1] = value >>> 8;
    raw[at + 2] = value >>> 16;
    if (channels === 4) raw[at + 3] = value >>> 24;
    at += channels;
  }
  return at;
}
