/** What a document holds beside layers: materials, cameras and the light, with Goxel's defaults. */

import { boxCorners, type Matrix } from '../volume/matrix.ts';
import type { DictEntry } from './layer.ts';

export interface Material {
  readonly name: string;
  /** Linear red, green, blue and opacity, 0…1. */
  readonly color: Float32Array;
  readonly metallic: number;
  readonly roughness: number;
  /** Linear red, green, blue. */
  readonly emission: Float32Array;
  readonly extra: readonly DictEntry[];
}

export interface Camera {
  readonly name: string;
  /** Distance from the point looked at, in voxels. */
  readonly dist: number;
  readonly ortho: boolean;
  /** Camera to world; it looks down its -Z axis. */
  readonly mat: Matrix;
  readonly active: boolean;
  readonly extra: readonly DictEntry[];
}

export interface Light {
  /** Radians. */
  readonly pitch: number;
  /** Radians. */
  readonly yaw: number;
  readonly intensity: number;
  /** Whether it moves with the camera. */
  readonly fixed: boolean;
  readonly ambient: number;
  readonly shadow: number;
  readonly extra: readonly DictEntry[];
}

export function newMaterial(name: string): Material {
  return {
    name,
    color: new Float32Array([1, 1, 1, 1]),
    metallic: Math.fround(0.2),
    roughness: 0.5,
    emission: new Float32Array(3),
    extra: [],
  };
}

/** sin 45° and its square as Goxel's float32 arithmetic has them. */
const ROOT_HALF = 0.70710677;
const HALF = 0.49999997;

const DEFAULT_CAMERA_DIST = 128;
const FIT_DIST_PER_HALF_SIZE = 8;

/**
 * The default view: yaw and pitch 45°, looking at the origin, or at the middle of a box it fits.
 */
export function newCamera(name: string, box?: Matrix): Camera {
  const mat = new Float32Array([
    ...[ROOT_HALF, ROOT_HALF, 0, 0],
    ...[-HALF, HALF, ROOT_HALF, 0],
    ...[HALF, -HALF, ROOT_HALF, 0],
    ...[0, 0, 0, 1],
  ]);
  let dist = DEFAULT_CAMERA_DIST;
  let centre: ArrayLike<number> = [0, 0, 0];
  if (box !== undefined) {
    const { min, max } = boxCorners(box);
    const size = Math.max(max[0] - min[0], max[1] - min[1], max[2] - min[2]);
    dist = Math.fround((size / 2) * FIT_DIST_PER_HALF_SIZE);
    centre = box.subarray(12, 15);
  }
  for (let axis = 0; axis < 3; axis++) {
    mat[12 + axis] = centre[axis]! + mat[8 + axis]! * dist;
  }
  return { name, dist, ortho: false, mat, active: true, extra: [] };
}

/** Pitch 20° and yaw 120°, as Goxel's new image has them. */
export function newLight(): Light {
  return {
    pitch: Math.fround(Math.PI / 9),
    yaw: Math.fround((Math.PI * 2) / 3),
    intensity: 2,
    fixed: false,
    ambient: Math.fround(0.3),
    shadow: Math.fround(0.3),
    extra: [],
  };
}
