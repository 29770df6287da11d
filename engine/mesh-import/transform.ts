/** How parts of a scene are placed. */

/** A column-major matrix of 16 numbers. */
export type Transform = readonly number[];

export const IDENTITY: Transform = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

/** What b does and then a. */
export function product(a: Transform, b: Transform): Transform {
  const result: number[] = [];
  for (let column = 0; column < 16; column += 4) {
    for (let row = 0; row < 4; row++) {
      let sum = 0;
      for (let i = 0; i < 4; i++) sum += a[i * 4 + row]! * b[column + i]!;
      result.push(sum);
    }
  }
  return result;
}

/** Moves one vertex of a list, which begins at a place in it. */
export function move(positions: Float64Array, at: number, m: ArrayLike<number>): void {
  const x = positions[at]!;
  const y = positions[at + 1]!;
  const z = positions[at + 2]!;
  for (let axis = 0; axis < 3; axis++) {
    positions[at + axis] = m[axis]! * x + m[4 + axis]! * y + m[8 + axis]! * z + m[12 + axis]!;
  }
}
