/**
 * Fills convex polygons into a band of samples: a depth and the number of what is seen for each.
 *
 * Depths are kept so that they are linear on the screen and larger is nearer: 1 / depth in
 * perspective, -depth in a parallel projection. The depth of a plane on the screen is therefore
 * exact, and equal for all polygons that lie in it.
 */

import { checkInterrupt } from '../interrupt.ts';
import { NEAR, type Projection } from './projection.ts';
import { type Faces, RECT, U_AXIS, V_AXIS } from './rectangles.ts';
import { FIRST_TRIANGLE } from './soup.ts';
import { planeOf } from './soup-shader.ts';
import type { Veils } from './veils.ts';

/**
 * Polygons reach this far beyond their edges, in samples: rounding leaves no gaps between
 * neighbours, and what they both cover is on one plane or decided by depth.
 */
const OVERLAP = 1e-7;

/** Corners of a rectangle, one more where the near plane cuts it. */
const CORNERS_MAX = 5;

export class Band {
  readonly width: number;
  /** First column of samples, and first row and how many. */
  left = 0;
  top = 0;
  height = 0;
  readonly depth: Float32Array;
  /** 1 + the number of what is seen; 0 is nothing. */
  readonly ids: Uint32Array;
  /** Where it is set, what is drawn hides nothing: it goes there as far as nothing hides it. */
  veils: Veils | undefined;
  readonly #left: Float64Array;
  readonly #right: Float64Array;
  readonly #xs = new Float64Array(CORNERS_MAX);
  readonly #ys = new Float64Array(CORNERS_MAX);
  /** X, Y, W of the corners before the division. */
  readonly #corners = new Float64Array(12);

  /** Depths go to `depth` when it is given, and no numbers are kept when `ids` is false. */
  constructor(width: number, height_max: number, ids: boolean, depth?: Float32Array) {
    this.width = width;
    this.depth = depth ?? new Float32Array(width * height_max);
    this.ids = new Uint32Array(ids ? width * height_max : 0);
    this.#left = new Float64Array(height_max);
    this.#right = new Float64Array(height_max);
  }

  /** Whether it has room for this. */
  fits(width: number, height: number): boolean {
    return this.width === width && this.#left.length >= height;
  }

  /** Begins a band of empty samples. */
  start(projection: Projection, left: number, top: number, height: number): void {
    this.left = left;
    this.top = top;
    this.height = height;
    const end = height * this.width;
    this.depth.fill(projection.orthographic ? Number.NEGATIVE_INFINITY : 0, 0, end);
    if (this.ids.length > 0) this.ids.fill(0, 0, end);
  }

