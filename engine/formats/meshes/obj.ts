/**
 * Wavefront .obj as Goxel writes it: all vertices `v x y z r g b`, all normals, all faces
 * `f a//n b//n c//n d//n`, counted from 1. No groups and no materials: the colours are on the
 * vertices. All visible layers are merged. The mesh is walked for its vertices, and its numbers
 * for the faces.
 */

import type { Document } from '../../document/document.ts';
import { checkInterrupt } from '../../interrupt.ts';
import type { FaceNumbers } from '../../mesh/numbered.ts';
import type { ExportOptions, Format } from '../format.ts';
import { FACES_AT_ONCE, TextPieces } from '../text.ts';
import { isYUp } from '../up.ts';
import { readObj } from './import-obj.ts';
import { meshOf, writeVertices } from './vertices.ts';

const FACE = 0x66;
const VERTEX = 0x76;

function* writeObj(document: Document, options: ExportOptions = {}): Generator<Uint8Array> {
  const y_up = isYUp(options, true);
  const mesh = meshOf(document, options);
  const out = new TextPieces();
  out.text('# goxel-supervisor\n');
  yield* writeVertices(out, mesh, VERTEX, y_up);
  for (const [x, y, z] of mesh.surface.normals) {
    if (out.full) yield out.take();
    const axes = y_up ? [x, z, 0 - y] : [x, y, z];
    out.text(`vn ${axes.map((value) => Number(value.toFixed(6))).join(' ')}\n`);
  }
  const { corners, normals } = mesh.surface;
  const suffixes = normals.map((_, normal) => Buffer.from(`//${normal + 1}`));
  for (const batch of mesh.numbers()) {
    for (let face = 0; face < batch.count; face += FACES_AT_ONCE) {
      checkInterrupt();
      if (out.full) yield out.take();
      writeFaces(out, batch, face, Math.min(batch.count, face + FACES_AT_ONCE), corners, suffixes);
    }
  }
  yield out.take();
}

function writeFaces(
  out: TextPieces,
  { numbers, normals }: FaceNumbers,
  from: number,
  to: number,
  corners: number,
  suffixes: readonly Uint8Array[],
): void {
  for (let face = from; face < to; face++) {
    const at = face * corners;
    out.line(FACE, numbers, at, at + corners, 1, suffixes[normals[face]!]!);
  }
}

export const obj: Format = { name: 'obj', extensions: ['obj'], read: readObj, write: writeObj };
