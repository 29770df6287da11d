import {
  ascii,
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  CLOSER_OFFSET,
  COLON,
  COMMA,
  LINE_FEED,
  MINUS,
  matches,
  NINE,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  SPACE,
  skipBlanks,
  ZERO,
} from './bytes.ts';

/** What may come next, between two tokens. */
const VALUE = 0;
const FIRST_ITEM = 1;
const FIRST_KEY = 2;
const KEY = 3;
const AFTER_KEY = 4;
const AFTER_VALUE = 5;

const WORDS = [ascii('true'), ascii('false'), ascii('null')];
const NOT_JSON = -1;

/**
 * Tells, line by line, whether an unfinished text can still become JSON (RFC 8259). A message may
 * be printed over many lines, so an open bracket at the end of a line is no error by itself; but
 * a line that no continuation can save must be answered, or its sender waits for ever. Messages
 * on one line never come here: they end with their line, and the parser judges them.
 *
 * No token crosses the end of a line, so the state between lines is one of six and the open
 * brackets.
 */
export class JsonPrefix {
  #expected = VALUE;
  #depth = 0;
  /** The closing bracket that each open one waits for. */
  readonly #closers: number[] = [];

  reset(): void {
    this.#expected = VALUE;
    this.#depth = 0;
  }

  /** Whether the text so far can be continued by an opening bracket. */
  get expects_value(): boolean {
    return this.#expected === VALUE || this.#expected === FIRST_ITEM;
  }

  /**
   * Reads whole lines. The caller has seen to it that brackets match and are not too deep. False
   * when no continuation makes JSON of all that was read; then only `reset` helps.
   */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    let at = skipBlanks(bytes, start, end);
    while (at < end) {
      at = this.#token(bytes, at, end);
      if (at === NOT_JSON) return false;
      at = skipBlanks(bytes, at, end);
    }
    return true;
  }

  /** Reads one token and returns the place behind it, or `NOT_JSON`. */
  #token(bytes: Uint8Array, at: number, end: number): number {
    const byte = bytes[at]!;
    switch (byte) {
      case OPEN_BRACE:
      case OPEN_BRACKET:
        return this.expects_value ? this.#open(byte, at) : NOT_JSON;
      case CLOSE_BRACE:
        return this.#close(at, FIRST_KEY, byte);
      case CLOSE_BRACKET:
        return this.#close(at, FIRST_ITEM, byte);
      case COLON:
        return this.#step(at + 1, this.#expected === AFTER_KEY, VALUE);
      case COMMA:
        return this.#step(at + 1, this.#expected === AFTER_VALUE, this.#in_object ? KEY : VALUE);
      case QUOTE: {
        const is_key = this.#expected === KEY || this.#expected === FIRST_KEY;
        const next = stringEnd(bytes, at + 1, end);
        return this.#step(next, is_key || this.expects_value, is_key ? AFTER_KEY : AFTER_VALUE);
      }
      default:
        return this.#step(wordEnd(bytes, at, end), this.expects_value, AFTER_VALUE);
    }
  }

  get #in_object(): boolean {
    return this.#closers[this.#depth - 1] === CLOSE_BRACE;
  }

  #step(next: number, allowed: boolean, expected: number): number {
    if (!allowed) return NOT_JSON;
    this.#expected = expected;
    return next;
  }

  #open(byte: number, at: number): number {
    this.#closers[this.#depth++] = byte + CLOSER_OFFSET;
    return this.#step(at + 1, true, byte === OPEN_BRACE ? FIRST_KEY : FIRST_ITEM);
  }

  #close(at: number, when_empty: number, byte: number): number {
    const allowed =
      (this.#expected === when_empty || this.#expected === AFTER_VALUE) &&
      this.#closers[this.#depth - 1] === byte;
    if (allowed) this.#depth--;
    return this.#step(at + 1, allowed, AFTER_VALUE);
  }
}

/** The place behind the closing quote of a string whose text begins at `at`. */
function stringEnd(bytes: Uint8Array, at: number, end: number): number {
  for (let next = at; next < end; next++) {
    const byte = bytes[next]!;
    if (byte === QUOTE) return next + 1;
    if (byte < SPACE) return NOT_JSON;
    if (byte === BACKSLASH) {
      next = escapeEnd(bytes, next + 1, end);
      if (next === NOT_JSON) return NOT_JSON;
    }
  }
  return NOT_JSON;
}

/** The place of the last byte of an escape whose letter stands at `at`. */
function escapeEnd(bytes: Uint8Array, at: number, end: number): number {
  const letter = String.fromCharCode(bytes[at] ?? LINE_FEED);
  if (letter !== 'u') return '"\\/bfnrt'.includes(letter) ? at : NOT_JSON;
  for (let next = at + 1; next <= at + 4; next++) {
    const digit = next < end ? String.fromCharCode(bytes[next]!) : '';
    if (!/^[0-9a-fA-F]$/.test(digit)) return NOT_JSON;
  }
  return at + 4;
}

/** The place behind a number or a literal name. */
function wordEnd(bytes: Uint8Array, at: number, end: number): number {
  for (const word of WORDS) {
    if (matches(bytes, at, end, word)) return at + word.length;
  }
  return numberEnd(bytes, at, end);
}

function numberEnd(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at] === MINUS ? at + 1 : at;
  const whole = digitsEnd(bytes, first, end);
  if (whole === NOT_JSON || (bytes[first] === ZERO && whole > first + 1)) return NOT_JSON;
  let next = whole;
  if (next < end && bytes[next] === 0x2e) next = digitsEnd(bytes, next + 1, end);
  if (next !== NOT_JSON && next < end && (bytes[next]! | 0x20) === 0x65) {
    const sign = bytes[next + 1];
    next = digitsEnd(bytes, next + (sign === MINUS || sign === 0x2b ? 2 : 1), end);
  }
  return next;
}

/** The place behind one or more digits. */
function digitsEnd(bytes: Uint8Array, at: number, end: number): number {
  let next = at;
  while (next < end && bytes[next]! >= ZERO && bytes[next]! <= NINE) next++;
  return next > at ? next : NOT_JSON;
}
