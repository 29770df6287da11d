/**
 * The clock of every machine and every deadline: it counts the time in which the daemon could
 * serve. While the whole process stood still (SIGSTOP, a paused container, a laptop's lid) or its
 * main thread was held up, no request was late by any doing of its own, and so that time counts for
 * nothing.
 *
 * A tick tells: between two of them no more is credited than `CREDIT_MS`, however long the system's
 * clock says that it was.
 */

import type { ActorOptions, AnyActorLogic } from 'xstate';

/** How often the clock makes sure that the main thread runs. */
const TICK_MS = 200;
/** The most that counts between two ticks: one that is late by as much again is ordinary load. */
const CREDIT_MS = 2 * TICK_MS;

/** The longest wait that a timer of Node takes; longer ones would end at once. */
const WAIT_MS_MAX = 0x7fff_ffff;

/** What the system offers; tests bring their own. */
export interface RealClock {
  now_ms(): number;
  setTimeout(action: () => void, wait_ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

const SYSTEM: RealClock = {
  now_ms: () => performance.now(),
  setTimeout: (action, wait_ms) => setTimeout(action, wait_ms),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
};

type Clock = NonNullable<ActorOptions<AnyActorLogic>['clock']>;

interface Timer {
  readonly action: () => void;
  readonly due_ms: number;
  real: unknown;
}

/** Keeps the process alive as long as a timer of its own waits, as `setTimeout` does. */
export class ServiceClock implements Clock {
  readonly #real: RealClock;
  /** What threads read; see `engine/stopwatch.ts`. */
  readonly memory = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  readonly #published = new Int32Array(this.memory);
  #ticked_ms: number;
  #credited_ms = 0;
  #ticker: unknown;

  constructor(real: RealClock = SYSTEM) {
    this.#real = real;
    this.#ticked_ms = real.now_ms();
    this.#tick();
  }

  /** Milliseconds of service since the clock was made; it never goes back. */
  now_ms(): number {
    return this.#credited_ms + Math.min(this.#real.now_ms() - this.#ticked_ms, CREDIT_MS);
  }

  setTimeout(action: () => void, wait_ms: number): Timer {
    const timer: Timer = { action, due_ms: this.now_ms() + wait_ms, real: undefined };
    this.#wait(timer, wait_ms);
    return timer;
  }

  clearTimeout(timer: Timer | undefined): void {
    if (timer !== undefined) this.#real.clearTimeout(timer.real);
  }

  /** Ends the ticking; timers that wait go on, by what has been credited so far. */
  stop(): void {
    this.#real.clearTimeout(this.#ticker);
  }

  #wait(timer: Timer, wait_ms: number): void {
    const look = () => {
      const rest_ms = timer.due_ms - this.now_ms();
      // A timer of Node may be early by a fraction.
      if (rest_ms < 1) timer.action();
      else this.#wait(timer, rest_ms);
    };
    timer.real = this.#real.setTimeout(look, Math.min(wait_ms, WAIT_MS_MAX));
  }

  #tick(): void {
    this.#credited_ms = this.now_ms();
    this.#ticked_ms = this.#real.now_ms();
    Atomics.store(this.#published, 0, this.#credited_ms);
    this.#ticker = this.#real.setTimeout(() => this.#tick(), TICK_MS);
    // Looking at the time is no reason to go on living.
    if (this.#ticker instanceof Object && 'unref' in this.#ticker) {
      (this.#ticker as NodeJS.Timeout).unref();
    }
  }
}
