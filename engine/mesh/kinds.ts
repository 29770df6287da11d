/** The kinds of meshes by name. */

import type { Volume } from '../volume/volume.ts';
import { ClosedSurface } from './closed.ts';
import { FaceSurface } from './faces.ts';
import { GreedySurface } from './greedy.ts';
import { MarchingSurface } from './marching.ts';
import type { Surface } from './surface.ts';

/**
 * How meshes are made of voxels. `blocks`: a quad for each visible face, as Goxel does. `greedy`:
 * rectangles of equal faces joined, watertight. `marching`: marching cubes with a flat colour a
 * triangle.
 * `smooth`: marching cubes with blended positions.
 */
export type MeshKind = 'blocks' | 'greedy' | 'marching' | 'smooth';

export function surfaceOf(volume: Volume, kind: MeshKind): Surface {
  if (kind === 'greedy') return new ClosedSurface(new GreedySurface(volume));
  if (kind === 'marching' || kind === 'smooth') return new MarchingSurface(volume, kind);
  return new FaceSurface(volume);
}
