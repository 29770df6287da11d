/**
 * The journal of one project in the store: its directory with the lock on it, made at the first
 * record, and what writes into it. A project that was never touched has nothing on the disk.
 */

import type { Logger } from 'pino';
import { GoxError } from '../../conf/errors.ts';
import type { JournalPlace } from '../../engine/journal/store-reader.ts';
import type { Mirror } from '../../engine/port/mirror.ts';
import { DiskJournal } from './disk-journal.ts';
import type { JournalFs } from './fs.ts';
import type { JournalMeter } from './journal-meter.ts';
import type { JournalFigures, JournalSettings, JournalState } from './journal-options.ts';
import { ownProject, type ProjectOwner } from './owner.ts';
import type { RecordSink } from './project-log.ts';

/** What all journals of a store go by. */
export interface JournalDeps {
  readonly fs: JournalFs;
  readonly settings: JournalSettings;
  readonly log: Logger;
  readonly meter: JournalMeter;
}

/** The store that it is in. */
interface Home {
  makeDirectory(project: string, directory: string, fs: JournalFs): Promise<void>;
  /** It is gone for good when this resolves. */
  setAside(directory: string): Promise<void>;
  forget(journal: ProjectJournal): void;
}

/** Hears of a journal that fails, or that can write again. */
export type JournalListener = (state: JournalState, error: GoxError | undefined) => void;

export class ProjectJournal implements RecordSink {
  readonly project: string;
  readonly directory: string;
  onChange: JournalListener = () => {};
  readonly #deps: JournalDeps;
  readonly #store: Home;
  #owner: ProjectOwner | undefined;
  #disk: DiskJournal | undefined;
  /** Whether there is a directory of it, which was not read yet. */
  #made: boolean;
  #unread: boolean;
  readonly #found_bytes: number;
  /** Whether what was found must stay as it is. */
  #isLeft = false;
  #closing: Promise<void> | undefined;

  /** @param found_bytes of what there is of it in the store; undefined for one that begins */
  constructor(
    project: string,
    directory: string,
    found_bytes: number | undefined,
    store: Home,
    deps: JournalDeps,
  ) {
    this.project = project;
    this.directory = directory;
    this.#found_bytes = found_bytes ?? 0;
    this.#made = found_bytes !== undefined;
    this.#unread = this.#made;
    this.#store = store;
    this.#deps = deps;
  }

  /** Nothing while nobody writes into it. */
  get figures(): JournalFigures | undefined {
    return this.#disk?.figures;
  }

  /** Of its files; of one that is not written, as they were found. */
  get bytes(): number {
    const figures = this.#disk?.figures;
    if (figures === undefined) return this.#found_bytes;
    return figures.segment_bytes + figures.snapshot_bytes;
  }

  get durability(): { readonly kept: number; readonly sync: JournalSettings['sync'] } {
    return { kept: this.#disk?.figures.synced ?? 0, sync: this.#deps.settings.sync };
  }

  /** Whether there is something of it on the disk. */
  get made(): boolean {
    return this.#made;
  }

  get state(): JournalState | 'none' {
    return this.#disk?.state ?? 'none';
  }

  append(bytes: Uint8Array, sequence: number, done: (error?: GoxError) => void): void {
    if (this.#isLeft) throw new Error(`${this.directory} must not be written`);
    this.#disk ??= this.#write(1, undefined);
    this.#disk.append(bytes, sequence, done);
  }

  mirrored(mirror: Mirror): void {
    this.#disk?.mirrored(mirror);
  }

  /**
   * Takes what is there of it, to be read and gone on with; gives the epoch.
   *
   * @throws NotOwner, and what the system says
   */
  async own(): Promise<number> {
    await this.#closing;
    return this.#take();
  }

  /** Whether it was found in the store, and nobody has read it. */
  get isUnread(): boolean {
    return this.#unread;
  }

  /** It was read, and must not be written on. */
  leave(): void {
    this.#unread = false;
    this.#isLeft = true;
  }

  /** Writes on where reading has ended. */
  goOn(epoch: number, place: JournalPlace): void {
    this.#unread = false;
    this.#disk = this.#write(epoch, place);
  }

  /** Resolves once what was found is on the disk for sure, or cannot be kept any more. */
  async ready(): Promise<void> {
    await this.#disk?.ready();
  }

  /** Writes and syncs what waits, and lets others own it. */
  close(): Promise<void> {
    const disk = this.#disk;
    this.#disk = undefined;
    const close = async (before: Promise<void> | undefined) => {
      await before;
      await disk?.close();
      // It may own it only since then: its first record was on its way.
      const owner = this.#owner;
      this.#owner = undefined;
      await owner?.release();
    };
    const closing = close(this.#closing);
    this.#closing = closing.catch(() => {});
    return closing;
  }

  /** Removes what is there of it; it is gone for good when `done` is called without an error. */
  remove(done: (error?: GoxError) => void): void {
    this.#remove().then(
      () => done(),
      (error: unknown) => done(failed(this, error)),
    );
  }

  async #remove(): Promise<void> {
    await this.close();
    if (this.#made) await this.#store.setAside(this.directory);
    this.#made = false;
    this.#store.forget(this);
  }

  #write(epoch: number, place: JournalPlace | undefined): DiskJournal {
    const { fs, settings, log, meter } = this.#deps;
    const { project, directory } = this;
    // A later one waits for this journal.
    const before = this.#closing;
    const prepare = (watched: JournalFs) => this.#prepare(watched, before);
    return new DiskJournal({
      ...{ fs, directory, project, epoch, settings, meter },
      ...(place === undefined ? { prepare } : { place }),
      events: {
        changed: (state, error) => {
          meter.became(state);
          this.onChange(state, error);
        },
        noted: (message, facts) => log.warn({ project, ...facts }, message),
      },
    });
  }

  /**
   * @param fs that gives up a disk that hangs
   * @param before whoever wrote before has let it go when this resolves
   */
  async #prepare(fs: JournalFs, before: Promise<void> | undefined): Promise<void> {
    await before;
    await this.#store.makeDirectory(this.project, this.directory, fs);
    this.#made = true;
    await this.#take();
  }

  async #take(): Promise<number> {
    this.#owner ??= await ownProject(this.directory);
    return this.#owner.epoch;
  }
}

function failed({ project, directory }: ProjectJournal, cause: unknown): GoxError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const text = `The project "${project}" cannot be removed from ${directory}: ${why}`;
  return new GoxError('GOX_JOURNAL_FAILED', text, { project, path: directory }, cause);
}
