/**
 * What lies in the directory of a project:
 *
 *     NNNNNNNNNN.journal    a segment; the number is the sequence of its first edit
 *     NNNNNNNNNN.snapshot   all of the project as of the edit of this sequence
 *     snapshot.tmp          a snapshot that is being written; nobody reads it
 *     lock                  held by the daemon that writes here
 *
 * A segment follows on the one before without a gap. A segment goes once a snapshot has all that is
 * in it.
 */

import { Packr } from 'msgpackr';
import type { JournalRecord } from './format.ts';

const DIGITS = 10;
const NAME = /^(\d{10,15})\.(journal|snapshot)$/;

export type NumberedKind = 'journal' | 'snapshot';

export interface NumberedFile {
  readonly name: string;
  readonly kind: NumberedKind;
  readonly sequence: number;
}

export function fileName(sequence: number, kind: NumberedKind): string {
  return `${String(sequence).padStart(DIGITS, '0')}.${kind}`;
}

/** The segments or the snapshots among the names of a directory, by their numbers. */
export function numbered(names: readonly string[], kind: NumberedKind): NumberedFile[] {
  return names
    .flatMap((name) => {
      const [, digits, found] = NAME.exec(name) ?? [];
      return found === kind ? [{ name, kind, sequence: Number(digits) }] : [];
    })
    .sort((a, b) => a.sequence - b.sequence);
}

export const TEMPORARY_NAME = 'snapshot.tmp';

/** The body of a header. */
export interface SegmentHeader {
  readonly format: number;
  /** The name of the project. */
  readonly project: string;
  /** The sequence of the first edit in the segment. */
  readonly first: number;
}

const packr = new Packr({ useRecords: false });

export function headerBody({ format, project, first }: SegmentHeader): Uint8Array {
  return packr.pack([format, project, first]);
}

/** Nothing when the body is none of a header. */
export function headerOf({ body }: JournalRecord): SegmentHeader | undefined {
  let parts: unknown;
  try {
    parts = packr.unpack(body);
  } catch {
    return undefined;
  }
  const [format, project, first] = Array.isArray(parts) ? parts : [];
  const known = typeof format === 'number' && typeof first === 'number';
  return known && typeof project === 'string' ? { format, project, first } : undefined;
}
