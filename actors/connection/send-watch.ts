/**
 * Whether a client takes what waits for it. One that takes no byte for `limits.send_timeout_ms`
 * will take none: it holds memory, and a place, that others need. Reading slowly is fine.
 *
 * It is looked now and then, and only while something waits; by the service clock, so that nobody
 * is late while the daemon stood still.
 */

import type { Config } from '../../conf/schema.ts';
import type { ServiceClock } from '../service-clock.ts';

/** What is watched; see `socket-output.ts`. */
export interface Watched {
  readonly unread_bytes: number;
  /** Bytes that the other side has taken since the beginning, as far as that can be known. */
  readonly taken_bytes: number;
}

type Clock = Pick<ServiceClock, 'now_ms' | 'setTimeout' | 'clearTimeout'>;

/** Looks in the time of the time-out; a client is cut this much too late at the most. */
const LOOKS = 8;

export class SendWatch {
  readonly #clock: Clock;
  readonly #config: Pick<Config, 'limits'>;
  readonly #output: Watched;
  readonly #overdue: () => void;
  #timer: ReturnType<Clock['setTimeout']> | undefined;
  /** How much was taken, and when that was seen first. */
  #taken_bytes = 0;
  #since_ms = 0;

  /** @param overdue called once when nothing was taken for too long */
  constructor(clock: Clock, config: Pick<Config, 'limits'>, output: Watched, overdue: () => void) {
    this.#clock = clock;
    this.#config = config;
    this.#output = output;
    this.#overdue = overdue;
  }

  /** Something waits. */
  begin(): void {
    if (this.#timer !== undefined) return;
    this.#note();
    this.#wait();
  }

  end(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #note(): void {
    this.#taken_bytes = this.#output.taken_bytes;
    this.#since_ms = this.#clock.now_ms();
  }

  #wait(): void {
    const wait_ms = this.#config.limits.send_timeout_ms / LOOKS;
    this.#timer = this.#clock.setTimeout(() => this.#look(), wait_ms);
  }

  #look(): void {
    this.#timer = undefined;
    if (this.#output.unread_bytes === 0) return;
    if (this.#output.taken_bytes !== this.#taken_bytes) this.#note();
    // Timers may be early by less than 1 ms.
    const still_ms = this.#clock.now_ms() - this.#since_ms + 1;
    if (still_ms >= this.#config.limits.send_timeout_ms) this.#overdue();
    else this.#wait();
  }
}
