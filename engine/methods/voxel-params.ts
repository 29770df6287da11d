/** The position and the colour of a voxel out of the many forms that clients give them in. */

import type { Color, Position } from '../catalogue/schemas.ts';
import { COORDINATE_MAX, COORDINATE_MIN } from '../catalogue/schemas.ts';
import { invalidParam } from '../params.ts';
import { pack } from '../volume/color.ts';
import type { Vec3 } from '../volume/volume.ts';

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
  if (r === undefined && g === undefined && b === undefined && a === undefined) return WHITE;
  return packedChannels(r ?? 0, g ?? 0, b ?? 0, a, (name) => `${at()}.${name}`);
}

export function packedColor(color: Color, at: () => string): number {
  if (typeof color === 'string') return packedHex(color);
  if (Array.isArray(color)) {
    const [r, g, b, a] = color as [number, number, number, number?];
    return packedChannels(r, g, b, a, (name) => `${at()}[${'rgba'.indexOf(name)}]`);
  }
  return packedChannels(color.r, color.g, color.b, color.a, (name) => `${at()}.${name}`);
}

/** `#RRGGBB` or `#RRGGBBAA`. */
function packedHex(text: string): number {
  const digits = Number.parseInt(text.slice(1), 16);
  const rgba = text.length === 7 ? ((digits << 8) | 0xff) >>> 0 : digits;
  return pack(rgba >>> 24, (rgba >>> 16) & 0xff, (rgba >>> 8) & 0xff, rgba & 0xff);
}

/**
 * Integers are bytes. When any channel has a fraction, all are parts of 1, and become bytes by
 * cutting off, as in the v14 daemon.
 */
function packedChannels(
  r: number,
  g: number,
  b: number,
  a: number | undefined,
  at: (name: string) => string,
): number {
  const whole = Number.isInteger(r) && Number.isInteger(g) && Number.isInteger(b);
  if (whole && (a === undefined || Number.isInteger(a))) return pack(r, g, b, a ?? 255);
  for (const [name, channel] of Object.entries({ r, g, b, a: a ?? 1 })) {
    if (channel > 1) {
      throw invalidParam(at(name), 'a number from 0 to 1, as a channel has a fraction', channel);
    }
  }
  return pack(
    Math.floor(r * 255),
    Math.floor(g * 255),
    Math.floor(b * 255),
    Math.floor((a ?? 1) * 255),
  );
}

function root(): string {
  return '';
}
