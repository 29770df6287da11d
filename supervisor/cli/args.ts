/** The command line, parsed against the table of commands. */

import type { FlagValue } from '../../conf/assignment.ts';
import { didYouMean } from '../../conf/suggest.ts';
import type { CommandSpec } from './command-spec.ts';
import { COMMANDS, type CommandGroup, type CommandName, commandsOf, isGroup } from './commands.ts';
import {
  type ControlLine,
  isOriginal,
  type ORIGINAL_NAME,
  type Original,
  originalLine,
  originalName,
  type SelfTestLine,
} from './original/line.ts';
import {
  checkPositionals,
  mayBeLeftOut,
  parseWords,
  type RawValues,
  usage,
} from './parse-words.ts';

type Value<Option> = Option extends { type: 'boolean' }
  ? boolean
  : Option extends { multiple: true }
    ? string[]
    : string;

/** Options that were given; the others are absent. */
export type Options<Name extends CommandName> = {
  readonly [Key in keyof (typeof COMMANDS)[Name]['options']]?: Value<
    (typeof COMMANDS)[Name]['options'][Key]
  >;
};

type Command<Name extends CommandName> = Name extends CommandName
  ? {
      readonly kind: 'command';
      readonly command: Name;
      readonly options: Options<Name>;
      readonly positionals: readonly string[];
      /** The options that set configuration keys, for `loadConfig`. */
      readonly flags: readonly FlagValue[];
      /** Of a line of goxel-daemon. */
      readonly original?: Original;
    }
  : never;

export type CommandLine =
  | Command<CommandName>
  /**
   * `command` is undefined when help about all was asked for, and a group for that about its
   * commands; `topic` is the first argument of the command, such as the method of `call`.
   */
  | {
      readonly kind: 'help';
      readonly command: HelpCommand | undefined;
      readonly topic: string | undefined;
    }
  | { readonly kind: 'version' }
  | ControlLine
  | SelfTestLine;

/** What there is help about; the last is the command line of goxel-daemon. */
export type HelpCommand = CommandName | CommandGroup | typeof ORIGINAL_NAME;

/**
 * Parses the arguments after the script's name. Throws CliError (EX_USAGE) for what is wrong.
 *
 * @param program what it was called by
 */
export function parseCommandLine(argv: readonly string[], program = ''): CommandLine {
  const [first, ...rest] = argv;
  if (first === '--version') return { kind: 'version' };
  if (first === '--help' || first === '-h') {
    return { kind: 'help', command: originalName(program), topic: undefined };
  }
  if (isOriginal(argv, program)) return originalLine(argv);
  if (first === undefined) throw usage('a command is missing', undefined);
  if (first === 'help') return helpOf(rest);
  if (isGroup(first) && (rest[0] === '--help' || rest[0] === '-h')) {
    return { kind: 'help', command: first, topic: undefined };
  }
  const { command, args } = commandOf(first, rest);
  const spec: CommandSpec = COMMANDS[command];
  const { values, positionals } = parseWords(command, spec, args);
  if (values.help === true) return { kind: 'help', command, topic: positionals[0] };
  checkPositionals(command, spec, values, positionals);
  const flags = flagsOf(command, spec, values);
  // The values have the types of the table: parseArgs was given the table.
  return {
    kind: 'command',
    command,
    options: { ...values },
    positionals,
    flags,
  } as CommandLine;
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}

/** The command that the first words name, one or two, and what comes after them. */
function commandOf(
  first: string,
  rest: readonly string[],
): { command: CommandName; args: readonly string[] } {
  if (isCommand(first)) return { command: first, args: rest };
  if (!isGroup(first)) {
    const names = Object.keys(COMMANDS).map((name) => name.split(' ')[0] ?? name);
    const near = didYouMean(first, [...names, 'help', '--help', '--version']);
    const what = first.startsWith('-') ? 'option' : 'command';
    throw usage(`unknown ${what} ${first}${near}`, undefined);
  }
  const [second, ...args] = rest;
  const words = commandsOf(first).map((name) => name.slice(first.length + 1));
  if (second === undefined) throw usage(`${first} needs one of ${words.join(', ')}`, first);
  const name = `${first} ${second}`;
  if (isCommand(name)) return { command: name, args };
  throw usage(`unknown command ${name}${didYouMean(name, commandsOf(first))}`, first);
}

function helpOf(words: readonly string[]): CommandLine {
  const [first, ...rest] = words;
  const command = originalName(first);
  if (command !== undefined) return { kind: 'help', command, topic: undefined };
  if (first === undefined || (isGroup(first) && rest.length === 0)) {
    return { kind: 'help', command: first, topic: undefined };
  }
  return commandHelpOf(first, rest);
}

function commandHelpOf(first: string, rest: readonly string[]): CommandLine {
  const { command, args } = commandOf(first, rest);
  return { kind: 'help', command, topic: args[0] };
}

function flagsOf(command: CommandName, spec: CommandSpec, values: RawValues): FlagValue[] {
  const flags: FlagValue[] = [];
  for (const [name, value] of Object.entries(values)) {
    const { key, turns_on, value: meaning } = spec.options[name] ?? {};
    const flag = `--${name}`;
    if (turns_on !== undefined) flags.push({ key: turns_on, text: 'true', flag });
    // Given without its value.
    if (value === '' && mayBeLeftOut(meaning)) continue;
    if (name === 'set' && Array.isArray(value)) {
      for (const pair of value) flags.push(pairOf(command, String(pair)));
    } else if (key !== undefined && typeof value === 'string') {
      flags.push({ key, text: value, flag });
    }
  }
  return flags;
}

function pairOf(command: CommandName, pair: string): FlagValue {
  const equals = pair.indexOf('=');
  if (equals < 1) throw usage(`--set needs KEY=VALUE, not ${pair}`, command);
  return { key: pair.slice(0, equals), text: pair.slice(equals + 1), flag: '--set' };
}
