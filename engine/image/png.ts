/**
 * Reads and writes the PNG images that .gox files hold (PNG specification, third edition): 8 bits a
 * sample (palette images: 1, 2, 4 or 8), every colour type, every filter, no interlace. Pixels are
 * RGBA bytes, row after row from the top.
 */

import { crc32, deflateSync, inflateSync } from 'node:zlib';
import { checkInterrupt } from '../interrupt.ts';
import { unfilter } from './png-filter.ts';
import { packPicture } from './strips.ts';

export interface Image {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

/** What is wrong with an image, and at which of its bytes. */
export class PngError extends Error {
  override readonly name = 'PngError';
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const CHUNK_OVERHEAD = 12;
const INFLATE_ROOM_BYTES = 64;
const INFLATE_PIECE_BYTES = 64 * 1024;

/** Images of this size at most are packed as blocks of voxels are: unfiltered, in little time. */
const SMALL_PIXELS = 2 ** 13;
/** A plain one takes some 200 bytes whatever zlib tries, which takes three times as long. */
const PLAIN_SHARE = 0.05;
const PLAIN_LEVEL = 3;
const LEVEL = 6;

const GREY = 0;
const RGB = 2;
const PALETTE = 3;
const GREY_ALPHA = 4;
const RGBA = 6;
const SAMPLES: Readonly<Record<number, number>> = {
  [GREY]: 1,
  [RGB]: 3,
  [PALETTE]: 1,
  [GREY_ALPHA]: 2,
  [RGBA]: 4,
};

interface Parts {
  width: number;
  height: number;
  depth: number;
  type: number;
  palette: Uint8Array;
  transparency: Uint8Array;
  data: Uint8Array[];
}

/**
 * Reads an image of exactly this size; throws PngError. Nothing is allocated before the size fits.
 * The pixels are written to `into`, if there is one: four bytes each, beginning at a multiple of 4
 * in its buffer.
 */
export function decodePng(
  bytes: Uint8Array,
  width: number,
  height: number,
  into?: Uint8Array,
): Image {
  const parts = readChunks(bytes, width, height);
  const stride = Math.ceil((width * SAMPLES[parts.type]! * parts.depth) / 8);
  const expected = (stride + 1) * height;
  const rows = inflate(parts.data, expected);
  const step = Math.max(1, (SAMPLES[parts.type]! * parts.depth) >> 3);
  const rgba = into ?? new Uint8Array(width * height * 4);
  const samples = parts.type === RGBA ? rgba : new Uint8Array(stride * height);
  if (!unfilter(rows, stride, height, step, samples)) throw new PngError('unknown PNG filter', 0);
  if (samples !== rgba) spread(parts, samples, stride, rgba);
  return { width, height, rgba };
}

/** Writes RGBA pixels; the same pixels give the same bytes. */
export function encodePng({ width, height, rgba }: Image): Uint8Array {
  const aligned = rgba.byteOffset % 4 === 0 ? rgba : rgba.slice();
  if (width * height > SMALL_PIXELS)
    return packPicture({ width, height, channels: 4, rgba: aligned });
  const stride = width * 4;
  const raw = new Uint8Array((stride + 1) * height);
  for (let y = 0; y < height; y++) {
    raw.set(aligned.subarray(y * stride, (y + 1) * stride), y * (stride + 1) + 1);
  }
  const pixels = new Uint32Array(aligned.buffer, aligned.byteOffset, width * height);
  const data = deflateSync(raw, { level: isPlain(pixels) ? PLAIN_LEVEL : LEVEL });
  const bytes = new Uint8Array(SIGNATURE.length + 3 * CHUNK_OVERHEAD + 13 + data.length);
  const view = new DataView(bytes.buffer);
  bytes.set(SIGNATURE);
  const header = new Uint8Array(13);
  const headerView = new DataView(header.buffer);
  headerView.setUint32(0, width);
  headerView.setUint32(4, height);
  header.set([8, RGBA], 8);
  let at = writeChunk(bytes, view, SIGNATURE.length, 'IHDR', header);
  at = writeChunk(bytes, view, at, 'IDAT', data);
  writeChunk(bytes, view, at, 'IEND', new Uint8Array(0));
  return bytes;
}

/** Whether there are few edges, so that there is little to look for. */
function isPlain(pixels: Uint32Array): boolean {
  let edges = 0;
  for (let i = 1; i < pixels.length; i++) if (pixels[i] !== pixels[i - 1]) edges++;
  return edges < pixels.length * PLAIN_SHARE;
}

function writeChunk(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  type: string,
  data: Uint8Array,
): number {
  view.setUint32(at, data.length);
  for (let i = 0; i < 4; i++) bytes[at + 4 + i] = type.charCodeAt(i);
  bytes.set(data, at + 8);
  const end = at + 8 + data.length;
  view.setUint32(end, crc32(bytes.subarray(at + 4, end)));
  return end + 4;
}

function readChunks(bytes: Uint8Array, width: number, height: number): Parts {
  if (!isSigned(bytes)) throw new PngError('no PNG image', 0);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Parts = {
    width,
    height,
    depth: 0,
    type: -1,
    palette: new Uint8Array(0),
    transparency: new Uint8Array(0),
    data: [],
  };
  for (let at = SIGNATURE.length; ; ) {
    if (bytes.length - at < CHUNK_OVERHEAD) throw new PngError('the PNG image is cut short', at);
    const length = view.getUint32(at);
    if (length > bytes.length - at - CHUNK_OVERHEAD) {
      throw new PngError(`a PNG chunk of ${length} bytes does not fit`, at);
    }
    const type = typeAt(bytes, at + 4);
    const data = bytes.subarray(at + 8, at + 8 + length);
    if (view.getUint32(at + 8 + length) !== crc32(bytes.subarray(at + 4, at + 8 + length))) {
      throw new PngError(`the checksum of PNG chunk ${printable(type)} is wrong`, at);
    }
    if (parts.type < 0 && type !== 'IHDR') throw new PngError('PNG without IHDR', at);
    if (type === 'IHDR') readHeader(parts, data, at);
    else if (type === 'PLTE') parts.palette = data;
    else if (type === 'tRNS') parts.transparency = data;
    else if (type === 'IDAT') parts.data.push(data);
    else if (type === 'IEND') return parts;
    else if ((type.charCodeAt(0) & 0x20) === 0) {
      throw new PngError(`unknown critical PNG chunk ${printable(type)}`, at);
    }
    at += CHUNK_OVERHEAD + length;
  }
}

function isSigned(bytes: Uint8Array): boolean {
  for (let i = 0; i < SIGNATURE.length; i++) if (bytes[i] !== SIGNATURE[i]) return false;
  return true;
}

function typeAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!);
}

