/**
 * The tokens by which clients are known. Only their hashes are kept, and what finds them in
 * texts; a token is compared with all of them, each to its last byte: the time that it takes tells
 * nothing about how near a wrong one came.
 */

import { timingSafeEqual } from 'node:crypto';
import type { Token } from '../conf/token-file.ts';
import { hashOf, printOf, type TokenPrint } from './token-prints.ts';

/** A token that is known. */
export type KnownToken = Omit<Token, 'token'> & TokenPrint;

export class Tokens {
  #known: readonly KnownToken[] = [];
  readonly #watching = new Set<() => void>();

  constructor(tokens: readonly Token[] = []) {
    this.#known = tokens.map(known);
  }

  /** How many there are. */
  get size(): number {
    return this.#known.length;
  }

  /** For `restore`. */
  get all(): readonly KnownToken[] {
    return this.#known;
  }

  /** Puts others in the place of those there are; connections that go by one hear of it. */
  replace(tokens: readonly Token[]): void {
    this.restore(tokens.map(known));
  }

  /** The same with those that were there before. */
  restore(all: readonly KnownToken[]): void {
    this.#known = all;
    for (const look of [...this.#watching]) look();
  }

  /** The one that a client shows; undefined when it is none of them. */
  find(token: string): KnownToken | undefined {
    return this.ofHash(hashOf(token));
  }

  /** What has become of one; undefined when it is no longer there. */
  again({ hash }: KnownToken): KnownToken | undefined {
    return this.ofHash(hash);
  }

  /** Has `look` called whenever they were replaced. */
  watch(look: () => void): void {
    this.#watching.add(look);
  }

  unwatch(look: () => void): void {
    this.#watching.delete(look);
  }

  /** The one with this hash. */
  ofHash(hash: Buffer): KnownToken | undefined {
    let found: KnownToken | undefined;
    for (const one of this.#known) if (timingSafeEqual(one.hash, hash)) found = one;
    return found;
  }
}

function known({ token, level, name }: Token): KnownToken {
  return { level, name, ...printOf(token) };
}
