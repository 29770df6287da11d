/** Reads pictures of the kinds that textures are, whatever their names say. */

import { decode } from 'jpeg-js';
import { decodeAnyPng } from './any-png.ts';
import { bmpHeader, decodeBmp } from './bmp.ts';
import { Damage } from './damage.ts';
import { type Image, PngError } from './png.ts';
import { decodeTga, tgaHeader } from './tga.ts';
import { decodeWebp, webpSize } from './webp.ts';

const JPEG_MEMORY_MIB = 512;
const MEGA = 1_000_000;

const PNG_HEADER_BYTES = 24;
const JPEG_START = 0xffd8;
const JPEG_SCAN = 0xda;

/** The beginnings of kinds that are not read, so that they can be called by their names. */
const OTHERS: readonly (readonly [string, string])[] = [
  ['DDS ', 'a DDS picture'],
  ['\xabKTX', 'a KTX picture'],
  ['GIF8', 'a GIF picture'],
  ['\x76\x2f\x31\x01', 'an OpenEXR picture'],
  ['#?', 'a Radiance HDR picture'],
  ['II*\0', 'a TIFF picture'],
  ['MM\0*', 'a TIFF picture'],
  ['8BPS', 'a Photoshop document'],
  ['sB', 'a Basis picture'],
  ['<svg', 'an SVG picture'],
  ['<?xml', 'an SVG picture'],
  ['\0\0\x01\0', 'an icon'],
];

interface Found {
  readonly width: number;
  readonly height: number;
  readonly read: () => Image;
}

/** A picture of at most so many pixels. Throws Damage for others, and for what is no picture. */
export function decodePicture(bytes: Uint8Array, pixels_max: number): Image {
  const { width, height, read } = find(bytes);
  if (width === 0 || height === 0) throw new Damage(`its size is ${width} x ${height}`, 0);
  if (width * height > pixels_max) {
    throw new Damage(`${width} x ${height} pixels are more than the textures may have`, 0);
  }
  try {
    return read();
  } catch (error) {
    if (error instanceof PngError) throw new Damage(error.message, error.offset);
    throw error;
  }
}

function find(bytes: Uint8Array): Found {
  const png = pngSize(bytes);
  if (png !== undefined) return { ...png, read: () => decodeAnyPng(bytes, png.width, png.height) };
  const jpeg = jpegSize(bytes);
  if (jpeg !== undefined) return { ...jpeg, read: () => decodeJpeg(bytes, jpeg) };
  const webp = webpSize(bytes);
  if (webp !== undefined)
    return { ...webp, read: () => decodeWebp(bytes, webp.width, webp.height) };
  const bmp = bmpHeader(bytes);
  if (bmp !== undefined) return { ...sizeOf(bmp), read: () => decodeBmp(bytes, bmp) };
  const start = Buffer.from(bytes.subarray(0, 8)).toString('latin1');
  const other = OTHERS.find(([beginning]) => start.startsWith(beginning));
  if (other !== undefined) throw new Damage(`it is ${other[1]}, which is not read`, 0);
  // This one has no mark, and comes last.
  const tga = tgaHeader(bytes);
  if (tga !== undefined) return { ...sizeOf(tga), read: () => decodeTga(bytes, tga) };
  throw new Damage('it is no PNG, JPEG, WebP, BMP or TGA picture', 0);
}

type Size = Pick<Image, 'width' | 'height'>;

function sizeOf({ width, height }: Size): Size {
  return { width, height };
}

function pngSize(bytes: Uint8Array): Size | undefined {
  if (bytes.length < PNG_HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0) !== 0x8950_4e47) return undefined;
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

/** The size in the frame header (ITU-T T.81, B.2.2), which comes before the first scan. */
function jpegSize(bytes: Uint8Array): Size | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint16(0) !== JPEG_START) return undefined;
  for (let at = 2; at + 9 <= bytes.length; ) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at++;
      continue;
    }
    // Frame headers are C0…CF but for the tables C4 and CC and the extension C8.
    const frame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8;
    if (frame && marker !== 0xcc) {
      return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    }
    if (marker === JPEG_SCAN) return undefined;
    at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}

/** What the decoder throws, under a name. */
function named<T>(decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    throw new Damage(error instanceof Error ? error.message : String(error), 0);
  }
}

function decodeJpeg(bytes: Uint8Array, { width, height }: Size): Image {
  const options = {
    useTArray: true,
    formatAsRGBA: true,
    tolerantDecoding: false,
    // A second frame header could ask for another size than the first one.
    maxResolutionInMP: (width * height) / MEGA,
    maxMemoryUsageInMB: JPEG_MEMORY_MIB,
  } as const;
  const { data, ...size } = named(() => decode(bytes, options));
  if (size.width !== width || size.height !== height) {
    throw new Damage(`it is ${size.width} x ${size.height}, not ${width} x ${height}`, 0);
  }
  return { width, height, rgba: data };
}
