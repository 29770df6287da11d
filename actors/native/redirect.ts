/** What stands behind a descriptor of the process, put elsewhere in one step. */

import { closeSync, openSync } from 'node:fs';
import { libc } from './libc.ts';

/**
 * Has a descriptor lead to where another leads. False when there is no way to do it here.
 *
 * @throws the error of the system
 */
export function redirectTo(target: number, fd: number): boolean {
  const dup2 = libc()?.systemCall('dup2', 'int', 'int');
  if (dup2 === undefined) return false;
  dup2(target, fd);
  return true;
}

/**
 * Has a descriptor lead to a file from now on. False when there is no way to do it here: with
 * Node's own means another thread could get its number in between.
 *
 * @throws the error of the system
 */
export function redirect(fd: number, path: string, flags: string): boolean {
  const dup2 = libc()?.systemCall('dup2', 'int', 'int');
  if (dup2 === undefined) return false;
  const target = openSync(path, flags);
  try {
    dup2(target, fd);
  } finally {
    if (target !== fd) closeSync(target);
  }
  return true;
}
