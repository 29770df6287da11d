/**
 * The directories that files must be in, and the opening of files that are really there.
 *
 * A path says where a file is only at the moment when it is walked: somebody who may write into a
 * root can exchange a directory of the path for a link to elsewhere at any other. So what was
 * opened is asked where it is (`/proc/self/fd`), before a byte of it is used; and what is done in a
 * directory goes through its descriptor, so that it happens there whatever its name has become.
 *
 * Where there is no `/proc` (macOS), the path is walked again after opening and must lead to the
 * same device and inode. That leaves moments of some microseconds between two calls of the system.
 *
 * Roots are known by their real paths as they were at the start. One that is exchanged for a link
 * later leads nowhere, and so does one that was not there and appears as a link.
 */

import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
import { relative, sep } from 'node:path';

/**
 * A fifo without a writer would block `open` for ever; a link put there meanwhile is not followed;
 * and a terminal does not become ours.
 */
const OPEN_READ =
  constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW | constants.O_NOCTTY;

const OPEN_DIRECTORY = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** What was opened, or is there now, is not below the roots. */
export class OutsideError extends Error {
  constructor() {
    super('what was opened is outside of the roots');
  }
}

export class Roots {
  readonly #real_paths: readonly string[];
  readonly #has_proc: boolean;

  /** @param real_paths of the roots; those of directories that are not there yet are as written */
  constructor(real_paths: readonly string[], has_proc = existsSync('/proc/self/fd')) {
    this.#real_paths = real_paths;
    this.#has_proc = has_proc;
  }

  /** Whether a real path is one of the roots. */
  has(real: string): boolean {
    return this.#real_paths.includes(real);
  }

  /** Whether a real path lies below a root, or is one. */
  contain(real: string): boolean {
    return this.#real_paths.some((root) => {
      const inside = relative(root, real);
      return inside !== '..' && !inside.startsWith(`..${sep}`);
    });
  }

  /**
   * Opens a file to be read; the caller closes the descriptor. Throws OutsideError and what the
   * system says.
   */
  open(real: string): number {
    return this.#open(real, OPEN_READ).fd;
  }

  /** Opens a directory to work in; the caller closes it. Throws as `open` does. */
  openDirectory(real: string): Directory {
    const { fd, place } = this.#open(real, OPEN_DIRECTORY);
    return new Directory(fd, place, this.#has_proc);
  }

  #open(real: string, flags: number): { fd: number; place: string } {
    const fd = openSync(real, flags);
    try {
      const place = this.#has_proc ? readlinkSync(`/proc/self/fd/${fd}`) : walkedAgain(fd, real);
      if (place === undefined || !this.contain(place)) throw new OutsideError();
      return { fd, place };
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }
}

/** A directory held open. */
export class Directory {
  readonly fd: number;
  /** Its real path when it was opened. */
  readonly path: string;
  readonly #has_proc: boolean;

  constructor(fd: number, path: string, has_proc: boolean) {
    this.fd = fd;
    this.path = path;
    this.#has_proc = has_proc;
  }

  /**
   * A path to a name in this directory and no other. Throws OutsideError where it cannot be told.
   */
  at(name: string): string {
    if (this.#has_proc) return `/proc/self/fd/${this.fd}/${name}`;
    if (walkedAgain(this.fd, this.path) !== this.path) throw new OutsideError();
    return `${this.path}${sep}${name}`;
  }

  /** What has the name; nothing for a link, which nobody here follows, and for no file at all. */
  find(name: string): Stats | undefined {
    const stats = lstatSync(this.at(name), { throwIfNoEntry: false });
    return stats?.isSymbolicLink() === true ? undefined : stats;
  }

  /** Makes what was renamed in it survive a power cut. */
  sync(): void {
    fsyncSync(this.fd);
  }

  close(): void {
    closeSync(this.fd);
  }
}

/** Where a path leads now, if that is what was opened. */
function walkedAgain(fd: number, path: string): string | undefined {
  const place = realpathSync.native(path);
  const [opened, found] = [fstatSync(fd), statSync(place)];
  return opened.dev === found.dev && opened.ino === found.ino ? place : undefined;
}
