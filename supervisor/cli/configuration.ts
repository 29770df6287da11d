/** Which configuration a command works with: the file that is found, the environment, flags. */

import { resolve } from 'node:path';
import type { FlagValue } from '../../conf/assignment.ts';
import { fromEnvironment } from '../../conf/environment.ts';
import type { ConfigSources } from '../../conf/load.ts';
import { type ConfigSearch, findConfig } from '../../conf/search.ts';
import type { Original } from './original/line.ts';
import { older, withoutMissingFile } from './original/place.ts';

/** What a parsed command line says of it. */
interface Line {
  readonly options: { readonly config?: string };
  readonly flags: readonly FlagValue[];
  readonly original?: Original;
}

export interface Found {
  readonly search: ConfigSearch;
  readonly sources: ConfigSources;
}

/**
 * Looks for the file; whether it can be read is told by `loadConfig`.
 *
 * @param directory what relative paths start from, for who goes on to another one
 */
export function findSources({ options, flags, original }: Line, directory?: string): Found {
  const { env } = process;
  const search = findConfig({ named: options.config, env });
  const path = search.found?.path;
  const sources = {
    ...(path === undefined
      ? {}
      : { file: directory === undefined ? path : resolve(directory, path) }),
    ...(directory === undefined ? {} : { directory }),
    env,
    flags,
  };
  if (original === undefined) return { search, sources };
  const { defaults } = original;
  return { search, sources: { ...withoutMissingFile(sources), defaults, older } };
}

/**
 * Whether a command needs no file to find the daemon: one that is for the daemon alone, and that
 * this user may not read, is then no hindrance.
 */
export function namesSocket({ options, flags }: Line): boolean {
  if (options.config !== undefined) return false;
  const given = [...flags, ...fromEnvironment(process.env).assignments];
  return given.some(({ key }) => key === 'sockets.unix.path');
}

/** Whether a file is named that is not there, and that nothing is read in place of. */
export function isMissing({ search, sources }: Found): boolean {
  return search.found !== undefined && sources.file === undefined;
}

/** The line of the log that says which file counts. */
export function aboutSources(source: Found): string {
  const { found, places } = source.search;
  if (found === undefined) {
    const looked = places.map(({ path }) => path).join(' or ');
    return `configuration: the defaults, since there is no ${looked}`;
  }
  const missing = isMissing(source) ? ' is not there; the defaults count' : '';
  return `configuration: ${found.path} (${found.by})${missing}`;
}
