/** Where a daemon in the background writes its log when the configuration names no file. */

import { join } from 'node:path';
import { stateHome } from '../../actors/process/state-home.ts';
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
  const home = stateHome(user, env);
  if (home === undefined) {
    const text =
      'there is no home directory for the log of a daemon in the background; name a file';
    throw new CliError(EXIT.CONFIG, `logging.file: ${text}`);
  }
  const file = join(home, 'goxel-supervisor', 'daemon.log');
  return { ...config, logging: { ...logging, file } };
}
