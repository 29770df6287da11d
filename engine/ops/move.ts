/**
 * A volume moved by a matrix, as Goxel moves one: the voxel at p becomes the source's voxel at
 * round(M⁻¹·p), in integer corner coordinates, half rounded away from zero, nothing blended. The
 * sum of each coordinate starts from the origin, then z, y and x.
 */

import { GoxError } from '../../conf/errors.ts';
import { checkInterrupt } from '../interrupt.ts';
import { BLOCK_SIZE, BLOCK_VOXELS, newBlockData } from '../volume/block.ts';
import { BlockIndex } from '../volume/block-index.ts';
import type { Box, Vec3 } from '../volume/box.ts';
import { blocksOfVoxels, requireLeast, voxelsOfFigure } from '../volume/least.ts';
import { inverse, type Matrix, transform } from '../volume/matrix.ts';
import { COORDINATE_MAX, COORDINATE_MIN, requireReach } from '../volume/reach.ts';
import { Volume } from '../volume/volume.ts';
import {
  type Corner,
  sortedPositions,
  type Turn,
  turned,
  turnedBlocks,
  turnedBox,
  turnInto,
} from './turn.ts';

/** So many changed blocks are followed one by one, however small the volume is. */
const FEW_BLOCKS = 8;

/**
 * Beyond it float64 cannot tell a voxel from the next, so that where a place comes from would be
 * chance: a matrix with such an inverse leaves nothing, as one without any.
 */
const EXACT_MAX = 2 ** 40;

const isExact = (value: number) => Math.abs(value) <= EXACT_MAX;

/** Throws GOX_MEMORY_LIMIT when the result would touch more than `blocks_max` blocks. */
export function moved(source: Volume, matrix: Matrix, blocks_max: number): Volume {
  const back = inverse(matrix);
  const box = source.box();
  const target = new Volume();
  if (back === undefined || box === undefined || !matrix.every(Number.isFinite)) return target;
  if (!back.every(isExact)) return target;
  const turn = asTurn(box, matrix, back);
  if (turn !== undefined) return turned(source, turn, blocks_max);
  requireLeast(leastMoved(source, matrix, back), blocks_max, 'The moved layer');
  const positions = sortedPositions(reached(source.blocks(), matrix, blocks_max));
  target.blocks_max = blocks_max;
  sampleInto(target, source, back, positions);
  target.blocks_max = Number.POSITIVE_INFINITY;
  return target;
}

/**
 * The fewest blocks of the moved volume: each whole block and each voxel of the others becomes a
 * slanted box around a ball, whose radius is half the least that the matrix makes of its side.
 */
function leastMoved(source: Volume, matrix: Matrix, back: Float64Array): number {
  const product = (i: number, j: number) =>
    matrix[i]! * matrix[j]! + matrix[i + 1]! * matrix[j + 1]! + matrix[i + 2]! * matrix[j + 2]!;
  const square = Math.abs(product(0, 4)) + Math.abs(product(0, 8)) + Math.abs(product(4, 8));
  const lengths = [0, 4, 8].map((column) => Math.sqrt(product(column, column)));
  // Of columns that are not at right angles only a bound: the norm of the inverse by Frobenius.
  const norm = Math.hypot(...[0, 1, 2, 4, 5, 6, 8, 9, 10].map((i) => back[i]!));
  const shortest = square < SQUARE_MAX ? Math.min(...lengths) : 1 / norm;
  const size = Math.abs(determinant(matrix));
  let whole = 0;
  for (const { count } of source.blocks()) if (count === BLOCK_VOXELS) whole++;
  const others = source.count() - whole * BLOCK_VOXELS;
  const voxels =
    whole * voxelsOfFigure(size * BLOCK_VOXELS, (shortest * BLOCK_SIZE) / 2) +
    others * voxelsOfFigure(size, shortest / 2);
  return blocksOfVoxels(voxels * ROUNDING);
}

/** Float32 matrices are not more exact than this. */
const SQUARE_MAX = 1e-4;
const ROUNDING = 0.999;

function determinant(m: Matrix): number {
  return (
    m[0]! * (m[5]! * m[10]! - m[6]! * m[9]!) -
    m[4]! * (m[1]! * m[10]! - m[2]! * m[9]!) +
    m[8]! * (m[1]! * m[6]! - m[2]! * m[5]!)
  );
}

/**
 * Brings a moved volume up to date with blocks of its source that have changed (positions over 16,
 * three numbers each), which should be few. Tells whether it did: not at the end of the
 * coordinates. Throws GOX_MEMORY_LIMIT, half done, as `moved` does.
 */
