/** Regions of a volume as flat arrays: one word a position, x fastest, then y, then z. */

import { checkInterrupt } from '../interrupt.ts';
import { BLOCK_SIZE, copyBlockData, newBlockData, newScratch } from './block.ts';
import type { BlockView } from './block-view.ts';
import type { Vec3 } from './box.ts';
import { Volume } from './volume.ts';

const LAST = BLOCK_SIZE - 1;
/** The largest word whose alpha is 0. */
const NO_VOXEL_MAX = 0xff_ffff;

/** The bytes (RGBA) of every position in [min, max); zeros where no voxel is. */
export function readRegion(volume: Volume, min: Vec3, max: Vec3): Uint8Array {
  const [width, height] = [max[0] - min[0], max[1] - min[1]];
  const words = new Uint32Array(width * height * (max[2] - min[2]));
  for (const { x, y, z, data } of blocksBetween(volume, min, max, newScratch())) {
    checkInterrupt();
    const [x0, x1] = [Math.max(x, min[0]), Math.min(x + LAST, max[0] - 1)];
    for (let vz = Math.max(z, min[2]); vz <= Math.min(z + LAST, max[2] - 1); vz++) {
      for (let vy = Math.max(y, min[1]); vy <= Math.min(y + LAST, max[1] - 1); vy++) {
        const from = (x0 & LAST) | ((vy & LAST) << 4) | ((vz & LAST) << 8);
        const to = x0 - min[0] + width * (vy - min[1] + height * (vz - min[2]));
        for (let i = 0; i <= x1 - x0; i++) {
          const rgba = data[from + i]!;
          // A voxel that was removed may have left its colour behind.
          if (rgba > NO_VOXEL_MAX) words[to + i] = rgba;
        }
      }
    }
  }
  return new Uint8Array(words.buffer);
}

/**
 * The blocks with voxels that a box touches, in order of insertion; found by a look at all blocks
 * or at all positions in the box, whichever are fewer. Do not write to the volume meanwhile.
 */
export function* blocksBetween(
  volume: Volume,
  min: Vec3,
  max: Vec3,
  scratch?: Uint32Array,
): Generator<BlockView, void, undefined> {
  // Of a box that is flat the other sides may be as long as coordinates go.
  if (min.some((low, axis) => low >= max[axis]!)) return;
  if (Volume.blocksIn(min, max) >= volume.blockCount) {
    for (const block of volume.blocks(scratch)) if (touches(block, min, max)) yield block;
    return;
  }
  const slots: number[] = [];
  for (let z = min[2] & ~LAST; z < max[2]; z += BLOCK_SIZE) {
    for (let y = min[1] & ~LAST; y < max[1]; y += BLOCK_SIZE) {
      for (let x = min[0] & ~LAST; x < max[0]; x += BLOCK_SIZE) {
        const slot = volume.slotAt(x, y, z);
        if (slot >= 0) slots.push(slot);
      }
    }
  }
  for (const slot of slots.sort((a, b) => a - b)) {
    const block = volume.blockIn(slot, scratch);
    if (block.count > 0) yield block;
  }
}

function touches({ x, y, z }: BlockView, min: Vec3, max: Vec3): boolean {
  return (
    x < max[0] &&
    y < max[1] &&
    z < max[2] &&
    x + BLOCK_SIZE > min[0] &&
    y + BLOCK_SIZE > min[1] &&
    z + BLOCK_SIZE > min[2]
  );
}

/**
 * Puts the bytes (RGBA) of every position in [min, min + size), which must lie in the coordinates.
 * Alpha 0 removes, or with `keep` leaves what is there. There must be as many bytes as the size
 * says. Throws GOX_MEMORY_LIMIT half done at the volume's `blocks_max`.
 */
export function writeRegion(
  volume: Volume,
  min: Vec3,
  size: Vec3,
  bytes: Uint8Array,
  keep: boolean,
): void {
  // A copy, since the bytes may begin at any address.
  const words = new Uint32Array(new Uint8Array(bytes).buffer);
  const [width, height] = size;
  const max = [min[0] + size[0] - 1, min[1] + size[1] - 1, min[2] + size[2] - 1] as const;
  for (let z = min[2] & ~LAST; z <= max[2]; z += BLOCK_SIZE) {
    for (let y = min[1] & ~LAST; y <= max[1]; y += BLOCK_SIZE) {
      checkInterrupt();
      for (let x = min[0] & ~LAST; x <= max[0]; x += BLOCK_SIZE) {
        const before = volume.blockAt(x, y, z);
        let data: Uint32Array | undefined;
        const [x0, x1] = [Math.max(x, min[0]), Math.min(x + LAST, max[0])];
        for (let vz = Math.max(z, min[2]); vz <= Math.min(z + LAST, max[2]); vz++) {
          for (let vy = Math.max(y, min[1]); vy <= Math.min(y + LAST, max[1]); vy++) {
            const to = (x0 & LAST) | ((vy & LAST) << 4) | ((vz & LAST) << 8);
            const from = x0 - min[0] + width * (vy - min[1] + height * (vz - min[2]));
            for (let i = 0; i <= x1 - x0; i++) {
              const rgba = words[from + i]!;
              const empty = rgba <= NO_VOXEL_MAX;
              if (empty && (keep || before === undefined)) continue;
              data ??= before === undefined ? newBlockData() : copyBlockData(before);
              data[to + i] = empty ? 0 : rgba;
            }
          }
        }
        if (data !== undefined) volume.giveBlock(x, y, z, data);
      }
    }
  }
}
