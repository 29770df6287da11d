/**
 * Reads what is kept of a project: the newest snapshot that is whole, and the edits after it. It
 * reads as much as holds and says why it stopped; no bytes make it throw.
 */

import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { Mirror } from '../port/mirror.ts';
import { fileName, headerOf, type NumberedFile, numbered } from './files.ts';
import { type JournalRecord, RECORD_TYPES, syncedOf } from './format.ts';
import type { ByteSource } from './sections.ts';
import { readSnapshot } from './snapshot.ts';
import { NewerFormat } from './version.ts';
import { type SegmentScan, scanSegment } from './walk.ts';

export interface StoreFault {
  /**
   * `torn`: the last write was never finished, and so never acknowledged; who writes on cuts it
   * off. All others make the project read only. `damaged`: what is not readable had been on the
   * disk. `newer`: a later version wrote it; it must not be mended. `unreadable`: the system
   * refused to read the file.
   */
  readonly kind: 'torn' | 'damaged' | 'newer' | 'unreadable';
  readonly path: string;
  readonly offset: number;
  readonly reason: string;
}

export interface StoredFile {
  /** As the number in its name. */
  readonly sequence: number;
  readonly bytes: number;
}

/** Where somebody goes on to write. */
export interface JournalPlace {
  /** Of the last edit. */
  readonly sequence: number;
  /** The newest that was seen. */
  readonly epoch: number;
  /** Those that are there, the oldest first; of the last, the bytes that hold. */
  readonly segments: readonly StoredFile[];
  readonly snapshots: readonly StoredFile[];
  /** Of the snapshot that is gone on from; 0 without one. */
  readonly snapshot_sequence: number;
  /** Of the last segment, the bytes up to the end of its last edit; marks may follow. */
  readonly edits_bytes: number;
  /** Of those, the bytes that its marks say to have been on the disk. */
  readonly synced_bytes: number;
}

export interface StoredProject {
  /** Nothing when no file says it. */
  readonly project: string | undefined;
  readonly mirror: Mirror | undefined;
  /** The records after the mirror, in order; among them some that are no edits. */
  readonly tail: readonly Buffer[];
  readonly place: JournalPlace;
  readonly fault: StoreFault | undefined;
  /** Snapshots that could not be read and that others stood in for, and why. */
  readonly passed: readonly StoreFault[];
}

export interface OpenedFile extends ByteSource {
  close(): void;
}

/** The files of a project, by their names. All may throw errors of the system. */
export interface StoreFiles {
  readonly directory: string;
  list(): readonly string[];
  open(name: string): OpenedFile;
}

/** So many bytes at a time: the system takes no more than 2 GiB. */
const READ_BYTES_MAX = 1 << 30;

export function nodeFiles(directory: string): StoreFiles {
  return {
    directory,
    list: () => readdirSync(directory),
    open(name) {
      const file = openSync(join(directory, name), 'r');
      return {
        length: fstatSync(file).size,
        read: (offset, length) => readAt(file, offset, length),
        close: () => closeSync(file),
      };
    },
  };
}

function readAt(file: number, offset: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let read = 0;
  while (read < length) {
    const count = Math.min(length - read, READ_BYTES_MAX);
    const got = readSync(file, bytes, read, count, offset + read);
    if (got === 0) break;
    read += got;
  }
  return bytes.subarray(0, read);
}

export function readStore(files: StoreFiles): StoredProject {
  return new StoreReader(files).read();
}

/** What ends the reading, on its way out. */
class Stop extends Error {
  readonly fault: StoreFault;

  constructor(fault: StoreFault) {
    super(fault.reason);
    this.fault = fault;
  }
}

class StoreReader {
  readonly #files: StoreFiles;
  #project: string | undefined;
  #mirror: Mirror | undefined;
  readonly #tail: Buffer[] = [];
  #sequence = 0;
  #epoch = 0;
  #segments: StoredFile[] = [];
  #edits_bytes = 0;
  #synced_bytes = 0;
  #snapshots: StoredFile[] = [];
  readonly #passed: StoreFault[] = [];

  constructor(files: StoreFiles) {
    this.#files = files;
  }

  read(): StoredProject {
    let fault: StoreFault | undefined;
    try {
      this.#readAll();
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
      fault = error.fault;
    }
    return {
      project: this.#project,
      mirror: this.#mirror,
      tail: this.#tail,
      place: {
        sequence: this.#sequence,
        epoch: this.#epoch,
        segments: this.#segments,
        snapshots: this.#snapshots,
        snapshot_sequence: this.#mirror?.sequence ?? 0,
        edits_bytes: this.#edits_bytes,
        synced_bytes: this.#synced_bytes,
      },
      fault,
      passed: this.#passed,
    };
  }

  #readAll(): void {
    const names = this.#orStop('', () => this.#files.list());
    const segments = numbered(names, 'journal');
    const snapshots = numbered(names, 'snapshot');
    for (const snapshot of [...snapshots].reverse()) {
      if (this.#readSnapshot(snapshot)) break;
    }
    const from = this.#sequence + 1;
    const begin = segments.findLastIndex(({ sequence }) => sequence <= from);
    const first = segments[0];
    if (begin < 0 && first !== undefined) {
      const missing = `the edits ${from} to ${first.sequence - 1} are missing`;
      this.#stop(this.#gapKind, first.name, 0, missing + this.#instead());
    }
    if (first === undefined && snapshots.length > 0) {
      const name = fileName(from, 'journal');
      this.#stop(this.#gapKind, name, 0, `no segment follows the snapshots${this.#instead()}`);
    }
    for (const { name, sequence } of segments.slice(0, Math.max(begin, 0))) {
      this.#segments.push({ sequence, bytes: this.#length(name) });
    }
    segments.slice(begin).forEach((segment, at, { length }) => {
      this.#readSegment(segment, at === 0, at === length - 1);
    });
  }

