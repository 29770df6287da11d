/** Options and arguments of one command, parsed against its entry in the table of commands. */

import { parseArgs } from 'node:util';
import { didYouMean } from '../../conf/suggest.ts';
import type { CommandSpec, OptionSpec } from './command-spec.ts';
import { CliError, EXIT } from './exit-codes.ts';

export type RawValues = Readonly<
  Record<string, string | boolean | (string | boolean)[] | undefined>
>;

/** Options and arguments of a command, by its spec. Throws CliError (EX_USAGE). */
export function parseWords(
  command: string,
  spec: CommandSpec,
  args: readonly string[],
): { values: RawValues; positionals: string[] } {
  const help: OptionSpec = { type: 'boolean', short: 'h', summary: '' };
  const known: Readonly<Record<string, OptionSpec>> = { ...spec.options, help };
  const options = Object.fromEntries(
    Object.entries(known).map(([name, { type, multiple = false, short }]) => [
      name,
      { type, multiple, ...(short === undefined ? {} : { short }) },
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
      const file = token.rawName.startsWith('--') || near !== '' ? '' : '; a file is ./-\u2026';
      throw usage(`unknown option ${token.rawName}${near}${file}`, command);
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
  command: string,
): void {
  if (!/^\[?PORT\]?$/.test(meaning) || (value === '' && mayBeLeftOut(meaning))) return;
  if (/^\d{1,5}$/.test(value) && Number(value) <= PORT_MAX) return;
  throw usage(`${name} is a port from 0 to ${PORT_MAX}, not ${value || 'nothing'}`, command);
}

const PORT_MAX = 65_535;

/**
 * `--socket --workers` is a forgotten value; `--option=-value` is how to give one with a dash. No
 * option begins as a negative number or a turn of `--rotate -z90` does.
 */
function looksLikeOption(value: string): boolean {
  return value.startsWith('-') && value !== '-' && !/^-(\.?\d|[xyz][-+]?\d)/.test(value);
}

/** Throws CliError (EX_USAGE) for arguments that are missing or too many. */
export function checkPositionals(
  command: string,
  spec: CommandSpec,
  values: RawValues,
  positionals: readonly string[],
): void {
  const required = spec.positionals.filter((name) => !name.startsWith('['));
  const missing = required[positionals.length];
  if (missing !== undefined) throw usage(`${missing.replace('…', '')} is missing`, command);
  const problem = spec.check?.(values, positionals);
  if (problem !== undefined) throw usage(problem, command);
  if (spec.positionals.some(isRepeated)) return;
  const extra = positionals[spec.positionals.length];
  if (extra !== undefined) throw usage(`unexpected argument ${extra}`, command);
  for (const [index, text] of positionals.entries()) {
    const words = choicesOf(spec.positionals[index] ?? '');
    if (words.length === 0 || words.includes(text)) continue;
    throw usage(`expected ${words.join(' or ')}, not ${text}${didYouMean(text, words)}`, command);
  }
}

/** Whether an argument of that name may come again. */
export function isRepeated(positional: string): boolean {
  return positional.endsWith('…');
}

/** The words that a positional argument may be, by its name in the table; none if it is free. */
export function choicesOf(positional: string): readonly string[] {
  const name = positional.replace(/^\[|\]$/g, '');
  return name.includes('|') ? name.split('|') : [];
}

/** What is wrong, and where there is help about it. */
export function usage(message: string, command: string | undefined): CliError {
  const help = command === undefined ? '--help' : `${command} --help`;
  return new CliError(EXIT.USAGE, `${message} (see goxel-supervisor ${help})`);
}
