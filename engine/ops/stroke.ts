/**
 * A stroke of the brush, as Goxel's brush makes it: stamps of a shape along a path, joined by the
 * greatest coverage of each voxel, and then merged into the volume as a whole, in the painter's
 * mode, as a volume of its colour would be. So stamps that overlap do not darken each other, and
 * intersect, intersect_fill and mult_alpha remove what the whole stroke does not cover.
 *
 * The first stamp stands at the first point. From each point to the next, d voxels away, there are
 * ceil(d / 2r) more, equally far from each other, the last of them at that point; r is half the
 * side of a stamp. With symmetry each comes with its mirror images.
 */

import { GoxError } from '../../conf/errors.ts';
import { checkInterrupt } from '../interrupt.ts';
import { BLOCK_SIZE, BLOCK_VOXELS, newBlockData } from '../volume/block.ts';
import { BlockIndex } from '../volume/block-index.ts';
import type { Box, Vec3 } from '../volume/box.ts';
import type { Matrix } from '../volume/matrix.ts';
import { requireBlocks } from '../volume/reach.ts';
import type { Volume } from '../volume/volume.ts';
import { addsVoxels, combineBlocks, EMPTY_BLOCK, keepsOnlyCovered } from './combine.ts';
import { PAINT_BLOCKS_MAX, type Painter } from './paint.ts';
import { coveredOf, drawBlock } from './shape-block.ts';
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

export interface Path {
  /** One or more; the brush goes straight from each to the next. */
  readonly points: readonly Vec3[];
  /** Half the side of the box that each stamp fills. */
  readonly radius: number;
  /** Along which cylinders stand. */
  readonly axis: 0 | 1 | 2;
}

/** A path of as many voxels with Goxel's smallest brush. */
export const STAMPS_MAX = 65_536;

/** Blocks drawn into, summed over all stamps; so many take some seconds where it takes longest. */
export const VISITS_MAX = 2 ** 19;

const WHITE = 0xffff_ffff;

/** The coverage of a block that is covered wholly, shared by all of them. */
const FULL = new Uint8Array(BLOCK_VOXELS).fill(255);

/** How many stamps a path gets, those of symmetry not counted. */
export function stampsOn({ points, radius }: Path): number {
  let count = 1;
  for (let i = 1; i < points.length; i++) count += stepsOf(points[i - 1]!, points[i]!, radius);
  return count;
}

/** How many blocks of a volume a stroke draws into, each as often as a stamp touches it. */
export function visitsOf(volume: Volume, path: Path, painter: Painter): number {
  const adds = addsVoxels(painter.mode);
  let visits = 0;
  for (const { region } of stamps(path, painter)) {
    const blocks = blocksIn(region.min, region.max);
    visits += adds ? blocks : Math.min(blocks, volume.blockCount);
    if (visits > VISITS_MAX) break;
  }
  return visits;
}

/**
 * Makes a stroke of at most `STAMPS_MAX` stamps. Throws GOX_MEMORY_LIMIT, before anything is
 * changed, when a mode that adds voxels would touch more blocks than the volume's `blocks_max`, or
 * leave the coordinates there are.
 */
export function paintStroke(volume: Volume, path: Path, painter: Painter): void {
  const { mode, shape, color, smoothness } = painter;
  const adds = addsVoxels(mode);
  const cover = new Cover(volume, adds);
  for (const { box, region } of stamps(path, painter)) {
    // Of the whole stamp: what it covers beyond the clip box makes a block a covered one, too.
    const reach = smoothness > 0 ? touched(box) : around(box);
    const solid = solidIn(shape, box, smoothness);
    if (solid === undefined) continue;
    if (adds) {
      const blocks_max = Math.min(volume.blocks_max, PAINT_BLOCKS_MAX);
      requireBlocks(region.min, region.max, blocks_max);
    }
    for (const [x, y, z] of cornersIn(volume, region, adds)) cover.add(solid, reach, x, y, z);
  }
  const clip = painter.clip === undefined ? EVERYWHERE : clipOf(painter.clip);
  if (keepsOnlyCovered(mode)) {
    for (const [x, y, z] of cornersIn(volume, clip, false)) {
      if (!cover.has(x, y, z)) lay(volume, x, y, z, EMPTY_BLOCK, mode, clip);
    }
  }
  layCover(volume, cover, mode, color, clip);
}

/** A box matrix for each stamp, and the blocks that it touches inside the clip box. */
function* stamps(
  { points, radius, axis }: Path,
  { shape, symmetry, symmetryOrigin, clip }: Painter,
): Generator<{ box: Matrix; region: Box }> {
  const inside = clip === undefined ? EVERYWHERE : clipOf(clip);
  // Only a cylinder has an axis; the others are drawn faster along the world's.
  const up = shape === 'cylinder' ? axis : 2;
  for (const at of along(points, radius)) {
    for (const box of mirrors(stampAt(at, radius, up), symmetry, symmetryOrigin)) {
      const region = common(touched(box), inside);
      if (region.min.every((low, k) => low < region.max[k]!)) yield { box, region };
    }
  }
}

function* along(points: readonly Vec3[], radius: number): Generator<Vec3> {
  yield points[0]!;
  for (let i = 1; i < points.length; i++) {
    const [from, to] = [points[i - 1]!, points[i]!];
    const steps = stepsOf(from, to, radius);
    for (let step = 1; step <= steps; step++) {
      checkInterrupt();
      const share = step / steps;
      const between = (k: 0 | 1 | 2) => from[k] * (1 - share) + to[k] * share;
      yield [between(0), between(1), between(2)];
    }
  }
}

function stepsOf(from: Vec3, to: Vec3, radius: number): number {
  return Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1], to[2] - from[2]) / (2 * radius));
}

