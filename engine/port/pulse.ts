/**
 * The sign of life of a thread: a word of shared memory that says when its code last came by, by
 * the main thread's service clock. The thread's event loop beats, and so does every check of a long
 * loop, so that a thread at long but checked work is seen to live; one that hangs in a native call
 * or in a loop without checks is not. One of the doors into `engine/`: no voxel code is behind it.
 *
 * The main thread reads the word whenever it wants to know; no thread is asked, none must answer.
 */

/** How often an idle thread beats: a small part of the least `health.heartbeat_timeout_ms`. */
const BEAT_MS = 250;

/** The word of this thread, and the clock it is set by; nobody reads it before `followPulse`. */
let word: Int32Array = new Int32Array(1);
let service: Int32Array = new Int32Array(1);

/** This thread lives. Takes some nanoseconds, so that checks in long loops can say so each time. */
export function beat(): void {
  // A plain write, which takes a tenth of an atomic one; calls around it keep it in its loop.
  word[0] = Atomics.load(service, 0);
}

/**
 * This thread beats into `pulse` from now on, by the clock in `clock`; keeps no thread alive.
 *
 * @param clock see `stopwatch.ts`
 */
export function followPulse(pulse: SharedArrayBuffer, clock: SharedArrayBuffer): void {
  word = new Int32Array(pulse);
  service = new Int32Array(clock);
  beat();
  setInterval(beat, BEAT_MS).unref();
}

/** The main thread's side: the pulse of one thread. */
export class Pulse {
  readonly memory = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  readonly #word = new Int32Array(this.memory);
  readonly #service: Int32Array;

  /** @param clock what the service clock publishes; the thread has the same memory */
  constructor(clock: SharedArrayBuffer) {
    this.#service = new Int32Array(clock);
    Atomics.store(this.#word, 0, Atomics.load(this.#service, 0));
  }

  /** As if it had beaten now: nobody expected it to, for some time. */
  excuse(): void {
    Atomics.store(this.#word, 0, Atomics.load(this.#service, 0));
  }

  /**
   * Milliseconds of service since the last beat, or since this was made; late by as much as the
   * clock is published late. The words may overflow; their difference does not.
   */
  get silent_ms(): number {
    const since = Atomics.load(this.#service, 0) - Atomics.load(this.#word, 0);
    return Math.max(0, since | 0);
  }
}
