/** Bounding boxes as results give them. */

import type { Bounds } from '../catalogue/schemas.ts';
import { BLOCK_SIZE } from '../volume/block.ts';
import type { Box } from '../volume/box.ts';
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
    (all, volume) => around(all, volume.box()),
    undefined,
  );
  if (box === undefined) {
    return { empty: true, min: [0, 0, 0], max: [0, 0, 0], dimensions: [0, 0, 0] };
  }
  const down = (v: number) => (exact ? v : Math.floor(v / BLOCK_SIZE) * BLOCK_SIZE);
  const up = (v: number) => (exact ? v : Math.ceil(v / BLOCK_SIZE) * BLOCK_SIZE);
  const [x0, y0, z0] = [down(box.min[0]), down(box.min[1]), down(box.min[2])];
  const [x1, y1, z1] = [up(box.max[0]), up(box.max[1]), up(box.max[2])];
  return {
    empty: false,
    min: [x0, y0, z0],
    max: [x1, y1, z1],
    dimensions: [x1 - x0, y1 - y0, z1 - z0],
    last: [x1 - 1, y1 - 1, z1 - 1],
  };
}

function around(a: Box | undefined, b: Box | undefined): Box | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const low = (axis: 0 | 1 | 2) => Math.min(a.min[axis], b.min[axis]);
  const high = (axis: 0 | 1 | 2) => Math.max(a.max[axis], b.max[axis]);
  return { min: [low(0), low(1), low(2)], max: [high(0), high(1), high(2)] };
}
