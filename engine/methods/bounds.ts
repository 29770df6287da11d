/** Bounding boxes as results give them. */

import type { Bounds } from '../catalogue/schemas.ts';
import { BLOCK_SIZE } from '../volume/block.ts';
import { aroundBoth, type Box } from '../volume/box.ts';
import type { Volume } from '../volume/volume.ts';

/**
 * `max` is exclusive, `last` the voxel before it. Not exact: rounded outwards to whole blocks.
 * All 0 without a voxel, and no `last`.
 */
export function bounds(volume: Volume, exact: boolean): Bounds {
  return boundsOfAll([volume], exact);
}

/** The same around all of some volumes. */
export function boundsOfAll(volumes: readonly Volume[], exact: boolean): Bounds {
  const box = volumes.reduce<Box | undefined>(
    (all, volume) => aroundBoth(all, volume.box()),
    undefined,
  );
  if (box === undefined) {
    return { empty: true, min: [0, 0, 0], max: [0, 0, 0], dimensions: [0, 0, 0] };
  }
  if (exact) return boundsOf(box);
  const down = (v: number) => Math.floor(v / BLOCK_SIZE) * BLOCK_SIZE;
  const up = (v: number) => Math.ceil(v / BLOCK_SIZE) * BLOCK_SIZE;
  const { min, max } = box;
  return boundsOf({
    min: [down(min[0]), down(min[1]), down(min[2])],
    max: [up(max[0]), up(max[1]), up(max[2])],
  });
}

/** Of a box that is not empty. */
export function boundsOf({ min, max }: Box): Bounds {
  const [x0, y0, z0] = min;
  const [x1, y1, z1] = max;
  return {
    empty: false,
    min: [x0, y0, z0],
    max: [x1, y1, z1],
    dimensions: [x1 - x0, y1 - y0, z1 - z0],
    last: [x1 - 1, y1 - 1, z1 - 1],
  };
}
