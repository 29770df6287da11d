/**
 * Who may wait for an engine. All requests that have arrived and have not left for their engine are
 * counted, in all and for each connection, over all engines: at most `workers.queue_size`, fairly
 * shared, and what is beyond that is refused at once, so that what is accepted is answered soon.
 *
 * A request is admitted while fewer than `queue_size` wait, and of its connection fewer than its
 * fair share: `queue_size` divided by the connections that have requests waiting. When others have
 * filled the queue, each connection still has a small share that nobody can take from it:
 * `queue_size` divided by `performance.max_connections`, at least 1. So at most twice as many wait,
 * or `queue_size` and one of each connection. What an engine puts back waits again and is not
 * refused: that is the rest of one flight, at most (`line.ts`).
 *
 * A notification is never refused, since nobody could be told that its edit was not made: as with
 * `limits.requests_in_flight_max`, its bytes bound it, by which its connection is not read any more
 * (`crowded`, `transport/replies.ts`). It is counted as all others are.
 *
 * Whoever asks too soon is told when to ask again, by the speed at which requests left of late.
 */

import type { GoxError } from '../../conf/errors.ts';
import type { Config } from '../../conf/schema.ts';
import { queueFull } from './refusals.ts';

/** A request that is counted while it waits. */
export interface Queued {
  readonly share: Share;
  /** Whether it waits at this moment. */
  waits: boolean;
}

interface AdmissionConfig {
  readonly workers: Pick<Config['workers'], 'queue_size'>;
  readonly performance: Pick<Config['performance'], 'max_connections'>;
}

/** What happened so long ago counts for a third (1/e) of what happens now. */
const MEMORY_MS = 5000;
/** What a client can wait for, and what one can be asked to. */
const RETRY_MS_MIN = 10;
const RETRY_MS_MAX = 30_000;
/** As long as nothing was measured. */
const RETRY_MS_UNKNOWN = 100;

export class Admission {
  readonly #config: AdmissionConfig;
  readonly #clock: { now_ms(): number };
  #waiting = 0;
  /** Connections that have requests waiting. */
  #crowd = 0;
  #refused = 0;
  /** Those that left since the last look, and when that was. */
  #left = 0;
  #looked_ms = 0;
  /** Whether something waited then: only time in which something waits tells of the speed. */
  #measuring = false;
  /** Those that left, and in which time; what is older counts for less. */
  #pastLeft = 0;
  #past_ms = 0;

  constructor(config: AdmissionConfig, clock: { now_ms(): number }) {
    this.#config = config;
    this.#clock = clock;
  }

  /** The share of a connection that begins. */
  open(): Share {
    return new Share(this);
  }

  /** Requests that wait, of all connections. */
  get waiting(): number {
    return this.#waiting;
  }

  figures() {
    const { queue_size } = this.#config.workers;
    return { queued: this.#waiting, queue_size, queue_refused: this.#refused };
  }

  /** Whether one more may wait for a connection of which so many do. */
  admits(own: number): boolean {
    const { queue_size } = this.#config.workers;
    if (this.#waiting < queue_size) {
      const crowd = own === 0 ? this.#crowd + 1 : this.#crowd;
      if (own * crowd < queue_size) return true;
    }
    return own < Math.max(1, Math.floor(queue_size / this.#config.performance.max_connections));
  }

  /** One is refused. */
  refuse(): void {
    this.#refused += 1;
  }

  /** What to tell those that are refused now. */
  refusal(): GoxError {
    return queueFull(this.#waiting, this.#config.workers.queue_size, this.#retryAfter_ms());
  }

  /** Time passes. To be told of before requests come. */
  tick(now_ms: number): void {
    if (now_ms > this.#looked_ms) this.#look(now_ms);
  }

  /** One begins to wait of a connection; `first`: none of that did. */
  came(first: boolean): void {
    this.#waiting += 1;
    if (first) this.#crowd += 1;
  }

  /**
   * Some wait no more.
   *
   * @param last none of that connection waits now
   * @param served they left for an engine
   */
  went(count: number, last: boolean, served: boolean): void {
    this.#waiting -= count;
    if (last) this.#crowd -= 1;
    if (served) this.#left += count;
    if (this.#waiting === 0 && this.#measuring) this.#look(this.#clock.now_ms());
  }

  /** When to ask again: what waits now will have left by then. */
  #retryAfter_ms(): number {
    if (this.#pastLeft === 0) return RETRY_MS_UNKNOWN;
    const wait_ms = Math.round((this.#waiting * this.#past_ms) / this.#pastLeft);
    return Math.min(RETRY_MS_MAX, Math.max(RETRY_MS_MIN, wait_ms));
  }

  #look(now_ms: number): void {
    if (this.#measuring) {
      const passed_ms = now_ms - this.#looked_ms;
      const kept = Math.exp(-passed_ms / MEMORY_MS);
      this.#pastLeft = this.#pastLeft * kept + this.#left;
      this.#past_ms = this.#past_ms * kept + passed_ms;
    }
    this.#measuring = this.#waiting > 0;
    this.#left = 0;
    this.#looked_ms = now_ms;
  }
}

/** What one connection has of the queue. */
export class Share {
  readonly #admission: Admission;
  #waiting = 0;
  #over = false;
  /** What was said to those refused last, and when: made once for all of a read. */
  #refusal: GoxError | undefined;
  #refused_ms = 0;

  constructor(admission: Admission) {
    this.#admission = admission;
  }

  /** Its requests that wait. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Whether one more may wait. */
  get roomy(): boolean {
    return this.#admission.admits(this.#waiting);
  }

  /** Why one more is refused, and counted as such; nothing when it may wait. @param now_ms now */
  refusal(now_ms: number): GoxError | undefined {
    this.#admission.tick(now_ms);
    if (this.roomy) return undefined;
    this.#admission.refuse();
    if (this.#refusal === undefined || now_ms > this.#refused_ms) {
      this.#refusal = this.#admission.refusal();
      this.#refused_ms = now_ms;
    }
    return this.#refusal;
  }

  /** It begins to wait, for the first time or again; nothing for one that does. */
  enter(request: Queued): void {
    if (request.waits || this.#over) return;
    request.waits = true;
    this.#waiting += 1;
    this.#admission.came(this.#waiting === 1);
  }

  /** It leaves for its engine. */
  depart(request: Queued): void {
    this.#leave(request, true);
  }

  /** It is answered or given up; nothing for one that does not wait. */
  leave(request: Queued): void {
    this.#leave(request, false);
  }

  /** The connection has ended, and with it all that waited. */
  end(): void {
    this.#over = true;
    const { waiting } = this;
    this.#waiting = 0;
    if (waiting > 0) this.#admission.went(waiting, true, false);
  }

  #leave(request: Queued, served: boolean): void {
    if (!request.waits) return;
    request.waits = false;
    if (this.#over) return;
    this.#waiting -= 1;
    this.#admission.went(1, this.#waiting === 0, served);
  }
}
