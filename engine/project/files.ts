/**
 * Reading and writing the files that clients name. A client may be less trusted than the daemon, so
 * a path must lie, once every symbolic link is followed, below one of the roots of the
 * configuration, and what was opened must be there (`roots.ts`); only regular files are opened; and
 * a file is replaced as a whole or not at all (`staged-files.ts`).
 *
 * A hard link is the file: one in a root to a file elsewhere is read as any other. Whoever made it
 * could read that file, or the kernel would not have let them (`fs.protected_hardlinks`); and it is
 * never written into, since a file is replaced under its name here, not changed.
 */

import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  readdirSync,
  readSync,
  type Stats,
} from 'node:fs';
import { basename, dirname, isAbsolute, resolve } from 'node:path';
import { getSystemErrorMap } from 'node:util';
import { GoxError } from '../../conf/errors.ts';
import { realPath } from '../../conf/real-path.ts';
import { cutPath } from '../catalogue/sketch.ts';
import type { EngineOptions } from '../port/layout.ts';
import { UnfinishedFiles } from '../port/unfinished.ts';
import { type Directory, OutsideError, Roots } from './roots.ts';
import { type Place, StagedFiles } from './staged-files.ts';
import { Sweeper } from './temporary-files.ts';

/** The system is short of these for everybody, and for a while. */
const SHORTAGES: Readonly<Record<string, string>> = {
  EMFILE: 'too many open files in the daemon; try again later',
  ENFILE: 'too many open files in the whole system; try again later',
};

/** What bounds files that are read. */
export const FILE_KEY = 'limits.file_bytes_max';

/** What `Files` needs to know of the options of an engine. */
type FilesOptions = Pick<EngineOptions, 'roots' | 'real_roots' | 'file_bytes_max' | 'unfinished'>;

export class Files {
  readonly #names: readonly string[];
  readonly #roots: Roots;
  /** Of one that is read. */
  readonly bytes_max: number;
  readonly #durable: boolean;
  readonly #unfinished: UnfinishedFiles;
  readonly #sweeper: Sweeper;

  /**
   * @param durable whether a new file, once written, survives a power cut too; one that takes the
   * place of another always does
   * @param other of the same thread, which notes its temporary files in one place
   */
  constructor(options: FilesOptions, durable = true, other?: Files) {
    const { roots, real_roots, file_bytes_max, unfinished } = options;
    this.#names = roots;
    this.#roots = new Roots(real_roots ?? roots.map((root) => realPath(resolve(root))));
    this.bytes_max = file_bytes_max;
    this.#durable = durable;
    this.#unfinished = other ? other.#unfinished : new UnfinishedFiles(unfinished);
    this.#sweeper = other ? other.#sweeper : new Sweeper();
  }

  /**
   * Those of one directory that no client has named, which need not be one of the roots: pictures,
   * say, that last as long as the daemon, and no power cut.
   */
  within(directory: string, real: string): Files {
    const [roots, real_roots] = [[directory], [real]];
    return new Files({ roots, real_roots, file_bytes_max: this.bytes_max }, false, this);
  }

  /**
   * A client's path as replies show it: relative ones start at the working directory. Throws
   * GOX_FILE when there is none any more.
   */
  absolute(path: string): string {
    if (isAbsolute(path)) return resolve(path);
    try {
      return resolve(path);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      const why =
        'is relative, and the working directory of the daemon is not there any more; ' +
        'give an absolute path';
      throw fileError(path, why, { errno: error.code }, error);
    }
  }

