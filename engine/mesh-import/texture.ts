/** Textures of meshes: pictures, and which of their pixels lies at a (u, v). */

import { Report } from '../formats/report.ts';
import { shown } from '../formats/shown.ts';
import { decodePicture } from '../image/any-picture.ts';
import { Damage } from '../image/damage.ts';
import type { Image } from '../image/png.ts';

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

/** Decodes the images of one file, and counts their pixels. */
export class ImageLoader {
  readonly #source: string;
  readonly #report: Report;
  #pixels_left = PIXELS_MAX;

  constructor(source: string, report = new Report()) {
    this.#source = source;
    this.#report = report;
  }

  /**
   * The pixels of an image; without any, and with a warning, when it cannot be read: a model is
   * worth more than its picture. What is wholly transparent is taken for opaque.
   */
  load(bytes: Uint8Array, name: string): Image | undefined {
    try {
      const image = decodePicture(bytes, this.#pixels_left);
      this.#pixels_left -= image.width * image.height;
      return this.#opaque(image, name);
    } catch (error) {
      // Others are no damage, but the end of a work that is stopped.
      if (!(error instanceof Damage)) throw error;
      const message =
        `The picture ${shown(name)} of ${this.#source} cannot be read: ${error.message}` +
        `${error.offset > 0 ? ` (byte ${error.offset})` : ''}.`;
      this.#report.warn('WARN_TEXTURE_UNREADABLE', message, { file: shown(name) });
      return undefined;
    }
  }

  #opaque(image: Image, name: string): Image {
    const { rgba } = image;
    for (let at = 3; at < rgba.length; at += 4) if (rgba[at] !== 0) return image;
    for (let at = 3; at < rgba.length; at += 4) rgba[at] = 255;
    const message = `The picture ${shown(name)} is wholly transparent, and was taken for opaque.`;
    this.#report.warn('WARN_OPACITY', message, { file: shown(name) });
    return image;
  }
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
