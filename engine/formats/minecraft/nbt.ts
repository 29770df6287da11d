/**
 * Named Binary Tags, Minecraft's trees of values (https://minecraft.wiki/w/NBT_format): a tag is a
 * u8 kind, a name (u16 length, UTF-8) and a payload; a file is one compound. Big-endian, or
 * little-endian in Bedrock's files; packed with gzip as a rule.
 *
 * Arrays come as typed arrays, so that a model of a hundred million blocks takes no more than its
 * bytes (of prismarine-nbt, whose arrays are lists of numbers, 16 million are the most, at eight
 * bytes and more each; it is what tests hold this against). What a file declares is held against
 * the bytes that are left before anything is made of it, and depth and number of tags are bounded.
 */

import { gunzipSync, inflateSync } from 'node:zlib';
import { GoxError } from '../../../conf/errors.ts';
import { checkInterrupt } from '../../interrupt.ts';
import type { BlockBudget } from '../block-budget.ts';
import { ByteReader } from '../bytes.ts';

/**
 * A payload: numbers as numbers, a long as bigint, byte arrays as their bytes (a Buffer is none),
 * int arrays as Int32Array, long arrays as two words for each, the low one first.
 */
export type Tag =
  | number
  | bigint
  | string
  | Uint8Array
  | Int32Array
  | Uint32Array
  | List
  | Compound;
export type List = readonly Tag[];
export type Compound = ReadonlyMap<string, Tag>;

export const KIND = {
  end: 0,
  byte: 1,
  short: 2,
  int: 3,
  long: 4,
  float: 5,
  double: 6,
  bytes: 7,
  string: 8,
  list: 9,
  compound: 10,
  ints: 11,
  longs: 12,
} as const;

/** Minecraft's own ceiling. */
const DEPTH_MAX = 512;
/** A tag of a list of compounds takes some hundred bytes. */
const TAGS_MAX = 2 ** 22;
/** What a file may be unpacked to: a model of 640³ blocks at one byte each. */
const UNPACKED_BYTES_MAX = 2 ** 28;

/** By kind: the fewest bytes that a payload has. */
const BYTES_MIN = [0, 1, 2, 4, 8, 4, 8, 4, 2, 5, 1, 4, 4];

const GZIP = '1f8b';
const ZLIB = 0x78;

type Endian = 'big' | 'little';

/**
 * The root of a file, packed or not. Throws GOX_FORMAT_BROKEN, and GOX_MEMORY_LIMIT or
 * GOX_FORMAT_LIMIT for more than may be unpacked.
 */
export function readNbt(bytes: Uint8Array, source: string, budget: BlockBudget): Compound {
  const { data, place } = unpacked(bytes, source, budget);
  return new NbtReader(data, source, endianOf(data), place).root();
}

/** By the lengths of the first names, which are much longer the wrong way round. */
function endianOf(data: Uint8Array): Endian {
  for (let at = 1; at + 1 < data.length; ) {
    const [big, little] = [data[at]! * 256 + data[at + 1]!, data[at]! + data[at + 1]! * 256];
    if (big !== little) return big < little ? 'big' : 'little';
    // The name of the root is as long either way, most often empty; that of its first tag follows.
    if (at > 1) break;
    at += 2 + big + 1;
  }
  return 'big';
}

function unpacked(
  bytes: Uint8Array,
  source: string,
  budget: BlockBudget,
): { data: Uint8Array; place: string } {
  const gzip = Buffer.from(bytes.subarray(0, 2)).toString('hex') === GZIP;
  if (!gzip && bytes[0] !== ZLIB) return { data: bytes, place: '' };
  const maxOutputLength = Math.min(UNPACKED_BYTES_MAX, Math.max(budget.bytes_max, 1));
  try {
    const data = (gzip ? gunzipSync : inflateSync)(bytes, { maxOutputLength });
    return { data, place: ' of what it unpacks to' };
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') {
      // As much as may be, and a byte.
      budget.requireBytes(maxOutputLength + 1);
      throw tooMuch(source, `unpacks to more than ${maxOutputLength} bytes`);
    }
    const reason = error instanceof Error ? error.message : String(error);
    return new ByteReader(bytes, source, 'big').fail(`it cannot be unpacked: ${reason}`);
  }
}

