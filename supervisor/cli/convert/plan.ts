/** What is to be made of what: files, folders and patterns of the command line as tasks. */

import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path';
import { GoxError } from '../../../conf/errors.ts';
import { extensionOf, formatFacts } from '../../../engine/conversion/formats.ts';
import { FRAME } from '../../../engine/conversion/frames.ts';
import { shareOptions, unpackedName } from '../../../engine/conversion/route.ts';
import { statOf } from '../../../engine/conversion/streams.ts';
import { type SoloFile, type SoloTask, STANDARD } from '../../../engine/port/solo.ts';
import type { Asked } from '../catalogued.ts';
import { CliError, EXIT } from '../exit-codes.ts';
import { type Input, modelsIn } from './folders.ts';

/** In OUT they stand for the name of an input, without its extension, and for that. */
const NAME = '{name}';
const KNOWN = [NAME, '{ext}', FRAME];

export interface Wish {
  readonly inputs: readonly string[];
  /** Given by options, or the last argument. */
  readonly outputs: readonly string[];
  readonly out_dir: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly recursive: boolean;
  readonly force: boolean;
  readonly allow_empty: boolean;
}

/** What is to be done, and what there is to say of what is not. */
export interface Plan {
  readonly tasks: readonly SoloTask[];
  readonly notes: readonly string[];
}

/** The tasks of `convert`. Throws CliError (EX_USAGE) for what cannot be meant. */
export function planned(wish: Wish, asked: Asked): Plan {
  const { from, to, allow_empty } = wish;
  requireFormat('--from', from);
  requireFormat('--to', to);
  const { inputs, notes } = inputsOf(wish);
  const patterns = patternsOf(wish);
  for (const output of wish.outputs) requireKnown(output);
  const each = wish.out_dir !== undefined || patterns.some((one) => one.includes(NAME));
  const common = { ...asked, allow_empty, make_directories: each, describe: false };
  const groups = each ? inputs.map((one) => [one]) : [inputs];
  const tasks = groups.map((group): SoloTask => {
    const outputs = patterns.map((pattern) => {
      const path = each ? filled(pattern, group[0]!, to) : pattern;
      return file(path === STANDARD ? path : absolute(path, EXIT.CANTCREAT), to);
    });
    return { ...common, inputs: group.map(({ path }) => file(path, from)), outputs };
  });
  refuseClashes(tasks, wish);
  return { tasks: tasks.length > 1 ? shareOptions(tasks) : tasks, notes };
}

/** The tasks of `info`: one for each file. */
export function lookedAt(wish: Pick<Wish, 'inputs' | 'from' | 'recursive'>, asked: Asked): Plan {
  const { from } = wish;
  requireFormat('--from', from);
  const { inputs, notes } = inputsOf(wish);
  const common = { ...asked, outputs: [], allow_empty: true, make_directories: false };
  const tasks = inputs.map(({ path }) => ({
    ...{ ...common, describe: true },
    inputs: [file(path, from)],
  }));
  return { tasks: shareOptions(tasks), notes };
}

/** Throws CliError (EX_USAGE) for a name that is none, before anything is read. */
export function requireFormat(flag: string, name: string | undefined): void {
  if (name === undefined) return;
  try {
    formatFacts(name);
  } catch (error) {
    if (!(error instanceof GoxError)) throw error;
    throw new CliError(EXIT.USAGE, `${flag}: ${error.message}`, error);
  }
}

/** Throws CliError (EX_USAGE) for what only looks like one of those. */
function requireKnown(output: string): void {
  const unknown = output.match(/\{[a-z]+\}/gi)?.find((one) => !KNOWN.includes(one));
  if (unknown === undefined) return;
  const reason = `${output}: ${unknown} stands for nothing; there are ${KNOWN.join(', ')}`;
  throw new CliError(EXIT.USAGE, reason);
}

function file(path: string, format: string | undefined): SoloFile {
  return format === undefined ? { path } : { path, format };
}

function absolute(path: string, exit_code: 66 | 73): string {
  try {
    return resolve(path);
  } catch (error) {
    // Only a relative path asks for the working directory.
    const reason = `"${path}" cannot be resolved: the working directory of this process is gone`;
    throw new CliError(exit_code, reason, error);
  }
}

