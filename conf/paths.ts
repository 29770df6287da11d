/** Paths of the configuration, made absolute; what they start from may be missing. */

import { homedir, tmpdir } from 'node:os';
import { isAbsolute, resolve } from 'node:path';

/** A path that starts from something that this process does not have; `message` says what. */
export class PathError extends Error {
  override readonly name = 'PathError';
}

/**
 * `~` and `~/…` are in the home directory, `$TMPDIR/…` in that for temporary files, others in the
 * working directory unless they are absolute.
 *
 * @throws PathError
 */
export function expandPath(path: string): string {
  const [first = '', ...rest] = path.split('/');
  if (first === '~') return resolve(homeDirectory(), ...rest);
  if (first === '$TMPDIR') return absolute(tmpdir(), ...rest);
  return absolute(path);
}

/** A user without an entry in the password file, as containers have them, may have no home. */
function homeDirectory(): string {
  let home = '';
  try {
    home = homedir();
  } catch {
    // Neither HOME nor the password file tells.
  }
  if (isAbsolute(home)) return home;
  throw new PathError('this user has no home directory (HOME is not set)');
}

function absolute(...parts: readonly string[]): string {
  try {
    return resolve(...parts);
  } catch {
    // Only a relative path asks for the working directory.
    throw new PathError('the working directory of this process is gone');
  }
}
