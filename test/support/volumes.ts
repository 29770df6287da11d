/** Random volumes, and their faces one by one. */

import { SOLID_ALPHA } from '../../engine/volume/color.ts';
import { Volume } from '../../engine/volume/volume.ts';

/** Uniform numbers in [0, 1), the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** Numbers from 0 up to, not including, `end`. */
export type Next = (end: number) => number;

/** Whole ones, the same for the same seed. */
export function numbersFrom(seed: number): Next {
  const random = randomNumbers(seed);
  return (end) => Math.floor(random() * end);
}

/**
 * Voxels of a few colours around a corner of eight blocks, far from 0 or near it, so that surfaces
 * cross from block to block; set in random order. `alphas` are drawn from.
 */
export function randomVolume(random: () => number, alphas: readonly number[] = [255]): Volume {
  const volume = new Volume();
  const integer = (end: number) => Math.floor(random() * end);
  const origin = [0, 1, 2].map(() => (integer(5) - 2) * 16 + integer(16));
  const size = 2 + integer(9);
  const voxels = Math.floor(size ** 3 * random());
  for (let i = 0; i < voxels; i++) {
    const [x, y, z] = origin.map((from) => from - 4 + integer(size));
    const alpha = alphas[integer(alphas.length)]!;
    volume.set(x!, y!, z!, ((alpha << 24) | (1 + integer(3))) >>> 0);
  }
  return volume;
}

const SIDES = [
  [0, -1, 0],
  [0, 1, 0],
  [0, 0, -1],
  [0, 0, 1],
  [1, 0, 0],
  [-1, 0, 0],
] as const;

/** `x y z normal colour` of each visible face, x y z its voxel. */
export function unitFaces(volume: Volume): string[] {
  const faces: string[] = [];
  for (const { x, y, z, data } of volume.blocks()) {
    for (const [i, rgba] of data.entries()) {
      if (rgba >>> 24 < SOLID_ALPHA) continue;
      const [vx, vy, vz] = [x + (i & 15), y + ((i >> 4) & 15), z + (i >> 8)];
      for (const [dx, dy, dz] of SIDES) {
        if (volume.get(vx + dx, vy + dy, vz + dz) >>> 24 >= SOLID_ALPHA) continue;
        faces.push(`${vx} ${vy} ${vz} ${dx},${dy},${dz} ${rgba}`);
      }
    }
  }
  return faces.sort();
}
