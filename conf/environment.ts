/**
 * The environment as a source of configuration: `GOXEL_LIMITS_DEPTH_MAX=32` sets
 * `limits.depth_max`. The names are made from the keys, so that none can be read in two ways.
 * `GOXEL_SUPERVISOR__LIMITS__DEPTH_MAX`, the older form, is still taken, and so are the variables
 * of the C daemon (`original-variables.ts`).
 */

import { emptySource, type Source, typedValue } from './assignment.ts';
import { FORMER_KEYS, keyOfToday } from './former-keys.ts';
import { ORIGINAL_VARIABLES } from './original-variables.ts';
import { SECTIONS, SETTINGS } from './settings.ts';
import { closest } from './suggest.ts';

const PREFIX = 'GOXEL_';
const OLDER_PREFIX = 'GOXEL_SUPERVISOR__';

/** Variables of this program that set no key. */
const OF_NO_KEY = ['GOXEL_CONFIG', 'GOXEL_TOKEN'];

/** Variables that begin like those of a section, and that another program of Goxel reads. */
const OF_OTHERS: ReadonlySet<string> = new Set(['GOXEL_HEALTH_TIMEOUT']);

/** The variable of a key. */
export function environmentName(key: string): string {
  return PREFIX + key.replaceAll('.', '_').toUpperCase();
}

function olderName(key: string): string {
  return OLDER_PREFIX + key.replaceAll('.', '__').toUpperCase();
}

const KEYS: readonly string[] = [...SETTINGS.keys(), ...FORMER_KEYS.keys()];

/** Every variable, with the key that it sets. */
const VARIABLES: ReadonlyMap<string, string> = new Map(
  KEYS.flatMap((key) => [
    [environmentName(key), keyOfToday(key)],
    [olderName(key), keyOfToday(key)],
  ]),
);

const NAMES = [...SETTINGS.keys()].map(environmentName);
const OLDER_NAMES = KEYS.map(olderName);
const SECTION_PREFIXES = [...SECTIONS.keys()]
  .filter((key) => !key.includes('.'))
  .map((key) => `${environmentName(key)}_`);

export function fromEnvironment(env: Readonly<Record<string, string | undefined>>): Source {
  const source = emptySource();
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith(PREFIX) || text === undefined) continue;
    const key = VARIABLES.get(name);
    if (key !== undefined) {
      source.assignments.push({ key, value: typedValue(key, text), origin: name, written: name });
    } else if (!ORIGINAL_VARIABLES.has(name)) noteUnknown(name, source);
  }
  addOriginals(env, source);
  return source;
}

/** Those of the C daemon, where none of our own sets the same key. */
function addOriginals(
  env: Readonly<Record<string, string | undefined>>,
  { assignments }: Source,
): void {
  const own = new Set(assignments.map(({ key }) => key));
  for (const [name, { key, factor }] of ORIGINAL_VARIABLES) {
    const text = env[name];
    if (text === undefined || text === '' || own.has(key)) continue;
    const read = typedValue(key, text);
    const value = typeof read === 'number' ? read * factor : read;
    assignments.push({ key, value, origin: name, written: name });
  }
}

/** Only what can be meant for us is an error: other programs of Goxel have variables too. */
function noteUnknown(name: string, { problems, warnings }: Source): void {
  if (OF_NO_KEY.includes(name) || OF_OTHERS.has(name)) return;
  const older = name.startsWith(OLDER_PREFIX);
  const near = nearest(name, older ? OLDER_NAMES : [...NAMES, ...OF_NO_KEY]);
  const hint = near === undefined ? '' : `; did you mean ${near}?`;
  if (older || SECTION_PREFIXES.some((prefix) => name.startsWith(prefix))) {
    problems.push(`environment: unknown variable ${name}${hint}`);
  } else if (near !== undefined) {
    warnings.push(`environment: ${name} sets nothing here${hint}`);
  }
}

/** The nearest name; the beginning, which all share, does not make them alike. */
function nearest(name: string, names: readonly string[]): string | undefined {
  const start = name.startsWith(OLDER_PREFIX) ? OLDER_PREFIX : PREFIX;
  const near = closest(
    name.slice(start.length),
    names.map((other) => other.slice(start.length)),
  );
  return near === undefined ? undefined : start + near;
}
