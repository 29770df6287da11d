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

/** Up to so many new colours, or to this share of the pixels, rows are left unfiltered. */
const NEW_COLORS = 700;
const NEW_SHARE = 0.045;
/** Of what is flat this share of pixels at most differs from the one before. */
const FLAT_SHARE = 0.06;
/** Of so many rows one is looked at to choose between filters. */
const SAMPLED = 4;

const TABLE_BITS = 12;
const table = new Uint32Array(2 ** TABLE_BITS);

/** What suits the rows from `top` to `bottom`. */
export function choose({ pixels, width }: Rows, top: number, bottom: number): Choice {
  const count = (bottom - top) * width;
  const limit = Math.max(NEW_COLORS, count * NEW_SHARE);
  let steps = 0;
  let fresh = 0;
  table.fill(0);
  for (let y = top; y < bottom; y++) {
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
    if (fresh > limit) return { filter: nearer(pixels, width, top, bottom), flat: false };
  }
  return { filter: NONE, flat: steps <= count * FLAT_SHARE };
}

/**
 * Whether pixels are more like those before or those above, by their sums of differences. The row
 * above the first is of another band, and may not be there yet.
 */
function nearer(pixels: Uint32Array, width: number, top: number, bottom: number): number {
  let [before, above] = [0, 0];
  for (let y = top + 1; y < bottom; y += SAMPLED) {
    checkInterrupt();
    for (let at = y * width + 1; at < (y + 1) * width; at++) {
      before += size(difference(pixels[at]!, pixels[at - 1]!));
      above += size(difference(pixels[at]!, pixels[at - width]!));
    }
  }
  return before <= above ? SUB : UP;
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
