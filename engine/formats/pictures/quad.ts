/**
 * A picture on a quad in space, as Goxel shows an image layer, made into voxels: one for each place
 * where the quad lies, one voxel thick, its colour and alpha that of the pixel there. The matrix of
 * the quad takes the square from -0.5 to 0.5 in x and y to where it lies, the first row of pixels
 * at y = 0.5; so its first two columns are its width and its height, its origin is its middle.
 *
 * A column of voxels along the axis that the quad faces most is met once, at the middle of the
 * column, so that a picture that is enlarged or turned has no holes.
 */

import { GoxError } from '../../../conf/errors.ts';
import type { Image } from '../../image/png.ts';
import { checkInterrupt } from '../../interrupt.ts';
import type { Vec3 } from '../../volume/box.ts';
import type { Matrix } from '../../volume/matrix.ts';
import { requireBlocks } from '../../volume/reach.ts';
import type { VoxelBuilder } from '../voxel-builder.ts';

/** Looked at in a few seconds. */
const COLUMNS_MAX = 2 ** 28;

/**
 * How far from the middle of a column the quad is met, in voxels, to the right, down, and forward
 * of it: what lies exactly between two pixels, or voxels, is taken for the next one then, whichever
 * way float32 has rounded the matrix.
 */
const NUDGE = 2 ** -10;

/** The quad of a picture whose pixels are voxels, seen from the front or from above. */
export function pixelQuad({ width, height }: PictureSize, plane: Plane): Matrix {
  const x = width / 2 - Math.floor(width / 2);
  const y = height / 2 - Math.floor(height / 2);
  const middle: Vec3 = plane === 'lying' ? [x, y, 0] : [x, 0, height / 2];
  return quadAround(middle, width, height, plane);
}

export type Plane = 'upright' | 'lying';

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** A quad around a point, along the axes of the world; sizes in voxels. */
export function quadAround(middle: Vec3, width: number, height: number, plane: Plane): Matrix {
  const up = plane === 'lying' ? [0, height, 0, 0, 0, 0, 1, 0] : [0, 0, height, 0, 0, -1, 0, 0];
  return Float32Array.of(width, 0, 0, 0, ...up, ...middle, 1);
}

/**
 * Draws a picture on a quad; a flat one, or one of numbers that are not finite, shows nothing.
 * Throws GOX_MEMORY_LIMIT when it leaves the coordinates there are, or covers too much.
 */
export function drawQuad(image: Image, quad: Matrix, voxels: VoxelBuilder): void {
  const normal = [1, 2, 0].map((i) => {
    const j = (i + 1) % 3;
    return quad[i]! * quad[4 + j]! - quad[j]! * quad[4 + i]!;
  });
  const most = Math.max(...normal.map(Math.abs));
  if (!(most > 0 && Number.isFinite(most)) || !quad.every(Number.isFinite)) return;
  const up = normal.findIndex((value) => Math.abs(value) === most);
  const [a, b] = up === 0 ? [1, 2] : up === 1 ? [0, 2] : [0, 1];
  requireRoom(quad, a!, b!);
  const sheet = new Sheet(image, quad, a!, b!, up);
  const [low, end] = [around(quad, b!, -1), around(quad, b!, 1)];
  for (let row = low; row < end; row++) sheet.drawRow(row, voxels);
}

/** The first whole place of a quad on an axis, or the one behind its last. */
function around(quad: Matrix, axis: number, side: -1 | 1): number {
  const reach = (Math.abs(quad[axis]!) + Math.abs(quad[4 + axis]!)) / 2;
  return Math.floor(quad[12 + axis]! + side * (reach + 1)) + (side > 0 ? 1 : 0);
}

function requireRoom(quad: Matrix, a: number, b: number): void {
  const corner = (side: -1 | 1): Vec3 => [
    around(quad, 0, side),
    around(quad, 1, side),
    around(quad, 2, side),
  ];
  const [min, max] = [corner(-1), corner(1)];
  requireBlocks(min, max, Number.POSITIVE_INFINITY);
  const columns = (max[a]! - min[a]!) * (max[b]! - min[b]!);
  if (columns <= COLUMNS_MAX) return;
  const message =
    `The picture would lie over ${columns} columns of voxels; ${COLUMNS_MAX} are possible. Make` +
    ' it smaller.';
  throw new GoxError('GOX_MEMORY_LIMIT', message, { columns, columns_max: COLUMNS_MAX });
}

/** A picture on its quad, seen along the axis `up`; `a` and `b` are the other two. */
class Sheet {
  readonly #image: Image;
  readonly #words: DataView;
  readonly #quad: Matrix;
  readonly #axes: readonly [a: number, b: number, up: number];
  /** Of the picture's two axes: parts of it for one voxel along a and along b. */
  readonly #u: readonly [a: number, b: number];
  readonly #v: readonly [a: number, b: number];
  readonly #nudge: readonly [u: number, v: number];
  readonly #from: number;
  readonly #to: number;

  constructor(image: Image, quad: Matrix, a: number, b: number, up: number) {
    const { rgba } = image;
    this.#image = image;
    this.#words = new DataView(rgba.buffer, rgba.byteOffset, rgba.byteLength);
    this.#quad = quad;
    this.#axes = [a, b, up];
    const area = quad[a]! * quad[4 + b]! - quad[b]! * quad[4 + a]!;
    this.#u = [quad[4 + b]! / area, -quad[4 + a]! / area];
    this.#v = [-quad[b]! / area, quad[a]! / area];
    const length = (at: number) => Math.hypot(quad[at]!, quad[at + 1]!, quad[at + 2]!);
    this.#nudge = [NUDGE / length(0), NUDGE / length(4)];
    this.#from = around(quad, a, -1);
    this.#to = around(quad, a, 1);
  }

  /** Draws the places of one row along a. */
  drawRow(row: number, voxels: VoxelBuilder): void {
    checkInterrupt();
    const [a, b, up] = this.#axes;
    const { width, height } = this.#image;
    const quad = this.#quad;
    const at = [0, 0, 0];
    at[b] = row;
    const db = row + 0.5 - quad[12 + b]!;
    for (let place = this.#from; place < this.#to; place++) {
      const da = place + 0.5 - quad[12 + a]!;
      const u = this.#u[0] * da + this.#u[1] * db;
      const v = this.#v[0] * da + this.#v[1] * db;
      const x = Math.floor((u + 0.5 + this.#nudge[0]) * width);
      const y = Math.floor((0.5 - v + this.#nudge[1]) * height);
      if (!(x >= 0 && y >= 0 && x < width && y < height)) continue;
      const word = this.#words.getUint32((y * width + x) * 4, true);
      if (word <= 0xff_ffff) continue;
      at[a] = place;
      at[up] = Math.floor(quad[12 + up]! + u * quad[up]! + v * quad[4 + up]! + NUDGE);
      voxels.set(at[0]!, at[1]!, at[2]!, word);
    }
  }
}
