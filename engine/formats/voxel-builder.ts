/**
 * Builds a volume out of voxels that come one by one or in rows, as voxel files store them. Each
 * voxel costs one store, as long as its neighbour went to the same block; the volume gets whole
 * blocks at the end.
 */

import { checkInterrupt } from '../interrupt.ts';
import { countVoxels, newBlockData, newScratch } from '../volume/block.ts';
import { BlockIndex } from '../volume/block-index.ts';
import { BlockStore, PACKABLE_MAX } from '../volume/block-store.ts';
import type { Vec3 } from '../volume/box.ts';
import { COORDINATE_MAX, COORDINATE_MIN } from '../volume/reach.ts';
import { Block, newToken } from '../volume/stored-block.ts';
import type { Volume } from '../volume/volume.ts';
import type { BlockBudget } from './block-budget.ts';
import type { ByteReader } from './bytes.ts';

/** Where voxels go whose blocks are only counted. */
const COUNTED = newScratch();

export class VoxelBuilder {
  readonly #budget: BlockBudget;
  #index = new BlockIndex();
  #blocks = new BlockStore();
  readonly #token = newToken();
  #last: Uint32Array = new Uint32Array(0);
  #bx = Number.NaN;
  #by = Number.NaN;
  #bz = Number.NaN;

  constructor(budget: BlockBudget) {
    this.#budget = budget;
  }

  /** Puts a packed colour at signed 32-bit coordinates. */
  set(x: number, y: number, z: number, rgba: number): void {
    this.#go(x >> 4, y >> 4, z >> 4);
    this.#last[(x & 15) | ((y & 15) << 4) | ((z & 15) << 8)] = rgba;
  }

  /** Puts a colour at x0 ≤ x < x1. */
  fillX(x0: number, x1: number, y: number, z: number, rgba: number): void {
    const row = ((y & 15) << 4) | ((z & 15) << 8);
    for (let x = x0; x < x1; ) {
      this.#go(x >> 4, y >> 4, z >> 4);
      const end = Math.min(x1, (x >> 4) * 16 + 16);
      this.#last.fill(rgba, row + (x & 15), row + (x & 15) + end - x);
      x = end;
    }
  }

  /** Puts a colour at z0 ≤ z < z1. */
  fillZ(x: number, y: number, z0: number, z1: number, rgba: number): void {
    const column = (x & 15) | ((y & 15) << 4);
    for (let z = z0; z < z1; ) {
      this.#go(x >> 4, y >> 4, z >> 4);
      const end = Math.min(z1, (z >> 4) * 16 + 16);
      for (; z < end; z++) this.#last[column | ((z & 15) << 8)] = rgba;
    }
  }

  /** Throws GOX_MEMORY_LIMIT when so many voxels, of places that have none, cannot find room. */
  require(voxels: number): void {
    this.#budget.require(voxels);
  }

  /** Moves the blocks into an empty volume, and starts anew. */
  finish(volume: Volume): void {
    // A volume keeps some as words, but a file may have many layers.
    if (this.#budget.taken > PACKABLE_MAX) this.#blocks.pack(this.#token);
    const scratch = newScratch();
    for (let slot = 0; slot < this.#blocks.length; slot++) {
      checkInterrupt();
      const { x, y, z } = this.#index.position(slot);
      const block = this.#blocks.at(slot);
      block.count = countVoxels(block.read(scratch));
      volume.putBlock(x * 16, y * 16, z * 16, block);
    }
    this.#index = new BlockIndex();
    this.#blocks = new BlockStore();
    this.#bx = Number.NaN;
  }

  #go(bx: number, by: number, bz: number): void {
    if (bx === this.#bx && by === this.#by && bz === this.#bz) return;
    checkInterrupt();
    let slot = this.#index.find(bx, by, bz);
    if (slot < 0) {
      const made = this.#budget.take();
      slot = this.#index.add(bx, by, bz);
      if (made) this.#blocks.push(new Block(newBlockData(), this.#token, 0), this.#token);
    }
    // Those that are only counted come after those that are made.
    const made = slot < this.#blocks.length;
    this.#last = made ? this.#blocks.written(slot, this.#token).words : COUNTED;
    this.#bx = bx;
    this.#by = by;
    this.#bz = bz;
  }
}

/** Throws GOX_FORMAT_BROKEN unless a box of that size at `min` lies in 32-bit coordinates. */
export function requireReach(reader: ByteReader, min: Vec3, size: Vec3): void {
  for (const axis of [0, 1, 2] as const) {
    // COORDINATE_MAX itself stays free, so that the box's half open end is a coordinate too.
    if (min[axis] >= COORDINATE_MIN && min[axis] + size[axis] <= COORDINATE_MAX) continue;
    reader.fail(`a box at ${min.join(' ')} of ${size.join(' x ')} is out of range`);
  }
}
