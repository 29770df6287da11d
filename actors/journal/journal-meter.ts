/** What the journals of all projects have done since the start, for whoever measures the daemon. */

import type { JournalState } from './journal-options.ts';

export class JournalMeter {
  /** Edits that were written, and their bytes; writes, each with one sync, and what these took. */
  edits = 0;
  bytes = 0;
  writes = 0;
  write_ms = 0;
  /** How often a journal had no room, and how often one failed for good. */
  full = 0;
  failed = 0;

  wrote(edits: number, bytes: number, write_ms: number): void {
    this.edits += edits;
    this.bytes += bytes;
    this.writes += 1;
    this.write_ms += write_ms;
  }

  became(state: JournalState): void {
    if (state === 'full') this.full += 1;
    if (state === 'dead') this.failed += 1;
  }
}
