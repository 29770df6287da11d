/**
 * A picture packed as a PNG, in strips that threads may pack side by side. Each begins with the rows
 * above it in its window, so that cutting costs a few bytes a strip (RFC 1950 and 1951: a deflate
 * stream may be flushed to a whole byte, and what comes next may refer to what came before).
 */

import { constants, deflateRawSync } from 'node:zlib';
import { adler32, type PackedStrip, pngOf } from './encode.ts';
import { choose, NONE, type Rows, writeRow } from './row-filter.ts';

/** The pixels of a picture that is to be a PNG, and how they are filtered. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
  /** RGBA, beginning at a multiple of 4 in its buffer. */
  readonly rgba: Uint8Array;
  /** Rows that have a filter in common; the last such band may have fewer. */
  readonly bandRows: number;
  /** Of each band the filter, and FLAT where it is flat. */
  readonly filters: Uint8Array;
}

const FLAT = 0x80;

/** Bytes of rows that are packed in one go: some milliseconds, and for small pictures a few parts. */
const STRIP_BYTES = 2 ** 18;
/** What deflate can refer to. */
const WINDOW_BYTES = 2 ** 15;

/**
 * How much zlib tries: all of it for what is flat, where no other level finds the edges in the rows
 * above among all that is of one colour. More for what is filtered would take twice as long, for 2 %.
 */
const FLAT_LEVEL = 8;
const LEVEL = 6;
const FILTERED_LEVEL = 5;

/** Rows of a strip; the last may have fewer. */
export function stripRowsOf(width: number, height: number, channels: 3 | 4): number {
  const stride = width * channels + 1;
  const strips = Math.ceil((stride * height) / STRIP_BYTES);
  return Math.ceil(height / strips);
}

/** So many rows below a band at most refer to it. */
export function rowsBelow({ width, channels }: Pick<Picture, 'width' | 'channels'>): number {
  return Math.ceil(WINDOW_BYTES / (width * channels + 1)) + 1;
}

/** Finds the filter of a band, once its pixels are there. */
export function chooseFilter(picture: Picture, band: number): void {
  const { bandRows, height, filters } = picture;
  const top = band * bandRows;
  const { filter, flat } = choose(rowsOf(picture), top, Math.min(top + bandRows, height));
  filters[band] = filter | (flat ? FLAT : 0);
}

function rowsOf({ width, channels, rgba }: Picture): Rows {
  const pixels = new Uint32Array(rgba.buffer, rgba.byteOffset, rgba.length / 4);
  return { pixels, width, channels };
}

/** Packs the rows of a strip; its bands, and those above it, have their filters. */
export function packStrip(picture: Picture, strip: number, stripRows: number): PackedStrip {
  const { width, height, channels, bandRows, filters } = picture;
  const rows = rowsOf(picture);
  const stride = width * channels + 1;
  const top = strip * stripRows;
  const bottom = Math.min(top + stripRows, height);
  const first = Math.max(top - Math.ceil(WINDOW_BYTES / stride), 0);
  const all = new Uint8Array((bottom - first) * stride);
  let level = FLAT_LEVEL;
  for (let y = first, at = 0; y < bottom; y++) {
    const choice = filters[Math.floor(y / bandRows)]!;
    at = writeRow(rows, y, choice & ~FLAT, all, at);
    if (y >= top) level = Math.min(level, levelOf(choice));
  }
  const raw = all.subarray((top - first) * stride);
  const window = all.subarray(0, (top - first) * stride).subarray(-WINDOW_BYTES);
  const bytes = deflateRawSync(raw, {
    level,
    memLevel: constants.Z_MAX_MEMLEVEL,
    finishFlush: bottom === height ? constants.Z_FINISH : constants.Z_SYNC_FLUSH,
    ...(window.length > 0 ? { dictionary: window } : {}),
  });
  return { bytes, adler: adler32(raw), rawLength: raw.length };
}

function levelOf(choice: number): number {
  if ((choice & FLAT) !== 0) return FLAT_LEVEL;
  return choice === NONE ? LEVEL : FILTERED_LEVEL;
}

/** Packs all of a picture, in this thread. */
export function packPicture(picture: Omit<Picture, 'bandRows' | 'filters'>): Uint8Array {
  const { width, height, channels } = picture;
  const bands = Math.ceil(height / BAND_ROWS);
  const whole = { ...picture, bandRows: BAND_ROWS, filters: new Uint8Array(bands) };
  for (let band = 0; band < bands; band++) chooseFilter(whole, band);
  const stripRows = stripRowsOf(width, height, channels);
  const strips: PackedStrip[] = [];
  for (let strip = 0; strip * stripRows < height; strip++) {
    strips.push(packStrip(whole, strip, stripRows));
  }
  return pngOf(strips, width, height, channels);
}

const BAND_ROWS = 32;
