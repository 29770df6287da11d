/**
 * Goes through the lines of a text of voxels. Nearly all are `X Y Z RRGGBB` and nothing else; those
 * are read byte by byte, without a string. What is different is for the caller to judge.
 */

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const MINUS = 0x2d;
const ZERO = 0x30;

/** So many digits fit into 32 bits, whatever they are. */
const DIGITS_MAX = 9;
const OPAQUE = 0xff00_0000;
const COLOR_DIGITS = 6;

/** A line of a voxel is short; a longer one is judged by its beginning. */
export const LINE_BYTES_MAX = 256;

/** The value of a hexadecimal digit, by its character; 16 for all others. */
const HEX = Uint8Array.from({ length: 256 }, (_, byte) => {
  const value = Number.parseInt(String.fromCharCode(byte), 16);
  return Number.isNaN(value) ? 16 : value;
});

export class LineCursor {
  readonly #bytes: Buffer;
  /** The start of the line that is taken next. */
  at = 0;
  /** The voxel of the plain line taken last. */
  x = 0;
  y = 0;
  z = 0;
  /** Packed, as a signed word. */
  rgba = 0;
  /** The byte at hand within a line; -1 once it is not a plain one. */
  #place = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Takes the line if it is plain, and says whether it was. */
  takePlain(): boolean {
    this.#place = this.at;
    this.x = this.#coordinate();
    this.y = this.#coordinate();
    this.z = this.#coordinate();
    const bytes = this.#bytes;
    let at = this.#place;
    if (at < 0 || at + COLOR_DIGITS > bytes.length) return false;
    let rgb = 0;
    for (const end = at + COLOR_DIGITS; at < end; at++) {
      const digit = HEX[bytes[at]!]!;
      if (digit > 15) return false;
      rgb = rgb * 16 + digit;
    }
    if (bytes[at] === RETURN) at++;
    if (at < bytes.length && bytes[at] !== NEWLINE) return false;
    // From the order of the digits, RRGGBB, to the order of a packed colour.
    this.rgba = OPAQUE | (rgb >> 16) | (rgb & 0xff00) | ((rgb & 0xff) << 16);
    this.at = at + 1;
    return true;
  }

  /** Takes the line, whatever it is; its text without blanks at the end, or how that begins. */
  takeLine(): string {
    const start = this.at;
    const newline = this.#bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? this.#bytes.length : newline;
    this.at = end + 1;
    return this.#bytes.toString('utf8', start, Math.min(end, start + LINE_BYTES_MAX)).trimEnd();
  }

  /** An integer and the blank behind it. */
  #coordinate(): number {
    const bytes = this.#bytes;
    let at = this.#place;
    if (at < 0) return 0;
    const negative = bytes[at] === MINUS;
    if (negative) at++;
    const start = at;
    let value = 0;
    // Past the end there is no byte, which is no digit either.
    for (let digit = bytes[at]! - ZERO; digit >= 0 && digit <= 9; digit = bytes[at]! - ZERO) {
      value = value * 10 + digit;
      at++;
      if (at - start > DIGITS_MAX) break;
    }
    const plain = at > start && at - start <= DIGITS_MAX && bytes[at] === SPACE;
    this.#place = plain ? at + 1 : -1;
    return negative ? 0 - value : value;
  }
}