  /** Draws rectangles `first` to `end`, all of the block at (x, y, z), and counts from `base`. */
  draw(
    projection: Projection,
    { rects }: Faces,
    first: number,
    end: number,
    base: number,
    x: number,
    y: number,
    z: number,
  ): void {
    const { rows, orthographic, origin, direction } = projection;
    for (let number = first; number < end; number++) {
      const shape = rects[number * RECT + 1]!;
      const axis = (shape & 7) >> 1;
      const low = axis === 0 ? x : axis === 1 ? y : z;
      const plane = low + ((shape >> 3) & 15) + (shape & 1);
      const by = orthographic ? direction[axis]! : plane - origin[axis]!;
      // Seen from behind, or edge on.
      if ((shape & 1) === 1 ? by >= 0 : by <= 0) continue;
      if (!this.#project(rows, orthographic, shape, axis, plane, x, y, z)) continue;
      const moving = orthographic ? origin : direction;
      const constant = orthographic ? moving[axis]! - plane : moving[axis]!;
      const a = moving[3 + axis]! / by;
      const b = moving[6 + axis]! / by;
      this.#fill(this.#cornerCount, a, b, constant / by, base + number + 1);
    }
  }

  /** Draws triangles, of both sides, and counts them from `firstTriangle`. */
  drawTriangles(projection: Projection, positions: Float32Array, firstTriangle: number): void {
    const { rows, orthographic, origin, direction } = projection;
    const corners = this.#corners;
    const n = this.#plane;
    const moving = orthographic ? origin : direction;
    const fixed = orthographic ? direction : origin;
    const along = (of: Float64Array, at: number) =>
      n[0]! * of[at]! + n[1]! * of[at + 1]! + n[2]! * of[at + 2]!;
    const count = positions.length / 9;
    for (let triangle = 0; triangle < count; triangle++) {
      if ((triangle & 0xfff) === 0) checkInterrupt();
      planeOf(positions, triangle, n);
      const by = orthographic ? along(fixed, 0) : n[3]! - along(fixed, 0);
      // Without an area, or edge on; or the far side of a body that can be seen through.
      if (by === 0 || (by > 0 && this.veils !== undefined)) continue;
      for (let corner = 0; corner < 3; corner++) {
        const at = triangle * 9 + corner * 3;
        for (let row = 0; row < 3; row++) {
          corners[corner * 3 + row] =
            rows[row * 4]! * positions[at]! +
            rows[row * 4 + 1]! * positions[at + 1]! +
            rows[row * 4 + 2]! * positions[at + 2]! +
            rows[row * 4 + 3]!;
        }
      }
      if (!this.#divide(3, orthographic)) continue;
      const constant = along(moving, 0) - (orthographic ? n[3]! : 0);
      const id = FIRST_TRIANGLE + firstTriangle + triangle;
      this.#fill(
        this.#cornerCount,
        along(moving, 3) / by,
        along(moving, 6) / by,
        constant / by,
        id,
      );
    }
  }

  #cornerCount = 0;
  readonly #plane = new Float64Array(4);

  /** Puts the corners on the screen; false when all of them are behind the eye. */
  #project(
    rows: Float64Array,
    orthographic: boolean,
    shape: number,
    axis: number,
    plane: number,
    x: number,
    y: number,
    z: number,
  ): boolean {
    const uAxis = U_AXIS[axis as 0 | 1 | 2];
    const vAxis = V_AXIS[axis as 0 | 1 | 2];
    const uLow = uAxis === 0 ? x : y;
    const vLow = vAxis === 2 ? z : y;
    const u0 = uLow + ((shape >> 7) & 15);
    const v0 = vLow + ((shape >> 11) & 15);
    const du = uLow + ((shape >> 15) & 15) + 1 - u0;
    const dv = vLow + ((shape >> 19) & 15) + 1 - v0;
    const corners = this.#corners;
    for (let row = 0; row < 3; row++) {
      const at = row * 4;
      const first =
        rows[at + axis]! * plane + rows[at + uAxis]! * u0 + rows[at + vAxis]! * v0 + rows[at + 3]!;
      const alongU = rows[at + uAxis]! * du;
      const alongV = rows[at + vAxis]! * dv;
      corners[row] = first;
      corners[3 + row] = first + alongU;
      corners[6 + row] = first + alongU + alongV;
      corners[9 + row] = first + alongV;
    }
    return this.#divide(4, orthographic);
  }

