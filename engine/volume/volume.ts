/**
 * A sparse volume of voxels: blocks of 16³, found by a hash over their positions. Coordinates are
 * any signed 32-bit integers; callers check that they are integers.
 *
 * Blocks are shared between volumes and copied by the one that writes first (see `Token`), so
 * `clone` copies positions and pointers and no voxels. Their order of insertion is kept: exporters
 * write in that order, as Goxel does.
 */

import { GoxError } from '../../conf/errors.ts';
import { checkInterrupt } from '../interrupt.ts';
import {
  BLOCK_BYTES,
  BLOCK_SIZE,
  BLOCK_VOXELS,
  Block,
  type BlockView,
  copyBlockData,
  countVoxels,
  fillPart,
  indexInBlock,
  NOBODY,
  newBlockData,
  newToken,
} from './block.ts';
import { BlockIndex } from './block-index.ts';
import type { Box, Vec3 } from './box.ts';
import { boxOfBlocks } from './box-of-blocks.ts';

/** The content of a volume in a form that can be posted to another thread. */
export interface VolumeSnapshot {
  /** Three numbers a block: its minimum corner over 16. */
  readonly positions: Int32Array;
  /** How many voxels each block has. */
  readonly counts: Uint16Array;
  /** Shared memory, not to be written. */
  readonly blocks: readonly Uint32Array[];
}

/** Empty blocks stay, for a voxel that comes and goes, until they are this many and half of all. */
const EMPTY_BLOCKS_KEPT = 64;

/**
 * Versions are unique in the process, so equal versions mean the same content of the same volume.
 */
let versions = 0;

export class Volume {
  #index = new BlockIndex();
  #blocks: Block[] = [];
  #token = newToken();
  #count = 0;
  #empty = 0;
  #version = ++versions;
  /** The box around the voxels of a version, since it is asked for again and again. */
  #lastBox: { readonly version: number; readonly box: Box } | undefined;

  /** Once it has this many blocks, a write that adds one throws GOX_MEMORY_LIMIT half done. */
  blocks_max = Number.POSITIVE_INFINITY;

  /** Changes with every write that changed something. */
  get version(): number {
    return this.#version;
  }

  /** Blocks held, empty ones included. */
  get blockCount(): number {
    return this.#blocks.length;
  }

  /** Bytes of the blocks held; one that is shared counts in each volume that holds it. */
  get byteLength(): number {
    return this.#blocks.length * BLOCK_BYTES;
  }

  /** The number of voxels with alpha above 0. */
  count(): number {
    return this.#count;
  }

  /** The packed colour at a position; 0 when there is no voxel. */
  get(x: number, y: number, z: number): number {
    const slot = this.#index.find(x >> 4, y >> 4, z >> 4);
    if (slot < 0) return 0;
    const rgba = this.#blocks[slot]!.data[indexInBlock(x, y, z)]!;
    return rgba > 0xff_ffff ? rgba : 0;
  }

  /** Puts a packed colour at a position; alpha 0 removes the voxel. */
  set(x: number, y: number, z: number, rgba: number): void {
    const filled = rgba >>> 24 !== 0;
    let slot = this.#index.find(x >> 4, y >> 4, z >> 4);
    if (slot < 0) {
      if (!filled) return;
      slot = this.#insert(x >> 4, y >> 4, z >> 4);
    }
    const value = filled ? rgba >>> 0 : 0;
    const index = indexInBlock(x, y, z);
    const before = this.#blocks[slot]!.data[index]!;
    if (before === value) return;
    const block = this.#writable(slot);
    block.data[index] = value;
    const change = (filled ? 1 : 0) - (before > 0xff_ffff ? 1 : 0);
    if (change !== 0) this.#changeCount(block, change);
    this.#version = ++versions;
  }

  /** Removes every voxel. */
  clear(): void {
    this.#index = new BlockIndex();
    this.#blocks = [];
    this.#count = 0;
    this.#empty = 0;
    this.#version = ++versions;
  }

  /** A volume of the same content; costs one pointer and one position a block. */
  clone(): Volume {
    const copy = new Volume();
    copy.#index = this.#index.clone();
    copy.#blocks = this.#blocks.slice();
    copy.#count = this.#count;
    copy.#empty = this.#empty;
    this.#token = newToken();
    return copy;
  }

  /** The blocks that hold voxels, in order of insertion. Do not write to the volume meanwhile. */
  *blocks(): Generator<BlockView, void, undefined> {
    for (let slot = 0; slot < this.#blocks.length; slot++) {
      const { data, count } = this.#blocks[slot]!;
      if (count === 0) continue;
      checkInterrupt();
      const { x, y, z } = this.#index.position(slot);
      yield { x: x * BLOCK_SIZE, y: y * BLOCK_SIZE, z: z * BLOCK_SIZE, data, count };
    }
  }

