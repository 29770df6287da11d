/** Counting and finding colours. */

import type { findVoxelsByColor, getColorHistogram, getUniqueColors } from '../catalogue/colors.ts';
import type { Rgba } from '../catalogue/schemas.ts';
import { EVERYWHERE, type Region } from '../inquiries/region.ts';
import { ask } from './ask.ts';
import { regionBetween } from './boxes.ts';
import type { AnyHandler, Asking } from './handler.ts';
import { packedColor } from './voxel-params.ts';

const FOUND_MAX = 1000;
const MERGE_THRESHOLD = 10;

const histogram: Asking<typeof getColorHistogram> = (project, params) => {
  const { layer_id, bin_size = 0, sort_by_count = true, top_n = 0 } = params;
  const region = regionOf(params.region);
  const how = { bin: bin_size, by_count: sort_by_count, top_n };
  return ask(project, layer_id, { kind: 'histogram', region, ...how });
};

const unique: Asking<typeof getUniqueColors> = (project, params) => {
  const { layer_id, merge_similar = false, sort_by_count = false } = params;
  const bin = merge_similar ? (params.merge_threshold ?? MERGE_THRESHOLD) : 0;
  const region = regionOf(params.region);
  const how = { bin, by_count: sort_by_count, layer_id: project.viewId(layer_id) };
  return ask(project, layer_id, { kind: 'unique', region, ...how });
};

const find: Asking<typeof findVoxelsByColor> = (project, params) => {
  const { layer_id, max_results = FOUND_MAX, include_locations = true } = params;
  const color = packedColor(params.color, () => '.color');
  const tolerance = toleranceOf(params.tolerance);
  const region = regionOf(params.region);
  const locations_max = include_locations ? max_results : undefined;
  return ask(project, layer_id, { kind: 'find', region, color, tolerance, locations_max });
};

export const colorHandlers = {
  'goxel.get_color_histogram': histogram,
  'goxel.find_voxels_by_color': find,
  'goxel.get_unique_colors': unique,
} satisfies Record<string, AnyHandler>;

function regionOf(region: Parameters<typeof histogram>[1]['region']): Region {
  return region === undefined ? EVERYWHERE : regionBetween(region);
}

function toleranceOf(given: number | readonly number[] = 0): Rgba {
  if (typeof given === 'number') return [given, given, given, given];
  const [r = 0, g = 0, b = 0, a = 0] = given;
  return [r, g, b, a];
}