function readHeader(parts: Parts, data: Uint8Array, at: number): void {
  if (data.length !== 13) throw new PngError('a PNG header has 13 bytes', at);
  const view = new DataView(data.buffer, data.byteOffset);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  if (width !== parts.width || height !== parts.height) {
    throw new PngError(
      `a PNG image of ${width} x ${height}, not ${parts.width} x ${parts.height}`,
      at,
    );
  }
  const [depth, type] = [data[8]!, data[9]!];
  const [compression, filter, interlace] = [data[10], data[11], data[12]];
  const depths = type === PALETTE ? [1, 2, 4, 8] : [8];
  if (SAMPLES[type] === undefined) throw new PngError(`unknown PNG colour type ${type}`, at);
  if (!depths.includes(depth)) {
    throw new PngError(`${depth} bits a sample are not supported in colour type ${type}`, at);
  }
  if (compression !== 0 || filter !== 0) throw new PngError('unknown PNG compression', at);
  if (interlace !== 0) throw new PngError('interlaced PNG images are not supported', at);
  parts.depth = depth;
  parts.type = type;
}

function inflate(data: readonly Uint8Array[], expected: number): Uint8Array {
  const packed = data.length === 1 ? data[0]! : Buffer.concat(data);
  let rows: Uint8Array;
  try {
    // Room for a small image at once, and some more, so that zlib sees the end in the same piece.
    const chunkSize = Math.min(expected + INFLATE_ROOM_BYTES, INFLATE_PIECE_BYTES);
    rows = inflateSync(packed, { maxOutputLength: expected, chunkSize });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PngError(`the PNG data cannot be unpacked: ${reason}`, 0);
  }
  if (rows.length !== expected) {
    throw new PngError(`the PNG data unpacks to ${rows.length} bytes, not ${expected}`, 0);
  }
  return rows;
}

/** Samples of the other colour types as RGBA. */
function spread(parts: Parts, samples: Uint8Array, stride: number, rgba: Uint8Array): void {
  const { width, height, type, depth, palette, transparency } = parts;
  const count = SAMPLES[type]!;
  // tRNS names one grey or colour that is transparent, in 16-bit samples, or alphas of the palette.
  const key = type === GREY || type === RGB ? transparency : new Uint8Array(0);
  for (let y = 0; y < height; y++) {
    checkInterrupt();
    for (let x = 0; x < width; x++) {
      const to = (y * width + x) * 4;
      const from = y * stride + x * count;
      if (type === PALETTE) {
        const bit = x * depth;
        const index =
          (samples[y * stride + (bit >> 3)]! >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
        if (index * 3 + 2 >= palette.length) throw new PngError(`no palette entry ${index}`, 0);
        rgba.set(palette.subarray(index * 3, index * 3 + 3), to);
        rgba[to + 3] = transparency[index] ?? 255;
        continue;
      }
      const grey = type === GREY || type === GREY_ALPHA;
      for (let c = 0; c < 3; c++) rgba[to + c] = samples[from + (grey ? 0 : c)]!;
      rgba[to + 3] = type === GREY_ALPHA ? samples[from + 1]! : 255;
      if (key.length === count * 2 && matches(key, samples, from, count)) rgba[to + 3] = 0;
    }
  }
}

function matches(key: Uint8Array, samples: Uint8Array, from: number, count: number): boolean {
  for (let c = 0; c < count; c++) {
    if (key[c * 2] !== 0 || key[c * 2 + 1] !== samples[from + c]) return false;
  }
  return true;
}

function printable(type: string): string {
  return JSON.stringify(type);
}
