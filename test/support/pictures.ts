/** Decoded pictures and their pixels, for tests of the renderer. */

import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { Document } from '../../engine/document/document.ts';
import type { RenderOptions, View } from '../../engine/render/options.ts';
import { renderPictures } from '../../engine/render/render.ts';
import type { Vec3 } from '../../engine/volume/box.ts';
import { pack } from '../../engine/volume/color.ts';

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** RGBA. */
  readonly data: Uint8Array;
}

/** Reads a PNG or JPEG picture with code of others. */
export function decodePicture(bytes: Uint8Array): Pixels {
  const isPng = bytes[0] === 0x89;
  return isPng ? PNG.sync.read(Buffer.from(bytes)) : jpeg.decode(bytes, { useTArray: true });
}

/** The one picture of a view. */
export function render(
  document: Document,
  view: View,
  options: Omit<RenderOptions, 'views'> = {},
): Pixels {
  return decodePicture(renderPictures(document, { ...options, views: [view] })[0]!.bytes);
}

/** Red, green, blue and alpha. */
export function pixelAt({ width, data }: Pixels, x: number, y: number): number[] {
  return [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4)];
}

/** The box of pixels that are not transparent: x0, y0, and one after the last. */
export function coverOf({ width, height, data }: Pixels): number[] {
  let [x0, y0, x1, y1] = [width, height, 0, 0];
  for (let i = 0; i < width * height; i++) {
    if (data[i * 4 + 3] === 0) continue;
    const [x, y] = [i % width, Math.floor(i / width)];
    [x0, y0] = [Math.min(x0, x), Math.min(y0, y)];
    [x1, y1] = [Math.max(x1, x + 1), Math.max(y1, y + 1)];
  }
  return [x0, y0, x1, y1];
}

export const RED = pack(255, 0, 0, 255);
export const GREEN = pack(0, 255, 0, 255);
export const BLUE = pack(0, 0, 255, 255);
export const WHITE = pack(255, 255, 255, 255);
export const GREY = pack(128, 128, 128, 255);

export const CLEAR = { background: 'transparent' } as const;
/** Ambience only: every face has the colour of its voxel. */
export const FLAT = {
  light: { intensity: 0, ambient: 1, shadow: 0 },
  occlusion: 0,
  background: 'transparent',
} as const;

export function boxes(...list: [min: Vec3, max: Vec3, rgba: number][]): Document {
  const document = Document.empty();
  for (const [min, max, rgba] of list) document.activeLayer.volume.fillBox(min, max, rgba);
  return document;
}

export const cube = (side: number) => boxes([[0, 0, 0], [side, side, side], WHITE]);

/** Arms from a white voxel at the origin: red along X, green along Y, blue along Z. */
export const axes = () =>
  boxes(
    [[0, 0, 0], [9, 1, 1], RED],
    [[0, 0, 0], [1, 7, 1], GREEN],
    [[0, 0, 0], [1, 1, 5], BLUE],
    [[0, 0, 0], [1, 1, 1], WHITE],
  );