  /** The slot of the block that holds a position, or -1; it stays until the next write. */
  slotAt(x: number, y: number, z: number): number {
    return this.#index.find(x >> 4, y >> 4, z >> 4);
  }

  /** The block in a slot, of which there are `blockCount`; it may have no voxels. */
  blockIn(slot: number): BlockView {
    const { data, count } = this.#blocks[slot]!;
    const { x, y, z } = this.#index.position(slot);
    return { x: x * BLOCK_SIZE, y: y * BLOCK_SIZE, z: z * BLOCK_SIZE, data, count };
  }

  /** The words of the block that holds a position, not to be written; undefined without a block. */
  blockAt(x: number, y: number, z: number): Uint32Array | undefined {
    const slot = this.#index.find(x >> 4, y >> 4, z >> 4);
    return slot < 0 ? undefined : this.#blocks[slot]!.data;
  }

  /**
   * Replaces the block that holds a position by 4096 words. An array of `newBlockData` is kept, and
   * nobody may write it from now on; it may be given to any number of volumes and positions. Of
   * another array a copy is kept. `count` is the number of its words with alpha above 0, for
   * whoever knows it.
   */
  setBlock(x: number, y: number, z: number, data: Uint32Array, count = countVoxels(data)): void {
    checkInterrupt();
    if (data.length !== BLOCK_VOXELS) throw new RangeError(`a block has ${BLOCK_VOXELS} words`);
    const kept = data.buffer instanceof SharedArrayBuffer ? data : copyBlockData(data);
    this.#put(x, y, z, new Block(kept, NOBODY, count));
  }

