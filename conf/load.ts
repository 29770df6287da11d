/**
 * The configuration of a daemon, put together: defaults, then the file, then the environment, then
 * flags; the later one wins. Every value is checked, and all problems are reported at once.
 */

import { readFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { type Assignment, type FlagValue, fromEnvironment, fromFlags } from './assignment.ts';
import { type Config, SOCKET_PATH_BYTES_MAX } from './schema.ts';
import { SETTINGS, type Setting } from './settings.ts';

export interface ConfigSources {
  /** Path of a YAML file. */
  readonly file?: string;
  /** The environment; only `GOXEL_SUPERVISOR__…` is read. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly flags?: readonly FlagValue[];
}

export interface LoadedConfig {
  readonly config: Config;
  /** Sentences for the log: keys of a v14 file that have no effect. */
  readonly warnings: readonly string[];
}

/** A configuration that cannot be used; the process exits with EX_CONFIG (78). */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  /** One sentence each, beginning with the file, line and column, the variable or the flag. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const what = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
    super(`the configuration has ${what}:\n${problems.map((line) => `  ${line}`).join('\n')}`);
    this.problems = problems;
  }
}

/** Rejects with ConfigError, with everything that is wrong. Paths in the result are absolute. */
export async function loadConfig(sources: ConfigSources = {}): Promise<LoadedConfig> {
  const layers = [fromEnvironment(sources.env ?? {}), fromFlags(sources.flags ?? [])];
  if (sources.file !== undefined) {
    // Loaded only where needed: parsing YAML takes more code than all the rest.
    const { fromYaml } = await import('./file.ts');
    layers.unshift(fromYaml(readText(sources.file), sources.file));
  }
  const problems = layers.flatMap((layer) => layer.problems);

  const values = new Map<string, unknown>(
    [...SETTINGS.values()].map(({ key, ...rest }) => [key, rest.default]),
  );
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

  // Every setting has a default and every other value was accepted by its setting.
  const config = build(values) as Config;
  problems.push(...contradictions(config, origins));
  if (problems.length > 0) throw new ConfigError(problems);
  return { config, warnings: layers.flatMap((layer) => layer.warnings) };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError([`${file}: cannot be read: ${reason}`]);
  }
}

function problemOf({ key, value, origin }: Assignment): string | undefined {
  const setting = SETTINGS.get(key);
  if (setting?.accepts(value)) return undefined;
  return `${origin}: ${key}: expected ${setting?.expected}, not ${JSON.stringify(value)}`;
}

/** The tree of sections out of the flat list; paths expanded. */
function build(values: ReadonlyMap<string, unknown>): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const setting of SETTINGS.values()) {
    const names = setting.key.split('.');
    let section = root;
    for (const name of names.slice(0, -1)) {
      section[name] ??= {};
      section = section[name] as Record<string, unknown>;
    }
    section[names.at(-1) ?? ''] = expanded(setting, values.get(setting.key));
  }
  return root;
}

function expanded(setting: Setting, value: unknown): unknown {
  if (!setting.path || value === '') return value;
  if (Array.isArray(value)) return [...new Set(value.map((path) => expandPath(String(path))))];
  return expandPath(String(value));
}

/** `~` and `~/…` are in the home directory, `$TMPDIR/…` in that for temporary files. */
function expandPath(path: string): string {
  const [first = '', ...rest] = path.split('/');
  if (first === '~') return resolve(homedir(), ...rest);
  if (first === '$TMPDIR') return resolve(tmpdir(), ...rest);
  return resolve(path);
}

/** What is wrong between keys that are right one by one. */
function contradictions(config: Config, origins: ReadonlyMap<string, string>): string[] {
  const problems: string[] = [];
  const at = (key: string): string => `${origins.get(key) ?? 'default'}: ${key}`;
  const { path } = config.sockets.unix;
  if (Buffer.byteLength(path) > SOCKET_PATH_BYTES_MAX) {
    const where = at('sockets.unix.path');
    problems.push(`${where}: expected at most ${SOCKET_PATH_BYTES_MAX} bytes, not "${path}"`);
  }
  const { restart_delay_ms: delay_ms, restart_delay_ms_max: delay_ms_max } = config.workers.restart;
  if (delay_ms > delay_ms_max) {
    const where = at('workers.restart.restart_delay_ms');
    const ceiling = at('workers.restart.restart_delay_ms_max');
    problems.push(`${where}: ${delay_ms} is more than ${ceiling}, ${delay_ms_max}`);
  }
  return problems;
}
