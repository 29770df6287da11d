/**
 * Binary STL: an 80-byte header, the number of triangles, and 50 bytes for each: its normal, three
 * corners as float32 (exact up to 2^24), and an attribute count of 0. One unit is a voxel, unless a
 * scale is given. The
 * format has no colours, and its users print in Z up, so that is the default. All visible layers
 * are merged. The mesh is walked twice, to count and to write.
 */

import { GoxError } from '../../../conf/errors.ts';
import type { Document } from '../../document/document.ts';
import { surfaceOf } from '../../mesh/kinds.ts';
import type { Vec3 } from '../../volume/box.ts';
import type { ExportOptions, Format } from '../format.ts';
import { PIECE_BYTES } from '../pieces.ts';
import { Axes } from './axes.ts';
import { readStl } from './import-stl.ts';
import { voxelMark } from './voxel-mark.ts';

const HEADER_BYTES = 84;
const TRIANGLE_BYTES = 50;
const TRIANGLES_MAX = 0xffff_ffff;

const TOO_FAR =
  'Corners of voxels further than 16777216 from the origin were moved, since STL has numbers of' +
  ' 32 bits. Write it with pivot: "center".';

/** Corners of the triangles of a polygon of three or four corners. */
const TRIANGLES = [0, 1, 2, 2, 3, 0] as const;

function* writeStl(document: Document, options: ExportOptions = {}): Generator<Uint8Array> {
  const { mesh = 'blocks' } = options;
  const volume = document.merged();
  const axes = new Axes(options, false, [volume]);
  if (axes.areFar()) options.report?.warn('WARN_CLIPPED', TOO_FAR);
  const surface = surfaceOf(volume, mesh);
  const triangles = surface.corners - 2;
  let count = 0;
  for (const batch of surface.batches()) count += batch.count * triangles;
  yield header(count, options);

  const pieceTriangles = Math.floor(PIECE_BYTES / TRIANGLE_BYTES);
  let piece = Buffer.alloc(Math.min(count, pieceTriangles) * TRIANGLE_BYTES);
  let view = new DataView(piece.buffer, piece.byteOffset);
  let at = 0;
  const turned: Vec3[] = [];
  for (const { count: faces, positions, normals } of surface.batches()) {
    for (let face = 0; face < faces; face++) {
      const number = normals[face]!;
      turned[number] ??= axes.direction(surface.normals[number]!);
      const normal = turned[number];
      for (let i = 0; i < triangles * 3; i += 3) {
        if (at === piece.length) {
          yield piece;
          piece = Buffer.alloc(Math.min(count, pieceTriangles) * TRIANGLE_BYTES);
          view = new DataView(piece.buffer, piece.byteOffset);
          at = 0;
        }
        view.setFloat32(at, normal[0], true);
        view.setFloat32(at + 4, normal[1], true);
        view.setFloat32(at + 8, normal[2], true);
        for (let corner = 0; corner < 3; corner++) {
          const from = (face * surface.corners + TRIANGLES[i + corner]!) * 3;
          const to = at + 12 + corner * 12;
          axes.turn(positions[from]!, positions[from + 1]!, positions[from + 2]!);
          view.setFloat32(to, axes.x, true);
          view.setFloat32(to + 4, axes.y, true);
          view.setFloat32(to + 8, axes.z, true);
        }
        at += TRIANGLE_BYTES;
      }
    }
  }
  if (at > 0) yield piece.subarray(0, at);
}

function header(triangles: number, { scale }: ExportOptions): Uint8Array {
  if (triangles > TRIANGLES_MAX) {
    const message = `An STL file holds ${TRIANGLES_MAX} triangles; this has ${triangles}.`;
    throw new GoxError('GOX_FORMAT_LIMIT', message, { triangles, triangles_max: TRIANGLES_MAX });
  }
  const bytes = Buffer.alloc(HEADER_BYTES);
  // Readers take a file that begins with `solid` for STL in ASCII.
  bytes.write(`${voxelMark(scale)}, binary STL`, 'latin1');
  bytes.writeUInt32LE(triangles, HEADER_BYTES - 4);
  return bytes;
}

export const stl: Format = { name: 'stl', extensions: ['stl'], read: readStl, write: writeStl };
