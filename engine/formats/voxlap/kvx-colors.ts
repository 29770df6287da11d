/** The palette of a .kvx file, and which of its entries is nearest to a colour. */

import type { Document } from '../../document/document.ts';
import { fewerColors } from '../../image/fewer-colors.ts';
import { distanceBetween } from '../../image/nearest.ts';
import { ColorCounter, medianCut } from '../../image/quantize.ts';
import { checkInterrupt } from '../../interrupt.ts';
import { BLOCK_VOXELS, newScratch, signedWords } from '../../volume/block.ts';
import { SOLID_ALPHA } from '../../volume/color.ts';
import type { ExportOptions } from '../format.ts';
import type { Report } from '../report.ts';

export const PALETTE_COLORS = 256;

const CACHE_BITS = 10;

const OPAQUE = 0xff00_0000;

/** A palette, and what finds the entries of a document's colours in it. */
export interface Found {
  readonly palette: Uint32Array;
  readonly index: ColorIndex;
}

/**
 * @param seen the colours of the voxels that the file holds, which are those that can be seen
 *
 * Palettes are of six bits a channel: the document's colours in these as they are when there are no
 * more than 256, in the places that they have in its own palette if it has 256 with all of them;
 * else fewer. Tells what became of them. Like Goxel: its palette.
 */
export function colorsFor(document: Document, seen: Uint32Array, options: ExportOptions): Found {
  const { like, exact_colors = false, report } = options;
  if (like === 'goxel') {
    const palette = paletteOfGoxel(document, exact_colors);
    return { palette, index: new ColorIndex(palette) };
  }
  const { colors, counts } = counted(seen);
  return paletteFor(document, colors, counts, PALETTE_COLORS, report);
}

/** The same for a palette of which so many entries can be used. */
export function paletteFor(
  document: Document,
  colors: Uint32Array,
  counts: Uint32Array,
  size: number,
  report: Report | undefined,
): Found {
  const own = inOwnPalette(document, colors, size);
  if (own !== undefined) {
    tellRounded(colors, report);
    return own;
  }
  const six = new ColorCounter();
  for (const [i, rgba] of colors.entries()) six.add(inSixBits(rgba), counts[i]!);
  const fewer = fewerColors(six.colors, six.counts, size);
  const { length } = six.colors;
  if (length > size) {
    const message = `${length} colours became the ${size} that the file can have.`;
    report?.warn('WARN_COLORS_MERGED', message, undefined, length - size);
  } else tellRounded(colors, report);
  const palette = new Uint32Array(PALETTE_COLORS);
  palette.set(fewer.colors.map(inSixBits));
  const entry = (rgba: number) => fewer.indices[six.find(inSixBits(rgba))]!;
  const known = new Map(Array.from(colors, (rgba) => [rgba, entry(rgba)]));
  return { palette, index: new ColorIndex(palette, known) };
}

/** Six bits a channel. */
export function paletteBytes(palette: Uint32Array): Uint8Array {
  const channel = (i: number) => (palette[Math.floor(i / 3)]! >>> ((i % 3) * 8)) & 0xff;
  return Uint8Array.from({ length: PALETTE_COLORS * 3 }, (_, i) => channel(i) >> 2);
}

function counted(seen: Uint32Array): ColorCounter {
  const counter = new ColorCounter();
  for (let i = 0, from = 0; i < seen.length; from = i) {
    if ((i & 0xfff) === 0) checkInterrupt();
    const rgba = seen[from]! | OPAQUE;
    do i++;
    while (i < seen.length && (seen[i]! | OPAQUE) === rgba);
    counter.add(rgba >>> 0, i - from);
  }
  return counter;
}

function inOwnPalette({ palette }: Document, colors: Uint32Array, size: number): Found | undefined {
  if (palette.colors.length !== PALETTE_COLORS) return undefined;
  const known = new Map<number, number>();
  for (const [place, word] of palette.colors.subarray(0, size).entries()) {
    const rgba = (word | OPAQUE) >>> 0;
    if (!known.has(rgba)) known.set(rgba, place);
  }
  if (!colors.every((rgba) => known.has(rgba))) return undefined;
  const rounded = palette.colors.map(inSixBits);
  return { palette: rounded, index: new ColorIndex(rounded, known) };
}

