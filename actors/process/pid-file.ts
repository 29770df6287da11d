/**
 * The PID file: who runs, and the lock that only one has. The lock is the kernel's, on the open
 * file, held for the daemon's whole life and gone with it however it ends; so a file that was left
 * behind never blocks, and of many that start at once one runs. What the file says is only for
 * people and programs to read.
 */

import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  linkSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HandedPidFile } from '../upgrade/estate.ts';
import { type Lock, lockFile } from './file-lock.ts';
import { isRunning } from './running.ts';
import { StepError } from './step.ts';
import { openTrusted, trustedPath } from './trusted-path.ts';

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDWR } = constants;
/** Others may remove it between our opening and our locking it, each time. */
const TRIES_MAX = 100;
/** Whoever has just taken the lock may not have written its number yet. */
const HOLDER_MS_MAX = 500;
const HOLDER_LOOK_MS = 20;
/** The longest that a file of a number may be. */
const BYTES_MAX = 64;

interface Held {
  readonly fd: number;
  readonly inode: bigint;
}

/** What a look at the file found: `ours`, or what was done about it. */
export type Finding = 'ours' | 'made again' | 'taken by another' | 'cannot be made';

export class PidFile {
  readonly path: string;
  /** Who keeps others out. */
  readonly lock: Exclude<Lock, 'held'>;
  #held: Held;

  private constructor(path: string, held: Held, lock: Exclude<Lock, 'held'>) {
    this.path = path;
    this.#held = held;
    this.lock = lock;
  }

