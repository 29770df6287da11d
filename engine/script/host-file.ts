/** The one file that a script can read: the one that it is to import, read before it began. */

import { Refusal } from './refusal.ts';

/** Of one text: as JSON it can take six times as much. */
const TEXT_BYTES_MAX = 16 << 20;

/** Of a path, in messages. */
const PATH_LENGTH_MAX = 255;

export class HostFile {
  readonly #path: string | undefined;
  readonly #bytes: Buffer;

  constructor(file: { readonly path: string; readonly bytes: Uint8Array } | undefined) {
    const { buffer, byteOffset, length } = file?.bytes ?? new Uint8Array();
    this.#path = file?.path;
    this.#bytes = Buffer.from(buffer, byteOffset, length);
  }

  /** How many bytes it has; refused for any other file. */
  size(path: string): number {
    if (path === this.#path) return this.#bytes.length;
    const shown = path.slice(0, PATH_LENGTH_MAX);
    throw new Refusal('Error', `scripts can read only the file that they import, not ${shown}`);
  }

  /** Fills words with the bytes from `start` on; how many bytes. */
  read(start: number, words: Int32Array): number {
    const part = this.#bytes.subarray(Math.max(start, 0)).subarray(0, words.byteLength);
    new Uint8Array(words.buffer, words.byteOffset, part.length).set(part);
    return part.length;
  }

  /** The bytes from `start` to `end` as UTF-8; what is none is replaced. */
  text(start: number, end: number): string {
    if (Math.min(end, this.#bytes.length) - start > TEXT_BYTES_MAX) {
      const message = `a text of more than ${TEXT_BYTES_MAX} bytes: read it in pieces`;
      throw new Refusal('RangeError', message);
    }
    return this.#bytes.toString('utf8', Math.max(start, 0), Math.max(end, 0));
  }
}
