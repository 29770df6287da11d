/**
 * A line of a text of voxels that is not as programs write it. People write them by hand, by awk or
 * out of spreadsheets: with any blanks, commas, semicolons, brackets or quotes, a sign or a
 * fraction (decimal commas where semicolons or tabs part the columns), and colours as `RRGGBB`,
 * `#RRGGBB`, `0xRRGGBB`, `#RGB` or `F0C`, with an alpha behind it, or as three or four numbers to
 * 255. What comes behind says nothing.
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

const SEPARATOR = /[\s\0,;|:"'()[\]]+/;
const DECIMAL_COMMA = /^\s*[+-]?\d+,\d+\s*[;\t|]/;
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,3})?$/i;
const COLOR = /^(?:#|0x)?([0-9a-f]{6})([0-9a-f]{2})?$/i;
/** Without a letter or a sign it could be any number. */
const SHORT_COLOR = /^(?:#|(?=\d*[a-f]))([0-9a-f])([0-9a-f])([0-9a-f])$|^#([0-9a-f]{4})$/i;
const CHANNEL = /^\d{1,3}$/;

/** Nothing for a line that says no voxel. */
export function textVoxel(line: string): TextVoxel | undefined {
  const text = DECIMAL_COMMA.test(line) ? line.replace(/(\d),(\d)/g, '$1.$2') : line;
  const tokens = text.split(SEPARATOR).filter((token) => token !== '');
  const places = tokens.slice(0, 3).map((one) => (NUMBER.test(one) ? Number(one) : Number.NaN));
  const [x = Number.NaN, y = Number.NaN, z = Number.NaN] = places.map(Math.floor);
  if (x !== (x | 0) || y !== (y | 0) || z !== (z | 0)) return undefined;
  const rgba = colorOf(tokens);
  if (rgba === undefined) return undefined;
  return { x, y, z, rgba, rounded: x + y + z !== places[0]! + places[1]! + places[2]! };
}

function colorOf(tokens: readonly string[]): number | undefined {
  const [, , , first = '', green = '', blue = '', alpha = ''] = tokens;
  const long = COLOR.exec(first);
  if (long !== null) {
    const rgb = Number.parseInt(long[1]!, 16);
    return packed(rgb >> 16, (rgb >> 8) & 0xff, rgb & 0xff, Number.parseInt(long[2] ?? 'ff', 16));
  }
  const short = SHORT_COLOR.exec(first);
  if (short !== null) {
    const digits = short[4] ?? `${short.slice(1, 4).join('')}f`;
    const [r, g, b, a] = [...digits].map((digit) => Number.parseInt(digit, 16) * 17);
    return packed(r!, g!, b!, a!);
  }
  if (![first, green, blue].every(isChannel)) return undefined;
  return packed(Number(first), Number(green), Number(blue), isChannel(alpha) ? Number(alpha) : 255);
}

function isChannel(text: string): boolean {
  return CHANNEL.test(text) && Number(text) <= 255;
}

function packed(red: number, green: number, blue: number, alpha: number): number {
  return red | (green << 8) | (blue << 16) | (alpha << 24);
}
