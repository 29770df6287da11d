/** Positions and boxes of voxels. */

export type Vec3 = readonly [x: number, y: number, z: number];

/** Half open: `min` belongs to it, `max` does not. */
export interface Box {
  readonly min: Vec3;
  readonly max: Vec3;
}

/** The smallest box around two, either of which may be missing. */
export function aroundBoth(a: Box | undefined, b: Box | undefined): Box | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const low = (axis: 0 | 1 | 2) => Math.min(a.min[axis], b.min[axis]);
  const high = (axis: 0 | 1 | 2) => Math.max(a.max[axis], b.max[axis]);
  return { min: [low(0), low(1), low(2)], max: [high(0), high(1), high(2)] };
}
