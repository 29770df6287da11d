/**
 * Encodes finished pictures. A PNG's rows are packed in bands, by whoever made them, that are put
 * together without packing again (RFC 1950 and 1951: a deflate stream may be flushed to a whole
 * byte, and the checksums of two parts give that of both).
 */

import { constants, crc32, deflateRawSync } from 'node:zlib';
import jpeg from 'jpeg-js';
import { checkInterrupt } from '../interrupt.ts';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] as const;
const RGB = 2;
const RGBA = 6;

/** A zlib header: 32 kB window, the fastest level. */
const ZLIB_HEADER = [0x78, 0x01] as const;

const ADLER_BASE = 65521;
/** So many bytes can be added up before the sums leave 32 bits. */
const ADLER_RUN = 3800;

/** A packed part of a picture's rows. */
export interface PackedBand {
  readonly bytes: Uint8Array;
  /** Adler-32 of its rows, and how many bytes they were. */
  readonly adler: number;
  readonly rawLength: number;
}

/**
 * Packs rows; the last band of a picture ends the stream. After the filter "Sub", runs are nearly
 * all that deflate finds in such pictures: looking for nothing else takes half the time.
 */
export function packBand(raw: Uint8Array, last: boolean): Uint8Array {
  const finishFlush = last ? constants.Z_FINISH : constants.Z_SYNC_FLUSH;
  const { Z_BEST_SPEED: level, Z_RLE: strategy } = constants;
  return deflateRawSync(raw, { level, strategy, finishFlush });
}

/** Adler-32 (RFC 1950, section 8.2). */
export function adler32(bytes: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (let at = 0; at < bytes.length; ) {
    checkInterrupt();
    const end = Math.min(at + ADLER_RUN, bytes.length);
    for (; at < end; at++) {
      a += bytes[at]!;
      b += a;
    }
    a %= ADLER_BASE;
    b %= ADLER_BASE;
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

/** A PNG picture of 3 (RGB) or 4 (RGBA) channels out of its packed bands. */
export function pngOf(
  bands: readonly PackedBand[],
  width: number,
  height: number,
  channels: 3 | 4,
): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, channels === 3 ? RGB : RGBA], 8);
  let adler = 1;
  for (const band of bands) adler = joined(adler, band.adler, band.rawLength);
  const trailer = Buffer.alloc(4);
  trailer.writeUInt32BE(adler);
  return Buffer.concat([
    Uint8Array.from(SIGNATURE),
    ...chunk('IHDR', [header]),
    ...chunk('IDAT', [Uint8Array.from(ZLIB_HEADER), ...bands.map(({ bytes }) => bytes), trailer]),
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
