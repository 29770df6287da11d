/**
 * Writes text formats as bytes into pieces of a fixed size, a number at a time, without strings.
 */

import { PIECE_BYTES } from './pieces.ts';

const NEWLINE = 0x0a;
const SPACE = 0x20;
const MINUS = 0x2d;
const ZERO = 0x30;

/** Room left for one record; no record of the text formats is longer. */
const RECORD_BYTES_MAX = 256;
const DIGITS_MAX = 16;

/** Byte values as Goxel prints colour channels: `%f` of the value over 255. */
const FRACTIONS = Array.from({ length: 256 }, (_, byte) =>
  Buffer.from((byte / 255).toFixed(6), 'latin1'),
);
const HEX = Buffer.from('0123456789abcdef', 'latin1');

export class TextPieces {
  #bytes = Buffer.allocUnsafeSlow(PIECE_BYTES);
  #length = 0;
  readonly #digits = new Uint8Array(DIGITS_MAX);

  /** Whether the piece should be taken before the next record. */
  get full(): boolean {
    return this.#length > PIECE_BYTES - RECORD_BYTES_MAX;
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
    if (value < 0) this.#bytes[this.#length++] = MINUS;
    let rest = Math.abs(value);
    let digits = 0;
    do {
      const tens = Math.floor(rest / 10);
      this.#digits[digits++] = ZERO + rest - tens * 10;
      rest = tens;
    } while (rest > 0);
    while (digits > 0) this.#bytes[this.#length++] = this.#digits[--digits]!;
  }

  /** A channel 0…255 as a fraction of one. */
  fraction(channel: number): void {
    const digits = FRACTIONS[channel]!;
    for (let i = 0; i < digits.length; i++) this.#bytes[this.#length++] = digits[i]!;
  }

  blank(): void {
    this.#bytes[this.#length++] = SPACE;
  }

  newline(): void {
    this.#bytes[this.#length++] = NEWLINE;
  }

  /** Two hexadecimal digits. */
  hex(byte: number): void {
    this.#bytes[this.#length++] = HEX[byte >> 4]!;
    this.#bytes[this.#length++] = HEX[byte & 15]!;
  }
}
