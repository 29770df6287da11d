/**
 * The moves of MagicaVoxel's transform nodes: turns by quarters, mirrorings, and translations, all
 * of them exact in integers.
 */

/** Takes q to p with p[axis] = signs[axis] · q[axes[axis]] + offset[axis]. */
export interface Move {
  readonly axes: Triple;
  readonly signs: Triple;
  readonly offset: Triple;
}

type Triple = readonly [number, number, number];

export const IDENTITY: Move = { axes: [0, 1, 2], signs: [1, 1, 1], offset: [0, 0, 0] };

const NUMBER = '([+-]?[\\d.]{1,20}(?:e[+-]?\\d{1,2})?)';
const TRANSLATION = new RegExp(`^\\s*${NUMBER}[\\s,]+${NUMBER}[\\s,]+${NUMBER}\\s*$`, 'i');
const ROTATION = /^\s*\d{1,3}\s*$/;

/** Goxel and MagicaVoxel write 7 bits. */
const ROTATION_MAX = 127;

/**
 * The move of a frame's `_r` and `_t`, both optional; undefined when they say none. `_r` holds a
 * matrix of one 1 or -1 in each row: bits 0-1 its column in the first row, bits 2-3 in the second,
 * bits 4, 5 and 6 the signs of the three rows (1 is negative).
 */
export function parseMove({ _r, _t }: Readonly<Record<string, string>>): Move | undefined {
  const turn = _r === undefined ? IDENTITY : rotation(_r);
  if (turn === undefined || _t === undefined) return turn;
  const numbers = TRANSLATION.exec(_t);
  if (numbers === null) return undefined;
  // MagicaVoxel itself writes whole numbers only.
  const [x, y, z] = numbers.slice(1).map((number) => Math.round(Number(number)));
  const offset: Triple = [x!, y!, z!];
  return offset.every(Number.isFinite) ? { ...turn, offset } : undefined;
}

function rotation(text: string): Move | undefined {
  const bits = ROTATION.test(text) ? Number(text) : Number.POSITIVE_INFINITY;
  const [first, second] = [bits & 3, (bits >> 2) & 3];
  if (bits > ROTATION_MAX || first > 2 || second > 2 || first === second) return undefined;
  const sign = (row: number) => (bits & (16 << row) ? -1 : 1);
  return {
    axes: [first, second, 3 - first - second],
    signs: [sign(0), sign(1), sign(2)],
    offset: [0, 0, 0],
  };
}

/** First `inner`, then `outer`. */
export function compose(outer: Move, inner: Move): Move {
  const each = (f: (sign: number, axis: number, row: number) => number): Triple => [
    f(outer.signs[0], outer.axes[0], 0),
    f(outer.signs[1], outer.axes[1], 1),
    f(outer.signs[2], outer.axes[2], 2),
  ];
  return {
    axes: each((_, axis) => inner.axes[axis]!),
    signs: each((sign, axis) => sign * inner.signs[axis]!),
    offset: each((sign, axis, row) => sign * inner.offset[axis]! + outer.offset[row]!),
  };
}

/**
 * The same move of voxels instead of their corners: a voxel's middle is half a voxel further on, so
 * it comes out one less where an axis is turned around.
 */
export function ofMiddles({ axes, signs, offset }: Move): Move {
  const shifted = (row: 0 | 1 | 2) => offset[row] - (signs[row] < 0 ? 1 : 0);
  return { axes, signs, offset: [shifted(0), shifted(1), shifted(2)] };
}
