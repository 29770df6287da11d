/** What an edit of a single voxel replaced: most steps of a history are one, so it takes little. */

import type { Entry } from '../changes/recorder.ts';
import { indexInBlock, isVoxel } from './block.ts';
import type { BlockIndex } from './block-index.ts';
import { type Changes, NO_CHANGES } from './change-sum.ts';
import type { Block } from './stored-block.ts';

const BYTES = 96;

/** What it needs of the table that the voxel is in. */
export interface VoxelTable {
  readonly index: BlockIndex;
  /** The version of what it holds; set to a former one when it holds again what it held then. */
  version: number;
  find(bx: number, by: number, bz: number): number;
  at(slot: number): Block;
  /** Puts a word into a place of a block, and gives the one that was there. */
  exchangeWord(slot: number, place: number, word: number): number;
}

/** All that it is. */
interface VoxelFacts {
  readonly table: VoxelTable;
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** Words as signed numbers, which take no object each. */
  readonly before: number;
  readonly after: number;
  readonly undone: boolean;
  /** Of the table without the edit; with it, while it is undone. */
  readonly version: number;
}

export class VoxelEntry implements Entry, VoxelFacts {
  readonly table: VoxelTable;
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly before: number;
  readonly after: number;
  #undone: boolean;
  #version: number;

  constructor({ table, version, x, y, z, before, after, undone }: VoxelFacts) {
    this.table = table;
    this.#version = version;
    this.x = x;
    this.y = y;
    this.z = z;
    this.before = before;
    this.after = after;
    this.#undone = undone;
  }

  /** @param version of the table before the edit, which put another word in place of `before` */
  static of(table: VoxelTable, version: number, slot: number, place: number, before: number) {
    const at = table.index.position(slot);
    const x = at.x * 16 + (place & 15);
    const y = at.y * 16 + ((place >> 4) & 15);
    const z = at.z * 16 + (place >> 8);
    const after = table.at(slot).word(place) | 0;
    return new VoxelEntry({ table, version, x, y, z, before: before | 0, after, undone: false });
  }

  get version(): number {
    return this.#version;
  }

  get undone(): boolean {
    return this.#undone;
  }

  get bytes(): number {
    return BYTES;
  }

  /** What the edit made of which voxel. */
  get voxel(): { x: number; y: number; z: number; word: number } {
    return { x: this.x, y: this.y, z: this.z, word: this.after >>> 0 };
  }

  /** What the edit changed, whether it is undone or not. */
  get changes(): Changes {
    const [had, has] = [isVoxel(this.before), isVoxel(this.after)];
    if (this.before === this.after || !(had || has)) return NO_CHANGES;
    const [x, y, z] = [this.x, this.y, this.z];
    return {
      changed: 1,
      created: had ? 0 : 1,
      removed: has ? 0 : 1,
      recolored: had && has ? 1 : 0,
      box: { min: [x, y, z], max: [x + 1, y + 1, z + 1] },
    };
  }

  swap(): void {
    const [x, y, z] = [this.x, this.y, this.z];
    const slot = this.table.find(x >> 4, y >> 4, z >> 4);
    const word = this.#undone ? this.after : this.before;
    const { version } = this.table;
    this.table.exchangeWord(slot, indexInBlock(x, y, z), word >>> 0);
    this.table.version = this.#version;
    this.#version = version;
    this.#undone = !this.#undone;
  }

  append(): void {
    throw new Error('an edit that is over takes in nothing');
  }

  settled(): this {
    return this;
  }
}
