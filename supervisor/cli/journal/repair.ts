/**
 * `goxel-supervisor repair`: cuts the journal of a project at its damage, so that a daemon can
 * write there again. What is given up is copied aside first; nothing is thrown away.
 */

import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { directoryName } from '../../../actors/journal/directory-names.ts';
import { ownProject, type ProjectOwner } from '../../../actors/journal/owner.ts';
import { storeDirectory } from '../../../actors/journal/store-directory.ts';
import { StoreLock } from '../../../actors/journal/store-lock.ts';
import { StepError } from '../../../actors/process/step.ts';
import { loadConfig } from '../../../conf/load.ts';
import { numbered } from '../../../engine/journal/files.ts';
import { nodeFiles } from '../../../engine/journal/store-reader.ts';
import type { CommandLine } from '../args.ts';
import { findSources } from '../configuration.ts';
import { CliError, EXIT, type ExitCode } from '../exit-codes.ts';
import { writeData, writeTalk } from '../output.ts';
import { fileError } from './file-error.ts';
import { editsAfter, type GivenUpEdit } from './given-up.ts';
import { type Change, type RepairPlan, repairPlan } from './repair-plan.ts';

type Line = Extract<CommandLine, { command: 'repair' }>;

/** So many of the edits that are given up are named; the others are in the copies too. */
const NAMED_MAX = 100;

export async function repair(line: Line): Promise<ExitCode> {
  const directory = await directoryOf(line);
  try {
    const release = await locked(directory);
    try {
      return await repairIn(directory, line);
    } finally {
      await release();
    }
  } catch (error) {
    throw fileError(error, directory);
  }
}

/** The directory that was named, or that of the project of this name in the configured store. */
async function directoryOf(line: Line): Promise<string> {
  const [named = ''] = line.positionals;
  if (named.includes('/') || isJournal(named)) {
    if (isJournal(named)) return resolve(named);
    throw new CliError(EXIT.NOINPUT, `there is no journal in ${named}`);
  }
  const { config } = await loadConfig(findSources(line).sources);
  const store = storeDirectory(config, process.env);
  if (store instanceof StepError) throw new CliError(EXIT.CONFIG, store.message);
  const directory = join(store, directoryName(named));
  if (isJournal(directory)) return directory;
  throw new CliError(EXIT.NOINPUT, `there is no journal of a project "${named}" in ${store}`);
}

function isJournal(directory: string): boolean {
  if (!existsSync(directory) || !statSync(directory).isDirectory()) return false;
  const names = readdirSync(directory);
  return [...numbered(names, 'journal'), ...numbered(names, 'snapshot')].length > 0;
}

type Release = () => Promise<void>;

/** Keeps daemons away, until the function that is returned is called. */
async function locked(directory: string): Promise<Release> {
  const store = dirname(directory);
  let lock: StoreLock | undefined;
  let owner: ProjectOwner;
  try {
    // A directory that was copied elsewhere is in no store.
    if (existsSync(join(store, '.lock'))) lock = StoreLock.take(store, 'goxel-supervisor repair');
    owner = await ownProject(directory);
  } catch (error) {
    lock?.release();
    const { name, message } = error as Error;
    if (!(error instanceof StepError) && name !== 'NotOwner') throw error;
    // What a daemon could do instead is of no use here.
    const [who = message] = message.split(';');
    throw new CliError(EXIT.TEMPFAIL, `${who}; stop it first`, error);
  }
  return async () => {
    await owner.release();
    lock?.release();
  };
}

async function repairIn(directory: string, { options }: Line): Promise<ExitCode> {
  const plan = repairPlan(nodeFiles(directory));
  const { fault } = plan;
  const told = { directory, ...toldOf(directory, plan) };
  if (fault === undefined || fault.kind === 'torn') {
    await say(options, { ...told, repaired: false }, `${nothingToMend(plan)}\n`);
    return EXIT.OK;
  }
  if (fault.kind !== 'damaged') {
    const exit_code = fault.kind === 'newer' ? EXIT.DATAERR : EXIT.IOERR;
    throw new CliError(exit_code, `${fault.path}: ${fault.reason}; nothing was changed`);
  }
  if (options['dry-run'] === true) {
    await say(options, { ...told, repaired: false }, `${planText(directory, plan, told.given_up)}`);
    return EXIT.OK;
  }
  if (options.yes !== true) await confirm(planText(directory, plan, told.given_up));
  const aside = carryOut(directory, plan.changes);
  const next = `What was cut is in ${aside}\nStart the daemon again: goxel-supervisor run\n`;
  const text = options.yes === true ? planText(directory, plan, told.given_up) + next : next;
  await say(options, { ...told, repaired: true, aside }, text);
  return EXIT.OK;
}

