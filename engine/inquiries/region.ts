/** The voxels of a volume in an order that does not depend on how they came there. */

import { COORDINATE_MAX, COORDINATE_MIN } from '../catalogue/schemas.ts';
import { checkInterrupt } from '../interrupt.ts';
import { BLOCK_SIZE } from '../volume/block.ts';
import type { BlockView } from '../volume/block-view.ts';
import type { Vec3 } from '../volume/box.ts';
import { slotsInOrder } from '../volume/slots.ts';
import { Volume } from '../volume/volume.ts';

/** Both corners belong to it. */
export interface Region {
  readonly min: Vec3;
  readonly max: Vec3;
}

export const EVERYWHERE: Region = {
  min: [COORDINATE_MIN, COORDINATE_MIN, COORDINATE_MIN],
  max: [COORDINATE_MAX, COORDINATE_MAX, COORDINATE_MAX],
};

const LAST = BLOCK_SIZE - 1;
const NO_BLOCKS: readonly BlockView[] = [];

/** What is done with a row: the words from `from` up to `to`, the first of which is at x, y, z. */
type RowVisitor = (
  data: Uint32Array,
  from: number,
  to: number,
  x: number,
  y: number,
  z: number,
) => void;

/** How many blocks a region touches, held or not. */
export function blocksTouched({ min, max }: Region): number {
  return Volume.blocksIn(min, [max[0] + 1, max[1] + 1, max[2] + 1]);
}

/**
 * The rows of a region along x: by block (z, then y, then x) unless that does not matter, and so
 * within a block. Costs by blocks held or by blocks touched, whichever are fewer.
 */
export function eachRow(volume: Volume, region: Region, visit: RowVisitor, ordered = true): void {
  for (const { x: x0, y: y0, z: z0, data } of blocksOf(volume, region, ordered)) {
    checkInterrupt();
    const { min, max } = partOf(region, x0, y0, z0);
    for (let z = min[2]; z <= max[2]; z++) {
      for (let y = min[1]; y <= max[1]; y++) {
        const row = BLOCK_SIZE * (y + BLOCK_SIZE * z);
        visit(data, row + min[0], row + max[0] + 1, x0 + min[0], y0 + y, z0 + z);
      }
    }
  }
}

/** The blocks with voxels that a region touches, by z, then y, then x unless it does not matter. */
export function blocksOf(volume: Volume, region: Region, ordered = true): Iterable<BlockView> {
  const few = blocksTouched(region) < volume.blockCount;
  return few ? lookedUp(volume, region) : walked(volume, region, ordered);
}

function* walked(
  volume: Volume,
  region: Region,
  ordered: boolean,
): Generator<BlockView, void, undefined> {
  const slots = ordered ? slotsInOrder(volume) : undefined;
  for (let i = 0; i < volume.blockCount; i++) {
    const block = volume.blockIn(slots === undefined ? i : slots[i]!);
    if (block.count > 0 && touches(block, region)) yield block;
  }
}

/** The slots first, since of many layers most have nothing in a small region. */
function lookedUp(volume: Volume, { min, max }: Region): Iterable<BlockView> {
  const slots: number[] = [];
  for (let z = min[2] & ~LAST; z <= max[2]; z += BLOCK_SIZE) {
    for (let y = min[1] & ~LAST; y <= max[1]; y += BLOCK_SIZE) {
      for (let x = min[0] & ~LAST; x <= max[0]; x += BLOCK_SIZE) {
        const slot = volume.slotAt(x, y, z);
        if (slot >= 0) slots.push(slot);
      }
    }
  }
  return slots.length === 0 ? NO_BLOCKS : viewsOf(volume, slots);
}

function* viewsOf(volume: Volume, slots: readonly number[]): Generator<BlockView, void, undefined> {
  for (const slot of slots) {
    const block = volume.blockIn(slot);
    if (block.count > 0) yield block;
  }
}

/** The part of a region that lies in a block, counted from the block's corner. */
export function partOf({ min, max }: Region, x: number, y: number, z: number): Region {
  return {
    min: [Math.max(min[0] - x, 0), Math.max(min[1] - y, 0), Math.max(min[2] - z, 0)],
    max: [Math.min(max[0] - x, LAST), Math.min(max[1] - y, LAST), Math.min(max[2] - z, LAST)],
  };
}

/** Whether all of a block lies in a region. */
export function holds({ min, max }: Region, { x, y, z }: BlockView): boolean {
  return (
    x >= min[0] &&
    y >= min[1] &&
    z >= min[2] &&
    x + LAST <= max[0] &&
    y + LAST <= max[1] &&
    z + LAST <= max[2]
  );
}

function touches({ x, y, z }: BlockView, { min, max }: Region): boolean {
  return (
    x <= max[0] &&
    y <= max[1] &&
    z <= max[2] &&
    x + LAST >= min[0] &&
    y + LAST >= min[1] &&
    z + LAST >= min[2]
  );
}