  /** The whole content of a file. Throws GOX_PATH_REFUSED and GOX_FILE. */
  read(path: string): Uint8Array {
    const real = this.#locate(path);
    return this.#naming(path, () => {
      const fd = this.#roots.open(real);
      try {
        const stats = fstatSync(fd);
        refuseIrregular(path, stats);
        if (stats.size > this.bytes_max) {
          const [bytes, bytes_max] = [stats.size, this.bytes_max];
          const why = `holds ${bytes} bytes; ${FILE_KEY} allows ${bytes_max}`;
          throw fileError(path, why, { key: FILE_KEY, bytes, bytes_max });
        }
        return readAll(fd, stats.size);
      } finally {
        closeSync(fd);
      }
    });
  }

  /**
   * The first bytes of a file, or of none when it is no regular one; undefined when there is
   * nothing. Throws GOX_PATH_REFUSED and GOX_FILE.
   */
  startOf(path: string, length: number): Uint8Array | undefined {
    const real = this.#locate(path);
    return this.#naming(path, () => {
      let fd: number;
      try {
        fd = this.#roots.open(real);
      } catch (error) {
        if (isSystemError(error) && error.code === 'ENOENT') return undefined;
        throw error;
      }
      try {
        return fstatSync(fd).isFile() ? readAll(fd, length) : new Uint8Array(0);
      } finally {
        closeSync(fd);
      }
    });
  }

  /** The names in a directory; none for what is no such place, or must not be read. */
  list(path: string): readonly string[] {
    let directory: Directory | undefined;
    try {
      directory = this.#roots.openDirectory(this.#locate(path));
      return readdirSync(directory.at('.'));
    } catch (error) {
      const refused = error instanceof GoxError || error instanceof OutsideError;
      if (!refused && !isSystemError(error)) throw error;
      return [];
    } finally {
      directory?.close();
    }
  }

  /** How many bytes a file has. Throws GOX_PATH_REFUSED and GOX_FILE. */
  sizeOf(path: string): number {
    const real = this.#locate(path);
    return this.#naming(path, () => {
      const fd = this.#roots.open(real);
      try {
        return fstatSync(fd).size;
      } finally {
        closeSync(fd);
      }
    });
  }

  /**
   * Puts a file in place once all of its chunks were written beside it and synced. An old file
   * keeps its content until then, and its mode. Returns how many bytes it has now. Throws
   * GOX_PATH_REFUSED, GOX_FILE, and whatever making a chunk throws.
   */
  write(path: string, chunks: Iterable<Uint8Array>): number {
    const staged = this.stage();
    try {
      const bytes = staged.add(path, chunks);
      staged.commit();
      return bytes;
    } finally {
      staged.discard();
    }
  }

  /** Begins a number of files that are put in place together. */
  stage(): StagedFiles {
    return new StagedFiles({
      durable: this.#durable,
      unfinished: this.#unfinished,
      sweeper: this.#sweeper,
      naming: (path, action) => this.#naming(path, action),
      place: (path, held) => this.#place(path, held),
    });
  }

  /**
   * Throws what would keep a file from being put there, as far as it can be told: for work that
   * ends with a file after a long time. Throws GOX_PATH_REFUSED and GOX_FILE.
   */
  requirePlace(path: string): void {
    this.#naming(path, () => {
      const { directory, name, old } = this.#place(path);
      try {
        accessSync(directory.at(old === undefined ? '.' : name), constants.W_OK);
      } finally {
        directory.close();
      }
    });
  }

  /** The same as far as it can be told without opening anything. Throws GOX_PATH_REFUSED. */
  requireInside(path: string): void {
    this.#locate(path);
  }

  /**
   * Where a file is to be put. Its directory is one of those held open, or is opened, to be closed
   * by the caller.
   */
  #place(path: string, held?: ReadonlyMap<string, Directory>): Place {
    const real = this.#locate(path);
    // Above it nothing is ours.
    if (this.#roots.has(real)) throw fileError(path, 'is a directory');
    const at = dirname(real);
    const known = held?.get(at);
    const directory = known ?? this.#roots.openDirectory(at);
    try {
      const name = basename(real);
      const old = directory.find(name);
      if (old !== undefined) {
        refuseIrregular(path, old);
        accessSync(directory.at(name), constants.W_OK);
      }
      return { directory, name, old, real };
    } catch (error) {
      if (known === undefined) directory.close();
      throw error;
    }
  }

  /** The real path behind a client's path. Tells nothing about what is outside of the roots. */
  #locate(path: string): string {
    if (path.includes('\0')) throw this.#refusal(path, 'holds a NUL character');
    const real = this.#naming(path, () => realPath(this.absolute(path)));
    if (this.#roots.contain(real)) return real;
    throw this.#outside(path);
  }

  #outside(path: string): GoxError {
    return this.#refusal(path, `is not below ${this.#names.join(' or ')}`);
  }

  #refusal(path: string, why: string): GoxError {
    const message = `The path ${JSON.stringify(cutPath(path))} ${why}.`;
    return new GoxError('GOX_PATH_REFUSED', message, { path, roots: this.#names });
  }

  /** Turns what the system says into GOX_FILE with the client's name of the file. */
  #naming<T>(path: string, action: () => T): T {
    try {
      return action();
    } catch (error) {
      if (error instanceof OutsideError) throw this.#outside(path);
      if (!isSystemError(error)) throw error;
      const shortage = SHORTAGES[error.code];
      const words = shortage ?? getSystemErrorMap().get(error.errno)?.[1] ?? error.code;
      const facts = { errno: error.code, ...(shortage === undefined ? {} : { retryable: true }) };
      throw fileError(path, `cannot be used: ${words}`, facts, error);
    }
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

function fileError(path: string, why: string, facts: object = {}, cause?: unknown): GoxError {
  const message = `The file ${JSON.stringify(cutPath(path))} ${why}.`;
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
