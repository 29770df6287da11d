/**
 * The segments of a journal: files that grow at their end, and whose end is always known. What was
 * written beyond it, by a write that failed, is cut off before anything else is written there.
 */

import { join } from 'node:path';
import { fileName, headerBody } from '../../engine/journal/files.ts';
import { MAGIC, RECORD_TYPES, RecordWriter } from '../../engine/journal/format.ts';
import type { JournalPlace, StoredFile } from '../../engine/journal/store-reader.ts';
import { FORMAT } from '../../engine/journal/version.ts';
import type { JournalFs } from './fs.ts';

export interface SegmentsOptions {
  readonly fs: JournalFs;
  readonly directory: string;
  readonly project: string;
  readonly epoch: number;
  readonly place: JournalPlace | undefined;
  /** Told of errors after which everything is as it should be. */
  readonly noted: (message: string, facts: Readonly<Record<string, unknown>>) => void;
}

/** How they are to be. */
export interface WantedSegments {
  /** Whether all that a write has written is to be on the disk when it is done. */
  readonly synced: boolean;
  /** A segment that has as many bytes is followed by another one. */
  readonly bytes_max: number;
  /** Of the last edit. */
  readonly kept: number;
}

/** At a time, so that a slow disk is not taken for one that does not answer. */
const WRITE_BYTES_MAX = 8 << 20;

export class Segments {
  readonly #options: SegmentsOptions;
  readonly #fs: JournalFs;
  /** All but the current one, the oldest first. */
  readonly #older: StoredFile[];
  /** The current one; without bytes it is still to be made. */
  #first: number;
  #end = 0;
  #file: number | undefined;
  #synced = false;
  /** Whether something was written that may not be on the disk. */
  #dirty = false;
  #syncing: Promise<void> | undefined;
  #isAbandoned = false;

  /** @param sequence of the last edit */
  constructor(options: SegmentsOptions, sequence: number) {
    this.#options = options;
    this.#fs = options.fs;
    this.#older = [...(options.place?.segments ?? [])];
    const last = this.#older.pop();
    this.#first = last?.sequence ?? sequence + 1;
    // One without a whole header was never used, and is made again. Marks at its end go, since
    // there will be a newer one.
    this.#end = options.place?.edits_bytes ?? 0;
  }

  get isOpen(): boolean {
    return this.#file !== undefined;
  }

  get count(): number {
    return this.#older.length + (this.#end > 0 ? 1 : 0);
  }

  get total_bytes(): number {
    return this.#older.reduce((sum, { bytes }) => sum + bytes, this.#end);
  }

  /** Whether all that a write has written is on the disk when it is done. */
  get isSynced(): boolean {
    return this.#synced;
  }

  get path(): string {
    return this.#path(this.#first);
  }

  isReady(wanted: WantedSegments): boolean {
    return this.isOpen && this.#synced === wanted.synced && !this.#isToRotate(wanted);
  }

  /** All that was written is on the disk then. */
  async makeReady(wanted: WantedSegments): Promise<void> {
    if (!this.isOpen) await this.#open(wanted.synced);
    if (this.#synced !== wanted.synced) await this.#use(wanted.synced);
    if (this.#isToRotate(wanted)) await this.#rotate(wanted.kept);
  }

  #isToRotate({ bytes_max, kept }: WantedSegments): boolean {
    return this.#end >= bytes_max && kept >= this.#first;
  }

  /** Makes ready to write after what holds. */
  async #open(synced: boolean): Promise<void> {
    if (this.#end === 0) {
      const { file, bytes } = await this.#make(this.#first, synced);
      this.#file = file;
      this.#end = bytes;
    } else {
      const file = await this.#fs.open(this.path, { synced });
      await this.#orRelease(file, () => this.#makeSure(file));
      this.#file = file;
    }
    this.#synced = synced;
  }

