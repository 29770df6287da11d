/**
 * Visible faces joined to rectangles of one colour, across blocks. In each plane the faces of a row
 * are joined to the longest runs, and a run is joined to the run below it when both begin and end
 * at the same places and have the same colour; every face lies in one rectangle. Rectangles may
 * meet a corner of another in the middle of a side, as greedy meshes do; `ClosedSurface` mends
 * that.
 *
 * A plane is made row by row, so only the runs of one row are held. Order: directions -y +y -z +z
 * +x -x, planes from low to high, in a plane by the row in which a rectangle ends.
 */

import { checkInterrupt } from '../interrupt.ts';
import type { BlockView } from '../volume/block-view.ts';
import type { Vec3 } from '../volume/box.ts';
import type { Volume } from '../volume/volume.ts';
import { CORNERS, DirectionNormals } from './faces.ts';
import { Occupancy, ROWS } from './occupancy.ts';
import { type FaceBatch, GrowingBatch, type Surface } from './surface.ts';

/** Faces of a batch from which on it is given away; a row of a plane can add more. */
const BATCH_FACES = 4096;

/** Axis of the normal, of runs and of rows, by direction. */
const AXES = [
  [1, 0, 2],
  [1, 0, 2],
  [2, 0, 1],
  [2, 0, 1],
  [0, 1, 2],
  [0, 1, 2],
] as const;

const AXIS_KEYS = ['x', 'y', 'z'] as const;

/** Distance of two words of a block, and of two row bits, along each axis. */
const WORD_STEP = [1, 16, 256] as const;

/** Runs of one row of a plane: from `starts` to `ends` along it, since row `rows`. */
class Runs {
  count = 0;
  starts = new Float64Array(64);
  ends = new Float64Array(64);
  rows = new Float64Array(64);
  colors = new Uint32Array(64);

  add(start: number, end: number, row: number, rgba: number): void {
    if (this.count === this.starts.length) this.#grow();
    const at = this.count++;
    this.starts[at] = start;
    this.ends[at] = end;
    this.rows[at] = row;
    this.colors[at] = rgba;
  }

  #grow(): void {
    const { starts, ends, rows, colors } = this;
    const length = starts.length * 2;
    this.starts = new Float64Array(length);
    this.starts.set(starts);
    this.ends = new Float64Array(length);
    this.ends.set(ends);
    this.rows = new Float64Array(length);
    this.rows.set(rows);
    this.colors = new Uint32Array(length);
    this.colors.set(colors);
  }
}

/** Blocks of one layer of blocks across an axis, with the visible faces of one direction. */
interface Slab {
  readonly blocks: readonly BlockView[];
  /** For each block 16 planes of 16 rows; a bit is a face. */
  readonly faces: Uint16Array;
}

/** Of rectangles whatever their colours, which are to be parts of a picture. */
const SIDE_MAX = 2048;

export class GreedySurface implements Surface {
  readonly corners = 4;
  readonly occupancy: Occupancy;
  readonly #byColor: boolean;
  readonly #directions = new DirectionNormals();
  readonly #batch = new GrowingBatch(this.corners, BATCH_FACES);

  /**
   * Without `byColor` faces are joined whatever their colours, up to 2048 on a side, and the
   * colours of the batches say nothing.
   */
  constructor(volume: Volume | Occupancy, byColor = true) {
    this.occupancy = volume instanceof Occupancy ? volume : new Occupancy(volume);
    this.#byColor = byColor;
  }

  get normals(): readonly Vec3[] {
    return this.#directions.normals;
  }

  *batches(): Generator<FaceBatch, void, undefined> {
    this.#batch.count = 0;
    for (let direction = 0; direction < AXES.length; direction++) {
      const [axis] = AXES[direction]!;
      const slots = this.#sorted(direction);
      for (let at = 0; at < slots.length; ) {
        const level = this.occupancy.blocks[slots[at]!]![AXIS_KEYS[axis]];
        let end = at + 1;
        while (this.occupancy.blocks[slots[end]!]?.[AXIS_KEYS[axis]] === level) end++;
        yield* this.#mergeSlab(this.#slab(slots.slice(at, end), direction), direction);
        at = end;
      }
    }
    if (this.#batch.count > 0) yield this.#batch;
  }

  /** All slots by the axis of the normal, then by that of the rows, then along them. */
  #sorted(direction: number): number[] {
    const { blocks } = this.occupancy;
    const [normal, along, across] = AXES[direction]!;
    const [first, second, third] = [AXIS_KEYS[normal], AXIS_KEYS[across], AXIS_KEYS[along]];
    return Array.from(blocks, (_, slot) => slot).sort((i, j) => {
      const [a, b] = [blocks[i]!, blocks[j]!];
      return a[first] - b[first] || a[second] - b[second] || a[third] - b[third];
    });
  }

