/**
 * What the main thread and an engine share about the batch that the engine has: which of its
 * requests runs now, and which of them are to stop. One of the doors into `engine/`: no voxel code
 * is behind it.
 *
 * An engine has one flight at a time (a batch, or one handover), so one set of words serves all of
 * them: the main thread clears it before each departure and never writes into it in between.
 */

import { GoxError } from '../../conf/errors.ts';

/** Requests in one batch: enough to make the crossing cheap, few enough to be fair to others. */
export const FLIGHT_REQUESTS_MAX = 512;

/** Why a request is to stop; 0 is that it is not. */
const STOPS = { timeout: 1, cancel: 2 } as const;
type StopReason = keyof typeof STOPS;

/** The place of the request that runs, plus one; 0 before the first. */
const RUNNING = 0;
/** From here on, a word a request. */
const FIRST_STOP = 1;

export class FlightControl {
  readonly #words: Int32Array;
  #place = 0;
  #stopped = false;

  /** @param memory of the `FlightControl` of the other side */
  constructor(
    memory = new SharedArrayBuffer(
      (FIRST_STOP + FLIGHT_REQUESTS_MAX) * Int32Array.BYTES_PER_ELEMENT,
    ),
  ) {
    this.#words = new Int32Array(memory);
  }

  get memory(): SharedArrayBuffer {
    return this.#words.buffer as SharedArrayBuffer;
  }

  /** Main thread: another flight is about to leave. */
  clear(): void {
    Atomics.store(this.#words, RUNNING, 0);
    if (this.#stopped) this.#words.fill(0);
    this.#stopped = false;
  }

  /** Main thread: the place of the request that runs; the first is about to, until it does. */
  get running(): number {
    return Math.max(0, Atomics.load(this.#words, RUNNING) - 1);
  }

  /** Main thread: the request at a place is to stop, or not to begin. The first reason stays. */
  stop(place: number, why: StopReason): void {
    this.#stopped = true;
    Atomics.compareExchange(this.#words, FIRST_STOP + place, 0, STOPS[why]);
  }

  /** Engine: the request at a place runs now. */
  begin(place: number): void {
    this.#place = place;
    Atomics.store(this.#words, RUNNING, place + 1);
  }

  /** Engine: throws GOX_REQUEST_TIMEOUT or GOX_CANCELLED when the request that runs is to stop. */
  check(): void {
    const why = Atomics.load(this.#words, FIRST_STOP + this.#place);
    if (why === 0) return;
    if (why === STOPS.cancel) {
      throw new GoxError('GOX_CANCELLED', 'The request was cancelled. Nothing was changed.');
    }
    throw new GoxError(
      'GOX_REQUEST_TIMEOUT',
      'The request took longer than limits.request_timeout_ms allows. Nothing was changed.',
    );
  }
}
