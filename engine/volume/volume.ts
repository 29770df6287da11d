/**
 * A sparse volume of voxels: blocks of 16³, found by a hash over their positions. Coordinates are
 * any signed 32-bit integers; callers check that they are integers.
 *
 * Blocks are shared between volumes and copied by the one that writes first (see `Token`), so
 * `clone` copies positions and pointers and no voxels. Their order of insertion is kept: exporters
 * write in that order, as Goxel does. Of the volumes of a project, edits note what they replace
 * (`record`); what is made of any volume can follow its changes (`changedSince`).
 */

import type { Entry, Recorder } from '../changes/recorder.ts';
import { checkInterrupt } from '../interrupt.ts';
import {
  BLOCK_SIZE,
  BLOCK_VOXELS,
  copyBlockData,
  countVoxels,
  indexInBlock,
  isVoxel,
  newBlockData,
} from './block.ts';
import { BlockTable } from './block-table.ts';
import { BlockView } from './block-view.ts';
import type { Box, Vec3 } from './box.ts';
import { type Changes, NO_CHANGES } from './change-sum.ts';
import { KeptBox } from './kept-box.ts';
import { changesIn } from './log-changes.ts';
import { uniform } from './packed.ts';
import { fillPart, isWhole, keyOf, type Part, partOf, sizeOf } from './part.ts';
import { Block, NOBODY } from './stored-block.ts';
import { copyOfStep, VolumeLog } from './volume-log.ts';
import { VoxelEntry } from './voxel-entry.ts';

/** The content of a volume in a form that can be posted to another thread. */
export interface VolumeSnapshot {
  /** Three numbers a block: its minimum corner over 16. */
  readonly positions: Int32Array;
  /** How many voxels each block has. */
  readonly counts: Uint16Array;
  /** Their words, or what they are packed into (`wordsOf`): shared memory, not to be written. */
  readonly blocks: readonly Uint32Array[];
}

export class Volume {
  readonly #table = new BlockTable(this);
  readonly #box = new KeptBox();

  /** What holds its blocks, for who keeps them outside of this thread. */
  get table(): BlockTable {
    return this.#table;
  }

  /** Changes with every write that changed something. */
  get version(): number {
    return this.#table.version;
  }

  /** Grows when blocks get other slots, which may happen without a new version. */
  get sweeps(): number {
    return this.#table.sweeps;
  }

  /** Blocks held, empty ones included. */
  get blockCount(): number {
    return this.#table.length;
  }

  /** Once it has this many blocks, a write that adds one throws GOX_MEMORY_LIMIT half done. */
  get blocks_max(): number {
    return this.#table.room;
  }

  /** Bounds it beside what the edit that runs may add. */
  set blocks_max(blocks_max: number) {
    this.#table.blocks_max = blocks_max;
  }

  /** Bytes of the blocks held; one that is shared counts in each volume that holds it. */
  get byteLength(): number {
    return this.#table.byteLength;
  }

  /** From now on edits that a recorder runs note what they replace here. */
  record(recorder: Recorder): void {
    this.#table.record(recorder);
  }

  /** What the edit that runs has changed by now; costs by the blocks that it wrote. */
  changes(): Changes {
    const { log } = this.#table;
    return log === undefined ? NO_CHANGES : this.changesOf(log);
  }

