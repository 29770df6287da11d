/**
 * Measures how long work in a thread has gone on, without the time in which the whole process stood
 * still (SIGSTOP, a paused container, a laptop's lid). Only the main thread can tell that time, by
 * its service clock; it publishes what it has counted so far in one shared word.
 */

/** Published every 200 ms; as much again for a main thread that is late. */
const PUBLISHED_LATE_MS = 400;

/** Milliseconds of service, in 32 bits that may overflow; nothing where no main thread counts. */
let service: Int32Array | undefined;

/** This thread's stopwatches go by the main thread's clock. */
export function followServiceClock(memory: SharedArrayBuffer): void {
  service = new Int32Array(memory);
}

function served_ms(): number {
  return service === undefined ? 0 : Atomics.load(service, 0);
}

export class Stopwatch {
  readonly #since_ms = performance.now();
  readonly #served_ms = served_ms();

  get elapsed_ms(): number {
    const elapsed_ms = performance.now() - this.#since_ms;
    if (service === undefined) return elapsed_ms;
    const served = (served_ms() - this.#served_ms) | 0;
    return Math.min(elapsed_ms, served + PUBLISHED_LATE_MS);
  }
}

/** Work was ended by a clock that went on while the process stood still; it is to be done again. */
export class StoodStill extends Error {
  override readonly name = 'StoodStill';

  constructor() {
    super('the process stood still while it was at work');
  }
}
