/** Flood fill: a connected region of voxels recoloured, or a connected empty region filled. */

import { GoxError } from '../../conf/errors.ts';
import { checkInterrupt } from '../interrupt.ts';
import { BLOCK_VOXELS, copyBlockData } from '../volume/block.ts';
import { BlockIndex } from '../volume/block-index.ts';
import type { Box, Vec3 } from '../volume/box.ts';
import { requireLeast } from '../volume/least.ts';
import { Volume } from '../volume/volume.ts';
import {
  ALL_ROWS,
  blockData,
  emptyRows,
  isUniform,
  NO_ROWS,
  paintRows,
  ROWS,
  type Rows,
  uniformBlock,
} from './bits.ts';
import { flood, type LinksAt, linksOfRows } from './flood.ts';
import { colorLinks } from './select.ts';

export interface FillOptions {
  /** The largest difference of red, green or blue over one step, 0…255; see `fuzzySelect`. */
  readonly threshold: number;
  /** Where an empty region ends. */
  readonly bounds: Box;
}

/**
 * Fills from a place: gives a packed colour to the voxels connected with the one there (alpha 0
 * removes them), or, when there is none, to the empty region connected with the place inside the
 * bounds. Returns how many voxels changed. Throws GOX_INVALID_PARAMS for an empty place outside
 * the bounds and GOX_MEMORY_LIMIT when the region takes more blocks than the volume may have; the
 * volume is then as it was.
 */
export function floodFill(volume: Volume, at: Vec3, rgba: number, options: FillOptions): number {
  const word = rgba >>> 24 === 0 ? 0 : rgba >>> 0;
  if (volume.get(at[0], at[1], at[2]) !== 0) return recolor(volume, at, word, options.threshold);
  const { min, max } = options.bounds;
  if (at.some((value, i) => value < min[i]! || value >= max[i]!)) {
    const message =
      `params.position: [${at}] is empty and outside the bounds of the fill, min [${min}] and ` +
      `max [${max}], which ends before max.`;
    throw new GoxError('GOX_INVALID_PARAMS', message, { parameter: 'params.position', min, max });
  }
  return word === 0 ? 0 : fillEmpty(volume, at, word, options.bounds);
}

function recolor(volume: Volume, at: Vec3, rgba: number, threshold: number): number {
  const { index, rows } = flood(colorLinks(volume, threshold), at, Number.POSITIVE_INFINITY);
  const full = uniformBlock(rgba);
  let count = 0;
  for (const [slot, bits] of rows.entries()) {
    checkInterrupt();
    if (bits === NO_ROWS) continue;
    const position = index.position(slot);
    const [x, y, z] = [position.x * 16, position.y * 16, position.z * 16];
    const before = volume.blockAt(x, y, z)!;
    if (bits === ALL_ROWS && isUniform(before)) {
      if (before[0] === rgba) continue;
      count += BLOCK_VOXELS;
      volume.setBlock(x, y, z, full);
      continue;
    }
    const changed = copyBlockData(before);
    let changes = 0;
    for (let i = 0; i < BLOCK_VOXELS; i++) {
      if (((bits[i >> 4]! >> (i & 15)) & 1) === 0 || changed[i] === rgba) continue;
      changed[i] = rgba;
      changes++;
    }
    if (changes > 0) volume.giveBlock(x, y, z, changed);
    count += changes;
  }
  return count;
}

function fillEmpty(volume: Volume, at: Vec3, rgba: number, bounds: Box): number {
  requireLeast(leastEmpty(volume, at, bounds), volume.blocks_max, 'The connected region');
  const { index, rows } = flood(emptyLinks(volume, bounds), at, volume.blocks_max);
  const before = volume.count();
  const full = uniformBlock(rgba);
  for (const [slot, bits] of rows.entries()) {
    checkInterrupt();
    if (bits === NO_ROWS) continue;
    const position = index.position(slot);
    const [x, y, z] = [position.x * 16, position.y * 16, position.z * 16];
    const below = volume.blockAt(x, y, z);
    if (bits === ALL_ROWS) volume.setBlock(x, y, z, full);
    else volume.giveBlock(x, y, z, paintRows(bits, rgba, below));
  }
  return volume.count() - before;
}

/** The fewest blocks of an empty region: those on the side of all voxels where the place is. */
function leastEmpty(volume: Volume, at: Vec3, { min, max }: Box): number {
  const box = volume.box();
  if (box === undefined) return Volume.blocksIn(min, max);
  let blocks = 0;
  for (const [axis, value] of at.entries()) {
    const side = (corner: Vec3, end: number) =>
      corner.map((v, i) => (i === axis ? end : v)) as unknown as Vec3;
    if (value < box.min[axis]!) {
      const end = Math.min(box.min[axis]!, max[axis]!);
      blocks = Math.max(blocks, Volume.blocksIn(min, side(max, end)));
    }
    if (value >= box.max[axis]!) {
      const start = Math.max(box.max[axis]!, min[axis]!);
      blocks = Math.max(blocks, Volume.blocksIn(side(min, start), max));
    }
  }
  return blocks;
}

/** Steps between empty places inside bounds. */
function emptyLinks(volume: Volume, bounds: Box): LinksAt {
  const index = new BlockIndex();
  const cache: Rows[] = [];
  const emptyAt = (bx: number, by: number, bz: number): Rows => {
    const allowed = rowsOfBox(bounds, bx, by, bz);
    if (allowed === NO_ROWS) return NO_ROWS;
    const data = blockData(volume, bx, by, bz);
    if (data === undefined) return allowed;
    const known = index.find(bx, by, bz);
    if (known >= 0) return cache[known]!;
    let rows = emptyRows(data);
    if (rows === ALL_ROWS) rows = allowed;
    else if (allowed !== ALL_ROWS) rows = rows.map((bits, row) => bits & allowed[row]!);
    index.add(bx, by, bz);
    cache.push(rows);
    return rows;
  };
  return (bx, by, bz) => {
    const rows = emptyAt(bx, by, bz);
    if (rows === NO_ROWS) return undefined;
    return linksOfRows(
      rows,
      emptyAt(bx - 1, by, bz),
      emptyAt(bx, by - 1, bz),
      emptyAt(bx, by, bz - 1),
    );
  };
}

/** The places of a block that lie in a box. */
function rowsOfBox({ min, max }: Box, bx: number, by: number, bz: number): Rows {
  const [x0, x1] = [Math.max(min[0] - bx * 16, 0), Math.min(max[0] - bx * 16, 16)];
  const [y0, y1] = [Math.max(min[1] - by * 16, 0), Math.min(max[1] - by * 16, 16)];
  const [z0, z1] = [Math.max(min[2] - bz * 16, 0), Math.min(max[2] - bz * 16, 16)];
  if (x0 >= x1 || y0 >= y1 || z0 >= z1) return NO_ROWS;
  if (x1 - x0 === 16 && y1 - y0 === 16 && z1 - z0 === 16) return ALL_ROWS;
  const bits = (0xffff << x0) & (0xffff >> (16 - x1));
  const rows = new Uint16Array(ROWS);
  for (let z = z0; z < z1; z++) rows.fill(bits, z * 16 + y0, z * 16 + y1);
  return rows;
}
