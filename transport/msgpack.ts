import { isUtf8 } from 'node:buffer';
import type { GoxError } from '../conf/errors.ts';
import { span, textOf } from './bytes.ts';
import type { Limits } from './limits.ts';
import { depthError, parseError } from './refusals.ts';

/** What a value is, as far as an envelope must know. */
export type MsgpackKind = 'nil' | 'number' | 'string' | 'array' | 'map' | 'other';

/** The kind of the value that begins with this byte. */
export function kindOf(tag: number | undefined): MsgpackKind {
  if (tag === undefined) return 'other';
  if (tag <= 0x7f || tag >= 0xe0 || (tag >= 0xca && tag <= 0xd3)) return 'number';
  if (tag <= 0x8f || tag === 0xde || tag === 0xdf) return 'map';
  if (tag <= 0x9f || tag === 0xdc || tag === 0xdd) return 'array';
  if (tag <= 0xbf || (tag >= 0xd9 && tag <= 0xdb)) return 'string';
  return tag === 0xc0 ? 'nil' : 'other';
}

/**
 * Whether a value of an extension type begins with this byte. None passes: some decode to values
 * that JSON has not, and some take seconds to decode or to print (a number of 15 MB).
 */
function isExtension(tag: number): boolean {
  return (tag >= 0xc7 && tag <= 0xc9) || (tag >= 0xd4 && tag <= 0xd8);
}

/** Thrown inside this room only, and turned into a reply where reading began. */
export class MsgpackProblem extends Error {
  readonly error: GoxError;

  constructor(error: GoxError) {
    super(error.message);
    this.error = error;
  }
}

/**
 * Walks over MessagePack values without decoding them (the format's specification,
 * github.com/msgpack). Each length is compared with the bytes that are there before anything is
 * done about it, so a few bytes that announce four billion elements cost nothing.
 */
export class MsgpackCursor {
  at = 0;
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #limits: Limits;

  constructor(bytes: Uint8Array, limits: Limits) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#limits = limits;
  }

  /** The kind of the value that comes next; `other` at the end. */
  get kind(): MsgpackKind {
    return kindOf(this.bytes[this.at]);
  }

  /** Walks over the next value and returns its bytes. `depth` containers are open around it. */
  value(depth: number): Uint8Array {
    const start = this.at;
    this.skip(depth);
    return span(this.bytes, start, this.at);
  }

  /** Enters an array or map and returns its number of elements or pairs. */
  container(depth: number): number {
    if (depth >= this.#limits.depth_max)
      throw new MsgpackProblem(depthError(this.#limits.depth_max));
    const tag = this.#take(1);
    const is_map = kindOf(tag) === 'map';
    const wide = tag === 0xdd || tag === 0xdf ? 4 : 2;
    const count = tag < 0xa0 ? tag & 0x0f : this.#take(wide);
    this.#need(is_map ? 2 * count : count);
    return count;
  }

  /** Reads a string. */
  string(): string {
    const tag = this.#take(1);
    const length = tag < 0xc0 ? tag & 0x1f : this.#take(1 << (tag - 0xd9));
    this.#need(length);
    const start = this.at;
    this.at += length;
    if (!isUtf8(span(this.bytes, start, this.at))) this.#fail('a string is not UTF-8.');
    return textOf(this.bytes, start, this.at);
  }

  /** Complains about a key of a map that is no string, before it is decoded or walked over. */
  requireKey(): void {
    if (this.kind !== 'string') this.#fail('a key of a map is not a string.');
  }

  /** Complains about bytes behind the one value that a frame holds. */
  finish(): void {
    if (this.at !== this.bytes.length) this.#fail('bytes follow the value.');
  }

  skip(depth: number): void {
    const kind = this.kind;
    if (kind === 'array') {
      for (let left = this.container(depth); left > 0; left--) this.skip(depth + 1);
      return;
    }
    if (kind === 'map') {
      for (let left = this.container(depth); left > 0; left--) {
        this.requireKey();
        this.skip(depth + 1);
        this.skip(depth + 1);
      }
      return;
    }
    const tag = this.#take(1);
    if (tag === 0xc1) this.#fail('0xc1 begins no value.');
    if (isExtension(tag)) this.#fail('it has a value of an extension type, which are not taken.');
    const length = this.#payloadBytes(tag);
    this.#need(length);
    this.at += length;
  }

  /** Bytes that follow the tag of a value that contains no others, its length having been read. */
  #payloadBytes(tag: number): number {
    if (tag < 0xa0 || tag >= 0xe0) return 0;
    if (tag < 0xc0) return tag & 0x1f;
    if (tag <= 0xc3) return 0;
    if (tag <= 0xc6) return this.#take(1 << (tag - 0xc4));
    if (tag <= 0xcb) return tag === 0xca ? 4 : 8;
    if (tag <= 0xcf) return 1 << (tag - 0xcc);
    if (tag <= 0xd3) return 1 << (tag - 0xd0);
    return this.#take(1 << (tag - 0xd9));
  }

  /** Reads an unsigned number of 1, 2 or 4 bytes in network byte order. */
  #take(width: number): number {
    this.#need(width);
    const at = this.at;
    this.at += width;
    if (width === 1) return this.#view.getUint8(at);
    return width === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at);
  }

  #need(length: number): void {
    if (length > this.bytes.length - this.at) this.#fail('the value is longer than its frame.');
  }

  #fail(reason: string): never {
    throw new MsgpackProblem(parseError(reason));
  }
}
