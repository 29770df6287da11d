/**
 * What the socket and the sessions of one connection share: the places of its replies, and where
 * its requests go. Requests get a place, answers come in any order, and `flush` writes all that are
 * complete at once. A batch is complete when its last answer is there.
 */

import type { Socket } from 'node:net';
import type { GoxError } from '../conf/errors.ts';
import type { Encoding, Framing, Invalid, Outgoing, Reply, Request } from '../transport/jsonrpc.ts';
import { composeReplies, errorBody } from '../transport/reply.ts';
import type { SessionRequest } from './session.ts';

/** Where the reply to one request goes. */
export interface PendingReply {
  readonly encoding: Encoding;
  /** The encoded id; undefined for a notification. */
  readonly id: Uint8Array | undefined;
  readonly batch: PendingBatch | undefined;
  /** The request's place in its batch. */
  readonly place: number;
}

/** The replies to one batch, as they come in. */
export interface PendingBatch {
  readonly replies: (Reply | undefined)[];
  left: number;
}

/** A session, as its connection sees it. */
export interface SessionHandle {
  submit(requests: readonly SessionRequest[]): void;
  /** The connection no longer holds it back. */
  resume(): void;
  /** Whether it has no request, waiting or under way. */
  idle(): boolean;
}

/** What a wire tells the socket it belongs to. */
export interface WireEvents {
  /** More waits for the reader than `limits.output_bytes_max`. */
  full(): void;
  /** Requests wait for a session of this name; `retire` names one that has nothing to do. */
  sessionNeeded(session: string, retire: string | undefined): void;
  /** The last request under way was answered. */
  idle(): void;
}

export class Wire {
  readonly #socket: Socket;
  readonly #framing: () => Framing;
  readonly #output_bytes_max: number;
  readonly #events: WireEvents;
  readonly #sessions = new Map<string, SessionHandle>();
  /** Requests whose session is about to start. */
  readonly #unclaimed = new Map<string, SessionRequest[]>();
  #ready: Outgoing[] = [];
  #full = false;
  #held = false;
  #open = 0;

  /** @param framing how replies are framed at this moment */
  constructor(
    socket: Socket,
    framing: () => Framing,
    output_bytes_max: number,
    events: WireEvents,
  ) {
    this.#socket = socket;
    this.#framing = framing;
    this.#output_bytes_max = output_bytes_max;
    this.#events = events;
  }

  /** Requests that have a place and no answer. */
  get open(): number {
    return this.#open;
  }

  /** Whether sessions are to keep their requests, since the client does not read its replies. */
  get held(): boolean {
    return this.#held;
  }

  /** Hands requests to the session of that name, which is asked for when there is none. */
  deliver(session: string, requests: SessionRequest[]): void {
    const known = this.#sessions.get(session);
    if (known !== undefined) {
      known.submit(requests);
      return;
    }
    const unclaimed = this.#unclaimed.get(session);
    if (unclaimed !== undefined) {
      unclaimed.push(...requests);
      return;
    }
    this.#unclaimed.set(session, requests);
    this.#events.sessionNeeded(session, this.#idleSession());
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
  }

  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    for (const session of this.#sessions.values()) session.resume();
  }

  /** The place for the reply to a request. */
  place(request: Request | Invalid, batch: PendingBatch | undefined, place: number): PendingReply {
    this.#open += 1;
    return { encoding: request.encoding, id: request.id, batch, place };
  }

  /** Answers with encoded bytes, which are kept, not copied, until the next flush. */
  answer(to: PendingReply, failed: boolean, body: Uint8Array): void {
    this.#open -= 1;
    const { encoding, id, batch } = to;
    const reply = id === undefined ? undefined : { encoding, id, failed, body };
    if (batch === undefined) {
      if (reply !== undefined) this.#ready.push(reply);
      return;
    }
    batch.replies[to.place] = reply;
    batch.left -= 1;
    if (batch.left > 0) return;
    const replies = batch.replies.filter((one) => one !== undefined);
    if (replies.length > 0) this.#ready.push(replies);
  }

  fail(to: PendingReply, error: GoxError): void {
    this.answer(to, true, to.id === undefined ? NOTHING : errorBody(error, to.encoding));
  }

  /** A reply that belongs to no request that has a place. */
  say(reply: Reply): void {
    this.#ready.push(reply);
  }

  /** Writes what is complete, in one write. */
  flush(): void {
    if (this.#ready.length > 0) this.#write();
    if (this.#open === 0) this.#events.idle();
  }

  #write(): void {
    const ready = this.#ready;
    this.#ready = [];
    if (!this.#socket.writable) return;
    this.#socket.write(composeReplies(ready, this.#framing()));
    if (this.#full || this.#socket.writableLength <= this.#output_bytes_max) return;
    this.#full = true;
    this.#events.full();
  }

  /** The reader has caught up. */
  drained(): boolean {
    const wasFull = this.#full;
    this.#full = false;
    return wasFull;
  }

  #idleSession(): string | undefined {
    for (const [name, session] of this.#sessions) if (session.idle()) return name;
    return undefined;
  }
}

const NOTHING = new Uint8Array(0);
