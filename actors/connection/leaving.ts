/**
 * The end of a connection because its daemon ends. Its client is told: who has shown that it reads
 * messages by what they say, with a token or by their headers, at once; others may take any line
 * for the reply that they wait for, and so for them it is the last. And what the client sent before
 * it could know is waited for.
 */

import type { Socket } from 'node:net';

/** How long to wait for more of what was sent before, each time. */
const LINGER_MS = 50;

export class Leaving {
  readonly #socket: Pick<Socket, 'bytesRead'>;
  readonly #tell: () => void;
  readonly #lingered: () => void;
  /** Not before what is on its way has been read. */
  #lingering = false;
  #timer: NodeJS.Timeout | undefined;
  #bytes = 0;
  #notice: 'none' | 'due' | 'given' = 'none';

  /**
   * @param tell tells the client
   * @param lingered is called when nothing more has come
   */
  constructor(socket: Pick<Socket, 'bytesRead'>, tell: () => void, lingered: () => void) {
    this.#socket = socket;
    this.#tell = tell;
    this.#lingered = lingered;
  }

  /** The client is to be told, once. */
  announce(now: boolean): void {
    if (this.#notice !== 'none') return;
    this.#notice = 'due';
    if (now) this.giveNotice();
  }

  /** Tells the client if it is to be told and was not; whether it did. */
  giveNotice(): boolean {
    if (this.#notice !== 'due') return false;
    this.#notice = 'given';
    this.#tell();
    return true;
  }

  /** From now on what comes is waited for. */
  linger(): void {
    this.#lingering = true;
    this.#bytes = this.#socket.bytesRead;
  }

  /** Nothing is waited for any more. */
  stay(): void {
    this.#lingering = false;
  }

  /** Whether something may come still; to be asked when all that came is answered. */
  get lingers(): boolean {
    if (this.#lingering) this.#timer ??= setTimeout(() => this.#look(), LINGER_MS);
    return this.#lingering;
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  #look(): void {
    this.#timer = undefined;
    const { bytesRead } = this.#socket;
    this.#lingering = bytesRead > this.#bytes;
    this.#bytes = bytesRead;
    if (this.#lingering) void this.lingers;
    else this.#lingered();
  }
}
