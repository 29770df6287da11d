/**
 * The scene that .gltf and .glb hold, as Goxel builds it: a root node that turns Z up to Y up, and
 * under it a node with a mesh for each layer that has faces, hidden layers too. A vertex is 40
 * bytes: position, normal, and a texture coordinate (8 bytes of 0 follow) or a linear colour.
 * Positions are float32, exact up to 2^24.
 */

import type { Document } from '../../document/document.ts';
import type { Layer } from '../../document/layer.ts';
import { checkInterrupt } from '../../interrupt.ts';
import { BlockNumbering } from '../../mesh/block-numbering.ts';
import { FaceSurface } from '../../mesh/faces.ts';
import { type MeshKind, surfaceOf } from '../../mesh/kinds.ts';
import { type NumberedBatch, NumberedSurface } from '../../mesh/numbered.ts';
import { WindowNumbering } from '../../mesh/numbering.ts';
import type { ExportOptions } from '../format.ts';
import { PIECE_BYTES } from '../pieces.ts';
import { GltfPalette } from './goxel-palette.ts';

export const VERTEX_BYTES = 40;
const VERTEX_FLOATS = VERTEX_BYTES / 4;
const INDEX_BYTES = 4;

/** Fits whole vertices, whole indices and whole groups of three bytes, as Base64 wants them. */
const PART_BYTES = Math.floor(PIECE_BYTES / (3 * VERTEX_BYTES) / 2) * 3 * VERTEX_BYTES;

/** Linear light of an sRGB channel (IEC 61966-2-1), from a float32 as in Goxel. */
const LINEAR = Float32Array.from({ length: 256 }, (_, byte) => {
  const value = Math.fround(byte / 255);
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
});

/** The mesh of one layer. */
class LayerMesh {
  readonly layer: Layer;
  readonly #mesh: NumberedSurface;
  readonly #palette: GltfPalette | undefined;
  readonly vertices: number;
  readonly indices: number;
  readonly min = [Infinity, Infinity, Infinity];
  readonly max = [-Infinity, -Infinity, -Infinity];

  constructor(layer: Layer, mesh: NumberedSurface, palette: GltfPalette | undefined) {
    this.layer = layer;
    this.#mesh = mesh;
    this.#palette = palette;
    let [vertices, faces] = [0, 0];
    for (const batch of mesh.walk()) {
      this.#extend(batch);
      vertices = batch.end;
      faces += batch.count;
    }
    this.vertices = vertices;
    this.indices = faces * (mesh.surface.corners - 2) * 3;
  }

  get vertexBytes(): number {
    return this.vertices * VERTEX_BYTES;
  }

  get indexBytes(): number {
    return this.indices * INDEX_BYTES;
  }

  /** The vertices in parts whose lengths are multiples of 12, but for the last. */
  *vertexParts(): Generator<Uint8Array, void, undefined> {
    const { corners } = this.#mesh.surface;
    let part = new Float32Array(newPart());
    let at = 0;
    for (const batch of this.#mesh.walk()) {
      let corner = 0;
      for (let next = batch.first; next < batch.end; ) {
        checkInterrupt();
        if (at === part.length) {
          yield bytesOf(part, at);
          part = new Float32Array(newPart());
          at = 0;
        }
        const room = (part.length - at) / VERTEX_FLOATS;
        const end = Math.min(batch.end, next + room);
        corner = this.#putVertices(batch, corners, corner, next, end, part, at);
        at += (end - next) * VERTEX_FLOATS;
        next = end;
      }
    }
    if (at > 0) yield bytesOf(part, at);
  }

