/**
 * Reading and writing the files that clients name. A client may be less trusted than the daemon, so
 * a path must lie, once every symbolic link is followed, below one of the roots of the
 * configuration; only regular files are opened; and a file is replaced as a whole or not at all.
 */

import { randomBytes } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { getSystemErrorMap } from 'node:util';
import { GoxError } from '../conf/errors.ts';
import type { EngineOptions } from './port.ts';

/**
 * A fifo without a writer would block `open` for ever; a link put there meanwhile is not followed.
 */
const OPEN_READ = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;

/** Fails when the name is taken, so nobody else's file or link is ever written into. */
const OPEN_NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

const MODE_BITS = 0o777;

export class Files {
  readonly #roots: readonly string[];
  readonly #bytes_max: number;
  readonly #durable: boolean;

  /**
   * @param durable whether a new file, once written, survives a power cut too; one that takes the
   * place of another always does
   */
  constructor(
    { roots, file_bytes_max }: Pick<EngineOptions, 'roots' | 'file_bytes_max'>,
    durable = true,
  ) {
    this.#roots = roots;
    this.#bytes_max = file_bytes_max;
    this.#durable = durable;
  }

  /** What a client's path means: relative ones count from the daemon's working directory. */
  absolute(path: string): string {
    return resolve(path);
  }

  /** The whole content of a file. Throws GOX_PATH_REFUSED and GOX_FILE. */
  read(path: string): Uint8Array {
    const real = this.#locate(path);
    return naming(path, () => {
      const fd = openSync(real, OPEN_READ);
      try {
        const stats = fstatSync(fd);
        refuseIrregular(path, stats);
        if (stats.size > this.#bytes_max) {
          const why = `holds ${stats.size} bytes, more than files of ${this.#bytes_max} are read`;
          throw fileError(path, why, { bytes: stats.size, bytes_max: this.#bytes_max });
        }
        return readAll(fd, stats.size);
      } finally {
        closeSync(fd);
      }
    });
  }

  /** How many bytes a file has. Throws GOX_PATH_REFUSED and GOX_FILE. */
  sizeOf(path: string): number {
    const real = this.#locate(path);
    return naming(path, () => statSync(real).size);
  }

  /**
   * Puts a file in place once all of its chunks were written beside it and synced. An old file
   * keeps its content until then, and its mode. Returns how many bytes it has now. Throws
   * GOX_PATH_REFUSED, GOX_FILE, and whatever making a chunk throws.
   */
  write(path: string, chunks: Iterable<Uint8Array>): number {
    const real = this.#locate(path);
    return naming(path, () => {
      let bytes = 0;
      const old = statSync(real, { throwIfNoEntry: false });
      if (old !== undefined) {
        refuseIrregular(path, old);
        accessSync(real, constants.W_OK);
      }
      const durable = this.#durable || old !== undefined;
      const beside = join(dirname(real), `.goxel-${randomBytes(12).toString('hex')}.tmp`);
      const fd = openSync(beside, OPEN_NEW, old === undefined ? 0o666 : 0o600);
      try {
        try {
          if (old !== undefined) fchmodSync(fd, old.mode & MODE_BITS);
          for (const chunk of chunks) {
            writeAll(fd, chunk);
            bytes += chunk.length;
          }
          if (durable) fsyncSync(fd);
        } finally {
          closeSync(fd);
        }
        renameSync(beside, real);
      } catch (error) {
        rmSync(beside, { force: true });
        throw error;
      }
      if (durable) syncDirectory(dirname(real));
      return bytes;
    });
  }

  /**
   * Throws what would keep a file from being put there, as far as it can be told: for work that
   * ends with a file after a long time. Throws GOX_PATH_REFUSED and GOX_FILE.
   */
  requirePlace(path: string): void {
    const real = this.#locate(path);
    naming(path, () => {
      const old = statSync(real, { throwIfNoEntry: false });
      if (old !== undefined) refuseIrregular(path, old);
      accessSync(old === undefined ? dirname(real) : real, constants.W_OK);
    });
  }

  /** The real path behind a client's path. Tells nothing about what is outside of the roots. */
  #locate(path: string): string {
    if (path.includes('\0')) throw this.#refusal(path, 'holds a NUL character');
    const real = naming(path, () => realPath(resolve(path)));
    for (const root of this.#roots) {
      const inside = relative(realPath(root), real);
      if (inside !== '..' && !inside.startsWith(`..${sep}`)) return real;
    }
    throw this.#refusal(path, `is not below ${this.#roots.join(' or ')}`);
  }

  #refusal(path: string, why: string): GoxError {
    const message = `The path ${JSON.stringify(path)} ${why}.`;
    return new GoxError('GOX_PATH_REFUSED', message, { path, roots: this.#roots });
  }
}

/**
 * With every link followed, as far as the path can be walked; what opens it says why not further.
 */
function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch (error) {
    const parent = dirname(path);
    if (!isSystemError(error) || parent === path) throw error;
    return join(realPath(parent), basename(path));
  }
}

function refuseIrregular(path: string, stats: Stats): void {
  if (stats.isDirectory()) throw fileError(path, 'is a directory');
  if (!stats.isFile()) throw fileError(path, 'is not a regular file');
}

/** A file that shrinks meanwhile gives what is left of it. */
function readAll(fd: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let done = 0;
  while (done < size) {
    const count = readSync(fd, bytes, done, size - done, null);
    if (count === 0) break;
    done += count;
  }
  return bytes.subarray(0, done);
}

function writeAll(fd: number, bytes: Uint8Array): void {
  let done = 0;
  while (done < bytes.length) done += writeSync(fd, bytes, done, bytes.length - done, null);
}

/** Makes a rename survive a power cut. */
function syncDirectory(path: string): void {
  const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Turns what the system says into GOX_FILE with the client's name of the file. */
function naming<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const words = getSystemErrorMap().get(error.errno)?.[1] ?? error.code;
    throw fileError(path, `cannot be used: ${words}`, { errno: error.code }, error);
  }
}

function fileError(path: string, why: string, facts: object = {}, cause?: unknown): GoxError {
  const message = `The file ${JSON.stringify(path)} ${why}.`;
  return new GoxError('GOX_FILE', message, { path, ...facts }, cause);
}

function isSystemError(error: unknown): error is Error & { errno: number; code: string } {
  return (
    error instanceof Error &&
    'errno' in error &&
    typeof error.errno === 'number' &&
    'code' in error &&
    typeof error.code === 'string'
  );
}
