/**
 * A triangle soup: the triangles of a mesh file, each with its own three corners, which is all that
 * voxelising needs of it. Coordinates are doubles, so that a model far from the origin keeps its
 * grid; Z is up once the reader has turned it. Colours are packed sRGB words at the corners.
 */

import { GoxError } from '../../conf/errors.ts';
import type { Material } from '../document/scene.ts';
import { checkInterrupt } from '../interrupt.ts';
import { Dots } from './dots.ts';
import { grown } from './grown.ts';
import type { Texture } from './texture.ts';

/** Some 100 bytes each; a file may name a triangle many times over (glTF nodes share meshes). */
export const TRIANGLES_MAX = 2 ** 22;
const TRIANGLES_AT_FIRST = 256;
const TEXTURES_MAX = 0xffff;

export const WHITE = 0xffff_ffff;

/** What becomes a layer of its own: an object of the file, or what is of a material. */
export interface Part {
  /** Of the layer. */
  readonly name: string;
  /** Of the layer; without it it has the document's first one. */
  readonly material?: Material;
  /** Whether the layer is hidden. */
  readonly hidden?: boolean;
  /** The place that the layer is turned about, as the file has it; it moves with the mesh. */
  readonly pivot?: [number, number, number];
}

/** More would be no layers that anybody could work with. */
export const PARTS_MAX = 256;

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
  /** The points and lines between two points of the file; they have no area, but a place. */
  readonly dots: Dots;
  /** What triangles, points and lines belong to; without any, the mesh is one layer. */
  readonly parts: Part[] = [];
  /** One place in `parts` a triangle; none when there is one part at most. */
  partOf: Uint16Array | undefined;
  /** Whether there were more parts than are kept. */
  partsMerged = false;
  /** The part of what is added next. */
  #part = 0;
  /** Whether the file says anything about colours. */
  hasColors = false;
  /** How long a voxel is in the file's units, where the file says so: exports by Goxel do. */
  voxel_length: number | undefined;
  /** Whether a program for voxels made it, which does not say how long they are. */
  ofVoxels = false;
  /** Whether, without colours, the surface is white as Goxel computes it (`goxelWhite`). */
  goxelWhite = false;

  constructor(source: string) {
    this.source = source;
    this.dots = new Dots(source);
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
    if (this.partOf !== undefined) this.partOf[this.count] = this.#part;
    this.count++;
  }

  /** Adds a line between two vertices of `from`. Throws GOX_MEMORY_LIMIT. */
  addLine(from: Float64Array, a: number, b: number, ca: number, cb: number): void {
    this.dots.add(from, a, b, ca, cb, this.#part);
  }

  /** Adds a point. Throws GOX_MEMORY_LIMIT. */
  addPoint(from: Float64Array, a: number, color: number): void {
    this.dots.add(from, a, a, color, color, this.#part);
  }

  /** Whether nothing was added. */
  get empty(): boolean {
    return this.count === 0 && this.dots.count === 0;
  }

  /**
   * What is added from here on belongs to a part, which is found by being the same object. A mesh
   * of too many parts is one.
   */
  begin(part: Part): void {
    if (this.partsMerged) return;
    let place = this.parts.lastIndexOf(part);
    if (place < 0) place = this.parts.push(part) - 1;
    if (place === PARTS_MAX) {
      this.partsMerged = true;
      this.parts.length = 0;
      this.partOf = undefined;
      place = 0;
    }
    this.#part = place;
    if (place > 0) this.partOf ??= new Uint16Array(this.colors.length / 3);
  }

  /** A mesh of some of the parts, which have the same places in it. */
  some(wanted: (part: number) => boolean): TriangleSoup {
    const soup = new TriangleSoup(this.source);
    soup.hasColors = this.hasColors;
    soup.goxelWhite = this.goxelWhite;
    soup.parts.push(...this.parts);
    if (this.partOf !== undefined) soup.partOf = new Uint16Array(TRIANGLES_AT_FIRST);
    const { colors } = this;
    for (let i = 0; i < this.count; i++) {
      if ((i & 0xfff) === 0) checkInterrupt();
      soup.#part = this.partOf?.[i] ?? 0;
      if (!wanted(soup.#part)) continue;
      const [a, b, c] = [i * 3, i * 3 + 1, i * 3 + 2];
      soup.add(this.positions, a, b, c, colors[a]!, colors[b]!, colors[c]!);
      const textured = this.textured?.[i] ?? 0;
      if (textured > 0) soup.lay(this.textures[textured - 1]!, this.uvs!, a, b, c);
    }
    const { dots } = this;
    for (let i = 0; i < dots.count; i++) {
      const part = dots.parts[i]!;
      const [a, b] = [i * 2, i * 2 + 1];
      if (!wanted(part)) continue;
      soup.dots.add(dots.positions, a, b, dots.colors[a]!, dots.colors[b]!, part);
    }
    return soup;
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

  /** Makes all colours opaque; false when they are. */
  makeOpaque(): boolean {
    let changed = makeOpaque(this.colors, this.count * 3);
    changed = makeOpaque(this.dots.colors, this.dots.count * 2) || changed;
    for (const [i, texture] of this.textures.entries()) {
      if (texture.alpha === 'opaque') continue;
      this.textures[i] = { ...texture, alpha: 'opaque' };
      changed = true;
    }
    return changed;
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
    const ends = this.dots.positions;
    for (let at = 0; at < this.dots.count * 6; at += 3) {
      const y = ends[at + 1]!;
      ends[at + 1] = 0 - ends[at + 2]!;
      ends[at + 2] = y;
    }
    for (const at of this.#followers()) [at[1], at[2]] = [0 - at[2], at[1]];
  }

  /** Numbers of points that move with the mesh, three each. */
  #followers(): [number, number, number][] {
    return this.parts.flatMap(({ pivot }) => (pivot === undefined ? [] : [pivot]));
  }

  /** Lowest and highest coordinate on each axis: x, y, z, x, y, z. */
  extent(): Float64Array {
    const extent = new Float64Array(6).fill(Infinity, 0, 3).fill(-Infinity, 3);
    widen(extent, this.positions, this.count * 9);
    widen(extent, this.dots.positions, this.dots.count * 6);
    return extent;
  }

  /** Scales about the lowest corner of the extent, and moves that to a point. */
  place(extent: Float64Array, scale: number, corner: ArrayLike<number>): void {
    for (const [values, length] of [
      [this.positions, this.count * 9],
      [this.dots.positions, this.dots.count * 6],
    ] as const) {
      for (let at = 0; at < length; at += 3) {
        if ((at & 0xfff) === 0) checkInterrupt();
        for (let axis = 0; axis < 3; axis++) {
          values[at + axis] = (values[at + axis]! - extent[axis]!) * scale + corner[axis]!;
        }
      }
    }
    for (const at of this.#followers()) {
      for (const i of [0, 1, 2]) at[i] = (at[i]! - extent[i]!) * scale + corner[i]!;
    }
  }

  #grow(): void {
    const room = Math.min((this.colors.length / 3) * 2, TRIANGLES_MAX);
    if (room === this.count) this.#refuse('triangles', TRIANGLES_MAX);
    this.positions = grown(this.positions, room * 9);
    this.colors = grown(this.colors, room * 3);
    if (this.uvs !== undefined) this.uvs = grown(this.uvs, room * 6);
    if (this.textured !== undefined) this.textured = grown(this.textured, room);
    if (this.partOf !== undefined) this.partOf = grown(this.partOf, room);
  }

  #refuse(what: string, most: number): never {
    const facts = { file: this.source, [`${what}_max`]: most };
    throw new GoxError('GOX_MEMORY_LIMIT', `${this.source} has more than ${most} ${what}.`, facts);
  }
}

function widen(extent: Float64Array, values: Float64Array, length: number): void {
  for (let at = 0; at < length; at += 3) {
    if ((at & 0xfff) === 0) checkInterrupt();
    for (let axis = 0; axis < 3; axis++) {
      const value = values[at + axis]!;
      if (value < extent[axis]!) extent[axis] = value;
      if (value > extent[axis + 3]!) extent[axis + 3] = value;
    }
  }
}

function makeOpaque(colors: Uint32Array, length: number): boolean {
  let changed = false;
  for (let at = 0; at < length; at++) {
    if (colors[at]! >= 0xff00_0000) continue;
    colors[at] = (colors[at]! | 0xff00_0000) >>> 0;
    changed = true;
  }
  return changed;
}
