/**
 * A connection on its way to another process, which takes the place of this daemon. Its socket is
 * read no more, so that what its client sends waits in the kernel for the other one; what was read
 * and is no whole request goes along. Nothing of it is lost, whichever of the two goes on with it.
 */

import type { Socket } from 'node:net';
import type { ConnectionEvent } from '../../machines/connection.ts';
import { hold, isSecured, letGo, takeUnread } from '../upgrade/handles.ts';
import { RawTail } from './raw-tail.ts';

/** What is to be known of a connection. */
export interface HandOverDeps {
  readonly say: (event: ConnectionEvent) => void;
  /** How many of the bytes read last belong to a message that has not ended. */
  readonly pending: () => number;
  /** The hash of the token that its client has shown. */
  readonly token: () => Buffer | undefined;
}

export class HandOver {
  readonly socket: Socket;
  readonly #deps: HandOverDeps;
  readonly #tail = new RawTail();
  /** Was taken out of the socket. */
  #taken: Buffer = Buffer.alloc(0);
  #begun = false;
  #settled: (() => void) | undefined;

  constructor(socket: Socket, deps: HandOverDeps) {
    this.socket = socket;
    this.#deps = deps;
  }

  // What the other process needs, and who deals with it.

  get token(): Buffer | undefined {
    return this.#deps.token();
  }

  /**
   * Has the connection come to an end here. `settled` is called once nothing is under way or it is
   * closed; then, if it is open, it goes on by `done` or `withdraw`.
   */
  offer(settled: () => void): void {
    this.#settled = settled;
    const type = isSecured(this.socket) ? 'connection.leave' : 'connection.hand_over';
    this.#deps.say({ type });
  }

  /** What was read and is no whole request; once it is settled. */
  takeUnread(): Buffer {
    this.#taken = takeUnread(this.socket);
    return Buffer.concat([this.#tail.bytes(this.#deps.pending()), this.#taken]);
  }

  /** The other process has it. */
  done(): void {
    this.#deps.say({ type: 'connection.handed_over' });
  }

  /** The other process will not have it. */
  withdraw(): void {
    this.#settled = undefined;
    this.#deps.say({ type: 'connection.take_back' });
  }

  // What the connection does.

  /** Whether it is to be read by another process. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Whether its output has left and its input stands where another can go on. */
  get ready(): boolean {
    return this.socket.writableLength === 0 && !this.#tail.lost;
  }

  settle(): void {
    this.#settled?.();
    this.#settled = undefined;
  }

  begin(): void {
    this.#begun = true;
    if (!this.#tail.lost) hold(this.socket);
  }

  /** Something was read. */
  read(chunk: Uint8Array): void {
    this.#tail.note(chunk, this.#deps.pending());
    if (this.#begun && !this.#tail.lost) hold(this.socket);
  }

  /** It is read here again. */
  resume(): void {
    this.#begun = false;
    if (this.#taken.length > 0) this.socket.unshift(this.#taken);
    this.#taken = Buffer.alloc(0);
    letGo(this.socket);
  }
}
