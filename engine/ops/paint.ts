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

import { GoxError } from '../../conf/errors.ts';
import type { ShapeKind } from '../document/layer.ts';
import { BLOCK_VOXELS, newBlockData } from '../volume/block.ts';
import type { Box, Vec3 } from '../volume/box.ts';
import { blocksOfVoxels, requireLeast, voxelsOfFigure } from '../volume/least.ts';
import type { Matrix } from '../volume/matrix.ts';
import { requireReach } from '../volume/reach.ts';
import type { Volume } from '../volume/volume.ts';
import { addsVoxels, type BlendMode, combineBlocks, EMPTY_BLOCK } from './combine.ts';
import { type Covered, coveredOf, drawBlock, drawRows, hasRows } from './shape-block.ts';
import { type Solid, solidIn } from './shape-solid.ts';
import {
  around,
  blocksIn,
  clipOf,
  common,
  cornersIn,
  EVERYWHERE,
  holdsBlock,
  keepOutside,
  mirrors,
  touched,
} from './visited.ts';

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

/** 64 GiB of blocks: how far a volume without a limit of its own may be painted. */
export const PAINT_BLOCKS_MAX = 2 ** 22;

/**
 * So many blocks are looked at for each that may be had, and so many in any case: a thin solid has
 * few of its box.
 */
const VISITS = 16;
const VISITS_MIN = 0x1_0000;

/**
 * Paints a shape in a box matrix, any that has an inverse; a flat box, or one of numbers that are
 * not finite, paints nothing. Throws GOX_MEMORY_LIMIT when a mode that adds voxels would touch more
 * blocks than the volume's `blocks_max`, or leave the coordinates there are.
 */
export function paintShape(volume: Volume, box: Matrix, painter: Painter): void {
  const boxes = mirrors(box, painter.symmetry, painter.symmetryOrigin);
  const { color, mode } = painter;
  if (color >>> 24 !== 0 && addsVoxels(mode)) {
    requireLeast(leastOfAll(boxes, painter), volume.blocks_max, 'The shape');
  }
  for (const mirrored of boxes) paintOnce(volume, mirrored, painter);
}

/** The fewest blocks of those images that have no block in common. */
function leastOfAll(boxes: readonly Matrix[], painter: Painter): number {
  const apart: Box[] = [];
  let blocks = 0;
  for (const box of boxes) {
    const { min, max } = touched(box);
    const meets = (one: Box) =>
      min.every((low, i) => low < one.max[i]!) && max.every((high, i) => high > one.min[i]!);
    if (apart.some(meets)) continue;
    apart.push({ min, max });
    blocks += leastOf(box, painter);
  }
  return blocks;
}

/** Of the volume of a figure, in half sizes of its box. */
const VOLUMES = { cube: 8, sphere: (4 / 3) * Math.PI, cylinder: 2 * Math.PI } as const;

function leastOf(box: Matrix, { shape, smoothness, clip }: Painter): number {
  const solid = solidIn(shape, box, smoothness);
  if (solid?.bounded !== true) return 0;
  const { sx, sy, sz } = solid;
  const inside = common(around(box), clip === undefined ? EVERYWHERE : clipOf(clip));
  if (shape === 'cube' && solid.aligned) {
    // Where the box ends within a voxel, or is soft, that may stay empty.
    const soft = Math.ceil(smoothness) + 1;
    const low = inside.min.map((value) => value + soft) as unknown as Vec3;
    const high = inside.max.map((value) => value - soft) as unknown as Vec3;
    return low.every((value, i) => value < high[i]!) ? blocksIn(low, high) : 0;
  }
  if (clip !== undefined) return 0;
  const [a, b, c] = [sx - smoothness, sy - smoothness, sz - smoothness];
  if (Math.min(a, b, c) <= 0) return 0;
  return blocksOfVoxels(voxelsOfFigure(VOLUMES[shape] * a * b * c, Math.min(a, b, c)));
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
    requireReach(region.min, region.max);
    requireVisits(region, Math.min(volume.blocks_max, PAINT_BLOCKS_MAX) * VISITS + VISITS_MIN);
  }
  const brush = new Brush(volume, solid, painter, clip);
  for (const [x, y, z] of cornersIn(volume, region, addsVoxels(mode))) brush.paint(x, y, z);
}

function requireVisits({ min, max }: Box, visits_max: number): void {
  const visits = blocksIn(min, max);
  if (visits <= visits_max) return;
  const message = `The box around the shape has ${visits} blocks; ${visits_max} are looked at.`;
  throw new GoxError('GOX_MEMORY_LIMIT', message, { visits, visits_max });
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
    const inside = holdsBlock(this.#clip, x, y, z);
    if (covered === 'none' && (below === undefined || ignoresUncovered(mode))) return;
    if (below === undefined && !addsVoxels(mode)) return;
    if (inside && this.#paintWhole(covered, below, x, y, z)) return;
    if (inside && covered === 'some' && this.#hidesWholly && hasRows(this.#solid)) {
      const drawn = newBlockData();
      if (below !== undefined) drawn.set(below);
      drawRows(this.#solid, x, y, z, this.#color, drawn);
      this.#volume.giveBlock(x, y, z, drawn);
      return;
    }
    const source = this.#source;
    if (covered === 'all') source.fill(this.#color);
    else if (covered === 'none') source.fill(this.#color & 0xff_ffff);
    else drawBlock(this.#solid, x, y, z, this.#color, source);
    const mixed = newBlockData();
    combineBlocks(below ?? EMPTY_BLOCK, source, mode, mixed);
    if (mode === 'mult_alpha' || mode === 'replace') keepUncovered(below, source, mixed);
    if (!inside) keepOutside(this.#clip, below, x, y, z, mixed);
    this.#volume.giveBlock(x, y, z, mixed);
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
