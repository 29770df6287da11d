/** A socket as what a connection writes to. */

import type { Socket } from 'node:net';
import type { Output } from '../../transport/output.ts';

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