  /** Takes over the block of another volume at a position, without copying its voxels. */
  shareBlock(x: number, y: number, z: number, source: Volume): void {
    checkInterrupt();
    const slot = source.#index.find(x >> 4, y >> 4, z >> 4);
    if (slot < 0) return;
    const block = source.#blocks[slot]!;
    if (block.owner === source.#token) source.#token = newToken();
    this.#put(x, y, z, block);
  }

  /**
   * What it holds now, for `Volume.of` in this thread or another. No voxel is copied, here or on
   * the way; later writes to this volume do not show in it.
   */
  snapshot(): VolumeSnapshot {
    const positions = new Int32Array(this.#blocks.length * 3);
    const counts = new Uint16Array(this.#blocks.length);
    const blocks: Uint32Array[] = [];
    for (let slot = 0; slot < this.#blocks.length; slot++) {
      const { data, count } = this.#blocks[slot]!;
      if (count === 0) continue;
      const { x, y, z } = this.#index.position(slot);
      positions.set([x, y, z], blocks.length * 3);
      counts[blocks.length] = count;
      blocks.push(data);
    }
    this.#token = newToken();
    return { positions, counts, blocks };
  }

  /** A volume of what a snapshot holds. */
  static of({ positions, counts, blocks }: VolumeSnapshot): Volume {
    const volume = new Volume();
    for (const [i, data] of blocks.entries()) {
      volume.#index.add(positions[3 * i]!, positions[3 * i + 1]!, positions[3 * i + 2]!);
      volume.#blocks.push(new Block(data, NOBODY, counts[i]!));
      volume.#count += counts[i]!;
    }
    return volume;
  }

  /** Puts one colour at every position of a box; alpha 0 removes. */
  fillBox(min: Vec3, max: Vec3, rgba: number): void {
    if (min[0] >= max[0] || min[1] >= max[1] || min[2] >= max[2]) return;
    if (rgba >>> 24 === 0) this.#clearBox(min, max);
    else this.#paintBox(min, max, rgba >>> 0);
    this.#version = ++versions;
  }

  /** How many blocks a box touches: what a fill of it may have to allocate. */
  static blocksIn(min: Vec3, max: Vec3): number {
    const along = (axis: 0 | 1 | 2) => ((max[axis] - 1) >> 4) - (min[axis] >> 4) + 1;
    if (min[0] >= max[0] || min[1] >= max[1] || min[2] >= max[2]) return 0;
    return along(0) * along(1) * along(2);
  }

  /** The smallest box around all voxels; undefined when there is none. */
  box(): Box | undefined {
    if (this.#count === 0) return undefined;
    if (this.#lastBox?.version !== this.#version) {
      this.#lastBox = { version: this.#version, box: boxOfBlocks(this.blocks()) };
    }
    return this.#lastBox.box;
  }

  #insert(bx: number, by: number, bz: number): number {
    this.#requireRoom();
    const slot = this.#index.add(bx, by, bz);
    this.#blocks.push(new Block(newBlockData(), this.#token, 0));
    this.#empty++;
    return slot;
  }

  #requireRoom(): void {
    if (this.#blocks.length < this.blocks_max) return;
    const bytes_max = this.blocks_max * BLOCK_BYTES;
    const message = `The voxels would take more than the ${bytes_max} bytes that are free.`;
    throw new GoxError('GOX_MEMORY_LIMIT', message, { bytes_max });
  }

  /** The block of a slot, copied first when it is not ours alone. */
  #writable(slot: number): Block {
    const block = this.#blocks[slot]!;
    if (block.owner === this.#token) return block;
    const copy = new Block(copyBlockData(block.data), this.#token, block.count);
    this.#blocks[slot] = copy;
    return copy;
  }

  #put(x: number, y: number, z: number, block: Block): void {
    let slot = this.#index.find(x >> 4, y >> 4, z >> 4);
    if (slot < 0) {
      if (block.count === 0) return;
      this.#requireRoom();
      slot = this.#index.add(x >> 4, y >> 4, z >> 4);
      this.#blocks.push(block);
      this.#count += block.count;
    } else {
      const before = this.#blocks[slot]!.count;
      this.#blocks[slot] = block;
      this.#count += block.count - before;
      this.#empty += (block.count === 0 ? 1 : 0) - (before === 0 ? 1 : 0);
    }
    this.#version = ++versions;
    this.#sweep();
  }

  #changeCount(block: Block, change: number): void {
    if (block.count === 0) this.#empty--;
    block.count += change;
    this.#count += change;
    if (block.count === 0) {
      this.#empty++;
      this.#sweep();
    }
  }

  #sweep(): void {
    if (this.#empty <= EMPTY_BLOCKS_KEPT || this.#empty * 2 < this.#blocks.length) return;
    const index = new BlockIndex();
    const blocks: Block[] = [];
    for (let slot = 0; slot < this.#blocks.length; slot++) {
      const block = this.#blocks[slot]!;
      if (block.count === 0) continue;
      const { x, y, z } = this.#index.position(slot);
      index.add(x, y, z);
      blocks.push(block);
    }
    this.#index = index;
    this.#blocks = blocks;
    this.#empty = 0;
  }

  #paintBox(min: Vec3, max: Vec3, rgba: number): void {
    let full: Block | undefined;
    for (let bz = min[2] >> 4; bz <= (max[2] - 1) >> 4; bz++) {
      for (let by = min[1] >> 4; by <= (max[1] - 1) >> 4; by++) {
        checkInterrupt();
        for (let bx = min[0] >> 4; bx <= (max[0] - 1) >> 4; bx++) {
          if (covers(min, max, bx, by, bz)) {
            full ??= new Block(newBlockData().fill(rgba), NOBODY, BLOCK_VOXELS);
            this.#put(bx * BLOCK_SIZE, by * BLOCK_SIZE, bz * BLOCK_SIZE, full);
            continue;
          }
          let slot = this.#index.find(bx, by, bz);
          if (slot < 0) slot = this.#insert(bx, by, bz);
          this.#fillPart(slot, min, max, rgba);
        }
      }
    }
  }

  #clearBox(min: Vec3, max: Vec3): void {
    // Whole blocks change places in a sweep, so the slots are only swept at the end.
    for (let slot = 0; slot < this.#blocks.length; slot++) {
      if (this.#blocks[slot]!.count === 0) continue;
      checkInterrupt();
      const { x, y, z } = this.#index.position(slot);
      if (x < min[0] >> 4 || y < min[1] >> 4 || z < min[2] >> 4) continue;
      if (x > (max[0] - 1) >> 4 || y > (max[1] - 1) >> 4 || z > (max[2] - 1) >> 4) continue;
      this.#fillPart(slot, min, max, 0);
    }
    this.#sweep();
  }

  /** Fills the part of one block that lies in the box, and keeps the counts. */
  #fillPart(slot: number, min: Vec3, max: Vec3, rgba: number): void {
    const { x, y, z } = this.#index.position(slot);
    const block = this.#writable(slot);
    const before = block.count;
    const part = {
      x0: Math.max(min[0] - x * BLOCK_SIZE, 0),
      y0: Math.max(min[1] - y * BLOCK_SIZE, 0),
      z0: Math.max(min[2] - z * BLOCK_SIZE, 0),
      x1: Math.min(max[0] - x * BLOCK_SIZE, BLOCK_SIZE),
      y1: Math.min(max[1] - y * BLOCK_SIZE, BLOCK_SIZE),
      z1: Math.min(max[2] - z * BLOCK_SIZE, BLOCK_SIZE),
    };
    fillPart(block.data, part, rgba);
    block.count = countVoxels(block.data);
    this.#count += block.count - before;
    this.#empty += (block.count === 0 ? 1 : 0) - (before === 0 ? 1 : 0);
  }
}

/** Whether a box covers the whole of a block. */
function covers(min: Vec3, max: Vec3, bx: number, by: number, bz: number): boolean {
  return (
    min[0] <= bx * 16 &&
    min[1] <= by * 16 &&
    min[2] <= bz * 16 &&
    max[0] >= bx * 16 + 16 &&
    max[1] >= by * 16 + 16 &&
    max[2] >= bz * 16 + 16
  );
}
