/** The visible layers laid one over another, kept as long as changes can be followed. */

import { EMPTY_BLOCK, mergeBlockOver, mergeOver } from '../ops/combine.ts';
import { NO_VERSION } from '../volume/trail.ts';
import { Volume } from '../volume/volume.ts';

export class Merged {
  readonly #parts: readonly Volume[];
  /** Of each part, as it is in the merged volume. */
  readonly #versions: number[];
  readonly volume: Volume;
  /** The lowest part that has the block, by slots of the volume: blocks lie in that order. */
  readonly #lowest: number[] = [];

  /** Of volumes from bottom to top. */
  constructor(parts: readonly Volume[]) {
    this.#parts = parts;
    this.#versions = parts.map(({ version }) => version);
    const [only] = parts;
    this.volume = parts.length === 1 ? only!.clone() : new Volume();
    for (const [i, part] of parts.entries()) {
      if (parts.length > 1) mergeOver(this.volume, part);
      while (this.#lowest.length < this.volume.blockCount) this.#lowest.push(i);
    }
  }

  /**
   * Follows what has changed in the parts; tells whether it could. It cannot when there are others,
   * when too much is different, or when blocks would lie in another order than Goxel's.
   */
  follow(parts: readonly Volume[]): boolean {
    if (parts.length !== this.#parts.length) return false;
    for (const [i, part] of parts.entries()) {
      if (part !== this.#parts[i]) return false;
      if (part.version === this.#versions[i]) continue;
      const changed = part.changedSince(this.#versions[i]!);
      // What is stopped half way is of no version, and the part may come back to the one known.
      this.#versions[i] = NO_VERSION;
      if (changed === undefined || changed.length / 3 > part.blockCount / 2 + 1) return false;
      for (let at = 0; at < changed.length; at += 3) {
        const [x, y, z] = [changed[at]! * 16, changed[at + 1]! * 16, changed[at + 2]! * 16];
        if (!this.#mergeBlock(x, y, z)) return false;
      }
      this.#versions[i] = part.version;
    }
    return true;
  }

  #mergeBlock(x: number, y: number, z: number): boolean {
    const { volume } = this;
    // Slots have other numbers once empty blocks were dropped.
    if (volume.blockCount !== this.#lowest.length) return false;
    const block = new Volume();
    for (const part of this.#parts) mergeBlockOver(block, part, x, y, z);
    const slot = volume.slotAt(x, y, z);
    const comes = slot < 0 || volume.blockIn(slot).count === 0;
    if (block.count() === 0) {
      if (!comes) volume.setBlock(x, y, z, EMPTY_BLOCK, 0);
      return true;
    }
    const lowest = this.#parts.findIndex((part) => part.holdsIn(x, y, z));
    if (comes || this.#lowest[slot] !== lowest) return false;
    volume.shareBlock(x, y, z, block);
    return true;
  }
}
