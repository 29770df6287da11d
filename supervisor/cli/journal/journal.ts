/**
 * `goxel-supervisor journal`: what is in the journal of a project, or in one file of it. It reads
 * and locks nothing, so the daemon may be writing there.
 */

import { type Dirent, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type NumberedFile, numbered } from '../../../engine/journal/files.ts';
import { nodeFiles, readStore, type StoreFault } from '../../../engine/journal/store-reader.ts';
import type { CommandLine } from '../args.ts';
import { CliError, EXIT, type ExitCode } from '../exit-codes.ts';
import { writeData } from '../output.ts';
import { fileError } from './file-error.ts';
import { segmentLines, snapshotLines } from './files.ts';
import { jsonLine, type Line as ShownLine, textLine } from './lines.ts';

type Line = Extract<CommandLine, { command: 'journal' }>;

/** So much is written at a time. */
const TEXT_CHARACTERS = 1 << 16;

export async function journal({ options, positionals }: Line): Promise<ExitCode> {
  const [path = ''] = positionals;
  const print = new Printer(options.json === true, options.verbose === true);
  try {
    const isWhole = statSync(path).isDirectory()
      ? await showDirectory(path, print)
      : await showFile(path, print);
    await print.flush();
    return isWhole ? EXIT.OK : EXIT.DATAERR;
  } catch (error) {
    await print.flush();
    throw fileError(error, path);
  }
}

class Printer {
  readonly #json: boolean;
  readonly #verbose: boolean;
  #text = '';

  constructor(json: boolean, verbose: boolean) {
    this.#json = json;
    this.#verbose = verbose;
  }

  async line(line: ShownLine): Promise<void> {
    this.#text += this.#json ? jsonLine(line, this.#verbose) : textLine(line, this.#verbose);
    if (this.#text.length > TEXT_CHARACTERS) await this.flush();
  }

  async flush(): Promise<void> {
    const text = this.#text;
    this.#text = '';
    if (text !== '') await writeData(text);
  }
}

/** Whether all that is there can be read. */
async function showDirectory(path: string, print: Printer): Promise<boolean> {
  const names = readdirSync(path, { withFileTypes: true });
  if (filesIn(names).length > 0) return await showProject(path, print);
  const projects = names
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(path, name))
    .filter((directory) => filesIn(readdirSync(directory, { withFileTypes: true })).length > 0);
  if (projects.length === 0) {
    throw new CliError(EXIT.NOINPUT, `there is no journal in ${path}`);
  }
  let isWhole = true;
  for (const project of projects) isWhole = (await showProject(project, print)) && isWhole;
  return isWhole;
}

function filesIn(entries: readonly Dirent[]): NumberedFile[] {
  const names = entries.map(({ name }) => name);
  return [...numbered(names, 'snapshot'), ...numbered(names, 'journal')];
}

async function showProject(directory: string, print: Printer): Promise<boolean> {
  for (const { name } of filesIn(readdirSync(directory, { withFileTypes: true }))) {
    try {
      await showFile(join(directory, name), print);
    } catch (error) {
      // The daemon has made room since then.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  const { project, place, fault, passed } = readStore(nodeFiles(directory));
  const { sequence, epoch, snapshot_sequence } = place;
  const faults: StoreFault[] = [...passed, ...(fault === undefined ? [] : [fault])];
  await print.line({
    kind: 'project',
    ...{ directory, project: project ?? '', sequence, epoch, snapshot_sequence, faults },
  });
  return fault === undefined || fault.kind === 'torn';
}

async function showFile(path: string, print: Printer): Promise<boolean> {
  const [file] = filesIn([{ name: basename(path) } as Dirent]);
  const kind = file?.kind ?? 'journal';
  const directory = nodeFiles(dirname(path));
  const opened = directory.open(basename(path));
  try {
    const lines =
      kind === 'snapshot'
        ? snapshotLines(path, opened)
        : segmentLines(path, opened, isLast(file, directory.list()));
    let isWhole = true;
    for (const line of lines) {
      await print.line(line);
      if (line.kind === 'end') isWhole = line.fault === undefined || line.fault.kind === 'torn';
    }
    return isWhole;
  } finally {
    opened.close();
  }
}

/** Whether no segment follows it. */
function isLast(file: NumberedFile | undefined, names: readonly string[]): boolean {
  if (file === undefined) return true;
  return numbered(names, 'journal').every(({ sequence }) => sequence <= file.sequence);
}
