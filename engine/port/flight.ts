/**
 * What the main thread and an engine share about the flights on their way (a batch each, or one
 * handover): which request of it runs now, and which of them are to stop.
 *
 * Each flight has a slot of words of its own. The main thread clears a slot before a flight departs
 * and gives it to no other until that one has landed; a batch tells its slot (`layout.ts`).
 */

import { GoxError } from '../../conf/errors.ts';

/** Requests in one batch: enough to make the crossing cheap, few enough to be fair to others. */
export const FLIGHT_REQUESTS_MAX = 512;

/** Why a request is to stop; 0 is that it is not. */
const STOPS = { timeout: 1, cancel: 2, deadline: 3 } as const;
/** `timeout`: of its method, or of all requests. `deadline`: its own. */
export type StopReason = keyof typeof STOPS;

/** Flights that an engine may have at a time: one that it runs, and one to follow. */
const FLIGHT_SLOTS = 2;

/** The place of the request that runs, plus one; 0 before the first. */
const RUNNING = 0;
/** From here on, a word a request. */
const FIRST_STOP = 1;
const SLOT_WORDS = FIRST_STOP + FLIGHT_REQUESTS_MAX;

export class FlightControl {
  readonly #words: Int32Array;
  /** Main thread: the slots in which something was told to stop. */
  readonly #stopped: boolean[] = [];
  /** Engine: where the slot of its present flight begins, and the request that runs. */
  #base = 0;
  #place = 0;

  /** @param memory of the `FlightControl` of the other side */
  constructor(
    memory = new SharedArrayBuffer(FLIGHT_SLOTS * SLOT_WORDS * Int32Array.BYTES_PER_ELEMENT),
  ) {
    this.#words = new Int32Array(memory);
  }

  get memory(): SharedArrayBuffer {
    return this.#words.buffer as SharedArrayBuffer;
  }

  /** Main thread: another flight is about to leave. */
  clear(slot: number): void {
    const base = slot * SLOT_WORDS;
    Atomics.store(this.#words, base + RUNNING, 0);
    if (this.#stopped[slot] === true) this.#words.fill(0, base, base + SLOT_WORDS);
    this.#stopped[slot] = false;
  }

  /** Main thread: the place of the request that runs, or ran last; nothing before the first. */
  running(slot: number): number | undefined {
    const running = Atomics.load(this.#words, slot * SLOT_WORDS + RUNNING);
    return running === 0 ? undefined : running - 1;
  }

  /** Main thread: the request at a place is to stop, or not to begin. The first reason stays. */
  stop(slot: number, place: number, why: StopReason): void {
    this.#stopped[slot] = true;
    const word = slot * SLOT_WORDS + FIRST_STOP + place;
    Atomics.compareExchange(this.#words, word, 0, STOPS[why]);
  }

  /** Engine: the flight of a slot is the present one. */
  enter(slot: number): void {
    this.#base = slot * SLOT_WORDS;
  }

  /** Engine: the request at a place of the present flight runs now. */
  begin(place: number): void {
    this.#place = place;
    Atomics.store(this.#words, this.#base + RUNNING, place + 1);
  }

  /** Engine: throws GOX_REQUEST_TIMEOUT or GOX_CANCELLED when the request that runs is to stop. */
  check(): void {
    const why = Atomics.load(this.#words, this.#base + FIRST_STOP + this.#place);
    if (why === 0) return;
    if (why === STOPS.cancel) {
      throw new GoxError('GOX_CANCELLED', 'The request was cancelled. Nothing was changed.');
    }
    const limit =
      why === STOPS.deadline ? 'its own _meta.timeout_ms' : 'performance.request_timeout_ms';
    const text = `The request took longer than ${limit} allows. Nothing was changed.`;
    throw new GoxError('GOX_REQUEST_TIMEOUT', text);
  }
}
