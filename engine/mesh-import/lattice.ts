/** The grid of a mesh that a program for voxels made, which stands on it square. */

import { checkInterrupt } from '../interrupt.ts';
import type { TriangleSoup } from './soup.ts';

/** What such programs usually have a voxel for, the likelier first. */
const LENGTHS = [1, 0.1];
/** Of a voxel: how far a corner may be from the grid by its rounding in the file. */
const ROUNDING = 0.02;
/** More voxels along a side than any such program has; what fits so fine a grid fits by chance. */
const SIDE_MAX = 2048;

/**
 * How long a voxel is, in units of the file: as is usual, or else the longest that has all corners
 * on its grid. Undefined where a triangle is not square to the axes, or there is no such grid.
 */
export function voxelLengthOf(soup: TriangleSoup): number | undefined {
  if (soup.count === 0 || soup.dots.count > 0 || !isSquare(soup)) return undefined;
  const corner = soup.extent();
  const distances = distancesOf(soup, corner);
  const fits = (length: number) =>
    distances.at(-1)! / length <= SIDE_MAX &&
    distances.every((distance) => isWhole(distance / length));
  const usual = LENGTHS.find(fits);
  if (usual !== undefined) return usual;
  const length = distances.reduce(commonLength, 0);
  return length > 0 && fits(length) ? length : undefined;
}

function isWhole(value: number): boolean {
  return Math.abs(value - Math.round(value)) <= ROUNDING;
}

/** Whether each triangle lies in a plane of two axes. */
function isSquare({ positions, count }: TriangleSoup): boolean {
  for (let at = 0; at < count * 9; at += 9) {
    if ((at & 0xfff) === 0) checkInterrupt();
    const flat = [0, 1, 2].some((axis) => {
      const [a, b, c] = [
        positions[at + axis]!,
        positions[at + 3 + axis]!,
        positions[at + 6 + axis]!,
      ];
      return Math.max(a, b, c) - Math.min(a, b, c) <= 1e-6 * Math.max(1, Math.abs(a));
    });
    if (!flat) return false;
  }
  return true;
}

/** How far corners are from the lowest one along an axis, each distance once, from 0 up. */
function distancesOf({ positions, count }: TriangleSoup, corner: Float64Array): number[] {
  const found = new Set<number>();
  for (let at = 0; at < count * 9; at++) {
    if ((at & 0xfff) === 0) checkInterrupt();
    found.add(Number((positions[at]! - corner[at % 3]!).toPrecision(6)));
  }
  return [...found].sort((a, b) => a - b);
}

/** The longest length of which both are multiples but for their rounding. */
function commonLength(a: number, b: number): number {
  const least = Math.max(a, b) / SIDE_MAX;
  let [long, short] = [Math.max(a, b), Math.min(a, b)];
  while (short > least) {
    const rest = long % short;
    [long, short] = [short, Math.min(rest, short - rest)];
  }
  return long;
}
