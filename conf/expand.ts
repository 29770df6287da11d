/** The paths among the values of a configuration, made absolute. */

import { lookUpUser } from './accounts.ts';
import { expandPath, PathError, type PathOptions } from './paths.ts';
import { SETTINGS } from './settings.ts';

/** What comes to light on the way. */
interface PathFindings {
  readonly problems: string[];
  readonly warnings: string[];
}

/**
 * Replaces the values of keys that are paths.
 *
 * @param directory what relative ones start from
 */
export function expandSettings(
  values: Map<string, unknown>,
  origins: ReadonlyMap<string, string>,
  directory: string | undefined,
): PathFindings {
  const start: PathOptions = directory === undefined ? {} : { directory };
  const findings: PathFindings = { problems: [], warnings: [] };
  for (const setting of SETTINGS.values()) {
    const value = values.get(setting.key);
    if (!setting.path || value === '') continue;
    const where = `${origins.get(setting.key) ?? 'default'}: ${setting.key}`;
    const expanded = Array.isArray(value)
      ? expandList(value, where, { ...start, ...ofTheDaemon(values) }, findings)
      : expandOne(String(value), where, start, findings);
    values.set(setting.key, expanded);
  }
  return findings;
}

/** Files of the start, whose paths are those of who starts it. */
function expandOne(
  path: string,
  where: string,
  options: PathOptions,
  { problems }: PathFindings,
): string {
  const found = attempt(path, options);
  if (typeof found === 'string') return found;
  problems.push(`${where}: "${path}" cannot be resolved: ${found.message}`);
  return path;
}

/** Files that requests name: one place less to read from and write to is no reason not to start. */
function expandList(
  list: readonly unknown[],
  where: string,
  options: PathOptions,
  { problems, warnings }: PathFindings,
): string[] {
  const paths = list.flatMap((path) => {
    const found = attempt(String(path), options);
    if (typeof found === 'string') return [found];
    if (found.is_mistake) problems.push(`${where}: "${path}": ${found.message}`);
    else warnings.push(`${where}: "${path}" is left out: ${found.message}`);
    return [];
  });
  return [...new Set(paths)];
}

/** Where the daemon works and whose home it has, once it is what `user` says. */
function ofTheDaemon(values: ReadonlyMap<string, unknown>): PathOptions {
  // It comes before the lists in the order of the schema, and so is absolute by now.
  const directory = String(values.get('working_directory'));
  return {
    ...(directory === '' ? {} : { directory }),
    ...homeOf(String(values.get('user'))),
  };
}

/** A number may have no entry, and so no home; with a name that nobody has, the start ends. */
function homeOf(user: string): PathOptions {
  if (user === '') return {};
  const home = lookUpUser(user)?.home ?? (/^\d+$/.test(user) ? '' : undefined);
  return home === undefined ? {} : { home };
}

function attempt(path: string, options: PathOptions): string | PathError {
  try {
    return expandPath(path, options);
  } catch (error) {
    if (error instanceof PathError) return error;
    throw error;
  }
}
