/** The real path behind a path, whether or not something is there. */

import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * An absolute path with every symbolic link followed, as far as it can be walked; what opens it
 * says why not further.
 */
export function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch (error) {
    const parent = dirname(path);
    if (!(error instanceof Error && 'errno' in error) || parent === path) throw error;
    return join(realPath(parent), basename(path));
  }
}
