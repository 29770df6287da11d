/**
 * The voxels that a mesh becomes while they are being found: blocks as in a volume, and beside each
 * word how near the surface was that gave the colour.
 */

import type { BlockBudget } from '../formats/block-budget.ts';
import { checkInterrupt } from '../interrupt.ts';
import {
  BLOCK_BYTES,
  BLOCK_SIZE,
  BLOCK_VOXELS,
  newBlockData,
  newScratch,
} from '../volume/block.ts';
import { BlockIndex } from '../volume/block-index.ts';
import { Volume } from '../volume/volume.ts';
import { TRIANGLES_MAX } from './soup.ts';

/** The word of a voxel that is there and has no colour yet; its alpha is 0. */
export const UNPAINTED = 1;
/** Where voxels go whose blocks are only counted. */
export const COUNTED = newScratch();
/** The word of one whose colour turned out to be wholly transparent: it is not made in the end. */
const TRANSPARENT = 2;

export class Grid {
  readonly #index = new BlockIndex();
  readonly #words: Uint32Array[] = [];
  readonly #ranks: (Float64Array | undefined)[] = [];
  readonly #parts: (Uint16Array | undefined)[] = [];
  readonly #budget: BlockBudget;

  /** Whether it is kept which part of the mesh each voxel is of. */
  readonly parted: boolean;

  constructor(budget: BlockBudget, parted = false) {
    this.#budget = budget;
    this.parted = parted;
  }

  /** The words of the block that holds a position, made when there is none. */
  wordsAt(x: number, y: number, z: number): Uint32Array {
    return this.#words[this.#slot(x >> 4, y >> 4, z >> 4)]!;
  }

  /** The words of the block that holds a position; undefined when there is none. */
  findWords(x: number, y: number, z: number): Uint32Array | undefined {
    const slot = this.#index.find(x >> 4, y >> 4, z >> 4);
    return slot < 0 ? undefined : this.#words[slot];
  }

  /** Ranks (`rankOf`) of the colours in the block that holds a position, Infinity without one. */
  ranksAt(x: number, y: number, z: number): Float64Array {
    const slot = this.#slot(x >> 4, y >> 4, z >> 4);
    let ranks = this.#ranks[slot];
    if (ranks === undefined) {
      ranks = new Float64Array(BLOCK_VOXELS).fill(Infinity);
      this.#ranks[slot] = ranks;
    }
    return ranks;
  }

  /** The places of the parts in the block that holds a position. */
  partsAt(x: number, y: number, z: number): Uint16Array {
    const slot = this.#slot(x >> 4, y >> 4, z >> 4);
    let parts = this.#parts[slot];
    if (parts === undefined) {
      parts = new Uint16Array(BLOCK_VOXELS);
      this.#parts[slot] = parts;
    }
    return parts;
  }

  /** Ends the search: the voxels as a volume, or as one a part of the mesh that has any. */
  finish(): Map<number, Volume> {
    const volumes = new Map<number, Volume>();
    let blocks = 0;
    for (const [slot, words] of this.#words.entries()) {
      checkInterrupt();
      if (words === COUNTED) continue;
      for (let i = 0; i < BLOCK_VOXELS; i++) if (words[i]! <= 0xff_ffff) words[i] = 0;
      const { x, y, z } = this.#index.position(slot);
      const parts = this.#parts[slot];
      for (const part of parts === undefined ? [0] : new Set(parts)) {
        const own = parts === undefined ? words : words.map((w, i) => (parts[i] === part ? w : 0));
        if (!own.some((word) => word !== 0)) continue;
        this.#budget.requireBytes(++blocks * BLOCK_BYTES);
        const volume = volumes.get(part) ?? new Volume();
        volumes.set(part, volume);
        volume.setBlock(x * BLOCK_SIZE, y * BLOCK_SIZE, z * BLOCK_SIZE, own);
      }
    }
    return volumes;
  }

  #slot(bx: number, by: number, bz: number): number {
    const found = this.#index.find(bx, by, bz);
    if (found >= 0) return found;
    this.#words.push(this.#budget.take() ? newBlockData() : COUNTED);
    this.#ranks.push(undefined);
    this.#parts.push(undefined);
    return this.#index.add(bx, by, bz);
  }
}

/** A colour as a word of the grid. */
export function wordOf(rgba: number): number {
  return rgba > 0xff_ffff ? rgba : TRANSPARENT;
}

/** Steps in which a distance of one voxel is told; a rank takes 52 bits of a double at most. */
const DISTANCE_STEPS = 2 ** 28;

/**
 * Of two colours for a voxel the one of lower rank wins: the one whose surface is nearer, and of
 * equally near ones that of the later triangle. The distance is in voxels, below 4.
 */
export function rankOf(distance: number, triangle: number): number {
  return Math.round(distance * DISTANCE_STEPS) * TRIANGLES_MAX - triangle;
}