function tellRounded(colors: Uint32Array, report: Report | undefined): void {
  const count = colors.reduce((sum, rgba) => sum + (inSixBits(rgba) === rgba ? 0 : 1), 0);
  const message = 'Colours became the nearest of those of six bits a channel, which the file has.';
  report?.warn('WARN_COLORS_ROUNDED', message, undefined, count);
}

/** The nearest opaque colour that six bits a channel can say. */
function inSixBits(rgba: number): number {
  let result = OPAQUE;
  for (let shift = 0; shift < 24; shift += 8) {
    const six = Math.round((((rgba >>> shift) & 0xff) * 63) / 255);
    result |= Math.round((six * 255) / 63) << shift;
  }
  return result >>> 0;
}

/**
 * The document's palette if it has 256 colours and all of those used among them; the colours as
 * they are if that is asked for and there are no more than 256; else 256 colours by median cut.
 */
function paletteOfGoxel(document: Document, exact_colors: boolean): Uint32Array {
  const counter = new ColorCounter();
  for (const { data } of document.merged().blocks(newScratch())) countSolid(counter, data);
  const { colors, counts } = counter;
  const own = document.palette.colors;
  const known = new Set(own);
  if (own.length === PALETTE_COLORS && colors.every((rgba) => known.has(rgba))) {
    return own;
  }
  if (exact_colors && colors.length <= PALETTE_COLORS) {
    const palette = new Uint32Array(PALETTE_COLORS);
    palette.set(colors);
    return palette;
  }
  return medianCut(colors, counts, PALETTE_COLORS);
}

/** Adds the solid voxels of a block, with the alpha they have, run by run. */
function countSolid(counter: ColorCounter, data: Uint32Array): void {
  const words = signedWords(data);
  let last = 0;
  let run = 0;
  for (let i = 0; i < BLOCK_VOXELS; i++) {
    const rgba = words[i]!;
    if (rgba >>> 24 < SOLID_ALPHA) continue;
    if (rgba !== last) {
      if (run > 0) counter.add(last >>> 0, run);
      last = rgba;
      run = 0;
    }
    run++;
  }
  if (run > 0) counter.add(last >>> 0, run);
}

/**
 * Finds the entry of a colour, or one at the least distance. Of several it takes the first of
 * 1…254, where Goxel looks, and only else 0 or 255.
 */
export class ColorIndex {
  readonly #palette: Uint32Array;
  readonly #order: readonly number[];
  /** The entries of opaque colours that are known already. */
  readonly #given: ReadonlyMap<number, number>;
  readonly #known = new Map<number, number>();
  /** Colours met last, by a hash, and their entries, so that few need the map. */
  readonly #cachedColors = new Uint32Array(1 << CACHE_BITS);
  readonly #cachedEntries = new Uint8Array(1 << CACHE_BITS);

  constructor(palette: Uint32Array, given: ReadonlyMap<number, number> = new Map()) {
    this.#palette = palette;
    this.#given = given;
    this.#order = [...Array.from(palette.keys()).slice(1, -1), 0, palette.length - 1];
  }

  /** The entry of a voxel's colour. */
  of(rgba: number): number {
    const at = Math.imul(rgba, 0x9e3779b1) >>> (32 - CACHE_BITS);
    if (this.#cachedColors[at] !== rgba) {
      this.#cachedColors[at] = rgba;
      this.#cachedEntries[at] = this.#find(rgba);
    }
    return this.#cachedEntries[at]!;
  }

  #find(rgba: number): number {
    let entry = this.#given.get((rgba | OPAQUE) >>> 0) ?? this.#known.get(rgba);
    if (entry === undefined) {
      entry = nearest(this.#palette, this.#order, rgba);
      this.#known.set(rgba, entry);
    }
    return entry;
  }
}

/** By the sum of the differences of red, green, blue and alpha. */
function nearest(palette: Uint32Array, order: readonly number[], rgba: number): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let k = 0; k < order.length; k++) {
    const entry = palette[order[k]!]!;
    const distance = distanceBetween(entry, rgba);
    if (distance >= least) continue;
    best = order[k]!;
    least = distance;
  }
  return best;
}
