/** What a source of configuration (file, environment, flags) comes down to before it is checked. */

import { keyOfToday } from './former-keys.ts';
import { SETTINGS } from './settings.ts';
import { didYouMean } from './suggest.ts';

/** A value that a source gives to a key; the key is known, the value not yet checked. */
export interface Assignment {
  readonly key: string;
  readonly value: unknown;
  /** Where it stands, for messages: `daemon.yaml:12:5`, an environment variable or a flag. */
  readonly origin: string;
}

/** All that a source says; problems are sentences that begin with their origin. */
export interface Source {
  readonly assignments: Assignment[];
  readonly problems: string[];
  readonly warnings: string[];
}

export function unknownKey(origin: string, key: string, known: Iterable<string>): string {
  return `${origin}: unknown key ${key}${didYouMean(key, known)}`;
}

/**
 * Reads a text, as the environment and flags give it, as the type of its setting. What does not
 * read so stays text and is then refused by the check. Lists are joined by ":", like PATH.
 */
function typedValue(key: string, text: string): unknown {
  switch (SETTINGS.get(key)?.type) {
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'list':
      return text.split(':');
    default:
      return text;
  }
}

const ENVIRONMENT_PREFIX = 'GOXEL_SUPERVISOR__';

/** `GOXEL_SUPERVISOR__LIMITS__DEPTH_MAX=32` sets `limits.depth_max`. */
export function fromEnvironment(env: Readonly<Record<string, string | undefined>>): Source {
  const source: Source = { assignments: [], problems: [], warnings: [] };
  const names = [...SETTINGS.keys()].map(environmentName);
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith(ENVIRONMENT_PREFIX) || text === undefined) continue;
    const written = name.slice(ENVIRONMENT_PREFIX.length).toLowerCase().replaceAll('__', '.');
    const key = keyOfToday(written);
    if (SETTINGS.has(key)) {
      source.assignments.push({ key, value: typedValue(key, text), origin: name });
    } else {
      source.problems.push(`environment: unknown variable ${name}${didYouMean(name, names)}`);
    }
  }
  return source;
}

export function environmentName(key: string): string {
  return ENVIRONMENT_PREFIX + key.replaceAll('.', '__').toUpperCase();
}

/** A value given on the command line: its key, its text, and the flag as the user wrote it. */
export interface FlagValue {
  readonly key: string;
  readonly text: string;
  readonly flag: string;
}

export function fromFlags(flags: readonly FlagValue[]): Source {
  const source: Source = { assignments: [], problems: [], warnings: [] };
  for (const { key: written, text, flag } of flags) {
    const key = keyOfToday(written);
    if (SETTINGS.has(key)) {
      source.assignments.push({ key, value: typedValue(key, text), origin: flag });
    } else {
      source.problems.push(unknownKey(flag, key, SETTINGS.keys()));
    }
  }
  return source;
}
