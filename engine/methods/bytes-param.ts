/** Bytes as parameters give them. */

import { invalidParam } from '../catalogue/params.ts';

/** Of both alphabets, padded or not. */
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

const SHOWN_LENGTH_MAX = 40;

/** Bytes, of MessagePack, or a base64 text, of JSON. */
export function bytesOf(value: unknown, at: string): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value !== 'string') throw invalidParam(at, 'bytes, or a base64 text', value);
  if (isBase64(value)) return Buffer.from(value, 'base64');
  throw invalidParam(at, 'a base64 text', value.slice(0, SHOWN_LENGTH_MAX));
}

export function isBase64(text: string): boolean {
  return BASE64.test(text);
}
