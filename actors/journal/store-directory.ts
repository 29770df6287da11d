/**
 * Where projects are kept: in `projects` below `journal.directory`, or `working_directory`, or else
 * the place that XDG has for what programs keep. It is for its user alone, and one whom somebody
 * else could write into is refused: what is read there is believed.
 */

import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../conf/schema.ts';
import { makeDirectories } from '../process/make-directory.ts';
import { stateHome } from '../process/state-home.ts';
import { StepError } from '../process/step.ts';
import { trustedPath } from '../process/trusted-path.ts';

export const STORE_MODE = 0o700;
const OTHERS_WRITE = 0o022;

export type PlaceConfig = Pick<Config, 'journal' | 'working_directory' | 'user'>;

/**
 * The directory of all projects, or why there is none. To be asked as whoever starts the daemon,
 * since what its environment says may not be meant for the user that it becomes.
 */
export function storeDirectory(
  { journal, working_directory, user }: PlaceConfig,
  env: NodeJS.ProcessEnv,
): string | StepError {
  // What works in the root of all directories does not mean to fill it.
  const named = journal.directory || (working_directory === '/' ? '' : working_directory);
  if (named !== '') return join(named, 'projects');
  const home = stateHome(user, env);
  if (home !== undefined) return join(home, 'goxel-supervisor', 'projects');
  const text = 'there is no home directory to keep projects in';
  return new StepError('wrong', `journal.directory: ${text}; ${REMEDY}`);
}

/**
 * Makes the directory where it is not there, and sees whose it is. Throws StepError.
 *
 * @returns its path without links that others may have made
 */
export function prepareStore(path: string): string {
  let trusted: string;
  try {
    trusted = trustedPath(path);
    makeDirectories(trusted, STORE_MODE);
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    const kind = code === 'EACCES' || code === 'EPERM' ? 'forbidden' : 'uncreatable';
    throw new StepError(kind, `journal: cannot make ${path}: ${message}; ${REMEDY}`, error);
  }
  const { uid, mode } = statSync(trusted);
  const own = process.geteuid?.() ?? uid;
  if (uid !== own) {
    const text = `journal: ${path} belongs to user ${uid}, not to ${own}, who runs this`;
    throw new StepError('forbidden', `${text}; chown it, or ${REMEDY}`);
  }
  if ((mode & OTHERS_WRITE) !== 0) {
    const octal = (mode & 0o7777).toString(8).padStart(4, '0');
    const text = `journal: ${path} may be written by others (mode ${octal})`;
    throw new StepError('forbidden', `${text}; see what they wrote, and chmod go-w it`);
  }
  return trusted;
}

export const REMEDY =
  'name another place, with --set journal.directory=DIR, or keep nothing, with --ephemeral';
