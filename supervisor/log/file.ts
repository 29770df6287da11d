/**
 * A log file. Before it grows beyond its size it is renamed and another is begun (`rotation.ts`);
 * what others do to it is seen: whoever renames it is to send SIGHUP, and goes on getting lines in
 * the renamed file until then; one that was removed, which nobody could read, is made again.
 *
 * Writes are synchronous on a descriptor that does not block: a thread of Node's pool that hangs in
 * a write would keep the process from exiting.
 */

import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  ftruncateSync,
  realpathSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { makeDirectories } from '../../actors/process/make-directory.ts';
import { openTrusted, trustedPath } from '../../actors/process/trusted-path.ts';
import { backupsOf, shiftFiles, unshiftFile } from './rotation.ts';
import type { Outlet } from './sink.ts';

/** When a new file is begun, and how many old ones are kept. */
export interface Rotation {
  /** 0: never. */
  readonly size_bytes_max: number;
  /** 0: the file is emptied. */
  readonly files_max: number;
}

/** Hears of what has happened to the file, to say so in the log; it may not do so at once. */
export type Report = (facts: Readonly<Record<string, unknown>>, text: string) => void;

const { O_APPEND, O_CREAT, O_NOCTTY, O_NONBLOCK, O_WRONLY } = constants;
/** The disk will have room again, or a process its descriptors: no reason not to start. */
const SHORTAGES = ['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE'];
/** Another try with the same descriptor can help. */
const PASSING = ['EAGAIN', 'EINTR', 'ENOSPC', 'EDQUOT'];

/** How often it is looked whether the file was removed: a system call, when a line is written. */
const LOOK_MS = 1000;
/** A rotation that failed is tried again after a while, since most reasons need somebody. */
const ROTATION_RETRY_MS = 10_000;

export class LogFile implements Outlet {
  readonly name: string;
  rotation: Rotation;
  readonly #report: Report;
  #fd: number | undefined;
  /** What it holds, as far as it grows through us; nothing for what is no regular file. */
  #size: number | undefined;
  #look_ms = 0;
  #rotate_ms = 0;
  #trouble = '';
  #directories: readonly string[] = [];

  /**
   * Appends to a file, which is made with its directories when it is not there.
   *
   * @throws the error of the system, unless it is a shortage that may pass
   */
  constructor(path: string, rotation: Rotation, report: Report) {
    this.name = path;
    this.rotation = rotation;
    this.#report = report;
    try {
      this.#directories = makeDirectories(dirname(trustedPath(path)));
      this.#take(openFile(path));
    } catch (error) {
      if (!SHORTAGES.includes(codeOf(error))) throw error;
    }
  }

  get trouble(): string {
    return this.#trouble;
  }

  /** The directories that were made for it, the file, and its backups, as far as they are there. */
  get paths(): string[] {
    if (this.#size === undefined) return [];
    return [...this.#directories, this.name, ...backupsOf(this.name)];
  }

  write(line: Buffer, from: number): number {
    // A line that is half written belongs where its beginning is.
    if (from === 0 && this.#size !== undefined) this.#prepare(line.length);
    const fd = this.#fd ?? this.#take(openFile(this.name));
    try {
      const taken = writeSync(fd, line, from);
      if (this.#size !== undefined) this.#size += taken;
      return taken;
    } catch (error) {
      if (!PASSING.includes(codeOf(error))) this.close();
      throw error;
    }
  }

  /**
   * Goes on in a new file of the same name, when the old one was renamed.
   *
   * @returns whether it is another file
   * @throws the error of the system; the old file stays in use
   */
  reopen(): boolean {
    const fd = openFile(this.name);
    const same = this.#fd !== undefined && isSame(fstatSync(fd), fstatSync(this.#fd));
    this.close();
    this.#take(fd);
    this.#rotate_ms = 0;
    return !same;
  }

  close(): void {
    const fd = this.#fd;
    this.#fd = undefined;
    if (fd !== undefined) closeQuietly(fd);
  }

  #take(fd: number): number {
    this.#fd = fd;
    const stats = fstatSync(fd);
    this.#size = stats.isFile() ? stats.size : undefined;
    return fd;
  }

  #prepare(bytes: number): void {
    const fd = this.#fd;
    const { size_bytes_max } = this.rotation;
    const now_ms = performance.now();
    if (fd !== undefined && now_ms >= this.#look_ms) {
      this.#look_ms = now_ms + LOOK_MS;
      if (fstatSync(fd).nlink === 0) {
        this.close();
        this.#report({ file: this.name }, 'the log file was removed; it is made again');
        return;
      }
    }
    const full = size_bytes_max > 0 && (this.#size ?? 0) + bytes > size_bytes_max;
    if (fd !== undefined && full && now_ms >= this.#rotate_ms) this.#attemptRotation(fd, bytes);
  }

  /** Begins another file; where that fails the log goes on in this one. */
  #attemptRotation(fd: number, bytes: number): void {
    try {
      const stats = fstatSync(fd);
      // Somebody may have emptied it, and others may write to it.
      this.#size = stats.size;
      if (stats.size === 0 || stats.size + bytes <= this.rotation.size_bytes_max) return;
      this.#rotate(fd, stats);
      if (this.#trouble !== '') this.#report({ file: this.name }, 'the log is rotated again');
      this.#trouble = '';
    } catch (error) {
      this.#rotate_ms = performance.now() + ROTATION_RETRY_MS;
      const trouble = `cannot rotate the log: ${(error as Error).message}`;
      const text = 'cannot rotate the log; it goes on in the same file';
      if (this.#trouble !== trouble) this.#report({ file: this.name, err: error }, text);
      this.#trouble = trouble;
    }
  }

  #rotate(fd: number, stats: Stats): void {
    const { files_max } = this.rotation;
    const there = statSync(this.name, { throwIfNoEntry: false });
    if (there === undefined || !isSame(there, stats)) {
      // Another process has rotated it already.
      this.reopen();
      return;
    }
    if (files_max === 0) {
      ftruncateSync(fd);
      this.#size = 0;
      return;
    }
    // Of a link, what it leads to is renamed, and the link leads to the new file.
    const path = realpathSync(this.name);
    shiftFiles(path, files_max);
    try {
      const next = openFile(path);
      inherit(next, stats);
      this.close();
      this.#take(next);
    } catch (error) {
      unshiftFile(path);
      throw error;
    }
  }
}

function openFile(path: string): number {
  const trusted = trustedPath(path);
  makeDirectories(dirname(trusted));
  return openTrusted(trusted, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY, 0o666);
}

function isSame(one: Stats, other: Stats): boolean {
  return one.ino === other.ino && one.dev === other.dev;
}

/** Whoever may read the old file may read the new one. */
function inherit(fd: number, { mode, uid, gid }: Stats): void {
  try {
    const { uid: own_uid, gid: own_gid } = fstatSync(fd);
    if (uid !== own_uid || gid !== own_gid) fchownSync(fd, uid, gid);
    fchmodSync(fd, mode & 0o777);
  } catch {
    // This user may not give files away; it may write to this one, which is what matters.
  }
}

function closeQuietly(fd: number): void {
  try {
    closeSync(fd);
  } catch {
    // The descriptor is gone all the same; there is nothing to be done about what was not taken.
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException | undefined)?.code ?? '';
}
