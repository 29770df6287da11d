/**
 * The colour space OKLab, in which equal distances look about equally far apart. Björn Ottosson, "A
 * perceptual color space for image processing", 2020, https://bottosson.github.io/posts/oklab/.
 */

import { LINEAR, srgbByte } from '../mesh-import/srgb.ts';

/** Lightness 0…1, and how red or green, and yellow or blue, around 0. */
export type Oklab = [lightness: number, a: number, b: number];

/** Of a packed colour, whose alpha means nothing. */
export function toOklab(rgba: number): Oklab {
  const red = LINEAR[rgba & 0xff]!;
  const green = LINEAR[(rgba >>> 8) & 0xff]!;
  const blue = LINEAR[(rgba >>> 16) & 0xff]!;
  const l = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
  const m = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
  const s = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/** The nearest packed colour, opaque. */
export function fromOklab([lightness, a, b]: Readonly<Oklab>): number {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const red = srgbByte(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s);
  const green = srgbByte(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s);
  const blue = srgbByte(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s);
  return (0xff00_0000 | red | (green << 8) | (blue << 16)) >>> 0;
}