function toldOf(directory: string, { project, fault, changes, place }: RepairPlan) {
  const given_up = changes.flatMap((change) => givenUp(directory, change));
  const done = changes.map(({ name, what }) => ({ file: join(directory, name), what }));
  return { project, fault, changes: done, sequence: place.sequence, given_up };
}

function givenUp(directory: string, change: Change): GivenUpEdit[] {
  if (change.what === 'make') return [];
  const path = join(directory, change.name);
  const offset = change.what === 'cut' ? change.length : 0;
  return [...editsAfter(path, readFileSync(path), offset)];
}

function nothingToMend({ project, fault, place }: RepairPlan): string {
  const name = JSON.stringify(project);
  const about = `the journal of ${name} can be read up to edit ${place.sequence}`;
  if (fault === undefined) return `${about}; there is nothing to mend`;
  return `${about}; its last write was never finished, which the daemon cuts off by itself`;
}

function planText(
  directory: string,
  { project, fault, changes, place }: RepairPlan,
  given_up: readonly GivenUpEdit[],
): string {
  const lines = [
    `the journal of ${JSON.stringify(project)} is damaged: ${fault?.path} at ${fault?.offset}:`,
    `  ${fault?.reason}`,
    ...changes.map((change) => `${doing(change)} ${join(directory, change.name)}`),
    `All up to edit ${place.sequence} stays. What comes after it is given up` +
      (given_up.length === 0 ? '.' : `, with ${given_up.length} edits that can be read:`),
    ...given_up.slice(0, NAMED_MAX).map(editText),
    ...(given_up.length > NAMED_MAX ? [`  and ${given_up.length - NAMED_MAX} more`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function doing(change: Change): string {
  switch (change.what) {
    case 'cut':
      return `to be cut after ${change.length} bytes:`;
    case 'remove':
      return 'to be taken out:';
    case 'make':
      return 'to be made, with nothing in it:';
  }
}

function editText({ sequence, type, method = '', at_ms }: GivenUpEdit): string {
  const time = at_ms === undefined ? '' : new Date(at_ms).toISOString();
  return `  ${sequence} ${type} ${method} ${time}`.trimEnd();
}

async function confirm(text: string): Promise<void> {
  if (!process.stdin.isTTY) {
    const how = 'nothing was changed; say --yes to do so, or --dry-run to see no more than this';
    await writeTalk(text);
    throw new CliError(EXIT.USAGE, how);
  }
  await writeTalk(text);
  const asked = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await asked.question('Do so? Copies are kept. [y/N] ');
  asked.close();
  if (!/^y(es)?$/i.test(answer.trim())) {
    throw new CliError(EXIT.INTERRUPTED, 'nothing was changed');
  }
}

async function say(options: Line['options'], told: object, text: string): Promise<void> {
  await writeData(options.json === true ? `${JSON.stringify(told, undefined, 2)}\n` : text);
}

/**
 * Changes the files, newest first, so that at each moment what is left is a journal; gives where
 * the copies are.
 */
function carryOut(directory: string, changes: readonly Change[]): string {
  const time = new Date().toISOString().replaceAll(/[-:.]/g, '');
  const aside = join(directory, `damaged-${time}`);
  mkdirSync(aside, { mode: 0o700 });
  for (const change of changes) {
    if (change.what === 'make') continue;
    const copy = join(aside, change.name);
    copyFileSync(join(directory, change.name), copy);
    sync(copy);
  }
  for (const path of [aside, directory]) sync(path);
  const order = [...changes].sort((a, b) => (a.name < b.name ? 1 : -1));
  for (const change of order) carryOutOne(directory, aside, change);
  sync(directory);
  return aside;
}

function carryOutOne(directory: string, aside: string, change: Change): void {
  const path = join(directory, change.name);
  if (change.what === 'remove') {
    renameSync(path, join(aside, basename(path)));
    sync(directory);
    return;
  }
  const file = openSync(path, change.what === 'make' ? 'wx' : 'r+', 0o600);
  try {
    if (change.what === 'cut') ftruncateSync(file, change.length);
    else writeSync(file, change.bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Has a file, or the names in a directory, on the disk. */
function sync(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
