/**
 * Writes text formats as bytes into pieces of a fixed size, a number at a time, without strings.
 */

import { PIECE_BYTES } from './pieces.ts';

const NEWLINE = 0x0a;
const SPACE = 0x20;
const MINUS = 0x2d;
const ZERO = 0x30;

/**
 * Room left for what a writer adds before it asks again whether a piece is full: this many faces,
 * or their vertices. Hot loops are so in functions that know no pieces.
 */
export const FACES_AT_ONCE = 256;
const CORNERS_MAX = 4;
const CORNER_BYTES_MAX = 160;
const AT_ONCE_BYTES_MAX = FACES_AT_ONCE * CORNERS_MAX * CORNER_BYTES_MAX;
/** Three blanks and two numbers of 32 bits. */
const MIDDLE_BYTES_MAX = 32;
const INT32_MAX = 0x7fff_ffff;

/** Byte values as Goxel prints colour channels, `%f` of the value over 255, after a blank. */
const FRACTION_BYTES = 9;
const FRACTIONS = Buffer.from(
  Array.from({ length: 256 }, (_, byte) => ` ${(byte / 255).toFixed(6)}`).join(''),
  'latin1',
);
/** The digits of eighths after the point. */
const EIGHTHS = ['', '125', '25', '375', '5', '625', '75', '875'].map((digits) =>
  Buffer.from(digits === '' ? '' : `.${digits}`, 'latin1'),
);
const EIGHTH = 8;
/** Below it a double tells multiples of 1/8 apart. */
const EXACT_MAX = 2 ** 40;
const DIGITS = 12;
const FACE = 0x66;
const SLASH = 0x2f;

/** Which of two lists of numbers, and what is added to those of each. */
interface Span {
  readonly from: number;
  readonly to: number;
  readonly firstA: number;
  readonly firstB: number;
}

const HEX = Buffer.from('0123456789abcdef', 'latin1');

export class TextPieces {
  #bytes = Buffer.allocUnsafeSlow(PIECE_BYTES);
  #length = 0;
  /** What `voxel` puts between x and the colour. */
  readonly #middle = new Uint8Array(MIDDLE_BYTES_MAX);
  #middleLength = 0;

  /** Whether the piece should be taken before the next record. */
  get full(): boolean {
    return this.#length > PIECE_BYTES - AT_ONCE_BYTES_MAX;
  }

  /** The bytes written since the last call; the caller owns them. */
  take(): Uint8Array {
    const piece = this.#bytes.subarray(0, this.#length);
    this.#bytes = Buffer.allocUnsafeSlow(PIECE_BYTES);
    this.#length = 0;
    return piece;
  }

  text(text: string): void {
    this.#length += this.#bytes.write(text, this.#length, 'latin1');
  }

  byte(byte: number): void {
    this.#bytes[this.#length++] = byte;
  }

  /** An integer; every digit of it, where Goxel's %g keeps six. */
  integer(value: number): void {
    this.#length = putInteger(this.#bytes, this.#length, value);
  }

