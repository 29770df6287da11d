/**
 * Lines through the middles of voxels, along one axis, and where they cross triangles.
 *
 * The lines are taken row by row. A line that meets an edge or a corner is moved aside by less than
 * any number (the same way for all triangles), so that a closed surface is entered as often as it
 * is left: which side of an edge a line is on is computed from the edge's ends in a fixed order,
 * the same for both triangles that share it, and a line on the edge counts as on its positive side.
 */

import { type ErrorDetails, GoxError } from '../../conf/errors.ts';
import { checkInterrupt } from '../interrupt.ts';
import { grown } from './grown.ts';
import { TRIANGLES_MAX, type TriangleSoup } from './soup.ts';

/**
 * Lines that the triangles' bounding boxes may touch together; all scans of so many take some
 * seconds.
 */
const LINES_MAX = 2 ** 24;
/** A row takes as long as so many lines, besides those in it. */
const ROW_LINES = 8;
const CROSSINGS_AT_FIRST = 1024;

/**
 * Crossings of one row, some 50 bytes each: triangles that lie over one another in a small file
 * must not take all the memory there is.
 */
const CROSSINGS_MAX = 2 ** 21;

/**
 * Depths are told in steps of a voxel, so that a slanted surface through the middles of voxels is
 * just there, whatever the rounding; a double has room for them at every coordinate.
 */
const DEPTH_STEPS = 2 ** 20;

/** As many crossings of a line are sorted by insertion, which is faster than a comparison sort. */
const FEW = 128;

/** Columns are counted when there are no more of them than so many a crossing. */
const COLUMNS_A_CROSSING = 4;

/** Rows and columns are 32-bit, triangle numbers 22-bit: a double's 53 bits hold one of each. */
const NUMBER_STEP = TRIANGLES_MAX;

/** The crossings of one row of lines, sorted by column and then along the line. */
export class Crossings {
  count = 0;
  /** Column of each: the voxel's coordinate on the axis after the lines' axis. */
  columns = new Int32Array(CROSSINGS_AT_FIRST);
  /** Coordinate along the line. */
  depths = new Float64Array(CROSSINGS_AT_FIRST);
  /** 1 where the line goes along the triangle's normal, -1 against it. */
  signs = new Int32Array(CROSSINGS_AT_FIRST);
  triangles = new Uint32Array(CROSSINGS_AT_FIRST);
  /** Weights of the triangle's first two corners at the crossing; three make 1. */
  weights = new Float64Array(CROSSINGS_AT_FIRST * 2);
  /** The places above in sorted order. */
  order = new Uint32Array(CROSSINGS_AT_FIRST);
  #keys = new Float64Array(CROSSINGS_AT_FIRST);
  #starts = new Uint32Array(CROSSINGS_AT_FIRST);
  readonly #source: string;

  /** `source` names the file in errors. */
  constructor(source: string) {
    this.#source = source;
  }

