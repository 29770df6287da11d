/**
 * Wavefront .obj as Goxel writes it: all vertices `v x y z r g b`, all normals, all faces
 * `f a//n b//n c//n d//n`, counted from 1. No groups and no materials: the colours are on the
 * vertices. All visible layers are merged.
 */

import type { Document } from '../document/document.ts';
import { meshOf, NORMALS } from '../mesh/faces.ts';
import type { ExportOptions, Format } from './format.ts';
import { TextPieces } from './text.ts';
import { writeAxes, writeVertex } from './vertices.ts';

const FACE = 0x66;
const ZERO = 0x30;
const SLASH = 0x2f;

function* writeObj(document: Document, { yUp = true }: ExportOptions = {}): Generator<Uint8Array> {
  const mesh = meshOf(document.merged());
  const out = new TextPieces();
  out.text('# goxel-supervisor\n');
  for (let vertex = 0; vertex < mesh.vertexCount; vertex++) {
    if (out.full) yield out.take();
    out.text('v ');
    writeVertex(out, mesh, vertex, yUp);
    out.newline();
  }
  // A direction's normal is written once, in the order in which faces first need it.
  const normals = new Uint8Array(NORMALS.length);
  let normalCount = 0;
  for (let face = 0; face < mesh.faceCount && normalCount < NORMALS.length; face++) {
    const direction = mesh.directions[face]!;
    if (normals[direction] !== 0) continue;
    normals[direction] = ++normalCount;
    const [x, y, z] = NORMALS[direction]!;
    out.text('vn ');
    writeAxes(out, x, y, z, yUp);
    out.newline();
  }
  for (let face = 0; face < mesh.faceCount; face++) {
    if (out.full) yield out.take();
    const normal = ZERO + normals[mesh.directions[face]!]!;
    out.byte(FACE);
    for (let corner = face * 4; corner < face * 4 + 4; corner++) {
      out.blank();
      out.integer(mesh.corners[corner]! + 1);
      out.byte(SLASH);
      out.byte(SLASH);
      out.byte(normal);
    }
    out.newline();
  }
  yield out.take();
}

export const obj: Format = { name: 'obj', extensions: ['obj'], write: writeObj };
