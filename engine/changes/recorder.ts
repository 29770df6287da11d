/**
 * What edits replace, while they run. A recorder belongs to one project; whatever can be edited
 * (volumes, layers, the document, the selection) notes there what it has before its first change,
 * so that the edit can be taken back, undone and done again. Nothing is looked at that is not
 * written.
 */

import { GoxError } from '../../conf/errors.ts';

/** What one owner had before, or has after, an edit. */
export interface Entry {
  /** Bytes that are held for this alone, or nearly. */
  readonly bytes: number;
  /** Puts in place what is kept here, and keeps what was there instead, for the next call. */
  swap(): void;
  /** Takes in what the same owner noted later. */
  append(later: Entry): void;
}

/** All that one edit replaced, an entry for each owner; the entries do not depend on each other. */
export class Recording {
  readonly entries = new Map<object, Entry>();
  /** The edit that this one is made within. */
  readonly outer: Recording | undefined;
  /** Blocks of voxels that may still be added. */
  blocks_left: number;
  readonly #blocks_max: number;
  /** The last comes first. Made when there is something, as most edits have nothing. */
  #onTakeBack: (() => void)[] | undefined;

  constructor(blocks_max: number, outer?: Recording) {
    this.outer = outer;
    this.#blocks_max = Math.min(blocks_max, outer?.blocks_left ?? blocks_max);
    this.blocks_left = this.#blocks_max;
  }

  /** Back to what was before the edit, once and for all, and whatever interrupts it. */
  takeBack(): void {
    for (const [owner, entry] of this.entries) {
      this.entries.delete(owner);
      entry.swap();
    }
    for (const action of this.#onTakeBack?.splice(0) ?? []) action();
  }

  /** Has something done when the edit is taken back because it failed; not when it is undone. */
  whenTakenBack(action: () => void): void {
    this.#onTakeBack ??= [];
    this.#onTakeBack.unshift(action);
  }

  /** Takes in an edit that was made within this one. */
  append(inner: Recording): void {
    for (const [owner, entry] of inner.entries) {
      const known = this.entries.get(owner);
      if (known === undefined) this.entries.set(owner, entry);
      else known.append(entry);
    }
    for (const action of inner.#onTakeBack?.toReversed() ?? []) this.whenTakenBack(action);
    // What is left can be without end.
    if (Number.isFinite(inner.#blocks_max)) {
      this.blocks_left -= inner.#blocks_max - inner.blocks_left;
    }
  }
}

export class Recorder {
  #current: Recording | undefined;
  /** The innermost that was begun, and neither kept nor taken back so far. */
  #open: Recording | undefined;

  /** The edit that runs; undefined when none does. */
  get current(): Recording | undefined {
    return this.#current;
  }

  /**
   * Runs an edit; when it throws, all is as it was. `kept` is called with what it replaced, unless
   * it runs within another edit, of which it becomes a part. `blocks_max` bounds what it may add.
   * An edit within it may have been ended by force, without any time to take itself back.
   */
  record<T>(blocks_max: number, edit: () => T, kept?: (recording: Recording) => void): T {
    const outer = this.#open;
    const recording = new Recording(blocks_max, outer);
    this.#open = recording;
    this.#current = recording;
    try {
      const result = edit();
      if (outer === undefined) kept?.(recording);
      else outer.append(recording);
      this.#open = outer;
      return result;
    } catch (error) {
      this.#current = undefined;
      for (let one = this.#open; one !== outer && one !== undefined; one = one.outer) {
        one.takeBack();
      }
      this.#open = outer;
      throw error;
    } finally {
      this.#current = outer;
    }
  }
}

/** Refuses blocks beyond a number. */
export function tooManyBlocks(blocks_max: number, block_bytes: number): GoxError {
  const bytes_max = blocks_max * block_bytes;
  const message = `The voxels would take more than the ${bytes_max} bytes that are free.`;
  return new GoxError('GOX_MEMORY_LIMIT', message, { bytes_max });
}
