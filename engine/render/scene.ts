/** What a thread keeps of a job between its parts, and how it draws blocks into a band. */

import { checkInterrupt } from '../interrupt.ts';
import type { GroupJob, RenderJob, ViewJob } from './job.ts';
import { firstTriangle, soupIn } from './meshing.ts';
import { markRows, Neighbourhood, PADDED, ROWS } from './occupancy.ts';
import { boundsOf, type Projection } from './projection.ts';
import { Band } from './raster.ts';
import { Rectangles } from './rectangles.ts';
import { Veils } from './veils.ts';

const NOWHERE = { x0: Infinity, y0: Infinity, x1: -Infinity, y1: -Infinity };

export class Scene {
  readonly job: RenderJob;
  /** What was drawn since it was last cleared. */
  readonly list = new Rectangles();
  readonly veils = new Veils();
  /** The groups of the job, with the meshes that it made. */
  readonly groups: readonly GroupJob[];
  /** Group of each block. */
  readonly groupOf: Uint16Array;
  readonly #neighbourhoods: Neighbourhood[];
  readonly #padded = new Int32Array(PADDED * PADDED);
  readonly #bounds = new Map<Projection, Float32Array>();
  /** Kept from band to band: fresh memory costs more than to clear what was used. */
  #band: { band: Band; colors: Uint32Array } | undefined;

  /** After the first stage. */
  constructor(job: RenderJob) {
    this.job = job;
    this.groups = meshed(job);
    this.groupOf = new Uint16Array(job.blocks.length);
    for (const [i, { first, end }] of job.groups.entries()) this.groupOf.fill(i, first, end);
    this.#neighbourhoods = job.groups.map(
      ({ first, end }) => new Neighbourhood(job.positions, job.rows, first, end),
    );
  }

  /** Room for the samples of any band of a view, and their colours. */
  bandFor(view: ViewJob): { band: Band; colors: Uint32Array } {
    const room = roomOf(view, this.job);
    if (this.#band === undefined || !this.#band.band.fits(view.projection.width, room)) {
      const colors = new Uint32Array(view.projection.width * room);
      this.#band = { band: new Band(view.projection.width, room, true), colors };
    }
    return this.#band;
  }

  /** Draws a group into a band and adds its rectangles to the list when `kept`. */
  draw(group: number, projection: Projection, band: Band, kept: boolean, occlusion: boolean): void {
    const { positions } = this.job;
    const { first, end, soup, firstTriangle } = this.groups[group]!;
    if (soup !== undefined) band.drawTriangles(projection, soup.positions, firstTriangle);
    const neighbourhood = this.#neighbourhoods[group]!;
    const bounds = this.#boundsOf(projection);
    const { list } = this;
    const padded = this.#padded;
    const bottom = band.top + band.height;
    for (let slot = first; slot < end; slot++) {
      if ((slot & 0xff) === 0) checkInterrupt();
      const at = slot * 4;
      if (bounds[at]! > band.width || bounds[at + 2]! < 0) continue;
      if (bounds[at + 1]! > bottom || bounds[at + 3]! < band.top) continue;
      if (!neighbourhood.pad(slot, padded)) continue;
      const x = positions[slot * 3]! * 16;
      const y = positions[slot * 3 + 1]! * 16;
      const z = positions[slot * 3 + 2]! * 16;
      if (!kept) list.clear();
      const before = list.count;
      for (let direction = 0; direction < 6; direction++) {
        const low = direction < 2 ? x : direction < 4 ? y : z;
        if (mayFace(projection, direction, low)) list.add(slot, direction, padded, occlusion);
      }
      band.draw(projection, list, before, list.count, x, y, z);
    }
  }

  /** Four numbers a block, in samples. */
  #boundsOf(projection: Projection): Float32Array {
    const known = this.#bounds.get(projection);
    if (known !== undefined) return known;
    const { positions, blocks } = this.job;
    const bounds = new Float32Array(blocks.length * 4);
    for (let slot = 0; slot < blocks.length; slot++) {
      if ((slot & 0xfff) === 0) checkInterrupt();
      const at = (a: number) => positions[slot * 3 + a]! * 16;
      const min = [at(0), at(1), at(2)] as const;
      const max = [min[0] + 16, min[1] + 16, min[2] + 16] as const;
      const { x0, y0, x1, y1 } = boundsOf(projection, { min, max }) ?? NOWHERE;
      bounds.set([x0 - 1, y0 - 1, x1 + 1, y1 + 1], slot * 4);
    }
    this.#bounds.set(projection, bounds);
    return bounds;
  }
}

function meshed({ groups, mesh }: RenderJob): readonly GroupJob[] {
  if (mesh === undefined) return groups;
  return groups.map((group, i) => ({
    ...group,
    soup: soupIn(mesh, i),
    firstTriangle: firstTriangle(mesh.counts, i),
  }));
}

/** Rows of samples of a band, and a pixel more above and below for outlines. */
function roomOf({ bandRows }: ViewJob, { style }: RenderJob): number {
  return (bandRows + 2) * style.samples;
}

/** Whether faces of a direction in a block that begins at `low` can be seen. */
function mayFace(
  { orthographic, eye, forward }: Projection,
  direction: number,
  low: number,
): boolean {
  const axis = (direction >> 1) as 0 | 1 | 2;
  const up = (direction & 1) === 1;
  if (orthographic) return up ? forward[axis] < 0 : forward[axis] > 0;
  return up ? eye[axis] > low + 1 : eye[axis] < low + 15;
}

/** Stage 0: marks the rows of a share of the blocks. */
export function markShare({ blocks, rows, stages }: RenderJob, part: number): void {
  const from = Math.floor((blocks.length * part) / stages[0]);
  const to = Math.floor((blocks.length * (part + 1)) / stages[0]);
  for (let slot = from; slot < to; slot++) markRows(blocks[slot]!, rows, slot * ROWS);
}
