/**
 * Goxel's matrices: 16 float32, four columns of four (X axis, Y axis, Z axis, origin). As a box, a
 * matrix maps the cube [-1, 1]³, so its axes are half extents; it is "null" when its last number is
 * 0.
 */

import type { Box, Vec3 } from './box.ts';

export type Matrix = Float32Array;

export function identity(): Matrix {
  return new Float32Array([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
}

/** The box matrix between two corners. */
export function boxMatrix({ min, max }: Box): Matrix {
  const half = (axis: 0 | 1 | 2) => (max[axis] - min[axis]) / 2;
  const centre = (axis: 0 | 1 | 2) => (max[axis] + min[axis]) / 2;
  const m = identity();
  m.set([half(0)], 0);
  m.set([half(1)], 5);
  m.set([half(2)], 10);
  m.set([centre(0), centre(1), centre(2)], 12);
  return m;
}

/** The axis-aligned corners around a box matrix, not rounded. */
export function boxCorners(m: Matrix): Box {
  const reach = (axis: number) =>
    Math.abs(m[axis]!) + Math.abs(m[4 + axis]!) + Math.abs(m[8 + axis]!);
  const corner = (sign: number): Vec3 => [
    m[12]! + sign * reach(0),
    m[13]! + sign * reach(1),
    m[14]! + sign * reach(2),
  ];
  return { min: corner(-1), max: corner(1) };
}

export function isNullBox(m: Matrix): boolean {
  return m[15] === 0;
}

/** Where an affine matrix takes a point. */
export function transform(m: ArrayLike<number>, x: number, y: number, z: number): Vec3 {
  return [
    m[0]! * x + m[4]! * y + m[8]! * z + m[12]!,
    m[1]! * x + m[5]! * y + m[9]! * z + m[13]!,
    m[2]! * x + m[6]! * y + m[10]! * z + m[14]!,
  ];
}

/** a · b, summed in float64 and rounded to float32. */
export function product(a: Matrix, b: Matrix): Matrix {
  const m = new Float32Array(16);
  for (let column = 0; column < 16; column += 4) {
    for (let row = 0; row < 4; row++) {
      let sum = 0;
      for (let k = 0; k < 4; k++) sum += a[4 * k + row]! * b[column + k]!;
      m[column + row] = sum;
    }
  }
  return m;
}

/** The inverse of an affine matrix, in float64; undefined when it has none. */
export function inverse(m: ArrayLike<number>): Float64Array | undefined {
  const [a, b, c] = [m[0]!, m[1]!, m[2]!];
  const [d, e, f] = [m[4]!, m[5]!, m[6]!];
  const [g, h, i] = [m[8]!, m[9]!, m[10]!];
  const determinant = a * (e * i - f * h) - d * (b * i - c * h) + g * (b * f - c * e);
  if (determinant === 0 || !Number.isFinite(determinant)) return undefined;
  const r = new Float64Array(16);
  r[0] = (e * i - f * h) / determinant;
  r[1] = (c * h - b * i) / determinant;
  r[2] = (b * f - c * e) / determinant;
  r[4] = (f * g - d * i) / determinant;
  r[5] = (a * i - c * g) / determinant;
  r[6] = (c * d - a * f) / determinant;
  r[8] = (d * h - e * g) / determinant;
  r[9] = (b * g - a * h) / determinant;
  r[10] = (a * e - b * d) / determinant;
  for (let axis = 0; axis < 3; axis++) {
    const origin = r[axis]! * m[12]! + r[4 + axis]! * m[13]! + r[8 + axis]! * m[14]!;
    r[12 + axis] = 0 - origin;
  }
  r[15] = 1;
  return r;
}
