/** Counting and finding colours. */

import type { findVoxelsByColor, getColorHistogram, getUniqueColors } from '../catalogue/colors.ts';
import type { Rgba } from '../catalogue/schemas.ts';
import { channels, pack } from '../volume/color.ts';
import type { Volume } from '../volume/volume.ts';
import { regionBetween } from './boxes.ts';
import type { AnyHandler, Handler } from './handler.ts';
import { EVERYWHERE, eachRow, type Region } from './region.ts';
import { packedColor } from './voxel-params.ts';

/** The largest word whose alpha is 0. */
const NO_VOXEL_MAX = 0xff_ffff;

const FOUND_MAX = 1000;
const MERGE_THRESHOLD = 10;

type RegionParam = Parameters<typeof histogram>[1]['region'];

const histogram: Handler<typeof getColorHistogram> = (project, params) => {
  const { layer_id, region, bin_size = 0, sort_by_count = true, top_n = 0 } = params;
  const { counts, total } = count(project.view(layer_id), regionOf(region), bin_size);
  const sorted = [...counts].sort(sort_by_count ? byCount : byColor);
  const kept = top_n > 0 ? sorted.slice(0, top_n) : sorted;
  const sum = kept.reduce((so_far, [, n]) => so_far + n, 0);
  return {
    histogram: kept.map(([rgba, n]) => ({
      color: hex(rgba),
      rgba: rgbaOf(rgba),
      count: n,
      percentage: (100 * n) / sum,
    })),
    total_voxels: total,
    unique_colors: counts.size,
    metadata: bin_size > 1 ? { binned: true, bin_size } : { binned: false },
  };
};

const unique: Handler<typeof getUniqueColors> = (project, params) => {
  const { layer_id, region, merge_similar = false, sort_by_count = false } = params;
  const bin = merge_similar ? (params.merge_threshold ?? MERGE_THRESHOLD) : 0;
  const { counts } = count(project.view(layer_id), regionOf(region), bin);
  const colors = [...counts].sort(sort_by_count ? byCount : byColor);
  return {
    colors: colors.map(([rgba]) => ({ hex: hex(rgba), rgba: rgbaOf(rgba) })),
    count: colors.length,
    metadata: { layer_id: project.viewId(layer_id), sorted_by_count: sort_by_count },
  };
};

const find: Handler<typeof findVoxelsByColor> = (project, params) => {
  const { layer_id, region, max_results = FOUND_MAX, include_locations = true } = params;
  const target = packedColor(params.color, () => '.color');
  const tolerance = toleranceOf(params.tolerance);
  const locations: { x: number; y: number; z: number; color: Rgba }[] = [];
  const locations_max = include_locations ? max_results : 0;
  let match_count = 0;
  // Neighbours mostly have the same colour, so most answers are known.
  let last = 0;
  let lastMatches = false;
  eachRow(project.view(layer_id), regionOf(region), (data, from, to, x, y, z) => {
    for (let i = from; i < to; i++) {
      const rgba = data[i]!;
      if (rgba !== last) {
        last = rgba;
        lastMatches = rgba > NO_VOXEL_MAX && matches(rgba, target, tolerance);
      }
      if (!lastMatches) continue;
      match_count++;
      if (locations.length < locations_max) {
        locations.push({ x: x + i - from, y, z, color: rgbaOf(rgba) });
      }
    }
  });
  return {
    target_color: hex(target),
    match_count,
    truncated: include_locations && match_count > locations.length,
    ...(include_locations ? { locations } : {}),
    metadata: { tolerance: [...tolerance] },
  };
};

export const colorHandlers = {
  'goxel.get_color_histogram': histogram,
  'goxel.find_voxels_by_color': find,
  'goxel.get_unique_colors': unique,
} satisfies Record<string, AnyHandler>;

function regionOf(region: RegionParam): Region {
  return region === undefined ? EVERYWHERE : regionBetween(region);
}

/** How many voxels of each colour a region has, colours rounded to bins of 2 or more. */
function count(volume: Volume, region: Region, bin: number) {
  const counts = new Map<number, number>();
  let total = 0;
  // Neighbours mostly have the same colour, so that it is looked up once for many.
  let last = 0;
  let run = 0;
  const note = () => {
    if (last <= NO_VOXEL_MAX || run === 0) return;
    counts.set(last, (counts.get(last) ?? 0) + run);
    total += run;
  };
  eachRow(volume, region, (data, from, to) => {
    for (let i = from; i < to; i++) {
      const rgba = data[i]!;
      if (rgba !== last) {
        note();
        last = rgba;
        run = 0;
      }
      run++;
    }
  });
  note();
  if (bin <= 1) return { counts, total };
  const binned = new Map<number, number>();
  for (const [rgba, n] of counts) {
    const [r, g, b, a] = channels(rgba);
    const key = pack(middle(r, bin), middle(g, bin), middle(b, bin), a);
    binned.set(key, (binned.get(key) ?? 0) + n);
  }
  return { counts: binned, total };
}

function middle(channel: number, bin: number): number {
  return Math.min(Math.floor(channel / bin) * bin + Math.floor(bin / 2), 255);
}

type Counted = readonly [rgba: number, count: number];

function byCount(a: Counted, b: Counted): number {
  return b[1] - a[1] || byColor(a, b);
}

function byColor([a]: Counted, [b]: Counted): number {
  return order(a) - order(b);
}

/** Red counts most, alpha least. */
function order(rgba: number): number {
  const [r, g, b, a] = channels(rgba);
  return ((r * 256 + g) * 256 + b) * 256 + a;
}

type Tolerance = readonly [number, number, number, number];

function toleranceOf(given: number | readonly number[] = 0): Tolerance {
  if (typeof given === 'number') return [given, given, given, given];
  const [r = 0, g = 0, b = 0, a = 0] = given;
  return [r, g, b, a];
}

function matches(rgba: number, target: number, tolerance: Tolerance): boolean {
  const there = channels(target);
  return channels(rgba).every((v, i) => Math.abs(v - there[i]!) <= tolerance[i]!);
}

function rgbaOf(rgba: number): Rgba {
  const [r, g, b, a] = channels(rgba);
  return [r, g, b, a];
}

/** `#RRGGBBAA`, upper case. */
function hex(rgba: number): string {
  const digits = channels(rgba).map((channel) => channel.toString(16).padStart(2, '0'));
  return `#${digits.join('').toUpperCase()}`;
}
