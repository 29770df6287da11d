/** Reads whole image files, PNG and JPEG, once their size is known to fit. */

import jpeg from 'jpeg-js';
import { GoxError } from '../../../conf/errors.ts';
import { decodeAnyPng } from '../../image/any-png.ts';
import { type Image, PngError } from '../../image/png.ts';
import { ByteReader } from '../bytes.ts';
import { type ImportOptions, READ_VOXEL_BYTES_MAX } from '../format.ts';
import type { PictureSize } from './quad.ts';

const PNG_MAGIC = '\x89PNG\r\n\x1a\n';
const JPEG_MAGIC = '\xff\xd8';
const MARKER = 0xff;
const START_OF_SCAN = 0xda;
const MEGA = 1e6;
const MEBI = 1024 * 1024;
/** Rows as they come out of the file, and as RGBA. */
const PNG_PIXEL_BYTES = 8;
/** What jpeg-js needs for a pixel while it decodes, roughly: coefficients, samples, output. */
const JPEG_PIXEL_BYTES = 32;

/** Throws GOX_FORMAT_BROKEN, or GOX_MEMORY_LIMIT when the pixels take more than allowed. */
export function readPngFile(bytes: Uint8Array, source: string, options?: ImportOptions): Image {
  const reader = new ByteReader(bytes, source, 'big');
  const { width, height } = pngSize(reader);
  requireSize(reader, width, height, PNG_PIXEL_BYTES, options);
  try {
    return decodeAnyPng(reader.bytes, width, height);
  } catch (error) {
    if (!(error instanceof PngError)) throw error;
    return reader.fail(error.message, error.offset);
  }
}

/** What the header of a PNG or JPEG image says of its size. Throws GOX_FORMAT_BROKEN. */
export function pictureSize(bytes: Uint8Array, source: string): PictureSize {
  const reader = new ByteReader(bytes, source, 'big');
  const size = bytes[0] === JPEG_MAGIC.charCodeAt(0) ? jpegSize(reader) : pngSize(reader);
  if (size.width === 0 || size.height === 0) reader.fail(noPixels(size));
  return size;
}

function noPixels({ width, height }: PictureSize): string {
  return `an image of ${width} x ${height} pixels`;
}

/** Throws as `readPngFile`. Every pixel has alpha 255. */
export function readJpegFile(bytes: Uint8Array, source: string, options?: ImportOptions): Image {
  const reader = new ByteReader(bytes, source, 'big');
  const { width, height } = jpegSize(reader);
  requireSize(reader, width, height, JPEG_PIXEL_BYTES, options);
  try {
    const image = jpeg.decode(reader.bytes, {
      useTArray: true,
      formatAsRGBA: true,
      tolerantDecoding: false,
      maxResolutionInMP: (width * height) / MEGA + 1,
      maxMemoryUsageInMB: (width * height * JPEG_PIXEL_BYTES) / MEBI + 64,
    });
    if (image.width === width && image.height === height) {
      return { width, height, rgba: image.data };
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    reader.fail(`the JPEG image cannot be decoded: ${reason}`, 0);
  }
  return reader.fail('the JPEG image has more than one size', 0);
}

function pngSize(reader: ByteReader): PictureSize {
  reader.magic(PNG_MAGIC, 'PNG image');
  reader.skip(8, 'header');
  return { width: reader.u32('width'), height: reader.u32('height') };
}

/** The size in the frame header, which comes before the first scan. */
function jpegSize(reader: ByteReader): PictureSize {
  reader.magic(JPEG_MAGIC, 'JPEG image');
  for (;;) {
    if (reader.u8('a marker') !== MARKER) reader.fail('no JPEG marker', reader.at - 1);
    let kind = reader.u8('a marker');
    while (kind === MARKER) kind = reader.u8('a marker');
    if (kind === START_OF_SCAN) reader.fail('a JPEG scan before its frame', reader.at - 2);
    const length = reader.u16('a length');
    if (length < 2) reader.fail(`a JPEG segment of ${length} bytes`, reader.at - 2);
    // C0…CF are frames, but for tables (C4, CC) and an extension (C8).
    if (kind >= 0xc0 && kind <= 0xcf && kind !== 0xc4 && kind !== 0xc8 && kind !== 0xcc) {
      reader.skip(1, 'precision');
      const height = reader.u16('height');
      return { width: reader.u16('width'), height };
    }
    reader.skip(length - 2, 'a JPEG segment');
  }
}

function requireSize(
  reader: ByteReader,
  width: number,
  height: number,
  pixel_bytes: number,
  { voxel_bytes_max = READ_VOXEL_BYTES_MAX }: ImportOptions = {},
): void {
  if (width === 0 || height === 0) reader.fail(noPixels({ width, height }));
  const bytes = width * height * pixel_bytes;
  if (bytes <= voxel_bytes_max) return;
  const file = reader.source;
  const pixels = `${width} x ${height} pixels`;
  const message =
    `The ${pixels} of ${file} take ${bytes} bytes, of ${voxel_bytes_max} bytes that are` +
    ' allowed.';
  throw new GoxError('GOX_MEMORY_LIMIT', message, { file, width, height, bytes });
}
