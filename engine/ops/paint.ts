/**
 * Painting a solid into a volume, as Goxel's painter does: the colour's alpha times the coverage is
 * combined with every voxel that the painter visits.
 *
 * It visits the blocks that the box around the solid touches, whole, and with intersect,
 * intersect_fill the whole volume; in either case only voxels whose centre lies in the clip box. So
 * `max` gives its rgb to every voxel of the blocks touched, and a smooth edge ends where they do.
 * Goxel 0.15 looks for the blocks of sub, sub_clamp and mult_alpha up to a wrong z, and leaves out
 * some of the volume's blocks that are higher; here all are visited.
 */

import type { ShapeKind } from '../document/layer.ts';
import { BLOCK_SIZE, BLOCK_VOXELS, newBlockData } from '../volume/block.ts';
import type { Box, Vec3 } from '../volume/box.ts';
import type { Matrix } from '../volume/matrix.ts';
import { requireBlocks } from '../volume/reach.ts';
import type { Volume } from '../volume/volume.ts';
import { addsVoxels, type BlendMode, combineBlocks, EMPTY_BLOCK } from './combine.ts';
import { type Covered, coveredOf, drawBlock, drawRows, hasRows } from './shape-block.ts';
import { type Solid, solidIn } from './shape-solid.ts';

export interface Painter {
  /** With `replace`, voxels that the solid covers become the colour with the alpha of its edge. */
  readonly mode: BlendMode;
  readonly shape: ShapeKind;
  /** Packed. */
  readonly color: number;
  /** Width of the soft edge, in voxels; 0 for none. */
  readonly smoothness: number;
  /** Mirrors: bit 1 along X, 2 along Y, 4 along Z; the box is painted once for each combination. */
  readonly symmetry: number;
  readonly symmetryOrigin: Vec3;
  /** Only voxels whose centre lies in [min, max) are changed. */
  readonly clip?: Box;
}

