/**
 * Boxes of voxels as runs of words, x changing fastest, then y, then z: the form in which a script
 * reads and writes them. A box is given by its minimum corner and its size; `start` is the number
 * of voxels before the first one meant.
 */

import { checkInterrupt } from '../interrupt.ts';
import { COORDINATE_MAX } from '../volume/reach.ts';
import type { Volume } from '../volume/volume.ts';
import { Refusal } from './refusal.ts';

export interface Region {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly width: number;
  readonly height: number;
  readonly depth: number;
}

/** Throws unless the sizes are not negative and the region ends inside the coordinates. */
export function requireRegion(region: Region): void {
  const { x, y, z, width, height, depth } = region;
  if (width < 0 || height < 0 || depth < 0) {
    throw new Refusal('RangeError', 'a size is not negative');
  }
  const last = Math.max(x + width, y + height, z + depth) - 1;
  if (last > COORDINATE_MAX) throw new Refusal('RangeError', 'the region leaves the coordinates');
}

/** Fills words with the region's colours from `start` on; the number written. */
export function readRegion(
  volume: Volume,
  region: Region,
  start: number,
  words: Uint32Array,
): number {
  const { x, y, z, width, height, depth } = region;
  const count = Math.max(0, Math.min(words.length, width * height * depth - start));
  for (let done = 0; done < count; ) {
    checkInterrupt();
    const column = (start + done) % width;
    const row = Math.floor((start + done) / width);
    const vx = x + column;
    const vy = y + (row % height);
    const vz = z + Math.floor(row / height);
    // One run never leaves a row or a block.
    const length = Math.min(width - column, 16 - (vx & 15), count - done);
    const data = volume.blockAt(vx, vy, vz);
    const from = (vx & 15) | ((vy & 15) << 4) | ((vz & 15) << 8);
    for (let i = 0; i < length; i++) {
      const rgba = data === undefined ? 0 : data[from + i]!;
      words[done + i] = rgba > 0xff_ffff ? rgba : 0;
    }
    done += length;
  }
  return count;
}

/** Puts words into the region from `start` on; alpha 0 removes. */
export function writeRegion(
  volume: Volume,
  region: Region,
  start: number,
  words: Uint32Array,
): void {
  const { x, y, z, width, height } = region;
  for (let i = 0; i < words.length; i++) {
    const row = Math.floor((start + i) / width);
    const vz = z + Math.floor(row / height);
    volume.set(x + ((start + i) % width), y + (row % height), vz, words[i]!);
  }
}
