/** Keeps computed volumes inside the coordinates there are and the memory they may take. */

import { GoxError } from '../../conf/errors.ts';
import type { Vec3 } from './box.ts';
import { requireLeast } from './least.ts';
import { Volume } from './volume.ts';

export const COORDINATE_MIN = -0x8000_0000;
export const COORDINATE_MAX = 0x7fff_ffff;

/**
 * Throws GOX_MEMORY_LIMIT unless [min, max), all of which is needed, lies in the coordinates and
 * touches few enough blocks.
 */
export function requireBlocks(min: Vec3, max: Vec3, blocks_max: number): void {
  requireReach(min, max);
  const region = `The region from ${min.join(' ')} to ${max.join(' ')}`;
  requireLeast(Volume.blocksIn(min, max), blocks_max, region);
}

/** Throws GOX_MEMORY_LIMIT unless [min, max) lies in the coordinates. */
export function requireReach(min: Vec3, max: Vec3): void {
  const inside = min.every((v) => v >= COORDINATE_MIN) && max.every((v) => v <= COORDINATE_MAX);
  if (inside) return;
  const message =
    `The region from ${min.join(' ')} to ${max.join(' ')} leaves the coordinates there are, ` +
    `${COORDINATE_MIN} to ${COORDINATE_MAX}.`;
  throw new GoxError('GOX_MEMORY_LIMIT', message, {
    min,
    max,
    coordinates: [COORDINATE_MIN, COORDINATE_MAX],
  });
}
