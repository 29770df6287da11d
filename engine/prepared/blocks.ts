/** The blocks of one group of a picture: where they are, in which order, and what changed. */

import { checkInterrupt } from '../interrupt.ts';
import { endTurn } from '../turns.ts';
import { BLOCK_SIZE } from '../volume/block.ts';
import { uniform } from '../volume/packed.ts';
import { Block, NOBODY } from '../volume/stored-block.ts';
import { NO_VERSION } from '../volume/trail.ts';
import type { Volume } from '../volume/volume.ts';
import { Finder } from './directory.ts';
import { Reach } from './reach.ts';

/** Who keeps the places. */
interface Keeper {
  /** Gives a new block of a number its place. */
  add(x: number, y: number, z: number, number: number): number;
  /** What is at a place is out of date. */
  changed(place: number): void;
}

/** A comparison of all blocks under way: with those of a volume at a version, from a slot on. */
interface Walk {
  readonly volume: Volume;
  readonly version: number;
  /** Whether blocks can be known again by their memory. */
  readonly comparable: boolean;
  readonly seen: Set<number>;
  slot: number;
}

/** Of what was written since it was prepared. */
const NOTHING_KNOWN = new Block(uniform(0), NOBODY, 0);

export class Blocks {
  readonly finder = new Finder();
  readonly reach: Reach;
  /** Places in the order of the volume's blocks, in which they are drawn. */
  order: number[] = [];
  readonly #keeper: Keeper;
  /** Of each block, by its number: what the volume has, to know it again, and its slot. */
  readonly #held: (Block | undefined)[] = [];
  readonly #slots: number[] = [];
  readonly #positions: number[] = [];
  #volume: Volume;
  #version = NO_VERSION;
  #sweeps = 0;
  #walk: Walk | undefined;

  constructor(volume: Volume, keeper: Keeper) {
    this.#volume = volume;
    this.#keeper = keeper;
    this.reach = new Reach((number) => this.storedOf(number)!);
  }

  /** Has the blocks of the volume copied before they are written. */
  hold(): void {
    this.#volume.hold();
  }

  /** What a block is stored as; nothing where there is no voxel. */
  storedOf(number: number): Uint32Array | undefined {
    if (this.#held[number] === undefined) return undefined;
    return this.#volume.blockIn(this.#slots[number]!).block.stored;
  }

  /** Learns what a volume holds, that of before or another one. */
  follow(volume: Volume): void {
    const before = this.#volume;
    const moved = this.#sweeps !== volume.sweeps;
    if (before === volume && this.#version === volume.version && !moved) return;
    if (this.#walk?.volume !== volume || this.#walk.version !== volume.version) {
      const changed = before.changedSince(this.#version);
      this.#volume = volume;
      // What is stopped half way is of no version.
      this.#version = NO_VERSION;
      this.#walk = undefined;
      if (before === volume && changed !== undefined) this.#followSome(changed, moved);
      else this.#walk = this.#begin(changed);
    }
    if (this.#walk !== undefined) this.#followAll(this.#walk);
    this.#sweeps = volume.sweeps;
    this.#version = volume.version;
  }

  /** @param moved whether blocks have other slots, since some were swept away */
  #followSome(changed: Int32Array, moved: boolean): void {
    const { order } = this;
    const volume = this.#volume;
    for (let i = 0; i < changed.length; i += 3) {
      const [x, y, z] = [changed[i]!, changed[i + 1]!, changed[i + 2]!];
      const slot = volume.slotAt(x * BLOCK_SIZE, y * BLOCK_SIZE, z * BLOCK_SIZE);
      const number = this.#replace(x, y, z, heldIn(volume, slot));
      if (slot < 0) continue;
      order[slot] = this.finder.places[number]!;
      this.#slots[number] = slot;
    }
    if (moved || order.length !== volume.blockCount) this.#reorder();
  }

  /** The places of blocks that `sees` does not say no to, in their order. */
  seen(
    sees: (x: number, y: number, z: number, size: number) => boolean,
    isEmpty: (place: number) => boolean,
  ): number[] {
    const { places } = this.finder;
    const found: number[] = [];
    this.reach.forCubes(sees, (numbers) => {
      for (const number of numbers) {
        if (this.#held[number] === undefined || isEmpty(places[number]!)) continue;
        const at = number * 3;
        const along = (axis: number) => this.#positions[at + axis]! * BLOCK_SIZE;
        if (sees(along(0), along(1), along(2), BLOCK_SIZE)) found.push(number);
      }
    });
    found.sort((a, b) => this.#slots[a]! - this.#slots[b]!);
    return found.map((number) => places[number]!);
  }

  /** Begins to compare all blocks, once those are known that changed in the same memory. */
  #begin(changed: Int32Array | undefined): Walk {
    const { finder } = this;
    for (let i = 0; changed !== undefined && i < changed.length; i += 3) {
      const number = finder.numberOf(changed[i]!, changed[i + 1]!, changed[i + 2]!);
      if (number >= 0) this.#held[number] = NOTHING_KNOWN;
    }
    const volume = this.#volume;
    const comparable = changed !== undefined;
    return { volume, version: volume.version, comparable, seen: new Set(), slot: 0 };
  }

  /** Compares blocks by their memory. */
  #followAll(walk: Walk): void {
    const { finder } = this;
    const { volume, comparable, seen } = walk;
    while (walk.slot < volume.blockCount) {
      const { slot } = walk;
      const { x, y, z } = volume.blockIn(slot);
      const here = heldIn(volume, slot);
      let number = finder.numberOf(x >> 4, y >> 4, z >> 4);
      const same = number >= 0 && comparable && this.#held[number] === here;
      if (!same) number = this.#replace(x >> 4, y >> 4, z >> 4, here);
      seen.add(number);
      walk.slot++;
      if ((slot & 0xff) !== 0) continue;
      checkInterrupt();
      endTurn();
    }
    for (const number of finder.places.keys()) {
      if (seen.has(number) || this.#held[number] === undefined) continue;
      const at = number * 3;
      const [x, y, z] = this.#positions.slice(at, at + 3) as [number, number, number];
      this.#replace(x, y, z, undefined);
    }
    this.#reorder();
    this.#walk = undefined;
  }

  #reorder(): void {
    const volume = this.#volume;
    this.order = Array.from({ length: volume.blockCount }, (_, slot) => {
      const { x, y, z } = volume.blockIn(slot);
      const number = this.finder.numberOf(x >> 4, y >> 4, z >> 4);
      this.#slots[number] = slot;
      return this.finder.places[number]!;
    });
  }

  #replace(x: number, y: number, z: number, here: Block | undefined): number {
    let number = this.finder.numberOf(x, y, z);
    if (number < 0) {
      number = this.finder.places.length;
      this.finder.add(x, y, z, this.#keeper.add(x, y, z, number));
      this.reach.add(x, y, z);
      this.#positions.push(x, y, z);
    }
    this.#held[number] = here;
    this.reach.change(number, here !== undefined);
    this.#keeper.changed(this.finder.places[number]!);
    return number;
  }
}

/** What a volume has in a slot, if any voxel. */
function heldIn(volume: Volume, slot: number): Block | undefined {
  if (slot < 0) return undefined;
  const { block, count } = volume.blockIn(slot);
  return count === 0 ? undefined : block;
}
