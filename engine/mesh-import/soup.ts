/**
 * A triangle soup: the triangles of a mesh file, each with its own three corners, which is all that
 * voxelising needs of it. Coordinates are doubles, so that a model far from the origin keeps its
 * grid; Z is up once the reader has turned it. Colours are packed sRGB words at the corners.
 */

import { GoxError } from '../../conf/errors.ts';
import { checkInterrupt } from '../interrupt.ts';
import { grown } from './grown.ts';
import type { Texture } from './texture.ts';

/** Some 100 bytes each; a file may name a triangle many times over (glTF nodes share meshes). */
export const TRIANGLES_MAX = 2 ** 22;
const TRIANGLES_AT_FIRST = 256;
const TEXTURES_MAX = 0xffff;

export const WHITE = 0xffff_ffff;

export class TriangleSoup {
  /** Name of the file, for errors. */
  readonly source: string;
  /** Triangles held; the arrays may be longer. */
  count = 0;
  /** Nine numbers a triangle. */
  positions = new Float64Array(9 * TRIANGLES_AT_FIRST);
  /** Three packed colours a triangle; a texture multiplies them. */
  colors = new Uint32Array(3 * TRIANGLES_AT_FIRST);
  /** Six numbers a triangle, of which only textured ones have meaning; none without textures. */
  uvs: Float32Array | undefined;
  /** One number a triangle: 0, or the place in `textures` plus one. */
  textured: Uint16Array | undefined;
  readonly textures: Texture[] = [];
  /** Whether the file says anything about colours. */
  hasColors = false;
  /** Whether, without colours, the surface is white as Goxel computes it (`goxelWhite`). */
  goxelWhite = false;

  constructor(source: string) {
    this.source = source;
  }

  /**
   * Adds a triangle between three vertices of `from` (three numbers a vertex), with a colour at
   * each. Throws GOX_MEMORY_LIMIT when there are too many.
   */
  add(from: Float64Array, a: number, b: number, c: number, ca: number, cb: number, cc: number) {
    if (this.count * 3 === this.colors.length) this.#grow();
    const at = this.count * 9;
    const positions = this.positions;
    for (let axis = 0; axis < 3; axis++) {
      positions[at + axis] = from[a * 3 + axis]!;
      positions[at + 3 + axis] = from[b * 3 + axis]!;
      positions[at + 6 + axis] = from[c * 3 + axis]!;
    }
    this.colors[this.count * 3] = ca;
    this.colors[this.count * 3 + 1] = cb;
    this.colors[this.count * 3 + 2] = cc;
    this.count++;
  }

  /** Lays a texture on the triangle added last, by three of the pairs in `from`. */
  lay(texture: Texture, from: ArrayLike<number>, a: number, b: number, c: number): void {
    const room = this.colors.length / 3;
    this.uvs ??= new Float32Array(room * 6);
    this.textured ??= new Uint16Array(room);
    let number = this.textures.lastIndexOf(texture) + 1;
    if (number === 0) {
      if (this.textures.length === TEXTURES_MAX) this.#refuse('textures', TEXTURES_MAX);
      number = this.textures.push(texture);
    }
    const triangle = this.count - 1;
    this.textured[triangle] = number;
    const at = triangle * 6;
    for (let i = 0; i < 2; i++) {
      this.uvs[at + i] = from[a * 2 + i]!;
      this.uvs[at + 2 + i] = from[b * 2 + i]!;
      this.uvs[at + 4 + i] = from[c * 2 + i]!;
    }
  }

  /** Turns Y up into Z up: (x, y, z) becomes (x, -z, y). */
  turnUp(): void {
    const { positions } = this;
    for (let at = 0; at < this.count * 9; at += 3) {
      if ((at & 0xfff) === 0) checkInterrupt();
      const y = positions[at + 1]!;
      positions[at + 1] = 0 - positions[at + 2]!;
      positions[at + 2] = y;
    }
  }

  /** Lowest and highest coordinate on each axis: x, y, z, x, y, z. */
  extent(): Float64Array {
    const { positions } = this;
    const extent = new Float64Array([
      Infinity,
      Infinity,
      Infinity,
      -Infinity,
      -Infinity,
      -Infinity,
    ]);
    for (let at = 0; at < this.count * 9; at += 3) {
      if ((at & 0xfff) === 0) checkInterrupt();
      for (let axis = 0; axis < 3; axis++) {
        const value = positions[at + axis]!;
        if (value < extent[axis]!) extent[axis] = value;
        if (value > extent[axis + 3]!) extent[axis + 3] = value;
      }
    }
    return extent;
  }

  #grow(): void {
    const room = Math.min((this.colors.length / 3) * 2, TRIANGLES_MAX);
    if (room === this.count) this.#refuse('triangles', TRIANGLES_MAX);
    this.positions = grown(this.positions, room * 9);
    this.colors = grown(this.colors, room * 3);
    if (this.uvs !== undefined) this.uvs = grown(this.uvs, room * 6);
    if (this.textured !== undefined) this.textured = grown(this.textured, room);
  }

  #refuse(what: string, most: number): never {
    const facts = { file: this.source, [`${what}_max`]: most };
    throw new GoxError('GOX_MEMORY_LIMIT', `${this.source} has more than ${most} ${what}.`, facts);
  }
}
