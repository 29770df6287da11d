/**
 * A line of a text of voxels that is not as programs write it. People write them by hand, by awk or
 * out of spreadsheets: with any blanks, commas or semicolons, a sign or a fraction, and colours as
 * `RRGGBB`, `#RRGGBB`, `0xRRGGBB` or `#RGB`, with an alpha behind it, or as three numbers to 255.
 */

export interface TextVoxel {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** Packed, as a signed word. */
  readonly rgba: number;
  /** Whether a coordinate has a fraction, and was rounded down. */
  readonly rounded: boolean;
}

const SEPARATOR = /[\s,;]+/;
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,3})?$/i;
const COLOR = /^(?:#|0x)?([0-9a-f]{6})([0-9a-f]{2})?$/i;
const SHORT_COLOR = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i;
const CHANNEL = /^\d{1,3}$/;
const OPAQUE = 255;

/** Nothing for a line that says no voxel. */
export function textVoxel(line: string): TextVoxel | undefined {
  const tokens = line.trim().split(SEPARATOR);
  const places = tokens.slice(0, 3).map((one) => (NUMBER.test(one) ? Number(one) : Number.NaN));
  const [x = Number.NaN, y = Number.NaN, z = Number.NaN] = places.map(Math.floor);
  if (x !== (x | 0) || y !== (y | 0) || z !== (z | 0)) return undefined;
  const rgba = colorOf(tokens);
  if (rgba === undefined) return undefined;
  return { x, y, z, rgba, rounded: x + y + z !== places[0]! + places[1]! + places[2]! };
}

function colorOf([, , , first = '', green = '', blue = '']: readonly string[]): number | undefined {
  const long = COLOR.exec(first);
  if (long !== null) {
    const rgb = Number.parseInt(long[1]!, 16);
    return packed(rgb >> 16, (rgb >> 8) & 0xff, rgb & 0xff, Number.parseInt(long[2] ?? 'ff', 16));
  }
  const short = SHORT_COLOR.exec(first);
  if (short !== null) {
    const [r, g, b] = short.slice(1).map((digit) => Number.parseInt(digit, 16) * 17);
    return packed(r!, g!, b!, OPAQUE);
  }
  if (![first, green, blue].every((one) => CHANNEL.test(one) && Number(one) <= 255)) {
    return undefined;
  }
  return packed(Number(first), Number(green), Number(blue), OPAQUE);
}

function packed(red: number, green: number, blue: number, alpha: number): number {
  return red | (green << 8) | (blue << 16) | (alpha << 24);
}
