/**
 * The meshes that a picture draws in place of voxels' faces, made by the job's first stage: their
 * triangles are counted, and only what fits is made, in memory that every thread of the job sees.
 */

import { overLimit } from '../../conf/errors.ts';
import { surfaceOf } from '../mesh/kinds.ts';
import { type Growable, growable } from '../prepared/growable.ts';
import { Volume, type VolumeSnapshot } from '../volume/volume.ts';
import type { Soup } from './soup.ts';
import { fillSoup, smoothen } from './soup-of.ts';

/** What a caller asks for. */
export interface Meshing {
  readonly kind: 'marching' | 'smooth';
  /** Ceiling for all that the meshes of one picture take (limits.job_bytes_max). */
  readonly bytes_max: number;
}

export interface MeshJob extends Meshing {
  /** One a group. */
  readonly volumes: readonly VolumeSnapshot[];
  /** Triangles of each group, once they are made. */
  readonly counts: Uint32Array;
  /** Grows when they have been counted. */
  readonly memory: SharedArrayBuffer;
}

/** Positions and normals of three corners, and their colours. */
const TRIANGLE_BYTES = 2 * 36 + 12;

/** What `smoothen` takes for a triangle meanwhile, at most. */
const SMOOTHING_BYTES = 3 * (16 + 4 + 12);

export function meshJob(meshing: Meshing, volumes: readonly VolumeSnapshot[]): MeshJob {
  return {
    kind: meshing.kind,
    bytes_max: meshing.bytes_max,
    volumes,
    counts: new Uint32Array(new SharedArrayBuffer(volumes.length * 4)),
    memory: growable(meshing.bytes_max),
  };
}

/** Makes the meshes. Throws GOX_MEMORY_LIMIT before it, when they would take too much. */
export function makeMeshes(mesh: MeshJob): void {
  const { kind, counts, memory } = mesh;
  const volumes = mesh.volumes.map((snapshot) => Volume.of(snapshot));
  const total = count(mesh, volumes);
  (memory as Growable).grow(total * TRIANGLE_BYTES);
  for (const [group, volume] of volumes.entries()) {
    if (counts[group] === 0) continue;
    const soup = soupIn(mesh, group);
    fillSoup(surfaceOf(volume, kind), soup);
    if (kind === 'smooth') smoothen(soup);
  }
}

/** Counts the triangles of each group; ends as soon as there are too many. */
function count(mesh: MeshJob, volumes: readonly Volume[]): number {
  const { kind, bytes_max, counts } = mesh;
  let total = 0;
  let largest = 0;
  for (const [group, volume] of volumes.entries()) {
    let triangles = 0;
    for (const batch of surfaceOf(volume, kind).batches()) {
      triangles += batch.count;
      largest = Math.max(largest, triangles);
      const smoothing_bytes = kind === 'smooth' ? largest * SMOOTHING_BYTES : 0;
      const bytes = (total + triangles) * TRIANGLE_BYTES + smoothing_bytes;
      if (bytes > bytes_max) refuse(mesh, total + triangles, bytes);
    }
    counts[group] = triangles;
    total += triangles;
  }
  return total;
}

function refuse({ kind, bytes_max }: MeshJob, triangles: number, bytes: number): never {
  const message =
    `The mesh (${kind}) has ${triangles} triangles or more, which take ${bytes} bytes;` +
    ` limits.job_bytes_max allows ${bytes_max}. Draw the surface "blocks", or fewer layers.`;
  const limit = { key: 'limits.job_bytes_max', bytes, bytes_max };
  throw overLimit('GOX_MEMORY_LIMIT', message, limit, { triangles });
}

/** The triangles of a group, once they are made. */
export function soupIn({ counts, memory }: MeshJob, group: number): Soup {
  const triangles = counts[group]!;
  const at = firstTriangle(counts, group) * TRIANGLE_BYTES;
  return {
    positions: new Float32Array(memory, at, triangles * 9),
    normals: new Float32Array(memory, at + triangles * 36, triangles * 9),
    colors: new Uint32Array(memory, at + triangles * 72, triangles * 3),
  };
}

/** How many triangles the groups before one have. */
export function firstTriangle(counts: Uint32Array, group: number): number {
  return counts.subarray(0, group).reduce((sum, triangles) => sum + triangles, 0);
}
