/** Records that wait to be kept: those that are being written, and those that gather meanwhile. */

import type { GoxError } from '../../conf/errors.ts';

export interface Entry {
  readonly bytes: Uint8Array;
  /** Of its last record. */
  readonly sequence: number;
  readonly done: (error?: GoxError) => void;
}

/** As many bytes go in one write, or one entry. */
const GROUP_BYTES_MAX = 8 << 20;

export class Gathered {
  #group: readonly Entry[] = [];
  #waiting: Entry[] = [];
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Of all, those that are being written among them. */
  get bytes(): number {
    return this.#bytes;
  }

  add(entry: Entry): void {
    this.#waiting.push(entry);
    this.#bytes += entry.bytes.length;
  }

  /** What goes in the next write; nothing when nothing waits. */
  take(): readonly Entry[] {
    let bytes = 0;
    let count = 0;
    for (const entry of this.#waiting) {
      bytes += entry.bytes.length;
      if (count > 0 && bytes > GROUP_BYTES_MAX) break;
      count += 1;
    }
    this.#group = this.#waiting.splice(0, count);
    return this.#group;
  }

  /** That a group is written; false when all were given up meanwhile. */
  finish(group: readonly Entry[]): boolean {
    if (this.#group !== group) return false;
    this.#group = [];
    this.#bytes -= bytesOf(group);
    return true;
  }

  /** Takes all out, in their order. */
  giveUp(): readonly Entry[] {
    const all = [...this.#group, ...this.#waiting];
    this.#group = [];
    this.#waiting = [];
    this.#bytes = 0;
    return all;
  }
}

export function bytesOf(group: readonly Entry[]): number {
  return group.reduce((sum, { bytes }) => sum + bytes.length, 0);
}