  /** What an edit has changed here that was the last to write, and noted this. */
  changesOf(noted: Entry): Changes {
    if (noted instanceof VoxelEntry) return noted.changes;
    if (!(noted instanceof VolumeLog)) return NO_CHANGES;
    const { version } = this.#table;
    // Asked for by the reply, and again by the history.
    if (noted.told?.version !== version) {
      noted.told = { version, changes: changesIn(this.#table, noted) };
    }
    return noted.told.changes;
  }

  /** The same at the end of the edit, after which it is not asked for again. */
  takeChangesOf(noted: Entry): Changes {
    const changes = this.changesOf(noted);
    if (noted instanceof VolumeLog) noted.told = undefined;
    return changes;
  }

  /** As it was before the edit that runs, to be read; this one itself when it was not written. */
  beforeEdit(): Volume {
    const { log } = this.#table;
    if (log === undefined) return this;
    const before = this.clone();
    for (const step of log.steps.toReversed()) before.#table.exchange(copyOfStep(step));
    return before;
  }

  /**
   * Which blocks may differ from what they were at a version of this volume: their minimum corners
   * over 16, three numbers each, none twice. Undefined when that is not known any more, and all
   * have to be looked at. Costs by what was written.
   */
  changedSince(version: number): Int32Array | undefined {
    return this.#table.changedSince(version);
  }

  /** The number of voxels with alpha above 0. */
  count(): number {
    return this.#table.count;
  }

  /** The packed colour at a position; 0 when there is no voxel. */
  get(x: number, y: number, z: number): number {
    const slot = this.#table.find(x >> 4, y >> 4, z >> 4);
    if (slot < 0) return 0;
    const rgba = this.#table.at(slot).word(indexInBlock(x, y, z));
    return rgba > 0xff_ffff ? rgba : 0;
  }

  /** Puts a packed colour at a position; alpha 0 removes the voxel. */
  set(x: number, y: number, z: number, rgba: number): void {
    const table = this.#table;
    const filled = isVoxel(rgba);
    let slot = table.find(x >> 4, y >> 4, z >> 4);
    if (slot < 0) {
      if (!filled) return;
      slot = table.insert(x >> 4, y >> 4, z >> 4);
    }
    // A signed number, since V8 makes an object of each above 2³¹ that it passes on.
    const value = filled ? rgba | 0 : 0;
    const place = indexInBlock(x, y, z);
    if (table.setWord(slot, place, value) && !filled) table.sweep();
  }

  /** Removes every voxel. */
  clear(): void {
    this.#table.clear();
  }

  /** Gives back the blocks that hold nothing any more; costs a pointer and a position a block. */
  dropEmpty(): void {
    this.#table.dropEmpty();
  }

  /** A volume of the same content; costs one pointer and one position a block. */
  clone(): Volume {
    const copy = new Volume();
    copy.#table.copyFrom(this.#table);
    return copy;
  }

  /**
   * The blocks that hold voxels, in order of insertion. Do not write to the volume meanwhile. Who
   * is done with the words of each before the next gives a scratch for them (`newScratch`).
   */
  *blocks(scratch?: Uint32Array): Generator<BlockView, void, undefined> {
    for (let slot = 0; slot < this.#table.length; slot++) {
      if (this.#table.at(slot).count === 0) continue;
      checkInterrupt();
      yield this.blockIn(slot, scratch);
    }
  }

  /** The slot of the block that holds a position, or -1; it stays until the next write. */
  slotAt(x: number, y: number, z: number): number {
    return this.#table.find(x >> 4, y >> 4, z >> 4);
  }

  /** Whether the block that holds a position has any voxel. */
  holdsIn(x: number, y: number, z: number): boolean {
    const slot = this.slotAt(x, y, z);
    return slot >= 0 && this.#table.at(slot).count > 0;
  }

  /** The block in a slot, of which there are `blockCount`; it may have no voxels. */
  blockIn(slot: number, scratch?: Uint32Array): BlockView {
    const { x, y, z } = this.#table.index.position(slot);
    const block = this.#table.at(slot);
    return new BlockView(x * BLOCK_SIZE, y * BLOCK_SIZE, z * BLOCK_SIZE, block, scratch);
  }

  /**
   * The words of the block that holds a position, not to be written; undefined without a block.
   * They are in `scratch`, when it is given, unless the volume has them as words.
   */
  blockAt(x: number, y: number, z: number, scratch?: Uint32Array): Uint32Array | undefined {
    const slot = this.#table.find(x >> 4, y >> 4, z >> 4);
    if (slot < 0) return undefined;
    const block = this.#table.at(slot);
    return scratch === undefined ? block.data : block.read(scratch);
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
    if (data.buffer instanceof SharedArrayBuffer) {
      this.putBlock(x, y, z, new Block(data, NOBODY, count));
    } else this.giveBlock(x, y, z, copyBlockData(data), count);
  }

  /**
   * As `setBlock`, of an array of `newBlockData` that nobody keeps but this volume: it may write in
   * it, and use it again for another block.
   */
  giveBlock(x: number, y: number, z: number, data: Uint32Array, count = countVoxels(data)): void {
    checkInterrupt();
    this.putBlock(x, y, z, this.#table.owned(data, count));
  }

  /** Puts a block that others may have, too, in the place of the one that holds a position. */
  putBlock(x: number, y: number, z: number, block: Block): void {
    this.#table.put(x >> 4, y >> 4, z >> 4, block);
  }

  /** Keeps all blocks in as little room as they can have, until they are written again. */
  pack(): void {
    this.#table.pack();
  }

  /**
   * Takes over the block of another volume at a position, or at another one that lies as in its
   * block, without copying its voxels.
   */
  shareBlock(x: number, y: number, z: number, source: Volume, from: Vec3 = [x, y, z]): void {
    checkInterrupt();
    const slot = source.#table.find(from[0] >> 4, from[1] >> 4, from[2] >> 4);
    if (slot >= 0) this.#table.put(x >> 4, y >> 4, z >> 4, source.#table.shared(slot));
  }

  /** As `shareBlock`, good until the next write to the other volume, which then copies nothing. */
  borrowBlock(x: number, y: number, z: number, source: Volume): void {
    const slot = source.slotAt(x, y, z);
    if (slot >= 0) this.#table.put(x >> 4, y >> 4, z >> 4, source.#table.at(slot));
  }

  /**
   * What it holds now, for `Volume.of` in this thread or another. No voxel is copied, here or on
   * the way; later writes to this volume do not show in it.
   */
  snapshot(): VolumeSnapshot {
    const all = this.#table.shareAll();
    const positions = new Int32Array(all.length * 3);
    const counts = new Uint16Array(all.length);
    const blocks: Uint32Array[] = [];
    for (let slot = 0; slot < all.length; slot++) {
      const { stored, count } = all.at(slot);
      if (count === 0) continue;
      const { x, y, z } = this.#table.index.position(slot);
      positions.set([x, y, z], blocks.length * 3);
      counts[blocks.length] = count;
      blocks.push(stored);
    }
    return { positions, counts, blocks };
  }

  /** Has its blocks copied before they are written, since somebody reads them. */
  hold(): void {
    this.#table.shareAll();
  }

  /** A volume of what a snapshot holds. */
  static of({ positions, counts, blocks }: VolumeSnapshot): Volume {
    const volume = new Volume();
    for (const [i, stored] of blocks.entries()) {
      const block = new Block(stored, NOBODY, counts[i]!);
      volume.#table.put(positions[3 * i]!, positions[3 * i + 1]!, positions[3 * i + 2]!, block);
    }
    return volume;
  }

  /** Puts one colour at every position of a box; alpha 0 removes. */
  fillBox(min: Vec3, max: Vec3, rgba: number): void {
    if (min[0] >= max[0] || min[1] >= max[1] || min[2] >= max[2]) return;
    if (rgba >>> 24 === 0) this.#clearBox(min, max);
    else this.#paintBox(min, max, rgba >>> 0);
  }

  /** How many blocks a box touches: what a fill of it may have to allocate. */
  static blocksIn(min: Vec3, max: Vec3): number {
    const along = (axis: 0 | 1 | 2) => ((max[axis] - 1) >> 4) - (min[axis] >> 4) + 1;
    if (min[0] >= max[0] || min[1] >= max[1] || min[2] >= max[2]) return 0;
    return along(0) * along(1) * along(2);
  }

  /**
   * The smallest box around all voxels; undefined when there is none. From the second time on it
   * costs by what was written.
   */
  box(): Box | undefined {
    return this.#box.of(this);
  }

  #paintBox(min: Vec3, max: Vec3, rgba: number): void {
    // What the box has alike of many blocks is one, so that a sheet takes next to nothing.
    const alike = new Map<number, Block>();
    for (let bz = min[2] >> 4; bz <= (max[2] - 1) >> 4; bz++) {
      for (let by = min[1] >> 4; by <= (max[1] - 1) >> 4; by++) {
        checkInterrupt();
        for (let bx = min[0] >> 4; bx <= (max[0] - 1) >> 4; bx++) {
          const part = partOf(min, max, bx, by, bz);
          const slot = isWhole(part) ? -1 : this.#table.find(bx, by, bz);
          if (slot >= 0) {
            this.#fillPart(slot, part, rgba);
            continue;
          }
          const key = keyOf(part);
          const block = alike.get(key) ?? blockOf(part, rgba);
          alike.set(key, block);
          this.#table.put(bx, by, bz, block);
        }
      }
    }
  }

  #clearBox(min: Vec3, max: Vec3): void {
    const table = this.#table;
    // Slots change places in a sweep, so that comes at the end.
    for (const slot of this.#slotsIn(min, max)) {
      if (table.at(slot).count === 0) continue;
      checkInterrupt();
      const { x, y, z } = table.index.position(slot);
      this.#fillPart(slot, partOf(min, max, x, y, z), 0);
    }
    table.sweep();
  }

  /** The slots of the blocks that a box touches, by the smaller of both. */
  *#slotsIn(min: Vec3, max: Vec3): Generator<number, void, undefined> {
    const table = this.#table;
    const low = min.map((value) => value >> 4) as unknown as Vec3;
    const high = max.map((value) => (value - 1) >> 4) as unknown as Vec3;
    if (Volume.blocksIn(min, max) > table.length) {
      for (let slot = 0; slot < table.length; slot++) {
        const { x, y, z } = table.index.position(slot);
        if (x < low[0] || y < low[1] || z < low[2]) continue;
        if (x > high[0] || y > high[1] || z > high[2]) continue;
        yield slot;
      }
      return;
    }
    for (let z = low[2]; z <= high[2]; z++) {
      for (let y = low[1]; y <= high[1]; y++) {
        for (let x = low[0]; x <= high[0]; x++) {
          const slot = table.find(x, y, z);
          if (slot >= 0) yield slot;
        }
      }
    }
  }

  /** Fills a part of one block, and keeps the counts. */
  #fillPart(slot: number, part: Part, rgba: number): void {
    const block = this.#table.writable(slot);
    const before = block.count;
    fillPart(block.words, part, rgba);
    block.count = countVoxels(block.words);
    this.#table.wrote(slot, before);
  }
}

/** A block for many places that has one colour in a part. */
function blockOf(part: Part, rgba: number): Block {
  if (isWhole(part)) return new Block(uniform(rgba), NOBODY, BLOCK_VOXELS);
  const words = newBlockData();
  fillPart(words, part, rgba);
  return new Block(words, NOBODY, sizeOf(part));
}
