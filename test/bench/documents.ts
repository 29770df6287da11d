/**
 * Documents of known sizes, to measure what costs by the whole: hills of 10,000 to 10,000,000
 * voxels, and a sparse one that has few voxels in many blocks. The same for every run.
 */

import { Document } from '../../engine/document/document.ts';
import { terrain } from '../../engine/procedural/terrain.ts';
import { BLOCK_SIZE, newBlockData } from '../../engine/volume/block.ts';
import type { Vec3 } from '../../engine/volume/box.ts';
import { pack } from '../../engine/volume/color.ts';
import { boxMatrix } from '../../engine/volume/matrix.ts';
import { Volume } from '../../engine/volume/volume.ts';

const BLOCKS_MAX = 2 ** 20;

/** Hills are so many times as wide as they are high on average. */
const FLATNESS = 4;

const SPARSE_SIZE: Vec3 = [1000, 1000, 256];
const SPARSE_VOXELS_A_BLOCK = 8;
/** Blocks of the sparse document take turns with so many arrays of words: 1 MiB, not 1 GiB. */
const SPARSE_PATTERNS = 64;

interface Size {
  readonly name: string;
  volume(): Volume;
}

/** From the smallest to the largest, and the sparse one. */
export const SIZES: readonly Size[] = [
  { name: '10,000', volume: () => hills(10_000) },
  { name: '1,000,000', volume: () => hills(1_000_000) },
  { name: '10,000,000', volume: () => hills(10_000_000) },
  { name: 'sparse 1000² × 256', volume: sparse },
];

/**
 * A document whose voxels are dealt to layers, block by block, so that each reaches through most of
 * the whole. The layers have the ids from 1 on; the first one is active.
 */
export function documentOfLayers(volume: Volume, layers: number): Document {
  const document = Document.empty();
  while (document.layers.length < layers) document.addLayer(`Layer.${document.layers.length + 1}`);
  let turn = 0;
  for (const { x, y, z } of volume.blocks()) {
    document.layers[turn++ % layers]!.volume.shareBlock(x, y, z, volume);
  }
  document.activeLayer = document.layers[0]!;
  document.set({ box: boxMatrix(volume.box()!) });
  return document;
}

/** Solid hills of about so many voxels, with one corner at the origin. */
function hills(voxels: number): Volume {
  const side = Math.round(Math.cbrt(voxels * FLATNESS));
  const base = voxels / side ** 2;
  return terrain(
    {
      ...{ min: [0, 0], max: [side, side], floor: 0, base, amplitude: base / 2 },
      octaves: { seed: 1, scale: side / 3, count: 4, persistence: 0.5, lacunarity: 2 },
      ramp: [
        { z: 0, color: pack(90, 80, 70, 255) },
        { z: base, color: pack(60, 140, 50, 255) },
        { z: base * 1.5, color: pack(240, 240, 250, 255) },
      ],
    },
    BLOCKS_MAX,
  );
}

/** A few voxels in each of the blocks of a large box. */
function sparse(): Volume {
  const volume = new Volume();
  const patterns = Array.from({ length: SPARSE_PATTERNS }, (_, seed) => scattered(seed));
  const [width, height, depth] = SPARSE_SIZE;
  let turn = 0;
  for (let z = 0; z < depth; z += BLOCK_SIZE) {
    for (let y = 0; y < height; y += BLOCK_SIZE) {
      for (let x = 0; x < width; x += BLOCK_SIZE) {
        volume.setBlock(x, y, z, patterns[turn++ % SPARSE_PATTERNS]!);
      }
    }
  }
  return volume;
}

/** Words of a block with voxels at places of their own, in its lower half along each axis. */
function scattered(seed: number): Uint32Array {
  const data = newBlockData();
  for (let i = 0; i < SPARSE_VOXELS_A_BLOCK; i++) {
    const place = Math.imul(seed * SPARSE_VOXELS_A_BLOCK + i, 0x9e37_79b1) >>> 20;
    // Bit 3 of x, y and z stays 0: a box that ends inside a block holds it too.
    data[place & 0x777] = pack(40 + 3 * seed, 90, 200 - 2 * seed, 255);
  }
  return data;
}
