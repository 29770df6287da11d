/**
 * Reads numbers and texts out of a file, one after the other, and refuses to leave it: whatever is
 * not there is GOX_FORMAT_BROKEN with the file, what was being read, and the byte.
 */

import { isUtf8 } from 'node:buffer';
import { GoxError } from '../../conf/errors.ts';

const UTF8 = new TextDecoder();
const LATIN = new TextDecoder('latin1');

/** A name: in UTF-8, or of a program that writes the letters of its system. */
export function decodeName(bytes: Uint8Array): string {
  return (isUtf8(bytes) ? UTF8 : LATIN).decode(bytes);
}

export class ByteReader {
  readonly source: string;
  readonly bytes: Uint8Array;
  /** The byte that is read next. */
  at = 0;
  readonly #view: DataView;
  readonly #little: boolean;
  /**
   * Where the first byte lies in the file, for messages; unpacked data says where it was packed.
   */
  readonly #place: string;

  /** `place` describes bytes that are not the file itself, for messages. */
  constructor(bytes: Uint8Array, source: string, endian: 'little' | 'big', place = '') {
    // A Buffer's slice() shares memory, where that of a plain array copies.
    this.bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.source = source;
    this.#little = endian === 'little';
    this.#place = place;
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  /** Throws unless so many bytes are left. */
  need(count: number, what: string): void {
    if (count > this.left) {
      this.fail(`${count} bytes of ${what} do not fit into the ${this.left} left`);
    }
  }

  u8(what: string): number {
    this.need(1, what);
    return this.bytes[this.at++]!;
  }

  u16(what: string): number {
    this.need(2, what);
    this.at += 2;
    return this.#view.getUint16(this.at - 2, this.#little);
  }

  u32(what: string): number {
    this.need(4, what);
    this.at += 4;
    return this.#view.getUint32(this.at - 4, this.#little);
  }

  i32(what: string): number {
    return this.u32(what) | 0;
  }

  f32(what: string): number {
    this.need(4, what);
    this.at += 4;
    return this.#view.getFloat32(this.at - 4, this.#little);
  }

  f64(what: string): number {
    this.need(8, what);
    this.at += 8;
    return this.#view.getFloat64(this.at - 8, this.#little);
  }

  /** A view of the next bytes, not a copy. */
  take(count: number, what: string): Uint8Array {
    this.need(count, what);
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  skip(count: number, what: string): void {
    this.need(count, what);
    this.at += count;
  }

  /** UTF-8 of so many bytes, up to a NUL. */
  text(count: number, what: string): string {
    const bytes = this.take(count, what);
    const end = bytes.indexOf(0);
    return decodeName(end < 0 ? bytes : bytes.subarray(0, end));
  }

  /** Requires the next bytes to be these characters. */
  magic(magic: string, what: string): void {
    const bytes = this.bytes.subarray(this.at, this.at + magic.length);
    if (Buffer.from(bytes).toString('latin1') !== magic) this.fail(`this is no ${what}`);
    this.at += magic.length;
  }

  /** Throws GOX_FORMAT_BROKEN for the byte read next, or another. */
  fail(message: string, offset = this.at): never {
    const file = this.source;
    const text = `${file} is damaged at byte ${offset}${this.#place}: ${message}.`;
    throw new GoxError('GOX_FORMAT_BROKEN', text, { file, offset });
  }
}
