/** A socket as what a connection writes to. */

import type { Socket } from 'node:net';
import type { Output } from '../../transport/output.ts';
import { sendQueueBytes } from '../native/send-queue.ts';

/** What Node counts of a handle, and goes by itself for its own time-outs; not in its documents. */
interface Handle {
  /** Bytes that were handed to it. */
  readonly bytesWritten?: number;
  /** Those of them that the system has not taken. */
  readonly writeQueueSize?: number;
  readonly fd?: number;
}

export class SocketOutput implements Output {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  get writable(): boolean {
    return this.#socket.writable;
  }

  get unread_bytes(): number {
    return this.#socket.writableLength;
  }

  /**
   * Bytes that the client has taken since the beginning, as far as that can be known: read, or
   * taken by the system for it, or as pieces that were written whole. Some microseconds.
   */
  get taken_bytes(): number {
    const { _handle: handle } = this.#socket as { _handle?: Handle | null };
    const { bytesWritten, writeQueueSize, fd } = handle ?? {};
    if (bytesWritten === undefined || writeQueueSize === undefined) {
      return this.#socket.bytesWritten - this.#socket.writableLength;
    }
    const unread = fd === undefined || fd < 0 ? undefined : sendQueueBytes(fd);
    return bytesWritten - writeQueueSize - (unread ?? 0);
  }

  write(pieces: readonly Uint8Array[], written: () => void): void {
    const several = pieces.length > 1;
    if (several) this.#socket.cork();
    for (const piece of pieces) this.#socket.write(piece, written);
    if (several) this.#socket.uncork();
  }

  end(): void {
    this.#socket.destroySoon();
  }
}
