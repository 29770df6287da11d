/** Turning clients away: each is told why, and goes, whether it reads and closes or not. */

import type { Socket } from 'node:net';
import type { GoxError } from '../../conf/errors.ts';
import { composeStandalone } from '../../transport/reply.ts';

/** How long a client that is turned away may take to read why. */
const READ_MS = 1000;

/**
 * So many at a time are waited for, since each holds a descriptor that others may need. For one
 * more, the one that had longest to read goes.
 */
const TOLD_MAX = 64;

export class Farewell {
  /** Those that are waited for, the eldest first. */
  readonly #told = new Set<Socket>();
  #count = 0;

  /** Clients that were turned away. */
  get count(): number {
    return this.#count;
  }

  /**
   * Tells a client why, and closes. What it sends meanwhile is read and dropped: closing over it
   * would be a reset, by which TCP may destroy what was said.
   */
  say(socket: Socket, why: GoxError): void {
    this.#count += 1;
    socket.on('error', () => socket.destroy());
    socket.end(composeStandalone(why));
    if (this.#told.size >= TOLD_MAX) this.#hurry();
    this.#told.add(socket);
    // Not the socket's own time-out, which begins anew whenever the client sends something.
    const timer = setTimeout(() => socket.destroy(), READ_MS);
    socket.once('close', () => {
      this.#told.delete(socket);
      clearTimeout(timer);
    });
    socket.resume();
  }

  #hurry(): void {
    const [eldest] = this.#told;
    if (eldest === undefined) return;
    this.#told.delete(eldest);
    eldest.destroySoon();
  }
}
