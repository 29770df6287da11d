/**
 * How coarse a picture may be: where voxels are smaller than the samples that look at them, which
 * voxel a sample meets is chance, and a volume of fewer, larger ones (`prepared/coarse.ts`) shows
 * the same for less.
 */

import type { Box } from '../volume/box.ts';
import type { Extent } from './extent.ts';
import { type Projection, projectionOf } from './projection.ts';

/** A voxel of a coarse volume is at most so many samples wide. */
const WIDTH_SAMPLES = 1;

/** Voxels of 2 to 16 in each direction. */
const LEVEL_MAX = 4;

/** How often the volumes can be halved for all of some pictures. */
export function levelFor(projections: readonly Projection[], { box }: Extent): number {
  const width = Math.max(...projections.map((projection) => widestOf(projection, box)));
  let level = 0;
  while (level < LEVEL_MAX && width * 2 ** (level + 1) <= WIDTH_SAMPLES) level++;
  return level;
}

/** Samples that a voxel is wide, nowhere less than at the nearest corner of a box. */
function widestOf({ orthographic, scale, eye, forward }: Projection, { min, max }: Box): number {
  if (orthographic) return scale;
  let depth = 0;
  for (const axis of [0, 1, 2] as const) {
    const near = forward[axis] > 0 ? min[axis] : max[axis];
    depth += (near - eye[axis]) * forward[axis];
  }
  return depth > 0 ? scale / depth : Infinity;
}

/** The same view of volumes that were halved so often. */
export function projectionAt(projection: Projection, level: number): Projection {
  if (level === 0) return projection;
  const { orthographic, width, height, scale, eye } = projection;
  const size = 2 ** level;
  const frame = { ...projection, eye: [eye[0] / size, eye[1] / size, eye[2] / size] as const };
  return projectionOf(frame, orthographic, width, height, orthographic ? scale * size : scale);
}

export function boxAt({ min, max }: Box, level: number): Box {
  const size = 2 ** level;
  const low = (axis: 0 | 1 | 2) => Math.floor(min[axis] / size);
  const high = (axis: 0 | 1 | 2) => Math.ceil(max[axis] / size);
  return { min: [low(0), low(1), low(2)], max: [high(0), high(1), high(2)] };
}
