/** Which blocks of a volume were written, and when: for whoever keeps something made of them. */

import { BlockIndex } from './block-index.ts';

/** From before all versions: what is of it, by a stop half way, may differ anywhere. */
export const NO_VERSION = -1;

/** Kept at most; what is older is forgotten, half at a time. */
const STEPS_MAX = 4096;

/**
 * Versions are unique in the process, so equal versions mean the same content of the same volume.
 */
let versions = 0;

/** The last version of this thread; none that is kept elsewhere is a later one. */
export function lastVersion(): number {
  return versions;
}

/** Goes on after versions of another thread. */
export function versionsAfter(version: number): void {
  versions = Math.max(versions, version);
}

/** What is known of the writes to a volume. */
export interface TrailFacts {
  readonly version: number;
  readonly positions: readonly number[];
  readonly versions: readonly number[];
  readonly begin: number;
}

export class Trail {
  /** The slot that was written last, while a further write to it need not be noted; else -1. */
  last = -1;
  #version = ++versions;
  /** Whether somebody was told the version, so that the next write makes another. */
  #known = true;
  /** Three numbers a step. */
  #positions: number[] = [];
  /** Of the last write of each step; they grow. */
  #versions: number[] = [];
  /** Of versions before this one nothing is known. */
  #begin = 0;
  /** The slot of the last step. */
  #slot = -1;
  /** The version that each slot was last noted with. */
  #noted = new Float64Array(0);

  get version(): number {
    this.#known = true;
    this.last = -1;
    return this.#version;
  }

  /** Comes back to a version that the volume had. */
  set version(version: number) {
    this.#known = true;
    this.last = -1;
    this.#version = version;
  }

  /** All of it, to be copied and not to be written. */
  get facts(): TrailFacts {
    const { version } = this;
    const [positions, versions, begin] = [this.#positions, this.#versions, this.#begin];
    return { version, positions, versions, begin };
  }

  /** The version of the last write, which undoing it does not take back. */
  get written(): number {
    return this.#versions.at(-1) ?? this.#begin;
  }

  /** Goes on from what was known of the same volume. */
  goOn({ version, positions, versions, begin }: TrailFacts): void {
    this.newSlots();
    this.version = version;
    this.#positions = [...positions];
    this.#versions = [...versions];
    this.#begin = begin;
  }

  /** Notes a write to a slot. */
  touch(slot: number, index: BlockIndex): void {
    if (this.#known) this.#version = ++versions;
    this.#known = false;
    this.last = slot;
    if (this.#noted[slot] !== this.#version) this.#note(slot, index);
  }

  /** Everything may be different. */
  touchAll(): void {
    this.#version = ++versions;
    this.#known = false;
    this.#positions = [];
    this.#versions = [];
    this.#begin = this.#version;
    this.newSlots();
  }

  /** Slots have other numbers from now on. */
  newSlots(): void {
    this.last = -1;
    this.#slot = -1;
    this.#noted = new Float64Array(0);
  }

  /** Positions written after a version, three numbers each, none twice; undefined if unknown. */
  since(version: number): Int32Array | undefined {
    if (version === this.#version) return new Int32Array(0);
    if (version < this.#begin) return undefined;
    const seen = new BlockIndex();
    const found: number[] = [];
    for (let step = this.#versions.length - 1; step >= 0; step--) {
      if (this.#versions[step]! <= version) break;
      const at = step * 3;
      const [x, y, z] = [this.#positions[at]!, this.#positions[at + 1]!, this.#positions[at + 2]!];
      if (seen.find(x, y, z) >= 0) continue;
      seen.add(x, y, z);
      found.push(x, y, z);
    }
    return Int32Array.from(found);
  }

  #note(slot: number, index: BlockIndex): void {
    if (slot === this.#slot) this.#versions[this.#versions.length - 1] = this.#version;
    else this.#add(slot, index);
    if (slot >= this.#noted.length) this.#grow(slot + 1);
    this.#noted[slot] = this.#version;
  }

  #add(slot: number, index: BlockIndex): void {
    if (this.#versions.length === STEPS_MAX) this.#shorten();
    const { x, y, z } = index.position(slot);
    this.#positions.push(x, y, z);
    this.#versions.push(this.#version);
    this.#slot = slot;
  }

  #grow(length_min: number): void {
    const noted = new Float64Array(Math.max(length_min, this.#noted.length * 2));
    noted.set(this.#noted);
    this.#noted = noted;
  }

  #shorten(): void {
    const dropped = STEPS_MAX / 2;
    this.#begin = this.#versions[dropped - 1]!;
    this.#versions = this.#versions.slice(dropped);
    this.#positions = this.#positions.slice(dropped * 3);
  }
}
