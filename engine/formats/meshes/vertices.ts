/** Vertices that have colours: what .ply and .obj write of them. */

import { checkInterrupt } from '../../interrupt.ts';
import { type NumberedBatch, NumberedSurface } from '../../mesh/numbered.ts';
import { WindowNumbering } from '../../mesh/numbering.ts';
import type { Surface } from '../../mesh/surface.ts';
import { FACES_AT_ONCE, type TextPieces } from '../text.ts';

/** A surface with its vertices numbered by Goxel's rule, by place and colour. */
export function asGoxelNumbers(surface: Surface): NumberedSurface {
  return new NumberedSurface(surface, () => new WindowNumbering(false));
}

/** Writes the line of one vertex. */
export type PutVertex = (x: number, y: number, z: number, rgba: number) => void;

/** The vertices of a mesh, a line each. */
export function* writeVertices(
  out: TextPieces,
  mesh: NumberedSurface,
  put: PutVertex,
): Generator<Uint8Array, void, undefined> {
  const { corners } = mesh.surface;
  for (const batch of mesh.walk()) {
    let next = batch.first;
    for (let face = 0; face < batch.count; face += FACES_AT_ONCE) {
      checkInterrupt();
      if (out.full) yield out.take();
      const end = Math.min(batch.count, face + FACES_AT_ONCE);
      next = writeNew(batch, face * corners, end * corners, next, put);
    }
  }
}

/** The vertices from `next` on that some corners bring; gives the one after them. */
function writeNew(
  { faces, numbers }: NumberedBatch,
  from: number,
  to: number,
  next: number,
  put: PutVertex,
): number {
  const { positions, colors } = faces;
  let vertex = next;
  for (let corner = from; corner < to; corner++) {
    if (numbers[corner] !== vertex) continue;
    vertex++;
    const at = corner * 3;
    put(positions[at]!, positions[at + 1]!, positions[at + 2]!, colors[corner]!);
  }
  return vertex;
}
