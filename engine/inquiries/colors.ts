/** Counting and finding the colours of a volume. */

import type { Rgba } from '../catalogue/schemas.ts';
import { channels } from '../volume/color.ts';
import { Volume } from '../volume/volume.ts';
import { Best } from './best.ts';
import { ColorCounts } from './color-counts.ts';
import type { ColorTable } from './kept-colors.ts';
import { type ResultLimits, requireEntries, VOXEL_BYTES_MIN } from './limits.ts';
import { eachRow, type Region } from './region.ts';

/** The largest word whose alpha is 0. */
const NO_VOXEL_MAX = 0xff_ffff;

/** Bytes that an entry of each list takes at least, in MessagePack. */
const HISTOGRAM_BYTES_MIN = 44;
const UNIQUE_BYTES_MIN = 25;

export interface HistogramQuestion {
  readonly kind: 'histogram';
  readonly region: Region;
  /** Colours are rounded to bins of 2 or more. */
  readonly bin: number;
  readonly by_count: boolean;
  /** How many are listed; 0 for all. */
  readonly top_n: number;
}

export interface UniqueQuestion {
  readonly kind: 'unique';
  readonly region: Region;
  readonly bin: number;
  readonly by_count: boolean;
  readonly layer_id: number;
}

export interface FindQuestion {
  readonly kind: 'find';
  readonly region: Region;
  /** Packed. */
  readonly color: number;
  /** Of each channel. */
  readonly tolerance: Rgba;
  /** How many places are listed; nothing for no list. */
  readonly locations_max: number | undefined;
}

/** `kept` has the colours of all voxels, where they are known and the region is everywhere. */
export function histogramOf(
  volume: Volume,
  question: HistogramQuestion,
  limits: ResultLimits,
  kept?: ColorTable,
) {
  const { region, bin, by_count, top_n } = question;
  requireEntries(limits, top_n, HISTOGRAM_BYTES_MIN);
  const counts = new ColorCounts(limits, top_n > 0 ? 0 : HISTOGRAM_BYTES_MIN);
  const total = count(kept ?? volume, region, bin, counts);
  const first = firstOf(counts, top_n, by_count);
  const sum = first.reduce((so_far, entry) => so_far + entry.count, 0);
  return {
    histogram: first.map(({ rgba, count: n }) => ({
      color: hex(rgba),
      rgba: rgbaOf(rgba),
      count: n,
      percentage: (100 * n) / sum,
    })),
    total_voxels: total,
    unique_colors: counts.length,
    metadata: bin > 1 ? { binned: true, bin_size: bin } : { binned: false },
  };
}

/** `kept` as for `histogramOf`. */
export function uniqueIn(
  volume: Volume,
  question: UniqueQuestion,
  limits: ResultLimits,
  kept?: ColorTable,
) {
  const { region, bin, by_count, layer_id } = question;
  const counts = new ColorCounts(limits, UNIQUE_BYTES_MIN);
  count(kept ?? volume, region, bin, counts);
  const colors = firstOf(counts, 0, by_count);
  return {
    colors: colors.map(({ rgba }) => ({ hex: hex(rgba), rgba: rgbaOf(rgba) })),
    count: colors.length,
    metadata: { layer_id, sorted_by_count: by_count },
  };
}

export function foundIn(volume: Volume, question: FindQuestion, limits: ResultLimits) {
  const { region, color, tolerance, locations_max } = question;
  const locations: { x: number; y: number; z: number; color: Rgba }[] = [];
  let match_count = 0;
  // Neighbours mostly have the same colour, so most answers are known.
  let last = 0;
  let lastMatches = false;
  eachRow(volume, region, (data, from, to, x, y, z) => {
    for (let i = from; i < to; i++) {
      const rgba = data[i]!;
      if (rgba !== last) {
        last = rgba;
        lastMatches = rgba > NO_VOXEL_MAX && matches(rgba, color, tolerance);
      }
      if (!lastMatches) continue;
      match_count++;
      if (locations.length < (locations_max ?? 0)) {
        locations.push({ x: x + i - from, y, z, color: rgbaOf(rgba) });
        requireEntries(limits, locations.length, VOXEL_BYTES_MIN);
      }
    }
  });
  return {
    target_color: hex(color),
    match_count,
    truncated: locations_max !== undefined && match_count > locations.length,
    ...(locations_max === undefined ? {} : { locations }),
    metadata: { tolerance: [...tolerance] },
  };
}

/** Counts the voxels of each colour in a region, and gives how many voxels there are. */
function count(
  source: Volume | ColorTable,
  region: Region,
  bin: number,
  counts: ColorCounts,
): number {
  const middles = middlesOf(bin);
  let total = 0;
  if (!(source instanceof Volume)) {
    for (const [rgba, times] of source) {
      counts.add(middles === undefined ? rgba : binned(rgba, middles), times);
      total += times;
    }
    return total;
  }
  // Neighbours mostly have the same colour, so that it is looked up once for many.
  let last = 0;
  let run = 0;
  const note = () => {
    if (last >>> 24 === 0 || run === 0) return;
    counts.add(middles === undefined ? last : binned(last, middles), run);
    total += run;
  };
  const visit = (data: Uint32Array, from: number, to: number) => {
    for (let i = from; i < to; i++) {
      const rgba = data[i]! | 0;
      if (rgba !== last) {
        note();
        last = rgba;
        run = 0;
      }
      run++;
    }
  };
  eachRow(source, region, visit, false);
  note();
  return total;
}

/** Of each value of a channel the middle of its bin. */
function middlesOf(bin: number): Uint8Array | undefined {
  if (bin <= 1) return undefined;
  const middle = (value: number) => Math.floor(value / bin) * bin + Math.floor(bin / 2);
  return Uint8Array.from({ length: 256 }, (_, value) => Math.min(middle(value), 255));
}

function binned(rgba: number, middles: Uint8Array): number {
  const red = middles[rgba & 0xff]!;
  const green = middles[(rgba >>> 8) & 0xff]!;
  const blue = middles[(rgba >>> 16) & 0xff]!;
  return red | (green << 8) | (blue << 16) | (rgba & 0xff00_0000);
}

/** Those that come first; 0 for all. */
function firstOf(counts: ColorCounts, top_n: number, by_count: boolean) {
  const best = new Best(top_n > 0 ? top_n : Infinity, by_count);
  counts.each((rgba, times) => best.offer(rgba, times));
  return best.sorted();
}

function matches(a: number, b: number, [red, green, blue, alpha]: Rgba): boolean {
  return (
    Math.abs((a & 0xff) - (b & 0xff)) <= red &&
    Math.abs(((a >>> 8) & 0xff) - ((b >>> 8) & 0xff)) <= green &&
    Math.abs(((a >>> 16) & 0xff) - ((b >>> 16) & 0xff)) <= blue &&
    Math.abs((a >>> 24) - (b >>> 24)) <= alpha
  );
}

function rgbaOf(rgba: number): [number, number, number, number] {
  const [r, g, b, a] = channels(rgba);
  return [r, g, b, a];
}

/** `#RRGGBBAA`, upper case. */
function hex(rgba: number): string {
  const digits = channels(rgba).map((channel) => channel.toString(16).padStart(2, '0'));
  return `#${digits.join('').toUpperCase()}`;
}
