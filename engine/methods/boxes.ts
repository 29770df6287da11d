/** Boxes and matrices between the forms that clients give and get and those that documents hold. */

import { GoxError } from '../../conf/errors.ts';
import type { AxisBox, BoxParam, BoxView, LineBox } from '../catalogue/geometry.ts';
import { pointOf } from '../catalogue/geometry.ts';
import { invalidParam } from '../catalogue/params.ts';
import { COORDINATE_MAX, COORDINATE_MIN, type Position } from '../catalogue/schemas.ts';
import type { Region } from '../inquiries/region.ts';
import type { Box, Vec3 } from '../volume/box.ts';
import { boxCorners, boxMatrix, inverse, isNullBox, type Matrix } from '../volume/matrix.ts';
import { cornerOf } from './voxel-params.ts';

/** Of every affine matrix: its axes are directions, and its origin is a point. */
const LAST_ROW = [0, 0, 0, 1];

/** The matrix of a box that parameters give; `at` is where they are, such as `.box`. */
export function boxOf(box: BoxParam, at: string): Matrix {
  if ('matrix' in box) return matrixOf(box.matrix, `${at}.matrix`);
  return 'from' in box ? lineMatrix(box, at) : boxMatrix(cornersOf(box, at));
}

/** Half the line is the Z axis; X and Y are as long as the radius, and square to it. */
function lineMatrix({ from, to, radius }: LineBox, at: string): Matrix {
  const [a, b] = [pointOf(from), pointOf(to)];
  const [x, y, z] = [(b[0] - a[0]) / 2, (b[1] - a[1]) / 2, (b[2] - a[2]) / 2];
  const half = Math.hypot(x, y, z);
  if (half === 0) throw invalidParam(`${at}.to`, 'another point than from', to);
  // Square to the line and to the world axis that it is least along.
  const least = Math.min(Math.abs(x), Math.abs(y), Math.abs(z));
  const axis = Math.abs(x) === least ? [1, 0, 0] : Math.abs(y) === least ? [0, 1, 0] : [0, 0, 1];
  const across = scaled(cross(axis, [x, y, z]), radius);
  const other = scaled(cross([x, y, z], across), radius);
  const middle = [a[0] + x, a[1] + y, a[2] + z];
  return Float32Array.of(...across, 0, ...other, 0, x, y, z, 0, ...middle, 1);
}

function cross(a: readonly number[], b: readonly number[]): number[] {
  const [ax = 0, ay = 0, az = 0] = a;
  const [bx = 0, by = 0, bz = 0] = b;
  return [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx];
}

function scaled(vector: readonly number[], length: number): number[] {
  const factor = length / Math.hypot(...vector);
  return vector.map((value) => value * factor);
}

/** The corners of a box along the axes, given in either order; it must hold something. */
export function cornersOf(box: AxisBox, at: string): Box {
  const { min, max } = sorted(pointOf(box.min), pointOf(box.max));
  const flat = [...'xyz'].filter((_, axis) => min[axis] === max[axis]);
  if (flat.length === 0) return { min, max };
  const expected = `a box that is not flat in ${flat.join(' and ')} (it ends before max)`;
  throw boxFault(at, expected, pointOf(box.min), pointOf(box.max));
}

/** An error about a box, which shows both of its corners. */
export function boxFault(at: string, expected: string, min: Vec3, max: Vec3): GoxError {
  const parameter = `params${at}`;
  const message = `${parameter}: expected ${expected}, got min [${min}] and max [${max}]`;
  return new GoxError('GOX_INVALID_PARAMS', message, { parameter, min, max });
}

/** The voxels between two, both of which belong to it, given in either order. */
export function regionBetween({ min, max }: { min: Position; max: Position }): Region {
  return sorted(cornerOf(min), cornerOf(max));
}

/** The same as a half-open box. */
export function boxBetween(corners: { min: Position; max: Position }): Box {
  const { min, max } = regionBetween(corners);
  return { min, max: [max[0] + 1, max[1] + 1, max[2] + 1] };
}

function sorted(a: Vec3, b: Vec3): { min: Vec3; max: Vec3 } {
  return {
    min: [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.min(a[2], b[2])],
    max: [Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.max(a[2], b[2])],
  };
}

/** The matrix that parameters give, which must be one that can be undone. */
export function matrixOf(numbers: readonly number[], at: string): Matrix {
  const matrix = Float32Array.from(numbers);
  for (const [row, expected] of LAST_ROW.entries()) {
    const place = 4 * row + 3;
    if (matrix[place] === expected) continue;
    throw invalidParam(`${at}[${place}]`, `${expected}`, numbers[place]);
  }
  requireInverse(matrix, at);
  return matrix;
}

export function requireInverse(matrix: Matrix, at: string): void {
  const back = inverse(matrix);
  if (back?.every(Number.isFinite) === true) return;
  throw invalidParam(at, 'a matrix whose three axes span a volume', [...matrix]);
}

/** The whole voxels of the box around a box; `at` is where it is from. */
export function wholeBox(box: BoxParam | Matrix, at: string): Box {
  const { min, max } = cornersAround(box, at);
  const [low, high] = [rounded(min), rounded(max)];
  const inside =
    low.every((value) => value >= COORDINATE_MIN) &&
    high.every((value) => value <= COORDINATE_MAX + 1);
  if (inside) return { min: low, max: high };
  throw boxFault(at, 'a box inside the coordinates there are', min, max);
}

function cornersAround(box: BoxParam | Matrix, at: string): Box {
  if (box instanceof Float32Array) return boxCorners(box);
  return 'min' in box ? cornersOf(box, at) : boxCorners(boxOf(box, at));
}

/** Half a voxel and more belongs to the next one. */
function rounded([x, y, z]: Vec3): Vec3 {
  return [Math.round(x), Math.round(y), Math.round(z)];
}

export function boxView(matrix: Matrix): BoxView {
  const { min, max } = boxCorners(matrix);
  return {
    min: [min[0], min[1], min[2]],
    max: [max[0], max[1], max[2]],
    matrix: [...matrix],
    last: lastOf({ min, max }),
  };
}

/** The last voxel inside a half-open box: what a region takes for its max. */
export function lastOf({ max }: Box): [number, number, number] {
  const [x, y, z] = rounded(max);
  return [x - 1, y - 1, z - 1];
}

/** The same, or null for a box that is not there. */
export function boxViewOrNull(matrix: Matrix | undefined): BoxView | null {
  return matrix === undefined || isNullBox(matrix) ? null : boxView(matrix);
}
