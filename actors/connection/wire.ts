/**
 * What the socket and the sessions of one connection share: the places of its replies, and where
 * its requests go. Requests get a place, answers come in any order, and `flush` writes all that are
 * complete at once. A batch is complete when its last answer is there.
 *
 * Every byte that waits is counted, here for the connection and in the `Ledger` for all. Beyond
 * `limits.output_bytes_max` of unread replies the wire is `full`: sessions hand over nothing more.
 * Beyond as many bytes of unanswered requests it is `crowded`: nothing more is read. A reply that
 * would have to be kept beyond the ceilings gives way to an error that says so.
 */

import type { Socket } from 'node:net';
import type { GoxError } from '../../conf/errors.ts';
import type { Config } from '../../conf/schema.ts';
import { SESSIONS_KEPT } from '../../machines/connection.ts';
import type { Framing, Invalid, Outgoing, Reply, Request } from '../../transport/jsonrpc.ts';
import type { Ledger } from '../../transport/ledger.ts';
import { bodyBytes, errorBody, replyPieces } from '../../transport/reply.ts';
import { batchTooLarge, resultCrowdedOut } from './refusals.ts';
import type {
  PendingBatch,
  PendingReply,
  SessionHandle,
  SessionNeed,
  SessionRequest,
} from './request.ts';

/** What a wire tells the socket it belongs to. */
export interface WireEvents {
  /** `full` or `crowded` may have changed. */
  flow(): void;
  /** Requests wait for a session that is not there. */
  sessionNeeded(need: SessionNeed): void;
  /** No request is under way. */
  idle(): void;
  /** A defect: the connection cannot go on. */
  failed(error: unknown): void;
}

/** What one request counts for beside its own bytes: the objects that stand for it. */
const REQUEST_BYTES = 256;

/** Replies up to this size are always kept: those of edits are, and must not give way to errors. */
const SMALL_BYTES = 4096;

export class Wire {
  readonly #socket: Socket;
  readonly #framing: () => Framing;
  readonly #limits: Pick<Config['limits'], 'output_bytes_max' | 'result_bytes_max'>;
  readonly #ledger: Ledger;
  readonly #events: WireEvents;
  readonly #sessions = new Map<string, SessionHandle>();
  /** Which number each session has, those about to start among them. */
  readonly #slots = new Map<string, number>();
  /** Numbers below the highest that nobody has. */
  readonly #freeSlots: number[] = [];
  /** Requests whose session is about to start. */
  readonly #unclaimed = new Map<string, SessionRequest[]>();
  #ready: Outgoing[] = [];
  #open = 0;
  /** Bytes of requests that have a place and no answer. */
  #asked = 0;
  /** Bytes of replies that wait for the others of their batch, or for the next flush. */
  #kept = 0;
  /** Those of them that the next flush writes. */
  #due = 0;
  /** Bytes of a message that is half there. */
  #partial = 0;
  /** What the ledger knows of. */
  #counted = 0;
  #full = false;
  #gone = false;
  #over = false;
  #ending = false;
  #touched_ms = performance.now();

  /** @param framing how replies are framed at this moment */
  constructor(
    socket: Socket,
    framing: () => Framing,
    limits: Pick<Config['limits'], 'output_bytes_max' | 'result_bytes_max'>,
    ledger: Ledger,
    events: WireEvents,
  ) {
    this.#socket = socket;
    this.#framing = framing;
    this.#limits = limits;
    this.#ledger = ledger;
    this.#events = events;
  }

  /** Requests that have a place and no answer. */
  get open(): number {
    return this.#open;
  }

  /** Whether the client has to read its replies before it gets more. */
  get full(): boolean {
    return this.#full;
  }

