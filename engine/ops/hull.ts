/**
 * The convex hull of a volume, as a solid. All arithmetic is exact: coordinates count from the
 * corner of the volume's box and have 16 bits, so that products of three stay below 2^53.
 */

import { GoxError } from '../../conf/errors.ts';
import { checkInterrupt } from '../interrupt.ts';
import { BLOCK_SIZE, newScratch } from '../volume/block.ts';
import { BlockIndex } from '../volume/block-index.ts';
import type { Box, Vec3 } from '../volume/box.ts';
import { requireLeast } from '../volume/least.ts';
import { Volume } from '../volume/volume.ts';
import { filledRows, paintRows, ROWS } from './bits.ts';
import { type HalfSpace, halfSpaces } from './half-spaces.ts';

/** The longest side of a hull's box, in voxels. */
const SIDE_MAX = 0x1_0000;

/**
 * A solid of one packed colour: every voxel whose centre lies in the convex hull of the centres of
 * the volume's voxels. Throws GOX_MEMORY_LIMIT when the volume's box has a side of more than 65536
 * voxels, or the hull touches more blocks than the volume may have.
 */
export function hull(volume: Volume, rgba: number): Volume {
  const solid = new Volume();
  const box = volume.box();
  if (box === undefined) return solid;
  const { min, max } = box;
  const side = Math.max(...max.map((value, i) => value - min[i]!));
  if (side > SIDE_MAX) {
    const message = `A hull has ${SIDE_MAX} voxels along each side at most, not ${side}.`;
    throw new GoxError('GOX_MEMORY_LIMIT', message, { side, side_max: SIDE_MAX });
  }
  const spaces = halfSpaces(extremes(volume, min));
  const { blocks_max } = volume;
  requireLeast(leastIn(box, spaces, min, blocks_max), blocks_max, 'The hull');
  solid.blocks_max = blocks_max;
  fill(solid, box, spaces, min, rgba);
  solid.blocks_max = Number.POSITIVE_INFINITY;
  return solid;
}

/**
 * Points that hold all corners of the hull, counted from `origin`: those of the hulls of the slices
 * of equal z.
 */
function extremes(volume: Volume, origin: Vec3): Vec3[] {
  // The first and the last voxel of each row, found by its y and z.
  const index = new BlockIndex();
  const [first, last]: [number[], number[]] = [[], []];
  for (const { x, y, z, data } of volume.blocks(newScratch())) {
    const rows = filledRows(data);
    for (let row = 0; row < ROWS; row++) {
      const bits = rows[row]!;
      if (bits === 0) continue;
      const low = x - origin[0] + 31 - Math.clz32(bits & -bits);
      const high = x - origin[0] + 31 - Math.clz32(bits);
      const [py, pz] = [y - origin[1] + (row & 15), z - origin[2] + (row >> 4)];
      let slot = index.find(0, py, pz);
      if (slot < 0) {
        slot = index.add(0, py, pz);
        first.push(low);
        last.push(high);
      }
      first[slot] = Math.min(first[slot]!, low);
      last[slot] = Math.max(last[slot]!, high);
    }
  }
  const slices = new Map<number, number[]>();
  for (let slot = 0; slot < index.length; slot++) {
    checkInterrupt();
    const { z } = index.position(slot);
    const slice = slices.get(z);
    if (slice === undefined) slices.set(z, [slot]);
    else slice.push(slot);
  }
  const points: Vec3[] = [];
  for (const [z, slots] of slices) {
    slots.sort((a, b) => index.position(a).y - index.position(b).y);
    const rows = slots.map((slot) => index.position(slot).y);
    const [lows, highs] = [slots.map((slot) => first[slot]!), slots.map((slot) => last[slot]!)];
    for (const i of chain(rows, lows, 1)) points.push([lows[i]!, rows[i]!, z]);
    for (const i of chain(rows, highs, -1)) points.push([highs[i]!, rows[i]!, z]);
  }
  return points;
}

/** The corners of the lower (1) or upper (-1) hull of points of growing `at`. */
function chain(at: readonly number[], values: readonly number[], way: 1 | -1): number[] {
  const kept: number[] = [];
  for (let i = 0; i < at.length; i++) {
    if ((i & 0xfff) === 0) checkInterrupt();
    while (kept.length >= 2) {
      const [a, b] = [kept.at(-2)!, kept.at(-1)!];
      const turn =
        (at[b]! - at[a]!) * (values[i]! - values[a]!) -
        (values[b]! - values[a]!) * (at[i]! - at[a]!);
      if (turn * way > 0) break;
      kept.pop();
    }
    kept.push(i);
  }
  return kept;
}

