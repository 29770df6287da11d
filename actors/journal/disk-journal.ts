/**
 * The journal of one project on the disk. Records that come while others are on their way there
 * gather, and go in one write with one sync (group commit).
 *
 * Whatever a write that failed may have left is cut off before its requests hear of the error, so
 * that the next start does not find an edit of which its client was told that it was not made. Only
 * where the disk refuses that too may such an edit come back, and then as a whole.
 */

import type { GoxError } from '../../conf/errors.ts';
import { firstHead, markBody, RECORD_TYPES, RecordWriter } from '../../engine/journal/format.ts';
import type { Mirror } from '../../engine/port/mirror.ts';
import { Compaction } from './compaction.ts';
import { failedError, fullError, isShortage, Overdue, refusal } from './failures.ts';
import { bytesOf, type Entry, Gathered } from './gathered.ts';
import type {
  JournalFigures,
  JournalOptions,
  JournalSizes,
  JournalState,
} from './journal-options.ts';
import type { RecordSink } from './project-log.ts';
import { Segments, type WantedSegments } from './segments.ts';
import { type JournalClock, SYSTEM_CLOCK, WatchedFs } from './watched-fs.ts';

const SIZES: JournalSizes = { segment_bytes_max: 16 << 20, snapshot_bytes_min: 16 << 20 };

/** After this time without a write, a mark says that all before it is on the disk. */
const IDLE_MS = 100;
/** There is room when there is room for what failed; for as much at least, and at most. */
const PROBE_BYTES_MIN = 64 << 10;
const PROBE_BYTES_MAX = 8 << 20;

export class DiskJournal implements RecordSink {
  readonly #options: JournalOptions;
  readonly #clock: JournalClock;
  readonly #sizes: JournalSizes;
  readonly #fs: WatchedFs;
  readonly #segments: Segments;
  readonly #compaction: Compaction;
  #state: JournalState = 'writing';
  #isPrepared = false;
  #isClosing = false;
  readonly #gathered = new Gathered();
  /** What is done with the segments now: one thing at a time. */
  #work: Promise<void> | undefined;
  /** Of the last edit that was taken, kept, is on the disk for sure, and is so by a mark. */
  #taken: number;
  #kept: number;
  #synced = 0;
  #marked = 0;
  #isMarkDue = false;
  #markTimer: unknown;
  #syncTimer: unknown;
  #retryTimer: unknown;
  #wrote_ms = 0;
  #write_ms = 0;

