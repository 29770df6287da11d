/** A request on its way to an engine, and who gives it: what all of the queue speaks of. */

import type { GoxError } from '../../conf/errors.ts';
import type { Durability, OpTag, STATUS_ERROR, STATUS_RESULT } from '../../engine/port/layout.ts';
import type { PendingReply } from '../../transport/jsonrpc.ts';
import type { Project } from './project.ts';

/** One request on its way to an engine. */
export interface Call {
  /** The word that names the method to the engine, with its flags. */
  readonly method: number;
  /** The encoded parameters. */
  readonly params: Uint8Array;
  /** When it was received, by the service clock. */
  readonly since_ms: number;
  readonly project: Project;
  /** Its own deadline, from `since_ms`, if it has one. */
  readonly timeout_ms?: number | undefined;
  /** Its method: what it does, and how long one may run, if not as long as any request. */
  readonly spec?: {
    readonly name?: string;
    readonly timeout_ms?: number;
    readonly edits?: boolean;
    readonly project?: 'opens' | 'closes';
  };
  /** The place of its reply, if somebody waits for one. */
  readonly reply?: PendingReply;
  /** Who takes what it gets, of one that asks for a loan. */
  readonly loan?: { lent(value: unknown): void };
  /** Why it is to stop, once it is: the engine may be done with it before it sees that. */
  stopped?: GoxError;
  /** What it is known by, once it is a job that will edit; for the engine that ends it. */
  op?: OpTag | undefined;
  /** What its reply says beside the result, if it asked and once that is known. */
  durability?: Durability | undefined;
  /** Of threads, while they ran it. */
  deaths?: readonly { readonly at: string; readonly reason: string }[];
}

export type Status = typeof STATUS_RESULT | typeof STATUS_ERROR;

/** Somebody with calls for an engine: a session. */
export interface Source {
  /** The client, by a number that no other has had. */
  readonly client: number;
  /** Whether somebody waits for what the call asks for, so that it may become a job. */
  wants(call: Call): boolean;
  /** Hands over calls for `engine`, in order, as long as they fit; none while it is held back. */
  take(engine: number, count_max: number, bytes_max: number): Call[];
  /** Takes calls back that the engine left for the next batch. */
  putBack(calls: readonly Call[]): void;
  /** Answers a call with `bytes[start, end)`. */
  answer(call: Call, status: Status, bytes: Uint8Array, start: number, end: number): void;
  /** Answers a call with an error of our own. */
  fail(call: Call, error: GoxError): void;
  /**
   * Fails the calls that wait with it since before `time_ms`, but those with a time of their own or
   * of their method, when that is over; `why` is said of it, if known.
   */
  expire(time_ms: number, why?: string): void;
  /** Called after a number of answers: sends them. */
  flush(): void;
}

/** A call and what its job handed over. */
export interface HandedOver {
  readonly call: Call;
  readonly source: Source;
  readonly handover: unknown;
}
