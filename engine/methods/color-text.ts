/** Colours as texts: "#RRGGBB", and what CSS writes: names, rgb() and hsl(). */

import { colorsNamed, modeHsl, modeRgb, parse, useMode } from 'culori/fn';
import { pack } from '../volume/color.ts';

const toRgb = useMode(modeRgb);
useMode(modeHsl);

/** Nearly all texts are of this form, and a million of them may be in a request. */
const HEX = /^#(?:[0-9a-f]{6}|[0-9a-f]{8})$/i;

/** The parser takes them without their `#`, and so would take words such as "decade". */
const BARE_HEX = /^[0-9a-f]+$/i;

export const COLOR_NAMES: readonly string[] = [...Object.keys(colorsNamed), 'transparent'];

/** The packed colour of a text, or undefined when it is none. */
export function colorFromText(text: string): number | undefined {
  if (HEX.test(text)) return packedHex(text);
  if (BARE_HEX.test(text)) return undefined;
  const parsed = parse(text.trim().toLowerCase());
  if (parsed === undefined) return undefined;
  const { r, g, b, alpha = 1 } = toRgb(parsed);
  const [red, green, blue, opacity] = [r, g, b, alpha].map(byte);
  return pack(red!, green!, blue!, opacity!);
}

/** From parts of 1; CSS cuts off what lies outside, and takes `none` for 0. */
function byte(part = 0): number {
  return Math.round(255 * Math.min(Math.max(part, 0), 1)) || 0;
}

/** `#RRGGBB` or `#RRGGBBAA`. */
function packedHex(text: string): number {
  const digits = Number.parseInt(text.slice(1), 16);
  const rgba = text.length === 7 ? ((digits << 8) | 0xff) >>> 0 : digits;
  return pack(rgba >>> 24, (rgba >>> 16) & 0xff, (rgba >>> 8) & 0xff, rgba & 0xff);
}
