/** Where a daemon in the background writes its log when the configuration names no file. */

import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { findUser } from '../../actors/process/accounts.ts';
import type { Config } from '../../conf/schema.ts';
import { CliError, EXIT } from './exit-codes.ts';

/**
 * The configuration with a file for the log, where it names none: that of `daemon.log` in
 * `$XDG_STATE_HOME/goxel-supervisor`, or in the home directory of the user that it will run as.
 *
 * @throws CliError EX_CONFIG when there is no such place
 */
export function withLogFile(config: Config, env: NodeJS.ProcessEnv): Config {
  const { logging, user } = config;
  if (logging.file !== '' || logging.syslog) return config;
  const file = join(stateDirectory(user, env), 'goxel-supervisor', 'daemon.log');
  return { ...config, logging: { ...logging, file } };
}

function stateDirectory(user: string, { XDG_STATE_HOME = '' }: NodeJS.ProcessEnv): string {
  // What the environment of root says is not meant for another user.
  const other = user !== '' && process.getuid?.() === 0;
  if (!other && isAbsolute(XDG_STATE_HOME)) return XDG_STATE_HOME;
  const home = homeOf(other ? user : undefined);
  if (home !== '' && home !== '/') return join(home, '.local', 'state');
  const text = 'there is no home directory for the log of a daemon in the background; name a file';
  throw new CliError(EXIT.CONFIG, `logging.file: ${text}`);
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
