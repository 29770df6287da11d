/** Positions and boxes of voxels. */

export type Vec3 = readonly [x: number, y: number, z: number];

/** Half open: `min` belongs to it, `max` does not. */
export interface Box {
  readonly min: Vec3;
  readonly max: Vec3;
}
