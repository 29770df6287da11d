/**
 * The dictionaries of .gox chunks: { int32 key length, key, int32 value length, value } until the
 * end of the chunk or a key of length 0. Integers and floats are 32-bit little-endian, booleans one
 * byte, texts UTF-8 without a NUL. Goxel reads keys and values into 256 bytes, so we write no
 * longer text. A known key whose value has the wrong size is passed over, as Goxel does, and kept.
 */

import type { DictEntry } from '../../document/layer.ts';
import { checkInterrupt } from '../../interrupt.ts';

const TEXT_BYTES_MAX = 255;

/** Says what is wrong and at which byte of the file; never returns. */
export type Fail = (message: string, offset: number) => never;

const NUL = 0;
const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** The entries between two offsets of a file. */
export function readDict(bytes: Uint8Array, from: number, to: number, fail: Fail): DictEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries: DictEntry[] = [];
  let at = from;
  const take = (what: string): Uint8Array => {
    if (to - at < 4) return fail(`a ${what} length is cut short`, at);
    const length = view.getInt32(at, true);
    if (length < 0 || length > to - at - 4) {
      return fail(`a ${what} of ${length} bytes does not fit`, at);
    }
    at += 4 + length;
    return bytes.subarray(at - length, at);
  };
  while (at < to) {
    checkInterrupt();
    const key = take('key');
    if (key.length === 0) break;
    entries.push({ key: Buffer.from(key).toString('latin1'), value: take('value').slice() });
  }
  return entries;
}

/** Picks known keys out of a dictionary; what nobody asked for, or has a wrong size, is `rest`. */
export class Fields {
  readonly #entries: DictEntry[];
  readonly #taken = new Set<DictEntry>();

  constructor(entries: DictEntry[]) {
    this.#entries = entries;
  }

  has(key: string): boolean {
    return this.#take(key) !== undefined;
  }

  int(key: string): number | undefined {
    return this.#view(key, 4)?.getInt32(0, true);
  }

  float(key: string): number | undefined {
    return this.#view(key, 4)?.getFloat32(0, true);
  }

  bool(key: string): boolean | undefined {
    const value = this.#take(key, 1);
    return value && value[0] !== 0;
  }

  bytes(key: string, length: number): Uint8Array | undefined {
    return this.#take(key, length);
  }

  floats(key: string, count: number): Float32Array | undefined {
    const value = this.#take(key, count * 4);
    return value && new Float32Array(value.slice().buffer);
  }

  text(key: string): string | undefined {
    const value = this.#take(key);
    if (value === undefined) return undefined;
    const end = value.indexOf(NUL);
    return decoder.decode(end < 0 ? value : value.subarray(0, end));
  }

  /** A text that must be one of these; any other stays in `rest`. */
  choice<T extends string>(key: string, values: readonly T[]): T | undefined {
    const entry = this.#entries.findLast((candidate) => candidate.key === key);
    if (entry === undefined) return undefined;
    const text = decoder.decode(entry.value);
    const value = values.find((candidate) => candidate === text);
    if (value !== undefined) this.#taken.add(entry);
    return value;
  }

  rest(): DictEntry[] {
    return this.#entries.filter((entry) => !this.#taken.has(entry));
  }

  #view(key: string, length: number): DataView | undefined {
    const value = this.#take(key, length);
    return value && new DataView(value.buffer, value.byteOffset, length);
  }

  /** The last value of a key, of that length if one is given. */
  #take(key: string, length?: number): Uint8Array | undefined {
    let found: Uint8Array | undefined;
    for (const entry of this.#entries) {
      if (entry.key !== key) continue;
      if (length !== undefined && entry.value.length !== length) continue;
      this.#taken.add(entry);
      found = entry.value;
    }
    return found;
  }
}

/** Collects the bytes of a dictionary. */
export class DictWriter {
  readonly #parts: Uint8Array[] = [];

  int(key: string, value: number): void {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setInt32(0, value, true);
    this.bytes(key, bytes);
  }

  floats(key: string, values: ArrayLike<number>): void {
    const floats = new Float32Array(values);
    this.bytes(key, new Uint8Array(floats.buffer));
  }

  bool(key: string, value: boolean): void {
    this.bytes(key, Uint8Array.of(value ? 1 : 0));
  }

  text(key: string, value: string): void {
    this.bytes(key, shortText(value));
  }

  rest(entries: readonly DictEntry[]): void {
    for (const { key, value } of entries) this.bytes(key, value);
  }

  bytes(key: string, value: Uint8Array): void {
    const name = Buffer.from(key, 'latin1');
    const lengths = new DataView(new ArrayBuffer(8));
    lengths.setInt32(0, name.length, true);
    lengths.setInt32(4, value.length, true);
    const [keyLength, valueLength] = [
      new Uint8Array(lengths.buffer, 0, 4),
      new Uint8Array(lengths.buffer, 4),
    ];
    this.#parts.push(keyLength, name, valueLength, value);
  }

  finish(): Uint8Array {
    return Buffer.concat(this.#parts);
  }
}

/** UTF-8 of a text, cut between characters when it is too long, and at a NUL. */
function shortText(text: string): Uint8Array {
  const end = text.indexOf('\0');
  const bytes = new Uint8Array(TEXT_BYTES_MAX);
  const { written } = encoder.encodeInto(end < 0 ? text : text.slice(0, end), bytes);
  return bytes.subarray(0, written);
}
