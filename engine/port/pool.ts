/**
 * What the engines of a daemon hold together, so that they share one ceiling: memory that all their
 * threads see, with a row for each of them. A thread writes its own row and reads the others'.
 *
 * Layout: one word that tells how many rows were ever taken, then the rows: KiB of voxels, KiB of
 * what can be undone, KiB of what is kept of pictures.
 */

const ROWS_MAX = 1024;
const ROW_WORDS = 3;
const FIRST_ROW = 1;
const UNIT_BYTES = 1024;
const NO_ROW = -1;

/** What a row tells, by its place in it. */
export type Held = typeof VOXELS | typeof HISTORY | typeof PICTURES;
export const VOXELS = 0;
export const HISTORY = 1;
export const PICTURES = 2;

/** The row of one thread; a plain object, since it crosses to the thread. */
export interface PoolPlace {
  readonly memory: SharedArrayBuffer;
  readonly row: number;
}

/** The owner's side: hands out rows. */
export class Pool {
  readonly #memory = new SharedArrayBuffer(
    (FIRST_ROW + ROWS_MAX * ROW_WORDS) * Int32Array.BYTES_PER_ELEMENT,
  );
  readonly #words = new Int32Array(this.#memory);
  readonly #free: number[] = [];

  /** A row for a thread that is about to start. Throws when there are 1024 threads. */
  take(): PoolPlace {
    const row = this.#free.pop() ?? Atomics.add(this.#words, 0, 1);
    if (row >= ROWS_MAX) throw new Error(`more than ${ROWS_MAX} threads share their memory`);
    return { memory: this.#memory, row };
  }

  /** Bytes that all threads hold. */
  held(what: Held): number {
    return sum(this.#words, what, NO_ROW);
  }

  /** The thread of the row has ended, and holds nothing any more. */
  giveBack({ row }: PoolPlace): void {
    for (const what of [VOXELS, HISTORY, PICTURES]) {
      Atomics.store(this.#words, FIRST_ROW + row * ROW_WORDS + what, 0);
    }
    this.#free.push(row);
  }
}

/** The side of one thread. */
export class PoolRow {
  readonly #words: Int32Array;
  readonly #row: number;

  constructor({ memory, row }: PoolPlace = new Pool().take()) {
    this.#words = new Int32Array(memory);
    this.#row = row;
  }

  /** Tells the others what this thread holds. */
  tell(what: Held, bytes: number): void {
    const kib = Math.ceil(bytes / UNIT_BYTES);
    Atomics.store(this.#words, FIRST_ROW + this.#row * ROW_WORDS + what, kib);
  }

  /** Bytes that the other threads hold. */
  others(what: Held): number {
    return sum(this.#words, what, this.#row);
  }
}

/** Bytes of all rows but that one. */
function sum(words: Int32Array, what: Held, but: number): number {
  const rows = Math.min(Atomics.load(words, 0), ROWS_MAX);
  let kib = 0;
  for (let row = 0; row < rows; row++) {
    if (row !== but) kib += Atomics.load(words, FIRST_ROW + row * ROW_WORDS + what);
  }
  return kib * UNIT_BYTES;
}
