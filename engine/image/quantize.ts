/**
 * Fewer colours for formats with a palette: counts the colours of blocks and reduces them by median
 * cut, exactly as Goxel does, so that files come out as Goxel writes them.
 */

import { checkInterrupt } from '../interrupt.ts';
import { BLOCK_VOXELS, newScratch, signedWords } from '../volume/block.ts';
import { pack, SOLID_ALPHA } from '../volume/color.ts';
import type { Volume } from '../volume/volume.ts';

const OPAQUE = 0xff00_0000;
const CAPACITY_MIN = 256;

/** Differs from process to process, so that no file can be made whose colours all collide. */
const SEED = (Math.random() * 0x1_0000_0000) | 0;

/**
 * The distinct colours that were added, in the order of their first coming, and how often each
 * came. An open-addressing hash of typed arrays, at most half full.
 */
export class ColorCounter {
  /** Slot + 1 by hash; 0 is free. */
  #table = new Int32Array(CAPACITY_MIN * 2);
  #colors = new Uint32Array(CAPACITY_MIN);
  #counts = new Uint32Array(CAPACITY_MIN);
  #length = 0;

  /** The solid voxels of a volume, block after block, as opaque colours. */
  static ofSolid(volume: Volume): ColorCounter {
    const counter = new ColorCounter();
    for (const { data } of volume.blocks(newScratch())) counter.addSolid(data);
    return counter;
  }

  /** The distinct colours; valid until the next one is added. */
  get colors(): Uint32Array {
    return this.#colors.subarray(0, this.#length);
  }

  /** How often each of `colors` came. */
  get counts(): Uint32Array {
    return this.#counts.subarray(0, this.#length);
  }

  add(color: number, times: number): void {
    const at = this.#place(color);
    let slot = this.#table[at]! - 1;
    if (slot < 0) {
      slot = this.#length++;
      this.#colors[slot] = color;
      this.#table[at] = slot + 1;
      if (this.#length === this.#colors.length) this.#grow();
    }
    this.#counts[slot]! += times;
  }

  /** Adds the solid voxels of a block, as opaque colours. */
  addSolid(data: Uint32Array): void {
    const words = signedWords(data);
    let last = 0;
    let run = 0;
    for (let i = 0; i < BLOCK_VOXELS; i++) {
      const word = words[i]!;
      if (word >>> 24 < SOLID_ALPHA) continue;
      const color = word | OPAQUE;
      if (color !== last) {
        if (run > 0) this.add(last >>> 0, run);
        last = color;
        run = 0;
      }
      run++;
    }
    if (run > 0) this.add(last >>> 0, run);
  }

  /** The place of a colour in `colors`, or -1. */
  find(color: number): number {
    return this.#table[this.#place(color)]! - 1;
  }

  #place(color: number): number {
    const mask = this.#table.length - 1;
    let hash = Math.imul(color ^ SEED, 0x9e3779b1);
    hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca77);
    for (let at = (hash ^ (hash >>> 13)) & mask; ; at = (at + 1) & mask) {
      const slot = this.#table[at]! - 1;
      if (slot < 0 || this.#colors[slot] === color) return at;
    }
  }

  #grow(): void {
    const { length } = this.#colors;
    const colors = new Uint32Array(length * 2);
    const counts = new Uint32Array(length * 2);
    colors.set(this.#colors);
    counts.set(this.#counts);
    this.#colors = colors;
    this.#counts = counts;
    this.#table = new Int32Array(length * 4);
    for (let slot = 0; slot < length; slot++) this.#table[this.#place(colors[slot]!)] = slot + 1;
  }
}

/** Distinct colours of a part of the colour space, each with how many voxels it has there. */
interface Bucket {
  readonly colors: Uint32Array;
  readonly counts: Uint32Array;
}

/**
 * Reduces distinct colours, in the order of their first coming, to a palette of `size` entries.
 * Again and again the bucket of most colours is cut in two halves of equal voxel counts along its
 * widest channel; a colour on the cut belongs to both halves, each with a share of its count. So
 * few colours give many equal entries, and cutting a bucket of one voxel leaves an empty one, whose
 * entry is 0. Goxel's variant of Heckbert's median cut (1982).
 */
export function medianCut(colors: Uint32Array, counts: Uint32Array, size: number): Uint32Array {
  let buckets: Bucket[] = [{ colors, counts }];
  while (buckets.length < size) {
    checkInterrupt();
    const [low, high] = cut(buckets[0]!);
    buckets[0] = low;
    buckets.push(high);
    buckets = buckets.sort((a, b) => b.colors.length - a.colors.length);
  }
  return Uint32Array.from(buckets, average);
}

/** Cuts a bucket where half of its voxels are on either side. */
function cut(bucket: Bucket): [low: Bucket, high: Bucket] {
  const { colors, counts } = sorted(bucket, widestChannel(bucket.colors));
  const half = Math.floor(sum(counts) / 2);
  let at = 0;
  let below = 0;
  while (at < colors.length && below + counts[at]! <= half) below += counts[at++]!;
  const high = { colors: colors.slice(at), counts: counts.slice(at) };
  const share = half - below;
  if (share === 0 || at === colors.length) {
    return [{ colors: colors.slice(0, at), counts: counts.slice(0, at) }, high];
  }
  const low = { colors: colors.slice(0, at + 1), counts: counts.slice(0, at + 1) };
  low.counts[at] = share;
  high.counts[0]! -= share;
  return [low, high];
}

/** The shift of the channel with the greatest range; the first of red, green, blue, alpha. */
function widestChannel(colors: Uint32Array): number {
  const low = [255, 255, 255, 255];
  const high = [0, 0, 0, 0];
  for (let i = 0; i < colors.length; i++) {
    if ((i & 0xfff) === 0) checkInterrupt();
    for (let channel = 0; channel < 4; channel++) {
      const value = (colors[i]! >>> (8 * channel)) & 0xff;
      if (value < low[channel]!) low[channel] = value;
      if (value > high[channel]!) high[channel] = value;
    }
  }
  let widest = 0;
  for (let channel = 1; channel < 4; channel++) {
    if (high[channel]! - low[channel]! > high[widest]! - low[widest]!) widest = channel;
  }
  return 8 * widest;
}

/** A stable counting sort by the channel at a shift. */
function sorted({ colors, counts }: Bucket, shift: number): Bucket {
  const starts = new Uint32Array(257);
  for (let i = 0; i < colors.length; i++) starts[((colors[i]! >>> shift) & 0xff) + 1]!++;
  for (let value = 0; value < 256; value++) starts[value + 1]! += starts[value]!;
  const result = {
    colors: new Uint32Array(colors.length),
    counts: new Uint32Array(colors.length),
  };
  for (let i = 0; i < colors.length; i++) {
    const to = starts[(colors[i]! >>> shift) & 0xff]!++;
    result.colors[to] = colors[i]!;
    result.counts[to] = counts[i]!;
  }
  return result;
}

function sum(counts: Uint32Array): number {
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i]!;
  return total;
}

/** The mean of a bucket's voxels, every channel truncated; 0 for an empty bucket. */
function average({ colors, counts }: Bucket): number {
  const total = sum(counts);
  if (total === 0) return 0;
  const sums = [0, 0, 0, 0];
  for (let i = 0; i < colors.length; i++) {
    for (let channel = 0; channel < 4; channel++) {
      sums[channel]! += ((colors[i]! >>> (8 * channel)) & 0xff) * counts[i]!;
    }
  }
  const mean = (channel: number) => Math.floor(sums[channel]! / total);
  return pack(mean(0), mean(1), mean(2), mean(3));
}