  #length(name: string): number {
    return this.#orStop(name, () => {
      const file = this.#files.open(name);
      file.close();
      return file.length;
    });
  }

  /** Whether it is whole. */
  #readSnapshot({ name, sequence }: NumberedFile): boolean {
    try {
      const file = this.#files.open(name);
      try {
        const { mirror, project, epoch } = readSnapshot(file);
        if (mirror.sequence !== sequence) throw new Error(`it is one of edit ${mirror.sequence}`);
        this.#mirror = mirror;
        this.#project = project;
        this.#sequence = sequence;
        this.#epoch = epoch;
        this.#snapshots.unshift({ sequence, bytes: file.length });
      } finally {
        file.close();
      }
      return true;
    } catch (error) {
      const unlike = isOfSystem(error) ? 'unreadable' : 'damaged';
      const kind = error instanceof NewerFormat ? 'newer' : unlike;
      this.#passed.push({ kind, path: this.#path(name), offset: 0, reason: reasonOf(error) });
      return false;
    }
  }

  #readSegment({ name, sequence: first }: NumberedFile, begin: boolean, last: boolean): void {
    const next = this.#sequence + 1;
    if (!begin && first !== next) {
      const gap = `the edits ${next} to ${first - 1} are missing`;
      const twice = `the edits ${first} to ${this.#sequence} are in two segments`;
      this.#stop('damaged', name, 0, first > next ? gap : twice);
    }
    const bytes = this.#orStop(name, () => {
      const file = this.#files.open(name);
      try {
        return file.read(0, file.length);
      } finally {
        file.close();
      }
    });
    const scan = scanSegment(bytes, last);
    this.#segments.push({ sequence: first, bytes: scan.end });
    const [header] = scan.records;
    if (header !== undefined) this.#check(name, header, first, begin);
    this.#take(bytes, scan);
    if (scan.fault === undefined) return;
    const { kind, offset, reason } = scan.fault;
    // A snapshot has edits only that were on the disk.
    const reached = scan.records.at(-1)?.sequence ?? first - 1;
    const known = reached < (this.#mirror?.sequence ?? 0);
    this.#stop(known && kind === 'torn' ? 'damaged' : kind, name, offset, reason);
  }

  /** That a segment is one of the project and follows on what was read. */
  #check(name: string, record: JournalRecord, first: number, begin: boolean): void {
    const stop = (reason: string): never => this.#stop('damaged', name, record.start, reason);
    const header = headerOf(record) ?? stop('the header of the segment cannot be read');
    if (header.first !== first || record.sequence !== first - 1) {
      stop(`the segment is the one that begins with edit ${header.first}`);
    }
    if (header.project !== (this.#project ?? header.project)) {
      stop(`the segment belongs to the project "${header.project}"`);
    }
    if (!begin && record.epoch < this.#epoch) {
      stop(`the segment has epoch ${record.epoch}, after ${this.#epoch}`);
    }
    this.#project = header.project;
  }

  #take(bytes: Buffer, { records, end }: SegmentScan): void {
    const after = records.find(({ sequence }) => sequence > this.#sequence);
    if (after !== undefined) this.#tail.push(bytes.subarray(after.start, end));
    let synced = -1;
    for (const record of records) {
      this.#sequence = Math.max(this.#sequence, record.sequence);
      this.#epoch = Math.max(this.#epoch, record.epoch);
      if (record.type === RECORD_TYPES.mark) synced = syncedOf(record);
    }
    // Marks say nothing of themselves.
    const others = records.filter(({ type }) => type !== RECORD_TYPES.mark);
    this.#edits_bytes = others.at(-1)?.end ?? 0;
    this.#synced_bytes = others.findLast(({ sequence }) => sequence <= synced)?.end ?? 0;
  }

  /** Of a gap: nothing is missing where a snapshot is only not understood, or not readable. */
  get #gapKind(): StoreFault['kind'] {
    const kind = this.#passed[0]?.kind;
    return kind === 'newer' || kind === 'unreadable' ? kind : 'damaged';
  }

  /** What a gap may come from. */
  #instead(): string {
    const [newest] = this.#passed;
    return newest === undefined ? '' : `, and ${newest.path} cannot be read: ${newest.reason}`;
  }

  #orStop<T>(name: string, read: () => T): T {
    try {
      return read();
    } catch (error) {
      return this.#stop('unreadable', name, 0, reasonOf(error));
    }
  }

  #stop(kind: StoreFault['kind'], name: string, offset: number, reason: string): never {
    throw new Stop({ kind, path: this.#path(name), offset, reason });
  }

  #path(name: string): string {
    return join(this.#files.directory, name);
  }
}

function isOfSystem(error: unknown): boolean {
  return typeof (error as NodeJS.ErrnoException | undefined)?.code === 'string';
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
