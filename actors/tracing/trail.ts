/**
 * The ways of the requests of one connection that are under way, the eldest first: a list through
 * the ways themselves, since every request enters and leaves it.
 */

import type { Invalid, Request } from '../../transport/jsonrpc.ts';
import type { ConnectionFacts } from '../hooks.ts';
import { moment_ms } from './moment.ts';
import { type Stage, Way } from './way.ts';

/** A socket, as far as its bytes are counted. */
export interface Traffic {
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

/** What the trails of one daemon share. */
export interface TrailDeps {
  /** Whether ways are noted at all at this moment. */
  readonly noting: boolean;
  /** The number of the next request. */
  next(): number;
  stage(type: Stage, way: Way): void;
  ended(way: Way): void;
  /** The connection has ended. */
  left(trail: Trail): void;
}

export class Trail {
  readonly connection: number;
  readonly listener: string;
  readonly opened_ms = moment_ms();
  readonly #deps: TrailDeps;
  readonly #traffic: Traffic;
  #eldest: Way | undefined;
  #latest: Way | undefined;

  constructor(connection: number, listener: string, traffic: Traffic, deps: TrailDeps) {
    this.connection = connection;
    this.listener = listener;
    this.#traffic = traffic;
    this.#deps = deps;
  }

  /** What is told of the connection at its beginning. */
  get opening(): ConnectionFacts {
    return { connection: this.connection, listener: this.listener, at_ms: this.opened_ms };
  }

  /** The same at its end. */
  get closing(): ConnectionFacts {
    const at_ms = moment_ms();
    return {
      ...{ ...this.opening, at_ms, lived_ms: at_ms - this.opened_ms },
      ...{ bytes_in: this.#traffic.bytesRead, bytes_out: this.#traffic.bytesWritten },
    };
  }

  /** Notes a request that has come, if any are noted. */
  begin(
    request: Request | Invalid,
    method: string,
    project: string | undefined,
    received_ms: number,
  ): Way | undefined {
    if (!this.#deps.noting) return undefined;
    const way = new Way(this.#deps.next(), this, request, method, project, received_ms);
    way.earlier = this.#latest;
    if (this.#latest === undefined) this.#eldest = way;
    else this.#latest.later = way;
    this.#latest = way;
    this.#deps.stage('request.received', way);
    return way;
  }

  /** Those under way, the eldest first. */
  *[Symbol.iterator](): Generator<Way> {
    for (let way = this.#eldest; way !== undefined; way = way.later) yield way;
  }

  stage(type: Stage, way: Way): void {
    this.#deps.stage(type, way);
  }

  ended(way: Way): void {
    const { earlier, later } = way;
    if (earlier === undefined) this.#eldest = later;
    else earlier.later = later;
    if (later === undefined) this.#latest = earlier;
    else later.earlier = earlier;
    way.earlier = undefined;
    way.later = undefined;
    this.#deps.ended(way);
  }

  /** The connection has ended, and nobody is answered any more. */
  end(): void {
    for (const way of [...this]) way.answered('GOX_CANCELLED', 0);
    this.#deps.left(this);
  }
}
