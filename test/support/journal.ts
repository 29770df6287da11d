/** A journal as a daemon writes it, with random edits, and its files in memory to be damaged. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DiskJournal } from '../../actors/journal/disk-journal.ts';
import { nodeFs } from '../../actors/journal/fs.ts';
import { numbered } from '../../engine/journal/files.ts';
import { RECORD_TYPES, RecordCursor, RecordWriter } from '../../engine/journal/format.ts';
import { readStore, type StoreFiles } from '../../engine/journal/store-reader.ts';
import type { Mirror } from '../../engine/port/mirror.ts';
import { temporaryDirectory } from './tmp.ts';

/** A write that was acknowledged. */
interface Write {
  /** The segment, and how many bytes it had then. */
  readonly name: string;
  readonly end: number;
  /** Of its last edit. */
  readonly sequence: number;
}

export interface WrittenJournal {
  readonly directory: string;
  readonly files: ReadonlyMap<string, Buffer>;
  readonly writes: readonly Write[];
  /** What each edit was, by its sequence, from 1 on. */
  readonly edits: readonly Buffer[];
  /** Of the snapshot. */
  readonly snapshot_sequence: number;
}

const SETTINGS = {
  sync: 'always',
  sync_interval_ms: 1000,
  sync_timeout_ms: 60_000,
  full_retry_ms: 1000,
} as const;
const SIZES = { segment_bytes_max: 1500, snapshot_bytes_min: 2 ** 40 };
const PROJECT = 'tower';
const EDITS = 100;

/** @param random from 0 to 1 */
export async function writtenJournal(random: () => number): Promise<WrittenJournal> {
  const directory = temporaryDirectory();
  const edits = Array.from({ length: EDITS }, () => randomBytes(random));
  const writes: Write[] = [];
  // Two daemons, one after the other, the first of which makes a snapshot in the end.
  const half = Math.floor(EDITS / 3 + (random() * EDITS) / 3);
  const snapshot_sequence = half - Math.floor(random() * 5);
  for (const [epoch, from, to] of [
    [1, 0, half],
    [2, half, EDITS],
  ] as const) {
    const journal = journalIn(directory, epoch);
    for (let sequence = from + 1; sequence <= to; ) {
      const writer = new RecordWriter();
      const last = Math.min(to, sequence + Math.floor(random() * 4));
      for (; sequence <= last; sequence++) {
        writer.append({ sequence, epoch, type: RECORD_TYPES.request }, edits[sequence - 1]!);
      }
      await new Promise<void>((resolve, reject) => {
        journal.append(writer.take(), last, (error) => (error ? reject(error) : resolve()));
      });
      const { name } = numbered(readdirSync(directory), 'journal').at(-1)!;
      writes.push({ name, end: readFileSync(join(directory, name)).length, sequence: last });
    }
    if (epoch === 1) await journal.snapshot(emptyMirror(snapshot_sequence));
    await journal.close();
  }
  const names = readdirSync(directory);
  const files = new Map(names.map((name) => [name, readFileSync(join(directory, name))]));
  return { directory, files, writes, edits, snapshot_sequence };
}

function journalIn(directory: string, epoch: number): DiskJournal {
  const place = epoch === 1 ? undefined : readStore(diskFiles(directory)).place;
  const events = { changed: () => {}, noted: () => {} };
  return new DiskJournal({
    ...{ fs: nodeFs, directory, project: PROJECT, epoch, place, events },
    ...{ settings: SETTINGS, sizes: SIZES },
  });
}

function diskFiles(directory: string): StoreFiles {
  const names = readdirSync(directory);
  return inMemory(new Map(names.map((name) => [name, readFileSync(join(directory, name))])));
}

export function inMemory(files: ReadonlyMap<string, Buffer>): StoreFiles {
  return {
    directory: '/store',
    list: () => [...files.keys()],
    open: (name) => {
      const bytes = files.get(name)!;
      const read = (offset: number, length: number) => bytes.subarray(offset, offset + length);
      return { length: bytes.length, read, close: () => {} };
    },
  };
}

export function emptyMirror(sequence: number): Mirror {
  const none = { runs: [], start: 0, end: 0 };
  return {
    ...{ sequence, stamp: 'test', root: new Uint8Array([0xc0]), values: [] },
    ...{ volumes: [], done: none, undone: none },
  };
}

/** Small ones as a rule, and some that fill a segment. */
function randomBytes(random: () => number): Buffer {
  const length = Math.floor(random() < 0.1 ? random() * 3000 : random() * 60);
  return Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
}

/** The edits among records. */
export function* editsIn(chunk: Uint8Array): Generator<{ sequence: number; body: Buffer }> {
  const cursor = new RecordCursor(chunk);
  while (cursor.next()) {
    const { type, sequence, body } = cursor;
    if (type !== RECORD_TYPES.header && type !== RECORD_TYPES.mark) yield { sequence, body };
  }
}
