/**
 * Finds tokens in texts for those who know only their hashes, whatever stands before and behind
 * them. A hash for each piece of a text would take seconds, so a print of 32 bits, which rolls from
 * one piece to the next, says first which pieces are worth one. Of a token of 95 bits or more, with
 * a key that no other process has, it gives nothing away that helps.
 */

import { createHash, randomInt } from 'node:crypto';

export interface TokenPrint {
  /** SHA-256. */
  readonly hash: Buffer;
  /** In characters. */
  readonly length: number;
  readonly print: number;
}

/** Odd, so that no character loses its weight. */
const KEY = 2 * randomInt(2 ** 20, 2 ** 30) + 1;

export function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

export function printOf(token: string): TokenPrint {
  const { length } = token;
  let print = 0;
  for (let i = 0; i < length; i += 1) print = rolled(print, token.charCodeAt(i));
  return { hash: hashOf(token), length, print };
}

interface Place {
  readonly from: number;
  readonly to: number;
}

/** Where tokens stand in a text, the first first. */
export function tokenFinder(tokens: readonly TokenPrint[]): (text: string) => Place[] {
  const lengths = new Map<number, Map<number, TokenPrint[]>>();
  for (const token of tokens) {
    const prints = lengths.get(token.length) ?? new Map<number, TokenPrint[]>();
    lengths.set(token.length, prints.set(token.print, [...(prints.get(token.print) ?? []), token]));
  }
  return (text) => {
    const places: Place[] = [];
    for (const [length, prints] of lengths) places.push(...placesOf(text, length, prints));
    return united(places);
  };
}

/** Those that overlap as one. */
function united(places: readonly Place[]): Place[] {
  const all: Place[] = [];
  for (const place of places.toSorted((one, other) => one.from - other.from)) {
    const last = all.at(-1);
    if (last === undefined || place.from >= last.to) all.push(place);
    else all[all.length - 1] = { from: last.from, to: Math.max(last.to, place.to) };
  }
  return all;
}

/** Of those of one length. */
function placesOf(
  text: string,
  length: number,
  prints: ReadonlyMap<number, readonly TokenPrint[]>,
): Place[] {
  const places: Place[] = [];
  let weight = 1;
  for (let i = 0; i < length; i += 1) weight = Math.imul(weight, KEY);
  let print = 0;
  for (let to = 1; to <= text.length; to += 1) {
    const from = to - length;
    print = rolled(print, text.charCodeAt(to - 1));
    if (from > 0) print = (print - Math.imul(weight, text.charCodeAt(from - 1))) | 0;
    const like = from < 0 ? undefined : prints.get(print);
    if (like === undefined) continue;
    const hash = hashOf(text.slice(from, to));
    if (like.some((token) => token.hash.equals(hash))) places.push({ from, to });
  }
  return places;
}

function rolled(print: number, character: number): number {
  return (Math.imul(print, KEY) + character) | 0;
}