  /** The place for one more. Throws GOX_MEMORY_LIMIT when there are too many. */
  next(): number {
    if (this.count === this.columns.length) {
      if (this.count >= CROSSINGS_MAX) refuse(this.#source, { crossings_max: CROSSINGS_MAX });
      const room = this.count * 2;
      this.columns = grown(this.columns, room);
      this.depths = grown(this.depths, room);
      this.signs = grown(this.signs, room);
      this.triangles = grown(this.triangles, room);
      this.weights = grown(this.weights, room * 2);
    }
    return this.count++;
  }

  sort(): void {
    const { count, columns, depths } = this;
    if (this.order.length < count) this.order = new Uint32Array(columns.length);
    let [low, high] = [columns[0]!, columns[0]!];
    for (let i = 1; i < count; i++) {
      const column = columns[i]!;
      if (column < low) low = column;
      else if (column > high) high = column;
    }
    if (high - low < count * COLUMNS_A_CROSSING) this.#countColumns(low, high);
    else this.#sortColumns();
    const order = this.order;
    for (let from = 0; from < count; ) {
      checkInterrupt();
      const to = this.lineEnd(from);
      if (to - from > FEW) order.subarray(from, to).sort((a, b) => depths[a]! - depths[b]!);
      else this.#sortFew(from, to);
      from = to;
    }
  }

  /** In sorted order: where the crossings of the line of crossing `from` end. */
  lineEnd(from: number): number {
    const { count, columns, order } = this;
    const column = columns[order[from]!];
    let to = from + 1;
    while (to < count && columns[order[to]!] === column) to++;
    return to;
  }

  /** Puts the places in the order of their columns, which lie from `low` to `high`. */
  #countColumns(low: number, high: number): void {
    const { count, columns, order } = this;
    const length = high - low + 2;
    if (this.#starts.length < length) this.#starts = new Uint32Array(length * 2);
    const starts = this.#starts.fill(0, 0, length);
    for (let i = 0; i < count; i++) starts[columns[i]! - low + 1]!++;
    for (let i = 1; i < length; i++) starts[i]! += starts[i - 1]!;
    for (let i = 0; i < count; i++) order[starts[columns[i]! - low]!++] = i;
  }

  /** The same for columns that lie far apart. */
  #sortColumns(): void {
    const { count, columns, order } = this;
    if (this.#keys.length < count) this.#keys = new Float64Array(columns.length);
    const keys = this.#keys.subarray(0, count);
    for (let i = 0; i < count; i++) keys[i] = columns[i]! * NUMBER_STEP + i;
    keys.sort();
    for (let i = 0; i < count; i++) {
      order[i] = keys[i]! - Math.floor(keys[i]! / NUMBER_STEP) * NUMBER_STEP;
    }
  }

  #sortFew(from: number, to: number): void {
    const { depths, order } = this;
    for (let i = from + 1; i < to; i++) {
      const place = order[i]!;
      let at = i;
      for (; at > from && depths[order[at - 1]!]! > depths[place]!; at--)
        order[at] = order[at - 1]!;
      order[at] = place;
    }
  }
}

/**
 * Calls `visit` for each row that has crossings. `axis` is that of the lines (0 x, 1 y, 2 z); the
 * columns count along the axis after it, the rows along the one after that. A row's crossings are
 * valid until the next one. Throws GOX_MEMORY_LIMIT when it would take too long.
 */
export function scanLines(
  soup: TriangleSoup,
  axis: number,
  visit: (row: number, crossings: Crossings) => void,
): void {
  const queue = rowQueue(soup, axis);
  const crossings = new Crossings(soup.source);
  let active = new Uint32Array(64);
  let activeCount = 0;
  let row = 0;
  for (let next = 0; next < queue.length || activeCount > 0; row++) {
    checkInterrupt();
    if (activeCount === 0) row = Math.floor(queue[next]! / NUMBER_STEP);
    for (; next < queue.length && queue[next]! < (row + 1) * NUMBER_STEP; next++) {
      if (activeCount === active.length) active = grown(active, activeCount * 2);
      active[activeCount++] = queue[next]! - Math.floor(queue[next]! / NUMBER_STEP) * NUMBER_STEP;
    }
    crossings.count = 0;
    let kept = 0;
    for (let i = 0; i < activeCount; i++) {
      const triangle = active[i]!;
      if (cross(soup, triangle, axis, row, crossings)) active[kept++] = triangle;
    }
    activeCount = kept;
    if (crossings.count === 0) continue;
    crossings.sort();
    visit(row, crossings);
  }
}

/** The triangles that any line may cross, by the first row they reach: row * 2^22 + number. */
function rowQueue(soup: TriangleSoup, axis: number): Float64Array {
  const { positions, count } = soup;
  const [u, v] = [(axis + 1) % 3, (axis + 2) % 3];
  const keys = new Float64Array(count);
  let length = 0;
  let lines = 0;
  let allRows = 0;
  let [lowest, highest] = [Infinity, -Infinity];
  for (let triangle = 0; triangle < count; triangle++) {
    if ((triangle & 0xff) === 0) checkInterrupt();
    const at = triangle * 9;
    const rows = linesAcross(positions[at + v]!, positions[at + 3 + v]!, positions[at + 6 + v]!);
    if (rows === 0) continue;
    const columns = linesAcross(positions[at + u]!, positions[at + 3 + u]!, positions[at + 6 + u]!);
    if (columns === 0) continue;
    lines += rows * columns;
    const low = Math.min(positions[at + v]!, positions[at + 3 + v]!, positions[at + 6 + v]!);
    const first = Math.ceil(low - 0.5);
    keys[length++] = first * NUMBER_STEP + triangle;
    allRows += rows;
    lowest = Math.min(lowest, first);
    highest = Math.max(highest, first + rows - 1);
  }
  if (length > 0) lines += ROW_LINES * Math.min(allRows, highest - lowest + 1);
  if (lines > LINES_MAX) refuse(soup.source, { lines, lines_max: LINES_MAX });
  return keys.subarray(0, length).sort();
}

