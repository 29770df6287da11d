/** Taking a batch apart and putting its answer together; the layout is in `layout.ts`. */

import { isAscii, isUtf8 } from 'node:buffer';
import { GoxError } from '../../conf/errors.ts';
import {
  ANSWER_WORDS,
  BATCH_WORDS,
  META_FLAG,
  METHOD_MASK,
  MSGPACK_FLAG,
  NEW_PROJECT_FLAG,
  QUIET_FLAG,
  REQUEST_WORDS,
} from './layout.ts';

const WORD_BYTES = 4;

/** What the word that names the method says. */
export interface Asked {
  /** The place in `METHODS`. */
  readonly method: number;
  readonly msgpack: boolean;
  readonly quiet: boolean;
  /** Whether a project that the engine does not know is to be made. */
  readonly may_be_new: boolean;
  /** Whether `_meta` of the parameters asks something of the engine. */
  readonly has_meta: boolean;
  /** As it came: the method with its flags. */
  readonly word: number;
}

/** One request of a batch, its parameters still encoded; `transport/` has requests of clients. */
export interface EngineRequest extends Asked {
  readonly project: number;
  /** The number of the client. */
  readonly client: number;
  /** Where the encoded parameters are in the body. */
  readonly start: number;
  readonly end: number;
}

export function askedBy(word: number): Asked {
  return {
    word,
    method: word & METHOD_MASK,
    msgpack: (word & MSGPACK_FLAG) !== 0,
    quiet: (word & QUIET_FLAG) !== 0,
    may_be_new: (word & NEW_PROJECT_FLAG) !== 0,
    has_meta: (word & META_FLAG) !== 0,
  };
}

export class BatchReader {
  readonly count: number;
  /** See `FlightControl`. */
  readonly slot: number;
  readonly #words: Uint32Array;
  readonly #body: Buffer;
  /** The whole body as text, if it is ASCII: substrings of it cost less than many decodings. */
  readonly #text: string | undefined;
  #start = 0;

  constructor(batch: ArrayBuffer) {
    const [count, slot] = new Uint32Array(batch, 0, BATCH_WORDS);
    this.count = count!;
    this.slot = slot!;
    this.#words = new Uint32Array(batch, WORD_BYTES * BATCH_WORDS, this.count * REQUEST_WORDS);
    this.#body = Buffer.from(batch, WORD_BYTES * (BATCH_WORDS + this.#words.length));
    this.#text = isAscii(this.#body) ? this.#body.toString('latin1') : undefined;
  }

  /** The request at a place; they are to be asked for in order, each once. */
  request(place: number): EngineRequest {
    const at = place * REQUEST_WORDS;
    const start = this.#start;
    const end = start + this.#words[at + 3]!;
    if (end > this.#body.length) throw new Error('a batch is shorter than its words say');
    this.#start = end;
    const word = this.#words[at + 1]!;
    // Written out, since spreading `askedBy` takes longer than most requests.
    return {
      word,
      method: word & METHOD_MASK,
      msgpack: (word & MSGPACK_FLAG) !== 0,
      quiet: (word & QUIET_FLAG) !== 0,
      may_be_new: (word & NEW_PROJECT_FLAG) !== 0,
      has_meta: (word & META_FLAG) !== 0,
      project: this.#words[at]!,
      client: this.#words[at + 2]!,
      start,
      end,
    };
  }

  /** Throws GOX_PARSE for what is not UTF-8. */
  text({ start, end }: EngineRequest): string {
    if (this.#text !== undefined) return this.#text.slice(start, end);
    const bytes = this.#body.subarray(start, end);
    if (!isUtf8(bytes)) throw new GoxError('GOX_PARSE', 'The parameters are not valid UTF-8.');
    return bytes.toString('utf8');
  }

  bytes({ start, end }: EngineRequest): Uint8Array {
    return this.#body.subarray(start, end);
  }
}

/** The method of the first request, by its place in `METHODS`; undefined for an empty batch. */
export function firstMethod(batch: ArrayBuffer): number | undefined {
  if (new Uint32Array(batch, 0, 1)[0] === 0) return undefined;
  return new Uint32Array(batch, WORD_BYTES * BATCH_WORDS, REQUEST_WORDS)[1]! & METHOD_MASK;
}

export class AnswerWriter {
  readonly #statuses: number[] = [];
  readonly #results: (string | Uint8Array)[] = [];
  #onlyText = true;
  #length = 0;

  /** Characters and bytes of all results so far. */
  get length(): number {
    return this.#length;
  }

  /** The next answer of the batch; an empty string is no bytes. */
  push(status: number, result: string | Uint8Array): void {
    this.#statuses.push(status);
    this.#results.push(result);
    this.#length += result.length;
    if (typeof result !== 'string') this.#onlyText = false;
  }

  finish(): ArrayBuffer {
    const text = this.#onlyText ? this.#results.join('') : '';
    // As many bytes as characters: all is ASCII, and one copy writes all.
    const ascii = this.#onlyText && Buffer.byteLength(text) === text.length;
    const lengths = this.#results.map((result) => (ascii ? result.length : byteLength(result)));
    const total = lengths.reduce((sum, length) => sum + length, 0);
    const head_bytes = WORD_BYTES * (1 + ANSWER_WORDS * lengths.length);
    const answer = new ArrayBuffer(head_bytes + total);
    const words = new Uint32Array(answer, 0, 1 + ANSWER_WORDS * lengths.length);
    words[0] = lengths.length;
    for (let i = 0; i < lengths.length; i++) {
      words[1 + i * ANSWER_WORDS] = this.#statuses[i]!;
      words[2 + i * ANSWER_WORDS] = lengths[i]!;
    }
    const body = Buffer.from(answer, head_bytes);
    if (ascii) body.write(text, 'latin1');
    else this.#writeEach(body, lengths);
    return answer;
  }

  #writeEach(body: Buffer, lengths: readonly number[]): void {
    let at = 0;
    for (const [i, result] of this.#results.entries()) {
      if (typeof result === 'string') body.write(result, at, 'utf8');
      else body.set(result, at);
      at += lengths[i]!;
    }
  }
}

export function byteLength(encoded: string | Uint8Array): number {
  return typeof encoded === 'string' ? Buffer.byteLength(encoded) : encoded.length;
}
