/**
 * A picture packed as a PNG, in strips that threads may pack side by side. Each begins with the
 * rows above it in its window, so that cutting costs a few bytes a strip (RFC 1951: a deflate
 * stream may be flushed to a whole byte, and what comes next may refer to what came before).
 */

import { constants, deflateRawSync } from 'node:zlib';
import { adler32, type PackedStrip, pngOf } from './encode.ts';
import { type Choice, choose, LOOKS, look, NONE, type Rows, writeRow } from './row-filter.ts';

/** The pixels of a picture that is to be a PNG, and what they look like. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
  /** RGBA, beginning at a multiple of 4 in its buffer. */
  readonly rgba: Uint8Array;
  /** Rows that are looked at together; the last such band may have fewer. */
  readonly bandRows: number;
  /** Numbers of `row-filter.ts` for each band. */
  readonly looks: Uint32Array;
  /** Rows that are packed together, by `stripRowsOf`; the last such strip may have fewer. */
  readonly stripRows: number;
  /** For each strip its filter and 1 more, where it was tried; 0 where it was not. */
  readonly tried: Uint8Array;
  /** Whether it was traced, which takes so long that packing may take longer too. */
  readonly traced?: boolean;
}

/** Bytes of rows that are packed in one go: some milliseconds, and small pictures have parts. */
const STRIP_BYTES = 2 ** 18;
/** What deflate can refer to. */
const WINDOW_BYTES = 2 ** 15;

/** How much zlib tries, and in which way. */
interface Effort {
  readonly level: number;
  readonly strategy: number;
}

const { Z_BEST_SPEED, Z_DEFAULT_STRATEGY, Z_FILTERED } = constants;

/** Nearly all: no lower level finds the edges in the rows above among all that is of one colour. */
const FLAT: Effort = { level: 8, strategy: Z_DEFAULT_STRATEGY };
const UNFILTERED: Effort = { level: 6, strategy: Z_DEFAULT_STRATEGY };
/** More would take twice as long, for 2 %. */
const FILTERED: Effort = { level: 5, strategy: Z_DEFAULT_STRATEGY };
/** Of pictures that took seconds to be traced, whose noise is of many small differences. */
const TRACED: Effort = { level: 7, strategy: Z_DEFAULT_STRATEGY };
const TRACED_FILTERED: Effort = { level: 7, strategy: Z_FILTERED };

/** Of the rows of a strip so many are packed to see which filter suits, in the quickest way. */
const TRIED_SHARE = 0.25;
const TRIED_ROWS_MIN = 8;

/** Rows of a strip; the last may have fewer. */
export function stripRowsOf(width: number, height: number, channels: 3 | 4): number {
  const stride = width * channels + 1;
  const strips = Math.ceil((stride * height) / STRIP_BYTES);
  return Math.ceil(height / strips);
}

/**
 * The strips whose bytes depend on a band: those it is in, whose filter may be another one now, and
 * those whose window reaches into these.
 */
export function stripsOf(
  { width, height, channels, bandRows, stripRows }: Picture,
  band: number,
): [first: number, end: number] {
  const first = Math.floor((band * bandRows) / stripRows);
  const last = Math.floor((Math.min((band + 1) * bandRows, height) - 1) / stripRows);
  const reached = (last + 1) * stripRows + Math.ceil(WINDOW_BYTES / (width * channels + 1));
  return [first, Math.min(Math.ceil(reached / stripRows), Math.ceil(height / stripRows))];
}

/** Looks at a band, once its pixels are there. */
export function lookAtBand(picture: Picture, band: number): void {
  const { bandRows, height, looks, stripRows, tried } = picture;
  const top = band * bandRows;
  const bottom = Math.min(top + bandRows, height);
  const own = looks.subarray(band * LOOKS, (band + 1) * LOOKS);
  look(rowsOf(picture), top, bottom, own);
  tried.fill(0, Math.floor(top / stripRows), Math.ceil(bottom / stripRows));
}

function rowsOf({ width, channels, rgba }: Picture): Rows {
  const pixels = new Uint32Array(rgba.buffer, rgba.byteOffset, rgba.length / 4);
  return { pixels, width, channels };
}

