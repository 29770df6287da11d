/** Reads WebP pictures (RFC 9649) by Google's decoder, compiled to WebAssembly. */

import { createRequire } from 'node:module';
import { Damage } from './damage.ts';
import type { Image } from './png.ts';

const HEADER_BYTES = 30;

type Decode = (bytes: Uint8Array) => { width: number; height: number; data: Uint8ClampedArray };

let decoder: { readonly decode: Decode } | undefined;

/** Width and height; undefined for what is no such picture. */
export function webpSize(bytes: Uint8Array): { width: number; height: number } | undefined {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length < HEADER_BYTES || file.toString('latin1', 0, 4) !== 'RIFF') return undefined;
  if (file.toString('latin1', 8, 12) !== 'WEBP') return undefined;
  const kind = file.toString('latin1', 12, 16);
  if (kind === 'VP8X')
    return { width: file.readUIntLE(24, 3) + 1, height: file.readUIntLE(27, 3) + 1 };
  if (kind === 'VP8L') {
    const bits = file.readUInt32LE(21);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (kind !== 'VP8 ') return undefined;
  return { width: file.readUInt16LE(26) & 0x3fff, height: file.readUInt16LE(28) & 0x3fff };
}

/** Reads a picture of that size; throws Damage. */
export function decodeWebp(bytes: Uint8Array, width: number, height: number): Image {
  // It takes some milliseconds to load, and most models have no such pictures.
  decoder ??= createRequire(import.meta.url)('@cwasm/webp') as { decode: Decode };
  const image = attempt(() => decoder!.decode(bytes));
  if (image.width !== width || image.height !== height) {
    throw new Damage(`it is ${image.width} x ${image.height}, not ${width} x ${height}`, 0);
  }
  const { data } = image;
  return { width, height, rgba: new Uint8Array(data.buffer, data.byteOffset, data.length) };
}

/** What the decoder throws, under a name; it is not used again after a trap of its machine. */
function attempt<T>(decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    throw new Damage(error instanceof Error ? error.message : String(error), 0);
  }
}
