/**
 * The mesh of one layer, counted and then written. What was made to count it is kept as long as
 * there is room, and made again to be written where it is not.
 */

import { GoxError } from '../../../conf/errors.ts';
import type { Box } from '../../volume/box.ts';
import type { ColorNumbers } from '../color-numbers.ts';
import {
  type Frame,
  PAINT_AT,
  type Piece,
  type PieceLayout,
  PieceMaker,
  placed,
} from './gltf-pieces.ts';

const INDEX_16_MAX = 0xfffe;

export interface Pieces {
  /** Makes the pieces of a mesh; each time the same. */
  readonly make: (maker: PieceMaker, colors: ColorNumbers) => Iterable<Piece>;
  /** The box of all vertices in voxels, where it is known beforehand. */
  readonly bounds?: Box | undefined;
}

/** What all meshes of a file share. */
export interface Common {
  readonly layout: PieceLayout;
  readonly colors: ColorNumbers;
  /** Bytes of pieces that may be kept yet. */
  kept_bytes_left: number;
  /** Takes bytes that the file will have, and throws when they are too many. */
  readonly count: (bytes: number) => void;
}

/** Triangles of one material: of the colour of that number, or of all. */
export interface Primitive {
  readonly paint: number | undefined;
  /** The place of its first index among all of the mesh, and how many it has. */
  readonly first: number;
  readonly count: number;
}

export class LayerMesh {
  readonly #pieces: Pieces;
  readonly #frame: Frame;
  readonly #common: Common;
  #kept: Piece[] | undefined = [];
  /** All indices in the order of their primitives, where these are asked for. */
  #sorted: Uint32Array | undefined;
  readonly vertices: number = 0;
  readonly indices: number = 0;
  readonly primitives: readonly Primitive[];
  /** As float32 values, which the file has. */
  readonly min = [Infinity, Infinity, Infinity];
  readonly max = [-Infinity, -Infinity, -Infinity];

  constructor(pieces: Pieces, frame: Frame, common: Common) {
    this.#pieces = pieces;
    this.#frame = frame;
    this.#common = common;
    const { layout } = common;
    const { bounds } = pieces;
    if (bounds !== undefined) this.#span(bounds);
    for (const piece of this.#walk()) {
      const { vertices, triangles } = piece;
      this.vertices += vertices.length / layout.words;
      this.indices += triangles.length;
      common.count(vertices.byteLength + triangles.length * this.indexBytes);
      if (bounds === undefined) {
        const { buffer, byteOffset, length } = vertices;
        this.#extend(new Float32Array(buffer, byteOffset, length), layout.words);
      }
      this.#keep(piece);
    }
    this.primitives = layout.paints ? this.#sort() : this.#whole();
  }

  /** Bytes of one index. */
  get indexBytes(): 2 | 4 {
    return this.vertices <= INDEX_16_MAX ? 2 : 4;
  }

  /**
   * The vertices, with the words of paints in the place of their numbers: as many for each as a
   * vertex has after its normal.
   */
  *vertexParts(paints: Int32Array | undefined): Generator<Uint8Array, void, undefined> {
    const { words } = this.#common.layout;
    for (const { vertices } of this.#kept ?? this.#walk()) {
      if (paints !== undefined) putPaints(vertices, words, paints);
      yield bytesOf(vertices);
    }
  }

  /** The indices, after which nothing is kept any more. */
  *indexParts(): Generator<Uint8Array, void, undefined> {
    const short = this.indexBytes === 2;
    for (const triangles of this.#triangles()) {
      yield bytesOf(short ? Uint16Array.from(triangles) : triangles);
    }
    this.#kept = undefined;
    this.#sorted = undefined;
  }

  *#triangles(): Generator<Uint32Array, void, undefined> {
    if (this.#sorted !== undefined) yield this.#sorted;
    else for (const { triangles } of this.#kept ?? this.#walk()) yield triangles;
  }

  #walk(): Iterable<Piece> {
    const { layout, colors } = this.#common;
    return this.#pieces.make(new PieceMaker(layout, this.#frame), colors);
  }

  #keep(piece: Piece): void {
    if (this.#kept === undefined) return;
    const common = this.#common;
    this.#kept.push(piece);
    common.kept_bytes_left -= bytesIn(piece);
    // Sorting takes all of them.
    if (common.kept_bytes_left >= 0 || common.layout.paints) return;
    for (const one of this.#kept) common.kept_bytes_left += bytesIn(one);
    this.#kept = undefined;
  }

  #whole(): Primitive[] {
    return [{ paint: undefined, first: 0, count: this.indices }];
  }

  /** Sorts the triangles by their paints, in the order of these numbers. */
  #sort(): Primitive[] {
    const counts = new Map<number, number>();
    for (const { paints } of this.#kept!) {
      for (const paint of paints) counts.set(paint, (counts.get(paint) ?? 0) + 3);
    }
    const places = new Map<number, number>();
    const primitives: Primitive[] = [];
    let first = 0;
    for (const [paint, count] of [...counts].sort(([a], [b]) => a - b)) {
      primitives.push({ paint, first, count });
      places.set(paint, first);
      first += count;
    }
    const sorted = new Uint32Array(this.indices);
    for (const { triangles, paints } of this.#kept!) {
      for (let i = 0; i < paints.length; i++) {
        const at = places.get(paints[i]!)!;
        places.set(paints[i]!, at + 3);
        for (let corner = 0; corner < 3; corner++) sorted[at + corner] = triangles[i * 3 + corner]!;
      }
    }
    this.#sorted = sorted;
    return primitives;
  }

  /** Takes a box of voxels for that of the vertices. */
  #span({ min, max }: Box): void {
    const corners = [min, max].map((corner) => placed(corner, this.#frame));
    this.#extend(Float32Array.from(corners.flat()), 3);
  }

  /** Takes points, each in the first of so many words. */
  #extend(floats: Float32Array, words: number): void {
    let [lowX, lowY, lowZ] = this.min as [number, number, number];
    let [highX, highY, highZ] = this.max as [number, number, number];
    for (let at = 0; at < floats.length; at += words) {
      const [x, y, z] = [floats[at]!, floats[at + 1]!, floats[at + 2]!];
      if (x < lowX) lowX = x;
      if (x > highX) highX = x;
      if (y < lowY) lowY = y;
      if (y > highY) highY = y;
      if (z < lowZ) lowZ = z;
      if (z > highZ) highZ = z;
    }
    const all = [lowX, lowY, lowZ, highX, highY, highZ];
    if (!all.every(Number.isFinite)) refuseScale();
    this.min.splice(0, 3, ...all.slice(0, 3));
    this.max.splice(0, 3, ...all.slice(3));
  }
}

function refuseScale(): never {
  const message =
    'Scaled like that the model is larger than 32-bit numbers can say. Choose a smaller scale.';
  throw new GoxError('GOX_FORMAT_LIMIT', message);
}

function bytesIn({ vertices, triangles }: Piece): number {
  return vertices.byteLength + triangles.byteLength;
}

function putPaints(vertices: Int32Array, words: number, paints: Int32Array): void {
  const length = words - PAINT_AT;
  if (length === 1) {
    for (let at = PAINT_AT; at < vertices.length; at += words) {
      vertices[at] = paints[vertices[at]!]!;
    }
    return;
  }
  for (let at = PAINT_AT; at < vertices.length; at += words) {
    const from = vertices[at]! * length;
    for (let i = 0; i < length; i++) vertices[at + i] = paints[from + i]!;
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
}
