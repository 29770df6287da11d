/** What an intake is given: what all of them share, and what it knows of its connection. */

import type { Config } from '../../conf/schema.ts';
import type { Caller } from '../../transport/caller.ts';
import type { EnvelopeReader } from '../../transport/envelope.ts';
import type { About } from '../about.ts';
import type { Trail } from '../tracing/trail.ts';
import type { Admission } from './admission.ts';
import type { Deadlines } from './deadlines.ts';
import type { GateDeps } from './gate.ts';
import type { OpenConnection } from './sessions.ts';
import type { Newcomer } from './standing.ts';
import type { UnderWayDeps } from './under-way.ts';

/**
 * Answers a method of the daemon itself with its encoded result, at once or later.
 *
 * @throws GoxError, and its promise rejects with one; anything else is a defect
 */
export type DaemonDispatch = (
  method: string,
  params: unknown,
  caller: Caller,
) => Uint8Array | Promise<Uint8Array>;

/** Since the start. */
export interface Counters {
  requests: number;
  connections: number;
  /** Of connections that have ended; those that are open know their own. */
  bytes_read: number;
  bytes_written: number;
}

/** Counters that count from now on. */
export function newCounters(): Counters {
  return { requests: 0, connections: 0, bytes_read: 0, bytes_written: 0 };
}

export interface IntakeDeps extends Pick<GateDeps, 'tokens' | 'onTokenRefused'> {
  readonly config: Pick<Config, 'limits' | 'performance'>;
  readonly admission: Admission;
  readonly deadlines: Pick<Deadlines, 'watch' | 'forget'>;
  /** One for all connections. */
  readonly reader: EnvelopeReader;
  readonly dispatch: DaemonDispatch;
  readonly counters: Counters;
  readonly clock: UnderWayDeps['clock'];
  /** Hears of a method that failed in a way it must not. */
  readonly onDefect: (about: About, error: unknown) => void;
}

/** What an intake knows of the connection it serves. */
export interface IntakeConnection extends OpenConnection, Newcomer {
  /** Where the ways of its requests are noted, if they are. */
  readonly trail?: Trail;
  /** It has shown a token. */
  authenticated(): void;
  /** Nothing more is to be read from it: it is closed when all is answered. */
  finish(): void;
  /** Hears of a defect that the connection cannot live with. */
  failed(error: unknown): void;
}
