/**
 * What a journal needs of the disk. All of it is asynchronous, since a disk may hang, and each call
 * costs one trip to a thread of libuv's pool and back: callbacks in promises of our own, which are
 * cheaper than `node:fs/promises`. Tests bring disks that fail, and disks that forget.
 *
 * Errors are those of Node, with `code`.
 */

import * as fs from 'node:fs';
import { dirname } from 'node:path';

export interface OpenHow {
  /** Whether to make the file where there is none. */
  readonly create?: boolean;
  /** Whether all that a write has written is on the disk when it is done. */
  readonly synced?: boolean;
}

export interface JournalFs {
  /** Opens a file for writing. */
  open(path: string, how: OpenHow): Promise<number>;
  /** Writes one after the other from an offset on; gives how many bytes, which may be fewer. */
  write(file: number, chunks: readonly Uint8Array[], offset: number): Promise<number>;
  fdatasync(file: number): Promise<void>;
  truncate(file: number, length: number): Promise<void>;
  close(file: number): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  /** Readable by its owner alone; one that is there already is no error. */
  mkdir(path: string): Promise<void>;
  readdir(path: string): Promise<string[]>;
  /** So many bytes from an offset on; throws where there are fewer. */
  read(path: string, offset: number, length: number): Promise<Buffer>;
  /** Has what is in a directory, by its names, on the disk. */
  fsyncDir(path: string): Promise<void>;
}

const { O_CREAT, O_DIRECTORY, O_DSYNC, O_RDONLY, O_WRONLY } = fs.constants;
/** At a time, as for what is written: a slow disk is not one that does not answer. */
const READ_BYTES_MAX = 8 << 20;
const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;

/**
 * File systems that are known to keep what `O_DSYNC` promises, by `statfs`: ext2 to ext4, XFS and
 * Btrfs. It saves a trip to the pool, a sixth of the time of an edit. Others, such as what is
 * mounted through FUSE, have been seen to ignore it; there, and on macOS, a write is followed by
 * an fdatasync.
 */
const DSYNC_FILE_SYSTEMS: ReadonlySet<number> = new Set([0xef53, 0x5846_5342, 0x9123_683e]);

class NodeFs implements JournalFs {
  /** Files whose writes are to be followed by an fdatasync. */
  readonly #toSync = new Set<number>();

  async open(path: string, { create = false, synced = false }: OpenHow): Promise<number> {
    const flags = O_WRONLY | (create ? O_CREAT : 0);
    if (!synced) return opened(path, flags);
    const kept = process.platform === 'linux' && (await keepsDsync(dirname(path)));
    const file = await opened(path, kept ? flags | O_DSYNC : flags);
    if (!kept) this.#toSync.add(file);
    return file;
  }

  async write(file: number, chunks: readonly Uint8Array[], offset: number): Promise<number> {
    const written = await writtenAt(file, chunks, offset);
    if (this.#toSync.has(file)) await this.fdatasync(file);
    return written;
  }

  fdatasync(file: number): Promise<void> {
    return settled((done) => fs.fdatasync(file, done));
  }

  truncate(file: number, length: number): Promise<void> {
    return settled((done) => fs.ftruncate(file, length, done));
  }

  close(file: number): Promise<void> {
    this.#toSync.delete(file);
    return settled((done) => fs.close(file, done));
  }

  rename(from: string, to: string): Promise<void> {
    return settled((done) => fs.rename(from, to, done));
  }

  unlink(path: string): Promise<void> {
    return settled((done) => fs.unlink(path, done));
  }

  mkdir(path: string): Promise<void> {
    return settled((done) =>
      fs.mkdir(path, { mode: DIRECTORY_MODE }, (error) =>
        done(error?.code === 'EEXIST' ? null : error),
      ),
    );
  }

  readdir(path: string): Promise<string[]> {
    return settled((done) => fs.readdir(path, done));
  }

  async read(path: string, offset: number, length: number): Promise<Buffer> {
    const file = await opened(path, O_RDONLY);
    try {
      const bytes = Buffer.allocUnsafe(length);
      for (let at = 0; at < length; ) {
        const read = await settled<number>((done) => {
          fs.read(file, bytes, at, Math.min(length - at, READ_BYTES_MAX), offset + at, done);
        });
        if (read === 0) throw new Error(`${path} ends at ${offset + at}`);
        at += read;
      }
      return bytes;
    } finally {
      await this.close(file);
    }
  }

  async fsyncDir(path: string): Promise<void> {
    const directory = await opened(path, O_RDONLY | O_DIRECTORY);
    try {
      await settled<void>((done) => fs.fsync(directory, done));
    } finally {
      await this.close(directory);
    }
  }
}

export const nodeFs: JournalFs = new NodeFs();

type Done<T> = (error: NodeJS.ErrnoException | null, value?: T) => void;

function settled<T>(begin: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    begin((error, value) => (error ? reject(error) : resolve(value as T)));
  });
}

function opened(path: string, flags: number): Promise<number> {
  return settled((done) => fs.open(path, flags, FILE_MODE, done));
}

function writtenAt(file: number, chunks: readonly Uint8Array[], offset: number): Promise<number> {
  const only = chunks[0];
  return settled((done) => {
    if (chunks.length === 1 && only !== undefined) {
      fs.write(file, only, 0, only.length, offset, done);
    } else fs.writev(file, chunks, offset, done);
  });
}

async function keepsDsync(directory: string): Promise<boolean> {
  const { type } = await settled<fs.StatsFs>((done) => fs.statfs(directory, done));
  return DSYNC_FILE_SYSTEMS.has(type);
}
