/** Vertices and triangles of a mesh, in pieces as they are made. */

import type { Vec3 } from '../../volume/box.ts';

/** Words of a vertex before its paint: its position and normal. */
export const PAINT_AT = 6;

/** What a piece usually gets; one batch of faces can need more. */
const VERTICES_USUAL = 32 * 1024;

/** Where voxels come to lie: a position p becomes (p - pivot) · scale, and then y up if asked. */
export interface Frame {
  readonly pivot: Vec3;
  readonly scale: number;
  readonly y_up: boolean;
}

/** A point of the project as it is in the file. */
export function placed(point: Vec3, { pivot, scale, y_up }: Frame): Vec3 {
  const along = (axis: 0 | 1 | 2) => (point[axis] - pivot[axis]) * scale;
  return turned([along(0), along(1), along(2)], y_up);
}

/** A direction of the project as it is in the file. */
export function turned([x, y, z]: Vec3, y_up: boolean): Vec3 {
  return y_up ? [x, z, 0 - y] : [x, y, z];
}

export interface Piece {
  /** Position and normal, and where there is a paint, that: a word to be replaced by the writer. */
  readonly vertices: Int32Array;
  /** Three vertices each, counted from the first of the mesh. */
  readonly triangles: Uint32Array;
  /** The number of each triangle's colour, where these were asked for. */
  readonly paints: Uint32Array;
}

/** What is made of a surface: how many words a vertex has, and whether triangles have paints. */
export interface PieceLayout {
  readonly words: number;
  readonly paints: boolean;
}

/** Takes vertices and triangles. Who adds any has made room for them by `reserve` before. */
export class PieceMaker {
  readonly words: number;
  /** Words of a vertex before its coordinates along the project's y and z. */
  readonly y_at: number;
  readonly z_at: number;
  /** Vertices so far, those of earlier pieces among them. */
  count = 0;
  floats = new Float32Array(0);
  ints = new Int32Array(0);
  triangles = new Uint32Array(0);
  paints = new Uint32Array(0);
  /** Words of the piece at hand that are filled. */
  at = 0;
  triangles_at = 0;
  readonly #frame: Frame;
  readonly painted: boolean;

  constructor({ words, paints }: PieceLayout, frame: Frame) {
    this.words = words;
    this.y_at = frame.y_up ? 2 : 1;
    this.z_at = frame.y_up ? 1 : 2;
    this.#frame = frame;
    this.painted = paints;
  }

  /** The place along an axis of the project, as it comes to be on that axis of the file. */
  along(axis: 0 | 1 | 2, value: number): number {
    const { pivot, scale, y_up } = this.#frame;
    const place = (value - pivot[axis]) * scale;
    return y_up && axis === 1 ? 0 - place : place;
  }

  /** A direction as it is in the file. */
  direction(vector: Vec3): Vec3 {
    return turned(vector, this.#frame.y_up);
  }

  /** Makes room; gives the piece that is full by that. */
  reserve(vertices: number, triangles: number): Piece | undefined {
    const fits =
      this.at + vertices * this.words <= this.ints.length &&
      this.triangles_at + triangles * 3 <= this.triangles.length;
    if (fits) return undefined;
    const full = this.take();
    const room = Math.max(vertices, VERTICES_USUAL);
    const buffer = newBuffer(room * this.words);
    this.floats = new Float32Array(buffer);
    this.ints = new Int32Array(buffer);
    const length = Math.max(triangles, VERTICES_USUAL) * 3;
    this.triangles = new Uint32Array(newBuffer(length));
    if (this.painted) this.paints = new Uint32Array(newBuffer(length / 3));
    return full;
  }

  /** What has been added since the last piece. */
  take(): Piece | undefined {
    const { at, triangles_at } = this;
    this.at = 0;
    this.triangles_at = 0;
    if (triangles_at === 0) return undefined;
    const piece = {
      vertices: this.ints.subarray(0, at),
      triangles: this.triangles.subarray(0, triangles_at),
      paints: this.paints.subarray(0, triangles_at / 3),
    };
    this.ints = this.ints.subarray(0, 0);
    return piece;
  }

  /** Ends a vertex whose position and normal were put at the place at hand; counts it. */
  endVertex(paint: number): number {
    if (this.words > PAINT_AT) this.ints[this.at + PAINT_AT] = paint;
    this.at += this.words;
    return ++this.count;
  }

  /** Ends triangles whose vertices were put at the place at hand. */
  endTriangles(paint: number, count: number): void {
    if (this.painted) {
      const at = this.triangles_at / 3;
      for (let i = at; i < at + count; i++) this.paints[i] = paint;
    }
    this.triangles_at += count * 3;
  }
}

/** Memory for so many words, all of which are written before they are read. */
function newBuffer(words: number): ArrayBuffer {
  return Buffer.allocUnsafeSlow(words * 4).buffer;
}
