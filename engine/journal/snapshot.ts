/** The bytes of a snapshot: a mirror as a file. */

import type { Mirror } from '../port/mirror.ts';

export interface SnapshotAbout {
  /** The name of the project. */
  readonly project: string;
  readonly epoch: number;
}

/** A file that is read in pieces. */
export interface ByteSource {
  readonly length: number;
  /** All of these bytes; fewer only at the end of the file. */
  read(offset: number, length: number): Buffer;
}

export interface ReadSnapshot extends SnapshotAbout {
  readonly mirror: Mirror;
}

const MAGIC = 'GOXSNAP1';

/**
 * The bytes of a snapshot, in order, a megabyte at most at a time: making the next one is a bounded
 * piece of work. What it needs of the mirror it takes when it is called, before the first chunk is
 * asked for, so that the mirror may go on meanwhile.
 */
export function snapshotChunks(mirror: Mirror, about: SnapshotAbout): Iterable<Uint8Array> {
  return [Buffer.from(`${MAGIC}${JSON.stringify({ ...about, mirror })}.`)];
}

/** Reads a snapshot; throws an Error that says why, whatever the bytes are, unless it is whole. */
export function readSnapshot(source: ByteSource): ReadSnapshot {
  const text = source.read(0, source.length).toString();
  if (!text.startsWith(MAGIC) || !text.endsWith('.')) throw new Error('the snapshot is cut off');
  return JSON.parse(text.slice(MAGIC.length, -1)) as ReadSnapshot;
}
