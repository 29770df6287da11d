/** The polygons of any surface, as pieces of a mesh. */

import { checkInterrupt } from '../../interrupt.ts';
import { WindowNumbering } from '../../mesh/numbering.ts';
import { type BlendedPlaces, blendedPlacesOf } from '../../mesh/places.ts';
import type { FaceBatch, Surface } from '../../mesh/surface.ts';
import type { Vec3 } from '../../volume/box.ts';
import type { ColorNumbers } from '../color-numbers.ts';
import type { Piece, PieceMaker } from './gltf-pieces.ts';

/** Of a whole picture in 16 bits. */
const UV_MAX = 0xffff;

/** What a surface gives that has a picture of its own. */
interface Textured {
  /** u, v of each corner, 0…1 from the picture's upper left. */
  readonly uvs?: Float64Array;
}

interface Shape {
  /** Of a face. */
  readonly corners: number;
  /** Of flat faces, as they are in the file. */
  readonly directions: readonly Vec3[];
  readonly blended: BlendedPlaces | undefined;
}

/**
 * With a picture of its own, a surface's colours only tell its rectangles apart. A smooth one has
 * normals of its points.
 */
export function* facePieces(
  surface: Surface,
  maker: PieceMaker,
  colors: ColorNumbers,
): Generator<Piece, void, undefined> {
  const { corners } = surface;
  const blended = blendedPlacesOf(surface);
  const numbering = new WindowNumbering(blended === undefined);
  const normals: Vec3[] = [];
  let numbers = new Uint32Array(0);
  for (const batch of surface.batches()) {
    checkInterrupt();
    const length = batch.count * corners;
    if (numbers.length < length) numbers = new Uint32Array(length * 2);
    const full = maker.reserve(length, batch.count * (corners - 2));
    if (full !== undefined) yield full;
    for (let i = normals.length; i < surface.normals.length; i++) {
      normals.push(maker.direction(surface.normals[i]!));
    }
    numbering.number(batch, corners, numbers);
    addVertices(maker, batch, { corners, blended, directions: normals }, numbers, colors);
    addTriangles(maker, batch, corners, numbers, colors);
  }
  const last = maker.take();
  if (last !== undefined) yield last;
}

function addVertices(
  maker: PieceMaker,
  batch: FaceBatch & Textured,
  { corners, blended, directions }: Shape,
  numbers: Uint32Array,
  colors: ColorNumbers,
): void {
  const { count, positions, normals, uvs } = batch;
  const { floats, y_at, z_at } = maker;
  for (let corner = 0; corner < count * corners; corner++) {
    if (numbers[corner] !== maker.count) continue;
    const { at } = maker;
    const from = corner * 3;
    const [x, y, z] = [positions[from]!, positions[from + 1]!, positions[from + 2]!];
    floats[at] = maker.along(0, x);
    floats[at + y_at] = maker.along(1, y);
    floats[at + z_at] = maker.along(2, z);
    const direction =
      blended === undefined
        ? directions[normals[Math.floor(corner / corners)]!]!
        : maker.direction(blended.normal(blended.find(x, y, z)));
    floats.set(direction, at + 3);
    maker.endVertex(
      uvs === undefined
        ? colors.number(batch.colors[corner]!)
        : packUv(uvs[corner * 2]!, uvs[corner * 2 + 1]!),
    );
  }
}

/** Polygons as triangles around their first corner. */
function addTriangles(
  maker: PieceMaker,
  { count, colors: rgba }: FaceBatch,
  corners: number,
  numbers: Uint32Array,
  colors: ColorNumbers,
): void {
  const { triangles, painted } = maker;
  for (let face = 0, corner = 0; face < count; face++, corner += corners) {
    for (let last = corner + 2; last < corner + corners; last++) {
      const at = maker.triangles_at;
      triangles[at] = numbers[corner]!;
      triangles[at + 1] = numbers[last - 1]!;
      triangles[at + 2] = numbers[last]!;
      maker.endTriangles(painted ? colors.number(rgba[corner]!) : 0, 1);
    }
  }
}

/** A place in a picture as two normalized words of 16 bits. */
export function packUv(u: number, v: number): number {
  return Math.round(u * UV_MAX) | (Math.round(v * UV_MAX) << 16);
}
