/** Boxes and matrices between the forms that clients give and get and those that documents hold. */

import type { AxisBox, BoxParam, BoxView, LineBox } from '../catalogue/geometry.ts';
import { pointOf } from '../catalogue/geometry.ts';
import { COORDINATE_MAX, COORDINATE_MIN } from '../catalogue/schemas.ts';
import { invalidParam } from '../params.ts';
import { boxCorners, boxMatrix, inverse, isNullBox, type Matrix } from '../volume/matrix.ts';
import type { Box, Vec3 } from '../volume/volume.ts';

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

/** The corners of a box along the axes, which must hold something. */
export function cornersOf(box: AxisBox, at: string): Box {
  const [min, max] = [pointOf(box.min), pointOf(box.max)];
  for (const [axis, name] of [...'xyz'].entries()) {
    if (min[axis]! < max[axis]!) continue;
    throw invalidParam(`${at}.max`, `a corner beyond min in ${name}`, box.max);
  }
  return { min, max };
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
  throw invalidParam(at, 'a box inside the coordinates there are', box);
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
  };
}

/** The same, or null for a box that is not there. */
export function boxViewOrNull(matrix: Matrix | undefined): BoxView | null {
  return matrix === undefined || isNullBox(matrix) ? null : boxView(matrix);
}