  /** Puts new vertices at a place of a part; `corner` is where the first is looked for. */
  #putVertices(
    { faces, numbers }: NumberedBatch,
    corners: number,
    corner: number,
    first: number,
    end: number,
    part: Float32Array,
    start: number,
  ): number {
    const { positions, colors, normals } = faces;
    const palette = this.#palette;
    const side = palette?.side ?? 0;
    const paint = new Float32Array(4);
    let rgba = -1;
    let at = start;
    let next = first;
    let place = corner;
    for (; next < end; place++) {
      if (numbers[place] !== next) continue;
      next++;
      const normal = this.#mesh.surface.normals[normals[Math.floor(place / corners)]!]!;
      if (colors[place] !== rgba) {
        rgba = colors[place]!;
        if (palette === undefined) setLinear(paint, rgba);
        else setPlace(paint, palette.indexOf(rgba), side);
      }
      part[at] = positions[place * 3]!;
      part[at + 1] = positions[place * 3 + 1]!;
      part[at + 2] = positions[place * 3 + 2]!;
      part[at + 3] = normal[0];
      part[at + 4] = normal[1];
      part[at + 5] = normal[2];
      part[at + 6] = paint[0]!;
      part[at + 7] = paint[1]!;
      part[at + 8] = paint[2]!;
      part[at + 9] = paint[3]!;
      at += VERTEX_FLOATS;
    }
    return place;
  }

  /** The triangles' vertices in parts whose lengths are multiples of 12. */
  *indexParts(): Generator<Uint8Array, void, undefined> {
    const { corners } = this.#mesh.surface;
    const indices = (corners - 2) * 3;
    let part = new Uint32Array(newPart());
    let at = 0;
    for (const { count, numbers } of this.#mesh.numbers()) {
      for (let face = 0; face < count; ) {
        checkInterrupt();
        // A polygon has six indices at most.
        if (at > part.length - 6) {
          yield bytesOf(part, at);
          part = new Uint32Array(newPart());
          at = 0;
        }
        const end = Math.min(count, face + Math.floor((part.length - at) / indices));
        putTriangles(numbers, corners, face, end, part, at);
        at += (end - face) * indices;
        face = end;
      }
    }
    if (at > 0) yield bytesOf(part, at);
  }

  /** Takes the vertices of a batch into the bounds. */
  #extend({ faces: { count, positions } }: NumberedBatch): void {
    const { min, max } = this;
    let [x0, y0, z0] = [min[0]!, min[1]!, min[2]!];
    let [x1, y1, z1] = [max[0]!, max[1]!, max[2]!];
    for (let at = 0; at < count * this.#mesh.surface.corners * 3; at += 3) {
      const x = positions[at]!;
      const y = positions[at + 1]!;
      const z = positions[at + 2]!;
      if (x < x0) x0 = x;
      if (x > x1) x1 = x;
      if (y < y0) y0 = y;
      if (y > y1) y1 = y;
      if (z < z0) z0 = z;
      if (z > z1) z1 = z;
    }
    min.splice(0, 3, x0, y0, z0);
    max.splice(0, 3, x1, y1, z1);
  }
}

/** Polygons as triangles around their first corner, three numbers each. */
function putTriangles(
  numbers: Uint32Array,
  corners: number,
  from: number,
  to: number,
  part: Uint32Array,
  start: number,
): void {
  let at = start;
  for (let corner = from * corners; corner < to * corners; corner += corners) {
    part[at] = numbers[corner]!;
    part[at + 1] = numbers[corner + 1]!;
    part[at + 2] = numbers[corner + 2]!;
    at += 3;
    if (corners === 3) continue;
    part[at] = numbers[corner + 2]!;
    part[at + 1] = numbers[corner + 3]!;
    part[at + 2] = numbers[corner]!;
    at += 3;
  }
}

export interface GltfScene {
  readonly meshes: readonly LayerMesh[];
  /** The palette as a PNG file; undefined when the vertices have colours. */
  readonly texture: Uint8Array | undefined;
}

/**
 * Counts all meshes. `smooth` meshes always have vertex colours, since a texture coordinate between
 * two places of a palette means nothing. Throws GOX_FORMAT_LIMIT.
 */
export function sceneOf(document: Document, options: ExportOptions): GltfScene {
  const { mesh = 'blocks', vertex_colors = false } = options;
  document.refresh();
  const textured = !vertex_colors && mesh !== 'smooth';
  const palette = textured ? new GltfPalette(document.layers) : undefined;
  const meshes = document.layers.map(
    (layer) => new LayerMesh(layer, numbered(layer, mesh), palette),
  );
  return { meshes: meshes.filter(({ vertices }) => vertices > 0), texture: palette?.png() };
}

function numbered({ volume }: Layer, kind: MeshKind): NumberedSurface {
  if (kind !== 'blocks') {
    return new NumberedSurface(surfaceOf(volume, kind), () => new WindowNumbering(true));
  }
  const surface = new FaceSurface(volume);
  return new NumberedSurface(surface, () => new BlockNumbering(surface.occupancy));
}

function setLinear(paint: Float32Array, rgba: number): void {
  paint[0] = LINEAR[rgba & 0xff]!;
  paint[1] = LINEAR[(rgba >>> 8) & 0xff]!;
  paint[2] = LINEAR[(rgba >>> 16) & 0xff]!;
  paint[3] = 1;
}

/** The middle of a palette's cell, as a fraction of the square's side. */
function setPlace(paint: Float32Array, index: number, side: number): void {
  paint[0] = ((index % side) + 0.5) / side;
  paint[1] = (Math.floor(index / side) + 0.5) / side;
}

/** Memory for one part, all of which is written. */
function newPart(): ArrayBuffer {
  return Buffer.allocUnsafeSlow(PART_BYTES).buffer;
}

function bytesOf(part: Float32Array | Uint32Array, length: number): Uint8Array {
  return new Uint8Array(part.buffer, part.byteOffset, length * 4);
}
