/** What the failures of a disk mean for a journal, and the errors that clients get. */

import { GoxError } from '../../conf/errors.ts';
import type { JournalState } from './journal-options.ts';

/**
 * Shortages, which pass: of room, and of what a process may have open. After any other error nobody
 * knows what is on the disk.
 */
const SHORTAGES: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE', 'ENOMEM']);

/** The disk did not answer in time. */
export class Overdue extends Error {
  override readonly name = 'Overdue';
}

export function isShortage(error: unknown): boolean {
  return SHORTAGES.has((error as NodeJS.ErrnoException | undefined)?.code ?? '');
}

export interface Place {
  /** The name of the project. */
  readonly project: string;
  /** Of the file, or of the directory. */
  readonly path: string;
}

export function fullError(place: Place, cause: unknown, retry_after_ms: number): GoxError {
  const message =
    `There is no room for the journal of the project "${place.project}" (${reasonOf(cause)}): ` +
    'the edit was not made.';
  return new GoxError('GOX_JOURNAL_FULL', message, { ...place, retry_after_ms }, cause);
}

export function failedError(place: Place, cause: unknown): GoxError {
  const message =
    `The journal of the project "${place.project}" could not be written (${reasonOf(cause)}): ` +
    'the edit was not made.';
  return new GoxError('GOX_JOURNAL_FAILED', message, { ...place }, cause);
}

/** Of an edit that comes when nothing is written, or after one that was not kept. */
export function refusal(place: Place, state: JournalState, retry_after_ms: number): GoxError {
  if (state === 'dead') return failedError(place, 'it failed before');
  if (state === 'closed') return failedError(place, 'it is closed');
  return fullError(place, 'an edit before it was not kept', retry_after_ms);
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
