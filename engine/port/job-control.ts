/** What the threads of a job and the main thread share while it runs. */

import { GoxError } from '../../conf/errors.ts';
import { beat } from './pulse.ts';

const CANCELLED = 0;
const PROGRESS = 1;
const YIELDS = 2;
const LOOKS = 3;
const WORDS = 4;

/** Progress is kept in parts of a million, in one word. */
const WHOLE = 1_000_000;

/** Whether a job is to stop, how far it has come, and whether others need its threads. */
export class JobControl {
  readonly #words: Int32Array;

  /** @param memory of another `JobControl`, for the same job in another thread */
  constructor(memory = new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT)) {
    this.#words = new Int32Array(memory);
  }

  get memory(): SharedArrayBuffer {
    return this.#words.buffer as SharedArrayBuffer;
  }

  get cancelled(): boolean {
    return Atomics.load(this.#words, CANCELLED) !== 0;
  }

  cancel(): void {
    Atomics.store(this.#words, CANCELLED, 1);
  }

  /** From 0 to 1, over all stages; it never goes back. */
  get progress(): number {
    return Atomics.load(this.#words, PROGRESS) / WHOLE;
  }

  set progress(fraction: number) {
    const value = Math.round(Math.min(Math.max(fraction, 0), 1) * WHOLE);
    if (value > Atomics.load(this.#words, PROGRESS)) Atomics.store(this.#words, PROGRESS, value);
  }

  /** How many of its parts are to give their threads back. */
  set yields(parts: number) {
    Atomics.store(this.#words, YIELDS, parts);
  }

  /** Whether there was ever a part that can give its thread back. */
  get looks(): boolean {
    return Atomics.load(this.#words, LOOKS) !== 0;
  }

  /** Asked now and then by a part that can go on later, elsewhere: whether it is to end now. */
  takeYield(): boolean {
    Atomics.store(this.#words, LOOKS, 1);
    for (;;) {
      const asked = Atomics.load(this.#words, YIELDS);
      if (asked <= 0) return false;
      if (Atomics.compareExchange(this.#words, YIELDS, asked, asked - 1) === asked) return true;
    }
  }

  /** Of a clock that goes forward and is the same in every thread. */
  now_ms(): number {
    return performance.timeOrigin + performance.now();
  }

  /** To be called every few milliseconds by whoever works. Throws GOX_CANCELLED. */
  check(): void {
    beat();
    if (this.cancelled) throw new GoxError('GOX_CANCELLED', 'The job was cancelled.');
  }
}