export function movedBlocks(
  target: Volume,
  source: Volume,
  matrix: Matrix,
  changed: Int32Array,
  blocks_max: number,
): boolean {
  const back = inverse(matrix);
  if (back === undefined || !matrix.every(Number.isFinite)) return false;
  if (!back.every(isExact)) return false;
  if (changed.length === 0) return true;
  const corners = Array.from({ length: changed.length / 3 }, (_, i) => cornerAt(changed, i));
  const box = boxAround(corners);
  const turn = asTurn(box, matrix, back);
  target.blocks_max = blocks_max;
  try {
    if (turn === undefined) {
      const positions = sortedPositions(reached(corners, matrix, blocks_max));
      sampleInto(target, source, back, positions);
      return true;
    }
    const { min, max } = turnedBox(box, turn);
    if (min.some((value) => value < COORDINATE_MIN)) return false;
    if (max.some((value) => value > COORDINATE_MAX)) return false;
    turnInto(target, source, turn, sortedPositions(turnedBlocks(corners, turn)));
    return true;
  } finally {
    target.blocks_max = Number.POSITIVE_INFINITY;
    target.dropEmpty();
  }
}

/** Whether to follow changed blocks is much less work than to move all of a volume. */
export function areFew(changed: Int32Array, source: Volume): boolean {
  return changed.length / 3 <= Math.max(source.blockCount / 4, FEW_BLOCKS);
}

function cornerAt(positions: Int32Array, i: number): Corner {
  const at = i * 3;
  return { x: positions[at]! * 16, y: positions[at + 1]! * 16, z: positions[at + 2]! * 16 };
}

function boxAround(corners: readonly Corner[]): Box {
  const along = (axis: 'x' | 'y' | 'z') => corners.map((corner) => corner[axis]);
  const axes = [along('x'), along('y'), along('z')] as const;
  const low = (axis: 0 | 1 | 2) => axes[axis].reduce((a, b) => Math.min(a, b));
  const high = (axis: 0 | 1 | 2) => axes[axis].reduce((a, b) => Math.max(a, b)) + BLOCK_SIZE;
  return { min: [low(0), low(1), low(2)], max: [high(0), high(1), high(2)] };
}

/** Makes the blocks at some positions (over 16, three numbers each) of the moved volume. */
function sampleInto(
  target: Volume,
  source: Volume,
  back: Float64Array,
  positions: Int32Array,
): void {
  for (let i = 0; i < positions.length; i += 3) {
    if ((i & 0xfff) === 0) checkInterrupt();
    const [x, y, z] = [positions[i]! * 16, positions[i + 1]! * 16, positions[i + 2]! * 16];
    const data = newBlockData();
    if (staysInside(back, x, y, z)) sample(data, source, back, x, y, z);
    else sampleAtBorder(data, source, back, x, y, z);
    target.giveBlock(x, y, z, data);
  }
}

/**
 * The quarter turn, flip or step that takes every voxel of a box where the matrix takes it: the
 * nearest one, when all the places that the two differ by stay below half a voxel.
 */
function asTurn(box: Box, matrix: Matrix, back: Float64Array): Turn | undefined {
  const axes = [0, 0, 0];
  const signs = [0, 0, 0];
  for (let i = 0; i < 3; i++) {
    for (let axis = 0; axis < 3; axis++) {
      const near = Math.round(back[4 * axis + i]!);
      if (near === 0) continue;
      if (Math.abs(near) !== 1 || signs[i] !== 0) return undefined;
      axes[i] = axis;
      signs[i] = near;
    }
    if (signs[i] === 0) return undefined;
  }
  if (new Set(axes).size !== 3) return undefined;
  const offset = (i: number) => Math.round(back[12 + i]!);
  const offsets: Vec3 = [offset(0), offset(1), offset(2)];
  const turn = { axes, signs, offsets } as unknown as Turn;
  const far = farthest(turnedBox(box, turn), movedBox(box, matrix));
  for (let i = 0; i < 3; i++) {
    let error = Math.abs(back[12 + i]! - offsets[i]!);
    for (let axis = 0; axis < 3; axis++) {
      const exact = axes[i] === axis ? signs[i]! : 0;
      error += Math.abs(back[4 * axis + i]! - exact) * far[axis]!;
    }
    if (!(error < 0.499)) return undefined;
  }
  return turn;
}

/** The box around all places that a matrix may take voxels of a box to. */
function movedBox({ min, max }: Box, matrix: Matrix): Box {
  const middle: Vec3 = [
    (min[0] + max[0] - 1) / 2,
    (min[1] + max[1] - 1) / 2,
    (min[2] + max[2] - 1) / 2,
  ];
  const [cx, cy, cz] = transform(matrix, ...middle);
  // A voxel is found by rounding, so it reaches half a source voxel beyond its corner.
  const half: Vec3 = [(max[0] - min[0]) / 2, (max[1] - min[1]) / 2, (max[2] - min[2]) / 2];
  const reach = (axis: number) =>
    half[0] * Math.abs(matrix[axis]!) +
    half[1] * Math.abs(matrix[axis + 4]!) +
    half[2] * Math.abs(matrix[axis + 8]!) +
    1;
  const [rx, ry, rz] = [reach(0), reach(1), reach(2)];
  return {
    min: [Math.floor(cx - rx), Math.floor(cy - ry), Math.floor(cz - rz)],
    max: [Math.ceil(cx + rx) + 1, Math.ceil(cy + ry) + 1, Math.ceil(cz + rz) + 1],
  };
}

