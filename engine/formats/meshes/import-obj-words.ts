/** The smaller parts of lines of an .obj file. */

import { TextCursor } from '../../mesh-import/text-cursor.ts';
import { pack } from '../../volume/color.ts';

const MINUS = 0x2d;
const PLUS = 0x2b;
const ZERO = 0x30;
const SLASH = 0x2f;
const INDEX_DIGITS_MAX = 10;

/** The place of what a number names that names nothing. */
export const MISSING = -1;

/**
 * The place that a number names, of so many: from 1 up, of `all` that are known, or from -1 down
 * for the last one of the `count` before it. MISSING for others; the cursor is behind it, at the
 * slash or the end of the word.
 */
export function readIndex(cursor: TextCursor, count: number, all = count): number {
  const { bytes } = cursor;
  const from = cursor.at;
  const negative = bytes[from] === MINUS;
  let at = negative || bytes[from] === PLUS ? from + 1 : from;
  const start = at;
  let value = 0;
  for (; bytes[at]! >= ZERO && bytes[at]! <= ZERO + 9; at++) value = value * 10 + bytes[at]! - ZERO;
  const index = negative ? count - value : value - 1;
  const digits = at - start;
  cursor.at = at;
  const ended = bytes[at] === SLASH || !cursor.inWord();
  if (!ended) cursor.word();
  const found = ended && digits > 0 && digits <= INDEX_DIGITS_MAX && index >= 0 && index < all;
  return found ? index : MISSING;
}

/** Whether any colour of a vertex, from a place in the file on, is above 1. */
export function colorsAreBytes(bytes: Uint8Array, at: number, source: string): boolean {
  const cursor = new TextCursor(bytes, source, at);
  // The first one is behind its keyword already.
  let vertex = true;
  do {
    if (!vertex && !(cursor.more() && cursor.word() === 'v')) continue;
    vertex = false;
    for (let i = 0; i < 6 && cursor.more(); i++) if (cursor.value() > 1 && i > 2) return true;
  } while (cursor.nextLine());
  return false;
}

/** Of a line of colours, and of its colours. */
const PAINT = /^#MRGB\s+([\da-f]+)/i;
const [HASH, M] = [0x23, 0x4d];
/** As ZBrush writes them; more are no such line. */
const PAINT_COLORS_MAX = 64;

/**
 * The packed colours of a line `#MRGB` of ZBrush, for as many vertices: hexadecimal, and before
 * each a mask, which says nothing about colours. None in another line.
 */
export function paintAt(cursor: TextCursor): readonly number[] {
  const { bytes, at } = cursor;
  if (bytes[at] !== HASH || bytes[at + 1] !== M) return [];
  const digits = PAINT.exec(cursor.rest())?.[1] ?? '';
  const count = Math.min(Math.floor(digits.length / 8), PAINT_COLORS_MAX);
  return Array.from({ length: count }, (_, i) => {
    const rgb = Number.parseInt(digits.slice(i * 8 + 2, i * 8 + 8), 16);
    return pack(rgb >> 16, (rgb >> 8) & 255, rgb & 255, 255);
  });
}
