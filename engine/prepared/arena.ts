/**
 * Prepared blocks in shared memory: rows of bits, rectangles, and the cells of these. Any thread
 * may append, at the same time as others, and nothing is ever written twice: what a job reads stays
 * as it is. What nobody refers to any more goes with the whole arena.
 */

import { ROWS } from '../render/occupancy.ts';
import { type Faces, RECT } from '../render/rectangles.ts';
import { type Growable, growable } from './growable.ts';

/** What is posted to other threads. */
export interface ArenaMemory {
  /** How much faces may take; what is over it is prepared again for each picture. */
  readonly bytes_max: number;
  /** Rows of blocks, rectangles and cells so far. */
  readonly lengths: Int32Array;
  readonly rows: SharedArrayBuffer;
  readonly rects: SharedArrayBuffer;
  readonly colors: SharedArrayBuffer;
  readonly around: SharedArrayBuffer;
}

/** Rows that many blocks share are there from the start, by these numbers. */
export const NO_ROWS = 0;
export const FULL_ROWS = 1;

const BLOCKS = 0;
const RECTS = 1;
const CELLS = 2;

const RECT_BYTES = RECT * 4;
const CELL_BYTES = 5;

/** Of what faces may take. */
const FULL_SHARE = 3 / 4;

/** Memory is taken in steps of this. */
const STEP = 2 ** 18;
/** Threads that pass the ceiling at the same time, each with the faces of one block. */
const SLACK = 2 ** 24;
/** Of rows, which are not bounded: a thirty-second part of the voxels that they are of. */
const ROWS_BYTES_MAX = 2 ** 31;

export function newArenaMemory(bytes_max: number): ArenaMemory {
  const memory = {
    bytes_max,
    lengths: new Int32Array(new SharedArrayBuffer(12)),
    rows: growable(ROWS_BYTES_MAX),
    rects: growable(bytes_max + SLACK),
    colors: growable(bytes_max + SLACK),
    around: growable(bytes_max + SLACK),
  };
  const arena = new Arena(memory);
  arena.addRows(new Uint16Array(ROWS));
  arena.addRows(new Uint16Array(ROWS).fill(0xffff));
  return memory;
}

export class Arena implements Faces {
  readonly memory: ArenaMemory;
  rows: Uint16Array = new Uint16Array(0);
  rects: Int32Array = new Int32Array(0);
  colors: Uint32Array = new Uint32Array(0);
  around: Uint8Array = new Uint8Array(0);

  constructor(memory: ArenaMemory) {
    this.memory = memory;
    this.refresh();
  }

  /** Shows what other threads have appended. */
  refresh(): void {
    const { rows, rects, colors, around } = this.memory;
    // Of a length of their own: those that follow the growth of their memory are slow.
    const [blocks, faces, cells] = [rows.byteLength, rects.byteLength, around.byteLength];
    if (this.rows.byteLength !== blocks) this.rows = new Uint16Array(rows, 0, blocks / 2);
    if (this.rects.byteLength !== faces) this.rects = new Int32Array(rects, 0, faces / 4);
    if (this.around.byteLength !== cells) this.around = new Uint8Array(around, 0, cells);
    const words = colors.byteLength;
    if (this.colors.byteLength !== words) this.colors = new Uint32Array(colors, 0, words / 4);
  }

  /** Bytes of rows and faces, also of those that nobody refers to any more. */
  get bytes(): number {
    return Atomics.load(this.memory.lengths, BLOCKS) * ROWS * 2 + this.#faceBytes;
  }

  /** Rectangles, also those that nobody refers to any more. */
  get rectCount(): number {
    return Atomics.load(this.memory.lengths, RECTS);
  }

  /** Whether faces may soon find no room. */
  get isFull(): boolean {
    return this.#faceBytes > this.memory.bytes_max * FULL_SHARE;
  }

  get #faceBytes(): number {
    const { lengths } = this.memory;
    return Atomics.load(lengths, RECTS) * RECT_BYTES + Atomics.load(lengths, CELLS) * CELL_BYTES;
  }

  /** Appends the rows of a block; gives their number. */
  addRows(rows: Uint16Array): number {
    const { memory } = this;
    const number = Atomics.add(memory.lengths, BLOCKS, 1);
    ensure(memory.rows, (number + 1) * ROWS * 2);
    this.refresh();
    this.rows.set(rows, number * ROWS);
    return number;
  }

  /** Appends the faces of a block; gives the number of the first, or -1 when there is no room. */
  addFaces(faces: Faces, rects: number, cells: number): number {
    const { memory } = this;
    if (this.#faceBytes + rects * RECT_BYTES + cells * CELL_BYTES > memory.bytes_max) return -1;
    const first = Atomics.add(memory.lengths, RECTS, rects);
    const cell = Atomics.add(memory.lengths, CELLS, cells);
    ensure(memory.rects, (first + rects) * RECT_BYTES);
    ensure(memory.colors, (cell + cells) * 4);
    ensure(memory.around, cell + cells);
    this.refresh();
    this.rects.set(faces.rects.subarray(0, rects * RECT), first * RECT);
    for (let at = first * RECT + 2, end = at + rects * RECT; at < end; at += RECT) {
      this.rects[at]! += cell;
    }
    this.colors.set(faces.colors.subarray(0, cells), cell);
    this.around.set(faces.around.subarray(0, cells), cell);
    return first;
  }
}

/** Grows a buffer to so many bytes at least; another thread may do so at the same time. */
function ensure(buffer: SharedArrayBuffer, bytes: number): void {
  const memory = buffer as Growable;
  while (memory.byteLength < bytes) {
    const wanted = Math.min(Math.ceil(bytes / STEP) * STEP, memory.maxByteLength);
    try {
      memory.grow(wanted);
    } catch (error) {
      if (memory.byteLength < bytes) throw error;
    }
  }
}
