/** The journal of one project on the disk. */

import { GoxError } from '../../conf/errors.ts';
import type { JournalPlace } from '../../engine/journal/store-reader.ts';
import type { Mirror } from '../../engine/port/mirror.ts';
import type { JournalFs } from './fs.ts';
import type { RecordSink } from './project-log.ts';

/** Of the configuration; read at each use, so that a reload takes effect. */
export interface JournalSettings {
  readonly sync: 'always' | 'interval' | 'never';
  readonly sync_interval_ms: number;
  /** Longer than this no call of the disk may take, or it has failed. */
  readonly sync_timeout_ms: number;
  /** Between two looks whether a full disk has room. */
  readonly full_retry_ms: number;
}

/**
 * `full`: there is no room; it looks again by itself, and is `writing` once there is. `dead`: it
 * never writes again. In both all appends fail.
 */
export type JournalState = 'writing' | 'full' | 'dead' | 'closed';

export interface JournalEvents {
  /**
   * The state is another one; with the error that all who waited got, if there is one. When it is
   * `writing` again, the next record must be that after the last one that was kept.
   */
  changed(state: JournalState, error?: GoxError): void;
  /** For the log: what was cut off, or a snapshot that failed. */
  noted(message: string, facts: Readonly<Record<string, unknown>>): void;
}

export interface JournalFigures {
  readonly state: JournalState;
  readonly segments: number;
  /** Of all segments, and of all snapshots. */
  readonly segment_bytes: number;
  readonly snapshot_bytes: number;
  /** Of the last edit that is kept, as far as `sync` asks for; that is on the disk for sure. */
  readonly sequence: number;
  readonly synced: number;
  /** Waiting to be written. */
  readonly pending_bytes: number;
  /** What the last write with its sync took; nothing before the first. */
  readonly sync_ms: number | undefined;
}

export interface JournalOptions {
  readonly fs: JournalFs;
  /** Of the project alone, and there, once `prepare` is done. */
  readonly directory: string;
  /** The name of the project. */
  readonly project: string;
  readonly epoch: number;
  /**
   * Where to go on, as `readStore` found it: what lies behind is cut off. Without it nothing is
   * there yet, and nothing is made before the first record.
   */
  readonly place?: JournalPlace | undefined;
  readonly settings: JournalSettings;
  readonly events: JournalEvents;
  /**
   * Makes the directory and its lock, before anything else is done in it; called again when that
   * failed for want of room. Errors of the system are taken as those of the journal's own files.
   */
  readonly prepare?: () => Promise<void>;
}

export class DiskJournal implements RecordSink {
  readonly #options: JournalOptions;

  constructor(options: JournalOptions) {
    this.#options = options;
  }

  get state(): JournalState {
    return 'writing';
  }

  get figures(): JournalFigures {
    throw new GoxError('GOX_INTERNAL', `not yet: ${this.#options.project}`);
  }

  append(_bytes: Uint8Array, _sequence: number, done: (error?: GoxError) => void): void {
    queueMicrotask(done);
  }

  /**
   * The newest mirror of the project, of edits that are kept: is written to a snapshot if it is
   * time for one. What it needs of it, it takes at once.
   */
  mirrored(_mirror: Mirror): void {}

  /** Writes a snapshot now; false when that failed, which is noted and harms nothing. */
  snapshot(_mirror: Mirror): Promise<boolean> {
    return Promise.resolve(false);
  }

  /** Writes and syncs all that waits, and lets go of the files; the state says how it went. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}