/** A box of equal sides around a point, its own Z axis along an axis of the world. */
function stampAt(at: Vec3, radius: number, axis: 0 | 1 | 2): Matrix {
  const box = new Float32Array(16);
  for (let column = 0; column < 3; column++) box[4 * column + ((column + axis + 1) % 3)] = radius;
  box.set([...at, 1], 12);
  return box;
}

/** How much of each voxel a stroke covers, in the blocks where it covers something. */
class Cover {
  readonly index = new BlockIndex();
  /** 0…255 by voxel, in the order of the index. */
  readonly blocks: Uint8Array[] = [];
  readonly #volume: Volume;
  readonly #adds: boolean;
  readonly #drawn = new Uint32Array(BLOCK_VOXELS);
  /** Blocks that the volume lacks. */
  #new = 0;

  /** @param adds whether blocks that the volume lacks are of interest */
  constructor(volume: Volume, adds: boolean) {
    this.#volume = volume;
    this.#adds = adds;
  }

  has(x: number, y: number, z: number): boolean {
    return this.index.find(x >> 4, y >> 4, z >> 4) >= 0;
  }

  /** Adds what a stamp, which covers nothing beyond its reach, covers of a block. */
  add(solid: Solid, reach: Box, x: number, y: number, z: number): void {
    checkInterrupt();
    const there = this.#volume.slotAt(x, y, z) >= 0;
    if (!there && !this.#adds) return;
    const covered = coveredOf(solid, x, y, z);
    if (covered === 'none') return;
    const slot = this.index.find(x >> 4, y >> 4, z >> 4);
    const before = this.blocks[slot];
    if (before === FULL) return;
    if (covered === 'all') {
      this.#put(slot, FULL, there, x, y, z);
      return;
    }
    drawBlock(solid, x, y, z, WHITE, this.#drawn);
    const block = before ?? new Uint8Array(BLOCK_VOXELS);
    const covers = raise(block, this.#drawn, reach, x, y, z);
    if (before === undefined && covers) this.#put(slot, block, there, x, y, z);
  }

  #put(slot: number, block: Uint8Array, there: boolean, x: number, y: number, z: number): void {
    if (slot >= 0) {
      this.blocks[slot] = block;
      return;
    }
    if (!there) this.#requireRoom(++this.#new);
    this.index.add(x >> 4, y >> 4, z >> 4);
    this.blocks.push(block);
  }

  #requireRoom(blocks: number): void {
    const { blockCount, blocks_max } = this.#volume;
    if (blockCount + blocks <= blocks_max) return;
    const free = blocks_max - blockCount;
    const message = `The stroke adds more than the ${free} blocks that are free.`;
    throw new GoxError('GOX_MEMORY_LIMIT', message, { blocks_max });
  }
}

/**
 * Raises the coverage of a block to that of a stamp, whose reach may be a voxel too small where
 * float32 rounds; says whether that raised any.
 */
function raise(
  block: Uint8Array,
  drawn: Uint32Array,
  { min, max }: Box,
  x: number,
  y: number,
  z: number,
): boolean {
  const [x0, x1] = [Math.max(min[0] - 1 - x, 0), Math.min(max[0] + 1 - x, BLOCK_SIZE)];
  const [y0, y1] = [Math.max(min[1] - 1 - y, 0), Math.min(max[1] + 1 - y, BLOCK_SIZE)];
  const [z0, z1] = [Math.max(min[2] - 1 - z, 0), Math.min(max[2] + 1 - z, BLOCK_SIZE)];
  let raised = false;
  for (let k = z0; k < z1; k++) {
    for (let j = y0; j < y1; j++) {
      const row = (j << 4) | (k << 8);
      for (let i = row + x0; i < row + x1; i++) {
        const alpha = drawn[i]! >>> 24;
        if (alpha <= block[i]!) continue;
        block[i] = alpha;
        raised = true;
      }
    }
  }
  return raised;
}

/** Merges what a stroke covers into a volume, in a colour. */
function layCover(
  volume: Volume,
  { index, blocks }: Cover,
  mode: Painter['mode'],
  color: number,
  clip: Box,
): void {
  const rgb = color & 0xff_ffff;
  const words = Uint32Array.from({ length: 256 }, (_, covered) => {
    return (rgb | (Math.trunc((covered * (color >>> 24)) / 255) << 24)) >>> 0;
  });
  const full = newBlockData().fill(color);
  const source = new Uint32Array(BLOCK_VOXELS);
  for (const [slot, block] of blocks.entries()) {
    const { x, y, z } = index.position(slot);
    const hides = block === FULL && color >>> 24 === 255 && addsVoxels(mode);
    if (hides && holdsBlock(clip, 16 * x, 16 * y, 16 * z)) {
      volume.setBlock(16 * x, 16 * y, 16 * z, full);
      continue;
    }
    for (let i = 0; i < BLOCK_VOXELS; i++) source[i] = words[block[i]!]!;
    lay(volume, 16 * x, 16 * y, 16 * z, source, mode, clip);
  }
}

/** Combines a block with words, but for what lies outside the clip box. */
function lay(
  volume: Volume,
  x: number,
  y: number,
  z: number,
  source: Uint32Array,
  mode: Painter['mode'],
  clip: Box,
): void {
  const below = volume.blockAt(x, y, z);
  if (below === undefined && !addsVoxels(mode)) return;
  const mixed = newBlockData();
  if (below === undefined) mixed.set(source);
  else combineBlocks(below, source, mode, mixed);
  if (!holdsBlock(clip, x, y, z)) keepOutside(clip, below, x, y, z, mixed);
  volume.giveBlock(x, y, z, mixed);
}
