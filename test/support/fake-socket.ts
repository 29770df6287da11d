/** A client's socket without a system behind it: the test is the client. */

import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { RawReply } from './raw.ts';

export class FakeSocket extends Duplex {
  /** What the daemon has written and the client has read. */
  readonly written: Buffer[] = [];
  bytesRead = 0;
  #taken_bytes = 0;
  /** How long it may stand still, once that is set. */
  timeout_ms: number | undefined;
  #reads = true;
  #unread: (() => void)[] = [];

  constructor() {
    super({ allowHalfOpen: true, autoDestroy: true, emitClose: true });
  }

  override _read(): void {}

  override _write(chunk: Buffer, _: string, done: () => void): void {
    const take = () => {
      this.#taken_bytes += chunk.length;
      this.written.push(chunk);
      done();
    };
    if (this.#reads) take();
    else this.#unread.push(take);
  }

  setNoDelay(): this {
    return this;
  }

  setTimeout(wait_ms: number): this {
    this.timeout_ms = wait_ms;
    return this;
  }

  destroySoon(): void {
    this.end();
  }

  /** The client sends something. */
  send(bytes: Uint8Array | string): void {
    const chunk = Buffer.from(bytes as Uint8Array);
    this.bytesRead += chunk.length;
    this.push(chunk);
  }

  /** The client ends its side. */
  sendEnd(): void {
    this.push(null);
  }

  /** Whether the client reads what is written. */
  set reads(reads: boolean) {
    this.#reads = reads;
    if (!reads) return;
    const unread = this.#unread;
    this.#unread = [];
    for (const take of unread) take();
  }

  /** As Node has it: all that was written, read or not. */
  get bytesWritten(): number {
    return this.#taken_bytes + this.writableLength;
  }

  get text(): string {
    return Buffer.concat(this.written).toString();
  }

  /** Each line as a value. */
  get replies(): RawReply[] {
    return this.text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  }

  asSocket(): Socket {
    return this as unknown as Socket;
  }
}