const EVERYWHERE: Box = {
  min: [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
  max: [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
};

/** 64 GiB of blocks: how far a volume without a limit of its own may be painted. */
const BLOCKS_MAX = 2 ** 22;

/**
 * Paints a shape in a box matrix, any that has an inverse; a flat box, or one of numbers that are
 * not finite, paints nothing. Throws GOX_MEMORY_LIMIT when a mode that adds voxels would touch more
 * blocks than the volume's `blocks_max`, or leave the coordinates there are.
 */
export function paintShape(volume: Volume, box: Matrix, painter: Painter): void {
  for (const mirrored of mirrors(box, painter.symmetry, painter.symmetryOrigin)) {
    paintOnce(volume, mirrored, painter);
  }
}

/** The mirrored boxes first, the box itself last. */
function mirrors(box: Matrix, symmetry: number, origin: Vec3): Matrix[] {
  const boxes: Matrix[] = [];
  for (let axis = 0; axis < 3; axis++) {
    if ((symmetry & (1 << axis)) === 0) continue;
    const rest = symmetry & ~((2 << axis) - 1);
    boxes.push(...mirrors(reflected(box, axis, origin[axis]!), rest, origin));
  }
  return [...boxes, box];
}

function reflected(box: Matrix, axis: number, origin: number): Matrix {
  const mirrored = box.slice();
  for (let column = 0; column < 12; column += 4) mirrored[column + axis] = 0 - box[column + axis]!;
  mirrored[12 + axis] = 2 * Math.fround(origin) - box[12 + axis]!;
  return mirrored;
}

function paintOnce(volume: Volume, box: Matrix, painter: Painter): void {
  const { mode, shape, color, smoothness } = painter;
  const solid = solidIn(shape, box, smoothness);
  if (solid === undefined) return;
  // What the solid does not cover stays with these two, and a clear colour covers nothing.
  if (color >>> 24 === 0 && (mode === 'mult_alpha' || mode === 'replace')) return;
  const edges = smoothness > 0 || mode === 'max';
  const clip = painter.clip === undefined ? EVERYWHERE : clipOf(painter.clip);
  const everywhere = mode === 'intersect' || mode === 'intersect_fill';
  const region = everywhere ? clip : common(edges ? touched(box) : around(box), clip);
  if (region.min.some((low, axis) => low >= region.max[axis]!)) return;
  if (addsVoxels(mode)) {
    requireBlocks(region.min, region.max, Math.min(volume.blocks_max, BLOCKS_MAX));
  }
  const brush = new Brush(volume, solid, painter, clip);
  for (const [x, y, z] of cornersIn(volume, region, addsVoxels(mode))) brush.paint(x, y, z);
}

/** What one painting of a solid keeps for all its blocks. */
class Brush {
  readonly #volume: Volume;
  readonly #solid: Solid;
  readonly #mode: BlendMode;
  readonly #color: number;
  readonly #clip: Box;
  readonly #source = new Uint32Array(BLOCK_VOXELS);
  /** A block that is all of the colour, shared by all places that become so. */
  #full: Uint32Array | undefined;

  constructor(volume: Volume, solid: Solid, { mode, color }: Painter, clip: Box) {
    this.#volume = volume;
    this.#solid = solid;
    this.#mode = mode;
    this.#color = color >>> 0;
    this.#clip = clip;
  }

  /** Paints the block with a minimum corner. */
  paint(x: number, y: number, z: number): void {
    const covered = coveredOf(this.#solid, x, y, z);
    const mode = this.#mode;
    const below = this.#volume.blockAt(x, y, z);
    const inside = this.#isInside(x, y, z);
    if (covered === 'none' && (below === undefined || ignoresUncovered(mode))) return;
    if (below === undefined && !addsVoxels(mode)) return;
    if (inside && this.#paintWhole(covered, below, x, y, z)) return;
    if (inside && covered === 'some' && this.#hidesWholly && hasRows(this.#solid)) {
      const drawn = newBlockData();
      if (below !== undefined) drawn.set(below);
      drawRows(this.#solid, x, y, z, this.#color, drawn);
      this.#volume.setBlock(x, y, z, drawn);
      return;
    }
    const source = this.#source;
    if (covered === 'all') source.fill(this.#color);
    else if (covered === 'none') source.fill(this.#color & 0xff_ffff);
    else drawBlock(this.#solid, x, y, z, this.#color, source);
    const mixed = newBlockData();
    combineBlocks(below ?? EMPTY_BLOCK, source, mode, mixed);
    if (mode === 'mult_alpha' || mode === 'replace') keepUncovered(below, source, mixed);
    if (!inside) this.#keepOutside(below, x, y, z, mixed);
    this.#volume.setBlock(x, y, z, mixed);
  }

  /** Does without words where a block becomes all one colour, all empty, or stays as it is. */
  #paintWhole(
    covered: Covered,
    below: Uint32Array | undefined,
    x: number,
    y: number,
    z: number,
  ): boolean {
    const mode = this.#mode;
    const opaque = this.#color >>> 24 === 255;
    if (covered === 'none') {
      if (mode === 'max') return false;
      // Of the modes that notice what is not covered, the others keep nothing of it.
      this.#volume.setBlock(x, y, z, EMPTY_BLOCK);
      return true;
    }
    if (covered === 'some') return false;
    if (addsVoxels(mode) && (opaque || below === undefined || mode === 'replace')) {
      this.#full ??= newBlockData().fill(this.#color);
      this.#volume.setBlock(x, y, z, this.#full);
      return true;
    }
    if (!opaque) return false;
    if (mode === 'sub' || mode === 'sub_clamp') this.#volume.setBlock(x, y, z, EMPTY_BLOCK);
    return mode === 'sub' || mode === 'sub_clamp' || mode === 'intersect' || mode === 'mult_alpha';
  }

  /** Whether a voxel that is wholly covered becomes the colour, and any other stays as it is. */
  get #hidesWholly(): boolean {
    return this.#mode === 'replace' || (this.#mode === 'over' && this.#color >>> 24 === 255);
  }

  #isInside(x: number, y: number, z: number): boolean {
    const { min, max } = this.#clip;
    if (x < min[0] || y < min[1] || z < min[2]) return false;
    return x + BLOCK_SIZE <= max[0] && y + BLOCK_SIZE <= max[1] && z + BLOCK_SIZE <= max[2];
  }

  /** Puts back what lies outside the clip box. */
  #keepOutside(
    below: Uint32Array | undefined,
    x: number,
    y: number,
    z: number,
    mixed: Uint32Array,
  ): void {
    const { min, max } = this.#clip;
    const old = below ?? EMPTY_BLOCK;
    for (let i = 0; i < BLOCK_VOXELS; i++) {
      const [vx, vy, vz] = [x + (i & 15), y + ((i >> 4) & 15), z + (i >> 8)];
      const inside =
        vx >= min[0] && vy >= min[1] && vz >= min[2] && vx < max[0] && vy < max[1] && vz < max[2];
      if (!inside) mixed[i] = old[i]!;
    }
  }
}

/** Whether a mode leaves a voxel as it is that the solid does not cover. */
function ignoresUncovered(mode: BlendMode): boolean {
  return mode !== 'max' && mode !== 'intersect' && mode !== 'intersect_fill';
}

function keepUncovered(
  below: Uint32Array | undefined,
  source: Uint32Array,
  mixed: Uint32Array,
): void {
  for (let i = 0; i < BLOCK_VOXELS; i++) {
    if (source[i]! <= 0xff_ffff) mixed[i] = below === undefined ? 0 : below[i]!;
  }
}

/**
 * The minimum corners of the blocks in a region, x fastest, then y, then z. Unless `absent`, those
 * that the volume has are enough, in any order.
 */
function* cornersIn(volume: Volume, { min, max }: Box, absent: boolean): Generator<Vec3> {
  if (!absent && !(blocksIn(min, max) <= volume.blockCount)) {
    const corners = [...volume.blocks()].map(({ x, y, z }): Vec3 => [x, y, z]);
    for (const corner of corners) {
      const [x, y, z] = corner;
      if (x >= max[0] || y >= max[1] || z >= max[2]) continue;
      if (x + BLOCK_SIZE > min[0] && y + BLOCK_SIZE > min[1] && z + BLOCK_SIZE > min[2]) {
        yield corner;
      }
    }
    return;
  }
  for (let z = blockFloor(min[2]); z < max[2]; z += BLOCK_SIZE) {
    for (let y = blockFloor(min[1]); y < max[1]; y += BLOCK_SIZE) {
      for (let x = blockFloor(min[0]); x < max[0]; x += BLOCK_SIZE) yield [x, y, z];
    }
  }
}

/** Also of boxes that leave the coordinates there are. */
function blocksIn(min: Vec3, max: Vec3): number {
  const along = (axis: 0 | 1 | 2) => (max[axis] - min[axis]) / BLOCK_SIZE + 1;
  return along(0) * along(1) * along(2);
}

function blockFloor(value: number): number {
  return Math.floor(value / BLOCK_SIZE) * BLOCK_SIZE;
}

/** The whole voxels around a box matrix, in float32 as Goxel reckons them. */
function around(m: Matrix): Box {
  const f32 = Math.fround;
  const reach = (axis: 0 | 1 | 2) =>
    f32(f32(Math.abs(m[axis]!) + Math.abs(m[4 + axis]!)) + Math.abs(m[8 + axis]!));
  const low = (axis: 0 | 1 | 2) => Math.floor(f32(m[12 + axis]! - reach(axis)));
  const high = (axis: 0 | 1 | 2) => Math.ceil(f32(m[12 + axis]! + reach(axis)));
  return { min: [low(0), low(1), low(2)], max: [high(0), high(1), high(2)] };
}

/** The whole blocks that a box matrix touches; its far sides belong to it. */
function touched(m: Matrix): Box {
  const { min, max } = around(m);
  const low = (axis: 0 | 1 | 2) => blockFloor(min[axis]);
  const high = (axis: 0 | 1 | 2) => blockFloor(max[axis]) + BLOCK_SIZE;
  return { min: [low(0), low(1), low(2)], max: [high(0), high(1), high(2)] };
}

/** The voxels whose centres lie in a clip box. */
function clipOf({ min, max }: Box): Box {
  const centred = ([x, y, z]: Vec3): Vec3 => [
    Math.ceil(x - 0.5),
    Math.ceil(y - 0.5),
    Math.ceil(z - 0.5),
  ];
  return { min: centred(min), max: centred(max) };
}

function common(a: Box, b: Box): Box {
  const low = (axis: 0 | 1 | 2) => Math.max(a.min[axis], b.min[axis]);
  const high = (axis: 0 | 1 | 2) => Math.min(a.max[axis], b.max[axis]);
  return { min: [low(0), low(1), low(2)], max: [high(0), high(1), high(2)] };
}
