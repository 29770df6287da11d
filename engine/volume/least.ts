/**
 * The least memory that figures take, for refusals before the work: lower bounds, so that nothing
 * which fits is refused. What they let through is counted again as it is made.
 */

import { GoxError } from '../../conf/errors.ts';
import { BLOCK_BYTES, BLOCK_SIZE, BLOCK_VOXELS } from './block.ts';
import type { Vec3 } from './box.ts';
import { Volume } from './volume.ts';

/** Without another limit: 64 GiB of blocks, the most that the configuration allows. */
export const BLOCKS_MAX = 2 ** 22;

/** From the middle of a voxel to its corner. */
const HALF_DIAGONAL = Math.sqrt(3) / 2;

/** Throws GOX_MEMORY_LIMIT when a result takes so many blocks at least, and that is too many. */
export function requireLeast(blocks: number, blocks_max: number, what: string): void {
  if (!(blocks > Math.min(blocks_max, BLOCKS_MAX))) return;
  const bytes = Math.ceil(blocks) * BLOCK_BYTES;
  const message = `${what} takes ${bytes} bytes of voxels at least.`;
  throw new GoxError('GOX_MEMORY_LIMIT', message, { bytes });
}

/** The fewest blocks that so many voxels lie in. */
export function blocksOfVoxels(voxels: number): number {
  return Math.ceil(voxels / BLOCK_VOXELS);
}

/**
 * The fewest voxels whose centres lie in a convex figure of some volume, in voxels, around a ball
 * of some radius. The cubes of these voxels cover all places of the figure that are half a diagonal
 * of a voxel inside of its skin, and so the figure itself, shrunk about the middle of the ball.
 */
export function voxelsOfFigure(volume: number, radius: number): number {
  const shrunk = 1 - HALF_DIAGONAL / radius;
  return shrunk > 0 ? volume * shrunk ** 3 : 0;
}

/** The blocks that lie in a box as a whole. */
function blocksInside(min: Vec3, max: Vec3): number {
  const along = (axis: 0 | 1 | 2) =>
    Math.max(0, Math.floor(max[axis] / BLOCK_SIZE) - Math.ceil(min[axis] / BLOCK_SIZE));
  return along(0) * along(1) * along(2);
}

/** The blocks that the walls of a box lie in. */
export function blocksOfWalls(min: Vec3, max: Vec3, thickness: number): number {
  const low = min.map((value) => value + thickness) as unknown as Vec3;
  const high = max.map((value) => value - thickness) as unknown as Vec3;
  return Volume.blocksIn(min, max) - blocksInside(low, high);
}
