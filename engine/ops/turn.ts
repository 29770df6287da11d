/**
 * Movements that take whole voxels to whole voxels: steps, quarter turns and flips, in integers
 * throughout, so that they are exact at any coordinates.
 */

import { checkInterrupt } from '../interrupt.ts';
import { newBlockData } from '../volume/block.ts';
import { BlockIndex } from '../volume/block-index.ts';
import type { Box, Vec3 } from '../volume/box.ts';
import { COORDINATE_MAX, COORDINATE_MIN, requireBlocks } from '../volume/reach.ts';
import { Volume } from '../volume/volume.ts';

/**
 * Where a moved voxel comes from: along axis `i` the source is at
 * `signs[i] · p[axes[i]] + offsets[i]`, for a target place p. `axes` is a permutation of 0, 1, 2.
 */
export interface Turn {
  readonly axes: Vec3;
  readonly signs: Vec3;
  readonly offsets: Vec3;
}

/** A step by whole voxels. */
export function step(by: Vec3): Turn {
  return { axes: [0, 1, 2], signs: [1, 1, 1], offsets: [-by[0], -by[1], -by[2]] };
}

/** The box that a turn takes a box to. */
export function turnedBox({ min, max }: Box, { axes, signs, offsets }: Turn): Box {
  const [low, high] = [
    [0, 0, 0],
    [0, 0, 0],
  ] as [number[], number[]];
  for (let i = 0; i < 3; i++) {
    const sign = signs[i]!;
    const [first, last] = [min[i]! - offsets[i]!, max[i]! - 1 - offsets[i]!];
    low[axes[i]!] = sign > 0 ? first : -last;
    high[axes[i]!] = (sign > 0 ? last : -first) + 1;
  }
  return { min: low as unknown as Vec3, max: high as unknown as Vec3 };
}

/**
 * The moved volume. Throws GOX_MEMORY_LIMIT when a voxel would leave the coordinates or the result
 * take more than `blocks_max` blocks.
 */
export function turned(source: Volume, turn: Turn, blocks_max: number): Volume {
  const target = new Volume();
  const box = source.box();
  if (box === undefined) return target;
  const reach = turnedBox(box, turn);
  // Only for the coordinates; blocks are counted as they are made.
  requireBlocks(reach.min, reach.max, Number.POSITIVE_INFINITY);
  target.blocks_max = blocks_max;
  turnInto(target, source, turn, sortedPositions(turnedBlocks(source.blocks(), turn)));
  target.blocks_max = Number.POSITIVE_INFINITY;
  return target;
}

/** Makes the blocks at some positions (over 16, three numbers each) of the moved volume. */
export function turnInto(
  target: Volume,
  source: Volume,
  turn: Turn,
  positions: ArrayLike<number>,
): void {
  const [ox, oy, oz] = turn.offsets;
  const aligned = turn.offsets.every((offset) => offset % 16 === 0);
  const straight = turn.axes.every((axis, i) => axis === i) && turn.signs.every((s) => s === 1);
  for (let i = 0; i < positions.length; i += 3) {
    if ((i & 0xfff) === 0) checkInterrupt();
    const [x, y, z] = [positions[i]! * 16, positions[i + 1]! * 16, positions[i + 2]! * 16];
    const shares = aligned && straight && source.blockAt(x + ox, y + oy, z + oz) !== undefined;
    if (shares) target.shareBlock(x, y, z, source, [x + ox, y + oy, z + oz]);
    else target.giveBlock(x, y, z, turnedBlock(source, turn, x, y, z));
  }
}