function tooMuch(file: string, what: string): GoxError {
  const message = `${file} ${what}, which is more than is read. Split the model.`;
  return new GoxError('GOX_FORMAT_LIMIT', message, { file });
}

class NbtReader {
  readonly #reader: ByteReader;
  readonly #little: boolean;
  #tags = 0;

  constructor(bytes: Uint8Array, source: string, endian: Endian, place: string) {
    this.#reader = new ByteReader(bytes, source, endian, place);
    this.#little = endian === 'little';
  }

  root(): Compound {
    const reader = this.#reader;
    if (reader.u8('the root tag') !== KIND.compound) reader.fail('this is no NBT file', 0);
    this.#name();
    return this.#compound(1);
  }

  #name(): string {
    return this.#reader.text(this.#reader.u16('length of a text'), 'a text');
  }

  #compound(depth: number): Compound {
    const reader = this.#reader;
    const tags = new Map<string, Tag>();
    for (;;) {
      const kind = reader.u8('a tag');
      if (kind === KIND.end) return tags;
      this.#check(kind, depth);
      const name = this.#name();
      tags.set(name, this.#payload(kind, depth));
    }
  }

  #check(kind: number, depth: number): void {
    if (kind > KIND.longs) this.#reader.fail(`a tag of the unknown kind ${kind}`);
    if (depth > DEPTH_MAX) this.#reader.fail(`tags lie deeper than ${DEPTH_MAX} in one another`);
  }

  #payload(kind: number, depth: number): Tag {
    const reader = this.#reader;
    if ((++this.#tags & 0xfff) === 0) checkInterrupt();
    if (this.#tags > TAGS_MAX) throw tooMuch(reader.source, `has more than ${TAGS_MAX} tags`);
    switch (kind) {
      case KIND.byte:
        return (reader.u8('a byte') << 24) >> 24;
      case KIND.short:
        return (reader.u16('a short') << 16) >> 16;
      case KIND.int:
        return reader.i32('an int');
      case KIND.long:
        return this.#long();
      case KIND.float:
        return reader.f32('a float');
      case KIND.double:
        return reader.f64('a double');
      case KIND.bytes:
        return reader.take(this.#length(1), 'a byte array');
      case KIND.string:
        return this.#name();
      case KIND.list:
        return this.#list(depth + 1);
      case KIND.compound:
        return this.#compound(depth + 1);
      case KIND.ints:
        return Int32Array.from(this.#words(this.#length(4)));
      default:
        return this.#longs(this.#length(8));
    }
  }

  #long(): bigint {
    const [a, b] = [this.#reader.u32('a long'), this.#reader.u32('a long')];
    const [low, high] = this.#little ? [a, b] : [b, a];
    return BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low));
  }

  /** The count of an array, of which all is there. */
  #length(element_bytes: number): number {
    const count = this.#reader.i32('length of an array');
    if (count < 0) this.#reader.fail(`an array of ${count}`, this.#reader.at - 4);
    this.#reader.need(count * element_bytes, 'an array');
    return count;
  }

  #words(count: number): Uint32Array {
    const packed = Buffer.from(this.#reader.take(count * 4, 'an array'));
    if (!this.#little) packed.swap32();
    return new Uint32Array(packed.buffer, packed.byteOffset, count);
  }

  #longs(count: number): Uint32Array {
    const packed = Buffer.from(this.#reader.take(count * 8, 'an array'));
    if (!this.#little) packed.swap64();
    const bytes = Uint8Array.from(packed);
    return new Uint32Array(bytes.buffer, 0, count * 2);
  }

  #list(depth: number): List {
    const reader = this.#reader;
    const kind = reader.u8('kind of a list');
    const count = reader.i32('length of a list');
    this.#check(kind, depth);
    if (count <= 0 || kind === KIND.end) return [];
    reader.need(count * BYTES_MIN[kind]!, 'a list');
    const list: Tag[] = [];
    for (let i = 0; i < count; i++) list.push(this.#payload(kind, depth));
    return list;
  }
}
