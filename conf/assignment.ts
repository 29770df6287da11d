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
  /** The key as it was written there, which may be its former name. */
  readonly written: string;
}

/** All that a source says; problems are sentences that begin with their origin. */
export interface Source {
  readonly assignments: Assignment[];
  readonly problems: string[];
  readonly warnings: string[];
}

export function emptySource(): Source {
  return { assignments: [], problems: [], warnings: [] };
}

/** Says so, with the key that has this name in another section, or else the nearest one. */
export function unknownKey(origin: string, key: string, known: Iterable<string>): string {
  const name = key.split('.').at(-1) ?? '';
  const elsewhere = [...SETTINGS.keys()].filter((other) => other.split('.').at(-1) === name);
  const near = elsewhere.length === 1 ? `; did you mean ${elsewhere[0]}?` : didYouMean(key, known);
  return `${origin}: unknown key ${key}${near}`;
}

/**
 * Reads a text, as the environment and flags give it, as the type of its setting. What does not
 * read so stays text and is then refused by the check. Lists are joined by ":", like PATH.
 */
export function typedValue(key: string, text: string): unknown {
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

/** A value given on the command line: its key, its text, and the flag as the user wrote it. */
export interface FlagValue {
  readonly key: string;
  readonly text: string;
  readonly flag: string;
}

/** Of a key that is given again by the same name, the last value counts, as flags usually do. */
export function fromFlags(flags: readonly FlagValue[]): Source {
  const source = emptySource();
  for (const { key: written, text, flag } of flags) {
    const key = keyOfToday(written);
    if (!SETTINGS.has(key)) {
      source.problems.push(unknownKey(flag, written, SETTINGS.keys()));
      continue;
    }
    const before = source.assignments.findIndex((other) => other.written === written);
    if (before >= 0) source.assignments.splice(before, 1);
    source.assignments.push({ key, value: typedValue(key, text), origin: flag, written });
  }
  return source;
}

/** The keys that a source gives twice, under two names: which of them is meant, nobody knows. */
export function givenTwice({ assignments }: Source): string[] {
  const first = new Map<string, Assignment>();
  return assignments.flatMap((assignment) => {
    const { key, origin } = assignment;
    const before = first.get(key);
    first.set(key, before ?? assignment);
    if (before === undefined) return [];
    const where = [origin, before.written].includes(before.origin) ? '' : ` at ${before.origin}`;
    return [`${origin}: ${key} has a value already: ${before.written}${where}`];
  });
}
