/** A socket as what a connection writes to. */

import type { Socket } from 'node:net';
import type { Output } from '../../transport/output.ts';

/** What Node counts of a handle, and goes by itself for its own time-outs; not in its documents. */
interface Handle {
  /** Bytes that were handed to it. */
  readonly bytesWritten?: number;
  /** Those of them that the system has not taken. */
  readonly writeQueueSize?: number;
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
   * Bytes that the system has taken for the client since the beginning, with those of a large piece
   * that is on its way; where Node does not tell that, pieces as a whole.
   */
  get taken_bytes(): number {
    const { _handle: handle } = this.#socket as { _handle?: Handle | null };
    const { bytesWritten, writeQueueSize } = handle ?? {};
    if (bytesWritten !== undefined && writeQueueSize !== undefined) {
      return bytesWritten - writeQueueSize;
    }
    return this.#socket.bytesWritten - this.#socket.writableLength;
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
