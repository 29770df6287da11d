/**
 * Colours as numbers. The one place that says which unit they are in: the rule that `COLORS` in
 * the catalogue's conventions tells to clients.
 */

import { paramProblem } from '../catalogue/params.ts';
import { pack } from '../volume/color.ts';

const FULL = 255;

/**
 * The packed colour of four channels; alpha is undefined where it is left out. Channels are 0 to
 * 255 or, when one of them has a fraction, parts of 1, which become bytes by cutting off, as in
 * the v14 daemon. Throws GOX_INVALID_PARAMS where that would be a guess; `at` is where the colour
 * is, such as `.color`.
 */
export function colorFromNumbers(
  r: number,
  g: number,
  b: number,
  a: number | undefined,
  at: () => string,
): number {
  const alpha = a ?? 0;
  const whole =
    Number.isInteger(r) && Number.isInteger(g) && Number.isInteger(b) && Number.isInteger(alpha);
  if (r > 1 || g > 1 || b > 1 || alpha > 1) {
    if (!whole) throw mixed(given(r, g, b, a), at());
    if (a === 1) throw faint(given(r, g, b, a), at());
    return pack(r, g, b, a ?? FULL);
  }
  if (!whole) return pack(part(r), part(g), part(b), part(a ?? 1));
  if (r + g + b + alpha > 0) throw undecided(given(r, g, b, a), at());
  return pack(0, 0, 0, a ?? FULL);
}

function part(channel: number): number {
  return Math.floor(channel * FULL);
}

function given(r: number, g: number, b: number, a: number | undefined): number[] {
  return a === undefined ? [r, g, b] : [r, g, b, a];
}

/** Each 0 or 1: nobody knows whether the ones are full or nearly nothing. */
function undecided(numbers: readonly number[], at: string) {
  const full = numbers.map((channel) => channel * FULL);
  return paramProblem(
    at,
    `[${numbers.join(', ')}] has two meanings: send ${hex(full)} or [${full.join(', ')}] where` +
      ` 1 is full, ${hex(numbers)} where it is 1 of 255`,
  );
}

function mixed(numbers: readonly number[], at: string) {
  const shown = `[${numbers.map(short).join(', ')}]`;
  const [, , , alpha = FULL] = numbers;
  const colors = numbers.slice(0, 3);
  if (alpha > 1 || !colors.every(Number.isInteger)) {
    return paramProblem(
      at,
      `${shown} has both a fraction and a number above 1: send channels from 0 to 255 without` +
        ' a fraction, or parts of 1 only',
    );
  }
  const clear = [...colors, Math.round(alpha * FULL)];
  return paramProblem(
    at,
    `${shown} has channels from 0 to 255 but an alpha in parts of 1: send ${hex(clear)} or` +
      ` [${clear.join(', ')}]`,
  );
}

function faint(numbers: readonly number[], at: string) {
  const colors = numbers.slice(0, 3);
  return paramProblem(
    at,
    `[${numbers.join(', ')}] has channels from 0 to 255 and an alpha of 1: send` +
      ` ${hex(colors)} or [${[...colors, FULL].join(', ')}] where that is full, ${hex(numbers)}` +
      ' where it is 1 of 255',
  );
}

function short(channel: number): string {
  return String(Math.round(channel * 1000) / 1000);
}

/** In quotes. */
function hex(numbers: readonly number[]): string {
  const digits = numbers.map((channel) => channel.toString(16).padStart(2, '0'));
  return `"#${digits.join('').toUpperCase()}"`;
}
