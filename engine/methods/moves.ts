/** From the steps that a request names to one matrix. */

import { type Point, pointOf, SCALE_MIN } from '../catalogue/geometry.ts';
import { invalidParam } from '../catalogue/params.ts';
import { identity, type Matrix } from '../volume/matrix.ts';
import { matrixOf, requireInverse } from './boxes.ts';

interface Steps {
  readonly flip?: 'x' | 'y' | 'z';
  readonly scale?: number | Point;
  readonly rotate?: { readonly axis: 'x' | 'y' | 'z' | Point; readonly degrees: number };
  readonly translate?: Point;
  readonly matrix?: readonly number[];
}

const AXES = { x: [1, 0, 0], y: [0, 1, 0], z: [0, 0, 1] } as const;

/** Flip first, then scale, rotate, translate, and the matrix last. */
export function moveMatrix({ flip, scale, rotate, translate, matrix }: Steps): Matrix {
  let result: ArrayLike<number> = identity();
  if (flip !== undefined) {
    const [x, y, z] = AXES[flip];
    result = multiply(scaling(1 - 2 * x, 1 - 2 * y, 1 - 2 * z), result);
  }
  if (scale !== undefined) {
    const [x, y, z] = typeof scale === 'number' ? [scale, scale, scale] : pointOf(scale);
    if ([x, y, z].some((factor) => Math.abs(factor) < SCALE_MIN)) {
      throw invalidParam('.scale', `numbers of at least ${SCALE_MIN}, or below 0`, scale);
    }
    result = multiply(scaling(x, y, z), result);
  }
  if (rotate !== undefined) {
    const { axis, degrees } = rotate;
    const [x, y, z] = typeof axis === 'string' ? AXES[axis] : pointOf(axis);
    const length = Math.hypot(x, y, z);
    if (length === 0) throw invalidParam('.rotate.axis', 'an axis that has a length', axis);
    result = multiply(rotation(x / length, y / length, z / length, degrees), result);
  }
  if (translate !== undefined) {
    const [x, y, z] = pointOf(translate);
    result = multiply([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, x, y, z, 1], result);
  }
  if (matrix !== undefined) result = multiply(matrixOf(matrix, '.matrix'), result);
  const whole = Float32Array.from(result);
  requireInverse(whole, '');
  return whole;
}

function scaling(x: number, y: number, z: number): number[] {
  return [x, 0, 0, 0, 0, y, 0, 0, 0, 0, z, 0, 0, 0, 0, 1];
}

/** About an axis of length 1, by Rodrigues' formula; quarter turns are exact. */
function rotation(x: number, y: number, z: number, degrees: number): number[] {
  const quarter = degrees % 90 === 0;
  const angle = (degrees * Math.PI) / 180;
  const c = quarter ? Math.round(Math.cos(angle)) : Math.cos(angle);
  const s = quarter ? Math.round(Math.sin(angle)) : Math.sin(angle);
  const t = 1 - c;
  return [
    ...[t * x * x + c, t * x * y + s * z, t * x * z - s * y, 0],
    ...[t * x * y - s * z, t * y * y + c, t * y * z + s * x, 0],
    ...[t * x * z + s * y, t * y * z - s * x, t * z * z + c, 0],
    ...[0, 0, 0, 1],
  ];
}

/** a·b, so that b is done first. */
function multiply(a: ArrayLike<number>, b: ArrayLike<number>): number[] {
  const product: number[] = [];
  for (let column = 0; column < 4; column++) {
    for (let row = 0; row < 4; row++) {
      let sum = 0;
      for (let k = 0; k < 4; k++) sum += a[4 * k + row]! * b[4 * column + k]!;
      product.push(sum);
    }
  }
  return product;
}
