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
  /** What stands for it once the edit is over; it takes in nothing more, and may be smaller. */
  settled(): Entry;
}

const NO_ENTRIES: readonly Entry[] = [];
const NO_OWNERS: readonly object[] = [];

/** So many owners are found one by one, which takes less than a map. */
const FEW = 8;

/** All that one edit replaced, an entry for each owner; the entries do not depend on each other. */
export class Recording {
  /** Made with the first, since an empty array takes room for many. */
  #entries: Entry[] | undefined;
  /** Who noted each of them. */
  #owners: object[] | undefined;
  /** The places of owners, when there are many. */
  #places: Map<object, number> | undefined;
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

  get entries(): readonly Entry[] {
    return this.#entries ?? NO_ENTRIES;
  }

  /** Of the entry in the same place. */
  get owners(): readonly object[] {
    return this.#owners ?? NO_OWNERS;
  }

  /** What an owner has noted by now. */
  entryOf(owner: object): Entry | undefined {
    const owners = this.#owners;
    if (owners === undefined) return undefined;
    const place = this.#places === undefined ? owners.indexOf(owner) : this.#places.get(owner);
    return place === undefined ? undefined : this.#entries![place];
  }

  /** Takes the first entry of an owner. */
  note(owner: object, entry: Entry): void {
    if (this.#entries === undefined || this.#owners === undefined) {
      this.#entries = [entry];
      this.#owners = [owner];
      return;
    }
    this.#entries.push(entry);
    this.#owners.push(owner);
    if (this.#owners.length > FEW) {
      this.#places ??= new Map(this.#owners.map((one, place) => [one, place]));
      this.#places.set(owner, this.#owners.length - 1);
    }
  }

  /** The edit is over, and what it noted may be kept for long. */
  settle(): void {
    const entries = this.#entries;
    if (entries === undefined) return;
    for (let i = 0; i < entries.length; i++) entries[i] = entries[i]!.settled();
  }

  /** Back to what was before the edit, once and for all, and whatever interrupts it. */
  takeBack(): void {
    for (let entry = this.#entries?.pop(); entry !== undefined; entry = this.#entries?.pop()) {
      entry.swap();
    }
    for (const action of this.#onTakeBack?.splice(0) ?? []) action();
  }

  /** Has something done when the edit is taken back, as one that failed; not when it is undone. */
  whenTakenBack(action: () => void): void {
    this.#onTakeBack ??= [];
    this.#onTakeBack.unshift(action);
  }

  /** Takes in an edit that was made within this one. */
  append(inner: Recording): void {
    for (const [place, owner] of inner.owners.entries()) {
      const known = this.entryOf(owner);
      if (known === undefined) this.note(owner, inner.entries[place]!);
      else known.append(inner.entries[place]!);
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
      if (outer !== undefined) outer.append(recording);
      else {
        recording.settle();
        kept?.(recording);
      }
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
