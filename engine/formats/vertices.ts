/** What obj and ply have in common: a line of a vertex, with its axes turned as asked. */

import type { Mesh } from '../mesh/faces.ts';
import type { TextPieces } from './text.ts';

/** Writes three numbers; with Y up, (x, y, z) becomes (x, z, -y). */
export function writeAxes(out: TextPieces, x: number, y: number, z: number, yUp: boolean): void {
  out.integer(x);
  out.blank();
  out.integer(yUp ? z : y);
  out.blank();
  out.integer(yUp ? 0 - y : z);
}

/** Writes `x y z r g b`, the colour in sRGB fractions. */
export function writeVertex(out: TextPieces, mesh: Mesh, vertex: number, yUp: boolean): void {
  const { positions, colors } = mesh;
  const at = vertex * 3;
  writeAxes(out, positions[at]!, positions[at + 1]!, positions[at + 2]!, yUp);
  const rgba = colors[vertex]!;
  out.blank();
  out.fraction(rgba & 0xff);
  out.blank();
  out.fraction((rgba >>> 8) & 0xff);
  out.blank();
  out.fraction((rgba >>> 16) & 0xff);
}
