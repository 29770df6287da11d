/**
 * Where the connections of one kind come in. They are given to whoever takes them, the listener;
 * while there is none they wait here, as many as the backlog of their socket allows, so that a
 * listener which is started again loses nobody. When the daemon stops nobody waits in vain: who
 * comes then is told so.
 */

import type { Socket } from 'node:net';
import { GoxError } from '../../conf/errors.ts';
import type { SocketKind } from '../../machines/sockets.ts';
import { stopping } from '../connection/refusals.ts';
import type { Farewell } from './farewell.ts';

/** Who takes the connections of a kind. */
export interface Taker {
  accept(socket: Socket): void;
  /** There is a socket of this kind again, or another one. */
  listening(address: string): void;
  /** There is none any more; it may come back. */
  gone(): void;
}

export interface DoorDeps {
  readonly farewell: Farewell;
  /** Whether the daemon stops. */
  readonly stopping: () => boolean;
}

export class Door {
  readonly kind: SocketKind;
  readonly #deps: DoorDeps;
  /** With what forgets each when it closes. */
  readonly #waiting = new Map<Socket, () => void>();
  #taker: Taker | undefined;
  #address: string | undefined;

  constructor(kind: SocketKind, deps: DoorDeps) {
    this.kind = kind;
    this.#deps = deps;
  }

  /** Where clients connect; undefined while there is no socket of this kind. */
  get address(): string | undefined {
    return this.#address;
  }

  /** Connections that nobody has taken yet. */
  get waiting(): number {
    return this.#waiting.size;
  }

  open(address: string): void {
    if (this.#address === address) return;
    this.#address = address;
    this.#taker?.listening(address);
  }

  close(): void {
    if (this.#address === undefined) return;
    this.#address = undefined;
    this.#taker?.gone();
  }

  /** Somebody has connected. */
  arrive(socket: Socket, backlog: number): void {
    if (this.#deps.stopping()) this.#deps.farewell.say(socket, stopping());
    else if (this.#taker !== undefined) this.#taker.accept(socket);
    else if (this.#waiting.size < backlog) this.#wait(socket);
    else this.#deps.farewell.say(socket, crowded(this.kind, backlog));
  }

  /** From now on it takes all connections, those that wait first; gives what ends that. */
  take(taker: Taker): () => void {
    this.#taker = taker;
    for (const socket of this.#waiting.keys()) {
      this.#forget(socket);
      taker.accept(socket);
    }
    return () => {
      if (this.#taker === taker) this.#taker = undefined;
      if (this.#deps.stopping()) this.turnAway();
    };
  }

  /** Gives out all that wait. */
  takeWaiting(): readonly Socket[] {
    const all = [...this.#waiting.keys()];
    for (const socket of all) this.#forget(socket);
    return all;
  }

  /** Tells all that wait that the daemon stops. */
  turnAway(): void {
    for (const socket of this.#waiting.keys()) {
      this.#forget(socket);
      this.#deps.farewell.say(socket, stopping());
    }
  }

  #wait(socket: Socket): void {
    const closed = () => this.#forget(socket);
    this.#waiting.set(socket, closed);
    socket.on('error', ignore);
    socket.on('close', closed);
  }

  #forget(socket: Socket): void {
    const closed = this.#waiting.get(socket);
    this.#waiting.delete(socket);
    if (closed !== undefined) socket.off('close', closed);
    // Whoever gets it has a handler by the time that an error can come.
    socket.off('error', ignore);
  }
}

function ignore(): void {
  // `close` follows.
}

function crowded(kind: SocketKind, backlog: number): GoxError {
  const text =
    `${backlog} connections wait for the daemon to be ready, as many as sockets.${kind}.backlog ` +
    'allows.';
  return new GoxError('GOX_TOO_MANY_CONNECTIONS', text, { limit: backlog });
}
