/**
 * Walks a box in slices one voxel thick, with the slices before and behind, for formats that store
 * the surface of a model: which voxels can be seen, and from which sides.
 */

import type { Box } from '../../volume/box.ts';
import { SOLID_ALPHA } from '../../volume/color.ts';
import type { Volume } from '../../volume/volume.ts';
import { copyBox } from '../box-copy.ts';

/** Sides of a voxel as Build and Voxlap number them, in our axes. */
const LEFT = 1;
const RIGHT = 2;
const BACK = 4;
const FRONT = 8;
export const TOP = 16;
export const BOTTOM = 32;
export const SIDES = LEFT | RIGHT | BACK | FRONT;

function isClear(word: number): boolean {
  return word >>> 24 < SOLID_ALPHA;
}

/**
 * Slices of equal x, from low to high. A column of a slice runs from the top down, and columns from
 * high y to low y, as in these formats, where y and z point the other way. Around a slice lies a
 * margin of what is outside the box, which counts as empty.
 */
export class Slices {
  /** Words from one column to the next; a cell's column neighbours are at ±1. */
  readonly pitch: number;
  readonly #volume: Volume;
  readonly #box: Box;
  /** The words of cells, signed. */
  #before: Int32Array;
  #now: Int32Array;
  #behind: Int32Array;
  #x: number;

  constructor(volume: Volume, box: Box) {
    this.#volume = volume;
    this.#box = box;
    this.pitch = box.max[2] - box.min[2] + 2;
    const cells = this.pitch * (box.max[1] - box.min[1] + 2);
    this.#before = new Int32Array(cells);
    this.#now = new Int32Array(cells);
    this.#behind = new Int32Array(cells);
    this.#x = box.min[0] - 1;
    this.#load(box.min[0]);
  }

  /** Goes to the first or the next slice. */
  next(): void {
    const free = this.#before;
    this.#before = this.#now;
    this.#now = this.#behind;
    this.#behind = free;
    this.#x++;
    this.#load(this.#x + 1);
  }

  /** Where the top cell of a column is. */
  column(y: number): number {
    return (y + 1) * this.pitch + 1;
  }

  color(cell: number): number {
    return this.#now[cell]! >>> 0;
  }

  /** The sides from which a voxel can be seen; 0 for a hidden voxel, and for none. */
  sides(cell: number): number {
    const now = this.#now;
    if (isClear(now[cell]!)) return 0;
    return (
      (isClear(this.#before[cell]!) ? LEFT : 0) |
      (isClear(this.#behind[cell]!) ? RIGHT : 0) |
      (isClear(now[cell - this.pitch]!) ? BACK : 0) |
      (isClear(now[cell + this.pitch]!) ? FRONT : 0) |
      (isClear(now[cell - 1]!) ? TOP : 0) |
      (isClear(now[cell + 1]!) ? BOTTOM : 0)
    );
  }

  #load(x: number): void {
    const { min, max } = this.#box;
    this.#behind.fill(0);
    if (x >= max[0]) return;
    const part = { min: [x, min[1], min[2]], max: [x + 1, max[1], max[2]] } as const;
    const start = this.column(max[1] - min[1] - 1) + max[2] - min[2] - 1;
    copyBox(this.#volume, part, this.#behind, { x: 0, y: -this.pitch, z: -1, start });
  }
}
