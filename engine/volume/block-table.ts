/**
 * The blocks of a volume, in slots in order of insertion: where each is, who may write into it,
 * what was there before the edit that runs, and which of them have changed since a version.
 */

import { type Recorder, type Recording, tooManyBlocks } from '../changes/recorder.ts';
import { BLOCK_BYTES, isVoxel, newBlockData } from './block.ts';
import { BlockIndex } from './block-index.ts';
import { BlockStore } from './block-store.ts';
import { Block, newToken } from './stored-block.ts';
import { Trail } from './trail.ts';
import { type Step, type TableStep, VolumeLog } from './volume-log.ts';
import { VoxelEntry } from './voxel-entry.ts';

/** Empty blocks stay, for a voxel that comes and goes, until they are this many and half of all. */
const EMPTY_BLOCKS_KEPT = 64;

/** Single voxels are noted one by one up to this many, which take about as much as a block. */
const CELLS_MAX = 256;

export class BlockTable {
  /** By which recordings know it. */
  readonly #owner: object;
  #index = new BlockIndex();
  #blocks = new BlockStore();
  #token = newToken();
  #count = 0;
  #empty = 0;
  #sweeps = 0;
  readonly #trail = new Trail();
  #recorder: Recorder | undefined;
  /** Of the edit that wrote here last. */
  #log: VolumeLog | undefined;
  #logged: Recording | undefined;
  /** Beside what the recorded edit allows. */
  blocks_max = Number.POSITIVE_INFINITY;

  constructor(owner: object) {
    this.#owner = owner;
  }

  get version(): number {
    return this.#trail.version;
  }

  set version(version: number) {
    this.#trail.version = version;
  }

  /** How often blocks that were not written got other slots. */
  get sweeps(): number {
    return this.#sweeps;
  }

  get length(): number {
    return this.#blocks.length;
  }

  /** Bytes of the blocks held; one that is shared counts in each table that holds it. */
  get byteLength(): number {
    return this.#blocks.byteLength;
  }

  /** Voxels with alpha above 0. */
  get count(): number {
    return this.#count;
  }

  get index(): BlockIndex {
    return this.#index;
  }

