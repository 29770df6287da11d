/** Which blocks of a volume were written, and when: for whoever keeps something made of them. */

import { BlockIndex } from './block-index.ts';

/** From before all versions: what is of it, by a stop half way, may differ anywhere. */
export const NO_VERSION = -1;

/** Kept at most; what is older is forgotten, half at a time. */
const STEPS_MAX = 4096;

export class Trail {
  /** Three numbers a step. */
  #positions: number[] = [];
  /** Of the last write of each step; they grow. */
  #versions: number[] = [];
  /** Of versions before this one nothing is known. */
  #begin = 0;
  #lastSlot = -1;

  /** Notes a write, after which the volume has a version. */
  touch(slot: number, version: number, index: BlockIndex): void {
    if (slot === this.#lastSlot) this.#versions[this.#versions.length - 1] = version;
    else this.#add(slot, version, index);
  }

  /** Slots have other numbers from now on. */
  newSlots(): void {
    this.#lastSlot = -1;
  }

  /** Everything may be different from this version on. */
  forget(version: number): void {
    this.#positions = [];
    this.#versions = [];
    this.#begin = version;
    this.#lastSlot = -1;
  }

  /** Positions written after a version, three numbers each, none twice; undefined if unknown. */
  since(version: number): Int32Array | undefined {
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

  #add(slot: number, version: number, index: BlockIndex): void {
    if (this.#versions.length === STEPS_MAX) this.#shorten();
    const { x, y, z } = index.position(slot);
    this.#positions.push(x, y, z);
    this.#versions.push(version);
    this.#lastSlot = slot;
  }

  #shorten(): void {
    const dropped = STEPS_MAX / 2;
    this.#begin = this.#versions[dropped - 1]!;
    this.#versions = this.#versions.slice(dropped);
    this.#positions = this.#positions.slice(dropped * 3);
  }
}
