/**
 * What rays travel through: which voxels are solid, as bits, and where to find them. Plain data in
 * shared memory.
 *
 * Blocks with content are found by a hash over their positions. So are cubes of 8 blocks a side
 * that hold a block, cubes of 8 of these, and so on until one or two a side hold everything: a ray
 * crosses the largest cube that holds nothing in one step, however far apart content lies.
 */

import { checkInterrupt } from '../interrupt.ts';
import { BLOCK_VOXELS } from '../volume/block.ts';
import { BlockIndex } from '../volume/block-index.ts';
import type { Vec3 } from '../volume/box.ts';
import { SOLID_ALPHA } from '../volume/color.ts';
import { wordIn } from '../volume/packed.ts';
import { wordsOf } from '../volume/unpacked.ts';
import type { VolumeSnapshot } from '../volume/volume.ts';

/** Rows of bits of a block: row y + 16·z has bit x. */
export const ROWS = 256;
/** log2 of the side of a cube of the first level, a block, in voxels; and of the next levels. */
export const BLOCK_SHIFT = 4;
export const LEVEL_SHIFT = 3;
/** log2 of the side of a brick; a block has four of them along each axis. */
export const BRICK_SHIFT = 2;
/** Of the last level that there can be: at most 16 cubes a side. */
const SHIFT_MAX = 28;
/** Numbers of an entry of the hash: x with the level in its upper 4 bits, y, z, slot + 1. */
export const ENTRY = 4;
const LEVEL_BITS = 28;
const KEY_MASK = (1 << LEVEL_BITS) - 1;

const SOLID = (SOLID_ALPHA << 24) >>> 0;

export interface World {
  /** The hash, of a power of two of entries; one that ends in 0 is free. */
  readonly table: Int32Array;
  readonly seed: number;
  readonly levels: number;
  /** First and last voxels of the box of all blocks; the last is before the first when empty. */
  readonly first: Vec3;
  readonly last: Vec3;
  /** Of each slot `ROWS` rows; made by `markSolid`. */
  readonly rows: Uint16Array;
  /** Which bricks of a slot hold a solid voxel: four numbers, by z, of bits x + 4·y. */
  readonly bricks: Uint16Array;
  /** Sources of slot i are `starts[i]` to `starts[i + 1]`. */
  readonly starts: Uint32Array;
  /** The group and the block of each source; where several are solid, the first one counts. */
  readonly groups: Uint16Array;
  readonly order: Uint32Array;
  /** As their snapshots hold them. */
  readonly blocks: readonly Uint32Array[];
}

/** A snapshot and the number of its group. */
export interface Source {
  readonly group: number;
  readonly snapshot: VolumeSnapshot;
}

/** The world of some groups, of which an earlier one covers a later one in the same place. */
export function worldOf(sources: readonly Source[]): World {
  const index = new BlockIndex();
  const count = sources.reduce((sum, { snapshot }) => sum + snapshot.blocks.length, 0);
  const slots = new Uint32Array(count);
  const owners = new Uint16Array(count);
  const blocks: Uint32Array[] = [];
  for (const { group, snapshot } of sources) {
    const { positions } = snapshot;
    for (const [i, words] of snapshot.blocks.entries()) {
      const [x, y, z] = [positions[3 * i]!, positions[3 * i + 1]!, positions[3 * i + 2]!];
      const found = index.find(x, y, z);
      slots[blocks.length] = found < 0 ? index.add(x, y, z) : found;
      owners[blocks.length] = group;
      blocks.push(words);
    }
  }
  return {
    ...hashOf(index),
    ...sorted(slots, owners, index.length),
    rows: new Uint16Array(new SharedArrayBuffer(index.length * ROWS * 2)),
    bricks: new Uint16Array(new SharedArrayBuffer(index.length * 4 * 2)),
    blocks,
  };
}

/** Sources by their slots, in their order: a counting sort. */
function sorted(
  slots: Uint32Array,
  owners: Uint16Array,
  length: number,
): Pick<World, 'starts' | 'groups' | 'order'> {
  const starts = new Uint32Array(new SharedArrayBuffer((length + 1) * 4));
  const groups = new Uint16Array(new SharedArrayBuffer(slots.length * 2));
  const order = new Uint32Array(new SharedArrayBuffer(slots.length * 4));
  for (const slot of slots) starts[slot + 1]!++;
  for (let slot = 0; slot < length; slot++) starts[slot + 1]! += starts[slot]!;
  const next = starts.slice();
  for (const [source, slot] of slots.entries()) {
    const at = next[slot]!++;
    groups[at] = owners[source]!;
    order[at] = source;
  }
  return { starts, groups, order };
}

