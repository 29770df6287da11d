/** Hills: a height for each column of voxels from noise, coloured by height. */

import { checkInterrupt } from '../interrupt.ts';
import { newBlockData } from '../volume/block.ts';
import { pack } from '../volume/color.ts';
import { requireLeast } from '../volume/least.ts';
import { requireReach } from '../volume/reach.ts';
import { Volume } from '../volume/volume.ts';
import { fractalNoise, type Octaves } from './noise.ts';

/** A colour from a height on; colours between two stops are mixed. */
export interface RampStop {
  readonly z: number;
  /** Packed. */
  readonly color: number;
}

export interface TerrainParams {
  /** The area in voxels, half open. */
  readonly min: readonly [x: number, y: number];
  readonly max: readonly [x: number, y: number];
  /** The lowest layer of voxels; columns are solid from here up. */
  readonly floor: number;
  /** The height of the surface where the noise is 0: columns end below it. */
  readonly base: number;
  /** How far the surface may be from `base`, in voxels. */
  readonly amplitude: number;
  readonly octaves: Octaves;
  /** At least one stop, by growing z. */
  readonly ramp: readonly RampStop[];
}

/**
 * Throws GOX_MEMORY_LIMIT when the box it may take leaves the coordinates, or the hills touch more
 * than `blocks_max` blocks: before it as far as one place in each column of blocks tells.
 */
export function terrain(params: TerrainParams, blocks_max: number): Volume {
  const { min, max, floor, base, amplitude, octaves } = params;
  const volume = new Volume();
  const top = Math.max(floor, Math.ceil(base + Math.abs(amplitude)));
  requireReach([...min, floor], [...max, top]);
  requireLeast(leastBlocks(params, top, blocks_max), blocks_max, 'The terrain');
  volume.blocks_max = blocks_max;
  const layers = new Layers(params.ramp, floor);
  const heights = new Float64Array(256);
  for (let y = min[1] & ~15; y < max[1]; y += 16) {
    for (let x = min[0] & ~15; x < max[0]; x += 16) {
      checkInterrupt();
      let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      for (let i = 0; i < 256; i++) {
        const [px, py] = [x + (i & 15), y + (i >> 4)];
        const inside = px >= min[0] && py >= min[1] && px < max[0] && py < max[1];
        const height = Math.round(base + amplitude * fractalNoise(octaves, px, py));
        heights[i] = inside ? Math.min(height, top) : Number.NEGATIVE_INFINITY;
        low = Math.min(low, heights[i]!);
        high = Math.max(high, heights[i]!);
      }
      for (let z = floor & ~15; z < high; z += 16) {
        const whole = layers.block(z);
        if (z + 16 <= low) volume.setBlock(x, y, z, whole);
        else volume.giveBlock(x, y, z, below(whole, heights, z));
      }
    }
  }
  volume.blocks_max = Number.POSITIVE_INFINITY;
  return volume;
}

/** The fewest blocks: those under one place of each column of blocks, up to more than allowed. */
function leastBlocks(params: TerrainParams, top: number, blocks_max: number): number {
  const { min, max, floor, base, amplitude, octaves } = params;
  let blocks = 0;
  for (let y = min[1]; y < max[1] && blocks <= blocks_max; y = (y & ~15) + 16) {
    checkInterrupt();
    for (let x = min[0]; x < max[0] && blocks <= blocks_max; x = (x & ~15) + 16) {
      const height = Math.min(Math.round(base + amplitude * fractalNoise(octaves, x, y)), top);
      if (height > floor) blocks += Math.ceil(height / 16) - Math.floor(floor / 16);
    }
  }
  return blocks;
}

/** The words of a block without those at or above the height of their column. */
function below(whole: Uint32Array, heights: Float64Array, z: number): Uint32Array {
  const data = newBlockData();
  for (let i = 0; i < 256; i++) {
    const end = Math.min(heights[i]! - z, 16);
    for (let k = 0; k < end; k++) data[i + 256 * k] = whole[i + 256 * k]!;
  }
  return data;
}

/** Blocks as they are deep inside: every layer its colour, nothing under the floor. */
class Layers {
  readonly #ramp: readonly RampStop[];
  readonly #floor: number;
  readonly #blocks = new Map<number, Uint32Array>();

  constructor(ramp: readonly RampStop[], floor: number) {
    this.#ramp = ramp;
    this.#floor = floor;
  }

  block(z: number): Uint32Array {
    const known = this.#blocks.get(z);
    if (known !== undefined) return known;
    const data = newBlockData();
    for (let k = Math.max(this.#floor - z, 0); k < 16; k++) {
      data.fill(rampColor(this.#ramp, z + k), 256 * k, 256 * (k + 1));
    }
    this.#blocks.set(z, data);
    return data;
  }
}

/** The packed colour of a height: that of a stop, or the nearest mix of the two around it. */
export function rampColor(ramp: readonly RampStop[], z: number): number {
  const next = ramp.findIndex((stop) => stop.z > z);
  if (next === 0) return ramp[0]!.color;
  const below = ramp.at(next < 0 ? -1 : next - 1)!;
  if (next < 0) return below.color;
  const above = ramp[next]!;
  const share = (z - below.z) / (above.z - below.z);
  const mixed = [0, 8, 16, 24].map((shift) => {
    const [a, b] = [(below.color >>> shift) & 0xff, (above.color >>> shift) & 0xff];
    return Math.round(a + share * (b - a));
  });
  return pack(mixed[0]!, mixed[1]!, mixed[2]!, mixed[3]!);
}
