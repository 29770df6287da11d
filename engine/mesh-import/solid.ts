/**
 * Fills closed surfaces: a voxel is made when its middle is inside.
 *
 * Inside is what lines along one axis have entered and not left: where the windings, the sum of the
 * crossings' signs, are not 0. Overlapping bodies are one, a hole whose wall faces into it stays a
 * hole, and a surface turned inside out is filled like any other. On a line whose signs do not sum
 * to 0 the surface is open or its triangles disagree about their direction; there the stretches
 * between the first and second crossing, the third and fourth… are inside, and one left over is
 * not. So nothing leaks. Lines run along x, or along the axis with the fewest such lines.
 *
 * A voxel with a free side takes the colour of the surface nearest to its middle along any axis,
 * the later triangle of equally near ones; the others take that of the nearest such voxel in their
 * stretch of the line.
 */

import type { BlockBudget } from '../formats/block-budget.ts';
import { checkInterrupt } from '../interrupt.ts';
import { Grid, rankOf, UNPAINTED, wordOf } from './grid.ts';
import { colorAt } from './paint.ts';
import { type Crossings, scanLines } from './scan.ts';
import { type TriangleSoup, WHITE } from './soup.ts';

const AXES = [0, 1, 2];

/** How far a voxel's word is from that of the next one on an axis, in a block. */
const STEPS = [1, 16, 256];

/** Throws GOX_MEMORY_LIMIT when it takes more than its budget, or too long. */
export function fillSolid(soup: TriangleSoup, budget: BlockBudget): Grid {
  const axis = clearestAxis(soup);
  requireRoom(soup, axis, budget);
  const grid = new Grid(budget, soup.partOf !== undefined);
  const painted = soup.hasColors || grid.parted;
  const word = painted ? UNPAINTED : WHITE;
  forEachRun(soup, axis, (column, row, start, end) => {
    fillRun(grid, axis, column, row, start, end, word);
  });
  if (budget.counting) return grid;
  if (painted) {
    for (const along of AXES) paintSurface(grid, soup, along);
    forEachRun(soup, axis, (column, row, start, end) => {
      paintInside(grid, axis, column, row, start, end);
    });
  }
  return grid;
}

/** Counts the voxels before any is made: a small file may ask for far more than there is room. */
function requireRoom(soup: TriangleSoup, axis: number, budget: BlockBudget): void {
  let voxels = 0;
  forEachRun(soup, axis, (_column, _row, start, end) => {
    voxels += end - start;
  });
  budget.require(voxels);
}

/** The first of the axes along which the fewest lines cross the surface unevenly. */
function clearestAxis(soup: TriangleSoup): number {
  let best = { axis: 0, uneven: Infinity };
  for (const axis of AXES) {
    let uneven = 0;
    scanLines(soup, axis, (_, crossings) => {
      for (let from = 0; from < crossings.count; ) {
        checkInterrupt();
        const to = crossings.lineEnd(from);
        if (windings(crossings, from, to) !== 0) uneven++;
        from = to;
      }
    });
    if (uneven === 0) return axis;
    if (uneven < best.uneven) best = { axis, uneven };
  }
  return best.axis;
}

/** The sum of the signs of the crossings of one line. */
function windings({ signs, order }: Crossings, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += signs[order[i]!]!;
  return sum;
}

/** Calls `visit` with each longest stretch of voxels inside: from `start` up to before `end`. */
function forEachRun(
  soup: TriangleSoup,
  axis: number,
  visit: (column: number, row: number, start: number, end: number) => void,
): void {
  scanLines(soup, axis, (row, crossings) => {
    const { columns, depths, signs, order } = crossings;
    for (let from = 0; from < crossings.count; ) {
      checkInterrupt();
      const to = crossings.lineEnd(from);
      const balanced = windings(crossings, from, to) === 0;
      const column = columns[order[from]!]!;
      let winding = 0;
      let start = 0;
      let end = 0;
      let open = 0;
      for (let i = from; i < to; i++) {
        const place = order[i]!;
        const voxel = firstBehind(depths[place]!);
        const wasInside = winding !== 0;
        winding = balanced ? winding + signs[place]! : 1 - winding;
        if (!wasInside) {
          open = voxel;
        } else if (winding === 0 && voxel > open) {
          if (open > end || start === end) {
            if (start < end) visit(column, row, start, end);
            start = open;
          }
          end = voxel;
        }
      }
      if (start < end) visit(column, row, start, end);
      from = to;
    }
  });
}

/** The first voxel on a line whose middle is not before a crossing. */
function firstBehind(depth: number): number {
  return Math.ceil(depth - 0.5);
}

