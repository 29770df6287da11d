/**
 * Polygons of mesh files as triangles. A fan around the first corner is right where all of its
 * triangles look the same way; others are cut by ear clipping in the plane that fits them best
 * (Newell's normal; Sutherland, Sproull, Schumacker, "A Characterization of Ten Hidden-Surface
 * Algorithms", 1974). Holes are in most files slits that are run through twice.
 */

import earcut from 'earcut';
import type { Report } from '../formats/report.ts';
import { crossingIn } from './crossing.ts';

/**
 * Steps for all polygons of a file, of some nanoseconds each: the square of the corners of one that
 * is cut, and more where it crosses itself, which takes the cutting so much longer.
 */
const STEPS_MAX = 2 ** 30;
const CROSSED_STEPS = 64;
/** Of a pair of edges that is looked at. */
const PAIR_STEPS = 16;

/** Polygons of more corners are looked at before they are cut. */
const CORNERS_FEW = 64;

/** Parts of the whole that a triangle's area may be wrong by. */
const ROUNDING = 1e-9;

export class PolygonCutter {
  #flat = new Float64Array(64);
  readonly #normal = new Float64Array(3);
  readonly #fan: number[] = [];
  readonly #report: Report | undefined;
  #steps = 0;

  constructor(report?: Report) {
    this.#report = report;
  }

  /**
   * Triangles as triples of places in `corners`, of which `count` name vertices of `positions`
   * (three numbers each, all finite). They run the polygon's way. The list is good until the next
   * call.
   *
   * @param holes where in `corners` the outlines of holes begin
   */
  cut(
    positions: Float64Array,
    corners: ArrayLike<number>,
    count: number,
    holes: readonly number[] = [],
  ): readonly number[] {
    const outer = holes[0] ?? count;
    if (count <= 3) return this.fan(outer);
    if (this.#fans(positions, corners, outer) && outer === count) return this.fan(count);
    const flat = this.#flattened(positions, corners, count);
    if (!this.#canBeCut(flat, count, outer)) {
      const message = 'A polygon crosses itself, or takes too long to cut; it may be filled wrong.';
      this.#report?.warn('WARN_DETAIL_SKIPPED', message);
      return this.fan(outer);
    }
    const triangles = earcut(flat, holes.length === 0 ? undefined : [...holes]);
    const whole = triangles.length === (count + 2 * holes.length - 2) * 3;
    this.#steps += count ** 2 * (whole ? 1 : CROSSED_STEPS);
    // Ears of a polygon that crosses itself may all be lost.
    if (triangles.length === 0) return this.fan(outer);
    // The plane was laid so that the polygon runs to the left, and so do the ears' corners.
    const [a, b, c] = [triangles[0]! * 2, triangles[1]! * 2, triangles[2]! * 2];
    if (area(flat, a, b, c) < 0) triangles.reverse();
    return triangles;
  }

  /** Whether there is time for it: it is short, or no two edges of its outline cross. */
  #canBeCut(flat: Float64Array, count: number, outer: number): boolean {
    if (this.#steps + count ** 2 > STEPS_MAX) return false;
    if (count <= CORNERS_FEW) return true;
    const pairs_max = (STEPS_MAX - this.#steps) / PAIR_STEPS;
    const search = crossingIn(flat, outer, pairs_max);
    this.#steps += search.pairs * PAIR_STEPS;
    return !search.found && this.#steps + count ** 2 <= STEPS_MAX;
  }

  /** The triangles around the first corner, in the same way. */
  fan(count: number): readonly number[] {
    const fan = this.#fan;
    fan.length = 0;
    for (let i = 2; i < count; i++) fan.push(0, i - 1, i);
    return fan;
  }

  /** Whether the triangles around the first corner all look along the normal, which is computed. */
  #fans(positions: Float64Array, corners: ArrayLike<number>, count: number): boolean {
    const normal = this.#normal.fill(0);
    const cross = new Float64Array(3);
    for (let i = 2; i < count; i++) {
      crossOf(positions, corners, i, cross);
      for (let axis = 0; axis < 3; axis++) normal[axis]! += cross[axis]!;
    }
    const whole = normal[0]! ** 2 + normal[1]! ** 2 + normal[2]! ** 2;
    if (!(whole > 0)) return true;
    for (let i = 2; i < count; i++) {
      crossOf(positions, corners, i, cross);
      const along = cross[0]! * normal[0]! + cross[1]! * normal[1]! + cross[2]! * normal[2]!;
      if (along < -ROUNDING * whole) return false;
    }
    return true;
  }

  /** The corners in the plane of the two axes that the normal is shortest along. */
  #flattened(positions: Float64Array, corners: ArrayLike<number>, count: number): Float64Array {
    if (this.#flat.length < count * 2) this.#flat = new Float64Array(count * 4);
    const [x, y, z] = [...this.#normal].map(Math.abs) as [number, number, number];
    const w = x >= y && x >= z ? 0 : y >= z ? 1 : 2;
    const [u, v] = [(w + 1) % 3, (w + 2) % 3];
    const sign = this.#normal[w]! < 0 ? -1 : 1;
    for (let i = 0; i < count; i++) {
      this.#flat[i * 2] = positions[corners[i]! * 3 + u]! * sign;
      this.#flat[i * 2 + 1] = positions[corners[i]! * 3 + v]!;
    }
    return this.#flat.subarray(0, count * 2);
  }
}

/** The cross product of the edges from the first corner to corners `i - 1` and `i`. */
function crossOf(
  positions: Float64Array,
  corners: ArrayLike<number>,
  i: number,
  out: Float64Array,
): void {
  const [a, b, c] = [corners[0]! * 3, corners[i - 1]! * 3, corners[i]! * 3];
  for (let axis = 0; axis < 3; axis++) {
    const [u, v] = [(axis + 1) % 3, (axis + 2) % 3];
    out[axis] =
      (positions[b + u]! - positions[a + u]!) * (positions[c + v]! - positions[a + v]!) -
      (positions[b + v]! - positions[a + v]!) * (positions[c + u]! - positions[a + u]!);
  }
}

/** Twice the area of a triangle of the plane; above 0 when it runs to the left. */
function area(flat: Float64Array, a: number, b: number, c: number): number {
  const [x, y] = [flat[a]!, flat[a + 1]!];
  return (flat[b]! - x) * (flat[c + 1]! - y) - (flat[b + 1]! - y) * (flat[c]! - x);
}
