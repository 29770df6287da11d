/** What there is to complete: the table of commands, methods and keys, as all shells need them. */

import { SETTINGS, type Setting } from '../../../conf/settings.ts';
import { READ_FORMATS, WRITTEN_FORMATS } from '../../../engine/catalogue/format-names.ts';
import { METHODS } from '../../../engine/catalogue/methods.ts';
import type { CommandSpec, OptionSpec } from '../command-spec.ts';
import { COMMANDS } from '../commands.ts';
import { ORIGINAL_OPTIONS } from '../original/options.ts';
import { choicesOf, isRepeated, mayBeLeftOut } from '../parse-words.ts';

/** What may stand in a place. */
export type Place =
  | { readonly kind: 'files' | 'methods' | 'settings' | 'nothing' }
  | { readonly kind: 'words'; readonly words: readonly string[] };

export interface OptionWords {
  readonly name: string;
  readonly summary: string;
  /** The name of its value, and what that may be; undefined when it takes none. */
  readonly value: { readonly name: string; readonly place: Place } | undefined;
  readonly multiple: boolean;
}

export interface CommandWords {
  /** One word, or two where the first is shared: `config check`. */
  readonly name: string;
  readonly summary: string;
  readonly options: readonly OptionWords[];
  readonly positionals: readonly {
    readonly name: string;
    readonly place: Place;
    /** Whether it may come again. */
    readonly multiple: boolean;
  }[];
}

export interface Vocabulary {
  readonly commands: readonly CommandWords[];
  /** Those of the command line of goxel-daemon, which has no commands. */
  readonly original: readonly OptionWords[];
  readonly methods: readonly string[];
  /** Keys of the configuration; `words` are the values of those that take one of a few. */
  readonly settings: readonly { readonly key: string; readonly words: readonly string[] }[];
}

const HELP: OptionWords = {
  ...{ name: 'help', summary: 'print help', value: undefined, multiple: false },
};

/** What the names of values and arguments mean; `[PARAMS]` is JSON, which no shell knows. */
const PLACES: Readonly<Record<string, Place>> = {
  FILE: { kind: 'files' },
  PATH: { kind: 'files' },
  DIR: { kind: 'files' },
  IN: { kind: 'files' },
  OUT: { kind: 'files' },
  FORMAT: { kind: 'words', words: READ_FORMATS },
  'OUT FORMAT': { kind: 'words', words: WRITTEN_FORMATS },
  METHOD: { kind: 'methods' },
  'KEY=VALUE': { kind: 'settings' },
};

/** The same of arguments: what `formats` is asked about may be a format that is only written. */
const POSITIONALS: typeof PLACES = {
  ...PLACES,
  FORMAT: { kind: 'words', words: [...new Set([...READ_FORMATS, ...WRITTEN_FORMATS])].sort() },
};

export function vocabulary(): Vocabulary {
  const commands = Object.entries(COMMANDS).map(([name, spec]) => commandWords(name, spec));
  const names = [...new Set(commands.map(({ name }) => name.split(' ')[0] ?? name))];
  const help: CommandWords = {
    name: 'help',
    summary: 'Print help about a command.',
    options: [],
    positionals: [{ name: 'COMMAND', place: { kind: 'words', words: names }, multiple: false }],
  };
  return {
    commands: [...commands, help],
    original: Object.entries(ORIGINAL_OPTIONS).map(([name, option]) => optionWords(name, option)),
    // What begins with $ is for programs, and no shell takes it as it stands.
    methods: METHODS.map(({ name }) => name).filter((name) => /^[\w.]+$/.test(name)),
    settings: [...SETTINGS.values()].map((setting) => ({
      key: setting.key,
      words: wordsOf(setting),
    })),
  };
}

/** What may be the first word, with the second ones of those that have several commands. */
export function firstWords({ commands }: Vocabulary): Map<string, CommandWords[]> {
  const words = new Map<string, CommandWords[]>();
  for (const command of commands) {
    const [first = '', second] = command.name.split(' ');
    const members = words.get(first) ?? [];
    if (second !== undefined) members.push({ ...command, name: second });
    words.set(first, members);
  }
  return words;
}

/** Names of options that take a value, in any command. */
export function valuedOptions({ commands }: Vocabulary): string[] {
  const options = commands.flatMap((command) => command.options);
  const valued = options.filter(({ value }) => value !== undefined);
  return [...new Set(valued.map(({ name }) => `--${name}`))];
}

function optionWords(name: string, { type, value, summary, ...more }: OptionSpec): OptionWords {
  const typed = value === 'FORMAT' && name === 'to' ? 'OUT FORMAT' : value;
  const place = more.key === undefined ? placeOf(typed) : placeOfKey(more.key, typed);
  return {
    ...{ name, summary, multiple: more.multiple === true },
    value:
      type === 'boolean' || mayBeLeftOut(value)
        ? undefined
        : { name: value ?? '', place: place ?? { kind: 'nothing' } },
  };
}

/** What small letters say may be typed as it stands, also where it may be something else. */
function placeOf(value = ''): Place | undefined {
  const words = value.split('|').filter((word) => /^[a-z]+$/.test(word));
  return words.length > 0 ? { kind: 'words', words } : PLACES[value];
}

function commandWords(name: string, spec: CommandSpec): CommandWords {
  const options = Object.entries(spec.options).map(([option, one]) => optionWords(option, one));
  const positionals = spec.positionals.map((text) => {
    const words = choicesOf(text);
    const plain = text.replaceAll(/[[\]\u2026]/g, '');
    const place: Place =
      words.length > 0 ? { kind: 'words', words } : (POSITIONALS[plain] ?? { kind: 'nothing' });
    return { name: plain, place, multiple: isRepeated(text) };
  });
  return { name, summary: spec.summary, options: [...options, HELP], positionals };
}

function placeOfKey(key: string, value = ''): Place | undefined {
  const setting = SETTINGS.get(key);
  const words = setting === undefined ? [] : wordsOf(setting);
  return words.length > 0 ? { kind: 'words', words } : PLACES[value];
}

function wordsOf({ type, expected }: Setting): readonly string[] {
  if (type === 'boolean') return ['true', 'false'];
  const [, list] = /^one of (.+)$/.exec(expected) ?? [];
  return list?.replaceAll('"', '').split(', ') ?? [];
}
