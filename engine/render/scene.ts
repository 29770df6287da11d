/** What a thread keeps of a job between its parts, and how it draws blocks into a band. */

import { checkInterrupt } from '../interrupt.ts';
import { Arena } from '../prepared/arena.ts';
import { ENDS, ENTRY, FIRST, findersOf, X, Y, Z } from '../prepared/directory.ts';
import { Preparer } from '../prepared/preparer.ts';
import { BLOCK_SIZE } from '../volume/block.ts';
import { wordsOf } from '../volume/unpacked.ts';
import type { GroupJob, RenderJob } from './job.ts';
import { firstTriangle, soupIn } from './meshing.ts';
import { boundCube, type Projection } from './projection.ts';
import { Band } from './raster.ts';
import { type Faces, Rectangles } from './rectangles.ts';
import { Veils } from './veils.ts';

/** Rectangles that are not in the arena have numbers from here on. */
export const LOOSE = 2 ** 30;

export class Scene {
  readonly job: RenderJob;
  /** What was drawn since it was last cleared and is not in the arena. */
  readonly list = new Rectangles();
  #veils: Veils | undefined;
  /** The groups of the job, with the meshes that it made. */
  readonly groups: readonly GroupJob[];
  readonly #arena: Arena;
  readonly #loose: ReadonlyMap<number, Uint32Array>;
  #preparer: Preparer | undefined;
  readonly #bounds = new Map<Projection, Float32Array>();
  /** Kept from band to band: fresh memory costs more than to clear what was used. */
  #band: { band: Band; colors: Uint32Array } | undefined;

  /** After the stages that prepare. */
  constructor(job: RenderJob) {
    this.job = job;
    this.groups = meshed(job);
    this.#arena = new Arena(job.arena);
    const { faces, words } = job.todo;
    this.#loose = new Map(words.map((one, i) => [faces[i]!, one]));
  }

  get veils(): Veils {
    this.#veils ??= new Veils();
    return this.#veils;
  }

  /** Where the rectangle of a number lies, at the number's rest by `LOOSE`. */
  facesOf(number: number): Faces {
    return number < LOOSE ? this.#arena : this.list;
  }

  /** Room for so many samples, and their colours. */
  bandFor(width: number, height: number): { band: Band; colors: Uint32Array } {
    if (this.#band === undefined || !this.#band.band.fits(width, height)) {
      const colors = new Uint32Array(width * height);
      this.#band = { band: new Band(width, height, true), colors };
    }
    return this.#band;
  }

  /** Draws a group into a band and adds rectangles to the list, when they are to be `kept`. */
  draw(group: number, projection: Projection, band: Band, kept: boolean): void {
    const { order, entries } = this.job;
    const { first, end, soup, firstTriangle } = this.groups[group]!;
    if (soup !== undefined) band.drawTriangles(projection, soup.positions, firstTriangle);
    const bounds = this.#boundsOf(projection);
    const right = band.left + band.width;
    const bottom = band.top + band.height;
    for (let i = first; i < end; i++) {
      if ((i & 0xff) === 0) checkInterrupt();
      const at = i * 4;
      if (bounds[at]! > right || bounds[at + 2]! < band.left) continue;
      if (bounds[at + 1]! > bottom || bounds[at + 3]! < band.top) continue;
      const place = order[i]!;
      if (entries[place * ENTRY + FIRST]! < 0) this.#drawLoose(place, projection, band, kept);
      else this.#drawPrepared(place, projection, band);
    }
  }

  #drawPrepared(place: number, projection: Projection, band: Band): void {
    const { entries } = this.job;
    const entry = place * ENTRY;
    const x = entries[entry + X]! * BLOCK_SIZE;
    const y = entries[entry + Y]! * BLOCK_SIZE;
    const z = entries[entry + Z]! * BLOCK_SIZE;
    const start = entries[entry + FIRST]!;
    let from = 0;
    for (let direction = 0; direction < 6; direction++) {
      const to = entries[entry + ENDS + direction]!;
      const low = direction < 2 ? x : direction < 4 ? y : z;
      if (from < to && mayFace(projection, direction, low)) {
        band.draw(projection, this.#arena, start + from, start + to, 0, x, y, z);
      }
      from = to;
    }
  }

  /** Draws a block that is not in the arena, for want of room. */
  #drawLoose(place: number, projection: Projection, band: Band, kept: boolean): void {
    const { entries } = this.job;
    const stored = this.#loose.get(place);
    if (stored === undefined) return;
    this.#preparer ??= new Preparer(this.#arena, findersOf(entries));
    if (!this.#preparer.pad(entries, place)) return;
    const entry = place * ENTRY;
    const x = entries[entry + X]! * BLOCK_SIZE;
    const y = entries[entry + Y]! * BLOCK_SIZE;
    const z = entries[entry + Z]! * BLOCK_SIZE;
    const { list } = this;
    if (!kept) list.clear();
    const before = list.count;
    const words = wordsOf(stored);
    for (let direction = 0; direction < 6; direction++) {
      const low = direction < 2 ? x : direction < 4 ? y : z;
      if (mayFace(projection, direction, low)) {
        list.add(place, direction, this.#preparer.padded, words);
      }
    }
    band.draw(projection, list, before, list.count, LOOSE, x, y, z);
  }

  /** Four numbers for each place in the order, in samples; nowhere when it shows nothing. */
  #boundsOf(projection: Projection): Float32Array {
    const known = this.#bounds.get(projection);
    if (known !== undefined) return known;
    const { order, entries } = this.job;
    const bounds = new Float32Array(order.length * 4);
    for (let i = 0; i < order.length; i++) {
      if ((i & 0xfff) === 0) checkInterrupt();
      const entry = order[i]! * ENTRY;
      if (entries[entry + FIRST]! >= 0 && entries[entry + ENDS + 5] === 0) {
        bounds.fill(Infinity, i * 4, i * 4 + 2);
        continue;
      }
      const x = entries[entry + X]! * BLOCK_SIZE;
      const y = entries[entry + Y]! * BLOCK_SIZE;
      const z = entries[entry + Z]! * BLOCK_SIZE;
      boundCube(projection, x, y, z, BLOCK_SIZE, bounds, i * 4);
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

/** Draws what casts shadows into an area of a map. */
export function drawDepths(
  scene: Scene,
  projection: Projection,
  band: Band,
  left: number,
  top: number,
  height: number,
): void {
  band.start(projection, left, top, height);
  for (const [group, { surface }] of scene.job.groups.entries()) {
    // What can be seen through casts no shadow.
    if (surface.opacity === 1) scene.draw(group, projection, band, false);
  }
}
