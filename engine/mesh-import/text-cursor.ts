/** Reads words and numbers of the text formats of meshes, line by line, straight from the bytes. */

import { GoxError } from '../../conf/errors.ts';
import { checkInterrupt } from '../interrupt.ts';

const TAB = 0x09;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const HASH = 0x23;
const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const BACKSLASH = 0x5c;

/** Numbers of so many digits are whole doubles, and so are such powers of ten. */
const EXACT_DIGITS = 15;
const POWERS = Float64Array.from({ length: EXACT_DIGITS + 1 }, (_, i) => 10 ** i);

/** A coordinate beyond is a fault of whoever wrote it. */
export const VALUE_MAX = 1e30;

/** As `%f`, `%g` and the like print them; JavaScript's other notations are no numbers here. */
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const NOT_FINITE = /^[+-]?(?:nan|inf|infinity)(?:\([^)]*\))?$/i;

export class TextCursor {
  readonly bytes: Uint8Array;
  readonly source: string;
  at: number;
  line = 1;
  readonly #text: Buffer;

  constructor(bytes: Uint8Array, source: string, at = 0) {
    this.bytes = bytes;
    this.source = source;
    this.at = at;
    this.#text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Goes to the next word of the line; false when there is none. A # hides the rest of a line. */
  more(): boolean {
    const { bytes } = this;
    for (;;) {
      const byte = bytes[this.at];
      // Form feeds too, and what pads a file or ends it for some programs: NUL and Ctrl-Z.
      if (byte! <= SPACE && byte !== NEWLINE) this.at++;
      else if (byte === BACKSLASH && this.#continues()) this.line++;
      else return byte !== undefined && byte !== NEWLINE && byte !== HASH;
    }
  }

  /** Whether a word goes on here. */
  inWord(): boolean {
    return !this.#endsAt(this.at);
  }

  /** Goes to the start of the next line; false at the end of the file. */
  nextLine(): boolean {
    const newline = this.#text.indexOf(NEWLINE, this.at);
    this.at = newline < 0 ? this.bytes.length : newline + 1;
    this.line++;
    if ((this.line & 0xff) === 0) checkInterrupt();
    return this.at < this.bytes.length;
  }

  /** Goes to the end of the line, or of the last one that backslashes join to it. */
  skip(): void {
    const { bytes } = this;
    for (;;) {
      const newline = this.#text.indexOf(NEWLINE, this.at);
      this.at = newline < 0 ? bytes.length : newline;
      let last = this.at - 1;
      while (bytes[last] === RETURN || bytes[last] === SPACE || bytes[last] === TAB) last--;
      if (newline < 0 || bytes[last] !== BACKSLASH) return;
      this.at++;
      this.line++;
    }
  }

  /** Goes to the next word, in this line or a later one; false when there is none. */
  moreAnywhere(): boolean {
    while (!this.more()) if (!this.nextLine()) return false;
    return true;
  }

  /** The word here, empty at the end of a line. */
  word(): string {
    const from = this.at;
    this.at = this.#wordEnd();
    return this.#text.toString('latin1', from, this.at);
  }

  /** The rest of the line, as UTF-8 and without blanks around it. */
  rest(): string {
    const newline = this.#text.indexOf(NEWLINE, this.at);
    const from = this.at;
    this.at = newline < 0 ? this.bytes.length : newline;
    return this.#text.toString('utf8', from, this.at).trim();
  }

  /** The number here; NaN and infinities are damage. */
  number(): number {
    const value = this.#plainNumber();
    return Number.isNaN(value) ? this.#slowNumber() : value;
  }

  /** The number here, or NaN for a word that is none; a comma may stand for the point. */
  value(): number {
    const from = this.at;
    const value = this.#plainNumber();
    if (!Number.isNaN(value)) return value;
    const word = this.#text.toString('latin1', from, this.#wordEnd());
    this.at = from + word.length;
    const pointed = word.replace(',', '.');
    const found = NUMBER.test(pointed) ? Number(pointed) : Number.NaN;
    return Math.abs(found) <= VALUE_MAX ? found : Number.NaN;
  }

  /** Throws GOX_FORMAT_BROKEN for what is wrong here. */
  fail(what: string): never {
    const { source: file, line, at: offset } = this;
    const message = `${file} is damaged in line ${line}, byte ${offset}: ${what}.`;
    throw new GoxError('GOX_FORMAT_BROKEN', message, { file, line, offset });
  }

  /** A number of few digits without an exponent; NaN for others, which are still to be read. */
  #plainNumber(): number {
    const { bytes } = this;
    let at = this.at;
    const sign = bytes[at];
    if (sign === MINUS || sign === PLUS) at++;
    let digits = 0;
    let fraction = 0;
    let value = 0;
    for (; ; at++) {
      const digit = bytes[at]! - ZERO;
      if (digit >= 0 && digit <= 9) {
        value = value * 10 + digit;
        digits++;
        if (fraction > 0) fraction++;
      } else if (bytes[at] === POINT && fraction === 0) fraction = 1;
      else break;
    }
    if (digits === 0 || digits > EXACT_DIGITS || !this.#endsAt(at)) return Number.NaN;
    this.at = at;
    // The quotient of two whole doubles is rounded once, so it is the number that was meant.
    if (fraction > 1) value /= POWERS[fraction - 1]!;
    return sign === MINUS ? -value : value;
  }

  #slowNumber(): number {
    const from = this.at;
    const word = this.#text.toString('latin1', from, this.#wordEnd());
    const value = NUMBER.test(word) ? Number(word) : Number.NaN;
    if (!Number.isFinite(value)) {
      const finite = !NOT_FINITE.test(word) && Number.isNaN(value);
      const shown = JSON.stringify(word.slice(0, 40));
      this.fail(finite ? `${shown} is no number` : `${shown} is no finite number`);
    }
    this.at = from + word.length;
    return value;
  }

  #wordEnd(): number {
    let at = this.at;
    while (!this.#endsAt(at)) at++;
    return at;
  }

  /** Whether a word ends before this byte: at a blank, a comment, or the end of a joined line. */
  #endsAt(at: number): boolean {
    const byte = this.bytes[at];
    if (byte === undefined || byte <= SPACE) return true;
    // 1.#IND is what programs for Windows print for what is no number.
    if (byte === HASH) return this.bytes[at - 1] !== POINT;
    return byte === BACKSLASH && this.#joinedFrom(at) > 0;
  }

  /** Steps over a backslash at the end of a line, which joins it to the next one. */
  #continues(): boolean {
    const next = this.#joinedFrom(this.at);
    if (next > 0) this.at = next;
    return next > 0;
  }

  /** Where the line begins that a backslash here joins to this one; 0 when it joins none. */
  #joinedFrom(backslash: number): number {
    const { bytes } = this;
    let at = backslash + 1;
    while (bytes[at] === SPACE || bytes[at] === TAB || bytes[at] === RETURN) at++;
    return bytes[at] === NEWLINE ? at + 1 : 0;
  }
}
