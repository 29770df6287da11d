/** The store of a daemon: where it is by the configuration, if there is to be one. */

import type { Logger } from 'pino';
import { nodeFs } from '../actors/journal/fs.ts';
import { JournalMeter } from '../actors/journal/journal-meter.ts';
import type { JournalSettings } from '../actors/journal/journal-options.ts';
import { ProjectStore } from '../actors/journal/store.ts';
import { storeDirectory } from '../actors/journal/store-directory.ts';
import type { ProcessOptions } from '../actors/process/steps.ts';
import type { Config } from '../conf/schema.ts';

/**
 * @param own what a process of the daemon's own wants of it: another program that has one in its
 * process names a directory when it is to keep something
 */
export function storeOf(
  config: Config,
  own: ProcessOptions | undefined,
  log: Logger,
): ProjectStore | undefined {
  const { ephemeral, directory } = config.journal;
  if (ephemeral || !(own !== undefined || directory !== '')) return undefined;
  const place = storeDirectory(config, process.env);
  const inMemory = (why: string) => {
    const text = `projects are kept in memory only, and end with the daemon: ${why}`;
    log.warn(text);
    own?.onMemoryOnly?.(text);
  };
  if (typeof place !== 'string') {
    // Whoever has no home is served all the same.
    inMemory(place.message);
    return undefined;
  }
  const meter = new JournalMeter();
  const deps = { fs: nodeFs, settings: settingsOf(config), log, meter };
  const without = own?.onMemoryOnly === undefined ? undefined : inMemory;
  return new ProjectStore(place, deps, without);
}

/** Read where they are used, since a reload may replace them. */
function settingsOf(config: Config): JournalSettings {
  return {
    get sync() {
      return config.journal.sync;
    },
    get sync_interval_ms() {
      return config.journal.sync_interval_ms;
    },
    get sync_timeout_ms() {
      return config.journal.sync_timeout_ms;
    },
    get full_retry_ms() {
      return config.journal.full_retry_ms;
    },
  };
}