function refuse(file: string, details: ErrorDetails): never {
  const message = `Voxelising ${file} would take too long; give it a smaller size.`;
  throw new GoxError('GOX_MEMORY_LIMIT', message, { file, ...details });
}

/** How many middles of voxels lie between the lowest and the highest of three coordinates. */
function linesAcross(a: number, b: number, c: number): number {
  return Math.floor(Math.max(a, b, c) - 0.5) - Math.ceil(Math.min(a, b, c) - 0.5) + 1;
}

/** Adds the crossings of one triangle in one row; false when it ends before the next row. */
function cross(
  soup: TriangleSoup,
  triangle: number,
  axis: number,
  row: number,
  out: Crossings,
): boolean {
  const { positions } = soup;
  const u = triangle * 9 + ((axis + 1) % 3);
  const v = triangle * 9 + ((axis + 2) % 3);
  const w = triangle * 9 + axis;
  const au = positions[u]!;
  const bu = positions[u + 3]!;
  const cu = positions[u + 6]!;
  const av = positions[v]!;
  const bv = positions[v + 3]!;
  const cv = positions[v + 6]!;
  const y = row + 0.5;
  // The row cuts two edges, or a third one too in their common end.
  let low = Infinity;
  let high = -Infinity;
  for (let edge = 0; edge < 3; edge++) {
    const fromU = edge === 0 ? au : edge === 1 ? bu : cu;
    const fromV = edge === 0 ? av : edge === 1 ? bv : cv;
    const toU = edge === 0 ? bu : edge === 1 ? cu : au;
    const toV = edge === 0 ? bv : edge === 1 ? cv : av;
    if (fromV < y ? toV < y : fromV > y && toV > y) continue;
    const at = fromV === toV ? fromU : fromU + ((toU - fromU) * (y - fromV)) / (toV - fromV);
    low = Math.min(low, at, fromV === toV ? toU : at);
    high = Math.max(high, at, fromV === toV ? toU : at);
  }
  // One more on both sides: the exact test decides, not the rounded ends of the span.
  const first = Math.max(Math.ceil(low - 0.5) - 1, Math.ceil(Math.min(au, bu, cu) - 0.5));
  const last = Math.min(Math.floor(high - 0.5) + 1, Math.floor(Math.max(au, bu, cu) - 0.5));
  for (let column = first; column <= last; column++) {
    const x = column + 0.5;
    const ab = side(au, av, bu, bv, x, y);
    const bc = side(bu, bv, cu, cv, x, y);
    if (ab > 0 !== bc > 0) continue;
    const ca = side(cu, cv, au, av, x, y);
    if (ab > 0 !== ca > 0) continue;
    const place = out.next();
    const sum = ab + bc + ca;
    const wa = bc / sum;
    const wb = ca / sum;
    const aw = positions[w]!;
    const depth = aw + wb * (positions[w + 3]! - aw) + (ab / sum) * (positions[w + 6]! - aw);
    out.columns[place] = column;
    out.depths[place] = Math.round(depth * DEPTH_STEPS) / DEPTH_STEPS;
    out.signs[place] = ab > 0 ? 1 : -1;
    out.triangles[place] = triangle;
    out.weights[place * 2] = wa;
    out.weights[place * 2 + 1] = wb;
  }
  return Math.max(av, bv, cv) >= y + 1;
}

/**
 * Which side of the edge from a to b the point (x, y) is on: twice the area of their triangle, with
 * its sign, and never 0. It is computed from the lower end (by u, then v), and on the edge it is a
 * number next to 0: as if every line were moved by a little of +v, and much less of -u.
 */
function side(au: number, av: number, bu: number, bv: number, x: number, y: number): number {
  if (au < bu || (au === bu && av < bv)) {
    const area = (bu - au) * (y - av) - (bv - av) * (x - au);
    return area === 0 ? Number.MIN_VALUE : area;
  }
  const area = (au - bu) * (y - bv) - (av - bv) * (x - bu);
  return area === 0 ? -Number.MIN_VALUE : -area;
}
