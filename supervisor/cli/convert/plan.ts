/** What is to be made of what: files, folders and patterns of the command line as tasks. */

import { readdirSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { extensionOf, isReadable } from '../../../engine/conversion/formats.ts';
import { type SoloFile, type SoloTask, STANDARD } from '../../../engine/port/solo.ts';
import type { Asked } from '../catalogued.ts';
import { CliError, EXIT } from '../exit-codes.ts';

/** What the name of an input, without its extension, stands in for in OUT. */
const NAME = '{name}';

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

/** A file to be read, and what it is called below the folder that was named. */
interface Input {
  readonly path: string;
  readonly name: string;
}

/** The tasks of `convert`. Throws CliError (EX_USAGE) for what cannot be meant. */
export function planned(wish: Wish, asked: Asked): SoloTask[] {
  const inputs = inputsOf(wish.inputs, wish.recursive);
  const { from, to, allow_empty } = wish;
  if (inputs.length === 0) {
    throw new CliError(EXIT.NOINPUT, `${wish.inputs.join(', ')}: no file that can be read`);
  }
  const patterns = patternsOf(wish);
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
  return tasks;
}

/** The tasks of `info`: one for each file. */
export function lookedAt(
  { inputs, from, recursive }: Pick<Wish, 'inputs' | 'from' | 'recursive'>,
  asked: Asked,
): SoloTask[] {
  const found = inputsOf(inputs, recursive);
  const common = { ...asked, outputs: [], allow_empty: true, make_directories: false };
  return found.map(({ path }) => ({ ...common, describe: true, inputs: [file(path, from)] }));
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

function inputsOf(named: readonly string[], recursive: boolean): Input[] {
  return named.flatMap((path) => {
    if (path === STANDARD) return { path, name: 'stdin' };
    const whole = absolute(path, EXIT.NOINPUT);
    if (statOf(whole)?.isDirectory() === true) return filesIn(whole, recursive);
    return { path: whole, name: basename(whole, extname(whole)) };
  });
}

/** The files of a folder that can be read, by their names; a dot hides them as elsewhere. */
function filesIn(folder: string, recursive: boolean, below = ''): Input[] {
  const entries = readdirSync(join(folder, below), { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    if (entry.name.startsWith('.')) return [];
    const path = join(folder, below, entry.name);
    if (entry.isDirectory()) {
      return recursive ? filesIn(folder, true, join(below, entry.name)) : [];
    }
    if (!isReadable(entry.name) || !statOf(path)?.isFile()) return [];
    return { path, name: join(below, basename(path, extname(path))) };
  });
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** OUT, with the folder of `--out-dir` as one for each. */
function patternsOf({ outputs, out_dir, to }: Wish): readonly string[] {
  if (out_dir !== undefined) return [join(out_dir, to === undefined ? NAME : pattern(to))];
  // As for `cp`, a folder is where the files go.
  return outputs.map((path) => {
    const isFolder = path !== STANDARD && to !== undefined && statOf(path)?.isDirectory();
    if (path === STANDARD && to === undefined) {
      throw new CliError(EXIT.USAGE, 'what goes to standard output needs --to FORMAT');
    }
    return isFolder ? join(path, pattern(to)) : path;
  });
}

function pattern(to: string): string {
  return `${NAME}.${extensionOf(to)}`;
}

/** The path for an input; without an extension and a format it keeps its own. */
function filled(pattern: string, { path, name }: Input, to: string | undefined): string {
  const filled = pattern.replaceAll(NAME, () => name);
  return pattern.endsWith(NAME) && to === undefined ? `${filled}${extname(path)}` : filled;
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
        const both = other === from ? '' : `, of ${other} and of ${from}`;
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
