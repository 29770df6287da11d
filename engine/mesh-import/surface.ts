/**
 * Voxels along the surface of a mesh, as Goxel imports one: voxel (x, y, z) is made when a triangle
 * touches the box around the grid point (x, y, z) that reaches 0.6 to each side. The test is the
 * separating axis theorem for a triangle and a box (Akenine-Möller, "Fast 3D triangle-box overlap
 * testing", 2001): they are apart when one of 13 directions shows a gap between them.
 *
 * On each axis a triangle is only tried at the grid points from its lowest coordinate, moved half a
 * voxel away from 0 and rounded down, to its highest, moved half a voxel away from 0 and rounded
 * up. That is Goxel's rule; it leaves out some boxes which the triangle only just touches.
 */

import { GoxError } from '../../conf/errors.ts';
import type { BlockBudget } from '../formats/block-budget.ts';
import { checkInterrupt } from '../interrupt.ts';
import { COUNTED, Grid, rankOf, wordOf } from './grid.ts';
import { floatArea, goxelWhite, nearestWeights } from './nearest.ts';
import { colorAt } from './paint.ts';
import { type TriangleSoup, WHITE } from './soup.ts';

/** Half a side of the box around a grid point. */
const HALF = Math.fround(0.6);

/** Triangles smaller than this are left out, as in Goxel. */
const AREA_MIN = 1e-7;

/** Boxes that touch a plane may be told to be apart by the rounding of a division. */
const ROUNDING = 1e-9;

/** Columns of grid points that all triangles may have together; more would take many seconds. */
const COLUMNS_MAX = 2 ** 26;

/** Throws GOX_MEMORY_LIMIT when it takes more than its budget, or too long. */
export function fillSurface(soup: TriangleSoup, budget: BlockBudget): Grid {
  const candidate = new Candidate();
  requireTime(soup, candidate);
  const grid = new Grid(budget, soup.partOf !== undefined);
  for (let triangle = 0; triangle < soup.count; triangle++) {
    if ((triangle & 0xff) === 0) checkInterrupt();
    if (candidate.load(soup, triangle)) fillTriangle(grid, soup, triangle, candidate);
  }
  return grid;
}

function requireTime(soup: TriangleSoup, candidate: Candidate): void {
  let columns = 0;
  for (let triangle = 0; triangle < soup.count; triangle++) {
    if ((triangle & 0xff) === 0) checkInterrupt();
    if (!candidate.load(soup, triangle)) continue;
    const { first, last, u, v } = candidate;
    columns += (last[u]! - first[u]! + 1) * (last[v]! - first[v]! + 1);
  }
  if (columns <= COLUMNS_MAX) return;
  const message = `Voxelising ${soup.source} would take too long; give it a smaller size.`;
  const facts = { file: soup.source, columns, columns_max: COLUMNS_MAX };
  throw new GoxError('GOX_MEMORY_LIMIT', message, facts);
}

/** Tries the grid points around one triangle, in columns along the axis nearest to its normal. */
function fillTriangle(
  grid: Grid,
  soup: TriangleSoup,
  triangle: number,
  candidate: Candidate,
): void {
  candidate.prepare();
  const { first, last, u, v, w, point, range } = candidate;
  for (let row = first[v]!; row <= last[v]!; row++) {
    if ((row & 0xf) === 0) checkInterrupt();
    for (let column = first[u]!; column <= last[u]!; column++) {
      point[u] = column;
      point[v] = row;
      point[w] = 0;
      if (!candidate.near(0, 3)) continue;
      candidate.planeRange();
      for (let depth = range[0]!; depth <= range[1]!; depth++) {
        point[w] = depth;
        if (candidate.near(3, 9)) paint(grid, soup, triangle, candidate);
      }
    }
  }
}

/** Makes the voxel at the candidate's point, or gives it a colour that is nearer. */
function paint(grid: Grid, soup: TriangleSoup, triangle: number, candidate: Candidate): void {
  const { corners, point, weights } = candidate;
  const x = point[0]!;
  const y = point[1]!;
  const z = point[2]!;
  const index = (x & 15) | ((y & 15) << 4) | ((z & 15) << 8);
  const words = grid.wordsAt(x, y, z);
  if (words === COUNTED) return;
  if (!soup.hasColors && !grid.parted) {
    if (words[index] !== 0) return;
    words[index] = soup.goxelWhite ? goxelWhite(corners, x, y, z) : WHITE;
    return;
  }
  const rank = rankOf(nearestWeights(corners, x, y, z, weights), triangle);
  const ranks = grid.ranksAt(x, y, z);
  if (rank >= ranks[index]!) return;
  ranks[index] = rank;
  words[index] = wordOf(colorAt(soup, triangle, weights[0]!, weights[1]!, weights[2]!));
  if (grid.parted) grid.partsAt(x, y, z)[index] = soup.partOf![triangle]!;
}

