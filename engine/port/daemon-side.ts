/** Writes batches and reads their answers, in the layout of `engine/port/layout.ts`. */

import { ANSWER_WORDS, BATCH_WORDS, REQUEST_WORDS, STATUS_MASK, UNSAVED_FLAG } from './layout.ts';

/** What a batch needs to know of a call. */
export interface EncodableCall {
  readonly method: number;
  readonly params: Uint8Array;
  readonly project: { readonly number: number };
}

/** Calls of one client, by its number. */
export interface EncodablePart {
  readonly source: { readonly client: number };
  readonly calls: readonly EncodableCall[];
}

/** @param slot of the flight that it goes with */
export function encodeBatch(parts: readonly EncodablePart[], slot: number): ArrayBuffer {
  let [count, length] = [0, 0];
  for (const { calls } of parts) {
    count += calls.length;
    for (const { params } of calls) length += params.length;
  }
  const head = BATCH_WORDS + count * REQUEST_WORDS;
  const buffer = new ArrayBuffer(4 * head + length);
  const words = new Uint32Array(buffer, 0, head);
  const bytes = new Uint8Array(buffer);
  words[0] = count;
  words[1] = slot;
  let word = BATCH_WORDS;
  let at = 4 * head;
  for (const { source, calls } of parts) {
    for (const { params, project, method } of calls) {
      words[word++] = project.number;
      words[word++] = method;
      words[word++] = source.client;
      words[word++] = params.length;
      bytes.set(params, at);
      at += params.length;
    }
  }
  return buffer;
}

/**
 * An answer up to this size may be kept whole for the sake of a part of it, by a client that does
 * not read. Of a larger one a part is copied, unless it is most of it.
 */
const KEPT_WHOLE_BYTES = 64 * 1024;

/**
 * Goes through an answer; `status`, `unsaved` and `bytes[start, end)` are what `next` has come to.
 */
export class AnswerReader {
  /** How many of the batch's requests it answers. */
  readonly count: number;
  status = 0;
  /** Whether the project of the request has edits that are in no file. */
  unsaved = false;
  bytes: Uint8Array;
  start = 0;
  end = 0;
  readonly #words: Uint32Array;
  readonly #whole: Uint8Array;
  #next = 0;
  /** Where the next result begins in the whole. */
  #at: number;

  constructor(answer: ArrayBuffer) {
    this.count = new Uint32Array(answer, 0, 1)[0]!;
    this.#words = new Uint32Array(answer, 4, this.count * ANSWER_WORDS);
    this.#whole = new Uint8Array(answer);
    this.bytes = this.#whole;
    this.#at = 4 * (1 + this.#words.length);
  }

  get byteLength(): number {
    return this.#whole.length;
  }

  /** Another one, which goes on from here by itself. */
  fork(): AnswerReader {
    const fork = new AnswerReader(this.#whole.buffer as ArrayBuffer);
    fork.#next = this.#next;
    fork.#at = this.#at;
    return fork;
  }

  /** Passes over an answer, of which it gives the status. */
  skip(): number {
    const word = this.#next++ * ANSWER_WORDS;
    this.#at += this.#words[word + 1]!;
    return this.#words[word]! & STATUS_MASK;
  }

  /** False after the last. */
  next(): boolean {
    if (this.#next === this.count) return false;
    const word = this.#next++ * ANSWER_WORDS;
    const length = this.#words[word + 1]!;
    const start = this.#at;
    const end = start + length;
    this.#at = end;
    const flagged = this.#words[word]!;
    this.status = flagged & STATUS_MASK;
    this.unsaved = (flagged & UNSAVED_FLAG) !== 0;
    const whole = this.#whole;
    const keeps = whole.length <= KEPT_WHOLE_BYTES || 2 * length >= whole.length;
    this.bytes = keeps ? whole : whole.slice(start, end);
    this.start = keeps ? start : 0;
    this.end = keeps ? end : length;
    return true;
  }
}