/** Throws CliError (EX_NOINPUT) where there is nothing to read. */
function inputsOf({ inputs, from, recursive }: Pick<Wish, 'inputs' | 'from' | 'recursive'>) {
  const format = from === undefined ? undefined : formatFacts(from)[0]?.name;
  const notes: string[] = [];
  const found = inputs.flatMap((path): readonly Input[] => {
    if (path === STANDARD) return [{ path, name: 'stdin' }];
    const whole = absolute(path, EXIT.NOINPUT);
    const stats = statOf(whole);
    if (stats === undefined && /[*?[]/.test(path)) {
      const reason = `no file matches ${path}; a shell leaves a pattern as it is where none does`;
      throw new CliError(EXIT.NOINPUT, reason);
    }
    if (stats?.isDirectory() !== true) {
      const plain = unpackedName(whole);
      return [{ path: whole, name: basename(plain, extname(plain)) }];
    }
    const { inputs, passed_over, has_folders } = modelsIn(whole, recursive, format);
    if (passed_over.length > 0) notes.push(passedOver(path, whole, passed_over));
    if (inputs.length > 0) return inputs;
    const more = has_folders ? '; --recursive looks into the folders below it, too' : '';
    throw new CliError(EXIT.NOINPUT, `${path}: no file that can be read${more}`);
  });
  return { inputs: found, notes };
}

/** So many are named. */
const NAMED_MAX = 3;

function passedOver(path: string, folder: string, files: readonly string[]): string {
  const { length } = files;
  const names = files.slice(0, NAMED_MAX).map((one) => relative(folder, one));
  const which = [...names, ...(length > NAMED_MAX ? ['\u2026'] : [])].join(', ');
  const what =
    length === 1 ? '1 file that is no model is' : `${length} files that are no models are`;
  return `${path}: ${what} passed over: ${which}`;
}

/** OUT, with the folder of `--out-dir` as one for each. */
function patternsOf({ outputs, out_dir, to }: Wish): readonly string[] {
  if (out_dir !== undefined) return [join(out_dir, to === undefined ? NAME : pattern(to))];
  // As for `cp`, a folder is where the files go.
  return outputs.map((path) => {
    if (path === STANDARD) {
      if (to !== undefined) return path;
      throw new CliError(EXIT.USAGE, 'what goes to standard output needs --to FORMAT');
    }
    const isFolder = path.endsWith(sep) || statOf(path)?.isDirectory() === true;
    if (!isFolder) return path;
    if (to !== undefined) return join(path, pattern(to));
    const reason = `${path} is a folder; --to FORMAT says what is to be written into it`;
    throw new CliError(EXIT.DATAERR, `${reason} (GOX_FORMAT_UNKNOWN)`);
  });
}

function pattern(to: string): string {
  return `${NAME}.${extensionOf(to)}`;
}

/** The path for an input; without an extension and a format it keeps its own. */
function filled(pattern: string, { path, name }: Input, to: string | undefined): string {
  const extension = extname(unpackedName(path)).slice(1);
  const filled = pattern.replaceAll(/\{(name|ext)\}/g, (_, part) => {
    return part === 'name' ? name : extension;
  });
  return pattern.endsWith(NAME) && to === undefined
    ? `${filled}${extname(unpackedName(path))}`
    : filled;
}

/** Throws for two outputs of one name, and for outputs that are inputs. */
function refuseClashes(tasks: readonly SoloTask[], { force }: Wish): void {
  const inputs = new Map<string, string>();
  for (const { path } of tasks.flatMap((task) => task.inputs)) inputs.set(identityOf(path), path);
  const written = new Map<string, string>();
  for (const { inputs: read, outputs } of tasks) {
    for (const { path } of outputs) {
      const identity = identityOf(path);
      const [from = ''] = read.map((input) => input.path);
      const other = written.get(identity);
      if (other !== undefined) {
        const both = other === from ? '' : `, of ${other} and of ${from}; {ext} tells them apart`;
        throw new CliError(EXIT.USAGE, `${path} would be written twice${both}`);
      }
      written.set(identity, from);
      if (path === STANDARD || force || !inputs.has(identity)) continue;
      const reason = `${path} is an input, too; --force lets it be replaced`;
      throw new CliError(EXIT.USAGE, reason);
    }
  }
}

/** The same for all names of a file. */
function identityOf(path: string): string {
  if (path === STANDARD) return path;
  const stats = statOf(path);
  // Devices take everything.
  if (stats?.isFile() === true) return `${stats.dev}:${stats.ino}`;
  const folder = statOf(dirname(path));
  return folder === undefined ? path : `${folder.dev}:${folder.ino}/${basename(path)}`;
}
