/** The position and the colour of a voxel out of the many forms that clients give them in. */

import { didYouMean } from '../../conf/suggest.ts';
import { invalidParam, paramProblem } from '../catalogue/params.ts';
import type { Color, Position } from '../catalogue/schemas.ts';
import { COORDINATE_MAX, COORDINATE_MIN } from '../catalogue/schemas.ts';
import { sketch } from '../catalogue/sketch.ts';
import type { Vec3 } from '../volume/box.ts';
import { channels } from '../volume/color.ts';
import { colorFromNumbers } from './color-numbers.ts';
import { COLOR_NAMES, colorFromText } from './color-text.ts';

export interface Where {
  readonly x?: number;
  readonly y?: number;
  readonly z?: number;
  readonly position?: Position;
}

export interface Tint {
  readonly color?: Color;
  readonly r?: number;
  readonly g?: number;
  readonly b?: number;
  readonly a?: number;
}

/** What a volume holds for a packed colour: 0 for one of alpha 0, which removes. */
export function wordOf(rgba: number): number {
  return rgba >>> 24 === 0 ? 0 : rgba >>> 0;
}

type Triple = [x: number, y: number, z: number];

export const WHITE = 0xffff_ffff;

/** A colour whose `#` was forgotten. */
const BARE_HEX = /^([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/i;

const NO_NAME = '; there are "#RRGGBB", the names of CSS, rgb() and hsl()';

/** The position that parameters name; `at` is where they are, such as `.voxels[3]`, by need. */
export function positionOf({ x, y, z, position }: Where, at: () => string = root): Vec3 {
  if (position !== undefined) return cornerOf(position);
  if (x !== undefined && y !== undefined && z !== undefined) return [x, y, z];
  const missing = x === undefined ? 'x' : y === undefined ? 'y' : 'z';
  const expected = `an integer from ${COORDINATE_MIN} to ${COORDINATE_MAX}`;
  throw invalidParam(`${at()}.${missing}`, expected, undefined);
}

/** The same of an entry that may also be [x, y, z]. */
export function spotOf(spot: Triple | Where, at: () => string): Vec3 {
  return isTriple(spot) ? spot : positionOf(spot, at);
}

export function cornerOf(position: Position): Vec3 {
  return isTriple(position) ? position : [position.x, position.y, position.z];
}

function isTriple(spot: Triple | Where): spot is Triple {
  return Array.isArray(spot);
}

/** The packed colour that parameters name; white when they name none. */
export function colorOf({ color, r, g, b, a }: Tint, at: () => string = root): number {
  if (color !== undefined) return packedColor(color, () => `${at()}.color`);
  const first = r !== undefined ? 'r' : g !== undefined ? 'g' : b !== undefined ? 'b' : 'a';
  if (first === 'a' && a === undefined) return WHITE;
  return colorFromNumbers(r ?? 0, g ?? 0, b ?? 0, a, () => `${at()}.${first}`);
}

/** The packed colour that one parameter gives, which is at `.color` or the like. */
export function packedColor(
  color: Color,
  at: () => string,
  /** What else a text may be there. */
  others: readonly string[] = [],
): number {
  if (typeof color === 'string') return colorFromText(color) ?? noColor(color, at(), others);
  const [r, g, b, a] = Array.isArray(color) ? color : [color.r, color.g, color.b, color.a];
  return colorFromNumbers(r!, g!, b!, a, at);
}

/** Linear light, of four parts of 1: from those, or from a text in sRGB (IEC 61966-2-1). */
export function linearOf(color: string | readonly number[], at: string): Float32Array {
  if (typeof color !== 'string') return Float32Array.of(...color, 1).slice(0, 4);
  const [r, g, b, a] = channels(packedColor(color, () => at));
  return Float32Array.of(linear(r / 255), linear(g / 255), linear(b / 255), a / 255);
}

function linear(part: number): number {
  return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
}

function noColor(text: string, at: string, others: readonly string[]): never {
  const near = BARE_HEX.test(text)
    ? `; did you mean #${text}?`
    : didYouMean(text, [...others, ...COLOR_NAMES]);
  throw paramProblem(at, `${sketch(text)} is no colour${near || NO_NAME}`);
}

function root(): string {
  return '';
}
