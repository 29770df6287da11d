/**
 * The parts of a ZIP archive (APPNOTE 6.3.3, https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT),
 * found by its directory and unpacked one at a time by zlib, which ends where more comes out than
 * the directory says.
 */

import { inflateRawSync } from 'node:zlib';
import { GoxError } from '../../../conf/errors.ts';
import { checkInterrupt } from '../../interrupt.ts';
import { shown } from '../shown.ts';

const END = 0x0605_4b50;
const END_BYTES = 22;
const COMMENT_BYTES_MAX = 0xffff;
const END64 = 0x0606_4b50;
const LOCATOR = 0x0706_4b50;
const LOCATOR_BYTES = 20;
const ENTRY = 0x0201_4b50;
const ENTRY_BYTES = 46;
const LOCAL = 0x0403_4b50;
const LOCAL_BYTES = 30;
const SIZES_64 = 1;
const FULL_32 = 0xffff_ffff;
const ENCRYPTED = 1;
const STORED = 0;
const DEFLATED = 8;
const ENTRIES_MAX = 65_536;

/** Of all parts that are unpacked. */
const UNPACKED_BYTES_MAX = 512 * 1024 * 1024;

interface Entry {
  readonly name: string;
  readonly encrypted: boolean;
  readonly method: number;
  readonly packed: number;
  readonly unpacked: number;
  readonly at: number;
}

export class Zip {
  readonly #source: string;
  readonly #bytes: Buffer;
  /** By `keyOf` their names. */
  readonly #entries = new Map<string, Entry>();
  #left = UNPACKED_BYTES_MAX;

  /** Throws GOX_FORMAT_BROKEN for what is no archive. */
  constructor(bytes: Uint8Array, source: string) {
    this.#source = source;
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#readDirectory();
  }

  get names(): readonly string[] {
    return Array.from(this.#entries.values(), ({ name }) => name);
  }

  /**
   * The bytes of a part, whatever the case of its name; undefined when it is not there. Throws
   * GOX_FORMAT_BROKEN, GOX_FORMAT_UNSUPPORTED for what is encrypted, and GOX_MEMORY_LIMIT.
   */
  part(name: string): Uint8Array | undefined {
    const entry = this.#entries.get(keyOf(name));
    if (entry === undefined) return undefined;
    checkInterrupt();
    const what = shown(entry.name);
    if (entry.encrypted) {
      const message = `${what} in ${this.#source} is encrypted, which is not supported.`;
      throw new GoxError('GOX_FORMAT_UNSUPPORTED', message, { file: this.#source, part: what });
    }
    const packed = this.#packed(entry);
    const bytes = this.#unpacked(entry, packed);
    this.#left -= bytes.length;
    return bytes;
  }

  #packed({ name, at, packed }: Entry): Uint8Array {
    const bytes = this.#bytes;
    const isThere = at + LOCAL_BYTES <= bytes.length && bytes.readUInt32LE(at) === LOCAL;
    if (!isThere) this.#fail(`there is no ${shown(name)} at byte ${at}`);
    const from = at + LOCAL_BYTES + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28);
    if (from + packed > bytes.length) this.#fail(`${shown(name)} is cut short`);
    return bytes.subarray(from, from + packed);
  }

  #unpacked({ name, method, unpacked }: Entry, packed: Uint8Array): Uint8Array {
    if (method !== STORED && method !== DEFLATED) {
      this.#fail(`${shown(name)} is packed by the method ${method}`);
    }
    if (Math.max(unpacked, method === STORED ? packed.length : 0) > this.#left) this.#refuse();
    if (method === STORED) return packed;
    try {
      return inflateRawSync(packed, { maxOutputLength: Math.max(unpacked, 1) });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const isMore = code === 'ERR_BUFFER_TOO_LARGE';
      const reason = isMore ? `is of more than ${unpacked} bytes` : `cannot be unpacked (${code})`;
      return this.#fail(`${shown(name)} ${reason}`);
    }
  }

  #readDirectory(): void {
    const bytes = this.#bytes;
    let { at, count } = this.#directory();
    for (; count > 0; count--) {
      checkInterrupt();
      const isThere = at + ENTRY_BYTES <= bytes.length && bytes.readUInt32LE(at) === ENTRY;
      if (!isThere) this.#fail(`its directory ends at byte ${at}`);
      const lengths = [28, 30, 32].map((place) => bytes.readUInt16LE(at + place));
      const [nameLength, extraLength, commentLength] = lengths as [number, number, number];
      const nameFrom = at + ENTRY_BYTES;
      const extraFrom = nameFrom + nameLength;
      const name = bytes.subarray(nameFrom, extraFrom).toString('utf8');
      const extra = bytes.subarray(extraFrom, extraFrom + extraLength);
      const entry = {
        name,
        encrypted: (bytes.readUInt16LE(at + 8) & ENCRYPTED) !== 0,
        method: bytes.readUInt16LE(at + 10),
        ...sizesOf(bytes, at, extra),
      };
      this.#entries.set(keyOf(name), entry);
      at = extraFrom + extraLength + commentLength;
    }
  }

