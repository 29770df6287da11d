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

/** What is done with a row: the words from `from` up to `to`, the first of which is at x, y, z. */
type RowVisitor = (
  data: Uint32Array,
  from: number,
  to: number,
  x: number,
  y: number,
  z: number,
) => void;

/** The voxels in the order of `eachRow`. */
export function* voxelsIn(volume: Volume, region: Region): Generator<PlacedVoxel, void, undefined> {
  for (const { x: x0, y: y0, z: z0, data } of blocksIn(volume, region)) {
    const { min, max } = partOf(region, x0, y0, z0);
    for (let z = min[2]; z <= max[2]; z++) {
      for (let y = min[1]; y <= max[1]; y++) {
        for (let x = min[0]; x <= max[0]; x++) {
          const rgba = data[x + BLOCK_SIZE * (y + BLOCK_SIZE * z)]!;
          if (rgba >>> 24 !== 0) yield { x: x0 + x, y: y0 + y, z: z0 + z, rgba };
        }
      }
    }
  }
}

/**
 * The rows of a region along x: by block (z, then y, then x), and so within a block. Costs by
 * blocks held, not by region size.
 */
export function eachRow(volume: Volume, region: Region, visit: RowVisitor): void {
  for (const { x: x0, y: y0, z: z0, data } of blocksIn(volume, region)) {
    const { min, max } = partOf(region, x0, y0, z0);
    for (let z = min[2]; z <= max[2]; z++) {
      for (let y = min[1]; y <= max[1]; y++) {
        const row = BLOCK_SIZE * (y + BLOCK_SIZE * z);
        visit(data, row + min[0], row + max[0] + 1, x0 + min[0], y0 + y, z0 + z);
      }
    }
  }
}

function blocksIn(volume: Volume, region: Region): BlockView[] {
  const blocks = [...volume.blocks()].filter((block) => touches(block, region));
  return blocks.sort((a, b) => a.z - b.z || a.y - b.y || a.x - b.x);
}

/** The part of a region that lies in a block, counted from the block's corner. */
function partOf({ min, max }: Region, x: number, y: number, z: number): Region {
  const last = BLOCK_SIZE - 1;
  return {
    min: [Math.max(min[0] - x, 0), Math.max(min[1] - y, 0), Math.max(min[2] - z, 0)],
    max: [Math.min(max[0] - x, last), Math.min(max[1] - y, last), Math.min(max[2] - z, last)],
  };
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
