/** Goxel's filters: colours adjusted, and voxels mirrored or wrapped around inside a box. */

import { BLOCK_VOXELS, newBlockData, newScratch } from '../volume/block.ts';
import type { Box, Vec3 } from '../volume/box.ts';
import { Volume } from '../volume/volume.ts';
import { clipped, join } from './clip.ts';
import { adjustColor, type ColorAdjustment } from './color-adjust.ts';
import { step, type Turn, turned } from './turn.ts';

/** Colours that are remembered at a time; a power of two. */
const REMEMBERED = 0x1_0000;

/**
 * The voxels with their colours adjusted (see `adjustColor`), alpha as it was. Goxel lays them
 * over the layer, or their part in the selection.
 */
export function adjustColors(volume: Volume, adjustment: ColorAdjustment): Volume {
  const adjusted = new Volume();
  const known = new Uint32Array(REMEMBERED);
  const results = new Uint32Array(REMEMBERED);
  for (const { x, y, z, data } of volume.blocks(newScratch())) {
    const words = newBlockData();
    let last = 0;
    let result = 0;
    for (let i = 0; i < BLOCK_VOXELS; i++) {
      const rgba = data[i]!;
      if (rgba !== last) {
        last = rgba;
        if (rgba <= 0xff_ffff) result = 0;
        else {
          const slot = Math.imul(rgba, 0x9e37_79b1) >>> 16;
          if (known[slot] !== rgba) {
            known[slot] = rgba;
            results[slot] = adjustColor(rgba, adjustment);
          }
          result = results[slot]!;
        }
      }
      words[i] = result;
    }
    adjusted.giveBlock(x, y, z, words);
  }
  return adjusted;
}

/** Flips what is in a box, over the box's middle plane across an axis. */
export function mirror(volume: Volume, axis: 0 | 1 | 2, box: Box): void {
  const signs = [1, 1, 1];
  const offsets = [0, 0, 0];
  signs[axis] = -1;
  offsets[axis] = box.min[axis] + box.max[axis] - 1;
  const flip = { axes: [0, 1, 2], signs, offsets } as unknown as Turn;
  const part = clipped(volume, box);
  volume.fillBox(box.min, box.max, 0);
  join(volume, turned(part, flip, volume.blocks_max));
}

/**
 * Moves what is in a box by one voxel along an axis; the layer that leaves the box on one side
 * comes back in on the other.
 */
export function wrap(volume: Volume, axis: 0 | 1 | 2, sign: 1 | -1, box: Box): void {
  const [first, last] = [box.min[axis], box.max[axis] - 1];
  if (first >= last) return;
  const edge = sign > 0 ? last : first + 1;
  const lower = clipped(volume, { min: box.min, max: along(box.max, axis, edge) });
  const upper = clipped(volume, { min: along(box.min, axis, edge), max: box.max });
  const around = -sign * (last - first);
  volume.fillBox(box.min, box.max, 0);
  const [lowerBy, upperBy] = sign > 0 ? [sign, around] : [around, sign];
  const blocks_max = volume.blocks_max;
  join(volume, turned(lower, step(along([0, 0, 0], axis, lowerBy)), blocks_max));
  join(volume, turned(upper, step(along([0, 0, 0], axis, upperBy)), blocks_max));
}

/** A place with one coordinate replaced. */
function along([x, y, z]: Vec3, axis: 0 | 1 | 2, value: number): Vec3 {
  return [axis === 0 ? value : x, axis === 1 ? value : y, axis === 2 ? value : z];
}
