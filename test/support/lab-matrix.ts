/** The movements of edit scripts as matrices. */

import { identity, type Matrix } from '../../engine/volume/matrix.ts';

/** How many numbers follow each kind of movement. */
const LENGTHS: Readonly<Record<string, number>> = { t: 3, r: 4, s: 3 };

/**
 * The matrix of movements, each done in the frame that those before it have made: `t x y z`,
 * `r degrees x y z` about an axis, `s x y z`.
 */
export function composed(words: readonly string[]): Matrix {
  let matrix = identity();
  for (let at = 0; at < words.length; ) {
    const kind = words[at]!;
    const length = LENGTHS[kind];
    if (length === undefined) throw new Error(`no movement ${kind}`);
    const numbers = words.slice(at + 1, at + 1 + length).map(Number);
    matrix = product(matrix, movement(kind, numbers));
    at += 1 + length;
  }
  return matrix;
}

function movement(kind: string, n: readonly number[]): Matrix {
  const m = identity();
  if (kind === 't') m.set(n, 12);
  else if (kind === 's') for (let axis = 0; axis < 3; axis++) m[5 * axis] = n[axis]!;
  else turn(m, (n[0]! * Math.PI) / 180, n.slice(1));
  return m;
}

/** Rodrigues' rotation about an axis. */
function turn(m: Matrix, angle: number, axis: readonly number[]): void {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const unit = axis.map((v) => v / Math.hypot(...axis));
  for (let from = 0; from < 3; from++) {
    for (let to = 0; to < 3; to++) {
      const third = 3 - from - to;
      const sign = (to - from + 3) % 3 === 1 ? 1 : -1;
      const across = from === to ? cos : sign * unit[third]! * sin;
      m[4 * from + to] = across + unit[from]! * unit[to]! * (1 - cos);
    }
  }
}

function product(a: Matrix, b: Matrix): Matrix {
  const m = new Float32Array(16);
  for (let column = 0; column < 4; column++) {
    for (let row = 0; row < 4; row++) {
      let sum = 0;
      for (let k = 0; k < 4; k++) sum += a[4 * k + row]! * b[4 * column + k]!;
      m[4 * column + row] = sum;
    }
  }
  return m;
}
