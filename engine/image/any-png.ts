/**
 * Reads PNG images of every kind (PNG specification, third edition). Our own reader knows those
 * that are common, 8 bits a sample in plain rows; pngjs reads the others (16 bits, less than 8 bits
 * of grey, interlaced) once it is known how much their data unpacks to, which pngjs does not limit.
 */

import { inflateSync } from 'node:zlib';
import { PNG } from 'pngjs';
import { decodePng, type Image, PngError } from './png.ts';

/** Places in the file, whose first chunk is the header. */
const WIDTH = 16;
const HEIGHT = 20;
const DEPTH = 24;
const TYPE = 25;
const INTERLACE = 28;
const FIRST_CHUNK = 8;
const CHUNK_OVERHEAD = 12;

const PALETTE = 3;

/** Samples a pixel by colour type. */
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** Where the pixels of each pass of an interlaced image begin, and how far apart they are. */
const PASSES = [
  { x: 0, y: 0, dx: 8, dy: 8 },
  { x: 4, y: 0, dx: 8, dy: 8 },
  { x: 0, y: 4, dx: 4, dy: 8 },
  { x: 2, y: 0, dx: 4, dy: 4 },
  { x: 0, y: 2, dx: 2, dy: 4 },
  { x: 1, y: 0, dx: 2, dy: 2 },
  { x: 0, y: 1, dx: 1, dy: 2 },
] as const;
const WHOLE = [{ x: 0, y: 0, dx: 1, dy: 1 }] as const;

/** Reads an image of exactly this size; throws PngError. Wider samples are rounded to 8 bits. */
export function decodeAnyPng(bytes: Uint8Array, width: number, height: number): Image {
  const depth = bytes[DEPTH] ?? 8;
  const usual = bytes[INTERLACE] === 0 && (depth === 8 || bytes[TYPE] === PALETTE);
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // The other reader also says what is wrong with a file that has no such header.
  if (usual || file.length <= INTERLACE || file.toString('latin1', 12, 16) !== 'IHDR') {
    return decodePng(bytes, width, height);
  }
  if (file.readUInt32BE(WIDTH) !== width || file.readUInt32BE(HEIGHT) !== height) {
    return decodePng(bytes, width, height);
  }
  try {
    const expected = unpackedBytes(file, width, height);
    const rows = inflateSync(Buffer.concat(imageData(file)), { maxOutputLength: expected });
    if (rows.length !== expected) {
      throw new PngError(`the PNG data unpacks to ${rows.length} bytes, not ${expected}`, 0);
    }
    const { data } = PNG.sync.read(file);
    if (data.length !== width * height * 4) throw new PngError('pixels are missing', 0);
    return { width, height, rgba: new Uint8Array(data.buffer, data.byteOffset, data.length) };
  } catch (error) {
    if (error instanceof PngError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new PngError(`the PNG image cannot be read: ${reason}`, 0);
  }
}

/**
 * How bright each pixel of an image of 16 bits is, 0…1, which was read already; undefined of
 * others.
 */
export function deepGrey(bytes: Uint8Array, { width, height }: Image) {
  if (bytes[DEPTH] !== 16) return undefined;
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Numbers of 16 bits, whatever its type says.
  const samples = PNG.sync.read(file, { skipRescale: true }).data as unknown as Uint16Array;
  if (samples.length !== width * height * 4) return undefined;
  return (pixel: number) => {
    const at = pixel * 4;
    const [red, green, blue] = [samples[at]!, samples[at + 1]!, samples[at + 2]!];
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 0xffff;
  };
}

/** Rows of all passes, each with its filter byte. */
function unpackedBytes(file: Buffer, width: number, height: number): number {
  const bits = (SAMPLES[file[TYPE]!] ?? 0) * file[DEPTH]!;
  let bytes = 0;
  for (const { x, y, dx, dy } of file[INTERLACE] === 1 ? PASSES : WHOLE) {
    const columns = Math.ceil((width - x) / dx);
    const rows = Math.ceil((height - y) / dy);
    if (columns > 0 && rows > 0) bytes += (Math.ceil((columns * bits) / 8) + 1) * rows;
  }
  return bytes;
}

function imageData(file: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = FIRST_CHUNK; at + CHUNK_OVERHEAD <= file.length; ) {
    const length = file.readUInt32BE(at);
    if (length > file.length - at - CHUNK_OVERHEAD) throw new PngError('a PNG chunk is cut', at);
    const type = file.toString('latin1', at + 4, at + 8);
    // pngjs takes the size of the last one, which nobody has checked.
    if (type === 'IHDR' && at !== FIRST_CHUNK) throw new PngError('a second PNG header', at);
    if (type === 'IDAT') parts.push(file.subarray(at + 8, at + 8 + length));
    at += CHUNK_OVERHEAD + length;
  }
  return parts;
}
