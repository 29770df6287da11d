/** The directory that XDG has for what programs keep of a user, `$XDG_STATE_HOME`. */

import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { findUser } from './accounts.ts';

/**
 * That of the user that a daemon will run as, by `user`, or else of who starts it; undefined where
 * there is no home: accounts of services name a directory that is not there, and it is not made.
 */
export function stateHome(
  user: string,
  { XDG_STATE_HOME = '' }: NodeJS.ProcessEnv,
): string | undefined {
  // What the environment of root says is not meant for another user.
  const other = user !== '' && process.getuid?.() === 0;
  if (!other && isAbsolute(XDG_STATE_HOME)) return XDG_STATE_HOME;
  const home = homeOf(other ? user : undefined);
  return isHome(home) ? join(home, '.local', 'state') : undefined;
}

function isHome(path: string): boolean {
  return path !== '' && path !== '/' && existsSync(path);
}

/** Empty where there is none. */
function homeOf(user: string | undefined): string {
  try {
    return user === undefined ? homedir() : findUser(user).home;
  } catch {
    // A user that there is not is told of by the step that would become it.
    return '';
  }
}