/** What of a box is in all half spaces: nothing, all, or what these cut off. */
function crossingOf({ min, max }: Box, spaces: readonly HalfSpace[], origin: Vec3) {
  const [x0, y0, z0] = [min[0] - origin[0], min[1] - origin[1], min[2] - origin[2]];
  const [x1, y1, z1] = [max[0] - origin[0] - 1, max[1] - origin[1] - 1, max[2] - origin[2] - 1];
  const crossing: HalfSpace[] = [];
  for (const space of spaces) {
    const { x, y, z, limit } = space;
    const low = x * (x > 0 ? x0 : x1) + y * (y > 0 ? y0 : y1) + z * (z > 0 ? z0 : z1);
    if (low > limit) return undefined;
    const high = x * (x > 0 ? x1 : x0) + y * (y > 0 ? y1 : y0) + z * (z > 0 ? z1 : z0);
    if (high > limit) crossing.push(space);
  }
  return crossing;
}

/** A box cut between blocks across its longest side; undefined for what is in one block. */
function halves({ min, max }: Box): readonly [Box, Box] | undefined {
  const blocks = [0, 1, 2].map((i) => ((max[i]! - 1) >> 4) - (min[i]! >> 4) + 1);
  const widest = blocks.indexOf(Math.max(...blocks));
  if (blocks[widest] === 1) return undefined;
  const middle = ((min[widest]! >> 4) + (blocks[widest]! >> 1)) * BLOCK_SIZE;
  const at = (corner: Vec3) =>
    corner.map((value, i) => (i === widest ? middle : value)) as unknown as Vec3;
  return [
    { min, max: at(max) },
    { min: at(min), max },
  ];
}

/** Blocks of the boxes that are all in, up to more than allowed. */
function leastIn(box: Box, spaces: readonly HalfSpace[], origin: Vec3, blocks_max: number): number {
  checkInterrupt();
  const crossing = crossingOf(box, spaces, origin);
  if (crossing === undefined) return 0;
  if (crossing.length === 0) return Volume.blocksIn(box.min, box.max);
  const [one, other] = halves(box) ?? [];
  if (one === undefined || other === undefined) return 0;
  const blocks = leastIn(one, crossing, origin, blocks_max);
  if (blocks > blocks_max) return blocks;
  return blocks + leastIn(other, crossing, origin, blocks_max - blocks);
}

/** Fills what is in all half spaces, halving boxes down to blocks. */
function fill(
  solid: Volume,
  box: Box,
  spaces: readonly HalfSpace[],
  origin: Vec3,
  rgba: number,
): void {
  const crossing = crossingOf(box, spaces, origin);
  if (crossing === undefined) return;
  if (crossing.length === 0) {
    solid.fillBox(box.min, box.max, rgba);
    return;
  }
  const parts = halves(box);
  if (parts === undefined) fillBlock(solid, box, crossing, origin, rgba);
  for (const part of parts ?? []) fill(solid, part, crossing, origin, rgba);
}

/** The same inside one block, row by row. */
function fillBlock(
  solid: Volume,
  { min, max }: Box,
  spaces: readonly HalfSpace[],
  origin: Vec3,
  rgba: number,
): void {
  const rows = new Uint16Array(ROWS);
  for (let pz = min[2]; pz < max[2]; pz++) {
    checkInterrupt();
    for (let py = min[1]; py < max[1]; py++) {
      let [low, high] = [min[0] - origin[0], max[0] - origin[0] - 1];
      for (const { x, y, z, limit } of spaces) {
        const rest = limit - y * (py - origin[1]) - z * (pz - origin[2]);
        if (x > 0) high = Math.min(high, Math.floor(rest / x));
        else if (x < 0) low = Math.max(low, Math.ceil(rest / x));
        else if (rest < 0) high = -1;
      }
      if (low > high) continue;
      const [from, to] = [(low + origin[0]) & 15, (high + origin[0]) & 15];
      rows[(py & 15) + 16 * (pz & 15)] = (0xffff << from) & (0xffff >> (15 - to));
    }
  }
  solid.giveBlock(min[0], min[1], min[2], paintRows(rows, rgba));
}
