/**
 * The configuration of a daemon, put together: defaults, then the file, then the environment, then
 * flags; the later one wins. Every value is checked, and all problems are reported at once.
 */

import {
  type Assignment,
  emptySource,
  type FlagValue,
  fromFlags,
  givenTwice,
  type Source,
} from './assignment.ts';
import { ConfigError } from './config-error.ts';
import { contradictions } from './contradictions.ts';
import { fromEnvironment } from './environment.ts';
import { expandSettings } from './expand.ts';
import { settleShares } from './memory.ts';
import { readText } from './read-text.ts';
import type { Config } from './schema.ts';
import { SETTINGS } from './settings.ts';
import { type Memory, memoryThere } from './shares.ts';

export interface ConfigSources {
  /** Path of a YAML file. */
  readonly file?: string;
  /** What stands in the file, where it has been read already. */
  readonly text?: string;
  /** Reads a file that may be another than ours; undefined for one of ours. */
  readonly older?: (text: string, name: string) => Promise<Source | undefined>;
  /** The environment; only `GOXEL_…` is read. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly flags?: readonly FlagValue[];
  /** What relative paths start from; without it the working directory of the process. */
  readonly directory?: string;
  /** What percentages are of; without it, what the process may take here. */
  readonly memory?: Memory;
  /** Other defaults than those of the schema. */
  readonly defaults?: Readonly<Record<string, unknown>>;
}

export interface LoadedConfig {
  readonly config: Config;
  /**
   * Sentences for the log: variables that may be meant for us, and roots of files that are left out
   * since there is no such place here.
   */
  readonly warnings: readonly string[];
  /**
   * Where the values that are no defaults come from: `daemon.yaml:3:5`, a variable, a flag; and of
   * what those are that were given as percentages, defaults too.
   */
  readonly origins: ReadonlyMap<string, string>;
}

/** What a check finds; `loaded` is undefined when there is a problem. */
export interface ConfigFindings {
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  readonly loaded: LoadedConfig | undefined;
}

/** Rejects with ConfigError, with everything that is wrong. Paths in the result are absolute. */
export async function loadConfig(sources: ConfigSources = {}): Promise<LoadedConfig> {
  const { loaded, problems } = await checkConfig(sources);
  if (loaded === undefined) throw new ConfigError(problems);
  return loaded;
}

/** The same, for who wants to know what is wrong. */
export async function checkConfig(sources: ConfigSources = {}): Promise<ConfigFindings> {
  const layers = [fromEnvironment(sources.env ?? {}), fromFlags(sources.flags ?? [])];
  if (sources.file !== undefined) layers.unshift(await fromFile(sources.file, sources));
  const problems = layers.flatMap((layer) => [...layer.problems, ...givenTwice(layer)]);

  const values = new Map([...defaults(), ...Object.entries(sources.defaults ?? {})]);
  const origins = new Map<string, string>();
  for (const assignment of layers.flatMap((layer) => layer.assignments)) {
    const problem = problemOf(assignment);
    if (problem === undefined) {
      values.set(assignment.key, assignment.value);
      origins.set(assignment.key, assignment.origin);
    } else {
      problems.push(problem);
    }
  }

  const paths = expandSettings(values, origins, sources.directory);
  problems.push(...paths.problems);
  settleShares(values, origins, sources.memory ?? memoryThere());
  const config = configOf(values);
  const at = (key: string): string => `${origins.get(key) ?? 'default'}: ${key}`;
  for (const { keys, problem } of contradictions(config)) {
    problems.push(`${at(keys[0])}: ${problem(at)}`);
  }
  const warnings = [...layers.flatMap((layer) => layer.warnings), ...paths.warnings];
  const loaded = problems.length > 0 ? undefined : { config, warnings, origins };
  return { problems, warnings, loaded };
}

async function fromFile(
  file: string,
  { text, older }: Pick<ConfigSources, 'text' | 'older'>,
): Promise<Source> {
  const read = text === undefined ? readText(file) : { text };
  if ('problem' in read) return { assignments: [], problems: [read.problem], warnings: [] };
  // Loaded only where needed: parsing YAML takes more code than all the rest.
  if (read.text.trim() === '') return emptySource();
  const source = await older?.(read.text, file);
  if (source !== undefined) return source;
  const { fromYaml } = await import('./file.ts');
  return fromYaml(read.text, file);
}

/** A value is shown as far as a message needs it. */
const SHOWN_LENGTH_MAX = 80;

function problemOf({ key, value, origin }: Assignment): string | undefined {
  const setting = SETTINGS.get(key);
  if (setting?.accepts(value)) return undefined;
  const text = JSON.stringify(value) ?? String(value);
  const shown = text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_MAX)}…` : text;
  return `${origin}: ${key}: expected ${setting?.expected}, not ${shown}`;
}

/** Every key with its default. */
export function defaults(): Map<string, unknown> {
  return new Map([...SETTINGS.values()].map(({ key, ...rest }) => [key, rest.default]));
}

/** The tree of sections out of the flat list, which has every key. */
export function configOf(values: ReadonlyMap<string, unknown>): Config {
  const root: Record<string, unknown> = {};
  for (const [key, value] of values) {
    const names = key.split('.');
    let section = root;
    for (const name of names.slice(0, -1)) {
      section[name] ??= {};
      section = section[name] as Record<string, unknown>;
    }
    section[names.at(-1) ?? ''] = value;
  }
  // Every setting has a default and every other value was accepted by its setting.
  return root as Config;
}
