/**
 * Stanford .ply in ASCII (Greg Turk, The PLY Polygon File Format, 1994): vertices with colours in
 * bytes, which every reader knows, and polygons. Alpha is there when some voxel shows through. Z is
 * up, as the programs have it that take such files as they are (Blender, CloudCompare, MeshLab); a
 * comment says so, by which our own reader knows. A smooth mesh has normals. All visible layers are
 * merged.
 *
 * Like Goxel: colours as fractions of one, and y up.
 */

import type { Document } from '../../document/document.ts';
import { checkInterrupt } from '../../interrupt.ts';
import { BlockNumbering } from '../../mesh/block-numbering.ts';
import { ColorNumbering } from '../../mesh/color-numbering.ts';
import { FaceSurface } from '../../mesh/faces.ts';
import { surfaceOf } from '../../mesh/kinds.ts';
import { type FaceNumbers, NumberedSurface } from '../../mesh/numbered.ts';
import { type BlendedPlaces, blendedPlacesOf } from '../../mesh/places.ts';
import type { Surface } from '../../mesh/surface.ts';
import type { ExportOptions, Format } from '../format.ts';
import { FACES_AT_ONCE, TextPieces } from '../text.ts';
import { Axes } from './axes.ts';
import { readPly } from './import-ply.ts';
import { directionText } from './obj-lines.ts';
import { asGoxelNumbers, type PutVertex, writeVertices } from './vertices.ts';
import { voxelMark } from './voxel-mark.ts';

const ZERO = 0x30;
const NOTHING = new Uint8Array(0);
const COORDINATES = ['x', 'y', 'z'];
const COLORS = ['red', 'green', 'blue'];
const OPAQUE = 255;

function* writePly(document: Document, options: ExportOptions = {}): Generator<Uint8Array> {
  const goxel = options.like === 'goxel';
  const volume = document.merged();
  const axes = new Axes(options, goxel, [volume]);
  const surface = surfaceOf(volume, options.mesh ?? 'blocks');
  const mesh = goxel ? asGoxelNumbers(surface) : numbered(surface);
  const { vertices, faces, seen_through } = countOf(mesh);
  const alpha = seen_through && !goxel;
  const out = new TextPieces();
  out.text('ply\nformat ascii 1.0\n');
  if (goxel) out.text('comment Generated from goxel-supervisor\n');
  else {
    const up = `${axes.y_up ? 'y' : 'z'} is up`;
    out.text(`comment ${voxelMark(options.scale)}\ncomment ${up}\n`);
  }
  out.text(`element vertex ${vertices}\n`);
  const real = !goxel && axes.areFar() ? 'double' : 'float';
  for (const name of COORDINATES) out.text(`property ${real} ${name}\n`);
  const blended = goxel ? undefined : blendedPlacesOf(surface);
  if (blended !== undefined) {
    for (const name of COORDINATES) out.text(`property float n${name}\n`);
  }
  const type = goxel ? 'float' : 'uchar';
  for (const name of alpha ? [...COLORS, 'alpha'] : COLORS) out.text(`property ${type} ${name}\n`);
  out.text(`element face ${faces}\n`);
  out.text('property list uchar int vertex_indices\nend_header\n');
  yield* writeVertices(out, mesh, goxel ? fractions(out, axes) : bytes(out, axes, alpha, blended));
  const { corners } = surface;
  for (const batch of mesh.numbers()) {
    for (let face = 0; face < batch.count; face += FACES_AT_ONCE) {
      checkInterrupt();
      if (out.full) yield out.take();
      writeFaces(out, batch, face, Math.min(batch.count, face + FACES_AT_ONCE), corners);
    }
  }
  yield out.take();
}

/** Vertices that agree in place and colour are one; of unit faces only few are held at a time. */
function numbered(surface: Surface): NumberedSurface {
  return new NumberedSurface(surface, () =>
    surface instanceof FaceSurface
      ? new BlockNumbering(surface.occupancy, false)
      : new ColorNumbering(),
  );
}

/** How many vertices and faces there are, and whether some colour is not opaque. */
function countOf(mesh: NumberedSurface): {
  vertices: number;
  faces: number;
  seen_through: boolean;
} {
  const { corners } = mesh.surface;
  let [vertices, faces, seen_through] = [0, 0, false];
  for (const { count, end, faces: batch } of mesh.walk()) {
    checkInterrupt();
    vertices = end;
    faces += count;
    for (let corner = 0; corner < count * corners && !seen_through; corner++) {
      seen_through = batch.colors[corner]! >>> 24 < OPAQUE;
    }
  }
  return { vertices, faces, seen_through };
}

function bytes(
  out: TextPieces,
  axes: Axes,
  alpha: boolean,
  blended: BlendedPlaces | undefined,
): PutVertex {
  return (x, y, z, rgba) => {
    axes.turn(x, y, z);
    out.point(axes.x, axes.y, axes.z);
    if (blended !== undefined) {
      out.text(` ${directionText(axes, blended.normal(blended.find(x, y, z)))}`);
    }
    for (let shift = 0; shift < (alpha ? 32 : 24); shift += 8) {
      out.blank();
      out.integer((rgba >>> shift) & 0xff);
    }
    out.newline();
  };
}

function fractions(out: TextPieces, axes: Axes): PutVertex {
  return (x, y, z, rgba) => {
    axes.turn(x, y, z);
    out.point(axes.x, axes.y, axes.z);
    out.fractions(rgba);
    out.newline();
  };
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