  /** Whether requests have to be answered before more are read. */
  get crowded(): boolean {
    if (this.#asked > this.#limits.output_bytes_max) return true;
    return this.#asked > 0 && this.#ledger.full;
  }

  /**
   * Whether more replies may be made now, before those that are there are written. What waits for
   * the others of its batch does not count: only making those gets it away.
   */
  get roomy(): boolean {
    return !this.#full && this.#due + this.#socket.writableLength <= this.#limits.output_bytes_max;
  }

  /** Whether the client has gone: nothing is written any more. */
  get gone(): boolean {
    return this.#gone;
  }

  /** Since when the client has asked for nothing and has read all; nothing while it has not. */
  get idleSince_ms(): number | undefined {
    const busy = this.#open > 0 || this.#partial > 0 || this.#socket.writableLength > 0;
    return busy || this.#ending || this.#gone ? undefined : this.#touched_ms;
  }

  /** Notes that the client has asked for something. */
  touch(now_ms: number): void {
    this.#touched_ms = now_ms;
  }

  /** It has nothing more to ask: it will end by itself. */
  ending(): void {
    this.#ending = true;
  }

  /** Bytes that wait here in all. */
  get held(): number {
    const unread = this.#gone ? 0 : this.#socket.writableLength;
    return this.#asked + this.#kept + this.#partial + unread;
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
    this.#events.sessionNeeded(this.#need(session));
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

  /** Gives up the request of this id; false when there is none under way. */
  cancel(is: (reply: PendingReply) => boolean, why: GoxError): boolean {
    for (const session of this.#sessions.values()) if (session.cancel(is, why)) return true;
    for (const requests of this.#unclaimed.values()) {
      const at = requests.findIndex(({ reply }) => is(reply));
      if (at < 0) continue;
      const [request] = requests.splice(at, 1);
      this.fail(request!.reply, why);
      return true;
    }
    return false;
  }

  /** The client is gone. Edits and notifications that it sent are still carried out. */
  abandon(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#ready = [];
    this.#kept = 0;
    this.#due = 0;
    this.#partial = 0;
    for (const session of this.#sessions.values()) session.abandon();
    this.account();
  }

  giveUp(why: GoxError): void {
    for (const session of this.#sessions.values()) session.giveUp(why);
  }

  refuseRest(why: GoxError): void {
    for (const session of this.#sessions.values()) session.refuseRest(why);
  }

  /** The connection has ended, and nothing of it is held. */
  end(): void {
    this.#over = true;
    this.#ledger.forget(this.#onRoom);
    const counted = this.#counted;
    this.#counted = 0;
    this.#ledger.move(-counted);
  }

  /** The place for the reply to a request. */
  place(request: Request | Invalid, batch: PendingBatch | undefined, place: number): PendingReply {
    const { encoding, id } = request;
    const params = request.kind === 'request' ? request.params.length : 0;
    const bytes = REQUEST_BYTES + params + (id?.length ?? 0);
    this.#open += 1;
    this.#asked += bytes;
    return { encoding, id, batch, place, bytes };
  }

  /** Answers with encoded bytes, which are kept, not copied, until the next flush. */
  answer(to: PendingReply, failed: boolean, body: Uint8Array): void {
    this.#open -= 1;
    this.#asked -= to.bytes;
    if (this.#gone) return;
    const { batch } = to;
    const reply = to.id === undefined ? undefined : this.#admit(to, to.id, failed, body);
    if (reply !== undefined) this.#kept += reply.body.length;
    if (batch === undefined) {
      if (reply !== undefined) this.#push(reply);
      return;
    }
    batch.replies[to.place] = reply;
    batch.left -= 1;
    if (batch.left > 0) return;
    const replies = batch.replies.filter((one) => one !== undefined);
    if (replies.length > 0) this.#push(replies);
  }

  fail(to: PendingReply, error: GoxError): void {
    this.answer(to, true, to.id === undefined ? NOTHING : errorBody(error, to.encoding));
  }

  /** A reply that belongs to no request that has a place. */
  say(reply: Reply): void {
    if (this.#gone) return;
    this.#kept += reply.body.length;
    this.#push(reply);
  }

  /** Writes what is complete, at once. */
  flush(): void {
    try {
      if (this.#ready.length > 0) this.#write();
      this.account();
    } catch (error) {
      // What cannot be composed ends the connection that it is for, and nothing else.
      this.#ready = [];
      this.#events.failed(error);
    }
    if (this.#open === 0) this.#events.idle();
  }

  /** Brings the counts up to date. @param partial bytes of a message that is half there */
  account(partial = this.#partial): void {
    if (this.#over) return;
    this.#partial = partial;
    const { held } = this;
    const more = held - this.#counted;
    // First, since those who wait for room are woken by the move, and this wire may be one.
    this.#counted = held;
    this.#ledger.move(more);
    const wasFull = this.#full;
    this.#full = this.#isFull();
    this.#events.flow();
    if (wasFull && !this.#full) for (const session of this.#sessions.values()) session.resume();
  }

  #isFull(): boolean {
    const unread = this.#gone ? 0 : this.#socket.writableLength;
    if (this.#ledger.full && this.held > 0) {
      this.#ledger.awaitRoom(this.#onRoom);
      if (unread > 0) return true;
    }
    const { output_bytes_max } = this.#limits;
    return unread > (this.#full ? output_bytes_max / 2 : output_bytes_max);
  }

  readonly #onRoom = () => this.account();

  readonly #onWritten = () => {
    if (this.#full || this.#counted > this.#asked) this.account();
  };

  #push(outgoing: Outgoing): void {
    this.#due += bodyBytes(outgoing);
    this.#ready.push(outgoing);
  }

  #write(): void {
    const ready = this.#ready;
    this.#ready = [];
    this.#kept -= this.#due;
    this.#due = 0;
    if (!this.#socket.writable) return;
    const pieces = replyPieces(ready, this.#framing());
    if (pieces.length > 1) this.#socket.cork();
    for (const piece of pieces) this.#socket.write(piece, this.#onWritten);
    if (pieces.length > 1) this.#socket.uncork();
  }

  /** The reply, or the error that comes in its place when it cannot be kept. */
  #admit(to: PendingReply, id: Uint8Array, failed: boolean, body: Uint8Array): Reply {
    const { encoding, batch } = to;
    const { length } = body;
    const error = length > SMALL_BYTES ? this.#refusal(length, batch !== undefined) : undefined;
    if (error !== undefined) {
      return { encoding, id, failed: true, body: errorBody(error, encoding) };
    }
    // A small part of a large answer would hold the whole of it until the batch is complete.
    const spared = batch !== undefined && 2 * length < body.buffer.byteLength;
    return { encoding, id, failed, body: spared ? body.slice() : body };
  }

  #refusal(bytes: number, batched: boolean): GoxError | undefined {
    const { result_bytes_max } = this.#limits;
    if (batched && this.#kept + bytes > result_bytes_max) {
      return batchTooLarge(bytes, result_bytes_max);
    }
    const { bytes_max } = this.#ledger;
    if (this.#ledger.bytes + bytes <= bytes_max) return undefined;
    return resultCrowdedOut(bytes, bytes_max);
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

const NOTHING = new Uint8Array(0);
