/** Where a configuration file is looked for: the first that is there is taken. */

import { lstatSync } from 'node:fs';
import { expandPath, PathError } from './paths.ts';

/** The file of the whole machine. */
const SYSTEM_FILE = '/etc/goxel/daemon.conf';

export interface Place {
  readonly path: string;
  /** What says to look there: `--config`, a variable, or the system. */
  readonly by: string;
}

export interface ConfigSearch {
  /** The place whose file is taken; undefined where there is none. It may be unreadable. */
  readonly found: Place | undefined;
  /** All places in their order; those after a named one are not looked at. */
  readonly places: readonly Place[];
}

export interface SearchOptions {
  /** What `--config` names. */
  readonly named: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly system_file?: string;
}

/**
 * `--config`, `$GOXEL_CONFIG`, `$XDG_CONFIG_HOME/goxel-supervisor/daemon.yaml` (of which
 * `~/.config` is the default), `/etc/goxel/daemon.conf`. What is named is taken whether or not it
 * is there, so that reading it fails where it is not.
 */
export function findConfig(options: SearchOptions): ConfigSearch {
  const { named, env, system_file = SYSTEM_FILE } = options;
  if (named !== undefined) return only({ path: named, by: '--config' });
  const variable = env.GOXEL_CONFIG ?? '';
  if (variable !== '') return only({ path: variable, by: 'GOXEL_CONFIG' });
  const places: Place[] = [
    ...ofUser(env),
    { path: system_file, by: 'the configuration of this machine' },
  ];
  return { found: places.find(({ path }) => isThere(path)), places };
}

function only(place: Place): ConfigSearch {
  return { found: place, places: [place] };
}

function ofUser(env: SearchOptions['env']): Place[] {
  try {
    const path = expandPath('$XDG_CONFIG_HOME/goxel-supervisor/daemon.yaml', { env });
    return [{ path, by: 'the configuration of this user' }];
  } catch (error) {
    // Who has no home has no file in it.
    if (error instanceof PathError) return [];
    throw error;
  }
}

/** What cannot be looked at counts as there: to go on without it might be to miss it. */
export function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOTDIR';
  }
}
