/**
 * Palettes as lines of text: .hex (a colour `RRGGBB` each, as Lospec has them), Paint.NET's .txt
 * (`AARRGGBB`, and `;` before what says nothing) and Paint Shop Pro's .pal ("JASC-PAL", a version,
 * how many, and `red green blue` each).
 */

import { GoxError } from '../../../conf/errors.ts';
import type { Palette } from '../../document/palette.ts';
import { opaque } from '../../document/palette.ts';
import { pack } from '../../volume/color.ts';
import { PaletteColors } from './palette-colors.ts';

export const JASC_MAGIC = 'JASC-PAL';
/** Of any palette there is, several times over. */
const TEXT_BYTES_MAX = 8 * 1024 * 1024;
const JASC_HEADER_LINES = 3;

const HEX_COLOR = /^#?([0-9a-f]{6})(?:[0-9a-f]{2})?$/i;
const PAINT_NET_COLOR = /^([0-9a-f]{2})([0-9a-f]{6})$/i;
const NUMBERS = /^(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})(?:[\s,]+\d{1,3})?$/;

/** A `#` or `;` before anything but a colour begins a comment. */
export function readHex(bytes: Uint8Array, source: string, name: string): Palette {
  const colors = new PaletteColors(source);
  for (const { text, line } of linesOf(bytes, source)) {
    const digits = HEX_COLOR.exec(text)?.[1];
    if (digits !== undefined) colors.add(opaque(digits));
    else if (!isComment(text)) fail(source, line, 'not a colour as RRGGBB');
  }
  return colors.named(name);
}

/** Colours that are wholly transparent are room that is not used. */
export function readPaintNet(bytes: Uint8Array, source: string, name: string): Palette {
  const colors = new PaletteColors(source);
  for (const { text, line } of linesOf(bytes, source)) {
    const found = PAINT_NET_COLOR.exec(text);
    if (found !== null && found[1] !== '00') colors.add(opaque(found[2]!));
    else if (found === null && HEX_COLOR.test(text)) colors.add(opaque(HEX_COLOR.exec(text)![1]!));
    else if (found === null && !isComment(text)) fail(source, line, 'not a colour as AARRGGBB');
  }
  return colors.named(name);
}

/** How many there are is told by the lines themselves. */
export function readJasc(bytes: Uint8Array, source: string, name: string): Palette {
  const colors = new PaletteColors(source);
  for (const { text, line } of linesOf(bytes, source)) {
    if (line <= JASC_HEADER_LINES) continue;
    const numbers = NUMBERS.exec(text)?.slice(1, 4).map(Number);
    if (numbers === undefined) fail(source, line, 'not "red green blue"');
    const [red, green, blue] = numbers as [number, number, number];
    if (Math.max(red, green, blue) > 255) fail(source, line, 'a channel is above 255');
    colors.add(pack(red, green, blue, 255));
  }
  return colors.named(name);
}

function isComment(text: string): boolean {
  return /^(#|;|\/\/)/.test(text);
}

/** Lines that are not blank, without blanks around. */
function* linesOf(bytes: Uint8Array, source: string): Generator<{ text: string; line: number }> {
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
