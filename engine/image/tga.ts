/**
 * Reads Truevision TGA pictures: grey, true colour and palettes, plain and run-length coded, of 8
 * to 32 bits a pixel ("Truevision TGA File Format Specification", version 2.0, 1991).
 */

import { Damage } from './damage.ts';
import type { Image } from './png.ts';

const HEADER_BYTES = 18;
/** What bits of the descriptor say. */
const ALPHA_BITS = 0x0f;
const FROM_RIGHT = 0x10;
const FROM_TOP = 0x20;

interface TgaHeader {
  readonly width: number;
  readonly height: number;
  /** 1 palette, 2 true colour, 3 grey. */
  readonly kind: number;
  readonly packed: boolean;
  readonly bits: number;
  readonly descriptor: number;
  readonly palette: { readonly at: number; readonly first: number; readonly length: number };
  readonly paletteBits: number;
  readonly pixelsAt: number;
}

/** The header; undefined for what is no such picture, which has no mark at its beginning. */
export function tgaHeader(bytes: Uint8Array): TgaHeader | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  const word = (at: number) => bytes[at]! | (bytes[at + 1]! << 8);
  const [idLength, mapped, type] = [bytes[0]!, bytes[1]!, bytes[2]!];
  const kind = type & 7;
  const [first, length, paletteBits] = [word(3), word(5), bytes[7]!];
  const [width, height, bits, descriptor] = [word(12), word(14), bytes[16]!, bytes[17]!];
  const known = (type & ~11) === 0 && kind >= 1 && kind <= 3 && mapped <= 1;
  const depths = kind === 2 ? [15, 16, 24, 32] : kind === 1 ? [8, 16] : [8, 16];
  const sound = known && depths.includes(bits) && width > 0 && height > 0 && descriptor < 0x40;
  if (!sound || (kind === 1 && mapped === 0)) return undefined;
  if (mapped === 1 && ![15, 16, 24, 32].includes(paletteBits)) return undefined;
  const at = HEADER_BYTES + idLength;
  const pixelsAt = at + (mapped === 1 ? length * bytesOf(paletteBits) : 0);
  const palette = { at, first, length };
  const packed = type > 8;
  return { width, height, kind, packed, bits, descriptor, palette, paletteBits, pixelsAt };
}

function bytesOf(bits: number): number {
  return (bits + 7) >> 3;
}

/** Reads a picture with that header; throws Damage. */
export function decodeTga(bytes: Uint8Array, header: TgaHeader): Image {
  const { width, height, kind, bits, descriptor, pixelsAt } = header;
  const size = bytesOf(bits);
  if (pixelsAt >= bytes.length) throw new Damage('the picture has no pixels', bytes.length);
  const raw = header.packed
    ? unpack(bytes, pixelsAt, size, width * height * size)
    : bytes.subarray(pixelsAt, pixelsAt + width * height * size);
  if (raw.length < width * height * size) throw new Damage('pixels are missing', bytes.length);
  const rgba = new Uint8Array(width * height * 4);
  const opaque = (descriptor & ALPHA_BITS) === 0;
  for (let y = 0, from = 0; y < height; y++) {
    const row = (descriptor & FROM_TOP) === 0 ? height - 1 - y : y;
    for (let x = 0; x < width; x++, from += size) {
      const column = (descriptor & FROM_RIGHT) === 0 ? x : width - 1 - x;
      const to = (row * width + column) * 4;
      if (kind === 1) putIndexed(rgba, to, bytes, header, raw[from]! | high(raw, from, size));
      else if (kind === 3) putGrey(rgba, to, raw, from, size);
      else putColor(rgba, to, raw, from, bits);
      if (opaque) rgba[to + 3] = 255;
    }
  }
  return { width, height, rgba };
}

function high(raw: Uint8Array, at: number, size: number): number {
  return size > 1 ? raw[at + 1]! << 8 : 0;
}

function putIndexed(
  rgba: Uint8Array,
  to: number,
  bytes: Uint8Array,
  { palette, paletteBits }: TgaHeader,
  index: number,
): void {
  const entry = index - palette.first;
  if (entry < 0 || entry >= palette.length) rgba[to + 3] = 255;
  else putColor(rgba, to, bytes, palette.at + entry * bytesOf(paletteBits), paletteBits);
}

function putGrey(rgba: Uint8Array, to: number, raw: Uint8Array, from: number, size: number): void {
  rgba.fill(raw[from]!, to, to + 3);
  rgba[to + 3] = size > 1 ? raw[from + 1]! : 255;
}

/** Blue comes first; of 15 or 16 bits each colour has five, and the last one is alpha. */
function putColor(rgba: Uint8Array, to: number, raw: Uint8Array, from: number, bits: number): void {
  if (bits <= 16) {
    const word = raw[from]! | (raw[from + 1]! << 8);
    for (let i = 0; i < 3; i++)
      rgba[to + i] = Math.round(((word >> (10 - 5 * i)) & 31) * (255 / 31));
    rgba[to + 3] = bits === 15 || (word & 0x8000) !== 0 ? 255 : 0;
    return;
  }
  for (let i = 0; i < 3; i++) rgba[to + i] = raw[from + 2 - i]!;
  rgba[to + 3] = bits === 32 ? raw[from + 3]! : 255;
}

/** Packets of up to 128 pixels: one pixel for all, or each its own. */
function unpack(bytes: Uint8Array, start: number, size: number, length: number): Uint8Array {
  const raw = new Uint8Array(length);
  let at = start;
  for (let to = 0; to < length; ) {
    const head = bytes[at++];
    if (head === undefined) throw new Damage('pixels are missing', at);
    const end = Math.min(to + ((head & 127) + 1) * size, length);
    if (head < 128) {
      raw.set(bytes.subarray(at, at + end - to), to);
      at += end - to;
    } else {
      for (let i = to; i < end; i++) raw[i] = bytes[at + ((i - to) % size)] ?? 0;
      at += size;
    }
    to = end;
  }
  return raw;
}