/** A coordinate moved half a voxel away from 0, in float32. */
function awayFromZero(value: number): number {
  return Math.fround(value + (value < 0 ? -0.5 : 0.5));
}

/** One triangle, in what is computed once for it. Kept from one to the next. */
class Candidate {
  /** Nine float32 numbers. */
  readonly corners = new Float64Array(9);
  readonly normal = new Float64Array(3);
  /** The grid points to try on each axis, from first to last. */
  readonly first = new Float64Array(3);
  readonly last = new Float64Array(3);
  /** The grid point that is tried. */
  readonly point = new Float64Array(3);
  /** What `planeRange` found. */
  readonly range = new Float64Array(2);
  /** Weights of the corners at the nearest point. */
  readonly weights = new Float64Array(3);
  /** The axis on which the normal is longest, and the two after it. */
  w = 0;
  u = 0;
  v = 0;
  /**
   * Directions that may show a gap: the three edges times each axis, axis w first. A box is apart
   * when its middle times the direction is below the low or above the high end.
   */
  readonly #directions = new Float64Array(27);
  readonly #lows = new Float64Array(9);
  readonly #highs = new Float64Array(9);
  /** The same along the normal. */
  #plane = 0;
  #reach = 0;

  /** Takes a triangle; false when it is too small. */
  load(soup: TriangleSoup, triangle: number): boolean {
    const { corners, first, last, normal } = this;
    for (let i = 0; i < 9; i++) corners[i] = Math.fround(soup.positions[triangle * 9 + i]!);
    if (!(floatArea(corners, 0, 3, corners[6]!, corners[7]!, corners[8]!) >= AREA_MIN))
      return false;
    for (let axis = 0; axis < 3; axis++) {
      const low = Math.min(corners[axis]!, corners[axis + 3]!, corners[axis + 6]!);
      const high = Math.max(corners[axis]!, corners[axis + 3]!, corners[axis + 6]!);
      first[axis] = Math.max(Math.floor(awayFromZero(low)), Math.ceil(low - HALF));
      last[axis] = Math.min(Math.ceil(awayFromZero(high)), Math.floor(high + HALF));
      const [u, v] = [(axis + 1) % 3, (axis + 2) % 3];
      normal[axis] =
        (corners[3 + u]! - corners[u]!) * (corners[6 + v]! - corners[v]!) -
        (corners[3 + v]! - corners[v]!) * (corners[6 + u]! - corners[u]!);
    }
    const [x, y, z] = [Math.abs(normal[0]!), Math.abs(normal[1]!), Math.abs(normal[2]!)];
    this.w = x >= y && x >= z ? 0 : y >= z ? 1 : 2;
    this.u = (this.w + 1) % 3;
    this.v = (this.w + 2) % 3;
    this.#reach = HALF * (x + y + z);
    return true;
  }

  /** Prepares the tests. */
  prepare(): void {
    const { corners, normal } = this;
    this.#plane = normal[0]! * corners[0]! + normal[1]! * corners[1]! + normal[2]! * corners[2]!;
    for (let i = 0; i < 9; i++) {
      const axis = (this.w + Math.floor(i / 3)) % 3;
      const [u, v] = [(axis + 1) % 3, (axis + 2) % 3];
      const from = (i % 3) * 3;
      const to = (from + 3) % 9;
      const other = (from + 6) % 9;
      const du = corners[to + v]! - corners[from + v]!;
      const dv = corners[from + u]! - corners[to + u]!;
      this.#directions.fill(0, i * 3, i * 3 + 3);
      this.#directions[i * 3 + u] = du;
      this.#directions[i * 3 + v] = dv;
      const radius = HALF * (Math.abs(du) + Math.abs(dv));
      const edge = corners[from + u]! * du + corners[from + v]! * dv;
      const corner = corners[other + u]! * du + corners[other + v]! * dv;
      this.#lows[i] = Math.min(edge, corner) - radius;
      this.#highs[i] = Math.max(edge, corner) + radius;
    }
  }

  /** Whether directions `from` up to before `to` show no gap to the box around the point. */
  near(from: number, to: number): boolean {
    const point = this.point;
    const directions = this.#directions;
    for (let i = from; i < to; i++) {
      const at = i * 3;
      const place =
        directions[at]! * point[0]! +
        directions[at + 1]! * point[1]! +
        directions[at + 2]! * point[2]!;
      if (place < this.#lows[i]! || place > this.#highs[i]!) return false;
    }
    return true;
  }

  /** The first and last w of the boxes in the column of the point that the plane goes through. */
  planeRange(): void {
    const { normal, point, range, u, v, w } = this;
    const rest = this.#plane - normal[u]! * point[u]! - normal[v]! * point[v]!;
    const middle = rest / normal[w]!;
    const reach = this.#reach / Math.abs(normal[w]!);
    range[0] = Math.max(Math.ceil(middle - reach - ROUNDING), this.first[w]!);
    range[1] = Math.min(Math.floor(middle + reach + ROUNDING), this.last[w]!);
  }
}