  #slab(slots: readonly number[], direction: number): Slab {
    const rows = new Uint16Array(ROWS);
    const faces = new Uint16Array(slots.length * ROWS);
    for (const [i, slot] of slots.entries()) {
      if (!this.occupancy.visibleIn(slot, direction, rows)) continue;
      turnRows(faces.subarray(i * ROWS, (i + 1) * ROWS), rows, AXES[direction]![0]);
    }
    return { blocks: slots.map((slot) => this.occupancy.blocks[slot]!), faces };
  }

  *#mergeSlab(slab: Slab, direction: number): Generator<FaceBatch, void, undefined> {
    const { blocks } = slab;
    const key = AXIS_KEYS[AXES[direction]![2]];
    let open = new Runs();
    let next = new Runs();
    for (let plane = 0; plane < 16; plane++) {
      const height = blocks[0]![AXIS_KEYS[AXES[direction]![0]]] + plane;
      let last = Number.NaN;
      for (let at = 0; at < blocks.length; ) {
        const level = blocks[at]![key];
        let end = at + 1;
        while (blocks[end]?.[key] === level) end++;
        if (level !== last + 1) this.#close(open, last + 1, height, direction);
        for (let row = 0; row < 16; row++) {
          checkInterrupt();
          if (this.#byColor) collectRuns(next, slab, at, end, plane, row, direction);
          else collectShapes(next, slab, at, end, plane, row, direction);
          if (next.count === 0 && open.count === 0) continue;
          this.#join(open, next, level + row, height, direction);
          [open, next] = [next, open];
          if (this.#batch.count < BATCH_FACES) continue;
          yield this.#batch;
          this.#batch.count = 0;
        }
        last = level + 15;
        at = end;
      }
      this.#close(open, last + 1, height, direction);
    }
  }

  /** Lets the runs of the row before go on in this row, or makes rectangles of them. */
  #join(before: Runs, now: Runs, row: number, height: number, direction: number): void {
    let at = 0;
    for (let i = 0; i < now.count; i++) {
      const start = now.starts[i]!;
      for (; at < before.count && before.starts[at]! <= start; at++) {
        const same =
          before.starts[at] === start &&
          before.ends[at] === now.ends[i] &&
          before.colors[at] === now.colors[i] &&
          (this.#byColor || row - before.rows[at]! < SIDE_MAX);
        if (same) now.rows[i] = before.rows[at]!;
        else this.#add(before, at, row, height, direction);
      }
    }
    for (; at < before.count; at++) this.#add(before, at, row, height, direction);
  }

  #close(runs: Runs, row: number, height: number, direction: number): void {
    for (let at = 0; at < runs.count; at++) this.#add(runs, at, row, height, direction);
    runs.count = 0;
  }

  /** The rectangle of a run that ends before a row. */
  #add(runs: Runs, at: number, row: number, height: number, direction: number): void {
    const batch = this.#batch;
    const face = batch.add();
    batch.normals[face] = this.#directions.number(direction);
    const [normal, along, across] = AXES[direction]!;
    const { positions } = batch;
    for (let corner = 0; corner < 4; corner++) {
      const to = (face * 4 + corner) * 3;
      const from = direction * 12 + corner * 3;
      positions[to + normal] = height + CORNERS[from + normal]!;
      positions[to + along] = CORNERS[from + along] === 0 ? runs.starts[at]! : runs.ends[at]!;
      positions[to + across] = CORNERS[from + across] === 0 ? runs.rows[at]! : row;
      batch.colors[face * 4 + corner] = runs.colors[at]!;
    }
  }
}

/**
 * From 256 rows along x to 16 planes across an axis, of 16 rows each: along x for planes across y
 * and z, along y for planes across x.
 */
function turnRows(planes: Uint16Array, rows: Uint16Array, axis: 0 | 1 | 2): void {
  if (axis === 2) planes.set(rows);
  for (let row = 0; row < ROWS && axis !== 2; row++) {
    const [y, z] = [row & 15, row >> 4];
    if (axis === 1) planes[y * 16 + z] = rows[row]!;
    for (let rest = rows[row]!; axis === 0 && rest !== 0; rest &= rest - 1) {
      const x = 31 - Math.clz32(rest & -rest);
      planes[x * 16 + z] = planes[x * 16 + z]! | (1 << y);
    }
  }
}

/** The runs of one row of a plane through the blocks from one place of a slab to another. */
function collectRuns(
  runs: Runs,
  { blocks, faces }: Slab,
  begin: number,
  end: number,
  plane: number,
  row: number,
  direction: number,
): void {
  const [normal, along, across] = AXES[direction]!;
  const step = WORD_STEP[along];
  const offset = plane * WORD_STEP[normal] + row * WORD_STEP[across];
  const level = blocks[begin]![AXIS_KEYS[across]] + row;
  runs.count = 0;
  for (let at = begin; at < end; at++) {
    let rest = faces[at * ROWS + plane * 16 + row]!;
    if (rest === 0) continue;
    const block = blocks[at]!;
    const { data } = block;
    const first = block[AXIS_KEYS[along]];
    for (; rest !== 0; rest &= rest - 1) {
      const bit = 31 - Math.clz32(rest & -rest);
      const rgba = data[offset + bit * step]!;
      const start = first + bit;
      const last = runs.count - 1;
      if (last >= 0 && runs.ends[last] === start && runs.colors[last] === rgba) {
        runs.ends[last] = start + 1;
      } else runs.add(start, start + 1, level, rgba);
    }
  }
}

/** The same whatever the colours are. */
function collectShapes(
  runs: Runs,
  { blocks, faces }: Slab,
  begin: number,
  end: number,
  plane: number,
  row: number,
  direction: number,
): void {
  const [, along, across] = AXES[direction]!;
  const level = blocks[begin]![AXIS_KEYS[across]] + row;
  runs.count = 0;
  for (let at = begin; at < end; at++) {
    const first = blocks[at]![AXIS_KEYS[along]];
    for (let rest = faces[at * ROWS + plane * 16 + row]!; rest !== 0; rest &= rest - 1) {
      const start = first + 31 - Math.clz32(rest & -rest);
      const last = runs.count - 1;
      const goesOn = last >= 0 && runs.ends[last] === start;
      if (goesOn && start - runs.starts[last]! < SIDE_MAX) runs.ends[last] = start + 1;
      else runs.add(start, start + 1, level, 0);
    }
  }
}
