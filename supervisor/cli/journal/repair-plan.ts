/**
 * What has to be given up of the journal of a project so that what is left can be read: found out
 * on its files as if they were changed, and changed only afterwards. From the damage on all goes,
 * since an edit means something only after those before it.
 */

import { basename } from 'node:path';
import { fileName, headerBody, numbered } from '../../../engine/journal/files.ts';
import { MAGIC, RECORD_TYPES, RecordWriter } from '../../../engine/journal/format.ts';
import type { ByteSource } from '../../../engine/journal/sections.ts';
import {
  type JournalPlace,
  readStore,
  type StoredProject,
  type StoreFault,
  type StoreFiles,
} from '../../../engine/journal/store-reader.ts';
import { FORMAT } from '../../../engine/journal/version.ts';

/** What becomes of one file. */
export type Change =
  | { readonly name: string; readonly what: 'cut'; readonly length: number }
  | { readonly name: string; readonly what: 'remove' }
  | { readonly name: string; readonly what: 'make'; readonly bytes: Uint8Array };

export interface RepairPlan {
  readonly project: string;
  /** What is wrong; nothing to be mended when it is undefined. */
  readonly fault: StoreFault | undefined;
  readonly changes: readonly Change[];
  /** Where a daemon will go on. */
  readonly place: JournalPlace;
}

/** Damage is met again and again behind what was cut, but for a handful of reasons. */
const ROUNDS_MAX = 1000;

/** Throws what the system says; changes nothing. */
export function repairPlan(files: StoreFiles): RepairPlan {
  const changed = new ChangedFiles(files);
  const first = readStore(files);
  let stored = first;
  for (let round = 0; stored.fault?.kind === 'damaged'; round++) {
    if (round > ROUNDS_MAX) throw new Error(`no end of the damage: ${stored.fault.reason}`);
    changed.giveUp(stored.fault, stored);
    stored = readStore(changed);
  }
  const { project = '', fault } = first;
  const { changes } = changed;
  // What was met on the way decides: a newer version's files are not for us.
  const last = stored.fault?.kind === 'torn' ? undefined : stored.fault;
  return { project: stored.project ?? project, fault: last ?? fault, changes, place: stored.place };
}

/** The files as they would be. */
class ChangedFiles implements StoreFiles {
  readonly directory: string;
  readonly #files: StoreFiles;
  readonly #changes = new Map<string, Change>();

  constructor(files: StoreFiles) {
    this.#files = files;
    this.directory = files.directory;
  }

  get changes(): readonly Change[] {
    return [...this.#changes.values()];
  }

  list(): readonly string[] {
    const made = this.changes.filter((change) => change.what === 'make').map(({ name }) => name);
    const names = this.#files.list().filter((name) => this.#changes.get(name)?.what !== 'remove');
    return [...new Set([...names, ...made])];
  }

  open(name: string) {
    const change = this.#changes.get(name);
    if (change?.what === 'make') return { ...inMemory(change.bytes), close: () => {} };
    const file = this.#files.open(name);
    if (change?.what !== 'cut') return file;
    const { length } = change;
    return {
      length,
      read: (offset: number, count: number) =>
        file.read(offset, Math.max(0, Math.min(count, length - offset))),
      close: () => file.close(),
    };
  }

  /** Cuts at a fault, and removes the segments behind it, and snapshots that are none. */
  giveUp({ path, offset }: StoreFault, { place, project, passed }: StoredProject): void {
    const name = basename(path);
    for (const one of passed) if (one.kind === 'damaged') this.#remove(basename(one.path));
    const segments = numbered(this.list(), 'journal');
    const at = segments.find((one) => one.name === name);
    const { sequence } = place;
    for (const segment of segments) {
      if (at === undefined || segment.sequence > at.sequence) this.#remove(segment.name);
    }
    if (at !== undefined && offset > MAGIC.length) {
      this.#changes.set(name, { name, what: 'cut', length: offset });
    } else if (at !== undefined) this.#remove(name);
    else if (project !== undefined) this.#make(sequence + 1, project, place.epoch);
  }

  #remove(name: string): void {
    if (this.#changes.get(name)?.what === 'make') this.#changes.delete(name);
    else this.#changes.set(name, { name, what: 'remove' });
  }

  /** A segment with nothing in it, since one follows each snapshot. */
  #make(first: number, project: string, epoch: number): void {
    const writer = new RecordWriter();
    const head = { sequence: first - 1, epoch, type: RECORD_TYPES.header };
    writer.append(head, headerBody({ format: FORMAT, project, first }));
    const name = fileName(first, 'journal');
    this.#changes.set(name, { name, what: 'make', bytes: Buffer.concat([MAGIC, writer.take()]) });
  }
}

function inMemory(made: Uint8Array): ByteSource {
  const bytes = Buffer.from(made);
  const read = (offset: number, count: number) => bytes.subarray(offset, offset + count);
  return { length: bytes.length, read };
}
