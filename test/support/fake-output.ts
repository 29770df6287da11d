/** An output that notes what is written, and holds it as unread if told. */

import type { Output } from '../../transport/output.ts';

/** A message that was written. */
interface Written {
  readonly id: unknown;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { message: string; data: { code: string; details?: unknown } };
}

export class FakeOutput implements Output {
  readonly writes: Buffer[] = [];
  writable = true;
  /** Bytes that the reader has not taken. */
  unread_bytes = 0;
  /** Whether the reader takes what is written at once. */
  reads = true;
  ended = false;
  #written: (() => void)[] = [];

  write(pieces: readonly Uint8Array[], written: () => void): void {
    for (const bytes of pieces) {
      this.writes.push(Buffer.from(bytes));
      if (!this.reads) this.unread_bytes += bytes.length;
      this.#written.push(written);
    }
  }

  end(): void {
    this.ended = true;
  }

  /** The reader takes what waits. */
  readAll(): void {
    this.unread_bytes = 0;
    const written = this.#written;
    this.#written = [];
    for (const done of written) done();
  }

  get text(): string {
    return Buffer.concat(this.writes).toString();
  }

  /** Each line as a value. */
  get replies(): Written[] {
    return this.text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  }
}
