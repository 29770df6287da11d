/** Cuts the solid voxels of blocks into pieces that fit into models of 256 voxels a side. */

import { checkInterrupt } from '../../interrupt.ts';
import { signedWords } from '../../volume/block.ts';
import { BlockView } from '../../volume/block-view.ts';
import type { Vec3 } from '../../volume/box.ts';
import { SOLID_ALPHA } from '../../volume/color.ts';

/** Coordinates in a model are bytes. */
export const SIDE_MAX = 256;

/** A block with solid voxels, and where they are in it: from `low` to `high`, both included. */
interface SolidBlock {
  /** Its corner. */
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly view: BlockView;
  readonly count: number;
  readonly low: Vec3;
  readonly high: Vec3;
}

/** Blocks side by side, by x. */
interface Row {
  readonly y: number;
  readonly blocks: readonly SolidBlock[];
}

/** Rows of blocks of one height, by y. */
interface Slab {
  readonly z: number;
  readonly rows: readonly Row[];
}

/** What becomes one model. */
export interface Piece {
  /** The corner of the smallest box around its voxels. */
  readonly min: Vec3;
  /** The size of that box; 1 1 1 when there is no voxel at all. */
  readonly size: Vec3;
  /** How many voxels it has. */
  readonly count: number;
  /** Its blocks, by z. */
  readonly slabs: readonly Slab[];
}

/** The pieces by z, y and x; one without voxels when no block has a solid one. */
export function piecesOf(blocks: Iterable<BlockView>): Piece[] {
  const solid: SolidBlock[] = [];
  for (const block of blocks) {
    checkInterrupt();
    const found = solidPart(block);
    if (found !== undefined) solid.push(found);
  }
  if (solid.length === 0) return [{ min: [0, 0, 0], size: [1, 1, 1], count: 0, slabs: [] }];
  solid.sort((a, b) => a.z - b.z || a.y - b.y || a.x - b.x);
  const whole = pieceOf(solid);
  if (whole.size.every((side) => side <= SIDE_MAX)) return [whole];
  // The cuts lie between blocks, so that each block belongs to one piece.
  const [x0, y0, z0] = whole.min.map((low) => Math.floor(low / 16) * 16) as [
    number,
    number,
    number,
  ];
  const cells = new Map<string, SolidBlock[]>();
  for (const block of solid) {
    checkInterrupt();
    const cell = (value: number) => Math.floor(value / SIDE_MAX);
    const key = `${cell(block.z - z0)} ${cell(block.y - y0)} ${cell(block.x - x0)}`;
    const inside = cells.get(key);
    if (inside === undefined) cells.set(key, [block]);
    else inside.push(block);
  }
  return Array.from(cells.values(), pieceOf);
}

/** Where a block has solid voxels; undefined when nowhere. */
function solidPart(view: BlockView): SolidBlock | undefined {
  const { x, y, z } = view;
  const words = signedWords(view.data);
  let count = 0;
  // Bit n is set when a solid voxel has coordinate n.
  let xs = 0;
  let ys = 0;
  let zs = 0;
  for (let row = 0; row < 256; row++) {
    let bits = 0;
    for (let i = 0; i < 16; i++) {
      if (words[row * 16 + i]! >>> 24 < SOLID_ALPHA) continue;
      bits |= 1 << i;
      count++;
    }
    if (bits === 0) continue;
    xs |= bits;
    ys |= 1 << (row & 15);
    zs |= 1 << (row >> 4);
  }
  if (count === 0) return undefined;
  const low: Vec3 = [lowestBit(xs), lowestBit(ys), lowestBit(zs)];
  const high: Vec3 = [highestBit(xs), highestBit(ys), highestBit(zs)];
  // Several are read at once, and must not share a scratch.
  return { x, y, z, view: new BlockView(x, y, z, view.block), count, low, high };
}

/** Of blocks sorted by z, y and x. */
function pieceOf(blocks: readonly SolidBlock[]): Piece {
  const min: [number, number, number] = [Infinity, Infinity, Infinity];
  const max: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  let count = 0;
  const slabs: { z: number; rows: { y: number; blocks: SolidBlock[] }[] }[] = [];
  for (const block of blocks) {
    checkInterrupt();
    const corner = [block.x, block.y, block.z];
    for (const axis of [0, 1, 2] as const) {
      min[axis] = Math.min(min[axis], corner[axis]! + block.low[axis]);
      max[axis] = Math.max(max[axis], corner[axis]! + block.high[axis] + 1);
    }
    count += block.count;
    let slab = slabs.at(-1);
    if (slab?.z !== block.z) {
      slab = { z: block.z, rows: [] };
      slabs.push(slab);
    }
    let row = slab.rows.at(-1);
    if (row?.y !== block.y) {
      row = { y: block.y, blocks: [] };
      slab.rows.push(row);
    }
    row.blocks.push(block);
  }
  return { min, size: [max[0] - min[0], max[1] - min[1], max[2] - min[2]], count, slabs };
}

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}

function highestBit(bits: number): number {
  return 31 - Math.clz32(bits);
}
