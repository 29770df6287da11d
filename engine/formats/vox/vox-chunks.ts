/** Reads the values of a chunk of a MagicaVoxel file one after the other, never past its end. */

import { GoxError } from '../../../conf/errors.ts';
import { decodeName } from '../bytes.ts';
import type { Report } from '../report.ts';

/** What is kept of a dictionary: the keys that are asked for are short. */
export type Dict = Readonly<Record<string, string>>;

/** What materials have that has no counterpart, and is kept as it came. */
export const KEPT_OF_MATERIALS = [
  ...['_flux', '_ior', '_ri', '_att', '_spec', '_sp', '_g', '_d', '_ldr', '_unit', '_cut'],
  ...['_media', '_media_type', '_density', '_phase', '_plastic'],
];

const KNOWN_KEYS = new Set([
  ...['_name', '_hidden', '_r', '_t', '_f', '_loop'],
  ...['_type', '_weight', '_rough', '_metal', '_emit', '_trans', '_alpha', '_emission'],
  ...['_mode', '_focus', '_angle', '_radius', '_frustum', '_fov'],
  // What is one layer here.
  '_pieces',
  // The colour that MagicaVoxel's window has for a layer.
  '_color',
  ...KEPT_OF_MATERIALS,
]);

/** Values are short, too; these bytes of one are kept. */
const VALUE_BYTES_MAX = 0x1_0000;

/** So many keys of a chunk, and of each so much, are told. */
const UNKNOWN_MAX = 20;
const KEY_LENGTH_MAX = 64;

export class ChunkReader {
  /** Name of the file, for errors. */
  readonly source: string;
  readonly type: string;
  /** Where its content begins in the file, and where it ends. */
  readonly start: number;
  readonly end: number;
  /** Keys of dictionaries that are not known here. */
  readonly unknown = new Set<string>();
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

  float32(what: string): number {
    if (this.end - this.#at < 4) this.fail(`it ends before its ${what}`);
    this.#at += 4;
    return this.#bytes.readFloatLE(this.#at - 4);
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
      if (KNOWN_KEYS.has(key)) entries[key] = decodeName(value.subarray(0, VALUE_BYTES_MAX));
      else if (this.unknown.size < UNKNOWN_MAX) this.unknown.add(key.slice(0, KEY_LENGTH_MAX));
    }
    return entries;
  }

  /** A text. */
  string(): string {
    return decodeName(this.#text());
  }

  #text(): Buffer {
    const length = this.count('bytes of text', 1);
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}

const HEADER_BYTES = 8;
const CHUNK_HEADER_BYTES = 12;
/** What may come first. */
const FIRST = ['SIZE', 'PACK', 'RGBA'];

/**
 * The chunks of a file that are inside of MAIN. Programs may get its length wrong, take its chunks
 * for its content or leave it out, so what is behind it counts, too. Throws GOX_FORMAT_BROKEN for a
 * chunk that does not fit into the file.
 */
export function* chunksOf(bytes: Buffer, source: string, report: Report): Generator<ChunkReader> {
  if (bytes.length < HEADER_BYTES) broken(source, 'header', 4, 'its version is cut short');
  const { from, end, says } = mainOf(bytes, source);
  const trailing = (at: number) => {
    const message = `There are ${bytes.length - at} bytes behind the chunks of ${source}.`;
    report.warn('WARN_TRAILING_BYTES', message, { byte: at });
  };
  let at = from;
  while (at < bytes.length) {
    if (at >= end && !isChunk(bytes, at)) return trailing(at);
    const chunk = chunkAt(bytes, source, at);
    yield chunk;
    at = chunk.end + bytes.readInt32LE(at + 8);
  }
  if (at === end) return;
  const message = `${source} ${says}, and has ${at - from}.`;
  report.warn('WARN_BROKEN_PART', message, { chunk: 'MAIN', byte: HEADER_BYTES });
}

/** Where the chunks begin, where they should end, and what the file says of that. */
function mainOf(bytes: Buffer, source: string): { from: number; end: number; says: string } {
  const type = bytes.toString('latin1', HEADER_BYTES, HEADER_BYTES + 4);
  if (type !== 'MAIN') {
    const without = FIRST.includes(type) && isChunk(bytes, HEADER_BYTES);
    if (!without) broken(source, 'header', HEADER_BYTES, 'it has no chunk MAIN');
    return { from: HEADER_BYTES, end: -1, says: 'has no chunk MAIN around its bytes of chunks' };
  }
  const main = chunkAt(bytes, source, HEADER_BYTES);
  const inside = bytes.readInt32LE(HEADER_BYTES + 8);
  const says = `says that it has ${inside} bytes of chunks`;
  const from = main.end > main.start && isChunk(bytes, main.start) ? main.start : main.end;
  return { from, end: from + inside, says };
}

/** Whether bytes behind the end look like a chunk that fits. */
function isChunk(bytes: Buffer, at: number): boolean {
  const left = bytes.length - at - CHUNK_HEADER_BYTES;
  if (left < 0 || !/^[A-Za-z]{4}$/.test(bytes.toString('latin1', at, at + 4))) return false;
  const [length, inside] = [bytes.readInt32LE(at + 4), bytes.readInt32LE(at + 8)];
  return length >= 0 && inside >= 0 && length + inside <= left;
}

function chunkAt(bytes: Buffer, source: string, at: number): ChunkReader {
  const left = bytes.length - at - CHUNK_HEADER_BYTES;
  if (left < 0) broken(source, 'header', at, 'a chunk header is cut short');
  const type = bytes.toString('latin1', at, at + 4);
  const length = bytes.readInt32LE(at + 4);
  const inside = bytes.readInt32LE(at + 8);
  // What MAIN says of its chunks shows when they are read.
  const [content, chunks] = type === 'MAIN' ? [length, 0] : [length, inside];
  if (content < 0 || chunks < 0 || content + chunks > left) {
    broken(source, type, at, `${length} and ${inside} bytes do not fit into the ${left} left`);
  }
  const start = at + CHUNK_HEADER_BYTES;
  return new ChunkReader(bytes, source, type, start, start + content);
}

/** Throws GOX_FORMAT_BROKEN with the chunk and the byte of the file. */
export function broken(file: string, chunk: string, offset: number, message: string): never {
  const where = `chunk ${JSON.stringify(chunk)}, byte ${offset}`;
  const text = `${file} is damaged in ${where}: ${message}.`;
  throw new GoxError('GOX_FORMAT_BROKEN', text, { file, chunk, offset });
}
