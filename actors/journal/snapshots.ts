/**
 * The snapshots of a project. One is written aside, synced, and only then given its name, so that
 * one that has a name is whole; what it stands for is removed after that.
 */

import { join } from 'node:path';
import { fileName, TEMPORARY_NAME } from '../../engine/journal/files.ts';
import type { StoredFile } from '../../engine/journal/store-reader.ts';
import type { JournalFs } from './fs.ts';
import { writeAll } from './segments.ts';

/**
 * So much at a time goes to the disk: while it has much of ours to write, the syncs of the journal
 * take long.
 */
const SYNC_BYTES = 8 << 20;

export interface SnapshotOrder {
  /** Of the last edit that it has. */
  readonly sequence: number;
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Looked at after each chunk; once it is false the snapshot is given up. */
  readonly isWanted: () => boolean;
  /** Has the segments on the disk: a snapshot never has what they have not. */
  readonly sync: () => Promise<void>;
}

export class Snapshots {
  readonly #fs: JournalFs;
  readonly #directory: string;
  /** The oldest first. */
  readonly #files: StoredFile[];

  constructor(fs: JournalFs, directory: string, files: readonly StoredFile[]) {
    this.#fs = fs;
    this.#directory = directory;
    this.#files = [...files];
  }

  get newest(): StoredFile | undefined {
    return this.#files.at(-1);
  }

  get total_bytes(): number {
    return this.#files.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Whether it was written, and not given up. */
  async write({ sequence, chunks, isWanted, sync }: SnapshotOrder): Promise<boolean> {
    const temporary = join(this.#directory, TEMPORARY_NAME);
    const file = await this.#fs.open(temporary, { create: true });
    let bytes = 0;
    try {
      // A crash may have left one.
      await this.#fs.truncate(file, 0);
      let synced = 0;
      for await (const chunk of chunks) {
        bytes = await writeAll(this.#fs, file, [chunk], bytes);
        if (!isWanted()) break;
        if (bytes - synced < SYNC_BYTES) continue;
        await this.#fs.fdatasync(file);
        synced = bytes;
      }
      await this.#fs.fdatasync(file);
    } finally {
      await this.#fs.close(file);
    }
    await sync();
    if (!isWanted()) return false;
    await this.#fs.rename(temporary, join(this.#directory, fileName(sequence, 'snapshot')));
    this.#files.push({ sequence, bytes });
    await this.#fs.fsyncDir(this.#directory);
    return true;
  }

  /** Removes what `write` left that failed or was given up, or that a crash left. */
  async removeTemporary(): Promise<void> {
    try {
      await this.#fs.unlink(join(this.#directory, TEMPORARY_NAME));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }

  /** Removes all but the newest. */
  async removeOlder(): Promise<void> {
    for (;;) {
      const [oldest, next] = this.#files;
      if (oldest === undefined || next === undefined) return;
      await this.#fs.unlink(join(this.#directory, fileName(oldest.sequence, 'snapshot')));
      this.#files.shift();
    }
  }
}
