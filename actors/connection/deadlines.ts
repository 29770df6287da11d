/**
 * Requests that have a deadline of their own (`_meta.timeout_ms`), wherever they are: one that
 * waits is refused then, one that runs is told to stop, and so is a job. One timer, for the
 * earliest; none while there is no such request. Those without one are looked after by the queues,
 * some of a second late (`calls.check`).
 *
 * A request that ends is forgotten without a search for the next: the timer may be early, and looks
 * then when it has to be there again.
 */

import type { GoxError } from '../../conf/errors.ts';
import type { PendingReply } from '../../transport/jsonrpc.ts';
import type { ServiceClock } from '../service-clock.ts';
import { notBegunByDeadline, requestOverdue } from './refusals.ts';

interface Timed {
  /** When it was received, by the service clock. */
  readonly since_ms: number;
  readonly timeout_ms?: number | undefined;
  readonly reply: PendingReply;
  /** Whether it has not left for its engine. */
  readonly waits: boolean;
}

/** Where a request can be given up: the sessions of its connection. */
interface Keeper {
  cancel(is: (reply: PendingReply) => boolean, why: GoxError): boolean;
}

type Clock = Pick<ServiceClock, 'now_ms' | 'setTimeout' | 'clearTimeout'>;

export class Deadlines {
  readonly #clock: Clock;
  readonly #onDefect: (error: unknown) => void;
  readonly #keepers = new Map<Timed, Keeper>();
  #timer: ReturnType<Clock['setTimeout']> | undefined;
  #next_ms = Number.POSITIVE_INFINITY;

  /** @param onDefect hears of what giving up must not throw */
  constructor(clock: Clock, onDefect: (error: unknown) => void) {
    this.#clock = clock;
    this.#onDefect = onDefect;
  }

  /** Requests that have one and have not ended. */
  get size(): number {
    return this.#keepers.size;
  }

  /** Has a request given up at its deadline, if it has one. */
  watch(request: Timed, keeper: Keeper): void {
    if (request.timeout_ms === undefined) return;
    this.#keepers.set(request, keeper);
    const due_ms = dueOf(request);
    if (due_ms < this.#next_ms) this.#wake(due_ms);
  }

  /** It has ended. */
  forget(request: Timed): void {
    if (this.#keepers.delete(request) && this.#keepers.size === 0) this.#rest();
  }

  #wake(due_ms: number): void {
    this.#rest();
    this.#next_ms = due_ms;
    const wait_ms = Math.max(0, due_ms - this.#clock.now_ms());
    this.#timer = this.#clock.setTimeout(() => this.#look(), wait_ms);
  }

  #rest(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#next_ms = Number.POSITIVE_INFINITY;
  }

  #look(): void {
    // The clock's timers may be early by less than 1 ms.
    const now_ms = this.#clock.now_ms() + 1;
    const overdue: Timed[] = [];
    let next_ms = Number.POSITIVE_INFINITY;
    for (const request of this.#keepers.keys()) {
      const due_ms = dueOf(request);
      if (due_ms <= now_ms) overdue.push(request);
      else if (due_ms < next_ms) next_ms = due_ms;
    }
    this.#rest();
    if (next_ms < Number.POSITIVE_INFINITY) this.#wake(next_ms);
    for (const request of overdue) this.#expire(request);
  }

  #expire(request: Timed): void {
    const keeper = this.#keepers.get(request);
    // The end of one may have been that of another.
    if (keeper === undefined) return;
    this.#keepers.delete(request);
    const { timeout_ms = 0 } = request;
    const why = request.waits ? notBegunByDeadline(timeout_ms) : requestOverdue(timeout_ms, 0);
    try {
      keeper.cancel((reply) => reply === request.reply, why);
    } catch (error) {
      this.#onDefect(error);
    }
  }
}

function dueOf({ since_ms, timeout_ms = 0 }: Timed): number {
  return since_ms + timeout_ms;
}
