/** Where a mesh lies in its file, and how large it is there. */

import { BLOCK_VOXELS, newScratch } from '../volume/block.ts';
import type { Box, Vec3 } from '../volume/box.ts';
import { SOLID_ALPHA } from '../volume/color.ts';
import type { Volume } from '../volume/volume.ts';

/** A point p in voxels is (p - pivot) · scale in the file, before its axes are turned. */
export interface Placement {
  readonly scale: number;
  readonly pivot: Vec3;
}

export interface PlacementOptions {
  /** Units of the file to a voxel. */
  readonly scale?: number;
  /** What becomes the origin: a point, or that of the project, of the box, of its bottom. */
  readonly pivot?: 'origin' | 'center' | 'bottom' | Vec3;
}

const SOLID = (SOLID_ALPHA << 24) >>> 0;
const ORIGIN: Vec3 = [0, 0, 0];

/** `bounds` gives the box of all voxels that are written; it is asked for only where it matters. */
export function placementOf(
  { scale = 1, pivot = 'origin' }: PlacementOptions,
  bounds: () => Box | undefined,
): Placement {
  if (pivot !== 'center' && pivot !== 'bottom') {
    return { scale, pivot: pivot === 'origin' ? ORIGIN : pivot };
  }
  const box = bounds();
  if (box === undefined) return { scale, pivot: ORIGIN };
  const middle = (axis: 0 | 1 | 2) => (box.min[axis] + box.max[axis]) / 2;
  return { scale, pivot: [middle(0), middle(1), pivot === 'bottom' ? box.min[2] : middle(2)] };
}

/** The box of the solid voxels of volumes. */
export function boundsOf(volumes: readonly Volume[]): Box | undefined {
  const min: [number, number, number] = [Infinity, Infinity, Infinity];
  const max: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  for (const volume of volumes) {
    for (const { x, y, z, data } of volume.blocks(newScratch())) {
      const corner = [x, y, z] as const;
      // A block inside of the box cannot make it larger.
      if (corner.every((value, axis) => value >= min[axis]! && value + 16 <= max[axis]!)) continue;
      for (let i = 0; i < BLOCK_VOXELS; i++) {
        if (data[i]! < SOLID) continue;
        const at = [x + (i & 15), y + ((i >> 4) & 15), z + (i >> 8)] as const;
        for (let axis = 0; axis < 3; axis++) {
          min[axis] = Math.min(min[axis]!, at[axis]!);
          max[axis] = Math.max(max[axis]!, at[axis]! + 1);
        }
      }
    }
  }
  return min[0] === Infinity ? undefined : { min, max };
}