  /** Brings the first corners to the screen, cut at the near plane. */
  #divide(count: number, orthographic: boolean): boolean {
    const corners = this.#corners;
    const xs = this.#xs;
    const ys = this.#ys;
    for (let c = 0; c < count; c++) {
      const w = orthographic ? 1 : corners[3 * c + 2]!;
      if (w < NEAR) return this.#clip(count);
      xs[c] = corners[3 * c]! / w;
      ys[c] = corners[3 * c + 1]! / w;
    }
    this.#cornerCount = count;
    return true;
  }

  /** Cuts the corners at the near plane. */
  #clip(before: number): boolean {
    const corners = this.#corners;
    let count = 0;
    for (let c = 0; c < before; c++) {
      const from = 3 * c;
      const to = c + 1 === before ? 0 : from + 3;
      const wFrom = corners[from + 2]!;
      const wTo = corners[to + 2]!;
      if (wFrom >= NEAR) {
        this.#xs[count] = corners[from]! / wFrom;
        this.#ys[count++] = corners[from + 1]! / wFrom;
      }
      if (wFrom >= NEAR !== wTo >= NEAR) {
        const t = (NEAR - wFrom) / (wTo - wFrom);
        this.#xs[count] = (corners[from]! + t * (corners[to]! - corners[from]!)) / NEAR;
        this.#ys[count++] =
          (corners[from + 1]! + t * (corners[to + 1]! - corners[from + 1]!)) / NEAR;
      }
    }
    this.#cornerCount = count;
    return count >= 3;
  }

  /** Fills the polygon of the first corners; its depth at (x, y) is a·x + b·y + c. */
  #fill(count: number, a: number, b: number, c: number, id: number): void {
    const ys = this.#ys;
    let yMin = ys[0]!;
    let yMax = yMin;
    for (let i = 1; i < count; i++) {
      const y = ys[i]!;
      if (y < yMin) yMin = y;
      if (y > yMax) yMax = y;
    }
    const { top, width } = this;
    const originX = this.left;
    const first = Math.max(Math.ceil(yMin - 0.5 - OVERLAP) - top, 0);
    const end = Math.min(Math.ceil(yMax - 0.5 + OVERLAP) - top, this.height);
    if (first >= end) return;
    this.#walkEdges(count, first, end);
    if (this.veils !== undefined) {
      this.#collect(this.veils, first, end, a, b, c, id);
      return;
    }
    const left = this.#left;
    const right = this.#right;
    const { depth, ids } = this;
    const keepsIds = ids.length > 0;
    for (let row = first; row < end; row++) {
      const x0 = Math.max(Math.ceil(left[row]! - 0.5 - OVERLAP) - originX, 0);
      const x1 = Math.min(Math.ceil(right[row]! - 0.5 + OVERLAP) - originX, width);
      const start = b * (top + row + 0.5) + c;
      const base = row * width;
      for (let x = x0; x < x1; x++) {
        const d = a * (originX + x + 0.5) + start;
        if (d > depth[base + x]!) {
          depth[base + x] = d;
          if (keepsIds) ids[base + x] = id;
        }
      }
    }
  }

  /** As `#fill`, of rows `first` to `end`, for what can be seen through. */
  #collect(
    veils: Veils,
    first: number,
    end: number,
    a: number,
    b: number,
    c: number,
    id: number,
  ): void {
    const { area } = veils;
    const bottom = Math.min(end, area.bottom);
    for (let row = Math.max(first, area.top); row < bottom; row++) {
      const x0 = Math.max(Math.ceil(this.#left[row]! - 0.5 - OVERLAP) - this.left, area.left);
      const x1 = Math.min(Math.ceil(this.#right[row]! - 0.5 + OVERLAP) - this.left, area.right);
      const start = b * (this.top + row + 0.5) + c;
      for (let x = x0; x < x1; x++) {
        // Rounded as depths are kept, so that what lies in an opaque face's place is hidden.
        const d = Math.fround(a * (this.left + x + 0.5) + start);
        if (d > this.depth[row * this.width + x]!) veils.add(x, row, d, id);
      }
    }
  }

  /** Finds where the polygon begins and ends in each row, at the height of the samples' middles. */
  #walkEdges(count: number, first: number, end: number): void {
    const xs = this.#xs;
    const ys = this.#ys;
    const left = this.#left;
    const right = this.#right;
    const { top } = this;
    for (let row = first; row < end; row++) {
      left[row] = Infinity;
      right[row] = -Infinity;
    }
    for (let i = 0; i < count; i++) {
      const j = i + 1 === count ? 0 : i + 1;
      // From the upper end to the lower one, so that both polygons at an edge see the same line.
      const upper = ys[i]! <= ys[j]! ? i : j;
      const lower = upper === i ? j : i;
      const xa = xs[upper]!;
      const ya = ys[upper]!;
      const xb = xs[lower]!;
      const yb = ys[lower]!;
      const from = Math.max(Math.ceil(ya - 0.5 - OVERLAP) - top, first);
      const to = Math.min(Math.ceil(yb - 0.5 + OVERLAP) - top, end);
      if (from >= to) continue;
      const slope = yb > ya ? (xb - xa) / (yb - ya) : 0;
      const xMin = xa < xb ? xa : xb;
      const xMax = xa < xb ? xb : xa;
      for (let row = from; row < to; row++) {
        let x = xa + slope * (top + row + 0.5 - ya);
        // A row in the overlap lies beyond the edge's end.
        if (x < xMin) x = xMin;
        else if (x > xMax) x = xMax;
        if (x < left[row]!) left[row] = x;
        if (x > right[row]!) right[row] = x;
      }
    }
  }
}