  /** Where the directory is, and how many entries it has. */
  #directory(): { at: number; count: number } {
    const bytes = this.#bytes;
    const last = bytes.length - END_BYTES;
    let end = last;
    while (end >= 0 && end >= last - COMMENT_BYTES_MAX && bytes.readUInt32LE(end) !== END) end--;
    if (end < 0 || end < last - COMMENT_BYTES_MAX) this.#fail('it is no ZIP archive');
    let count = bytes.readUInt16LE(end + 10);
    let at = bytes.readUInt32LE(end + 16);
    const locator = end - LOCATOR_BYTES;
    if (locator >= 0 && bytes.readUInt32LE(locator) === LOCATOR) {
      const end64 = Number(bytes.readBigUInt64LE(locator + 8));
      if (end64 + 56 <= bytes.length && bytes.readUInt32LE(end64) === END64) {
        count = Number(bytes.readBigUInt64LE(end64 + 32));
        at = Number(bytes.readBigUInt64LE(end64 + 48));
      }
    }
    if (count > ENTRIES_MAX) this.#fail(`it says it has ${count} parts`);
    return { at, count };
  }

  #fail(what: string): never {
    const message = `${this.#source} is damaged: ${what}.`;
    throw new GoxError('GOX_FORMAT_BROKEN', message, { file: this.#source });
  }

  #refuse(): never {
    const message = `The parts of ${this.#source} unpack to more than ${UNPACKED_BYTES_MAX} bytes.`;
    const facts = { file: this.#source, bytes_max: UNPACKED_BYTES_MAX };
    throw new GoxError('GOX_MEMORY_LIMIT', message, facts);
  }
}

/** The sizes and the place, of 64 bits where they do not fit into 32. */
function sizesOf(
  bytes: Buffer,
  at: number,
  extra: Buffer,
): { unpacked: number; packed: number; at: number } {
  const short = [24, 20, 42].map((place) => bytes.readUInt32LE(at + place));
  for (let field = 0; field + 4 <= extra.length; ) {
    const [kind, length] = [extra.readUInt16LE(field), extra.readUInt16LE(field + 2)];
    let next = field + 4;
    field = next + length;
    if (kind !== SIZES_64) continue;
    for (const [i, value] of short.entries()) {
      if (value !== FULL_32 || next + 8 > Math.min(field, extra.length)) continue;
      short[i] = Number(extra.readBigUInt64LE(next));
      next += 8;
    }
  }
  return { unpacked: short[0]!, packed: short[1]!, at: short[2]! };
}

/** Names of parts are the same in any case, and some programs write them with backslashes. */
function keyOf(name: string): string {
  return name.replaceAll('\\', '/').replace(/^\/+/, '').toLowerCase();
}
