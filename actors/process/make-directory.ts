/** Making directories where they are not there, and saying which. */

import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a directory and those above it, and returns those that were not there, the uppermost first.
 * Node's own way tries for ever where the system knows no such thing, as below /proc.
 *
 * @param mode of each that is made; without, as the mask of the process has it
 * @throws the error of the system
 */
export function makeDirectories(path: string, mode?: number): string[] {
  const made: string[] = [];
  make(path, mode, made);
  return made;
}

function make(path: string, mode: number | undefined, made: string[]): void {
  if (isDirectory(path)) return;
  const above = dirname(path);
  if (above !== path) make(above, mode, made);
  try {
    mkdirSync(path);
  } catch (error) {
    // Somebody else may just have made it; and a link to nowhere is there, too.
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' && isDirectory(path)) return;
    throw error;
  }
  // The mask of the process would take some of it.
  if (mode !== undefined) chmodSync(path, mode);
  made.push(path);
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return false;
    throw error;
  }
}
