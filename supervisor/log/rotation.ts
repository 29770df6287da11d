/**
 * The names of old log files, as the v14 daemon shifts them: `.0` is the newest, `.1` the one
 * before it. Files are renamed only, never linked or copied: each has one name at any time, so that
 * whoever collects lines from them meets none twice.
 */

import { existsSync, renameSync, rmSync } from 'node:fs';

/**
 * Makes room for a new file: it becomes `.0`, each old one the next, and the last is overwritten.
 * A name that is missing, as after a crash in the middle of this, is where the shifting ends.
 *
 * @throws the error of the system; then no file is lost, and the next time goes on from there
 */
export function shiftFiles(path: string, files_max: number): void {
  for (const more of backupsOf(path, files_max)) rmSync(more);
  let free = 0;
  while (free < files_max - 1 && existsSync(backup(path, free))) free += 1;
  for (let n = free; n > 0; n -= 1) renameSync(backup(path, n - 1), backup(path, n));
  renameSync(path, backup(path, 0));
}

/** Gives the newest its name back, since no other file could be made. */
export function unshiftFile(path: string): void {
  if (!existsSync(path)) renameSync(backup(path, 0), path);
}

/** The old files that are there, from a number on, up to the first that is missing. */
export function backupsOf(path: string, from = 0): string[] {
  const found: string[] = [];
  for (let n = from; existsSync(backup(path, n)); n += 1) found.push(backup(path, n));
  return found;
}

function backup(path: string, n: number): string {
  return `${path}.${n}`;
}