  /** A vertex: three multiples of 1/8 and the red, green and blue of a packed colour. */
  vertex(x: number, y: number, z: number, rgba: number): void {
    const bytes = this.#bytes;
    let at = putEighths(bytes, this.#length, x);
    bytes[at++] = SPACE;
    at = putEighths(bytes, at, y);
    bytes[at++] = SPACE;
    this.#length = putEighths(bytes, at, z);
    this.fractions(rgba);
  }

  /** Three coordinates with blanks between them, multiples of 1/8 or others. */
  point(x: number, y: number, z: number): void {
    this.real(x);
    this.blank();
    this.real(y);
    this.blank();
    this.real(z);
  }

  /** A number: all digits of a multiple of 1/8, twelve of another. */
  real(value: number): void {
    const eighths = value * EIGHTH;
    if (eighths === Math.floor(eighths) && Math.abs(value) < EXACT_MAX) {
      this.#length = putEighths(this.#bytes, this.#length, value);
    } else this.text(String(Number(value.toPrecision(DIGITS))));
  }

  /** Text of any characters. */
  utf8(text: string): void {
    this.#length += this.#bytes.write(text, this.#length, 'utf8');
  }

  /** Red, green and blue of a packed colour as fractions of one, with a blank before each. */
  fractions(rgba: number): void {
    const bytes = this.#bytes;
    let at = putFraction(bytes, this.#length, rgba & 0xff);
    at = putFraction(bytes, at, (rgba >>> 8) & 0xff);
    this.#length = putFraction(bytes, at, (rgba >>> 16) & 0xff);
  }

  /** A line of a face of .obj: numbers of two lists as `a/b`, and `suffix` after each. */
  pairs(a: Uint32Array, b: Uint32Array, place: Span, suffix: Uint8Array): void {
    const bytes = this.#bytes;
    let at = this.#length;
    bytes[at++] = FACE;
    for (let i = place.from; i < place.to; i++) {
      bytes[at++] = SPACE;
      at = putInteger(bytes, at, a[i]! + place.firstA);
      bytes[at++] = SLASH;
      at = putInteger(bytes, at, b[i]! + place.firstB);
      for (let j = 0; j < suffix.length; j++) bytes[at++] = suffix[j]!;
    }
    bytes[at] = NEWLINE;
    this.#length = at + 1;
  }

  /** A corner of a face of .obj: two numbers with bytes between them, after a blank. */
  corner(first: number, between: Uint8Array, last: number): void {
    const bytes = this.#bytes;
    bytes[this.#length++] = SPACE;
    this.#length = putInteger(bytes, this.#length, first);
    for (let i = 0; i < between.length; i++) bytes[this.#length++] = between[i]!;
    this.#length = putInteger(bytes, this.#length, last);
  }

  /**
   * Some of a list of numbers, each plus `base`, with a blank before and `suffix` after each, as a
   * line that begins with a character.
   */
  line(
    first: number,
    list: Uint32Array,
    from: number,
    to: number,
    base: number,
    suffix: Uint8Array,
  ): void {
    const bytes = this.#bytes;
    let at = this.#length;
    bytes[at++] = first;
    for (let i = from; i < to; i++) {
      bytes[at++] = SPACE;
      at = putInteger(bytes, at, list[i]! + base);
      for (let j = 0; j < suffix.length; j++) bytes[at++] = suffix[j]!;
    }
    bytes[at] = NEWLINE;
    this.#length = at + 1;
  }

  /** The y and z of the voxels that follow. */
  setMiddle(y: number, z: number): void {
    const middle = this.#middle;
    middle[0] = SPACE;
    let at = putInteger(middle, 1, y);
    middle[at++] = SPACE;
    at = putInteger(middle, at, z);
    middle[at++] = SPACE;
    this.#middleLength = at;
  }

  /** A line of x, the y and z that were set, and a colour as six hexadecimal digits. */
  voxel(x: number, rgba: number): void {
    const bytes = this.#bytes;
    const middle = this.#middle;
    const length = this.#middleLength;
    let at = putInteger(bytes, this.#length, x);
    for (let i = 0; i < length; i++) bytes[at + i] = middle[i]!;
    at += length;
    bytes[at] = HEX[(rgba >> 4) & 15]!;
    bytes[at + 1] = HEX[rgba & 15]!;
    bytes[at + 2] = HEX[(rgba >> 12) & 15]!;
    bytes[at + 3] = HEX[(rgba >> 8) & 15]!;
    bytes[at + 4] = HEX[(rgba >> 20) & 15]!;
    bytes[at + 5] = HEX[(rgba >> 16) & 15]!;
    bytes[at + 6] = NEWLINE;
    this.#length = at + 7;
  }

  blank(): void {
    this.#bytes[this.#length++] = SPACE;
  }

  newline(): void {
    this.#bytes[this.#length++] = NEWLINE;
  }
}

/** Writes an integer and gives the place after it. */
function putInteger(bytes: Uint8Array, start: number, value: number): number {
  let at = start;
  let rest = value;
  if (value < 0) {
    bytes[at++] = MINUS;
    rest = -value;
  }
  if (rest > INT32_MAX) {
    // So large a number has ten digits or more; its last one is written at the end.
    const tens = Math.floor(rest / 10);
    const end = putInteger(bytes, at, tens);
    bytes[end] = ZERO + rest - tens * 10;
    return end + 1;
  }
  let whole = rest | 0;
  let end = at + 1;
  for (let limit = 10; whole >= limit; limit *= 10) end++;
  for (let to = end - 1; to >= at; to--) {
    const tens = (whole / 10) | 0;
    bytes[to] = ZERO + whole - tens * 10;
    whole = tens;
  }
  return end;
}

/** Writes a multiple of 1/8 as %g prints it, but with all digits. */
function putEighths(bytes: Uint8Array, start: number, value: number): number {
  if (value === Math.floor(value)) return putInteger(bytes, start, value);
  let at = start;
  if (value < 0) bytes[at++] = MINUS;
  const size = Math.abs(value);
  const whole = Math.floor(size);
  at = putInteger(bytes, at, whole);
  const digits = EIGHTHS[(size - whole) * 8]!;
  for (let i = 0; i < digits.length; i++) bytes[at++] = digits[i]!;
  return at;
}

/** Writes a channel 0…255 as a fraction of one, with a blank before it. */
function putFraction(bytes: Uint8Array, at: number, channel: number): number {
  const from = channel * FRACTION_BYTES;
  for (let i = 0; i < FRACTION_BYTES; i++) bytes[at + i] = FRACTIONS[from + i]!;
  return at + FRACTION_BYTES;
}
