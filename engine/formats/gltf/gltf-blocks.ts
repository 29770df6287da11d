/**
 * A square for each visible face of a volume, as pieces of a mesh. The corners of a block's squares
 * are looked up in a table with a place for each, so vertices are shared within a block; those on
 * its sides are in the mesh once for each block.
 */

import { checkInterrupt } from '../../interrupt.ts';
import { CORNERS, DIRECTIONS } from '../../mesh/faces.ts';
import { Occupancy, ROWS } from '../../mesh/occupancy.ts';
import { signedWords } from '../../volume/block.ts';
import type { Box } from '../../volume/box.ts';
import type { Volume } from '../../volume/volume.ts';
import type { ColorNumbers } from '../color-numbers.ts';
import { PAINT_AT, type Piece, type PieceMaker } from './gltf-pieces.ts';

/** Corners of a block's voxels along an axis. */
const SIDE = 17;
const PLACES = SIDE ** 3;

/** From a voxel's place in the table to those of a square's corners: four a direction. */
const CORNER_PLACES = Int32Array.from({ length: DIRECTIONS.length * 4 }, (_, corner) => {
  const [x, y, z] = CORNERS.subarray(corner * 3, corner * 3 + 3);
  return Math.floor(corner / 4) * PLACES + z! * SIDE * SIDE + y! * SIDE + x!;
});

export class BlockMesh {
  readonly #occupancy: Occupancy;

  constructor(volume: Volume) {
    this.#occupancy = new Occupancy(volume);
  }