/** The largest distance from 0 on each axis in two boxes. */
function farthest(a: Box, b: Box): number[] {
  return [0, 1, 2].map((i) =>
    Math.max(Math.abs(a.min[i]!), Math.abs(a.max[i]!), Math.abs(b.min[i]!), Math.abs(b.max[i]!)),
  );
}

/** So many blocks are looked at for each that may be had, and so many in any case. */
const CANDIDATES = 64;
const CANDIDATES_MIN = 0x1_0000;

function requireCandidates(candidates: number, candidates_max: number): void {
  if (candidates <= candidates_max) return;
  const message = `The moved layer lies in more than ${candidates_max} blocks.`;
  throw new GoxError('GOX_MEMORY_LIMIT', message, { candidates, candidates_max });
}

/** The positions of all blocks that a moved voxel may lie in. */
function reached(blocks: Iterable<Corner>, matrix: Matrix, blocks_max: number): BlockIndex {
  const index = new BlockIndex();
  const candidates_max = blocks_max * CANDIDATES + CANDIDATES_MIN;
  for (const block of blocks) {
    const { min, max } = movedBox(
      {
        min: [block.x, block.y, block.z],
        max: [block.x + BLOCK_SIZE, block.y + BLOCK_SIZE, block.z + BLOCK_SIZE],
      },
      matrix,
    );
    requireReach(min, max);
    requireCandidates(Volume.blocksIn(min, max), candidates_max);
    for (let bz = min[2] >> 4; bz <= (max[2] - 1) >> 4; bz++) {
      for (let by = min[1] >> 4; by <= (max[1] - 1) >> 4; by++) {
        checkInterrupt();
        for (let bx = min[0] >> 4; bx <= (max[0] - 1) >> 4; bx++) {
          if (index.find(bx, by, bz) < 0) index.add(bx, by, bz);
        }
      }
    }
    requireCandidates(index.length, candidates_max);
  }
  return index;
}

/** Whether every place of a block comes from inside the coordinates. */
function staysInside(back: Float64Array, x: number, y: number, z: number): boolean {
  for (let corner = 0; corner < 8; corner++) {
    const place: Vec3 = [
      x + (corner & 1) * 15,
      y + ((corner >> 1) & 1) * 15,
      z + ((corner >> 2) & 1) * 15,
    ];
    for (const value of transform(back, ...place)) {
      if (value < COORDINATE_MIN + 1 || value > COORDINATE_MAX - 1) return false;
    }
  }
  return true;
}

/** Fills the block at a corner by the rule; all sources must be inside the coordinates. */
function sample(
  data: Uint32Array,
  source: Volume,
  back: Float64Array,
  x: number,
  y: number,
  z: number,
): void {
  const [stepX, stepY, stepZ] = [back[0]!, back[1]!, back[2]!];
  let words: Uint32Array | undefined;
  let [blockX, blockY, blockZ] = [Number.NaN, 0, 0];
  for (let row = 0; row < 256; row++) {
    const py = y + (row & 15);
    const pz = z + (row >> 4);
    const rowX = back[4]! * py + (back[8]! * pz + back[12]!);
    const rowY = back[5]! * py + (back[9]! * pz + back[13]!);
    const rowZ = back[6]! * py + (back[10]! * pz + back[14]!);
    for (let i = row * 16, px = x; px < x + 16; px++, i++) {
      const fx = stepX * px + rowX;
      const fy = stepY * px + rowY;
      const fz = stepZ * px + rowZ;
      const sx = (fx < 0 ? fx - 0.5 : fx + 0.5) | 0;
      const sy = (fy < 0 ? fy - 0.5 : fy + 0.5) | 0;
      const sz = (fz < 0 ? fz - 0.5 : fz + 0.5) | 0;
      if (sx >> 4 !== blockX || sy >> 4 !== blockY || sz >> 4 !== blockZ) {
        blockX = sx >> 4;
        blockY = sy >> 4;
        blockZ = sz >> 4;
        words = source.blockAt(sx, sy, sz);
      }
      if (words === undefined) continue;
      data[i] = words[(sx & 15) | ((sy & 15) << 4) | ((sz & 15) << 8)]!;
    }
  }
}

/** The same where some sources are outside the coordinates, and so empty. */
function sampleAtBorder(
  data: Uint32Array,
  source: Volume,
  back: Float64Array,
  x: number,
  y: number,
  z: number,
): void {
  for (let i = 0; i < data.length; i++) {
    const [px, py, pz] = [x + (i & 15), y + ((i >> 4) & 15), z + (i >> 8)];
    const sx = rounded(back[0]! * px + (back[4]! * py + (back[8]! * pz + back[12]!)));
    const sy = rounded(back[1]! * px + (back[5]! * py + (back[9]! * pz + back[13]!)));
    const sz = rounded(back[2]! * px + (back[6]! * py + (back[10]! * pz + back[14]!)));
    const inside = sx === (sx | 0) && sy === (sy | 0) && sz === (sz | 0);
    if (inside) data[i] = source.get(sx, sy, sz);
  }
}

function rounded(value: number): number {
  return Math.trunc(value < 0 ? value - 0.5 : value + 0.5);
}
