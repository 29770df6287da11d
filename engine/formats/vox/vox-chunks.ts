/** Reads the values of a chunk of a MagicaVoxel file one after the other, never past its end. */

import { GoxError } from '../../../conf/errors.ts';

/** What is kept of a dictionary: the keys that are asked for are short. */
export type Dict = Readonly<Record<string, string>>;

const KNOWN_KEYS = new Set(['_name', '_hidden', '_r', '_t']);

export class ChunkReader {
  /** Name of the file, for errors. */
  readonly source: string;
  readonly type: string;
  /** Where its content begins in the file, and where it ends. */
  readonly start: number;
  readonly end: number;
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, source: string, type: string, start: number, end: number) {
    this.#bytes = bytes;
    this.source = source;
    this.type = type;
    this.start = start;
    this.end = end;
    this.#at = start;
  }

  /** Where the next value begins in the file. */
  get offset(): number {
    return this.#at;
  }

  /** Throws GOX_FORMAT_BROKEN. */
  fail(message: string, offset = this.#at): never {
    return broken(this.source, this.type, offset, message);
  }

  int32(what: string): number {
    if (this.end - this.#at < 4) this.fail(`it ends before its ${what}`);
    this.#at += 4;
    return this.#bytes.readInt32LE(this.#at - 4);
  }

  /** A number of things that take at least so many bytes each. */
  count(what: string, bytes: number): number {
    const offset = this.#at;
    const count = this.int32(`number of ${what}`);
    if (count < 0 || count > (this.end - this.#at) / bytes) {
      this.fail(`${count} ${what} do not fit`, offset);
    }
    return count;
  }

  /** The bytes left. */
  rest(): Buffer {
    return this.#bytes.subarray(this.#at, this.end);
  }

  /** A dictionary: int32 number of entries, and of each the key and value, as length and text. */
  dict(): Dict {
    const entries: Record<string, string> = {};
    for (let left = this.count('dictionary entries', 8); left > 0; left--) {
      const key = this.#text().toString('latin1');
      const value = this.#text();
      if (KNOWN_KEYS.has(key)) entries[key] = value.toString('utf8');
    }
    return entries;
  }

  #text(): Buffer {
    const length = this.count('bytes of text', 1);
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}

/** Throws GOX_FORMAT_BROKEN with the chunk and the byte of the file. */
export function broken(file: string, chunk: string, offset: number, message: string): never {
  const where = `chunk ${JSON.stringify(chunk)}, byte ${offset}`;
  const text = `${file} is damaged in ${where}: ${message}.`;
  throw new GoxError('GOX_FORMAT_BROKEN', text, { file, chunk, offset });
}
