/** Pictures that say how opaque a surface is. */

import type { Texture } from '../../mesh-import/texture.ts';

type Image = Texture['image'];

/**
 * A picture with the opacity of another, of any size: its alpha where it has any, else how bright
 * it is. The same picture for both without alpha says nothing.
 */
export function withOpacity(image: Image | undefined, mask: Image): Image {
  const alpha = hasAlpha(mask);
  if (image === mask && !alpha) return image;
  const { width, height } = image ?? mask;
  const rgba = new Uint8Array(width * height * 4).fill(255);
  if (image !== undefined) rgba.set(image.rgba);
  for (let y = 0; y < height; y++) {
    const row = Math.floor((y * mask.height) / height) * mask.width;
    for (let x = 0; x < width; x++) {
      const from = (row + Math.floor((x * mask.width) / width)) * 4;
      rgba[(y * width + x) * 4 + 3] = alpha ? mask.rgba[from + 3]! : brightness(mask.rgba, from);
    }
  }
  return { width, height, rgba };
}

function hasAlpha({ rgba }: Image): boolean {
  for (let at = 3; at < rgba.length; at += 4) if (rgba[at] !== 255) return true;
  return false;
}

/** Weights of ITU-R BT.709. */
function brightness(rgba: Uint8Array, at: number): number {
  return Math.round(0.2126 * rgba[at]! + 0.7152 * rgba[at + 1]! + 0.0722 * rgba[at + 2]!);
}