/** Packs the rows of a strip; all bands were looked at. */
export function packStrip(picture: Picture, strip: number): PackedStrip {
  const { width, height, channels, stripRows } = picture;
  const rows = rowsOf(picture);
  const stride = width * channels + 1;
  const top = strip * stripRows;
  const bottom = Math.min(top + stripRows, height);
  const first = Math.max(top - Math.ceil(WINDOW_BYTES / stride), 0);
  const all = new Uint8Array((bottom - first) * stride);
  const choices: Choice[] = [];
  for (let y = first, at = 0; y < bottom; y++) {
    const own = Math.floor(y / stripRows);
    choices[own] ??= choiceOf(picture, own);
    at = writeRow(rows, y, choices[own].filter, all, at);
  }
  const raw = all.subarray((top - first) * stride);
  const window = all.subarray(0, (top - first) * stride).subarray(-WINDOW_BYTES);
  const bytes = deflateRawSync(raw, {
    ...effortOf(choices[strip]!, picture),
    memLevel: constants.Z_MAX_MEMLEVEL,
    finishFlush: bottom === height ? constants.Z_FINISH : constants.Z_SYNC_FLUSH,
    ...(window.length > 0 ? { dictionary: window } : {}),
  });
  return { bytes, adler: adler32(raw), rawLength: raw.length };
}

/** The filter of a strip: rows of several filters have little in common for deflate. */
function choiceOf(picture: Picture, strip: number): Choice {
  const { width, height, bandRows, looks, stripRows, tried } = picture;
  const first = Math.floor((strip * stripRows) / bandRows);
  const end = Math.ceil(Math.min((strip + 1) * stripRows, height) / bandRows);
  const rows = Math.min(end * bandRows, height) - first * bandRows;
  const seeming = choose(looks.subarray(first * LOOKS, end * LOOKS), width, rows);
  if (seeming.filter === NONE) return seeming;
  // The strip below has this one in its window, and may be packed by another thread.
  const filter = tried[strip]! > 0 ? tried[strip]! - 1 : better(picture, strip, seeming.filter);
  tried[strip] = filter + 1;
  return { filter, flat: false };
}

/**
 * The filter, or none, whichever has the middle of a strip smaller: shades of many colours that
 * come again, as in the corners of steps, look as if a filter suited them.
 */
function better(picture: Picture, strip: number, filter: number): number {
  const { width, height, channels, stripRows } = picture;
  const rows = rowsOf(picture);
  const count = Math.min(stripRows, height - strip * stripRows);
  const some = Math.min(Math.max(TRIED_ROWS_MIN, Math.ceil(count * TRIED_SHARE)), count);
  const top = strip * stripRows + Math.floor((count - some) / 2);
  const raw = new Uint8Array((width * channels + 1) * some);
  const sizeBy = (one: number) => {
    for (let y = top, at = 0; y < top + some; y++) at = writeRow(rows, y, one, raw, at);
    return deflateRawSync(raw, { level: Z_BEST_SPEED }).length;
  };
  return sizeBy(NONE) <= sizeBy(filter) ? NONE : filter;
}

function effortOf({ filter, flat }: Choice, { traced = false }: Picture): Effort {
  if (flat) return FLAT;
  if (filter === NONE) return traced ? TRACED : UNFILTERED;
  return traced ? TRACED_FILTERED : FILTERED;
}

/** Packs all of a picture, in this thread. */
export function packPicture(
  pixels: Pick<Picture, 'width' | 'height' | 'channels' | 'rgba' | 'traced'>,
): Uint8Array {
  const { width, height, channels } = pixels;
  const stripRows = stripRowsOf(width, height, channels);
  const bands = Math.ceil(height / BAND_ROWS);
  const looks = new Uint32Array(bands * LOOKS);
  const tried = new Uint8Array(Math.ceil(height / stripRows));
  const picture: Picture = { ...pixels, bandRows: BAND_ROWS, looks, stripRows, tried };
  for (let band = 0; band < bands; band++) lookAtBand(picture, band);
  const strips: PackedStrip[] = [];
  for (let strip = 0; strip * stripRows < height; strip++) strips.push(packStrip(picture, strip));
  return pngOf(strips, width, height, channels);
}

const BAND_ROWS = 32;
