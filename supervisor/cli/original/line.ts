/** The command line of goxel-daemon as one of ours. */

import { basename } from 'node:path';
import type { FlagValue } from '../../../conf/assignment.ts';
import { SETTINGS } from '../../../conf/settings.ts';
import type { Way } from '../child.ts';
import { type Given, parseOriginal, usage } from './parse.ts';

/** What `run` is told of a line that is not its own. */
export interface Original {
  readonly way: Way;
  /** What to say of options, a sentence each. */
  readonly remarks: readonly string[];
  /** What goxel-daemon has where nothing says otherwise, by key. */
  readonly defaults: Readonly<Record<string, unknown>>;
}

/** What a line asks a daemon that runs. */
const CONTROLS = ['status', 'stop', 'reload'] as const;

export interface ControlLine {
  readonly kind: 'control';
  readonly control: (typeof CONTROLS)[number];
  readonly flags: readonly FlagValue[];
  readonly defaults: Original['defaults'];
}

export interface SelfTestLine {
  readonly kind: 'self test';
  /** What must leave it running. */
  readonly signals: readonly NodeJS.Signals[];
}

type OriginalLine =
  | { readonly kind: 'help'; readonly command: typeof ORIGINAL_NAME; readonly topic: undefined }
  | { readonly kind: 'version' }
  | ControlLine
  | SelfTestLine
  | {
      readonly kind: 'command';
      readonly command: 'run';
      readonly options: { readonly config?: string };
      readonly positionals: readonly string[];
      readonly flags: readonly FlagValue[];
      readonly original: Original;
    };

/** Of those who name none, and do not stay in the foreground. */
export const PID_FILE = '/tmp/goxel-daemon.pid';
/** The second is that of v14.6, `goxel --headless --daemon`, and ours. */
const SOCKET = '/tmp/goxel-daemon.sock';
const SOCKET_HEADLESS = '/tmp/goxel.sock';

/** By this name the program starts a daemon without any arguments. */
export const ORIGINAL_NAME = 'goxel-daemon';

export function originalName(program = ''): typeof ORIGINAL_NAME | undefined {
  return basename(program) === ORIGINAL_NAME ? ORIGINAL_NAME : undefined;
}

/**
 * Whether these arguments are such a line: its first one is an option, whatever the program is
 * called, since it may be called by way of another name.
 */
export function isOriginal([first]: readonly string[], program: string): boolean {
  if (first === undefined) return originalName(program) !== undefined;
  return first.startsWith('-');
}

/** Throws CliError (EX_USAGE). */
export function originalLine(args: readonly string[]): OriginalLine {
  const given = parseOriginal(args);
  const has = (name: string) => given.some((one) => one.name === name);
  if (has('help')) return { kind: 'help', command: ORIGINAL_NAME, topic: undefined };
  if (has('version')) return { kind: 'version' };
  if (has('test-concurrent')) throw usage('--test-concurrent is nothing that this program does');
  if (has('test-signals')) return { kind: 'self test', signals: ['SIGHUP', 'SIGUSR1'] };
  if (has('test-lifecycle')) return { kind: 'self test', signals: [] };
  const flags = given.flatMap(flagsOf);
  const defaults = defaultsOf(given);
  const [control] = CONTROLS.filter(has);
  if (control !== undefined) return { kind: 'control', control, flags, defaults };
  const config = given.findLast(({ name }) => name === 'config')?.value;
  return {
    kind: 'command',
    command: 'run',
    options: config === undefined ? {} : { config },
    positionals: [],
    flags,
    original: { way: wayOf(given), remarks: given.flatMap(remarksOf), defaults },
  };
}

/** Of --foreground and --daemonize the last counts. */
function wayOf(given: readonly Given[]): Way {
  const said = given.findLast(({ name }) => name === 'foreground' || name === 'daemonize');
  if (said !== undefined) return said.name === 'daemonize' ? 'background' : 'here';
  return isHeadless(given) ? 'beneath' : 'here';
}

/** The line of v14.6, whose programs look for the PID file that they did not name. */
function isHeadless(given: readonly Given[]): boolean {
  return ['headless', 'daemon'].every((wanted) => given.some(({ name }) => name === wanted));
}

function defaultsOf(given: readonly Given[]): Record<string, unknown> {
  return {
    'sockets.unix.path': isHeadless(given) ? SOCKET_HEADLESS : SOCKET,
    ...(wayOf(given) === 'here' ? {} : { pid_file: PID_FILE }),
  };
}

function flagsOf({ name, option, written: flag, value }: Given): FlagValue[] {
  if (name === 'verbose') return [{ key: 'logging.level', text: 'debug', flag }];
  if (name === 'set') return [pairOf(value)];
  const { key, turns_on } = option;
  const on = turns_on === undefined ? [] : [{ key: turns_on, text: 'true', flag }];
  // An empty text is the default, as there.
  if (key === undefined || value === '') return on;
  return [...on, { key, text: fitted(key, value, option.bounds), flag }];
}

function pairOf(pair: string): FlagValue {
  const equals = pair.indexOf('=');
  if (equals < 1) throw usage(`--set needs KEY=VALUE, not ${pair}`);
  return { key: pair.slice(0, equals), text: pair.slice(equals + 1), flag: '--set' };
}

/** What goxel-daemon takes and we do not is the nearest that we take; others are refused later. */
function fitted(key: string, value: string, bounds: Given['option']['bounds']): string {
  if (bounds === undefined || !isWithin(value, bounds)) return value;
  const { minimum = -Infinity, maximum = Infinity } = SETTINGS.get(key) ?? {};
  return String(Math.min(Math.max(Number(value), minimum), maximum));
}

function isWithin(value: string, [least, most]: readonly [number, number]): boolean {
  return /^\d+$/.test(value) && Number(value) >= least && Number(value) <= most;
}

function remarksOf({ name, option, written, value }: Given): string[] {
  const { words, key = '', bounds } = option;
  if (words !== undefined && !words.includes(value)) {
    throw usage(`${written} is ${words.join(', ')}, not ${value || 'nothing'}`);
  }
  if (option.void !== undefined) return [`${written} does nothing here: ${option.void}`];
  const taken = fitted(key, value, bounds);
  if (name === 'set' || taken === value) return [];
  return [`${written} ${value} is more than there can be here: it is ${taken}`];
}