function hashOf(index: BlockIndex): Pick<World, 'table' | 'seed' | 'levels' | 'first' | 'last'> {
  const levels = [index];
  let { first, last } = reachOf(index);
  const [low, high] = [first, last];
  for (let shift = BLOCK_SHIFT; shift < SHIFT_MAX; shift += LEVEL_SHIFT) {
    if (first.every((min, axis) => last[axis]! - min <= 1)) break;
    levels.push(coarser(levels.at(-1)!));
    ({ first, last } = reachOf(levels.at(-1)!));
  }
  const entries = levels.reduce((sum, { length }) => sum + length, 0);
  const capacity = 2 ** Math.ceil(Math.log2(entries + 1) + 1);
  const table = new Int32Array(new SharedArrayBuffer(capacity * ENTRY * 4));
  // Not foreseeable, so no file can be made whose blocks all collide. No picture depends on it.
  const seed = (Math.random() * 2 ** 32) | 0;
  for (const [level, cubes] of levels.entries()) {
    for (let slot = 0; slot < cubes.length; slot++) {
      if ((slot & 0xfff) === 0) checkInterrupt();
      const { x, y, z } = cubes.position(slot);
      const key = keyOf(x, level);
      let at = placeOf(key, y, z, seed, capacity - 1);
      while (table[at * ENTRY + 3] !== 0) at = (at + 1) & (capacity - 1);
      table.set([key, y, z, slot + 1], at * ENTRY);
    }
  }
  const side = 1 << BLOCK_SHIFT;
  return {
    table,
    seed,
    levels: levels.length,
    first: [low[0] * side, low[1] * side, low[2] * side],
    last: [high[0] * side + side - 1, high[1] * side + side - 1, high[2] * side + side - 1],
  };
}

/** First and last positions of cubes along each axis. */
function reachOf(cubes: BlockIndex): { first: Vec3; last: Vec3 } {
  const first: [number, number, number] = [0, 0, 0];
  const last: [number, number, number] = [-1, -1, -1];
  for (let slot = 0; slot < cubes.length; slot++) {
    const { x, y, z } = cubes.position(slot);
    for (const [axis, at] of [x, y, z].entries()) {
      if (slot === 0 || at < first[axis]!) first[axis] = at;
      if (slot === 0 || at > last[axis]!) last[axis] = at;
    }
  }
  return { first, last };
}

/** The cubes of the next level. */
function coarser(cubes: BlockIndex): BlockIndex {
  const larger = new BlockIndex();
  for (let slot = 0; slot < cubes.length; slot++) {
    const { x, y, z } = cubes.position(slot);
    const [i, j, k] = [x >> LEVEL_SHIFT, y >> LEVEL_SHIFT, z >> LEVEL_SHIFT];
    if (larger.find(i, j, k) < 0) larger.add(i, j, k);
  }
  return larger;
}

/** The first number of an entry: positions of blocks have 28 bits, so four are free. */
export function keyOf(x: number, level: number): number {
  return (x & KEY_MASK) | (level << LEVEL_BITS);
}

/** Where to begin to look for an entry. */
export function placeOf(key: number, y: number, z: number, seed: number, mask: number): number {
  let h = Math.imul(key ^ seed, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15) ^ y, 0x85ebca77);
  h = Math.imul(h ^ (h >>> 13) ^ z, 0xc2b2ae3d);
  return (h ^ (h >>> 16)) & mask;
}

/** Marks the solid voxels of slots `from` to `to`. */
export function markSolid(world: World, from: number, to: number): void {
  const { rows, bricks, starts, order, blocks } = world;
  for (let slot = from; slot < to; slot++) {
    for (let source = starts[slot]!; source < starts[slot + 1]!; source++) {
      const words = wordsOf(blocks[order[source]!]!);
      for (let i = 0, row = slot * ROWS; i < BLOCK_VOXELS; row++) {
        let bits = 0;
        for (let x = 0; x < 16; x++, i++) if (words[i]! >= SOLID) bits |= 1 << x;
        rows[row]! |= bits;
      }
    }
    for (let row = 0; row < ROWS; row++) {
      const bits = rows[slot * ROWS + row]!;
      for (let x = 0; x < 4; x++) {
        if (((bits >> (4 * x)) & 15) !== 0) bricks[slot * 4 + (row >> 6)]! |= 1 << ((row & 12) | x);
      }
    }
  }
}

/** The source whose voxel `index` of a slot is seen, or -1 when none is solid there. */
export function sourceAt(world: World, slot: number, index: number): number {
  const { starts, order, blocks } = world;
  for (let source = starts[slot]!; source < starts[slot + 1]!; source++) {
    if (wordIn(blocks[order[source]!]!, index) >= SOLID) return source;
  }
  return -1;
}