  constructor(options: JournalOptions) {
    const { fs, clock = SYSTEM_CLOCK, place, settings, sizes = SIZES, events } = options;
    this.#options = options;
    this.#clock = clock;
    this.#sizes = sizes;
    this.#fs = new WatchedFs({
      fs,
      clock,
      limit_ms: () => settings.sync_timeout_ms,
      onOverdue: (name) => this.#die(new Overdue(`${name}: the disk does not answer`)),
    });
    const { directory, project, epoch } = options;
    const about = { fs: this.#fs, directory, project, epoch, noted: events.noted };
    const sequence = place?.sequence ?? 0;
    this.#taken = sequence;
    this.#kept = sequence;
    this.#segments = new Segments({ ...about, place }, sequence);
    this.#compaction = new Compaction({
      ...about,
      clock,
      segments: this.#segments,
      snapshots: place?.snapshots ?? [],
      bytes_min: sizes.snapshot_bytes_min,
      sync: () => this.#sync(),
    });
    // What was found is made sure of, under the new epoch, before anybody needs it.
    if (place !== undefined) this.#markNow();
  }

  get state(): JournalState {
    return this.#state;
  }

  get figures(): JournalFigures {
    return {
      state: this.#state,
      segments: this.#segments.count,
      segment_bytes: this.#segments.total_bytes,
      snapshot_bytes: this.#compaction.snapshot_bytes,
      sequence: this.#kept,
      synced: this.#synced,
      pending_bytes: this.#gathered.bytes,
      write_ms: this.#write_ms,
    };
  }

  /**
   * Resolves when what was found at the start is on the disk for sure, or the journal has failed:
   * until then nobody should see it, since a power cut could take it.
   */
  async ready(): Promise<void> {
    if (this.#options.place !== undefined && this.#synced === 0) await this.#fs.orHung(this.#work);
  }

  append(bytes: Uint8Array, sequence: number, done: (error?: GoxError) => void): void {
    const first = firstHead(bytes);
    // Others come after an edit that was not kept, or from before the project was made anew.
    const follows = first.sequence === this.#taken + 1 && first.epoch === this.#options.epoch;
    if (this.#state !== 'writing' || this.#isClosing || !follows) {
      const state = this.#isClosing ? 'closed' : this.#state;
      const error = refusal(this.#place, state, this.#options.settings.full_retry_ms);
      queueMicrotask(() => done(error));
      return;
    }
    this.#taken = sequence;
    this.#gathered.add({ bytes, sequence, done });
    this.#begin(() => this.#run());
  }

  /**
   * The newest mirror of the project, of edits that are kept: goes to a snapshot if it is time for
   * one. What that needs of it, it takes at once.
   */
  mirrored(mirror: Mirror): void {
    if (this.#compaction.isDue(mirror)) void this.snapshot(mirror);
  }

  /** Writes a snapshot; false when there is none, which was noted and harms nothing. */
  async snapshot(mirror: Mirror): Promise<boolean> {
    if (this.#state !== 'writing' || mirror.sequence > this.#kept) return false;
    return this.#compaction.run(mirror);
  }

  /** Writes and syncs all that waits, and lets go of the files; `dead` if that failed. */
  async close(): Promise<void> {
    const clock = this.#clock;
    this.#isClosing = true;
    clock.clearTimeout(this.#retryTimer);
    await this.#atRest();
    await this.#fs.orHung(this.#compaction.stop());
    await this.#atRest();
    if (this.#state === 'writing' && this.#segments.isOpen) {
      this.#begin(() => this.#finish());
      await this.#atRest();
    }
    if (this.#state === 'writing' || this.#state === 'full') {
      await this.#fs.orHung(this.#segments.close());
      this.#become('closed');
    }
    this.#fs.stop();
    for (const timer of [this.#markTimer, this.#syncTimer]) clock.clearTimeout(timer);
  }

  async #atRest(): Promise<void> {
    while (this.#work !== undefined && !this.#fs.isHung) await this.#fs.orHung(this.#work);
  }

  #begin(work: () => Promise<void>): void {
    this.#work ??= this.#through(work);
  }

  async #through(work: () => Promise<void>): Promise<void> {
    await work();
    if (this.#state === 'dead') await this.#bury();
    this.#work = undefined;
    if (this.#state !== 'writing') return;
    if (!this.#gathered.isEmpty || this.#isMarkDue) this.#begin(() => this.#run());
    else this.#expectIdle();
  }

  async #run(): Promise<void> {
    let kept: readonly Entry[] = [];
    while (this.#state === 'writing' && (!this.#gathered.isEmpty || this.#isMarkDue)) {
      const group = this.#gathered.take();
      const writing = this.#write(group);
      // The disk works while those are answered.
      release(kept);
      kept = [];
      const failure = await writing;
      if (failure !== undefined) return this.#fail(failure.error, group);
      // It may have been overdue meanwhile.
      if (!this.#gathered.finish(group)) return;
      this.#count(group);
      kept = group;
    }
    release(kept);
  }

  /** Writes a group, behind a mark where there is something to say; never rejects. */
  async #write(group: readonly Entry[]): Promise<{ readonly error: unknown } | undefined> {
    const began_ms = this.#clock.now_ms();
    try {
      if (!this.#segments.isReady(this.#wanted)) await this.#makeReady();
      const chunks = group.map(({ bytes }) => bytes);
      const synced = this.#synced;
      if (synced > this.#marked || this.#isMarkDue) chunks.unshift(this.#mark(synced));
      await this.#segments.append(chunks);
      this.#marked = synced;
      this.#isMarkDue = false;
    } catch (error) {
      return { error };
    }
    this.#wrote_ms = this.#clock.now_ms();
    this.#write_ms = this.#wrote_ms - began_ms;
    return undefined;
  }

  #count(group: readonly Entry[]): void {
    const before = this.#kept;
    this.#kept = group.at(-1)?.sequence ?? before;
    const bytes = bytesOf(group);
    this.#compaction.count(bytes);
    this.#options.meter?.wrote(this.#kept - before, bytes, this.#write_ms);
    if (this.#segments.isSynced) this.#synced = this.#kept;
    else this.#expectSync();
  }

  /** How the segments are to be for the next group. */
  get #wanted(): WantedSegments {
    const { settings } = this.#options;
    const { segment_bytes_max } = this.#sizes;
    return { synced: settings.sync === 'always', bytes_max: segment_bytes_max, kept: this.#kept };
  }

  async #makeReady(): Promise<void> {
    const isFirst = !this.#segments.isOpen;
    if (!this.#isPrepared) await this.#options.prepare?.(this.#fs);
    this.#isPrepared = true;
    await this.#segments.makeReady(this.#wanted);
    // That leaves nothing that is not on the disk.
    this.#synced = this.#kept;
    if (isFirst && this.#options.place !== undefined) await this.#compaction.tidy();
  }

  #mark(synced: number): Uint8Array {
    const { epoch } = this.#options;
    const writer = new RecordWriter();
    const head = { sequence: this.#kept, epoch, type: RECORD_TYPES.mark };
    writer.append(head, markBody(synced));
    return writer.take();
  }

  /** A mark with nothing after it, where nothing else is to be written. */
  #markNow(): void {
    this.#isMarkDue = true;
    this.#begin(() => this.#run());
  }

  #expectIdle(wait_ms = IDLE_MS): void {
    if (this.#markTimer !== undefined || this.#synced <= this.#marked) return;
    this.#markTimer = this.#clock.setTimeout(() => {
      this.#markTimer = undefined;
      if (this.#state !== 'writing' || this.#isClosing || this.#work !== undefined) return;
      const rest_ms = this.#wrote_ms + IDLE_MS - this.#clock.now_ms();
      if (rest_ms > 0) this.#expectIdle(rest_ms);
      else if (this.#synced > this.#marked) this.#markNow();
    }, wait_ms);
  }

  #expectSync(): void {
    const { settings } = this.#options;
    if (settings.sync === 'never' || this.#syncTimer !== undefined) return;
    this.#syncTimer = this.#clock.setTimeout(async () => {
      this.#syncTimer = undefined;
      if (this.#state !== 'writing') return;
      // The journal is dead then, and has told it.
      await this.#sync().catch(() => {});
      this.#expectIdle();
    }, settings.sync_interval_ms);
  }

  /** Has all that is kept on the disk; where that fails the journal is dead, and this rejects. */
  async #sync(): Promise<void> {
    const kept = this.#kept;
    try {
      await this.#segments.sync();
    } catch (error) {
      this.#die(error);
      throw error;
    }
    this.#synced = Math.max(this.#synced, kept);
  }

  /** The last of it: a mark, so that the next start knows that nothing is missing at the end. */
  async #finish(): Promise<void> {
    try {
      await this.#sync();
    } catch {
      // The journal is dead, and has told it.
      return;
    }
    // A segment is not written to once another one was begun, even where that came to nothing.
    if (!this.#segments.isReady(this.#wanted)) return;
    try {
      await this.#segments.append([this.#mark(this.#kept)]);
      await this.#segments.sync();
    } catch (error) {
      await this.#fail(error, []);
    }
  }

  async #fail(error: unknown, group: readonly Entry[]): Promise<void> {
    const isCut = await this.#cutOff();
    if (this.#state !== 'writing') return;
    if (!isCut || !isShortage(error)) return this.#die(error);
    this.#become('full', fullError(this.#place, error, this.#options.settings.full_retry_ms));
    this.#lookForRoomLater(bytesOf(group));
  }

  /** What clients are told that it was not made must not be found by the next start. */
  async #cutOff(): Promise<boolean> {
    try {
      await this.#segments.cut();
      return true;
    } catch (error) {
      const message = 'a failed edit could not be cut off a journal, and may come back';
      this.#options.events.noted(message, { error, path: this.#segments.path });
      return false;
    }
  }

  #lookForRoomLater(bytes: number): void {
    if (this.#isClosing) return;
    const { settings } = this.#options;
    this.#retryTimer = this.#clock.setTimeout(() => {
      this.#begin(() => this.#lookForRoom(bytes));
    }, settings.full_retry_ms);
  }

  async #lookForRoom(bytes: number): Promise<void> {
    try {
      if (!this.#segments.isReady(this.#wanted)) await this.#makeReady();
      const probe_bytes = Math.min(Math.max(bytes, PROBE_BYTES_MIN), PROBE_BYTES_MAX);
      await this.#segments.probe(probe_bytes);
    } catch (error) {
      if (this.#state !== 'full') return;
      if (isShortage(error)) this.#lookForRoomLater(bytes);
      else this.#die(error);
      return;
    }
    if (this.#state === 'full' && !this.#isClosing) this.#become('writing');
  }

  #die(cause: unknown): void {
    if (this.#state === 'dead' || this.#state === 'closed') return;
    this.#segments.abandon();
    this.#become('dead', failedError(this.#place, cause));
    // Where something else is under way, it is buried after that.
    this.#begin(async () => {});
  }

  /** Whatever was under way when it died has come to an end. */
  async #bury(): Promise<void> {
    await this.#cutOff();
    await this.#segments.close();
    this.#fs.stop();
  }

  /** With an error, all that wait get it. */
  #become(state: JournalState, error?: GoxError): void {
    this.#state = state;
    this.#options.events.changed(state, error);
    if (error === undefined) return;
    this.#taken = this.#kept;
    for (const { done } of this.#gathered.giveUp()) done(error);
  }

  get #place() {
    return { project: this.#options.project, path: this.#segments.path };
  }
}

function release(kept: readonly Entry[]): void {
  for (const { done } of kept) done();
}
