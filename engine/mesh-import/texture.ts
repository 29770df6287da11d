/** Textures of meshes: PNG and JPEG images, and which of their pixels lies at a (u, v). */

import { decode } from 'jpeg-js';
import { GoxError } from '../../conf/errors.ts';
import { shown } from '../formats/shown.ts';
import { decodeAnyPng } from '../image/any-png.ts';
import { type Image, PngError } from '../image/png.ts';

/** What lies outside 0…1. */
export type Wrap = 'repeat' | 'clamp' | 'mirror';

export interface Texture {
  readonly image: Image;
  readonly wrapU: Wrap;
  readonly wrapV: Wrap;
  /** `opaque`: alpha counts as 255. `mask`: below `cutoff` as 0, else as 255. `keep`: as it is. */
  readonly alpha: 'opaque' | 'mask' | 'keep';
  /** Byte value. */
  readonly cutoff: number;
}

/** Pixels that the textures of one file may have together: one of 8192 x 8192. */
const PIXELS_MAX = 2 ** 26;
const JPEG_MEMORY_MIB = 512;
const MEGA = 1_000_000;

const PNG_HEADER_BYTES = 24;
const JPEG_START = 0xffd8;
const JPEG_SCAN = 0xda;

/** Decodes the images of one file, and counts their pixels. */
export class ImageLoader {
  readonly #source: string;
  #pixels_left = PIXELS_MAX;

  constructor(source: string) {
    this.#source = source;
  }

  /** The pixels of an image called `name` in errors. Throws GOX_FORMAT_BROKEN, GOX_MEMORY_LIMIT. */
  load(bytes: Uint8Array, name: string): Image {
    const size = pngSize(bytes) ?? jpegSize(bytes);
    if (size === undefined) this.#fail(name, 'it is neither a PNG nor a JPEG image');
    const { width, height, kind } = size;
    if (width === 0 || height === 0) this.#fail(name, `its size is ${width} x ${height}`);
    if (width * height > this.#pixels_left) {
      const message = `The textures of ${this.#source} have more than ${PIXELS_MAX} pixels.`;
      const facts = { file: this.#source, image: shown(name), pixels_max: PIXELS_MAX };
      throw new GoxError('GOX_MEMORY_LIMIT', message, facts);
    }
    this.#pixels_left -= width * height;
    try {
      return kind === 'png' ? decodeAnyPng(bytes, width, height) : decodeJpeg(bytes, width, height);
    } catch (error) {
      // Others are no damage, but the end of a work that is stopped.
      if (error instanceof PngError) this.#fail(name, `${error.message} (byte ${error.offset})`);
      if (error instanceof JpegError) this.#fail(name, error.message);
      throw error;
    }
  }

  #fail(name: string, reason: string): never {
    const message = `The image ${shown(name)} of ${this.#source} cannot be read: ${reason}.`;
    throw new GoxError('GOX_FORMAT_BROKEN', message, { file: this.#source, image: shown(name) });
  }
}

interface ImageSize {
  readonly width: number;
  readonly height: number;
  readonly kind: 'png' | 'jpeg';
}

function pngSize(bytes: Uint8Array): ImageSize | undefined {
  if (bytes.length < PNG_HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0) !== 0x8950_4e47) return undefined;
  return { width: view.getUint32(16), height: view.getUint32(20), kind: 'png' };
}

/** The size in the frame header (ITU-T T.81, B.2.2), which comes before the first scan. */
function jpegSize(bytes: Uint8Array): ImageSize | undefined {
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
      return { width: view.getUint16(at + 7), height: view.getUint16(at + 5), kind: 'jpeg' };
    }
    if (marker === JPEG_SCAN) return undefined;
    at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}

class JpegError extends Error {}

/** What the decoder throws, under a name. */
function named<T>(decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    throw new JpegError(error instanceof Error ? error.message : String(error));
  }
}

function decodeJpeg(bytes: Uint8Array, width: number, height: number): Image {
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
    throw new JpegError(`a JPEG image of ${size.width} x ${size.height}, not ${width} x ${height}`);
  }
  return { width, height, rgba: data };
}

/**
 * The packed colour of the pixel nearest to a (u, v); v runs down the image, as in glTF. What is no
 * number counts as 0.
 */
export function sampleTexture(texture: Texture, u: number, v: number): number {
  const { width, height, rgba } = texture.image;
  const x = pixelAt(u, width, texture.wrapU);
  const y = pixelAt(v, height, texture.wrapV);
  const at = (y * width + x) * 4;
  const rgb = rgba[at]! | (rgba[at + 1]! << 8) | (rgba[at + 2]! << 16);
  let alpha = rgba[at + 3]!;
  if (texture.alpha === 'opaque') alpha = 255;
  else if (texture.alpha === 'mask') alpha = alpha < texture.cutoff ? 0 : 255;
  return (rgb | (alpha << 24)) >>> 0;
}

function pixelAt(coordinate: number, length: number, wrap: Wrap): number {
  let place = Number.isFinite(coordinate) ? coordinate : 0;
  if (wrap === 'repeat') place -= Math.floor(place);
  else if (wrap === 'mirror') {
    place = Math.abs(place) % 2;
    if (place > 1) place = 2 - place;
  }
  const pixel = Math.floor(place * length);
  return pixel < 0 ? 0 : pixel >= length ? length - 1 : pixel;
}
