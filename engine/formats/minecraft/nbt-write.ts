/** Writing Named Binary Tags, big-endian; see `nbt.ts`. */

import { KIND } from './nbt.ts';

/** A value with its kind, which a number alone does not tell. */
export type Written =
  | { readonly kind: 'short' | 'int'; readonly value: number }
  | { readonly kind: 'long'; readonly value: bigint }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'bytes'; readonly value: Uint8Array }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  /** Two words for each, the low one first. */
  | { readonly kind: 'longs'; readonly value: Uint32Array }
  | { readonly kind: 'list'; readonly of: keyof typeof KIND; readonly value: readonly Written[] }
  /** A list of compounds that are given as their bytes, for the many. */
  | { readonly kind: 'packed'; readonly count: number; readonly value: readonly Uint8Array[] }
  | { readonly kind: 'compound'; readonly value: Readonly<Record<string, Written>> };

export const short = (value: number): Written => ({ kind: 'short', value });
export const int = (value: number): Written => ({ kind: 'int', value });
export const long = (value: bigint): Written => ({ kind: 'long', value });
export const string = (value: string): Written => ({ kind: 'string', value });
export const bytes = (value: Uint8Array): Written => ({ kind: 'bytes', value });
export const ints = (...value: number[]): Written => ({ kind: 'ints', value });
export const longs = (value: Uint32Array): Written => ({ kind: 'longs', value });
export const compound = (value: Readonly<Record<string, Written>>): Written => ({
  kind: 'compound',
  value,
});
export const list = (of: keyof typeof KIND, value: readonly Written[]): Written => ({
  kind: 'list',
  of,
  value,
});

/** A file whose root is a compound of that name, not packed. */
export function writeNbt(name: string, root: Readonly<Record<string, Written>>): Buffer {
  const parts: Uint8Array[] = [Buffer.of(KIND.compound), text(name)];
  put(parts, compound(root));
  return Buffer.concat(parts);
}

function put(parts: Uint8Array[], tag: Written): void {
  switch (tag.kind) {
    case 'compound':
      for (const [name, value] of Object.entries(tag.value)) {
        parts.push(Buffer.of(KIND[value.kind === 'packed' ? 'list' : value.kind]), text(name));
        put(parts, value);
      }
      parts.push(Buffer.of(KIND.end));
      return;
    case 'list':
      parts.push(Buffer.of(KIND[tag.of]), word(tag.value.length));
      for (const value of tag.value) put(parts, value);
      return;
    case 'packed':
      parts.push(Buffer.of(KIND.compound), word(tag.count), ...tag.value);
      return;
    case 'bytes':
      parts.push(word(tag.value.length), tag.value);
      return;
    case 'ints':
      parts.push(word(tag.value.length), ...tag.value.map(word));
      return;
    case 'longs':
      parts.push(word(tag.value.length / 2), swapped(tag.value));
      return;
    default:
      parts.push(scalar(tag));
  }
}

function scalar(tag: Written): Buffer {
  if (tag.kind === 'string') return text(tag.value);
  const out = Buffer.alloc(8);
  if (tag.kind === 'short') return out.subarray(0, out.writeUInt16BE(tag.value & 0xffff));
  if (tag.kind === 'int') return out.subarray(0, out.writeInt32BE(tag.value));
  if (tag.kind === 'long') return out.subarray(0, out.writeBigInt64BE(tag.value));
  throw new Error(`no scalar is ${tag.kind}`);
}

function text(value: string): Buffer {
  const utf8 = Buffer.from(value).subarray(0, 0xffff);
  return Buffer.concat([Buffer.of(utf8.length >> 8, utf8.length & 0xff), utf8]);
}

function word(value: number): Buffer {
  const out = Buffer.alloc(4);
  out.writeInt32BE(value);
  return out;
}

function swapped(words: Uint32Array): Buffer {
  return Buffer.from(
    Uint8Array.from(Buffer.from(words.buffer, words.byteOffset, words.byteLength)),
  ).swap64();
}
