/** The colour of a point of a triangle: its corners' colours blended, times its texture. */

import { type TriangleSoup, WHITE } from './soup.ts';
import { multiplied } from './srgb.ts';
import { sampleTexture } from './texture.ts';

/**
 * Packed colour at weights `wa`, `wb`, `wc` of the corners, which sum to 1. Corners are blended in
 * sRGB, channel by channel, and rounded, so that equal corners give just their colour.
 */
export function colorAt(soup: TriangleSoup, triangle: number, wa: number, wb: number, wc: number) {
  const { colors, textured, uvs } = soup;
  const at = triangle * 3;
  const a = colors[at]!;
  const b = colors[at + 1]!;
  const c = colors[at + 2]!;
  const blended = a === b && b === c ? a : blend(a, b, c, wa, wb, wc);
  const number = textured === undefined ? 0 : textured[triangle]!;
  if (number === 0) return blended;
  const pair = triangle * 6;
  const [ta, tb, tc] = [inward(wa), inward(wb), inward(wc)];
  const u = uvs![pair]! * ta + uvs![pair + 2]! * tb + uvs![pair + 4]! * tc;
  const v = uvs![pair + 1]! * ta + uvs![pair + 3]! * tb + uvs![pair + 5]! * tc;
  const texel = sampleTexture(soup.textures[number - 1]!, u, v);
  return blended === WHITE ? texel : multiplied(texel, blended);
}

/**
 * A weight of a point moved towards the triangle's middle by far less than a pixel: on the edge of
 * a repeated picture it would have the colour of the opposite edge.
 */
function inward(weight: number): number {
  return weight + (1 / 3 - weight) * 2 ** -14;
}

/** Three packed colours, each by its weight. */
export function blend(a: number, b: number, c: number, wa: number, wb: number, wc: number): number {
  let rgba = 0;
  for (let shift = 0; shift < 32; shift += 8) {
    const channel =
      ((a >>> shift) & 255) * wa + ((b >>> shift) & 255) * wb + ((c >>> shift) & 255) * wc;
    rgba |= Math.min(Math.max(Math.round(channel), 0), 255) << shift;
  }
  return rgba >>> 0;
}
