/**
 * What the process was started in: a working directory and a user that are there, and limits of the
 * system.
 */

import { realpathSync } from 'node:fs';
import type { Logger } from 'pino';
import type { Config } from '../../conf/schema.ts';
import { findAccount } from './accounts.ts';
import { filesNeeded, limitsNow, setLimits, type Wishes, wishesOf } from './resource-limits.ts';
import type { Step } from './step.ts';

export interface EnvironmentDeps {
  readonly config: Pick<
    Config,
    'resources' | 'performance' | 'limits' | 'workers' | 'user' | 'group'
  >;
  readonly log: Logger;
}

export function environmentStep({ config, log }: EnvironmentDeps): Step {
  return {
    begin: () => {
      leaveMissingDirectory(log);
      // Told before anything is done that would be undone for want of them.
      if (config.user !== '' || config.group !== '') findAccount(config.user, config.group);
      const now = limitsNow();
      const wishes = wishesOf(config, now);
      sayWhatIsShort(config, wishes, now.files?.soft, log);
      // In the time in which the threads start: the library that it takes is felt.
      setImmediate(() => void setLimits(wishes, log));
      return undefined;
    },
  };
}

/** What is named relative to it means nothing, and no thread would start in it. */
function leaveMissingDirectory(log: Logger): void {
  try {
    realpathSync.native('.');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') return;
    process.chdir('/');
    log.warn('the working directory is gone; the daemon works in / instead');
  }
}

function sayWhatIsShort(
  config: EnvironmentDeps['config'],
  { files }: Wishes,
  now: number | undefined,
  log: Logger,
): void {
  const needed = filesNeeded(config);
  const soft = files?.soft ?? now ?? needed;
  const { max_connections } = config.performance;
  const figures = { open_files: soft, needed, max_connections };
  if (soft < needed) {
    const remedy = 'lower it, or raise the limit: ulimit -n, LimitNOFILE of the unit';
    log.warn(figures, `too few file descriptors for performance.max_connections; ${remedy}`);
  } else if (needed > config.resources.open_files_max) {
    const text = 'performance.max_connections needs more than resources.open_files_max: it gets it';
    log.info(figures, text);
  }
}
