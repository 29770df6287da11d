/**
 * The bytes of a journal. A segment is a file of the 8 characters of `MAGIC` and records, one after
 * the other, each of a head of 24 bytes and a body; numbers are little-endian:
 *
 *     u32 length     of the body
 *     u32 crc32      of all that follows it: the rest of the head, and the body
 *     u64 sequence   of the edit; of records that are no edit, that of the last edit before them
 *     u32 epoch      of who wrote it; never less than in the record before
 *     u8  type       see `RECORD_TYPES`; then three bytes of 0
 *
 * The first record of a segment is a `header`. Before all that is written in one go stands a
 * `mark`, which says what was known to be on the disk by then: with that a reader can tell a write
 * that was never finished, and so never acknowledged, from damage.
 */

import { crc32 } from 'node:zlib';

export const MAGIC = Buffer.from('GOXJRNL1', 'latin1');
export const HEAD_BYTES = 24;

/** The number of each never changes, nor what its body means. */
export const RECORD_TYPES = {
  header: 1,
  mark: 2,
  voxel: 3,
  request: 4,
  change: 5,
  document: 6,
  facts: 7,
  answer: 8,
} as const;

const NAMES = new Map<number, string>(
  Object.entries(RECORD_TYPES).map(([name, type]) => [type, name]),
);

/** What records of a type are called; nothing for one that this version does not know. */
export function typeName(type: number): string | undefined {
  return NAMES.get(type);
}

/** Records of these types are no edits, and have the sequence of the last one before them. */
const isEdit = (type: number): boolean =>
  type !== RECORD_TYPES.header && type !== RECORD_TYPES.mark;

export interface RecordHead {
  readonly sequence: number;
  readonly epoch: number;
  readonly type: number;
}

/** A record as it was read; the body is a view of what was read. */
export interface JournalRecord extends RecordHead {
  readonly body: Buffer;
  /** Where it begins in its segment, and where the next one does. */
  readonly start: number;
  readonly end: number;
}

/** Why reading ended before the end of a segment. */
export interface SegmentFault {
  /**
   * `torn`: the last write was never finished, so nothing of it was acknowledged. `damaged`: what
   * is not readable had been on the disk. `newer`: a later version of this program wrote it.
   */
  readonly kind: 'torn' | 'damaged' | 'newer';
  readonly offset: number;
  readonly reason: string;
}

const CAPACITY_MIN = 4096;

/** Puts records one after the other. */
export class RecordWriter {
  #bytes = Buffer.allocUnsafeSlow(CAPACITY_MIN);
  #view = viewOf(this.#bytes);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** What was put since this was last called, in memory of its own, which can be transferred. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = new Uint8Array(this.#length);
    taken.set(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
    return taken;
  }

  append(head: RecordHead, body: Uint8Array): void {
    const at = this.#begin(head, body.length);
    this.#bytes.set(body, at);
    this.#end(at, body.length);
  }

  /** As `append`, of a body that `write` puts into the bytes from an offset on: all of it. */
  appendBy(head: RecordHead, length: number, write: (view: DataView, at: number) => void): void {
    const at = this.#begin(head, length);
    write(this.#view, at);
    this.#end(at, length);
  }

  /** Writes a head but for its check, and gives the place of the body. */
  #begin({ sequence, epoch, type }: RecordHead, length: number): number {
    const start = this.#length;
    const end = start + HEAD_BYTES + length;
    if (end > this.#bytes.length) this.#grow(end);
    const view = this.#view;
    view.setUint32(start, length, true);
    view.setUint32(start + 8, sequence, true);
    view.setUint32(start + 12, Math.floor(sequence / 2 ** 32), true);
    view.setUint32(start + 16, epoch, true);
    view.setUint32(start + 20, type, true);
    this.#length = end;
    return start + HEAD_BYTES;
  }

  #end(at: number, length: number): void {
    const start = at - HEAD_BYTES;
    this.#view.setUint32(start + 4, checkOf(this.#bytes, start + 8, at + length), true);
  }

