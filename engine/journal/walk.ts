/**
 * Goes through a segment record by record, without more of it in memory than one record and a
 * piece: for files of any size. No bytes make it throw, and no length that they name is believed
 * before there are so many.
 */

import { headerOf } from './files.ts';
import {
  HEAD_BYTES,
  type JournalRecord,
  MAGIC,
  misplaced,
  RECORD_TYPES,
  recordAt,
  type SegmentFault,
  syncedOf,
  typeName,
} from './format.ts';
import type { ByteSource } from './sections.ts';
import { FORMAT, isNewer, NewerFormat } from './version.ts';

export interface SegmentScan {
  readonly records: readonly JournalRecord[];
  /** The bytes that hold, from the start. */
  readonly end: number;
  readonly fault: SegmentFault | undefined;
}

const PIECE_BYTES = 1 << 20;
const MARK_BYTES = HEAD_BYTES + 8;

/**
 * The records; then why that was not all, if it was not. Throws what reading the file throws.
 *
 * @param last whether no segment follows it: else all of it had been on the disk
 */
export function* walkSegment(
  file: ByteSource,
  last: boolean,
  piece_bytes = PIECE_BYTES,
): Generator<JournalRecord, SegmentFault | undefined, undefined> {
  const pieces = new Pieces(file, piece_bytes);
  const fail = (offset: number, reason: string, synced: boolean): SegmentFault => {
    return { kind: synced ? 'damaged' : 'torn', offset, reason };
  };
  const magic = pieces.bytes(0, MAGIC.length);
  if (!magic.equals(MAGIC)) {
    if (isNewer(magic, MAGIC)) return { ...newer(String(magic)), offset: 0 };
    const cut = file.length < MAGIC.length || pieces.areZero;
    return fail(0, 'the file does not begin as a journal does', !last || !cut);
  }
  let before: JournalRecord | undefined;
  let start = MAGIC.length;
  while (start < file.length) {
    const record = pieces.record(start);
    const reason = typeof record === 'string' ? record : misplaced(record, before);
    if (reason !== undefined) {
      const expected = before === undefined ? 0 : before.sequence + 1;
      return fail(start, reason, !last || pieces.wasSynced(start + 1, expected));
    }
    before = record as JournalRecord;
    const fault = notUnderstood(before);
    if (fault !== undefined) return { ...fault, offset: start };
    yield before;
    start = before.end;
  }
  if (before === undefined) return fail(start, 'the segment has no header', !last);
  return undefined;
}

function newer(found: string): Omit<SegmentFault, 'offset'> {
  return { kind: 'newer', reason: new NewerFormat('the segment', found).message };
}

/** Why nobody can say what a record tells that is whole and in its place. */
function notUnderstood(record: JournalRecord): Omit<SegmentFault, 'offset'> | undefined {
  const { type } = record;
  if (type === RECORD_TYPES.header) {
    const format = headerOf(record)?.format;
    if (format === undefined) return { kind: 'damaged', reason: 'the header cannot be read' };
    return format > FORMAT ? newer(`the format ${format}`) : undefined;
  }
  return typeName(type) === undefined ? newer(`records of the type ${type}`) : undefined;
}

/** Goes through a segment that is in memory; see `walkSegment`. */
export function scanSegment(bytes: Buffer, last: boolean): SegmentScan {
  const file: ByteSource = {
    length: bytes.length,
    read: (offset, length) => bytes.subarray(offset, offset + length),
  };
  const walk = walkSegment(file, last, bytes.length);
  const records: JournalRecord[] = [];
  for (;;) {
    const next = walk.next();
    if (next.done !== true) records.push(next.value);
    else return { records, end: next.value?.offset ?? bytes.length, fault: next.value };
  }
}

class Pieces {
  readonly #file: ByteSource;
  readonly #piece_bytes: number;
  #bytes: Buffer = Buffer.alloc(0);
  /** Where these begin in the file. */
  #from = 0;

  constructor(file: ByteSource, piece_bytes: number) {
    this.#file = file;
    this.#piece_bytes = piece_bytes;
  }

  /** So many from an offset on; fewer at the end of the file. */
  bytes(start: number, length: number): Buffer {
    this.#have(start, length);
    return this.#bytes.subarray(start - this.#from, start - this.#from + length);
  }

  record(start: number): JournalRecord | string {
    this.#have(start, HEAD_BYTES);
    const at = start - this.#from;
    const length = at + 4 > this.#bytes.length ? 0 : this.#bytes.readUInt32LE(at);
    this.#have(start, HEAD_BYTES + length);
    return recordAt(this.#bytes, start - this.#from, this.#from);
  }

  /** Whether a mark after an offset says that an edit had been on the disk. */
  wasSynced(from: number, sequence: number): boolean {
    for (const { bytes, end } of this.#each(from, MARK_BYTES - 1)) {
      for (let at = 0; at < end; at++) if (marks(bytes, at, sequence)) return true;
    }
    return false;
  }

  get areZero(): boolean {
    for (const { bytes } of this.#each(0, 0)) if (bytes.some((byte) => byte !== 0)) return false;
    return true;
  }

  /** The rest in pieces, each with so many bytes of the next one behind its end. */
  *#each(from: number, more: number): Generator<{ bytes: Buffer; end: number }, void, undefined> {
    for (let start = from; start < this.#file.length; start += this.#piece_bytes) {
      const end = this.#piece(start);
      yield { bytes: this.bytes(start, end + more), end };
    }
  }

  #have(start: number, length: number): void {
    const end = Math.min(start + length, this.#file.length);
    if (start >= this.#from && end <= this.#from + this.#bytes.length) return;
    this.#bytes = this.#file.read(start, Math.max(end - start, this.#piece(start)));
    this.#from = start;
  }

  #piece(start: number): number {
    return Math.min(this.#piece_bytes, this.#file.length - start);
  }
}

/** Whether there is a mark at an offset that says so. */
function marks(bytes: Buffer, at: number, sequence: number): boolean {
  if (bytes[at] !== MARK_BYTES - HEAD_BYTES || bytes[at + 20] !== RECORD_TYPES.mark) return false;
  const record = recordAt(bytes.subarray(0, at + MARK_BYTES), at);
  if (typeof record === 'string' || record.type !== RECORD_TYPES.mark) return false;
  return syncedOf(record) >= sequence;
}
