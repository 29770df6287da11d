/** How the voxels that came out of a file compare with those that went in. */

import { mergeOver } from '../../engine/ops/combine.ts';
import { Volume } from '../../engine/volume/volume.ts';

/**
 * Which colours have to be the same: all; those with a free side, as others cannot be seen; those
 * without alpha, or to six bits a channel; none.
 */
export type Colors = 'all' | 'outside' | 'outside rgb' | 'outside in six bits' | 'none';

/** What is not the same; `voxels` when their places differ, and then colours are not compared. */
export type Verdict = 'same' | 'colours' | 'voxels';

/** The bits of a word that are compared. */
const COMPARED: Record<Colors, number> = {
  all: 0xffff_ffff,
  outside: 0xffff_ffff,
  'outside rgb': 0x00ff_ffff,
  'outside in six bits': 0x00fc_fcfc,
  none: 0,
};
const SIDE_MASK = 15;

const SIDES = [
  [1, 0, 0],
  [-1, 0, 0],
  [0, 1, 0],
  [0, -1, 0],
  [0, 0, 1],
  [0, 0, -1],
] as const;

/** Compares volumes, or only their shapes and colours when the place is lost. */
export function sameVoxels(
  found: Volume,
  expected: Volume,
  colors: Colors,
  place: 'kept' | 'lost' = 'kept',
): Verdict {
  if (found.count() !== expected.count()) return 'voxels';
  const [from, to] = [expected.box(), found.box()];
  if (from === undefined || to === undefined) return 'same';
  const move = place === 'kept' ? [0, 0, 0] : from.min.map((value, axis) => to.min[axis]! - value);
  const mask = COMPARED[colors];
  let verdict: Verdict = 'same';
  for (const block of expected.blocks()) {
    for (let i = 0; i < block.data.length; i++) {
      const rgba = block.data[i]!;
      if (rgba <= 0xff_ffff) continue;
      const x = block.x + (i & SIDE_MASK);
      const y = block.y + ((i >> 4) & SIDE_MASK);
      const z = block.z + (i >> 8);
      const color = found.get(x + move[0]!, y + move[1]!, z + move[2]!);
      if (color === rgba) continue;
      if (color <= 0xff_ffff) return 'voxels';
      if (((color ^ rgba) & mask) === 0) continue;
      if (colors === 'all' || hasFreeSide(expected, x, y, z)) verdict = 'colours';
    }
  }
  return verdict;
}

function hasFreeSide(volume: Volume, x: number, y: number, z: number): boolean {
  return SIDES.some(([dx, dy, dz]) => volume.get(x + dx, y + dy, z + dz) <= 0xff_ffff);
}

/** The voxels from an alpha on, made opaque: what formats without alpha hold. */
export function opaque(volume: Volume, alpha_min: number): Volume {
  const solid = new Volume();
  for (const { x, y, z, data } of volume.blocks()) {
    for (let i = 0; i < data.length; i++) {
      const rgba = data[i]!;
      if (rgba >>> 24 < alpha_min) continue;
      const color = (rgba | 0xff00_0000) >>> 0;
      solid.set(x + (i & SIDE_MASK), y + ((i >> 4) & SIDE_MASK), z + (i >> 8), color);
    }
  }
  return solid;
}

/** Volumes one over the other. */
export function stacked(volumes: Iterable<Volume>): Volume {
  const all = new Volume();
  for (const volume of volumes) mergeOver(all, volume);
  return all;
}
