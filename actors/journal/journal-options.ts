/** What the journal of a project is made with, and what it tells. */

import type { GoxError } from '../../conf/errors.ts';
import type { JournalPlace } from '../../engine/journal/store-reader.ts';
import type { JournalFs } from './fs.ts';
import type { JournalClock } from './watched-fs.ts';

/** Of the configuration; read at each use, so that a reload takes effect. */
export interface JournalSettings {
  readonly sync: 'always' | 'interval' | 'never';
  readonly sync_interval_ms: number;
  /** Longer than this no call of the disk may take, or it has failed. */
  readonly sync_timeout_ms: number;
  /** Between two looks whether a full disk has room. */
  readonly full_retry_ms: number;
}

/** Sizes that only tests have others of. */
export interface JournalSizes {
  /** A segment that has as many bytes is followed by another one. */
  readonly segment_bytes_max: number;
  /** After as many bytes, or those of the last snapshot, it is time for another one. */
  readonly snapshot_bytes_min: number;
}

/**
 * `full`: there is no room; it looks again by itself, and is `writing` once there is. `dead`: it
 * never writes again. In both all appends fail.
 */
export type JournalState = 'writing' | 'full' | 'dead' | 'closed';

export interface JournalEvents {
  /**
   * The state is another one; with the error that all who waited get next, if there is one. When it
   * is `writing` again, the next record must be that after the last one that was kept.
   */
  changed(state: JournalState, error?: GoxError): void;
  /** For the log: something went wrong that no edit suffers from. */
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
  /** What the last write took, with its sync; 0 before the first. */
  readonly write_ms: number;
}

export interface JournalOptions {
  readonly fs: JournalFs;
  readonly clock?: JournalClock;
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
  readonly meter?: { wrote(edits: number, bytes: number, write_ms: number): void };
  readonly sizes?: JournalSizes;
  readonly events: JournalEvents;
  /**
   * Makes the directory and its lock, before anything else is done in it; called again when that
   * failed for want of room. Errors of the system are taken as those of the journal's own files.
   */
  readonly prepare?: (fs: JournalFs) => Promise<void>;
}
