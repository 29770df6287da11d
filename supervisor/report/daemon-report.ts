/** The daemon's half of a report: part by part, each of which may fail without the others. */

import type { Config } from '../../conf/schema.ts';
import { SETTINGS } from '../../conf/settings.ts';
import type { report } from '../../engine/catalogue/inside.ts';
import type { Result } from '../../engine/catalogue/spec.ts';
import type { KnownToken } from '../../transport/tokens.ts';
import { textLine } from '../log/text.ts';
import { masked } from './masking.ts';
import { resources, start, versions } from './process.ts';

/** What the program around the daemon knows. */
export interface ReportSource {
  /** The last lines of the log. */
  readonly lines: () => readonly string[];
  /** Where the values that are no defaults come from. */
  readonly origins: () => ReadonlyMap<string, string>;
}

export interface ReportDeps {
  readonly config: Config;
  readonly source: ReportSource | undefined;
  readonly tokens: { readonly all: readonly KnownToken[] };
  /** The result of another method. */
  readonly ask: (method: string, params: Readonly<Record<string, unknown>>) => unknown;
}

/** Of one part, encoded: the tree of 500 actors takes a fourth of that. */
const PART_LENGTH_MAX = 1024 * 1024;

/** Requests whose ways are told, the latest. */
const TRACES_MAX = 100;

const PARTS: Readonly<Record<string, (deps: ReportDeps) => unknown>> = {
  versions,
  start: () => start(),
  status: ({ ask }) => ask('status', {}),
  health: ({ ask }) => ask('health_check', {}),
  figures: ({ ask }) => ask('health_stats', {}),
  configuration: ({ config, source }) => settings(config, source?.origins()),
  tree: ({ ask }) => ask('supervisor.tree', { statistics: true }),
  deaths: ({ ask }) => ask('supervisor.deaths', {}),
  jobs: ({ ask }) => ask('goxel.list_jobs', {}),
  requests: ({ ask }) => ask('supervisor.requests', {}),
  traces: ({ ask }) => ask('system.trace', { limit: TRACES_MAX }),
  leaks: ({ ask }) => ask('supervisor.leaks', {}),
  resources,
  log: ({ source }) => {
    if (source === undefined) throw new Error('the log is that of the program around the daemon');
    return source.lines().flatMap(readable);
  },
};

/** A line of the log as people read it; one that was cut is no JSON, and stays as it is. */
function readable(line: string): string[] {
  try {
    const style = { time: 'date and time', level: true, colour: false } as const;
    return textLine(line, style).trimEnd().split('\n');
  } catch {
    return [line];
  }
}

export function daemonReport(deps: ReportDeps): Result<typeof report> {
  const tokens = deps.tokens.all;
  const parts = Object.entries(PARTS).map(([name, make]) => {
    return [name, part(() => masked(make(deps), { tokens, words: secretWords() }))];
  });
  return { time: new Date().toISOString(), ...Object.fromEntries(parts) };
}

/** What a part is, or why it could not be had. */
export function part(make: () => unknown): unknown {
  try {
    const made = make();
    const { length } = JSON.stringify(made) ?? '';
    if (length <= PART_LENGTH_MAX) return made;
    return { unavailable: `it has ${length} characters, more than ${PART_LENGTH_MAX}` };
  } catch (error) {
    return { unavailable: error instanceof Error ? error.message : String(error) };
  }
}

/** The token that this process was given, in whatever it stands. */
export function secretWords(env: Readonly<Record<string, string | undefined>> = process.env) {
  return [(env.GOXEL_TOKEN ?? '').trim()].filter((word) => word !== '');
}

/** Each key with its value, and where that comes from if it is no default. */
export function settings(config: Config, origins: ReadonlyMap<string, string> | undefined) {
  const each = [...SETTINGS.keys()].map((key): [string, object] => {
    const origin = origins?.get(key);
    const from = origin === undefined ? {} : { origin };
    return [key, { value: settingOf(config, key), ...from }];
  });
  return Object.fromEntries(each);
}

function settingOf(config: Config, key: string): unknown {
  let value: unknown = config;
  for (const name of key.split('.')) value = (value as Record<string, unknown>)[name];
  return value;
}