/** The minimum corner of a block. */
export interface Corner {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** The block positions that hold something of the moved blocks, or may. */
export function turnedBlocks(blocks: Iterable<Corner>, turn: Turn): BlockIndex {
  const index = new BlockIndex();
  for (const { x, y, z } of blocks) {
    const { min, max } = turnedBox({ min: [x, y, z], max: [x + 16, y + 16, z + 16] }, turn);
    const low = (axis: 0 | 1 | 2) => Math.floor(Math.max(min[axis], COORDINATE_MIN) / 16);
    const high = (axis: 0 | 1 | 2) => Math.floor(Math.min(max[axis] - 1, COORDINATE_MAX) / 16);
    for (let bz = low(2); bz <= high(2); bz++) {
      for (let by = low(1); by <= high(1); by++) {
        checkInterrupt();
        for (let bx = low(0); bx <= high(0); bx++) {
          if (index.find(bx, by, bz) < 0) index.add(bx, by, bz);
        }
      }
    }
  }
  return index;
}

/** The positions in an index, three numbers each, by z, then y, then x. */
export function sortedPositions(index: BlockIndex): Int32Array {
  const [xs, ys, zs] = [0, 1, 2].map(() => new Int32Array(index.length)) as [
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  for (let slot = 0; slot < index.length; slot++) {
    checkInterrupt();
    const { x, y, z } = index.position(slot);
    xs[slot] = x;
    ys[slot] = y;
    zs[slot] = z;
  }
  const order = Uint32Array.from(xs, (_, slot) => slot);
  order.sort((a, b) => zs[a]! - zs[b]! || ys[a]! - ys[b]! || xs[a]! - xs[b]!);
  const positions = new Int32Array(index.length * 3);
  for (let i = 0; i < order.length; i++) {
    const slot = order[i]!;
    positions[3 * i] = xs[slot]!;
    positions[3 * i + 1] = ys[slot]!;
    positions[3 * i + 2] = zs[slot]!;
  }
  return positions;
}

const EMPTY = newBlockData();

/** One block of the moved volume, gathered out of at most eight of the source. */
function turnedBlock(source: Volume, turn: Turn, x: number, y: number, z: number): Uint32Array {
  const corner = [x, y, z];
  // For each target axis: the word offset of its 16 places in a source block, and whether that is
  // the first source block or the second.
  const places = [new Int32Array(16), new Int32Array(16), new Int32Array(16)];
  const second = [new Uint8Array(16), new Uint8Array(16), new Uint8Array(16)];
  const starts = [0, 0, 0];
  for (let i = 0; i < 3; i++) {
    const axis = turn.axes[i]!;
    const from = turn.signs[i]! * corner[axis]! + turn.offsets[i]!;
    const lowest = turn.signs[i]! > 0 ? from : from - 15;
    const start = Math.floor(lowest / 16) * 16;
    starts[i] = start;
    for (let k = 0; k < 16; k++) {
      const inside = from + turn.signs[i]! * k - start;
      places[axis]![k] = (inside & 15) << (4 * i);
      second[axis]![k] = inside >> 4;
    }
  }
  const blocks: Uint32Array[] = [];
  for (let which = 0; which < 8; which++) {
    const at = [...starts];
    for (let i = 0; i < 3; i++) at[i] = at[i]! + (((which >> turn.axes[i]!) & 1) === 1 ? 16 : 0);
    const inside = at.every((value) => value >= COORDINATE_MIN && value <= COORDINATE_MAX);
    blocks.push((inside ? source.blockAt(at[0]!, at[1]!, at[2]!) : undefined) ?? EMPTY);
  }
  const data = newBlockData();
  const [placesX, secondX] = [places[0]!, second[0]!];
  for (let row = 0; row < 256; row++) {
    const [ky, kz] = [row & 15, row >> 4];
    const which = 2 * second[1]![ky]! + 4 * second[2]![kz]!;
    const [first, other] = [blocks[which]!, blocks[which + 1]!];
    if (first === EMPTY && other === EMPTY) continue;
    const base = places[1]![ky]! + places[2]![kz]!;
    const to = row * 16;
    for (let k = 0; k < 16; k++) {
      data[to + k] = (secondX[k] === 0 ? first : other)[base + placesX[k]!]!;
    }
  }
  return data;
}
