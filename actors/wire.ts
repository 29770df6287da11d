/**
 * The replies of one connection: requests get a place, answers come in any order, and `flush` writes
 * all that are complete at once. A batch is complete when its last answer is there.
 */

import type { Socket } from 'node:net';
import type { GoxError } from '../conf/errors.ts';
import type { Encoding, Framing, Invalid, Outgoing, Reply, Request } from '../transport/jsonrpc.ts';
import { composeReplies, errorBody } from '../transport/reply.ts';

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

export class Wire {
  readonly #socket: Socket;
  readonly #framing: () => Framing;
  readonly #output_bytes_max: number;
  readonly #onFull: () => void;
  #ready: Outgoing[] = [];
  #full = false;
  /** Requests that have a place and no answer. */
  #open = 0;

  /**
   * @param framing how replies are framed at this moment
   * @param output_bytes_max bytes waiting for the reader from which on `onFull` is called
   */
  constructor(
    socket: Socket,
    framing: () => Framing,
    output_bytes_max: number,
    onFull: () => void,
  ) {
    this.#socket = socket;
    this.#framing = framing;
    this.#output_bytes_max = output_bytes_max;
    this.#onFull = onFull;
  }

  /** Requests under way. */
  get open(): number {
    return this.#open;
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
    if (this.#ready.length === 0) return;
    const ready = this.#ready;
    this.#ready = [];
    if (!this.#socket.writable) return;
    this.#socket.write(composeReplies(ready, this.#framing()));
    if (this.#full || this.#socket.writableLength <= this.#output_bytes_max) return;
    this.#full = true;
    this.#onFull();
  }

  /** The reader has caught up. */
  drained(): boolean {
    const wasFull = this.#full;
    this.#full = false;
    return wasFull;
  }
}

const NOTHING = new Uint8Array(0);
