/**
 * Ends the sessions of clients that ask nothing. One takes, with its actors, a third of the memory
 * of its connection, and is started again in a tenth of a millisecond. One timer, and none while
 * there is no session.
 */

import type { ServiceClock } from '../service-clock.ts';
import type { PlacedConnection } from './sessions.ts';

/** How often it is looked: a session ends after one to two times that without a request. */
export const LOOK_MS = 10_000;

type Clock = Pick<ServiceClock, 'setTimeout' | 'clearTimeout'>;
type Connection = Pick<PlacedConnection, 'endIdleSessions'>;

export class IdleSessions {
  readonly #connections: ReadonlyMap<number, Connection>;
  readonly #clock: Clock;
  #sessions = 0;
  #timer: ReturnType<Clock['setTimeout']> | undefined;

  /** @param connections that are open */
  constructor(connections: ReadonlyMap<number, Connection>, clock: Clock) {
    this.#connections = connections;
    this.#clock = clock;
  }

  /** A session has started. */
  started(): void {
    this.#sessions += 1;
    this.#wait();
  }

  /** One has ended. */
  ended(): void {
    this.#sessions -= 1;
    if (this.#sessions > 0 || this.#timer === undefined) return;
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #wait(): void {
    this.#timer ??= this.#clock.setTimeout(() => this.#look(), LOOK_MS);
  }

  #look(): void {
    this.#timer = undefined;
    for (const connection of this.#connections.values()) connection.endIdleSessions();
    if (this.#sessions > 0) this.#wait();
  }
}
