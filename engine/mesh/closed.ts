/**
 * A surface of rectangles made watertight: wherever the corner of one lies on a side of another,
 * that one gets a corner there too, and rectangles become triangles. Each edge of a triangle is
 * then met by one in the other direction, from end to end (by two where voxels touch by an edge
 * only): there are no T-junctions, at which renderers show gaps and modellers see holes.
 *
 * Why that is enough: a piece of an edge between two neighbouring points of the set of all corners
 * belongs, on either side of it, to one rectangle, since where that rectangle ended there would be
 * a corner.
 */

import type { Vec3 } from '../volume/box.ts';
import { HeldFaces } from './held.ts';
import { Lattice } from './lattice.ts';
import { type FaceBatch, GrowingBatch, type Surface } from './surface.ts';

/** Triangles of a batch from which on it is given away; a rectangle can add more. */
const BATCH_FACES = 8192;

/** Triangles, with the number of the rectangle that each is of, in the order of a walk. */
export interface ClosedBatch extends FaceBatch {
  readonly sources: Float64Array;
}

/** Points in a row, from one corner of a rectangle to the opposite one, both left out. */
class Chain {
  points = new Float64Array(3 * 64);
  count = 0;

  add(x: number, y: number, z: number): void {
    if (this.count * 3 === this.points.length) {
      const { points } = this;
      this.points = new Float64Array(points.length * 2);
      this.points.set(points);
    }
    this.points[this.count * 3] = x;
    this.points[this.count * 3 + 1] = y;
    this.points[this.count * 3 + 2] = z;
    this.count++;
  }
}

/** A batch that grows, with the rectangle of each triangle. */
class TriangleBatch extends GrowingBatch implements ClosedBatch {
  sources = new Float64Array(0);

  constructor() {
    super(3, BATCH_FACES);
  }

  /** Makes the list of sources as long as the others. */
  fit(): void {
    if (this.sources.length >= this.normals.length) return;
    const { sources } = this;
    this.sources = new Float64Array(this.normals.length);
    this.sources.set(sources);
  }
}

export class ClosedSurface implements Surface {
  readonly corners = 3;
  readonly #rectangles: Surface;
  readonly #batch = new TriangleBatch();
  readonly #right = new Chain();
  readonly #left = new Chain();
  /** The two corners that both chains lead between. */
  readonly #start = new Float64Array(3);
  readonly #end = new Float64Array(3);
  #lattice: Lattice | undefined;
  #rgba = 0;
  #normal = 0;
  #source = 0;

  /** `rectangles` has four corners a face, in the plane of two axes, with whole coordinates. */
  constructor(rectangles: Surface) {
    this.#rectangles = new HeldFaces(rectangles);
  }

  get normals(): readonly Vec3[] {
    return this.#rectangles.normals;
  }

  /** All corners, numbered. */
  get lattice(): Lattice {
    this.#lattice ??= this.#findCorners();
    return this.#lattice;
  }

  /** The faces whose triangles these are, in the order of `sources`. */
  get rectangles(): Surface {
    return this.#rectangles;
  }

  /** How many triangles there are, which costs less than making them. */
  count(): number {
    let count = 0;
    for (const batch of this.batches()) count += batch.count;
    return count;
  }

  *batches(): Generator<ClosedBatch, void, undefined> {
    const lattice = this.lattice;
    const batch = this.#batch;
    batch.count = 0;
    this.#source = 0;
    for (const { count, positions, colors, normals } of this.#rectangles.batches()) {
      for (let face = 0; face < count; face++, this.#source++) {
        this.#rgba = colors[face * 4]!;
        this.#normal = normals[face]!;
        this.#split(positions, face * 12, lattice);
        if (batch.count < BATCH_FACES) continue;
        yield batch;
        batch.count = 0;
      }
    }
    if (batch.count > 0) yield batch;
  }

