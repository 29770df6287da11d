/**
 * The smallest box around a volume's voxels, kept up to date by what changed in it. The first time
 * it is found by a look at all blocks; who asks again is told at a cost by the blocks that changed
 * meanwhile. Takes some 60 bytes a block from the second time on.
 */

import { BLOCK_SIZE, newScratch, signedWords } from './block.ts';
import { BlockIndex } from './block-index.ts';
import type { BlockView, BlockWords } from './block-view.ts';
import type { Box } from './box.ts';
import { boxOfBlocks } from './box-of-blocks.ts';
import { SliceCounts } from './slice-counts.ts';

/** What is asked of the volume. */
export interface Followed {
  readonly version: number;
  readonly blockCount: number;
  /** The number of voxels. */
  count(): number;
  blocks(scratch: Uint32Array): Iterable<BlockView>;
  slotAt(x: number, y: number, z: number): number;
  blockIn(slot: number): BlockView;
  changedSince(version: number): Int32Array | undefined;
}

/** A bit for each slice. */
const ALL_SLICES = 0xffff;

/** Positions of blocks that are no more are kept up to so many times those there are, and some. */
const GONE_MAX = 2;
const GONE_MIN = 64;

export class KeptBox {
  #version = 0;
  #box: Box | undefined;
  #slices: SlicesOfBlocks | undefined;

  /** Undefined when there is no voxel. */
  of(volume: Followed): Box | undefined {
    if (this.#version !== volume.version) {
      this.#box = volume.count() === 0 ? undefined : this.#find(volume);
      this.#version = volume.version;
    }
    return this.#box;
  }

  #find(volume: Followed): Box {
    // Most volumes are asked once.
    if (this.#box === undefined) {
      this.#slices = undefined;
      return boxOfBlocks(volume.blocks(newScratch()));
    }
    const slices = this.#slices;
    const changed = slices === undefined ? undefined : volume.changedSince(this.#version);
    const gone_max = GONE_MIN + GONE_MAX * volume.blockCount;
    if (slices === undefined || changed === undefined || slices.length > gone_max) {
      const anew = new SlicesOfBlocks();
      for (const block of volume.blocks(newScratch())) anew.set(block);
      // Not before all are in, since this can be stopped.
      this.#slices = anew;
      return anew.box;
    }
    for (let i = 0; i < changed.length; i += 3) {
      const [x, y, z] = [changed[i]! * 16, changed[i + 1]! * 16, changed[i + 2]! * 16];
      const slot = volume.slotAt(x, y, z);
      slices.set(slot < 0 ? { x, y, z, data: NO_WORDS, count: 0 } : volume.blockIn(slot));
    }
    return slices.box;
  }
}

const NO_WORDS = new Uint32Array(0);

/** The slices along each axis in which blocks have voxels. */
class SlicesOfBlocks {
  readonly #index = new BlockIndex();
  /** Three a slot of the index: the slices that the block has voxels in, along x, y and z. */
  #masks = new Uint16Array(3 * 64);
  readonly #x = new SliceCounts();
  readonly #y = new SliceCounts();
  readonly #z = new SliceCounts();

  /** How many positions it knows. */
  get length(): number {
    return this.#index.length;
  }

  /** There must be a voxel. */
  get box(): Box {
    return {
      min: [this.#x.min, this.#y.min, this.#z.min],
      max: [this.#x.max, this.#y.max, this.#z.max],
    };
  }

  /** Puts a block in the place of the one that was there. */
  set(block: BlockWords): void {
    const [bx, by, bz] = [block.x / BLOCK_SIZE, block.y / BLOCK_SIZE, block.z / BLOCK_SIZE];
    let slot = this.#index.find(bx, by, bz);
    if (slot < 0) {
      if (block.count === 0) return;
      slot = this.#index.add(bx, by, bz);
      if (3 * slot === this.#masks.length) this.#grow();
    }
    const masks = this.#masks;
    const at = 3 * slot;
    const [x, y, z] = [masks[at]!, masks[at + 1]!, masks[at + 2]!];
    writeMasks(block, masks, at);
    this.#x.change(bx, x, masks[at]!);
    this.#y.change(by, y, masks[at + 1]!);
    this.#z.change(bz, z, masks[at + 2]!);
  }

  #grow(): void {
    const masks = new Uint16Array(this.#masks.length * 2);
    masks.set(this.#masks);
    this.#masks = masks;
  }
}

/** Writes three masks: the slices along x, y and z in which a block has voxels. */
function writeMasks(block: BlockWords, masks: Uint16Array, at: number): void {
  let [xs, ys, zs] = [0, 0, 0];
  const { count } = block;
  if (count === BLOCK_SIZE ** 3) [xs, ys, zs] = [ALL_SLICES, ALL_SLICES, ALL_SLICES];
  else if (count > 0) {
    const words = signedWords(block.data);
    for (let row = 0; row < BLOCK_SIZE ** 2; row++) {
      const [y, z] = [1 << (row & 15), 1 << (row >> 4)];
      if (xs === ALL_SLICES && (ys & y) !== 0 && (zs & z) !== 0) continue;
      let bits = 0;
      for (let x = 0, i = row * BLOCK_SIZE; x < BLOCK_SIZE; x++, i++) {
        if (words[i]! >>> 24 !== 0) bits |= 1 << x;
      }
      if (bits === 0) continue;
      xs |= bits;
      ys |= y;
      zs |= z;
    }
  }
  masks[at] = xs;
  masks[at + 1] = ys;
  masks[at + 2] = zs;
}
