/** A working directory that was removed while somebody works there. */

import { realpathSync } from 'node:fs';

/** Threads do not start in a working directory that is gone; no path of ours is relative to it. */
export function leaveMissingDirectory(): void {
  try {
    // `process.cwd` remembers what it was.
    realpathSync.native('.');
  } catch {
    process.chdir('/');
  }
}
