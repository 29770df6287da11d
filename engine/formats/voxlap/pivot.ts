/**
 * The pivots of .kv6 and .kvx: the point of a model, from its corner with y to the back and z down,
 * that programs put where the model goes; here it becomes the origin. Voxels stay whole, so what a
 * pivot has behind the point is the origin of the layer, less than a voxel beside that of the
 * world.
 */

import type { Document } from '../../document/document.ts';
import type { Layer } from '../../document/layer.ts';
import type { Box, Vec3 } from '../../volume/box.ts';
import { boxMatrix, identity } from '../../volume/matrix.ts';
import { COORDINATE_MAX } from '../../volume/reach.ts';
import type { Report } from '../report.ts';

/**
 * Where a model of that size and pivot goes. A pivot that is no place at all is told, and the
 * middle taken for it.
 */
export function placeOf(pivot: Vec3, size: Vec3, report?: Report): { box: Box; origin: Vec3 } {
  const sound = pivot.every((value) => Math.abs(value) < COORDINATE_MAX / 2);
  const message = `The pivot ${pivot.join(' ')} is no place, and the middle was taken.`;
  report?.warn('WARN_BROKEN_PART', message, undefined, sound ? 0 : 1);
  const point: Vec3 = sound ? pivot : [size[0] >> 1, size[1] >> 1, size[2] >> 1];
  const [x, y, z] = [Math.floor(point[0]), Math.floor(point[1]), Math.floor(point[2])];
  const box: Box = { min: [-x, y - size[1], z - size[2]], max: [size[0] - x, y, z] };
  return { box, origin: [point[0] - x, y - point[1], z - point[2]] };
}

/** Gives a document of one layer its box, and the layer its origin. */
export function setPlace(document: Document, { box, origin }: { box: Box; origin: Vec3 }): void {
  const matrix = boxMatrix(box);
  const mat = identity();
  mat.set(origin, 12);
  document.activeLayer.set({ box: matrix, mat });
  document.set({ box: matrix });
}

/** The pivot of what lies in a box: the origin, or that of the layer within a voxel of it. */
export function pivotOf({ layers }: Document, { min, max }: Box): Vec3 {
  const own = layers.find((layer) => layer.visible && !layer.derived);
  const [x, y, z] = originOf(own);
  return [x - min[0], max[1] - y, max[2] - z];
}

function originOf(layer: Layer | undefined): Vec3 {
  if (layer === undefined) return [0, 0, 0];
  const [x, y, z] = layer.mat.subarray(12, 15);
  const beside = [x!, y!, z!].every((value) => Math.abs(value) < 1);
  return beside ? [x!, y!, z!] : [0, 0, 0];
}
