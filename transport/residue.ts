import { EMPTY, span } from './bytes.ts';

/** A frame's first allocation; most frames that cross a chunk are short. */
const CAPACITY_BYTES_MIN = 1024;

/**
 * The bytes of a frame that has not ended yet. Chunks are copied together as they come, doubling
 * the memory when it is full: many tiny chunks then cost no more than one large one, and a frame
 * that announces its length costs only what has been sent of it.
 */
export class Residue {
  /** The memory; valid up to `length`. */
  bytes = EMPTY;
  length = 0;
  readonly #bytes_max: () => number;

  /** @param bytes_max what bounds the memory at this moment; the caller appends no more */
  constructor(bytes_max: () => number) {
    this.#bytes_max = bytes_max;
  }

  append(chunk: Uint8Array, start: number, end: number): void {
    if (start === end) return;
    const length = this.length + end - start;
    if (length > this.bytes.length) this.#grow(length);
    this.bytes.set(span(chunk, start, end), this.length);
    this.length = length;
  }

  /** Gives the bytes away, and their memory with them, so that the next frame cannot alias them. */
  take(): Uint8Array {
    const bytes = span(this.bytes, 0, this.length);
    this.clear();
    return bytes;
  }

  clear(): void {
    this.bytes = EMPTY;
    this.length = 0;
  }

  #grow(length: number): void {
    const doubled = Math.max(CAPACITY_BYTES_MIN, 2 * this.bytes.length, length);
    const grown = new Uint8Array(Math.max(length, Math.min(doubled, this.#bytes_max())));
    grown.set(span(this.bytes, 0, this.length));
    this.bytes = grown;
  }
}
