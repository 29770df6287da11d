/** The voxels of a volume in an order that does not depend on how they came there. */

import { COORDINATE_MAX, COORDINATE_MIN } from '../catalogue/schemas.ts';
import { BLOCK_SIZE } from '../volume/block.ts';
import type { BlockView, Vec3, Volume } from '../volume/volume.ts';

/** Both corners belong to it. */
export interface Region {
  readonly min: Vec3;
  readonly max: Vec3;
}

export const EVERYWHERE: Region = {
  min: [COORDINATE_MIN, COORDINATE_MIN, COORDINATE_MIN],
  max: [COORDINATE_MAX, COORDINATE_MAX, COORDINATE_MAX],
};

export interface PlacedVoxel {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly rgba: number;
}

/**
 * By block (z, then y, then x), and so within a block. Costs by blocks held, not by region size.
 */
export function* voxelsIn(volume: Volume, region: Region): Generator<PlacedVoxel, void, undefined> {
  const blocks = [...volume.blocks()].filter((block) => touches(block, region));
  blocks.sort((a, b) => a.z - b.z || a.y - b.y || a.x - b.x);
  const { min, max } = region;
  for (const { x: x0, y: y0, z: z0, data } of blocks) {
    const zEnd = Math.min(max[2] - z0, BLOCK_SIZE - 1);
    const yEnd = Math.min(max[1] - y0, BLOCK_SIZE - 1);
    const xEnd = Math.min(max[0] - x0, BLOCK_SIZE - 1);
    for (let z = Math.max(min[2] - z0, 0); z <= zEnd; z++) {
      for (let y = Math.max(min[1] - y0, 0); y <= yEnd; y++) {
        for (let x = Math.max(min[0] - x0, 0); x <= xEnd; x++) {
          const rgba = data[x + BLOCK_SIZE * (y + BLOCK_SIZE * z)]!;
          if (rgba >>> 24 !== 0) yield { x: x0 + x, y: y0 + y, z: z0 + z, rgba };
        }
      }
    }
  }
}

function touches({ x, y, z }: BlockView, { min, max }: Region): boolean {
  const last = BLOCK_SIZE - 1;
  return (
    x <= max[0] &&
    y <= max[1] &&
    z <= max[2] &&
    x + last >= min[0] &&
    y + last >= min[1] &&
    z + last >= min[2]
  );
}
