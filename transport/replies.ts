/**
 * The replies of one connection. Requests get a place, answers come in any order, and `flush`
 * writes all that are complete at once. A batch is complete when its last answer is there, and a
 * reply without an id of its own when those before it are. Notifications, which answer nobody, go
 * between them.
 *
 * Every byte that waits is counted, here for the connection and in the `Ledger` for all. That has
 * two states, and no others:
 *
 * - `blocked`: the client has to read first. More than `limits.output_bytes_max` of what was
 *   written is unread; nobody hands over more, and nothing is read.
 * - `crowded`: requests have to be answered first. More than as many bytes of them have no answer,
 *   or one that waits for others; nothing more is read.
 *
 * Of what would have to be kept beyond the ceilings, a reply gives way to an error that says so,
 * and a notification is dropped and counted: what it tells of goes on, and the next one tells more.
 */

import type { GoxError } from '../conf/errors.ts';
import type { Config } from '../conf/schema.ts';
import { EMPTY } from './bytes.ts';
import { codeIn, Failures } from './failures.ts';
import type {
  Encoding,
  Form,
  Framing,
  Invalid,
  Outgoing,
  PendingBatch,
  PendingReply,
  Reply,
  ReplyTurn,
  Request,
} from './jsonrpc.ts';
import type { Ledger } from './ledger.ts';
import type { Limited } from './limits.ts';
import type { Output } from './output.ts';
import { batchTooLarge, resultCrowdedOut } from './refusals.ts';
import { bodyBytes, errorBody, notification, replyPieces } from './reply.ts';
import { toolReply } from './tool-calls.ts';

/** What replies tell the connection they belong to. */
export interface RepliesEvents {
  /** `blocked` or `crowded` may have changed. */
  flow(): void;
  /** The client has read what blocked it. */
  unblocked(): void;
  /** No request is under way. */
  idle(): void;
  /** A defect: the connection cannot go on. */
  failed(error: unknown): void;
}

type RepliesLimits = Pick<Config['limits'], 'output_bytes_max' | 'result_bytes_max'>;

/** What one request counts for beside its own bytes: the objects that stand for it. */
const REQUEST_BYTES = 256;

/** Replies up to this size are always kept: those of edits are, and must not give way to errors. */
const SMALL_BYTES = 4096;

export class Replies {
  readonly #output: Output;
  readonly #framing: () => Framing;
  readonly #config: Limited<RepliesLimits>;
  readonly #ledger: Ledger;
  readonly #events: RepliesEvents;
  readonly #failures: Failures;
  #ready: Outgoing[] = [];
  /** Those that come in the order of their requests, the next first. */
  #turns: ReplyTurn[] = [];
  #open = 0;
  /** Bytes of requests that have a place and no answer. */
  #asked = 0;
  /** Bytes of replies that wait for the others of their batch, for their turn, or for a flush. */
  #kept = 0;
  /** Those of them that the next flush writes. */
  #due = 0;
  /** Bytes of a message that is half there. */
  #partial = 0;
  /** What the ledger knows of. */
  #counted = 0;
  #dropped = 0;
  #blocked = false;
  #gone = false;
  #over = false;
  #ending = false;
  #touched_ms = performance.now();

  /**
   * @param framing how replies are framed at this moment
   * @param failures counts the errors of all connections
   */
  constructor(
    output: Output,
    framing: () => Framing,
    config: Limited<RepliesLimits>,
    ledger: Ledger,
    events: RepliesEvents,
    failures = new Failures(),
  ) {
    this.#output = output;
    this.#framing = framing;
    this.#config = config;
    this.#ledger = ledger;
    this.#events = events;
    this.#failures = failures;
  }

  /** How they are framed at this moment. */
  get framing(): Framing {
    return this.#framing();
  }

  /** Requests that have a place and no answer, or one that waits for those before it. */
  get open(): number {
    return this.#open;
  }

  /** Notifications that were dropped. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Whether the client has to read its replies before it gets more. */
  get blocked(): boolean {
    return this.#blocked;
  }

