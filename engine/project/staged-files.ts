/**
 * Files that are written beside their places first and then put there, all together: until `commit`
 * every old file is as it was. The directories are held open meanwhile, so that a file gets its
 * name where it was written.
 */

import {
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { GoxError } from '../../conf/errors.ts';
import { checkInterrupt } from '../interrupt.ts';
import type { UnfinishedFiles } from '../port/unfinished.ts';
import type { Directory } from './roots.ts';
import { type Sweeper, temporaryName } from './temporary-files.ts';

/** Fails when the name is taken, so nobody else's file or link is ever written into. */
const OPEN_NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

const MODE_BITS = 0o777;

/** Where a file is to be put. */
export interface Place {
  readonly directory: Directory;
  readonly name: string;
  /** What has the name now: a regular file. */
  readonly old: Stats | undefined;
  /** The real path of it all. */
  readonly real: string;
}

interface Options {
  readonly durable: boolean;
  readonly unfinished: UnfinishedFiles;
  readonly sweeper: Sweeper;
  /** Turns what the system says into errors about the client's path. */
  naming<T>(path: string, action: () => T): T;
  /** @param held directories that are open, by their real paths */
  place(path: string, held: ReadonlyMap<string, Directory>): Place;
}

interface Staged {
  readonly path: string;
  readonly place: Place;
  /** In the same directory. */
  readonly temporary: string;
  readonly durable: boolean;
}

export class StagedFiles {
  readonly #options: Options;
  readonly #directories = new Map<string, Directory>();
  /** Those that are not in place yet, in the order in which they get there. */
  #staged: Staged[] = [];

  constructor(options: Options) {
    this.#options = options;
  }

  /**
   * Writes a file beside its place; returns how many bytes it has. Throws as `Files.write`, and
   * then keeps nothing of it.
   */
  add(path: string, chunks: Iterable<Uint8Array>): number {
    const { naming, sweeper, durable } = this.#options;
    return naming(path, () => {
      const place = this.#options.place(path, this.#directories);
      const { directory, old, real } = place;
      this.#directories.set(dirname(real), directory);
      sweeper.sweep(directory);
      const temporary = temporaryName();
      const staged = { path, place, temporary, durable: durable || old !== undefined };
      this.#staged.push(staged);
      try {
        return this.#write(staged, chunks);
      } catch (error) {
        this.#drop(staged);
        throw error;
      }
    });
  }

  /**
   * Puts all files in place, in the order of `add`. Throws GOX_FILE for the first that cannot be;
   * its details name as `written` those that were.
   */
  commit(): void {
    const written: string[] = [];
    const unsynced = new Set<Directory>();
    for (const staged of [...this.#staged]) {
      const { path, place, temporary, durable } = staged;
      try {
        this.#options.naming(path, () => {
          renameSync(place.directory.at(temporary), place.directory.at(place.name));
        });
      } catch (error) {
        throw written.length === 0 ? error : partly(error, written);
      }
      this.#forget(staged);
      written.push(path);
      if (durable) unsynced.add(place.directory);
    }
    for (const directory of unsynced) {
      this.#options.naming(directory.path, () => directory.sync());
    }
  }

  /** Removes what is not in place, and closes what was opened. Due after all else. */
  discard(): void {
    for (const staged of [...this.#staged]) this.#drop(staged);
    for (const directory of this.#directories.values()) directory.close();
    this.#directories.clear();
  }

  #write({ place, temporary, durable }: Staged, chunks: Iterable<Uint8Array>): number {
    const { directory, old } = place;
    let bytes = 0;
    if (!this.#options.unfinished.add(join(directory.path, temporary))) {
      throw new GoxError('GOX_SHUTTING_DOWN', 'The daemon is stopping; no file is begun any more.');
    }
    const fd = openSync(directory.at(temporary), OPEN_NEW, old === undefined ? 0o666 : 0o600);
    try {
      if (old !== undefined) fchmodSync(fd, old.mode & MODE_BITS);
      for (const chunk of chunks) {
        checkInterrupt();
        writeAll(fd, chunk);
        bytes += chunk.length;
      }
      if (durable) fsyncSync(fd);
      return bytes;
    } finally {
      closeSync(fd);
    }
  }

  #drop(staged: Staged): void {
    try {
      rmSync(staged.place.directory.at(staged.temporary), { force: true });
    } catch {
      // The first error is what matters, and what is left is swept later.
    }
    this.#forget(staged);
  }

  #forget(staged: Staged): void {
    this.#options.unfinished.delete(join(staged.place.directory.path, staged.temporary));
    this.#staged = this.#staged.filter((other) => other !== staged);
  }
}

function writeAll(fd: number, bytes: Uint8Array): void {
  let done = 0;
  while (done < bytes.length) done += writeSync(fd, bytes, done, bytes.length - done, null);
}

/** Some of several files are in place, and this one is not. */
function partly(error: unknown, written: readonly string[]): unknown {
  if (!(error instanceof GoxError)) return error;
  const message = `${error.message} These were written before it: ${written.join(', ')}.`;
  return new GoxError(error.code, message, { ...error.details, written }, error);
}
