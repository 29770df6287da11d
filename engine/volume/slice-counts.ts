/**
 * How many blocks have voxels in each slice along one axis, so that the first and the last slice
 * with voxels are known after any change, also when the last voxel of a side goes.
 */

import { BLOCK_SIZE } from './block.ts';

/** Slices of one block position along the axis. */
interface Layer {
  /** How many blocks have voxels in each of the 16 slices. */
  readonly counts: Uint32Array;
  /** A bit for each slice whose count is not 0. */
  used: number;
}

export class SliceCounts {
  /** By block position; only those with voxels. */
  readonly #layers = new Map<number, Layer>();
  /** Block positions with voxels lie in [low, high]; the ends may have lost theirs since. */
  #low = Number.POSITIVE_INFINITY;
  #high = Number.NEGATIVE_INFINITY;

  /** Layers of blocks with voxels: what this takes memory for. */
  get size(): number {
    return this.#layers.size;
  }

  /**
   * Notes that a block had voxels in some of its 16 slices and now has them in others.
   *
   * @param at the block's position over 16
   * @param before a bit for each slice
   */
  change(at: number, before: number, after: number): void {
    if (before === after) return;
    let layer = this.#layers.get(at);
    if (layer === undefined) {
      layer = { counts: new Uint32Array(BLOCK_SIZE), used: 0 };
      this.#layers.set(at, layer);
      this.#low = Math.min(this.#low, at);
      this.#high = Math.max(this.#high, at);
    }
    const { counts } = layer;
    for (let slice = 0; slice < BLOCK_SIZE; slice++) {
      counts[slice]! += ((after >> slice) & 1) - ((before >> slice) & 1);
      const bit = 1 << slice;
      layer.used = counts[slice] === 0 ? layer.used & ~bit : layer.used | bit;
    }
    if (layer.used === 0) this.#layers.delete(at);
  }

  /** The first slice with voxels. There must be one. */
  get min(): number {
    this.#low = this.#next(this.#low, 1);
    const { used } = this.#layers.get(this.#low)!;
    // The lowest bit alone.
    return this.#low * BLOCK_SIZE + 31 - Math.clz32(used & -used);
  }

  /** One more than the last slice with voxels. There must be one. */
  get max(): number {
    this.#high = this.#next(this.#high, -1);
    const { used } = this.#layers.get(this.#high)!;
    return this.#high * BLOCK_SIZE + 32 - Math.clz32(used);
  }

  /**
   * The first layer from a position on, in a direction in which nothing lies behind all of them.
   * Costs by the gap, or by the number of layers where that is less.
   */
  #next(from: number, step: 1 | -1): number {
    const layers = this.#layers;
    for (let i = 0; i < layers.size; i++) if (layers.has(from + i * step)) return from + i * step;
    let next = step * Number.POSITIVE_INFINITY;
    for (const at of layers.keys()) next = step > 0 ? Math.min(next, at) : Math.max(next, at);
    return next;
  }
}
