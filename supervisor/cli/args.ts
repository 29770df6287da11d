/** The command line, parsed against the table of commands. */

import { parseArgs } from 'node:util';
import type { FlagValue } from '../../conf/assignment.ts';
import { didYouMean } from '../../conf/suggest.ts';
import type { CommandSpec, OptionSpec } from './command-spec.ts';
import {
  COMMANDS,
  type CommandGroup,
  type CommandName,
  choicesOf,
  commandsOf,
  isGroup,
} from './commands.ts';
import { CliError, EXIT } from './exit-codes.ts';
import {
  type ControlLine,
  isOriginal,
  type ORIGINAL_NAME,
  type Original,
  originalLine,
  originalName,
  type SelfTestLine,
} from './original/line.ts';

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

type RawValues = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

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
  const { values, positionals } = parseOptions(command, spec, args);
  if (values.help === true) return { kind: 'help', command, topic: positionals[0] };
  checkPositionals(command, spec, positionals);
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

function parseOptions(
  command: CommandName,
  spec: CommandSpec,
  args: readonly string[],
): { values: RawValues; positionals: string[] } {
  const help: OptionSpec = { type: 'boolean', summary: '' };
  const known: Readonly<Record<string, OptionSpec>> = { ...spec.options, help };
  const options = Object.fromEntries(
    Object.entries(known).map(([name, { type, multiple = false }]) => [
      name,
      name === 'help' ? { type, multiple, short: 'h' } : { type, multiple },
    ]),
  );
  const whole = args.map((arg, index) => {
    const value = arg.startsWith('--') ? known[arg.slice(2)]?.value : undefined;
    const next = args[index + 1];
    // Else what comes next would be its value, whatever that is.
    return mayBeLeftOut(value) && (next === undefined || looksLikeOption(next)) ? `${arg}=` : arg;
  });
  const parsed = parseArgs({ args: whole, options, strict: false, tokens: true });
  // Strict parsing is done here, for messages that name the nearest option.
  for (const token of parsed.tokens) {
    if (token.kind !== 'option') continue;
    const option = Object.hasOwn(known, token.name) ? known[token.name] : undefined;
    if (option === undefined) {
      const near = didYouMean(
        token.rawName,
        Object.keys(known).map((name) => `--${name}`),
      );
      throw usage(`unknown option ${token.rawName}${near}`, command);
    }
    if (option.type === 'boolean' && token.value !== undefined) {
      throw usage(`${token.rawName} takes no value`, command);
    }
    const missing =
      token.value === undefined || (!token.inlineValue && looksLikeOption(token.value));
    if (option.type === 'string' && missing) {
      throw usage(`${token.rawName} needs a value: ${token.rawName} ${option.value}`, command);
    }
    checkPort(token.rawName, option, token.value ?? '', command);
  }
  return parsed;
}

/** Whether an option with that name for its value may stand without one. */
export function mayBeLeftOut(value: string | undefined): boolean {
  return value?.startsWith('[') === true;
}

function checkPort(
  name: string,
  { value: meaning = '' }: OptionSpec,
  value: string,
  command: CommandName,
): void {
  if (!/^\[?PORT\]?$/.test(meaning) || (value === '' && mayBeLeftOut(meaning))) return;
  if (/^\d{1,5}$/.test(value) && Number(value) <= PORT_MAX) return;
  throw usage(`${name} is a port from 0 to ${PORT_MAX}, not ${value || 'nothing'}`, command);
}

const PORT_MAX = 65_535;

/** `--socket --workers` is a forgotten value; `--option=-value` is how to give one with a dash. */
function looksLikeOption(value: string): boolean {
  return value.startsWith('-') && value !== '-';
}

function checkPositionals(
  command: CommandName,
  spec: CommandSpec,
  positionals: readonly string[],
): void {
  const required = spec.positionals.filter((name) => !name.startsWith('['));
  const missing = required[positionals.length];
  if (missing !== undefined) throw usage(`${missing} is missing`, command);
  const extra = positionals[spec.positionals.length];
  if (extra !== undefined) throw usage(`unexpected argument ${extra}`, command);
  for (const [index, text] of positionals.entries()) {
    const words = choicesOf(spec.positionals[index] ?? '');
    if (words.length === 0 || words.includes(text)) continue;
    throw usage(`expected ${words.join(' or ')}, not ${text}${didYouMean(text, words)}`, command);
  }
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

function usage(message: string, command: CommandName | CommandGroup | undefined): CliError {
  const help = command === undefined ? '--help' : `${command} --help`;
  return new CliError(EXIT.USAGE, `${message} (see goxel-supervisor ${help})`);
}
