/**
 * The sessions of one connection by the names of their projects: where its requests for projects
 * go. A session that is not there is asked for, and its requests wait here until it has started.
 */

import type { GoxError } from '../../conf/errors.ts';
import { SESSIONS_KEPT } from '../../machines/connection.ts';
import type { PendingReply } from '../../transport/jsonrpc.ts';
import type { Replies } from '../../transport/replies.ts';
import { atOneStroke } from '../tracing/moment.ts';
import type { HandOver } from './hand-over.ts';
import {
  type HeldRequest,
  heldOf,
  type SessionHandle,
  type SessionNeed,
  type SessionRequest,
} from './request.ts';

/** A connection that is open, as its sessions and its listener see it. */
export interface OpenConnection {
  readonly replies: Replies;
  readonly sessions: Sessions;
}

/** One as its listener sees it. */
export interface PlacedConnection extends OpenConnection {
  /** What has gone over it. */
  readonly traffic: { readonly bytes_read: number; readonly bytes_written: number };
  /** It takes a place, and has not shown the token for it. */
  readonly stranger: boolean;
  /** It has nothing to do, or is a stranger, and another client needs its place. */
  giveWay(): void;
  /** Ends its sessions, if nothing was asked of them since the last time. */
  endIdleSessions(): void;
  /** Its way to another process, which takes the daemon's place. */
  readonly handOver: Pick<
    HandOver,
    'socket' | 'token' | 'offer' | 'takeUnread' | 'done' | 'withdraw'
  >;
}

/** All of them, by their numbers. */
export type OpenConnections = ReadonlyMap<number, OpenConnection>;

/** How many connections there have been: the last of them has this number as a client. */
let clients = 0;

export class Sessions {
  /** The client, by a number that no other has had since the daemon started. */
  readonly client = ++clients;
  readonly #replies: Pick<Replies, 'fail'>;
  readonly #needed: (need: SessionNeed) => void;
  readonly #ended: (request: SessionRequest) => void;
  readonly #sessions = new Map<string, SessionHandle>();
  /** Which number each session has, those about to start among them. */
  readonly #slots = new Map<string, number>();
  /** Numbers below the highest that nobody has. */
  readonly #freeSlots: number[] = [];
  /** Requests whose session is about to start. */
  readonly #unclaimed = new Map<string, SessionRequest[]>();
  /** Something was asked since it was last looked. */
  #asked = false;

  /**
   * @param needed hears that requests wait for a session that is not there
   * @param ended hears of requests that end before they come to their session
   */
  constructor(
    replies: Pick<Replies, 'fail'>,
    needed: (need: SessionNeed) => void,
    ended: (request: SessionRequest) => void = () => {},
  ) {
    this.#ended = ended;
    this.#replies = replies;
    this.#needed = needed;
  }

  /** Hands requests to the session of that name, which is asked for when there is none. */
  deliver(name: string, requests: SessionRequest[]): void {
    this.#asked = true;
    const known = this.#sessions.get(name);
    if (known !== undefined) {
      this.#noteQueued(name, requests);
      known.submit(requests);
      return;
    }
    const unclaimed = this.#unclaimed.get(name);
    if (unclaimed !== undefined) {
      this.#noteQueued(name, requests);
      unclaimed.push(...requests);
      return;
    }
    this.#unclaimed.set(name, requests);
    const need = this.#need(name);
    this.#noteQueued(name, requests);
    this.#needed(need);
  }

  /** A session has started; it gets what waits for it. */
  attach(name: string, session: SessionHandle): void {
    this.#sessions.set(name, session);
    const unclaimed = this.#unclaimed.get(name);
    this.#unclaimed.delete(name);
    if (unclaimed !== undefined) session.submit(unclaimed);
  }

  detach(name: string): void {
    this.#sessions.delete(name);
    const slot = this.#slots.get(name);
    if (slot === undefined) return;
    this.#slots.delete(name);
    this.#freeSlots.push(slot);
  }

  /** Requests of each session with the name of its project, of each so many at the most. */
  *held(most: number): Iterable<HeldRequest & { readonly project: string }> {
    for (const [project, session] of this.#sessions) {
      for (const held of session.held(most)) yield { ...held, project };
    }
    for (const [project, requests] of this.#unclaimed) {
      for (const held of heldOf([], requests, most)) yield { ...held, project };
    }
  }

  /** Whether none has anything to do. */
  get idle(): boolean {
    if (this.#unclaimed.size > 0) return false;
    for (const session of this.#sessions.values()) if (!session.idle()) return false;
    return true;
  }

  /** Whether there are some, of no use now, and nothing was asked since the last look. */
  look(): boolean {
    const asked = this.#asked;
    this.#asked = false;
    return !asked && this.#sessions.size > 0 && this.idle;
  }

  /** The client has read what blocked its connection. */
  resume(): void {
    for (const session of this.#sessions.values()) session.resume();
  }

  /** Gives up a request; false when none of those under way is the one. */
  cancel(is: (reply: PendingReply) => boolean, why: GoxError): boolean {
    for (const session of this.#sessions.values()) if (session.cancel(is, why)) return true;
    for (const requests of this.#unclaimed.values()) {
      const at = requests.findIndex(({ reply }) => is(reply));
      if (at < 0) continue;
      const [request] = requests.splice(at, 1);
      this.#refuse(request!, why);
      return true;
    }
    return false;
  }

  /** The client is gone. Edits and notifications that it sent are still carried out. */
  abandon(): void {
    for (const session of this.#sessions.values()) session.abandon();
  }

  giveUp(why: GoxError): void {
    this.#refuseUnclaimed(why);
    for (const session of this.#sessions.values()) session.giveUp(why);
  }

  refuseRest(why: GoxError): void {
    this.#refuseUnclaimed(why);
    for (const session of this.#sessions.values()) session.refuseRest(why);
  }

  #noteQueued(name: string, requests: readonly SessionRequest[]): void {
    const slot = this.#slots.get(name);
    atOneStroke(() => {
      for (const { reply } of requests) reply.way?.queued(slot);
    });
  }

  #refuseUnclaimed(why: GoxError): void {
    for (const requests of this.#unclaimed.values()) {
      for (const request of requests.splice(0)) this.#refuse(request, why);
    }
  }

  #refuse(request: SessionRequest, why: GoxError): void {
    request.share.leave(request);
    this.#ended(request);
    this.#replies.fail(request.reply, why);
  }

  /** For a client that names many projects, a session that has nothing to do makes room. */
  #need(session: string): SessionNeed {
    const idle = this.#sessions.size < SESSIONS_KEPT ? undefined : this.#idleSession();
    if (idle !== undefined) {
      const slot = this.#slots.get(idle)!;
      this.#slots.delete(idle);
      this.#slots.set(session, slot);
      return { session, slot, retire: true };
    }
    const slot = this.#freeSlots.pop() ?? this.#slots.size;
    this.#slots.set(session, slot);
    return { session, slot, retire: false };
  }

  #idleSession(): string | undefined {
    for (const [name, session] of this.#sessions) if (session.idle()) return name;
    return undefined;
  }
}
