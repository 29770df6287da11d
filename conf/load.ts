/**
 * The configuration of a daemon, put together: defaults, then the file, then the environment, then
 * flags; the later one wins. Every value is checked, and all problems are reported at once.
 */

import { readFileSync } from 'node:fs';
import { type Assignment, type FlagValue, fromEnvironment, fromFlags } from './assignment.ts';
import { expandPath, PathError } from './paths.ts';
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
  /**
   * Sentences for the log: keys of a v14 file that have no effect, and roots of files that are left
   * out since there is no such place here.
   */
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
  const paths: PathFindings = { problems, warnings: [], origins };
  const config = build(values, paths) as Config;
  problems.push(...contradictions(config, origins));
  if (problems.length > 0) throw new ConfigError(problems);
  const warnings = [...layers.flatMap((layer) => layer.warnings), ...paths.warnings];
  return { config, warnings };
}

/** What comes to light when paths are made absolute. */
interface PathFindings {
  readonly problems: string[];
  readonly warnings: string[];
  readonly origins: ReadonlyMap<string, string>;
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
function build(
  values: ReadonlyMap<string, unknown>,
  findings: PathFindings,
): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const setting of SETTINGS.values()) {
    const names = setting.key.split('.');
    let section = root;
    for (const name of names.slice(0, -1)) {
      section[name] ??= {};
      section = section[name] as Record<string, unknown>;
    }
    section[names.at(-1) ?? ''] = expanded(setting, values.get(setting.key), findings);
  }
  return root;
}

function expanded(setting: Setting, value: unknown, findings: PathFindings): unknown {
  if (!setting.path || value === '') return value;
  const { key } = setting;
  const origin = findings.origins.get(key) ?? 'default';
  if (Array.isArray(value)) {
    // One place less to read from and write to is no reason not to start.
    const paths = value.flatMap((path) => {
      const found = attempt(String(path));
      if (typeof found === 'string') return [found];
      findings.warnings.push(`${origin}: ${key}: "${path}" is left out: ${found.message}`);
      return [];
    });
    return [...new Set(paths)];
  }
  const found = attempt(String(value));
  if (typeof found === 'string') return found;
  findings.problems.push(`${origin}: ${key}: "${value}" cannot be resolved: ${found.message}`);
  return value;
}

function attempt(path: string): string | PathError {
  try {
    return expandPath(path);
  } catch (error) {
    if (error instanceof PathError) return error;
    throw error;
  }
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
  for (const section of ['health', 'supervisor.restart'] as const) {
    const restarts = section === 'health' ? config.health : config.supervisor.restart;
    const { restart_delay_ms: delay_ms, restart_delay_ms_max: ceiling_ms } = restarts;
    if (delay_ms <= ceiling_ms) continue;
    const where = at(`${section}.restart_delay_ms`);
    const ceiling = at(`${section}.restart_delay_ms_max`);
    problems.push(`${where}: ${delay_ms} is more than ${ceiling}, ${ceiling_ms}`);
  }
  return problems;
}
