/**
 * Wavefront .obj as Goxel writes it: all vertices `v x y z r g b`, all normals, all faces
 * `f a//n b//n c//n d//n`, counted from 1. No groups and no materials: the colours are on the
 * vertices. All visible layers are merged. The mesh is walked for its vertices, and its numbers
 * for the faces.
 */

import type { Document } from '../../document/document.ts';
import { checkInterrupt } from '../../interrupt.ts';
import { surfaceOf } from '../../mesh/kinds.ts';
import type { ExportOptions } from '../format.ts';
import { FACES_AT_ONCE, TextPieces } from '../text.ts';
import { Axes } from './axes.ts';
import { normalLine, putColored } from './obj-lines.ts';
import { asGoxelNumbers, writeVertices } from './vertices.ts';

const FACE = 0x66;

export function* writeObjAsGoxel(
  document: Document,
  options: ExportOptions = {},
): Generator<Uint8Array> {
  const volume = document.merged();
  const axes = new Axes(options, true, [volume]);
  const mesh = asGoxelNumbers(surfaceOf(volume, options.mesh ?? 'blocks'));
  const out = new TextPieces();
  out.text('# goxel-supervisor\n');
  yield* writeVertices(out, mesh, putColored(out, axes));
  for (const normal of mesh.surface.normals) {
    if (out.full) yield out.take();
    out.text(normalLine(axes, normal));
  }
  const { corners, normals } = mesh.surface;
  const suffixes = normals.map((_, normal) => Buffer.from(`//${normal + 1}`));
  for (const batch of mesh.numbers()) {
    for (let from = 0; from < batch.count; from += FACES_AT_ONCE) {
      checkInterrupt();
      if (out.full) yield out.take();
      const end = Math.min(batch.count, from + FACES_AT_ONCE);
      for (let face = from; face < end; face++) {
        const at = face * corners;
        out.line(FACE, batch.numbers, at, at + corners, 1, suffixes[batch.normals[face]!]!);
      }
    }
  }
  yield out.take();
}
