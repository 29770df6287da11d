/** Lines of .obj that its writers have in common. */

import type { Vec3 } from '../../volume/box.ts';
import type { TextPieces } from '../text.ts';
import type { Axes } from './axes.ts';
import type { PutVertex } from './vertices.ts';

const VERTEX = 0x76;
const DIRECTION_DIGITS = 6;

/** Writes `v x y z`. */
export function putPoint(out: TextPieces, axes: Axes, x: number, y: number, z: number): void {
  axes.turn(x, y, z);
  out.byte(VERTEX);
  out.blank();
  out.point(axes.x, axes.y, axes.z);
}

/** Writes `v x y z r g b`, colours as fractions of one. */
export function putColored(out: TextPieces, axes: Axes): PutVertex {
  return (x, y, z, rgba) => {
    putPoint(out, axes, x, y, z);
    out.fractions(rgba);
    out.newline();
  };
}

export function normalLine(axes: Axes, normal: Vec3): string {
  return `vn ${directionText(axes, normal)}\n`;
}

/** The coordinates of a direction with blanks between them. */
export function directionText(axes: Axes, direction: Vec3): string {
  const values = axes.direction(direction).map((value) => Number(value.toFixed(DIRECTION_DIGITS)));
  // A negative zero is none.
  return values.map((value) => value || 0).join(' ');
}