function xOf(axis: number, column: number, row: number, depth: number): number {
  return axis === 0 ? depth : axis === 1 ? row : column;
}

function yOf(axis: number, column: number, row: number, depth: number): number {
  return axis === 0 ? column : axis === 1 ? depth : row;
}

function zOf(axis: number, column: number, row: number, depth: number): number {
  return axis === 0 ? row : axis === 1 ? column : depth;
}

function indexOf(x: number, y: number, z: number): number {
  return (x & 15) | ((y & 15) << 4) | ((z & 15) << 8);
}

function fillRun(
  grid: Grid,
  axis: number,
  column: number,
  row: number,
  start: number,
  end: number,
  word: number,
  part = 0,
): void {
  const step = STEPS[axis]!;
  for (let at = start; at < end; ) {
    const stop = Math.min(end, (at | 15) + 1);
    const x = xOf(axis, column, row, at);
    const y = yOf(axis, column, row, at);
    const z = zOf(axis, column, row, at);
    const words = grid.wordsAt(x, y, z);
    const index = indexOf(x, y, z);
    const last = index + (stop - at) * step;
    if (step === 1) words.fill(word, index, last);
    else for (let i = index; i < last; i += step) words[i] = word;
    if (part > 0) {
      const parts = grid.partsAt(x, y, z);
      for (let i = index; i < last; i += step) parts[i] = part;
    }
    at = stop;
  }
}

/** Gives voxels that have a free side across a crossing along `axis` the colour there. */
function paintSurface(grid: Grid, soup: TriangleSoup, axis: number): void {
  scanLines(soup, axis, (row, { count, columns, depths, triangles, weights }) => {
    for (let i = 0; i < count; i++) {
      const column = columns[i]!;
      const behind = firstBehind(depths[i]!);
      const filled = wordAt(grid, axis, column, row, behind) !== 0;
      if (filled === (wordAt(grid, axis, column, row, behind - 1) !== 0)) continue;
      const depth = filled ? behind : behind - 1;
      const x = xOf(axis, column, row, depth);
      const y = yOf(axis, column, row, depth);
      const z = zOf(axis, column, row, depth);
      const ranks = grid.ranksAt(x, y, z);
      const index = indexOf(x, y, z);
      const rank = rankOf(Math.abs(depth + 0.5 - depths[i]!), triangles[i]!);
      if (rank >= ranks[index]!) continue;
      ranks[index] = rank;
      const wa = weights[i * 2]!;
      const wb = weights[i * 2 + 1]!;
      grid.wordsAt(x, y, z)[index] = wordOf(colorAt(soup, triangles[i]!, wa, wb, 1 - wa - wb));
      if (grid.parted) grid.partsAt(x, y, z)[index] = soup.partOf![triangles[i]!]!;
    }
  });
}

function wordAt(grid: Grid, axis: number, column: number, row: number, depth: number): number {
  const x = xOf(axis, column, row, depth);
  const y = yOf(axis, column, row, depth);
  const z = zOf(axis, column, row, depth);
  return grid.findWords(x, y, z)?.[indexOf(x, y, z)] ?? 0;
}

function partAt(grid: Grid, axis: number, column: number, row: number, depth: number): number {
  if (!grid.parted) return 0;
  const x = xOf(axis, column, row, depth);
  const y = yOf(axis, column, row, depth);
  const z = zOf(axis, column, row, depth);
  return grid.partsAt(x, y, z)[indexOf(x, y, z)]!;
}

/** Gives the unpainted voxels of a run the colour of the nearest painted one; its ends have one. */
function paintInside(
  grid: Grid,
  axis: number,
  column: number,
  row: number,
  start: number,
  end: number,
): void {
  let painted = start;
  let word = wordAt(grid, axis, column, row, start);
  let part = partAt(grid, axis, column, row, start);
  const step = STEPS[axis]!;
  for (let at = start + 1; at < end; ) {
    const stop = Math.min(end, (at | 15) + 1);
    const x = xOf(axis, column, row, at);
    const y = yOf(axis, column, row, at);
    const z = zOf(axis, column, row, at);
    const words = grid.wordsAt(x, y, z);
    for (let index = indexOf(x, y, z); at < stop; at++, index += step) {
      const found = words[index]!;
      if (found === UNPAINTED) continue;
      const middle = (painted + at + 1) >> 1;
      if (painted + 1 < middle) fillRun(grid, axis, column, row, painted + 1, middle, word, part);
      const behind = Math.max(middle, painted + 1);
      const next = partAt(grid, axis, column, row, at);
      if (middle < at) fillRun(grid, axis, column, row, behind, at, found, next);
      painted = at;
      word = found;
      part = next;
    }
  }
}
