/** The voxels of a box as bytes. */

import { WithBytes } from '../encode.ts';
import type { Vec3 } from '../volume/box.ts';
import { readRegion } from '../volume/region.ts';
import type { Volume } from '../volume/volume.ts';
import type { Region } from './region.ts';

export interface PackedQuestion {
  readonly kind: 'packed';
  readonly region: Region;
  readonly size: Vec3;
}

export function packedIn(volume: Volume, { region: { min, max }, size }: PackedQuestion) {
  const data = readRegion(volume, min, [max[0] + 1, max[1] + 1, max[2] + 1]);
  return new WithBytes({ min, size, data });
}
