/**
 * Palettes as lines of text: .hex (a colour `RRGGBB` each, as Lospec has them), Paint.NET's .txt
 * (`AARRGGBB`, and `;` before what says nothing), Paint Shop Pro's .pal ("JASC-PAL", a version, how
 * many, and `red green blue` each), and what people write like these: several colours in a line,
 * `#RGB`, `0xRRGGBB`, numbers parted by commas, names behind, lists of JSON. A line that says no
 * colour is told and passed over, unless none says one.
 */

import { GoxError } from '../../../conf/errors.ts';
import { opaque, type Palette } from '../../document/palette.ts';
import { pack } from '../../volume/color.ts';
import type { Report } from '../report.ts';
import { PaletteColors } from './palette-colors.ts';

export const JASC_MAGIC = 'JASC-PAL';
/** Of any palette there is, several times over. */
const TEXT_BYTES_MAX = 8 * 1024 * 1024;
const JASC_HEADER_LINES = 3;
const BLOCK = 4096;

const HEX_COLOR = /^(?:#|0x)?([0-9a-f]{6})(?:[0-9a-f]{2})?$/i;
const SHORT_COLOR = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i;
const PAINT_NET_COLOR = /^([0-9a-f]{2})([0-9a-f]{6})$/i;
const NUMBERS = /^(\d{1,3})[\s,;]+(\d{1,3})[\s,;]+(\d{1,3})(?![\w.])[\s,;]*(?:\d{1,3}\b)?\s*(.*)$/;
const SEPARATOR = /[\s,;:\-"'()[\]{}]+/;
const COMMENT = /^(?:#(?![0-9a-f]{3}(?:[0-9a-f]{3})?\b)(?![0-9a-f]{8}\b)|;|\/\/)/i;

interface Line {
  readonly text: string;
  readonly line: number;
}

/** Adds the colours of a line, or says that there are none. */
type TakeLine = (line: Line, colors: PaletteColors) => boolean;

/** What one kind of text is, in the words of a message. */
const reader =
  (what: string, take: TakeLine) =>
  (bytes: Uint8Array, source: string, name: string, report?: Report): Palette => {
    const colors = new PaletteColors(source);
    let bad = 0;
    let first: number | undefined;
    for (const line of linesOf(bytes, source)) {
      if (COMMENT.test(line.text) || take(line, colors)) continue;
      bad++;
      first ??= line.line;
    }
    if (colors.length === 0 && first !== undefined) fail(source, first, `not ${what}`);
    const message = `A line of the palette is not ${what}, and was passed over.`;
    report?.warn('WARN_DETAIL_SKIPPED', message, { file: source, line: first ?? 1 }, bad);
    return colors.named(name);
  };

/** A `#` or `;` before anything but a colour begins a comment. */
export const readHex = reader('a colour as RRGGBB', ({ text }, colors) => takeColors(text, colors));

/** Colours that are wholly transparent are room that is not used. */
export const readPaintNet = reader('a colour as AARRGGBB', ({ text }, colors) => {
  const found = PAINT_NET_COLOR.exec(text);
  if (found === null) return takeColors(text, colors);
  if (found[1] !== '00') colors.add(opaque(found[2]!));
  return true;
});

/** How many there are is told by the lines themselves. */
export const readJasc = reader('"red green blue"', ({ text, line }, colors) => {
  return line <= JASC_HEADER_LINES || takeNumbers(text, colors);
});

/** Three numbers and a name; or as many colours as there are, or one and a name. */
function takeColors(text: string, colors: PaletteColors): boolean {
  if (takeNumbers(text, colors)) return true;
  const tokens = text.split(SEPARATOR).filter((token) => token !== '');
  const found = tokens.map(digitsOf);
  if (found[0] !== undefined && tokens.length > 1 && found[1] === undefined) {
    colors.add(opaque(found[0]), tokens.slice(1).join(' '));
    return true;
  }
  for (const digits of found) if (digits !== undefined) colors.add(opaque(digits));
  return found.some((digits) => digits !== undefined) || /^[[\]{},\s]*$/.test(text);
}

function digitsOf(token: string): string | undefined {
  const short = SHORT_COLOR.exec(token);
  if (short === null) return HEX_COLOR.exec(token)?.[1];
  return short.slice(1).reduce((digits, one) => digits + one + one, '');
}

function takeNumbers(text: string, colors: PaletteColors): boolean {
  const found = NUMBERS.exec(text);
  const [red, green, blue] = found?.slice(1, 4).map(Number) ?? [256, 256, 256];
  if (Math.max(red!, green!, blue!) > 255) return false;
  colors.add(pack(red!, green!, blue!, 255), found?.[4] ?? '');
  return true;
}

/** Whether bytes are those of a text; binary palettes have others among their first. */
export function isPaletteText(bytes: Uint8Array): boolean {
  return bytes.subarray(0, BLOCK).every((byte) => byte >= 32 || (byte >= 9 && byte <= 13));
}

/** Lines that are not blank, without blanks around. */
function* linesOf(bytes: Uint8Array, source: string): Generator<Line> {
  if (bytes.length > TEXT_BYTES_MAX) {
    const message = `A palette of text has ${TEXT_BYTES_MAX} bytes at most; ${source} has more.`;
    throw new GoxError('GOX_FORMAT_LIMIT', message, { file: source, bytes: bytes.length });
  }
  const lines = new TextDecoder().decode(bytes).split(/\r\n|\r|\n/);
  for (const [i, content] of lines.entries()) {
    const text = content.trim();
    if (text !== '') yield { text, line: i + 1 };
  }
}

function fail(file: string, line: number, why: string): never {
  const message = `${file} is damaged in line ${line}: ${why}.`;
  throw new GoxError('GOX_FORMAT_BROKEN', message, { file, line });
}
