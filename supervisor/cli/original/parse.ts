/** Arguments as getopt_long reads them: the names may be cut short, the letters run together. */

import { didYouMean } from '../../../conf/suggest.ts';
import { CliError, EXIT } from '../exit-codes.ts';
import { ORIGINAL_OPTIONS, type OriginalOption, OUR_OPTIONS } from './options.ts';

/** An option that was given. */
export interface Given {
  readonly name: string;
  readonly option: OriginalOption;
  /** As it was written, for messages. */
  readonly written: string;
  /** Empty for one that takes none. */
  readonly value: string;
}

const OPTIONS: Readonly<Record<string, OriginalOption>> = { ...ORIGINAL_OPTIONS, ...OUR_OPTIONS };

/** In the order in which they stand. Throws CliError (EX_USAGE) for what is wrong. */
export function parseOriginal(args: readonly string[]): Given[] {
  const given: Given[] = [];
  const left = [...args];
  for (let arg = left.shift(); arg !== undefined; arg = left.shift()) {
    if (arg.startsWith('--') && arg !== '--') given.push(longOption(arg, left));
    else if (arg.startsWith('-') && arg !== '-' && arg !== '--') given.push(...letters(arg, left));
    else if (arg !== '--') throw extra(arg);
    else if (left[0] !== undefined) throw extra(left[0]);
  }
  return given;
}

function longOption(arg: string, left: string[]): Given {
  const equals = arg.indexOf('=');
  const written = equals < 0 ? arg : arg.slice(0, equals);
  const name = nameOf(written.slice(2));
  if (name === undefined) {
    const names = Object.keys(OPTIONS).map((other) => `--${other}`);
    throw usage(`unknown option ${written}${didYouMean(written, names)}`);
  }
  const option = OPTIONS[name] as OriginalOption;
  if (option.type === 'boolean') {
    if (equals >= 0) throw usage(`${written} takes no value`);
    return { name, option, written, value: '' };
  }
  const inline = equals < 0 ? undefined : arg.slice(equals + 1);
  return { name, option, written, value: inline ?? argumentOf(written, option, left) };
}

/** The option of that name, or the one of goxel-daemon that begins so: `--pid`, `--log`. */
function nameOf(start: string): string | undefined {
  if (Object.hasOwn(OPTIONS, start)) return start;
  for (const options of [ORIGINAL_OPTIONS, OUR_OPTIONS]) {
    const names = Object.keys(options).filter((name) => name.startsWith(start));
    if (names.length === 1) return names[0];
    if (names.length > 1) {
      const all = names.map((name) => `--${name}`).join(' or ');
      throw usage(`--${start} may be ${all}`);
    }
  }
  return undefined;
}

/** `-fV`, `-s PATH`, `-sPATH`. */
function letters(arg: string, left: string[]): Given[] {
  const given: Given[] = [];
  for (let index = 1; index < arg.length; index++) {
    const letter = arg[index];
    const found = Object.entries(OPTIONS).find(([, { short }]) => short === letter);
    const written = `-${letter}`;
    if (found === undefined) throw usage(`unknown option ${written}`);
    const [name, option] = found;
    if (option.type === 'boolean') {
      given.push({ name, option, written, value: '' });
      continue;
    }
    const rest = arg.slice(index + 1);
    given.push({ name, option, written, value: rest || argumentOf(written, option, left) });
    break;
  }
  return given;
}

function argumentOf(written: string, { value = '' }: OriginalOption, left: string[]): string {
  const [next] = left;
  // One in brackets may be left out.
  const optional = value.startsWith('[');
  if (next === undefined || (next.startsWith('-') && next !== '-')) {
    if (optional) return '';
    throw usage(`${written} needs a value: ${written} ${value}`);
  }
  left.shift();
  return next;
}

function extra(arg: string): CliError {
  return usage(`unexpected argument ${arg}: a command, if it is one, comes before all options`);
}

export function usage(message: string): CliError {
  return new CliError(EXIT.USAGE, `${message} (see goxel-supervisor help goxel-daemon)`);
}