  #findCorners(): Lattice {
    const lattice = new Lattice();
    for (const { count, positions } of this.#rectangles.batches()) {
      for (let at = 0; at < count * 12; at += 3) {
        lattice.add(positions[at]!, positions[at + 1]!, positions[at + 2]!);
      }
    }
    lattice.seal();
    return lattice;
  }

  /** The triangles of a rectangle a b c d, whose first coordinate is at a place. */
  #split(positions: Float64Array, at: number, lattice: Lattice): void {
    const right = this.#right;
    const left = this.#left;
    right.count = 0;
    left.count = 0;
    this.#start.set(positions.subarray(at, at + 3));
    this.#end.set(positions.subarray(at + 6, at + 9));
    walkSide(right, lattice, positions, at, at + 3);
    addCorner(right, positions, at + 3);
    walkSide(right, lattice, positions, at + 3, at + 6);
    walkSide(left, lattice, positions, at, at + 9);
    addCorner(left, positions, at + 9);
    walkSide(left, lattice, positions, at + 9, at + 6);
    this.#zip();
  }

  /**
   * Triangles between the two chains. Each has points of both, and no three points of it are in a
   * line: two of one chain lie in a line with one of the other only at the ends, which are the
   * first and the last triangle.
   */
  #zip(): void {
    const { points: rights, count: rightCount } = this.#right;
    const { points: lefts, count: leftCount } = this.#left;
    this.#add(this.#start, 0, rights, 0, lefts, 0);
    let [r, l] = [0, 0];
    while (r < rightCount - 1 || l < leftCount - 1) {
      const onRight =
        l === leftCount - 1 ||
        (r < rightCount - 1 && apart(rights, r + 1, lefts, l) <= apart(rights, r, lefts, l + 1));
      if (onRight) {
        this.#add(rights, r, rights, r + 1, lefts, l);
        r++;
      } else {
        this.#add(rights, r, lefts, l + 1, lefts, l);
        l++;
      }
    }
    this.#add(rights, r, this.#end, 0, lefts, l);
  }

  #add(
    a: Float64Array,
    aAt: number,
    b: Float64Array,
    bAt: number,
    c: Float64Array,
    cAt: number,
  ): void {
    const batch = this.#batch;
    const face = batch.add();
    batch.fit();
    batch.normals[face] = this.#normal;
    batch.sources[face] = this.#source;
    const { positions, colors } = batch;
    const to = face * 9;
    for (let axis = 0; axis < 3; axis++) {
      positions[to + axis] = a[aAt * 3 + axis]!;
      positions[to + 3 + axis] = b[bAt * 3 + axis]!;
      positions[to + 6 + axis] = c[cAt * 3 + axis]!;
      colors[face * 3 + axis] = this.#rgba;
    }
  }
}

function addCorner(chain: Chain, positions: Float64Array, at: number): void {
  chain.add(positions[at]!, positions[at + 1]!, positions[at + 2]!);
}

/** Adds the corners of others between two corners of a rectangle, in order. */
function walkSide(
  chain: Chain,
  lattice: Lattice,
  positions: Float64Array,
  from: number,
  to: number,
): void {
  let x = positions[from]!;
  let y = positions[from + 1]!;
  let z = positions[from + 2]!;
  const dx = positions[to]! - x;
  const dy = positions[to + 1]! - y;
  const dz = positions[to + 2]! - z;
  const steps = Math.abs(dx + dy + dz);
  for (let step = 1; step < steps; step++) {
    x += dx / steps;
    y += dy / steps;
    z += dz / steps;
    if (lattice.has(x, y, z)) chain.add(x, y, z);
  }
}

/** The distance of two points, squared. */
function apart(a: Float64Array, aAt: number, b: Float64Array, bAt: number): number {
  const dx = a[aAt * 3]! - b[bAt * 3]!;
  const dy = a[aAt * 3 + 1]! - b[bAt * 3 + 1]!;
  const dz = a[aAt * 3 + 2]! - b[bAt * 3 + 2]!;
  return dx * dx + dy * dy + dz * dz;
}