  /** Whether requests have to be answered before more are read. */
  get crowded(): boolean {
    // A reply that waits for those before it cannot be read by its client either.
    const waits = this.#asked + this.#kept - this.#due;
    if (waits > this.#config.limits.output_bytes_max) return true;
    return this.#asked > 0 && this.#ledger.full;
  }

  /**
   * Whether more replies may be made now, before those that are there are written. What waits for
   * the others of its batch does not count: only making those gets it away.
   */
  get roomy(): boolean {
    if (this.#blocked) return false;
    return this.#due + this.#output.unread_bytes <= this.#config.limits.output_bytes_max;
  }

  /** Whether the client has gone: nothing is written any more. */
  get gone(): boolean {
    return this.#gone;
  }

  /** Since when the client has asked for nothing and has read all; nothing while it has not. */
  get idleSince_ms(): number | undefined {
    const busy = this.#open > 0 || this.#partial > 0 || this.#output.unread_bytes > 0;
    return busy || this.#ending || this.#gone ? undefined : this.#touched_ms;
  }

  /** Notes that the client has asked for something. */
  touch(now_ms: number): void {
    this.#touched_ms = now_ms;
  }

  /** The client has nothing more to ask: it will end by itself. */
  ending(): void {
    this.#ending = true;
  }

  /** Bytes that wait here in all. */
  get held(): number {
    const unread = this.#gone ? 0 : this.#output.unread_bytes;
    return this.#asked + this.#kept + this.#partial + unread;
  }

  /** The client is gone: what is there for it is of no use. To be followed by `account`. */
  abandon(): void {
    this.#gone = true;
    this.#ready = [];
    for (const { bytes, outgoing } of this.#turns) if (outgoing !== undefined) this.#settle(bytes);
    this.#turns = [];
    this.#kept = 0;
    this.#due = 0;
    this.#partial = 0;
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
    const form = request.form ?? this.#formOf(request, batch);
    const turn = form === undefined ? undefined : { form, bytes, outgoing: undefined };
    if (turn !== undefined) this.#turns.push(turn);
    return { encoding, id, batch, place, bytes, turn, way: undefined };
  }

  /** Answers with encoded bytes, which are kept, not copied, until the next flush. */
  answer(to: PendingReply, failed: boolean, body: Uint8Array, meta?: Uint8Array): void {
    if (to.taker !== undefined) {
      to.taker.answered(failed, body);
      return;
    }
    // Else when its turn comes: or whoever waits for one reply could ask for any number more.
    if (to.turn === undefined || this.#gone) this.#settle(to.bytes);
    const { batch, id, way } = to;
    const wanted = id !== undefined && !this.#gone;
    const reply = wanted ? this.#admit(to, id, failed, body, meta) : undefined;
    if (way !== undefined) {
      const { failed: is, body: said } = reply ?? { failed, body };
      way.answered(is ? codeIn(to.encoding, said) : undefined, wanted ? said.length : 0);
    }
    if (this.#gone) return;
    if (reply !== undefined) {
      this.#failures.count(reply);
      if (to.turn !== undefined) {
        this.#inTurn(to.turn, reply);
        return;
      }
      this.#kept += reply.body.length;
    }
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
    // Nobody is told why a notification failed, but who watches over its way.
    if (to.id === undefined) to.way?.answered(error.code, 0);
    this.answer(to, true, to.id === undefined ? EMPTY : errorBody(error, to.encoding));
  }

  /** A reply that belongs to no request that has a place. */
  say(reply: Reply): void {
    if (this.#gone) return;
    this.#failures.count(reply);
    const turn: ReplyTurn = { form: 'bare', bytes: undefined, outgoing: undefined };
    this.#turns.push(turn);
    this.#inTurn(turn, reply);
  }

  /**
   * A notification, for the next flush; it stands behind the replies that are complete by now.
   * False when it was dropped: the client is gone or does not read, or too much waits.
   *
   * @param params encoded; of no bytes for none
   */
  notify(method: string, params: Uint8Array, encoding: Encoding): boolean {
    const taken = this.#takesNotification(params.length);
    if (!taken) {
      this.#dropped += 1;
      return false;
    }
    this.#kept += params.length;
    this.#push(notification(method, params, encoding));
    return true;
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
    // First, since those who wait for room are woken by the move, and these may be among them.
    this.#counted = held;
    this.#ledger.move(more);
    const wasBlocked = this.#blocked;
    this.#blocked = this.#isBlocked();
    this.#events.flow();
    if (wasBlocked && !this.#blocked) this.#events.unblocked();
  }

  #isBlocked(): boolean {
    const unread = this.#gone ? 0 : this.#output.unread_bytes;
    if (this.#ledger.full && this.held > 0) {
      this.#ledger.awaitRoom(this.#onRoom);
      if (unread > 0) return true;
    }
    const { output_bytes_max } = this.#config.limits;
    return unread > (this.#blocked ? output_bytes_max / 2 : output_bytes_max);
  }

  readonly #onRoom = () => this.account();

  readonly #onWritten = () => {
    if (this.#blocked || this.#counted > this.#asked) this.account();
  };

  /** What is no request has no id either, but its order counts only among others without. */
  #formOf({ kind }: Request | Invalid, batch: PendingBatch | undefined): Form | undefined {
    const ordered = kind === 'invalid' && batch === undefined && this.#turns.length > 0;
    return ordered ? 'bare' : undefined;
  }

  #inTurn(turn: ReplyTurn, reply: Reply): void {
    turn.outgoing = turn.form === 'tool' ? toolReply(reply) : reply;
    this.#kept += bodyBytes(turn.outgoing);
    while (this.#turns[0]?.outgoing !== undefined) {
      const { bytes, outgoing } = this.#turns.shift()!;
      this.#settle(bytes);
      this.#push(outgoing!);
    }
  }

  /** A request counts no more. */
  #settle(bytes: number | undefined): void {
    if (bytes === undefined) return;
    this.#open -= 1;
    this.#asked -= bytes;
  }

  #push(outgoing: Outgoing): void {
    this.#due += bodyBytes(outgoing);
    this.#ready.push(outgoing);
  }

  #write(): void {
    const ready = this.#ready;
    this.#ready = [];
    this.#kept -= this.#due;
    this.#due = 0;
    if (this.#output.writable) {
      this.#output.write(replyPieces(ready, this.#framing()), this.#onWritten);
    }
  }

  #takesNotification(bytes: number): boolean {
    if (this.#gone || this.#over || !this.#output.writable || !this.roomy) return false;
    // An answer to HTTP is all that can be said there.
    if (this.#framing() === 'http') return false;
    if (bytes > this.#config.limits.result_bytes_max) return false;
    return this.#ledger.bytes + bytes <= this.#ledger.bytes_max;
  }

  /** The reply, or the error that comes in its place when it cannot be kept. */
  #admit(
    { encoding, batch, turn }: PendingReply,
    id: Uint8Array,
    failed: boolean,
    body: Uint8Array,
    meta: Uint8Array | undefined,
  ): Reply {
    const { length } = body;
    const waits = batch !== undefined || (turn !== undefined && this.#turns[0] !== turn);
    const error = length > SMALL_BYTES ? this.#refusal(length, waits) : undefined;
    if (error !== undefined) {
      return { encoding, id, failed: true, body: errorBody(error, encoding) };
    }
    // A small part of a large answer would hold the whole of it until the others are there.
    const spared = waits && 2 * length < body.buffer.byteLength;
    return { encoding, id, failed, body: spared ? body.slice() : body, meta };
  }

  /** @param waits whether it has to wait for other replies */
  #refusal(bytes: number, waits: boolean): GoxError | undefined {
    const { result_bytes_max } = this.#config.limits;
    if (waits && this.#kept + bytes > result_bytes_max) {
      return batchTooLarge(bytes, result_bytes_max);
    }
    const { bytes_max } = this.#ledger;
    if (this.#ledger.bytes + bytes <= bytes_max) return undefined;
    return resultCrowdedOut(bytes, bytes_max);
  }
}
