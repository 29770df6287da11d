/** What obj and ply have in common: the mesh they write, and a line of a vertex. */

import type { Document } from '../../document/document.ts';
import { checkInterrupt } from '../../interrupt.ts';
import { surfaceOf } from '../../mesh/kinds.ts';
import { type NumberedBatch, NumberedSurface } from '../../mesh/numbered.ts';
import { WindowNumbering } from '../../mesh/numbering.ts';
import type { ExportOptions } from '../format.ts';
import { FACES_AT_ONCE, type TextPieces } from '../text.ts';

/** All visible layers merged, vertices numbered by Goxel's rule. */
export function meshOf(document: Document, { mesh = 'blocks' }: ExportOptions): NumberedSurface {
  const surface = surfaceOf(document.merged(), mesh);
  return new NumberedSurface(surface, () => new WindowNumbering(false));
}

/** The vertices of a mesh, a line `x y z r g b` each; obj begins its lines with `v `. */
export function* writeVertices(
  out: TextPieces,
  mesh: NumberedSurface,
  keyword: number | undefined,
  y_up: boolean,
): Generator<Uint8Array, void, undefined> {
  const { corners } = mesh.surface;
  for (const batch of mesh.walk()) {
    let next = batch.first;
    for (let face = 0; face < batch.count; face += FACES_AT_ONCE) {
      checkInterrupt();
      if (out.full) yield out.take();
      const end = Math.min(batch.count, face + FACES_AT_ONCE);
      next = writeNew(out, batch, face * corners, end * corners, next, keyword, y_up);
    }
  }
}

/** The vertices from `next` on that some corners bring; gives the one after them. */
function writeNew(
  out: TextPieces,
  { faces, numbers }: NumberedBatch,
  from: number,
  to: number,
  next: number,
  keyword: number | undefined,
  y_up: boolean,
): number {
  const { positions, colors } = faces;
  let vertex = next;
  for (let corner = from; corner < to; corner++) {
    if (numbers[corner] !== vertex) continue;
    vertex++;
    if (keyword !== undefined) {
      out.byte(keyword);
      out.blank();
    }
    const x = positions[corner * 3]!;
    const y = positions[corner * 3 + 1]!;
    const z = positions[corner * 3 + 2]!;
    if (y_up) out.vertex(x, z, 0 - y, colors[corner]!);
    else out.vertex(x, y, z, colors[corner]!);
    out.newline();
  }
  return vertex;
}
