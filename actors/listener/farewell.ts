/** Turning clients away: each is told why, and goes, whether it reads and closes or not. */

import type { Socket } from 'node:net';
import type { Config } from '../../conf/schema.ts';
import { composeStandalone } from '../../transport/reply.ts';
import { stopping, tooManyConnections } from '../connection/refusals.ts';

/** How long a client that is turned away may take to read why. */
const READ_MS = 1000;

/**
 * So many at a time are told; with more of them nobody waits, since each holds a descriptor that
 * others may need.
 */
const TOLD_MAX = 16;

export class Farewell {
  readonly #config: Pick<Config, 'performance'>;
  #told = 0;

  constructor(config: Pick<Config, 'performance'>) {
    this.#config = config;
  }

  say(socket: Socket, why: 'too many' | 'stopping'): void {
    socket.on('error', () => socket.destroy());
    const { max_connections } = this.#config.performance;
    const error = why === 'too many' ? tooManyConnections(max_connections) : stopping();
    socket.end(composeStandalone(error));
    if (this.#told >= TOLD_MAX) {
      socket.destroySoon();
      return;
    }
    this.#told += 1;
    // Not the socket's own time-out, which begins anew whenever the client sends something.
    const timer = setTimeout(() => socket.destroy(), READ_MS);
    socket.once('close', () => {
      this.#told -= 1;
      clearTimeout(timer);
    });
    socket.resume();
  }
}
