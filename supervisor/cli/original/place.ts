/** What goxel-daemon goes on without, though it was named, and so do we, who say so. */

import { lookUpUser } from '../../../conf/accounts.ts';
import type { ConfigSources, LoadedConfig } from '../../../conf/load.ts';
import { isThere } from '../../../conf/search.ts';

/** A configuration file that is not there: no program that names one looks whether it is. */
export function withoutMissingFile({ file, ...rest }: ConfigSources): ConfigSources {
  if (file === undefined) return rest;
  return isThere(file) ? { ...rest, file } : rest;
}

/** Files of goxel-daemon are taken as they stand. */
export const older: NonNullable<ConfigSources['older']> = async (text, name) => {
  // Loaded only where a file is read.
  const { fromOlder } = await import('../../../conf/migration/older.ts');
  return fromOlder(text, name);
};

/** The user and group to become, where only root could. */
export function withoutUser(loaded: LoadedConfig): LoadedConfig {
  const { config, warnings } = loaded;
  const { user, group } = config;
  const uid = process.getuid?.();
  if (uid === 0 || (user === '' && group === '')) return loaded;
  if (group === '' && lookUpUser(user)?.uid === uid) return loaded;
  const who = [user, group].filter((name) => name !== '').join(':');
  const text = `only root may become ${who}; it runs as whoever has started it`;
  return {
    ...loaded,
    config: { ...config, user: '', group: '' },
    warnings: [...warnings, `user, group: ${text}`],
  };
}
