/** The palette of a .kvx file, and which of its entries is nearest to a colour. */

import type { Document } from '../../document/document.ts';
import { distanceBetween } from '../../image/nearest.ts';
import { ColorCounter, medianCut } from '../../image/quantize.ts';
import { BLOCK_VOXELS, newScratch, signedWords } from '../../volume/block.ts';
import { SOLID_ALPHA } from '../../volume/color.ts';

export const PALETTE_COLORS = 256;

const CACHE_BITS = 10;

/**
 * The document's palette if it has 256 colours and all of those used among them; the colours as
 * they are if that is asked for and there are no more than 256; else 256 colours by median cut.
 */
export function paletteFor(document: Document, exact_colors: boolean): Uint32Array {
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
  readonly #known = new Map<number, number>();
  /** Colours met last, by a hash, and their entries, so that few need the map. */
  readonly #cachedColors = new Uint32Array(1 << CACHE_BITS);
  readonly #cachedEntries = new Uint8Array(1 << CACHE_BITS);

  constructor(palette: Uint32Array) {
    this.#palette = palette;
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
    let entry = this.#known.get(rgba);
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
