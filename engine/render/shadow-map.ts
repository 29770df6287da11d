/** How far light comes: the depth of what is nearest to it, seen in a parallel projection. */

import type { Box, Vec3 } from '../volume/box.ts';
import type { Lamp } from './lighting.ts';
import { cross, dot, type Projection, projectionOf, unit } from './projection.ts';

export interface ShadowMap {
  readonly direction: Vec3;
  readonly projection: Projection;
  /** Texels a side. */
  readonly width: number;
  /** Three rows of four that take a point to its texel, counted from the middles, and depth. */
  readonly lookup: Float64Array;
  /** Minus the depth of each texel, as in `Band`. */
  readonly depth: Float32Array;
}

/** Texels a side. */
const SIDE_MIN = 256;
const SIDE_MAX = 2048;

/** Free texels around the content. */
const BORDER = 2;

/** The map for a lamp and a view, with nothing drawn. */
export function newShadowMap({ direction }: Lamp, content: Box, view: Projection): ShadowMap {
  const side = sideFor(view);
  const projection = seenFromLight(direction, content, side);
  const depth = new Float32Array(new SharedArrayBuffer(side * side * 4));
  const { rows, forward, eye } = projection;
  const lookup = rows.slice();
  lookup[3]! -= 0.5;
  lookup[7]! -= 0.5;
  lookup.set([-forward[0], -forward[1], -forward[2], dot(forward, eye)], 8);
  return { direction, projection, width: side, lookup, depth };
}

/** What a map depends on, beside what is drawn into it. */
export function shadowKey({ direction }: Lamp, { min, max }: Box, view: Projection): string {
  return [...direction, ...min, ...max, sideFor(view)].join(' ');
}

/** About a texel for each sample. */
function sideFor({ width, height }: Projection): number {
  const wanted = 2 ** Math.ceil(Math.log2(Math.max(width, height)));
  return Math.min(Math.max(wanted, SIDE_MIN), SIDE_MAX);
}

function seenFromLight(direction: Vec3, { min, max }: Box, side: number): Projection {
  const forward: Vec3 = [-direction[0], -direction[1], -direction[2]];
  // A row of the map follows X as far as it can: scenes are longest along their axes.
  const right = unit(cross([0, 1, 0], direction)) ?? [1, 0, 0];
  const up = cross(right, forward);
  const half: Vec3 = [(max[0] - min[0]) / 2, (max[1] - min[1]) / 2, (max[2] - min[2]) / 2];
  const reach = (axis: Vec3) =>
    Math.abs(axis[0]) * half[0] + Math.abs(axis[1]) * half[1] + Math.abs(axis[2]) * half[2];
  const scale = (side / 2 - BORDER) / Math.max(reach(right), reach(up));
  const back = reach(forward) + 1;
  const at = (a: 0 | 1 | 2) => (min[a] + max[a]) / 2 - forward[a] * back;
  const frame = { eye: [at(0), at(1), at(2)] as const, right, up, forward };
  return projectionOf(frame, true, side, side, scale);
}

/** Free space between a surface and the map, in texels, so that no surface shades itself. */
const OFFSET_TEXELS = 1.5;
const OFFSET_MIN = 0.02;

/** How far from its surface, in voxels, a point is to be looked up. */
export function shadowOffset({ projection }: ShadowMap): number {
  return OFFSET_MIN + OFFSET_TEXELS / projection.scale;
}

/** The part of light, 0…1, that reaches a point: four texels, weighted by their nearness. */
export function lightAt(map: ShadowMap, x: number, y: number, z: number): number {
  const { lookup, width } = map;
  const sx = lookup[0]! * x + lookup[1]! * y + lookup[2]! * z + lookup[3]!;
  const sy = lookup[4]! * x + lookup[5]! * y + lookup[6]! * z + lookup[7]!;
  const column = Math.floor(sx);
  const row = Math.floor(sy);
  if (column < 0 || row < 0 || column + 1 >= width || row + 1 >= width) return 1;
  const nearness = lookup[8]! * x + lookup[9]! * y + lookup[10]! * z + lookup[11]!;
  const depth = map.depth;
  const at = row * width + column;
  const fx = sx - column;
  const fy = sy - row;
  let light = 0;
  if (nearness >= depth[at]!) light += (1 - fx) * (1 - fy);
  if (nearness >= depth[at + 1]!) light += fx * (1 - fy);
  if (nearness >= depth[at + width]!) light += (1 - fx) * fy;
  if (nearness >= depth[at + width + 1]!) light += fx * fy;
  return light;
}

/** The cosine between a face of a direction (as in `Rectangles`) and a unit vector. */
export function facing(direction: number, towards: Vec3): number {
  const along = towards[(direction >> 1) as 0 | 1 | 2];
  return (direction & 1) === 1 ? along : -along;
}
