/**
 * Voxels of points and lines: the grid points nearest to them, or in a solid mesh the cubes that
 * they are in. A voxel takes the colour of what comes nearest to its middle.
 */

import { GoxError } from '../../conf/errors.ts';
import { checkInterrupt } from '../interrupt.ts';
import { COUNTED, type Grid, rankOf, wordOf } from './grid.ts';
import { blend } from './paint.ts';
import { TRIANGLES_MAX, type TriangleSoup } from './soup.ts';

/** Steps that all lines may take together; more would take many seconds. */
const STEPS_MAX = 2 ** 24;

/** Of those beyond, none comes before another. */
const RANKED_MAX = TRIANGLES_MAX - 1;

/** Throws GOX_MEMORY_LIMIT when it takes more than the grid's budget, or too long. */
export function fillDots(grid: Grid, soup: TriangleSoup, solid: boolean): void {
  const { count } = soup.dots;
  requireTime(soup);
  for (let dot = 0; dot < count; dot++) {
    if ((dot & 0xff) === 0) checkInterrupt();
    fillDot(grid, soup, dot, solid ? 0.5 : 0);
  }
}

/** Voxels along the axis on which a line is longest, so that it is thin and has no gaps. */
function stepsOf(positions: Float64Array, dot: number): number {
  let longest = 0;
  for (let at = dot * 6; at < dot * 6 + 3; at++) {
    longest = Math.max(longest, Math.abs(positions[at + 3]! - positions[at]!));
  }
  return Math.ceil(longest);
}

function requireTime({ dots, source: file }: TriangleSoup): void {
  let steps = 0;
  for (let dot = 0; dot < dots.count; dot++) steps += stepsOf(dots.positions, dot);
  if (steps <= STEPS_MAX) return;
  const message = `Voxelising the lines of ${file} would take too long; give it a smaller size.`;
  throw new GoxError('GOX_MEMORY_LIMIT', message, { file, steps, steps_max: STEPS_MAX });
}

function fillDot(grid: Grid, soup: TriangleSoup, dot: number, middle: number): void {
  const { positions, colors, parts } = soup.dots;
  const at = dot * 6;
  const [ca, cb] = [colors[dot * 2]!, colors[dot * 2 + 1]!];
  const steps = stepsOf(positions, dot);
  for (let step = 0; step <= steps; step++) {
    if ((step & 0xfff) === 0xfff) checkInterrupt();
    const part = steps === 0 ? 0 : step / steps;
    const px = along(positions, at, part) - middle;
    const py = along(positions, at + 1, part) - middle;
    const pz = along(positions, at + 2, part) - middle;
    const x = Math.round(px);
    const y = Math.round(py);
    const z = Math.round(pz);
    const words = grid.wordsAt(x, y, z);
    if (words === COUNTED) continue;
    const distance = Math.hypot(px - x, py - y, pz - z);
    const index = (x & 15) | ((y & 15) << 4) | ((z & 15) << 8);
    const rank = rankOf(distance, Math.min(dot, RANKED_MAX));
    const ranks = grid.ranksAt(x, y, z);
    if (rank >= ranks[index]!) continue;
    ranks[index] = rank;
    words[index] = wordOf(ca === cb ? ca : blend(ca, cb, cb, 1 - part, part, 0));
    if (grid.parted) grid.partsAt(x, y, z)[index] = parts[dot]!;
  }
}

function along(positions: Float64Array, at: number, part: number): number {
  return positions[at]! + (positions[at + 3]! - positions[at]!) * part;
}
