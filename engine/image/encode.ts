/**
 * Encodes finished pictures. The strips of a PNG are put together without packing them again (RFC
 * 1950: the checksums of two parts give that of both).
 */

import { crc32 } from 'node:zlib';
import jpeg from 'jpeg-js';
import { checkInterrupt } from '../interrupt.ts';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] as const;
const RGB = 2;
const RGBA = 6;

/** A zlib header: 32 kB window, and that it is packed well. */
const ZLIB_HEADER = [0x78, 0xda] as const;

const ADLER_BASE = 65521;
/** So many bytes can be added up before the sums leave 32 bits. */
const ADLER_RUN = 3800;

/** Packed rows of a picture. */
export interface PackedStrip {
  readonly bytes: Uint8Array;
  /** Adler-32 of its rows, and how many bytes they were. */
  readonly adler: number;
  readonly rawLength: number;
}

/** Adler-32 (RFC 1950, section 8.2). */
export function adler32(bytes: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (let at = 0; at < bytes.length; ) {
    checkInterrupt();
    const end = Math.min(at + ADLER_RUN, bytes.length);
    // Several at a time, so that sums do not wait for each other.
    for (; at + 4 <= end; at += 4) {
      const first = bytes[at]!;
      const second = bytes[at + 1]!;
      const third = bytes[at + 2]!;
      const fourth = bytes[at + 3]!;
      b = (b + 4 * a + 4 * first + 3 * second + 2 * third + fourth) | 0;
      a = (a + first + second + third + fourth) | 0;
    }
    for (; at < end; at++) {
      a += bytes[at]!;
      b += a;
    }
    a %= ADLER_BASE;
    b = (b >>> 0) % ADLER_BASE;
  }
  return ((b << 16) | a) >>> 0;
}

/** The checksum of two parts, the second of `length` bytes. */
function joined(first: number, second: number, length: number): number {
  const [a1, b1] = [first & 0xffff, first >>> 16];
  const [a2, b2] = [second & 0xffff, second >>> 16];
  const a = (a1 + a2 - 1 + ADLER_BASE) % ADLER_BASE;
  const b = (b1 + b2 + (length % ADLER_BASE) * (a1 - 1 + ADLER_BASE)) % ADLER_BASE;
  return ((b << 16) | a) >>> 0;
}

/** A PNG picture of 3 (RGB) or 4 (RGBA) channels out of its packed strips. */
export function pngOf(
  strips: readonly PackedStrip[],
  width: number,
  height: number,
  channels: 3 | 4,
): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, channels === 3 ? RGB : RGBA], 8);
  let adler = 1;
  for (const strip of strips) adler = joined(adler, strip.adler, strip.rawLength);
  const trailer = Buffer.alloc(4);
  trailer.writeUInt32BE(adler);
  return Buffer.concat([
    Uint8Array.from(SIGNATURE),
    ...chunk('IHDR', [header]),
    ...chunk('IDAT', [Uint8Array.from(ZLIB_HEADER), ...strips.map(({ bytes }) => bytes), trailer]),
    ...chunk('IEND', []),
  ]);
}

function chunk(type: string, parts: readonly Uint8Array[]): Uint8Array[] {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(parts.reduce((sum, { length }) => sum + length, 0));
  head.write(type, 4, 'latin1');
  const tail = Buffer.alloc(4);
  tail.writeUInt32BE(parts.reduce((sum, part) => crc32(part, sum), crc32(head.subarray(4))));
  return [head, ...parts, tail];
}

/** A JPEG picture of RGBA pixels, whose alpha it cannot keep; `quality` is 1…100. */
export function jpegOf(
  rgba: Uint8Array,
  width: number,
  height: number,
  quality: number,
): Uint8Array {
  return jpeg.encode({ data: rgba, width, height }, quality).data;
}
