/** Pictures of where a glTF material shines, and how. */

import { checkInterrupt } from '../../interrupt.ts';
import { LINEAR, srgbByte } from '../../mesh-import/srgb.ts';
import type { Texture } from '../../mesh-import/texture.ts';

type Image = Texture['image'];

/** Pixels that pictures with light in them may have together. */
export const LIT_PIXELS_MAX = 2 ** 24;
/** What shines less than that is no lamp. */
const LIGHT_MIN = 0.1;
/** A material that shines in so many parts of its picture does so all over. */
const LIT_PART_MIN = 0.9;

/**
 * A picture in a factor's colour with the light on top of it, as it is seen.
 *
 * @param base without it the factor is all there is
 * @param factor linear
 * @param light linear, times the picture `glow`
 */
export function withLight(
  base: Image | undefined,
  factor: readonly number[],
  glow: Image,
  light: readonly number[],
): Image {
  const { width, height } = base ?? glow;
  const rgba = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    checkInterrupt();
    const row = Math.floor((y * glow.height) / height) * glow.width;
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 4;
      const from = (row + Math.floor((x * glow.width) / width)) * 4;
      for (let i = 0; i < 3; i++) {
        const own = base === undefined ? 1 : LINEAR[base.rgba[at + i]!]!;
        rgba[at + i] = srgbByte(own * factor[i]! + LINEAR[glow.rgba[from + i]!]! * light[i]!);
      }
      rgba[at + 3] = base === undefined ? 255 : base.rgba[at + 3]!;
    }
  }
  return { width, height, rgba };
}

/** The light of what shines all over, on the average; undefined for what does in places only. */
export function lightOf({ rgba }: Image, light: readonly number[]): number[] | undefined {
  const sum = [0, 0, 0];
  let lit = 0;
  for (let at = 0; at < rgba.length; at += 4) {
    if ((at & 0xffff) === 0) checkInterrupt();
    let brightest = 0;
    for (let i = 0; i < 3; i++) {
      const value = LINEAR[rgba[at + i]!]! * light[i]!;
      sum[i]! += value;
      brightest = Math.max(brightest, value);
    }
    if (brightest >= LIGHT_MIN) lit++;
  }
  const pixels = rgba.length / 4;
  return lit < pixels * LIT_PART_MIN ? undefined : sum.map((value) => value / pixels);
}
