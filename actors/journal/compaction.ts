/**
 * Keeps a journal short: once the edits since the last snapshot take more room than that, another
 * one is written beside the running journal, and what it stands for is removed. A snapshot that
 * fails harms nothing; it is tried again later.
 */

import { snapshotChunks } from '../../engine/journal/snapshot.ts';
import type { StoredFile } from '../../engine/journal/store-reader.ts';
import type { Mirror } from '../../engine/port/mirror.ts';
import type { JournalFs } from './fs.ts';
import type { Segments } from './segments.ts';
import { Snapshots } from './snapshots.ts';
import type { JournalClock } from './watched-fs.ts';

/**
 * A mirror comes after 20 to 100 ms of edits, which take about as long to be done again. After so
 * many of them a start would have a second or two to do, whatever few bytes they are …
 */
const MIRRORS_MIN = 20;
/** … but the larger the snapshot, the more of them, since that takes its time too. */
const BYTES_A_MIRROR = 1 << 20;
/** Between a snapshot that failed and the next try. */
const RETRY_MS = 60_000;

export interface CompactionOptions {
  readonly fs: JournalFs;
  readonly clock: JournalClock;
  readonly directory: string;
  readonly project: string;
  readonly epoch: number;
  readonly segments: Segments;
  readonly snapshots: readonly StoredFile[];
  /** After as many bytes, or those of the last snapshot, it is time for another one. */
  readonly bytes_min: number;
  /** Has all that is kept on the disk. */
  readonly sync: () => Promise<void>;
  readonly noted: (message: string, facts: Readonly<Record<string, unknown>>) => void;
}

export class Compaction {
  readonly #options: CompactionOptions;
  readonly #snapshots: Snapshots;
  /** Of the edits after those of the newest snapshot, about; and how many mirrors they made. */
  #bytes: number;
  #mirrors = 0;
  #mirrored_sequence = 0;
  #isStopped = false;
  #underWay: Promise<boolean> | undefined;
  #notBefore_ms = 0;

  constructor(options: CompactionOptions) {
    const { fs, directory, snapshots, segments } = options;
    this.#options = options;
    this.#snapshots = new Snapshots(fs, directory, snapshots);
    this.#bytes = segments.total_bytes;
  }

  get snapshot_bytes(): number {
    return this.#snapshots.total_bytes;
  }

  /** Edits of so many bytes were written. */
  count(bytes: number): void {
    this.#bytes += bytes;
  }

  /** There is a newer mirror; whether it is time for a snapshot of it. */
  isDue({ sequence }: Mirror): boolean {
    if (sequence > this.#mirrored_sequence) this.#mirrors += 1;
    this.#mirrored_sequence = sequence;
    const { clock, bytes_min } = this.#options;
    const newest = this.#snapshots.newest ?? { sequence: 0, bytes: 0 };
    if (sequence <= newest.sequence || clock.now_ms() < this.#notBefore_ms) return false;
    const mirrors_max = Math.max(MIRRORS_MIN, newest.bytes / BYTES_A_MIRROR);
    return this.#bytes > Math.max(bytes_min, newest.bytes) || this.#mirrors > mirrors_max;
  }

  /** Whether there is a snapshot of this mirror now; false at once while another is written. */
  run(mirror: Mirror): Promise<boolean> {
    if (this.#underWay !== undefined || this.#isStopped) return Promise.resolve(false);
    const { project, epoch } = this.#options;
    const chunks = snapshotChunks(mirror, { project, epoch });
    const underWay = this.#run(mirror.sequence, chunks);
    this.#underWay = underWay;
    return underWay;
  }

  /** Gives up what is under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#underWay;
  }

  /** Removes what a crash has left. */
  async tidy(): Promise<void> {
    try {
      await this.#snapshots.removeTemporary();
    } catch (error) {
      this.#options.noted('an unfinished snapshot could not be removed', { error });
    }
  }

  async #run(sequence: number, chunks: AsyncIterable<Uint8Array>): Promise<boolean> {
    const { clock, segments, sync, noted } = this.#options;
    const [bytes, mirrors] = [this.#bytes, this.#mirrors];
    let written = false;
    try {
      const isWanted = () => !this.#isStopped;
      written = await this.#snapshots.write({ sequence, chunks, isWanted, sync });
      if (written) {
        this.#bytes -= bytes;
        this.#mirrors -= mirrors;
        await this.#snapshots.removeOlder();
        await segments.removeUpTo(sequence);
      }
    } catch (error) {
      const message = written
        ? 'what a snapshot stands for could not be removed'
        : 'a snapshot could not be written';
      noted(message, { error });
      this.#notBefore_ms = clock.now_ms() + RETRY_MS;
    }
    if (!written) await this.tidy();
    this.#underWay = undefined;
    return written;
  }
}
