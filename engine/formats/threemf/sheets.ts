/**
 * Where bodies of voxels touch by an edge or a corner only, their surfaces get a point for each of
 * them: edges of a mesh then have exactly two triangles, as the 3MF Core Specification wants
 * (4.1, "Manifold Edges"). An edge of four is left where two voxels that touch by it hang together
 * around both of its ends, which no points at the ends can part.
 *
 * Around a point there are eight voxels. Those that are solid hang together by their sides; free
 * ones by their edges, too, since nothing solid hangs together there. Faces that part the same two
 * of such groups are of one sheet, and each sheet has a point of its own.
 */

import { checkInterrupt } from '../../interrupt.ts';
import type { Places } from '../../mesh/places.ts';
import type { FaceBatch, Surface } from '../../mesh/surface.ts';
import { SOLID_ALPHA } from '../../volume/color.ts';
import type { Volume } from '../../volume/volume.ts';

/** Octants by bits: 1 is further along x, 2 along y, 4 along z. */
const OCTANTS = 8;
const SIDES = [1, 2, 4];
const SIDES_AND_EDGES = [...SIDES, 3, 5, 6];

/** Of each pattern of solid octants for each octant and axis the sheet of the face there. */
const SHEETS = new Uint8Array(256 * OCTANTS * 3);
/** How many there are. */
const COUNTS = Uint8Array.from({ length: 256 }, (_, pattern) => {
  const solid = groupsOf(pattern, SIDES);
  const free = groupsOf(~pattern & 0xff, SIDES_AND_EDGES);
  const sheets = new Map<number, number>();
  for (let octant = 0; octant < OCTANTS; octant++) {
    for (const [axis, step] of SIDES.entries()) {
      const other = octant ^ step;
      if (((pattern >> octant) & 1) === 0 || ((pattern >> other) & 1) === 1) continue;
      const key = solid[octant]! * OCTANTS + free[other]!;
      if (!sheets.has(key)) sheets.set(key, sheets.size);
      SHEETS[(pattern * OCTANTS + octant) * 3 + axis] = sheets.get(key)!;
    }
  }
  return sheets.size;
});

/** For each octant of a pattern the least that it hangs together with. */
function groupsOf(pattern: number, steps: readonly number[]): number[] {
  const groups = Array.from({ length: OCTANTS }, (_, octant) => octant);
  for (let round = 0; round < OCTANTS; round++) {
    for (let octant = 0; octant < OCTANTS; octant++) {
      for (const step of steps) {
        const other = octant ^ step;
        if (((pattern >> octant) & (pattern >> other) & 1) === 0) continue;
        groups[octant] = Math.min(groups[octant]!, groups[other]!);
      }
    }
  }
  return groups;
}

/** The points of a surface along the sides of voxels, each as often as there are sheets. */
export class SheetPlaces implements Places {
  readonly #places: Places;
  readonly #surface: Surface;
  readonly #volume: Volume;
  /** The pattern around each point; 0 is not known yet, as none has no solid voxel. */
  readonly #patterns: Uint8Array;
  /** Points of further sheets: their numbers by that of the first and the sheet. */
  readonly #more = new Map<number, number>();
  readonly #morePoints: number[] = [];

  /** Walks the surface. */
  constructor(places: Places, surface: Surface, volume: Volume) {
    this.#places = places;
    this.#surface = surface;
    this.#volume = volume;
    this.#patterns = new Uint8Array(places.count);
    let numbers = new Uint32Array(0);
    for (const batch of surface.batches()) {
      const length = batch.count * surface.corners;
      if (numbers.length < length) numbers = new Uint32Array(length * 2);
      this.number(batch, surface.corners, numbers);
    }
  }

  get count(): number {
    return this.#places.count + this.#more.size;
  }

  *points(): Generator<Float64Array, void, undefined> {
    yield* this.#places.points();
    yield Float64Array.from(this.#morePoints);
  }

  number(batch: FaceBatch, corners: number, numbers: Uint32Array): void {
    checkInterrupt();
    this.#places.number(batch, corners, numbers);
    for (let corner = 0; corner < batch.count * corners; corner++) {
      const number = numbers[corner]!;
      const pattern = this.#patternAt(number, batch.positions, corner * 3);
      if (COUNTS[pattern]! < 2) continue;
      const sheet = this.#sheet(batch, corners, corner, pattern);
      if (sheet > 0) numbers[corner] = this.#another(number, sheet, batch.positions, corner * 3);
    }
  }

  #patternAt(number: number, positions: Float64Array, at: number): number {
    let pattern = this.#patterns[number]!;
    if (pattern !== 0) return pattern;
    const [x, y, z] = [positions[at]! - 1, positions[at + 1]! - 1, positions[at + 2]! - 1];
    for (let octant = 0; octant < OCTANTS; octant++) {
      const rgba = this.#volume.get(x + (octant & 1), y + ((octant >> 1) & 1), z + (octant >> 2));
      if (rgba >>> 24 >= SOLID_ALPHA) pattern |= 1 << octant;
    }
    this.#patterns[number] = pattern;
    return pattern;
  }

  /** The sheet that a face is of at one of its corners. */
  #sheet({ positions, normals }: FaceBatch, corners: number, corner: number, pattern: number) {
    const face = Math.floor(corner / corners);
    const normal = this.#surface.normals[normals[face]!]!;
    const axis = normal.findIndex((value) => value !== 0);
    let octant = 0;
    for (let along = 0; along < 3; along++) {
      let sum = 0;
      for (let i = 0; i < corners; i++) sum += positions[(face * corners + i) * 3 + along]!;
      const isFurther = sum > positions[corner * 3 + along]! * corners;
      if (along === axis ? normal[along]! < 0 : isFurther) octant |= 1 << along;
    }
    return SHEETS[(pattern * OCTANTS + octant) * 3 + axis]!;
  }

  #another(number: number, sheet: number, positions: Float64Array, at: number): number {
    const key = number * OCTANTS + sheet;
    let other = this.#more.get(key);
    if (other === undefined) {
      other = this.#places.count + this.#more.size;
      this.#more.set(key, other);
      this.#morePoints.push(positions[at]!, positions[at + 1]!, positions[at + 2]!);
    }
    return other;
  }
}