  /** How many blocks it may have before a write that adds one is refused. */
  get room(): number {
    const left = this.#recorder?.current?.blocks_left ?? Number.POSITIVE_INFINITY;
    return Math.min(this.blocks_max, this.#blocks.length + left);
  }

  /** From now on recorded edits note what they replace. */
  record(recorder: Recorder): void {
    this.#recorder = recorder;
  }

  /** For who keeps it outside of this thread. */
  get facts() {
    const [owner, trail, recorder] = [this.#owner, this.#trail, this.#recorder];
    return { owner, trail, recorder, token: this.#token };
  }

  /** What the edit that runs has done here. */
  get log(): VolumeLog | undefined {
    return this.#recorder?.current?.entryOf(this.#owner) as VolumeLog | undefined;
  }

  changedSince(version: number): Int32Array | undefined {
    return this.#trail.since(version);
  }

  find(bx: number, by: number, bz: number): number {
    return this.#index.find(bx, by, bz);
  }

  at(slot: number): Block {
    return this.#blocks.at(slot);
  }

  /** A block that others are to hold as well, so that it is copied before it is written. */
  shared(slot: number): Block {
    const block = this.#blocks.at(slot);
    if (block.owner === this.#token) this.#token = newToken();
    return block;
  }

  /** As `shared`, of all blocks. */
  shareAll(): BlockStore {
    this.#token = newToken();
    return this.#blocks;
  }

  /** Takes the content of another table, in place of an empty one's. */
  copyFrom(other: BlockTable): void {
    this.#index = other.#index.clone();
    this.#blocks = other.#blocks.clone();
    this.#count = other.#count;
    this.#empty = other.#empty;
    other.#token = newToken();
  }

  /**
   * Puts a word into a place of a block, and keeps the counts; tells whether it is another. It is a
   * signed number, since V8 makes an object of each above 2³¹ that it passes on.
   */
  setWord(slot: number, place: number, word: number): boolean {
    let block = this.#blocks.at(slot);
    const before = block.word(place) | 0;
    if (before === word) return false;
    // What most writes need not do is apart, so that compilers can put the rest in place of calls.
    const ready = block.owner === this.#token && block.touched;
    if (!ready || this.#recorder?.current !== undefined) block = this.#ready(slot, place, before);
    block.words[place] = word;
    if (isVoxel(word) !== isVoxel(before)) this.#countWord(block, word);
    if (slot !== this.#trail.last) this.#trail.touch(slot, this.#index);
    return true;
  }

  /**
   * An edit of one word by itself, where the word is another and no block comes or goes for it;
   * nothing otherwise, and then nothing is done.
   */
  putWord(slot: number, place: number, word: number): VoxelEntry | undefined {
    let block = this.#blocks.at(slot);
    const before = block.word(place);
    if ((before | 0) === word || !(isVoxel(word) || isVoxel(before))) return undefined;
    if (block.count < 2 && !isVoxel(word)) return undefined;
    const { version } = this;
    const ours = block.owner === this.#token;
    block = ours ? this.#blocks.written(slot, this.#token) : this.#copy(slot);
    block.words[place] = word;
    if (isVoxel(word) !== isVoxel(before)) this.#countWord(block, word);
    this.#trail.touch(slot, this.#index);
    return VoxelEntry.of(this, version, slot, place, before);
  }

  /** The block of a slot, of which one word is to be written; that is noted. */
  #ready(slot: number, place: number, before: number): Block {
    const log = this.noting();
    const ours = this.#blocks.at(slot).owner === this.#token;
    const whole = log !== undefined && (log.cells >= CELLS_MAX || (!ours && this.#whole));
    if (whole) return this.writable(slot);
    log?.noteCell(slot, place, before >>> 0);
    // A copy has all but this word of what was there, so the history needs no more than the word.
    return ours ? this.#blocks.written(slot, this.#token) : this.#copy(slot);
  }

  /** Whether the edit, or one around it, takes what is ours for noted as wholes. */
  get #whole(): boolean {
    let recording = this.#recorder?.current;
    for (; recording !== undefined; recording = recording.outer) {
      if ((recording.entryOf(this.#owner) as VolumeLog | undefined)?.whole_blocks) return true;
    }
    return false;
  }

  /** The block of a slot, copied first unless it is ours alone; `wrote` is due after the write. */
  writable(slot: number): Block {
    const log = this.noting();
    if (log !== undefined && !log.whole_blocks) {
      // What was ours is the history's from here on.
      log.whole_blocks = true;
      this.#token = newToken();
    }
    const block = this.#blocks.at(slot);
    if (block.owner === this.#token) return this.#blocks.written(slot, this.#token);
    log?.noteBlock(slot, block);
    return this.#copy(slot);
  }

  /** Brings the counts up to date with a block that had `before` voxels. */
  wrote(slot: number, before: number): void {
    const { count } = this.#blocks.at(slot);
    this.#count += count - before;
    this.#empty += (count === 0 ? 1 : 0) - (before === 0 ? 1 : 0);
    this.#trail.touch(slot, this.#index);
  }

  /** A new block without voxels. Throws GOX_MEMORY_LIMIT. */
  insert(bx: number, by: number, bz: number): number {
    return this.#add(bx, by, bz, this.owned(newBlockData(), 0));
  }

  /** A block of words that nobody keeps but this table. */
  owned(words: Uint32Array, count: number): Block {
    return new Block(words, this.#token, count);
  }

  /** Packs all blocks that can be. */
  pack(): void {
    this.#blocks.pack(this.#token);
  }

  /** Puts a block in the place of another, or of none. Throws GOX_MEMORY_LIMIT. */
  put(bx: number, by: number, bz: number, block: Block): void {
    const slot = this.#index.find(bx, by, bz);
    if (slot < 0) {
      if (block.count > 0) this.#trail.touch(this.#add(bx, by, bz, block), this.#index);
      return;
    }
    const before = this.#blocks.at(slot);
    this.noting()?.noteBlock(slot, before);
    this.#blocks.replace(slot, block, this.#token);
    this.wrote(slot, before.count);
    this.sweep();
  }

  clear(): void {
    if (this.#blocks.length === 0) return;
    this.#noteTable();
    this.#replace(new BlockIndex(), new BlockStore());
    this.#count = 0;
    this.#trail.touchAll();
  }

  /** Drops empty blocks once they are many. */
  sweep(): void {
    if (this.#empty > EMPTY_BLOCKS_KEPT && this.#empty * 2 >= this.#blocks.length) this.dropEmpty();
  }

  dropEmpty(): void {
    if (this.#empty === 0) return;
    this.#noteTable();
    // The same blocks are in the table that is kept.
    this.#token = newToken();
    const index = new BlockIndex();
    const blocks = new BlockStore();
    for (let slot = 0; slot < this.#blocks.length; slot++) {
      const block = this.#blocks.at(slot);
      if (block.count === 0) continue;
      const { x, y, z } = this.#index.position(slot);
      index.add(x, y, z);
      blocks.push(block, this.#token);
    }
    this.#replace(index, blocks);
  }

  /** For `VolumeLog`: undoes or does again one step of an edit, and gives the way back. */
  exchange(step: Step): Step {
    switch (step.kind) {
      case 'cell':
        return { ...step, word: this.exchangeWord(step.slot, step.place, step.word) };
      case 'block': {
        const { slot } = step;
        const block = this.#blocks.at(slot);
        this.#blocks.replace(slot, step.block, this.#token);
        this.wrote(slot, block.count);
        return { kind: 'block', slot, block };
      }
      case 'added':
        return this.#remove();
      case 'removed': {
        const { x, y, z, block } = step;
        this.#trail.touch(this.#enter(x, y, z, block), this.#index);
        return { kind: 'added' };
      }
      case 'table':
        return this.#exchangeTable(step);
    }
  }

  /** The same for one voxel: puts its word into a place, and gives the one that was there. */
  exchangeWord(slot: number, place: number, word: number): number {
    let block = this.#blocks.at(slot);
    const before = block.word(place);
    if (block.owner === this.#token) this.#blocks.written(slot, this.#token);
    else block = this.#copy(slot);
    block.words[place] = word;
    if (isVoxel(word) !== isVoxel(before)) this.#countWord(block, word);
    this.#trail.touch(slot, this.#index);
    return before;
  }

  #exchangeTable({ index, blocks, count, empty }: TableStep): Step {
    const step = this.#asStep();
    this.#sweeps++;
    this.#token = newToken();
    this.#index = index;
    this.#blocks = blocks;
    this.#count = count;
    this.#empty = empty;
    this.#trail.touchAll();
    return step;
  }

  /** Takes out the block that was added last. */
  #remove(): Step {
    const slot = this.#blocks.length - 1;
    const block = this.#blocks.at(slot);
    const { x, y, z } = this.#index.position(slot);
    this.#trail.touch(slot, this.#index);
    // The next block gets its slot, at another place.
    this.#trail.newSlots();
    this.#blocks.pop();
    this.#index.removeLast();
    this.#count -= block.count;
    if (block.count === 0) this.#empty--;
    return { kind: 'removed', x, y, z, block };
  }

  #asStep(): TableStep {
    return {
      kind: 'table',
      index: this.#index,
      blocks: this.#blocks,
      count: this.#count,
      empty: this.#empty,
    };
  }

  #noteTable(): void {
    this.noting()?.noteTable(this.#asStep());
  }

  #replace(index: BlockIndex, blocks: BlockStore): void {
    const recording = this.#recorder?.current;
    if (recording !== undefined) recording.blocks_left += this.#blocks.length - blocks.length;
    this.#sweeps++;
    this.#index = index;
    this.#blocks = blocks;
    this.#empty = 0;
    this.#trail.newSlots();
  }

  /** Where the edit that runs notes what it replaces here; nothing when none does. */
  noting(): VolumeLog | undefined {
    const recording = this.#recorder?.current;
    if (recording === undefined) return undefined;
    if (this.#logged !== recording) {
      const known = this.log;
      this.#log = known ?? new VolumeLog(this);
      if (known === undefined) recording.note(this.#owner, this.#log);
      this.#logged = recording;
    }
    return this.#log;
  }

  #add(bx: number, by: number, bz: number, block: Block): number {
    const { room } = this;
    if (this.#blocks.length >= room) throw tooManyBlocks(room, BLOCK_BYTES);
    const recording = this.#recorder?.current;
    if (recording !== undefined) recording.blocks_left--;
    const slot = this.#enter(bx, by, bz, block);
    this.noting()?.noteAdded(slot);
    return slot;
  }

  #enter(bx: number, by: number, bz: number, block: Block): number {
    const slot = this.#index.add(bx, by, bz);
    this.#blocks.push(block, this.#token);
    this.#count += block.count;
    if (block.count === 0) this.#empty++;
    return slot;
  }

  #copy(slot: number): Block {
    const copy = this.#blocks.at(slot).copy(this.#token);
    this.#blocks.replace(slot, copy, this.#token);
    return copy;
  }

  /** A voxel has come or gone. */
  #countWord(block: Block, word: number): void {
    const change = isVoxel(word) ? 1 : -1;
    if (block.count === 0) this.#empty--;
    block.count += change;
    this.#count += change;
    if (block.count === 0) this.#empty++;
  }
}
