/** The sections that a snapshot is made of: their bytes, and going through them in a file. */

import { crc32, inflateSync } from 'node:zlib';
import { isNewer, NewerFormat } from './version.ts';

export const SNAPSHOT_MAGIC = Buffer.from('GOXSNAP1', 'latin1');
export const HEAD_BYTES = 16;

/** The number of each never changes, nor what its content means. */
export const SECTIONS = {
  header: 1,
  blocks: 2,
  root: 3,
  values: 4,
  volume: 5,
  page: 6,
  run: 7,
  end: 8,
} as const;

/** No section comes near it; a length beyond it is damage. */
const SECTION_BYTES_MAX = 2 ** 30;

/** A file that is read in pieces. */
export interface ByteSource {
  readonly length: number;
  /** All of these bytes; fewer only at the end of the file. */
  read(offset: number, length: number): Buffer;
}

/** A section before it is packed. */
export interface Section {
  readonly type: number;
  readonly content: Buffer;
}

/** What the system says of a file, which is no matter of its bytes. */
class SourceError extends Error {
  override readonly name = 'SourceError';
}

function bytesFrom(source: ByteSource, offset: number, length: number): Buffer {
  try {
    return source.read(offset, length);
  } catch (cause) {
    throw new SourceError('', { cause });
  }
}

/** @param arriveAt hears of the place of each before it is read */
export function* sectionsIn(
  source: ByteSource,
  arriveAt: (offset: number) => void,
): Generator<Section, void, undefined> {
  const magic = bytesFrom(source, 0, SNAPSHOT_MAGIC.length);
  if (isNewer(magic, SNAPSHOT_MAGIC)) throw new NewerFormat('the snapshot', String(magic));
  if (!magic.equals(SNAPSHOT_MAGIC)) throw new Error('the file does not begin as a snapshot does');
  for (let offset = magic.length; offset < source.length; ) {
    arriveAt(offset);
    const head = bytesFrom(source, offset, HEAD_BYTES);
    if (head.length < HEAD_BYTES) throw new Error('the head of the section is cut off');
    const length = head.readUInt32LE(0);
    if (length > source.length - offset - HEAD_BYTES) throw new Error('the section is cut off');
    yield sectionOf(head, bytesFrom(source, offset + HEAD_BYTES, length));
    offset += HEAD_BYTES + length;
  }
}

export function snapshotError(error: unknown, offset: number, { length }: ByteSource): unknown {
  if (error instanceof NewerFormat) return error;
  if (error instanceof SourceError) return error.cause;
  const reason = error instanceof Error ? error.message : String(error);
  return new Error(`${reason}, at ${offset} of ${length}`, { cause: error });
}

const NAMES = new Map<number, string>(Object.entries(SECTIONS).map(([name, type]) => [type, name]));

export function nameOf(type: number): string {
  const name = NAMES.get(type);
  if (name === undefined) throw new NewerFormat('the snapshot', `a section of the type ${type}`);
  return name;
}

function sectionOf(head: Buffer, body: Buffer): Section {
  const check = crc32(body, crc32(head.subarray(8)));
  if (body.length < head.readUInt32LE(0) || head.readUInt32LE(4) !== check) {
    throw new Error('the section does not match its checksum');
  }
  const type = head.readUInt32LE(8);
  const unpacked = head.readUInt32LE(12);
  if (unpacked === 0) return { type, content: body };
  if (unpacked > SECTION_BYTES_MAX) throw new Error(`the section would have ${unpacked} bytes`);
  const content = inflateSync(body, { maxOutputLength: unpacked });
  if (content.length !== unpacked) throw new Error('the section is not as long as its head says');
  return { type, content };
}