  /**
   * Takes the lock and writes the number of this process.
   *
   * @throws StepError that says who holds it, or what is wrong with the file
   */
  static async take(path: string): Promise<PidFile> {
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const made = makeSigned(path);
      if (made !== undefined) return new PidFile(path, made.held, made.lock);
      const fd = open(path);
      try {
        const lock = lockFile(fd, () => pidIn(fd));
        if (lock === 'held') throw await heldBy(path);
        const held = { fd, inode: fstatSync(fd, { bigint: true }).ino };
        // One that has been removed meanwhile keeps nobody out.
        if (inodeAt(path) === held.inode) {
          write(fd);
          return new PidFile(path, held, lock);
        }
      } catch (error) {
        closeSync(fd);
        throw error instanceof StepError ? error : fileError(path, error);
      }
      closeSync(fd);
    }
    throw new StepError('system', `pid_file: ${path} is removed again and again by others`);
  }

  /** One that another process has as well, and that has its number until `sign`. */
  static share({ path, fd, kernel }: HandedPidFile): PidFile {
    const held = { fd, inode: fstatSync(fd, { bigint: true }).ino };
    return new PidFile(path, held, kernel ? 'kernel' : 'number');
  }

  /** Writes the number of this process. Throws what the system says. */
  sign(): void {
    write(this.#held.fd);
  }

  /** What another process needs to share it. */
  get handed(): HandedPidFile {
    return { path: this.path, fd: this.#held.fd, kernel: this.lock === 'kernel' };
  }

  /** Leaves it to the process that shares it. */
  leave(): void {
    closeSync(this.#held.fd);
  }

  /** Looks whether the file is still there, and makes it again when it is not. */
  renew(): Finding {
    const inode = inodeAt(this.path);
    if (inode === this.#held.inode) return 'ours';
    let fd: number;
    try {
      const flags = inode === undefined ? O_EXCL | O_CREAT : 0;
      fd = openSync(this.path, flags | O_RDWR | O_NOFOLLOW | O_NONBLOCK, 0o644);
    } catch {
      return 'cannot be made';
    }
    try {
      const lock = lockFile(fd, () => pidIn(fd));
      if (lock === 'held') {
        closeSync(fd);
        return 'taken by another';
      }
      write(fd);
      closeSync(this.#held.fd);
      this.#held = { fd, inode: fstatSync(fd, { bigint: true }).ino };
      return 'made again';
    } catch {
      closeSync(fd);
      return 'cannot be made';
    }
  }

  /** Removes the file if it is ours still, and gives up the lock. Throws what the system says. */
  release(): void {
    const { fd, inode } = this.#held;
    try {
      if (inodeAt(this.path) === inode) remove(this.path, fd);
    } finally {
      closeSync(fd);
    }
  }
}

/** Where this user may not remove it, an empty file stays, which says that nobody runs. */
function remove(path: string, fd: number): void {
  try {
    unlinkSync(path);
  } catch (error) {
    ftruncateSync(fd, 0);
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['EACCES', 'EPERM', 'EROFS', 'ENOENT'].includes(code)) throw error;
  }
}

/**
 * Makes a file that is not there such that nobody sees it before the number is in it and the lock
 * is taken: programs read it in the moment it is there. Undefined where that cannot be, or another
 * is faster.
 */
function makeSigned(path: string): { held: Held; lock: Exclude<Lock, 'held'> } | undefined {
  if (existsSync(path)) return undefined;
  let fd: number | undefined;
  let own: string | undefined;
  try {
    const place = placeOf(path);
    const name = `${place}.${process.pid}`;
    fd = openTrusted(name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o644);
    own = name;
    const lock = lockFile(fd, () => undefined);
    if (lock === 'held') throw new Error(`somebody locks ${name}`);
    write(fd);
    linkSync(name, place);
    const held = { fd, inode: fstatSync(fd, { bigint: true }).ino };
    fd = undefined;
    return { held, lock };
  } catch {
    // Not each file system has links. What else is wrong is told by the plain way.
    return undefined;
  } finally {
    if (own !== undefined) unlinkSync(own);
    if (fd !== undefined) closeSync(fd);
  }
}

/** Not through a link: as root we would write where its owner wants us to. */
function placeOf(path: string): string {
  return join(trustedPath(dirname(path)), basename(path));
}

function open(path: string): number {
  let fd: number;
  try {
    const place = placeOf(path);
    fd = openTrusted(place, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o644);
  } catch (error) {
    throw fileError(path, error);
  }
  const stats = fstatSync(fd);
  const what = !stats.isFile() ? 'is no file' : contentProblem(fd, stats.size);
  if (what === undefined) return fd;
  closeSync(fd);
  throw new StepError('wrong', `pid_file: ${path} ${what}: name another path`);
}

/** A file of somebody's that was named by mistake is not written over. */
function contentProblem(fd: number, size: number): string | undefined {
  const isNumber = size <= BYTES_MAX && /^\s*\d*\s*$/.test(textOf(fd));
  return isNumber ? undefined : 'holds something else than a process id';
}

function textOf(fd: number): string {
  const bytes = Buffer.alloc(BYTES_MAX);
  return bytes.toString('latin1', 0, readSync(fd, bytes, 0, BYTES_MAX, 0));
}

function pidIn(fd: number): number | undefined {
  const pid = Number.parseInt(textOf(fd), 10);
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
}

/** Over what is there, and then cut: a reader never finds it empty. */
function write(fd: number): void {
  const text = `${process.pid}\n`;
  writeSync(fd, text, 0);
  ftruncateSync(fd, text.length);
  fchmodSync(fd, 0o644);
}

function inodeAt(path: string): bigint | undefined {
  try {
    return statSync(path, { bigint: true }).ino;
  } catch {
    return undefined;
  }
}

async function heldBy(path: string): Promise<StepError> {
  const until_ms = performance.now() + HOLDER_MS_MAX;
  let pid = runningPidAt(path);
  while (pid === undefined && performance.now() < until_ms) {
    await sleep(HOLDER_LOOK_MS);
    pid = runningPidAt(path);
  }
  const who = pid === undefined ? 'another process' : `process ${pid}`;
  const reason = `pid_file: ${who} has locked ${path}: a daemon runs with it already`;
  return new StepError('held', `${reason}; stop that one, or name another pid_file`);
}

/** The process that a PID file names, if there is one of that number. */
function runningPidAt(path: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(path, 'latin1').slice(0, BYTES_MAX), 10);
    return Number.isInteger(pid) && isRunning(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not',
  EPERM: 'this user may not',
  EROFS: 'the file system is read-only',
  ENOENT: 'there is no such directory',
  ENOTDIR: 'a part of the path is a file',
  EISDIR: 'it is a directory',
  ELOOP: 'it is a link',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
};

/** What is wrong with making the file, from what the system says. */
export function fileError(path: string, error: unknown): StepError {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const step_code = ['EACCES', 'EPERM'].includes(code)
    ? 'forbidden'
    : ['EMFILE', 'ENFILE'].includes(code)
      ? 'system'
      : ['EISDIR', 'ENOTDIR', 'ELOOP'].includes(code)
        ? 'wrong'
        : 'uncreatable';
  const hint = step_code === 'forbidden' ? `; ${dirname(path)} must be writable` : '';
  return new StepError(
    step_code,
    `pid_file: cannot make ${path}: ${REASONS[code] ?? message}${hint}`,
    error,
  );
}
