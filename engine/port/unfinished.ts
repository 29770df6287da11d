/**
 * The temporary files that a thread is writing, noted in memory that it shares with whoever owns
 * it: a thread can end in the middle of anything (`terminate()`, the end of the process) and then
 * runs no `finally`.
 *
 * Layout: two words, then two halves for lists of paths, each path ended by NUL. Word 0 tells the
 * half that holds and its length in bytes, so that a list is exchanged as a whole; word 1 is not 0
 * once the owner has cleared up and no file is to be begun.
 */

import { unlinkSync } from 'node:fs';

const LIST = 0;
const CLOSED = 1;
const WORDS = 2;
const START = WORDS * Int32Array.BYTES_PER_ELEMENT;

/** For hundreds of paths; those beyond it are left to the next sweep of their directory. */
const HALF_BYTES = 128 * 1024;

/** The writer's side. */
export class UnfinishedFiles {
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #paths = new Set<string>();

  constructor(memory = unfinishedMemory()) {
    this.#words = new Int32Array(memory, 0, WORDS);
    this.#bytes = new Uint8Array(memory, START);
  }

  /** Notes a file that is about to be made; false when none is to be made any more. */
  add(path: string): boolean {
    this.#paths.add(path);
    this.#publish();
    return Atomics.load(this.#words, CLOSED) === 0;
  }

  /** Forgets a file that has its name by now, or is gone. */
  delete(path: string): void {
    this.#paths.delete(path);
    this.#publish();
  }

  #publish(): void {
    const half = Atomics.load(this.#words, LIST) >= HALF_BYTES ? 0 : HALF_BYTES;
    let length = 0;
    for (const path of this.#paths) {
      const bytes = Buffer.from(`${path}\0`);
      if (length + bytes.length >= HALF_BYTES) break;
      this.#bytes.set(bytes, half + length);
      length += bytes.length;
    }
    Atomics.store(this.#words, LIST, half + length);
  }
}

export function unfinishedMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(START + 2 * HALF_BYTES);
}

/** The owner's side, when the thread has ended or is to end now: removes what it left half done. */
export function removeUnfinished(memory: SharedArrayBuffer): void {
  const words = new Int32Array(memory, 0, WORDS);
  Atomics.store(words, CLOSED, 1);
  const list = Atomics.exchange(words, LIST, 0);
  const [half, length] = [list >= HALF_BYTES ? HALF_BYTES : 0, list % HALF_BYTES];
  const bytes = Buffer.from(memory, START + half, length);
  for (const path of bytes.toString('utf8').split('\0')) {
    if (path === '') continue;
    try {
      unlinkSync(path);
    } catch {
      // It has got its name, or is gone; and one that cannot be removed now is swept later.
    }
  }
}
