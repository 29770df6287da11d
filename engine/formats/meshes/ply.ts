/**
 * Stanford .ply in ASCII as Goxel writes it: vertices `x y z red green blue`, colours as fractions
 * of one, and polygons. All visible layers are merged. The mesh is walked twice, to count and
 * for its vertices, and its numbers for the faces.
 */

import type { Document } from '../../document/document.ts';
import { checkInterrupt } from '../../interrupt.ts';
import type { FaceNumbers } from '../../mesh/numbered.ts';
import type { ExportOptions, Format } from '../format.ts';
import { FACES_AT_ONCE, TextPieces } from '../text.ts';
import { isYUp } from '../up.ts';
import { readPly } from './import-ply.ts';
import { meshOf, writeVertices } from './vertices.ts';

const ZERO = 0x30;
const NOTHING = new Uint8Array(0);

function* writePly(document: Document, options: ExportOptions = {}): Generator<Uint8Array> {
  const y_up = isYUp(options, true);
  const mesh = meshOf(document, options);
  const { corners } = mesh.surface;
  const { vertices, faces } = mesh.count();
  const out = new TextPieces();
  out.text('ply\nformat ascii 1.0\ncomment Generated from goxel-supervisor\n');
  out.text(`element vertex ${vertices}\n`);
  for (const name of ['x', 'y', 'z', 'red', 'green', 'blue']) out.text(`property float ${name}\n`);
  out.text(`element face ${faces}\n`);
  out.text('property list uchar int vertex_indices\nend_header\n');
  yield* writeVertices(out, mesh, undefined, y_up);
  for (const batch of mesh.numbers()) {
    for (let face = 0; face < batch.count; face += FACES_AT_ONCE) {
      checkInterrupt();
      if (out.full) yield out.take();
      writeFaces(out, batch, face, Math.min(batch.count, face + FACES_AT_ONCE), corners);
    }
  }
  yield out.take();
}

function writeFaces(
  out: TextPieces,
  { numbers }: FaceNumbers,
  from: number,
  to: number,
  corners: number,
): void {
  for (let face = from; face < to; face++) {
    const at = face * corners;
    out.line(ZERO + corners, numbers, at, at + corners, 0, NOTHING);
  }
}

export const ply: Format = { name: 'ply', extensions: ['ply'], read: readPly, write: writePly };