  /** How many squares there will be. */
  countFaces(): number {
    const visible = new Uint16Array(DIRECTIONS.length * ROWS);
    let faces = 0;
    for (let slot = 0; slot < this.#occupancy.blocks.length; slot++) {
      if (this.#occupancy.visible(slot, visible)) faces += countBits(visible);
    }
    return faces;
  }

  /** The box of all solid voxels, which is that of the squares; undefined without any. */
  bounds(): Box | undefined {
    const { blocks, rows } = this.#occupancy;
    const min: [number, number, number] = [Infinity, Infinity, Infinity];
    const max: [number, number, number] = [-Infinity, -Infinity, -Infinity];
    for (let slot = 0; slot < blocks.length; slot++) {
      const { x, y, z } = blocks[slot]!;
      let bits = 0;
      for (let row = 0; row < ROWS; row++) {
        const solid = rows[slot * ROWS + row]!;
        if (solid === 0) continue;
        bits |= solid;
        const [py, pz] = [y + (row & 15), z + (row >> 4)];
        if (py < min[1]) min[1] = py;
        if (py >= max[1]) max[1] = py + 1;
        if (pz < min[2]) min[2] = pz;
        if (pz >= max[2]) max[2] = pz + 1;
      }
      if (bits === 0) continue;
      min[0] = Math.min(min[0], x + 31 - Math.clz32(bits & -bits));
      max[0] = Math.max(max[0], x + 32 - Math.clz32(bits));
    }
    return min[0] === Infinity ? undefined : { min, max };
  }

  *pieces(maker: PieceMaker, colors: ColorNumbers): Generator<Piece, void, undefined> {
    const visible = new Uint16Array(DIRECTIONS.length * ROWS);
    const { blocks } = this.#occupancy;
    const squares = new Squares(maker, colors);
    for (let slot = 0; slot < blocks.length; slot++) {
      checkInterrupt();
      if (!this.#occupancy.visible(slot, visible)) continue;
      const faces = countBits(visible);
      const full = maker.reserve(faces * 4, faces * 2);
      if (full !== undefined) yield full;
      const { x, y, z, data } = blocks[slot]!;
      squares.begin(x, y, z);
      squares.add(visible, signedWords(data));
    }
    const last = maker.take();
    if (last !== undefined) yield last;
  }
}

/** Adds the squares of one block after another. */
class Squares {
  readonly #maker: PieceMaker;
  readonly #colors: ColorNumbers;
  /** For each direction and corner the last vertex there + 1, and its paint. */
  readonly #numbers = new Int32Array(DIRECTIONS.length * PLACES);
  readonly #paints = new Int32Array(DIRECTIONS.length * PLACES);
  /** Vertices that there were before this block: such numbers are of other places. */
  #first = 0;
  /** The coordinates of the block's corners along each axis. */
  readonly #xs = new Float32Array(SIDE);
  readonly #ys = new Float32Array(SIDE);
  readonly #zs = new Float32Array(SIDE);
  readonly #normals: Float32Array;

  constructor(maker: PieceMaker, colors: ColorNumbers) {
    this.#maker = maker;
    this.#colors = colors;
    this.#normals = Float32Array.from(DIRECTIONS.flatMap((one) => maker.direction(one)));
  }

  begin(x: number, y: number, z: number): void {
    const maker = this.#maker;
    this.#first = maker.count;
    for (let i = 0; i < SIDE; i++) {
      this.#xs[i] = maker.along(0, x + i);
      this.#ys[i] = maker.along(1, y + i);
      this.#zs[i] = maker.along(2, z + i);
    }
  }

  add(visible: Uint16Array, data: Int32Array): void {
    let color = 0;
    let paint = -1;
    for (let row = 0; row < ROWS; row++) {
      const back = visible[row]!;
      const front = visible[ROWS + row]!;
      const bottom = visible[2 * ROWS + row]!;
      const top = visible[3 * ROWS + row]!;
      const right = visible[4 * ROWS + row]!;
      const left = visible[5 * ROWS + row]!;
      const [y, z] = [row & 15, row >> 4];
      for (let rest = back | front | bottom | top | right | left; rest !== 0; rest &= rest - 1) {
        const x = 31 - Math.clz32(rest & -rest);
        const rgba = data[row * 16 + x]!;
        if (rgba !== color || paint < 0) {
          color = rgba;
          paint = this.#colors.number(rgba);
        }
        const sides =
          ((back >> x) & 1) |
          (((front >> x) & 1) << 1) |
          (((bottom >> x) & 1) << 2) |
          (((top >> x) & 1) << 3) |
          (((right >> x) & 1) << 4) |
          (((left >> x) & 1) << 5);
        this.#addSquares(sides, x, y, z, paint);
      }
    }
  }

  /** The squares of one voxel; bit d of `sides` is the one in direction d. */
  #addSquares(sides: number, x: number, y: number, z: number, paint: number): void {
    const maker = this.#maker;
    const numbers = this.#numbers;
    const paints = this.#paints;
    const { triangles } = maker;
    // Vertices without paint are the same in all colours.
    const own = maker.words > PAINT_AT ? paint : 0;
    const voxel = x + y * SIDE + z * SIDE * SIDE;
    for (let rest = sides; rest !== 0; rest &= rest - 1) {
      const direction = 31 - Math.clz32(rest & -rest);
      const to = maker.triangles_at;
      for (let corner = 0; corner < 4; corner++) {
        const place = voxel + CORNER_PLACES[direction * 4 + corner]!;
        let number = numbers[place]!;
        if (number <= this.#first || paints[place] !== own) {
          number = this.#addVertex(direction, corner, x, y, z, own);
          numbers[place] = number;
          paints[place] = own;
        }
        triangles[to + corner + (corner === 3 ? 1 : 0)] = number - 1;
      }
      triangles[to + 3] = triangles[to + 2]!;
      triangles[to + 5] = triangles[to]!;
      maker.endTriangles(paint, 2);
    }
  }

  /** Gives the vertex's number + 1. */
  #addVertex(
    direction: number,
    corner: number,
    x: number,
    y: number,
    z: number,
    paint: number,
  ): number {
    const maker = this.#maker;
    const { at, floats, y_at, z_at } = maker;
    const from = direction * 12 + corner * 3;
    floats[at] = this.#xs[x + CORNERS[from]!]!;
    floats[at + y_at] = this.#ys[y + CORNERS[from + 1]!]!;
    floats[at + z_at] = this.#zs[z + CORNERS[from + 2]!]!;
    const normals = this.#normals;
    floats[at + 3] = normals[direction * 3]!;
    floats[at + 4] = normals[direction * 3 + 1]!;
    floats[at + 5] = normals[direction * 3 + 2]!;
    return maker.endVertex(paint);
  }
}

/** How many bits of all words are set. */
function countBits(words: Uint16Array): number {
  let sum = 0;
  for (let i = 0; i < words.length; i += 2) {
    let bits = words[i]! | (words[i + 1]! << 16);
    bits -= (bits >>> 1) & 0x5555_5555;
    bits = (bits & 0x3333_3333) + ((bits >>> 2) & 0x3333_3333);
    bits = (bits + (bits >>> 4)) & 0x0f0f_0f0f;
    sum += Math.imul(bits, 0x0101_0101) >>> 24;
  }
  return sum;
}
