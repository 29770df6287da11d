/**
 * Solids in a box matrix, voxel by voxel, as Goxel's shape layers have them. A voxel belongs to the
 * solid when its centre does, seen from the box's middle along its axes, in voxel units: a cube is
 * half open (-s <= p < s), a sphere (ellipsoid) and a cylinder (along the box's Z) have their skin.
 */

import type { Shape, ShapeKind } from '../document/layer.ts';
import { BLOCK_SIZE, BLOCK_VOXELS, newBlockData } from '../volume/block.ts';
import { boxCorners, inverse, type Matrix } from '../volume/matrix.ts';
import { requireBlocks } from '../volume/reach.ts';
import { type Box, type Vec3, Volume } from '../volume/volume.ts';

/** Whether a point, in voxels from the box's middle, belongs to the solid of half sizes `s`. */
const INSIDE: Record<ShapeKind, (x: number, y: number, z: number, s: Vec3) => boolean> = {
  cube: (x, y, z, [sx, sy, sz]) => x >= -sx && x < sx && y >= -sy && y < sy && z >= -sz && z < sz,
  sphere: (x, y, z, [sx, sy, sz]) => (x / sx) ** 2 + (y / sy) ** 2 + (z / sz) ** 2 <= 1,
  cylinder: (x, y, z, [sx, sy, sz]) => z >= -sz && z <= sz && (x / sx) ** 2 + (y / sy) ** 2 <= 1,
};

/**
 * The volume of a shape in a box, without the voxels whose centre is outside `clip`. Throws
 * GOX_MEMORY_LIMIT when it would touch more than `blocks_max` blocks.
 */
export function shapeVolume(shape: Shape, box: Matrix, clip: Box, blocks_max: number): Volume {
  const volume = new Volume();
  const sizes: Vec3 = [axisLength(box, 0), axisLength(box, 1), axisLength(box, 2)];
  // Axes of length 1, so that the faces of a box that is not turned stay where they are exactly.
  const unit = Float64Array.from(box, (value, i) => (i < 12 ? value / sizes[i >> 2]! : value));
  const back = inverse(unit);
  if (back === undefined || !box.every(Number.isFinite)) return volume;
  const { min, max } = region(boxCorners(box), clip);
  if (min.some((low, axis) => low >= max[axis]!)) return volume;
  requireBlocks(min, max, blocks_max);
  const inside = INSIDE[shape.kind];
  for (let z = min[2] & ~15; z < max[2]; z += BLOCK_SIZE) {
    for (let y = min[1] & ~15; y < max[1]; y += BLOCK_SIZE) {
      for (let x = min[0] & ~15; x < max[0]; x += BLOCK_SIZE) {
        const data = newBlockData();
        for (let i = 0; i < BLOCK_VOXELS; i++) {
          const [vx, vy, vz] = [x + (i & 15), y + ((i >> 4) & 15), z + (i >> 8)];
          if (vx < min[0] || vy < min[1] || vz < min[2]) continue;
          if (vx >= max[0] || vy >= max[1] || vz >= max[2]) continue;
          const [cx, cy, cz] = [vx + 0.5, vy + 0.5, vz + 0.5];
          const px = back[0]! * cx + back[4]! * cy + back[8]! * cz + back[12]!;
          const py = back[1]! * cx + back[5]! * cy + back[9]! * cz + back[13]!;
          const pz = back[2]! * cx + back[6]! * cy + back[10]! * cz + back[14]!;
          if (inside(px, py, pz, sizes)) data[i] = shape.color;
        }
        volume.setBlock(x, y, z, data);
      }
    }
  }
  return volume;
}

/** The length of one of the first three columns: half the box's size in that direction. */
function axisLength(box: Matrix, axis: 0 | 1 | 2): number {
  return Math.hypot(box[4 * axis]!, box[4 * axis + 1]!, box[4 * axis + 2]!);
}

/** The voxels that touch `corners` and whose centres lie in [clip.min, clip.max). */
function region(corners: Box, clip: Box): Box {
  const low = (axis: 0 | 1 | 2) =>
    Math.max(Math.floor(corners.min[axis]), Math.ceil(clip.min[axis] - 0.5));
  const high = (axis: 0 | 1 | 2) =>
    Math.min(Math.ceil(corners.max[axis]), Math.ceil(clip.max[axis] - 0.5));
  const min: Vec3 = [low(0), low(1), low(2)];
  return { min, max: [high(0), high(1), high(2)] };
}