  #grow(length_min: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.max(length_min, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
    this.#view = viewOf(grown);
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** To call zlib takes longer than to go through so many bytes. */
const SHORT_MAX = 96;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ 0xedb8_8320;
  return crc;
});

function checkOf(bytes: Buffer, start: number, end: number): number {
  if (end - start > SHORT_MAX) return crc32(bytes.subarray(start, end));
  let crc = -1;
  for (let at = start; at < end; at++) crc = CRC_TABLE[(crc ^ bytes[at]!) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** The body of a mark: the sequence of the last edit that was known to be on the disk. */
export function markBody(synced: number): Buffer {
  const body = Buffer.alloc(8);
  body.writeUInt32LE(synced >>> 0, 0);
  body.writeUInt32LE(Math.floor(synced / 2 ** 32), 4);
  return body;
}

export function syncedOf({ body }: Pick<JournalRecord, 'body'>): number {
  return body.length < 8 ? 0 : body.readUInt32LE(0) + body.readUInt32LE(4) * 2 ** 32;
}

/**
 * The record that begins at an offset; why there is none, if that is so.
 *
 * @param from where the bytes begin in their segment
 */
export function recordAt(bytes: Buffer, start: number, from = 0): JournalRecord | string {
  const at = start + HEAD_BYTES;
  if (at > bytes.length) return 'the head of the record is cut off';
  const length = bytes.readUInt32LE(start);
  const end = at + length;
  if (end > bytes.length) return 'the record is cut off';
  if (bytes.readUInt32LE(start + 4) !== checkOf(bytes, start + 8, end)) {
    return 'the record does not match its checksum';
  }
  const { sequence, epoch, type } = headAt(bytes, start);
  const body = bytes.subarray(at, end);
  return { sequence, epoch, type, body, start: from + start, end: from + end };
}

function headAt(bytes: Buffer, start: number): RecordHead {
  return {
    sequence: bytes.readUInt32LE(start + 8) + bytes.readUInt32LE(start + 12) * 2 ** 32,
    epoch: bytes.readUInt32LE(start + 16),
    type: bytes.readUInt32LE(start + 20),
  };
}

/** Of the first of records that stand one after the other. */
export function firstHead({ buffer, byteOffset, byteLength }: Uint8Array): RecordHead {
  return headAt(Buffer.from(buffer, byteOffset, byteLength), 0);
}

/** Goes through records that are known to be whole, one after the other. */
export class RecordCursor {
  type = 0;
  sequence = 0;
  /** Where the body begins. */
  at = 0;
  readonly view: DataView;
  readonly #bytes: Buffer;
  #end = 0;

  constructor({ buffer, byteOffset, byteLength }: Uint8Array) {
    this.#bytes = Buffer.from(buffer, byteOffset, byteLength);
    this.view = new DataView(buffer, byteOffset, byteLength);
  }

  /** False after the last. */
  next(): boolean {
    const { view } = this;
    const start = this.#end;
    if (start === view.byteLength) return false;
    this.at = start + HEAD_BYTES;
    this.#end = this.at + view.getUint32(start, true);
    this.sequence = view.getUint32(start + 8, true) + view.getUint32(start + 12, true) * 2 ** 32;
    this.type = view.getUint32(start + 20, true);
    return true;
  }

  /** A view of what is gone through. */
  get body(): Buffer {
    return this.#bytes.subarray(this.at, this.#end);
  }
}

/** Why a record that is whole by itself cannot follow another one. */
export function misplaced(
  { type, sequence, epoch }: JournalRecord,
  before: JournalRecord | undefined,
): string | undefined {
  if (before === undefined) {
    return type === RECORD_TYPES.header ? undefined : 'the segment begins without a header';
  }
  if (epoch < before.epoch) return `the record has epoch ${epoch}, after ${before.epoch}`;
  const expected = isEdit(type) ? before.sequence + 1 : before.sequence;
  if (sequence === expected) return undefined;
  return `the record has sequence ${sequence} in the place of ${expected}`;
}
