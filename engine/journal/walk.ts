/**
 * Goes through a segment record by record, without more of it in memory than one record and a
 * piece: for files of any size. No bytes make it throw, and no length that they name is believed
 * before there are so many.
 */

import {
  HEAD_BYTES,
  type JournalRecord,
  MAGIC,
  misplaced,
  RECORD_TYPES,
  recordAt,
  type SegmentFault,
  syncedOf,
} from './format.ts';
import type { ByteSource } from './snapshot.ts';

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
  if (!pieces.bytes(0, MAGIC.length).equals(MAGIC)) {
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
    yield before;
    start = before.end;
  }
  if (before === undefined) return fail(start, 'the segment has no header', !last);
  return undefined;
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
    const end = Math.min(start + length, this.#file.length);
    if (start < this.#from || end > this.#from + this.#bytes.length) {
      this.#from = start;
      this.#bytes = this.#file.read(start, Math.max(end - start, this.#piece(start)));
    }
    return this.#bytes.subarray(start - this.#from, end - this.#from);
  }

  record(start: number): JournalRecord | string {
    const head = this.bytes(start, HEAD_BYTES);
    const length = head.length < HEAD_BYTES ? 0 : head.readUInt32LE(0);
    const record = recordAt(this.bytes(start, HEAD_BYTES + length), 0);
    return typeof record === 'string' ? record : { ...record, start, end: start + record.end };
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
