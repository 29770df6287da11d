/**
 * Reads Windows and OS/2 bitmaps: 1 to 32 bits a pixel, plain, with masks, and run-length coded
 * (Microsoft, "Bitmap Storage", BITMAPFILEHEADER, BITMAPCOREHEADER and BITMAPV5HEADER).
 */

import { Damage } from './damage.ts';
import type { Image } from './png.ts';

const FILE_HEADER_BYTES = 14;
const CORE_BYTES = 12;
const INFO_BYTES = 40;
const V3_BYTES = 56;
const RLE8 = 1;
const RLE4 = 2;
const FIELDS = 3;
const ALPHA_FIELDS = 6;

interface BmpHeader {
  readonly width: number;
  readonly height: number;
  readonly fromTop: boolean;
  readonly bits: number;
  readonly compression: number;
  /** Red, green, blue and alpha, where a pixel has 16 or 32 bits. */
  readonly masks: readonly number[];
  readonly palette: { readonly at: number; readonly length: number; readonly bytes: number };
  readonly pixelsAt: number;
}

/** The header; undefined for what is no such picture. */
export function bmpHeader(bytes: Uint8Array): BmpHeader | undefined {
  if (bytes.length < FILE_HEADER_BYTES + CORE_BYTES) return undefined;
  if (bytes[0] !== 0x42 || bytes[1] !== 0x4d) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = view.getUint32(14, true);
  const core = size === CORE_BYTES;
  const end = FILE_HEADER_BYTES + size;
  if (!core && (size < INFO_BYTES || end > bytes.length)) return undefined;
  const width = core ? view.getUint16(18, true) : view.getInt32(18, true);
  const tall = core ? view.getUint16(20, true) : view.getInt32(22, true);
  const bits = view.getUint16(core ? 24 : 28, true);
  if (width <= 0 || tall === 0) return undefined;
  const compression = core ? 0 : view.getUint32(30, true);
  const masked = compression === FIELDS || compression === ALPHA_FIELDS;
  const behind = size === INFO_BYTES && masked ? (compression === FIELDS ? 12 : 16) : 0;
  const mask = (at: number) => (at + 4 <= bytes.length ? view.getUint32(at, true) : 0);
  const usual = bits === 16 ? [0x7c00, 0x03e0, 0x001f, 0] : [0xff_0000, 0xff00, 0xff, 0];
  const alpha = size >= V3_BYTES || compression === ALPHA_FIELDS ? mask(66) : 0;
  const colors = core ? 0 : view.getUint32(46, true);
  return {
    ...{ width, height: Math.abs(tall), fromTop: tall < 0, bits, compression },
    masks: masked ? [mask(54), mask(58), mask(62), alpha] : usual,
    palette: {
      at: end + behind,
      length: bits > 8 ? 0 : Math.min(colors || 256, 1 << bits),
      bytes: core ? 3 : 4,
    },
    pixelsAt: view.getUint32(10, true),
  };
}

/** Reads a picture with that header; throws Damage. */
export function decodeBmp(bytes: Uint8Array, header: BmpHeader): Image {
  const { width, height, fromTop, bits, compression } = header;
  if (![1, 2, 4, 8, 16, 24, 32].includes(bits)) throw new Damage(`${bits} bits a pixel`, 28);
  const packed = compression === RLE8 || compression === RLE4;
  const plain = compression === 0 || compression === FIELDS || compression === ALPHA_FIELDS;
  if (!packed && !plain) throw new Damage(`the compression ${compression} is not known`, 30);
  const indices = packed ? unpack(bytes, header) : undefined;
  const stride = Math.ceil((width * bits) / 32) * 4;
  if (indices === undefined && header.pixelsAt + stride * (height - 1) >= bytes.length) {
    throw new Damage('pixels are missing', bytes.length);
  }
  const rgba = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    const row = (fromTop ? y : height - 1 - y) * width;
    const start = header.pixelsAt + y * stride;
    for (let x = 0; x < width; x++) {
      const to = (row + x) * 4;
      if (indices !== undefined) putIndexed(rgba, to, bytes, header, indices[y * width + x]!);
      else if (bits <= 8) {
        const bit = x * bits;
        const byte = bytes[start + (bit >> 3)]!;
        const index = (byte >> (8 - bits - (bit & 7))) & ((1 << bits) - 1);
        putIndexed(rgba, to, bytes, header, index);
      } else if (bits === 24) {
        for (let i = 0; i < 3; i++) rgba[to + i] = bytes[start + x * 3 + 2 - i]!;
        rgba[to + 3] = 255;
      } else putMasked(rgba, to, bytes, start + (x * bits) / 8, header);
    }
  }
  return { width, height, rgba };
}

function putIndexed(
  rgba: Uint8Array,
  to: number,
  bytes: Uint8Array,
  { palette }: BmpHeader,
  index: number,
): void {
  const at = palette.at + index * palette.bytes;
  rgba[to + 3] = 255;
  if (index >= palette.length) return;
  for (let i = 0; i < 3; i++) rgba[to + i] = bytes[at + 2 - i] ?? 0;
}

function putMasked(
  rgba: Uint8Array,
  to: number,
  bytes: Uint8Array,
  at: number,
  { bits, masks }: BmpHeader,
): void {
  let word = 0;
  for (let i = bits / 8 - 1; i >= 0; i--) word = word * 256 + (bytes[at + i] ?? 0);
  for (const [i, mask] of masks.entries()) {
    // Powers of two and not shifts: the highest bit is no sign here.
    const step = mask === 0 ? 1 : 2 ** (31 - Math.clz32(mask & -mask));
    const full = mask / step;
    const value = Math.floor(word / step) & full;
    rgba[to + i] = mask === 0 ? (i === 3 ? 255 : 0) : Math.round(((value >>> 0) * 255) / full);
  }
}

/** One index a pixel, in the order of the rows in the file; what is passed over is 0. */
function unpack(bytes: Uint8Array, { width, height, compression, pixelsAt }: BmpHeader) {
  const indices = new Uint8Array(width * height);
  const nibbles = compression === RLE4;
  let [x, y] = [0, 0];
  const put = (index: number) => {
    if (x < width && y < height) indices[y * width + x] = index;
    x++;
  };
  const half = (byte: number, i: number) => (i % 2 === 0 ? byte >> 4 : byte & 15);
  for (let at = pixelsAt; at + 1 < bytes.length && y < height; ) {
    const [count, code] = [bytes[at]!, bytes[at + 1]!];
    at += 2;
    if (count > 0) for (let i = 0; i < count; i++) put(nibbles ? half(code, i) : code);
    else if (code === 0) [x, y] = [0, y + 1];
    else if (code === 1) break;
    else if (code === 2) {
      x += bytes[at] ?? 0;
      y += bytes[at + 1] ?? 0;
      at += 2;
    } else {
      for (let i = 0; i < code; i++) {
        put(nibbles ? half(bytes[at + (i >> 1)] ?? 0, i) : (bytes[at + i] ?? 0));
      }
      const length = nibbles ? (code + 1) >> 1 : code;
      at += length + (length & 1);
    }
  }
  return indices;
}
