/**
 * Stanford .ply in ASCII as Goxel writes it: vertices `x y z red green blue`, colours as fractions
 * of one, and quads. All visible layers are merged.
 */

import type { Document } from '../document/document.ts';
import { meshOf } from '../mesh/faces.ts';
import type { ExportOptions, Format } from './format.ts';
import { TextPieces } from './text.ts';
import { writeVertex } from './vertices.ts';

const FOUR = 0x34;

function* writePly(document: Document, { yUp = true }: ExportOptions = {}): Generator<Uint8Array> {
  const mesh = meshOf(document.merged());
  const out = new TextPieces();
  out.text('ply\nformat ascii 1.0\ncomment Generated from goxel-supervisor\n');
  out.text(`element vertex ${mesh.vertexCount}\n`);
  for (const name of ['x', 'y', 'z', 'red', 'green', 'blue']) out.text(`property float ${name}\n`);
  out.text(`element face ${mesh.faceCount}\n`);
  out.text('property list uchar int vertex_indices\nend_header\n');
  for (let vertex = 0; vertex < mesh.vertexCount; vertex++) {
    if (out.full) yield out.take();
    writeVertex(out, mesh, vertex, yUp);
    out.newline();
  }
  for (let face = 0; face < mesh.faceCount; face++) {
    if (out.full) yield out.take();
    out.byte(FOUR);
    for (let corner = face * 4; corner < face * 4 + 4; corner++) {
      out.blank();
      out.integer(mesh.corners[corner]!);
    }
    out.newline();
  }
  yield out.take();
}

export const ply: Format = { name: 'ply', extensions: ['ply'], write: writePly };
