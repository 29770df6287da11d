/**
 * How many voxels of a volume have each colour, kept up to date by what changed in it: the colours
 * of each block are remembered, so that a block that changed is counted again and no other. Takes
 * a sixteenth of the bytes of all words at most; more colours than that are not kept.
 */

import { checkInterrupt } from '../interrupt.ts';
import { BLOCK_BYTES, BLOCK_SIZE, BLOCK_VOXELS, signedWords } from '../volume/block.ts';
import { BlockIndex } from '../volume/block-index.ts';
import type { BlockWords } from '../volume/block-view.ts';
import { NO_VERSION } from '../volume/trail.ts';
import type { Volume } from '../volume/volume.ts';

/** Voxels by packed colour, as signed words. */
export type ColorTable = ReadonlyMap<number, number>;

const SHARE = 1 / 16;
/** A large volume is counted within so many questions, or as many as that takes in such pieces. */
const QUESTIONS_MAX = 4;
const QUESTION_MS = 30;
const BYTES_MIN = 64 * 1024;

/** What a block's list takes beside its entries, and what one entry and one colour take. */
const LIST_BYTES = 128;
const ENTRY_BYTES = 8;
const COLOR_BYTES = 40;

/** Positions of blocks that are no more are kept up to so many times those there are, and some. */
const GONE_MAX = 2;
const GONE_MIN = 64;

const known = new WeakMap<Volume, KeptColors>();

/**
 * The colours of all voxels; undefined as long as not all blocks have been counted, or when they
 * are too many. Each question counts a piece more: so many blocks, or more of a large volume, as
 * far as there is time. After changes in more blocks than a piece has it begins anew.
 */
export function keptColors(volume: Volume, piece: number): ColorTable | undefined {
  let kept = known.get(volume);
  if (kept === undefined) {
    kept = new KeptColors();
    known.set(volume, kept);
  }
  return kept.of(volume, piece);
}

class KeptColors {
  #version = 0;
  #index = new BlockIndex();
  /** By slots of the index: colour and count in turns, as signed words. */
  #lists: (Int32Array | undefined)[] = [];
  #colors = new Map<number, number>();
  /** Voxels counted. */
  #voxels = 0;
  /** Entries of all lists. */
  #entries = 0;
  #too_many = false;

  of(volume: Volume, piece: number): ColorTable | undefined {
    if (this.#version !== volume.version) this.#follow(volume, piece);
    if (!this.#too_many && this.#voxels < volume.count()) this.#goOn(volume, piece);
    return !this.#too_many && this.#voxels === volume.count() ? this.#colors : undefined;
  }

  #follow(volume: Volume, piece: number): void {
    const changed = volume.changedSince(this.#version);
    // What is stopped half way is of no version, and the volume may come back to the one known.
    this.#version = NO_VERSION;
    const gone_max = GONE_MIN + GONE_MAX * volume.blockCount;
    const few = changed !== undefined && changed.length / 3 <= piece;
    if (!few || this.#index.length > gone_max) this.#forget();
    else if (!this.#too_many) {
      for (let i = 0; i < changed.length; i += 3) {
        const [x, y, z] = [changed[i]! * 16, changed[i + 1]! * 16, changed[i + 2]! * 16];
        const slot = volume.slotAt(x, y, z);
        this.#set(slot < 0 ? { x, y, z, data: NO_WORDS, count: 0 } : volume.blockIn(slot), volume);
      }
    }
    this.#version = volume.version;
  }

  /** Counts blocks that have not been counted yet. */
  #goOn(volume: Volume, piece: number): void {
    let left = Math.max(piece, Math.ceil(volume.blockCount / QUESTIONS_MAX));
    const until = performance.now() + QUESTION_MS;
    for (let slot = 0; slot < volume.blockCount && left > 0; slot++) {
      const block = volume.blockIn(slot);
      if (block.count === 0 || this.#knows(block)) continue;
      this.#set(block, volume);
      if (this.#too_many || performance.now() > until) return;
      left--;
    }
  }

  #knows({ x, y, z }: BlockWords): boolean {
    const slot = this.#index.find(x / BLOCK_SIZE, y / BLOCK_SIZE, z / BLOCK_SIZE);
    return slot >= 0 && this.#lists[slot] !== undefined;
  }

  /** Puts the colours of a block in the place of those that it had. */
  #set(block: BlockWords, volume: Volume): void {
    checkInterrupt();
    const at = [block.x / BLOCK_SIZE, block.y / BLOCK_SIZE, block.z / BLOCK_SIZE] as const;
    let slot = this.#index.find(...at);
    if (slot < 0) slot = this.#index.add(...at);
    const list = block.count === 0 ? undefined : listOf(block.data);
    const before = this.#lists[slot];
    if (list !== undefined) this.#add(list, 1);
    if (before !== undefined) this.#add(before, -1);
    this.#lists[slot] = list;
    const bytes =
      this.#lists.length * LIST_BYTES +
      this.#entries * ENTRY_BYTES +
      this.#colors.size * COLOR_BYTES;
    if (bytes <= Math.max(BYTES_MIN, volume.blockCount * BLOCK_BYTES * SHARE)) return;
    this.#forget();
    this.#too_many = true;
  }

  #add(list: Int32Array, sign: 1 | -1): void {
    this.#entries += (sign * list.length) / 2;
    for (let i = 0; i < list.length; i += 2) {
      const [color, times] = [list[i]!, sign * list[i + 1]!];
      const sum = (this.#colors.get(color) ?? 0) + times;
      if (sum === 0) this.#colors.delete(color);
      else this.#colors.set(color, sum);
      this.#voxels += times;
    }
  }

  #forget(): void {
    this.#index = new BlockIndex();
    this.#lists = [];
    this.#colors = new Map();
    this.#voxels = 0;
    this.#entries = 0;
    this.#too_many = false;
  }
}

const NO_WORDS = new Uint32Array(0);

/** The colours of a block with how often each is there. */
function listOf(data: Uint32Array): Int32Array {
  const words = signedWords(data);
  const counts = new Map<number, number>();
  // Neighbours mostly have the same colour, so that it is looked up once for many.
  let start = 0;
  for (let i = 1; i <= BLOCK_VOXELS; i++) {
    const color = words[start]!;
    if (i < BLOCK_VOXELS && words[i] === color) continue;
    if (color >>> 24 !== 0) counts.set(color, (counts.get(color) ?? 0) + i - start);
    start = i;
  }
  const list = new Int32Array(counts.size * 2);
  let at = 0;
  for (const [color, times] of counts) {
    list[at++] = color;
    list[at++] = times;
  }
  return list;
}
