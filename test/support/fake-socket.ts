/** The part of a socket that a wire uses: notes what is written, and holds it as unread if told. */

import type { Socket } from 'node:net';

export class FakeSocket {
  readonly writes: Buffer[] = [];
  writable = true;
  destroyed = false;
  /** Bytes that the reader has not taken. */
  writableLength = 0;
  /** Whether the reader takes what is written at once. */
  reads = true;
  #written: (() => void)[] = [];

  write(bytes: Uint8Array, done?: () => void): boolean {
    this.writes.push(Buffer.from(bytes));
    if (!this.reads) this.writableLength += bytes.length;
    if (done !== undefined) this.#written.push(done);
    return this.reads;
  }

  cork(): void {}
  uncork(): void {}

  /** The reader takes what waits. */
  readAll(): void {
    this.writableLength = 0;
    const written = this.#written;
    this.#written = [];
    for (const done of written) done();
  }

  get text(): string {
    return Buffer.concat(this.writes).toString();
  }

  /** Each line as a value. */
  get replies(): { id: unknown; result?: unknown; error?: { data: { code: string } } }[] {
    return this.text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  }

  asSocket(): Socket {
    return this as unknown as Socket;
  }
}