  /** Writes from now on in another way. */
  async #use(synced: boolean): Promise<void> {
    // A synced write takes care of its own bytes alone.
    await this.sync();
    const file = await this.#fs.open(this.path, { synced });
    const before = this.#opened();
    this.#file = file;
    this.#synced = synced;
    await this.#release(before);
  }

  /**
   * Goes on in a new segment, which begins with the edit after this one. When it fails, all is as
   * before, and it has to be tried again before the next edit is written.
   */
  async #rotate(sequence: number): Promise<void> {
    // All of a segment that another one follows is taken to be on the disk.
    await this.sync();
    const first = sequence + 1;
    const { file, bytes } = await this.#make(first, this.#synced);
    const before = this.#opened();
    this.#older.push({ sequence: this.#first, bytes: this.#end });
    this.#first = first;
    this.#end = bytes;
    this.#file = file;
    await this.#release(before);
  }

  /** Writes chunks one after the other, all of them; what failed was not written, after `cut`. */
  async append(chunks: readonly Uint8Array[]): Promise<void> {
    const end = await writeAll(this.#fs, this.#opened(), chunks, this.#end);
    if (this.#isAbandoned) return;
    this.#end = end;
    if (!this.#synced) this.#dirty = true;
  }

  /** What is written now and comes to its end after all is to be cut off. */
  abandon(): void {
    this.#isAbandoned = true;
  }

  /** Has all that was written by now on the disk. Once it failed it always fails. */
  async sync(): Promise<void> {
    await this.#syncing;
    if (!this.#dirty) return;
    this.#dirty = false;
    this.#syncing = this.#fs.fdatasync(this.#opened());
    await this.#syncing;
  }

  /** Cuts off what a failed write has left. */
  async cut(): Promise<void> {
    if (this.#file !== undefined) await this.#cut(this.#file);
  }

  /** Finds out whether there is room for so many bytes. */
  async probe(bytes: number): Promise<void> {
    const file = this.#opened();
    try {
      await writeAll(this.#fs, file, [Buffer.alloc(bytes)], this.#end);
      await this.#fs.fdatasync(file);
    } finally {
      await this.#cut(file);
    }
  }

  /** Removes what has no edits but those up to one. */
  async removeUpTo(sequence: number): Promise<void> {
    for (;;) {
      const oldest = this.#older[0];
      const next = this.#older[1]?.sequence ?? this.#first;
      if (oldest === undefined || next > sequence + 1) return;
      await this.#fs.unlink(this.#path(oldest.sequence));
      this.#older.shift();
    }
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    if (file !== undefined) await this.#release(file);
  }

  /** A segment with nothing but a header; no crash takes it away. */
  async #make(first: number, synced: boolean): Promise<{ file: number; bytes: number }> {
    const { directory, project, epoch } = this.#options;
    const file = await this.#fs.open(this.#path(first), { create: true, synced });
    const writer = new RecordWriter();
    const head = { sequence: first - 1, epoch, type: RECORD_TYPES.header };
    writer.append(head, headerBody({ format: FORMAT, project, first }));
    const bytes = await this.#orRelease(file, async () => {
      // Another try may have left something.
      await this.#fs.truncate(file, 0);
      const end = await writeAll(this.#fs, file, [MAGIC, writer.take()], 0);
      await this.#fs.fdatasync(file);
      await this.#fs.fsyncDir(directory);
      return end;
    });
    return { file, bytes };
  }

  /**
   * Has what was found on the disk. Where a sync failed before, the system takes for written what
   * is not, and no sync would do anything about it: so what no mark vouches for is written again.
   */
  async #makeSure(file: number): Promise<void> {
    const from = this.#options.place?.synced_bytes ?? 0;
    if (from < this.#end) {
      const found = await this.#fs.read(this.path, from, this.#end - from);
      await writeAll(this.#fs, file, [found], from);
    }
    await this.#cut(file);
    await this.#fs.fsyncDir(this.#options.directory);
  }

  async #cut(file: number): Promise<void> {
    await this.#fs.truncate(file, this.#end);
    await this.#fs.fdatasync(file);
  }

  async #orRelease<T>(file: number, action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      await this.#release(file);
      throw error;
    }
  }

  /** Nothing is at stake: what matters of the file is on the disk, or is given up. */
  async #release(file: number): Promise<void> {
    try {
      await this.#fs.close(file);
    } catch (error) {
      this.#options.noted('a file of the journal could not be closed', { error });
    }
  }

  #opened(): number {
    if (this.#file === undefined) throw new Error('the segment is not open');
    return this.#file;
  }

  #path(first: number): string {
    return join(this.#options.directory, fileName(first, 'journal'));
  }
}

/** Writes all of it from an offset on, and gives the offset after it. */
export async function writeAll(
  fs: JournalFs,
  file: number,
  chunks: readonly Uint8Array[],
  offset: number,
): Promise<number> {
  let at = offset;
  for (let left = chunks; left.length > 0; ) {
    const written = await fs.write(file, upTo(left, WRITE_BYTES_MAX), at);
    if (written === 0) throw new Error('the system wrote nothing, and gave no reason');
    at += written;
    left = after(left, written);
  }
  return at;
}

/** The first chunks, of so many bytes at most. */
function upTo(chunks: readonly Uint8Array[], bytes_max: number): readonly Uint8Array[] {
  let left = bytes_max;
  const taken: Uint8Array[] = [];
  for (const chunk of chunks) {
    if (left === 0) break;
    const part = chunk.length > left ? chunk.subarray(0, left) : chunk;
    taken.push(part);
    left -= part.length;
  }
  return taken;
}

/** What follows so many bytes. */
function after(chunks: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
  let left = bytes;
  return chunks.flatMap((chunk) => {
    const rest = left === 0 ? chunk : chunk.subarray(Math.min(left, chunk.length));
    left -= chunk.length - rest.length;
    return rest.length > 0 ? [rest] : [];
  });
}
