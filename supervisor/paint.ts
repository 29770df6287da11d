/** Colours of a terminal, and texts that fit into it. */

import { visible } from './log/visible.ts';

export type Ink = 'plain' | 'dim' | 'good' | 'busy' | 'warn' | 'bad' | 'bold' | 'reverse';

const CODES: Readonly<Record<Ink, string>> = {
  ...{ plain: '', dim: '2', good: '32', busy: '36', warn: '33', bad: '31', bold: '1' },
  reverse: '7',
};

/** A piece of a line, with the colour that it has where there are colours. */
export interface Span {
  readonly text: string;
  readonly ink: Ink;
}

export function span(text: string, ink: Ink = 'plain'): Span {
  return { text, ink };
}

/** How lines come out. */
export interface Style {
  readonly colour: boolean;
  /** Columns that there are; what is longer is cut, and ends with `…`. */
  readonly columns: number;
}

/** For files and pipes. */
export const PLAIN: Style = { colour: false, columns: Number.POSITIVE_INFINITY };

/** One line of its pieces. Nothing in them moves a cursor; nothing goes past the last column. */
export function line(spans: readonly Span[], { colour, columns }: Style): string {
  const pieces = spans.map(({ text, ink }) => ({ text: visible(text), ink }));
  const full = pieces.reduce((sum, { text }) => sum + widthOf(text), 0);
  let room = full <= columns ? full : columns - 1;
  let out = '';
  for (const { text, ink } of pieces) {
    const kept = cutTo(text, room);
    room -= widthOf(kept);
    out += colour && CODES[ink] !== '' && kept !== '' ? `\x1b[${CODES[ink]}m${kept}\x1b[0m` : kept;
    if (kept.length < text.length) break;
  }
  return full <= columns ? out : `${out}…`;
}

/** A text and spaces behind it, or before it, so that it is so wide; a longer one as it is. */
export function padded(text: string, width: number, side: 'left' | 'right' = 'left'): string {
  const spaces = ' '.repeat(Math.max(0, width - widthOf(visible(text))));
  return side === 'left' ? text + spaces : spaces + text;
}

/** The beginning of a text that is so wide at the most. */
function cutTo(text: string, width: number): string {
  if (text.length <= width && isNarrow(text)) return text;
  let [room, end] = [width, 0];
  for (const one of text) {
    room -= widthOf(one);
    if (room < 0) break;
    end += one.length;
  }
  return text.slice(0, end);
}

/** The columns that a text takes. */
export function widthOf(text: string): number {
  if (isNarrow(text)) return text.length;
  let width = 0;
  for (const one of text) {
    if (!COMBINING.test(one)) width += WIDE.test(one) ? 2 : 1;
  }
  return width;
}

function isNarrow(text: string): boolean {
  return NARROW.test(text);
}

/** Latin, Greek and Cyrillic letters, and the signs that branches are drawn with. */
const NARROW = /^[\u0020-\u02ff\u0370-\u0482\u2010-\u2027\u2190-\u21ff\u2500-\u259f]*$/;
const COMBINING = /^[\p{Mn}\p{Me}]$/u;
/** East Asian scripts and pictures: what terminals draw over two columns. */
const WIDE = new RegExp(
  '^[\\u1100-\\u115f\\u2e80-\\u303e\\u3041-\\ua4cf\\uac00-\\ud7a3\\uf900-\\ufaff\\ufe30-\\ufe6f' +
    '\\uff00-\\uff60\\uffe0-\\uffe6\\u{20000}-\\u{3fffd}\\p{Emoji_Presentation}]$',
  'u',
);

/**
 * Whether a stream is to have colours: a terminal is, unless `NO_COLOR` is set or it is a dumb one;
 * with `FORCE_COLOR` everything is.
 */
export function hasColour(
  { isTTY = false }: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  if ((env.NO_COLOR ?? '') !== '') return false;
  const { FORCE_COLOR: forced = '' } = env;
  if (forced !== '') return forced !== '0' && forced !== 'false';
  return isTTY && env.TERM !== 'dumb';
}

/** The colour of an actor by its state, such as `ready.busy`. */
export function inkOf(state: string): Ink {
  for (const [pattern, ink] of INKS) if (pattern.test(state)) return ink;
  return 'plain';
}

const INKS: readonly (readonly [RegExp, Ink])[] = [
  [/\b(failed|failing|lost|error|stalled|unavailable)\b/, 'bad'],
  [/\b(starting|stopping|backoff|replaying|draining|degraded|cancelling|cooling)\b/, 'warn'],
  [/\b(opening|closing|paused|waiting|shutting|reloading|retiring|authenticating)\b/, 'warn'],
  [/\b(busy|handing over)\b/, 'busy'],
  [/\b(ready|running|open|listening|held|healthy|watching)\b/, 'good'],
  [/\b(off|done|idle|closed|stopped|active)\b/, 'dim'],
];
