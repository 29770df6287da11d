/**
 * Parses the command line and runs the command; every failure ends as a sentence and an exit code,
 * and the process with it, whatever was left open.
 */

import { constants } from 'node:os';
import { VERSION } from '../../engine/catalogue/version.ts';
import { type CommandLine, type HelpCommand, parseCommandLine } from './args.ts';
import { isStarted } from './child.ts';
import { ending } from './ending.ts';
import { EXIT } from './exit-codes.ts';
import { helpText } from './help.ts';
import { ORIGINAL_NAME, originalName } from './original/line.ts';
import { heedErrors, writeData } from './output.ts';
import type { TakeSignals } from './take-signals.ts';

type RunLine = Extract<CommandLine, { command: 'run' }>;

/** Runs one command. Then the process ends with its exit code, by itself or not. */
export async function main(args: readonly string[], takeSignals: TakeSignals): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) heedErrors(stream);
  await ending(() => run(args, takeSignals));
}

/** Commands are loaded when they run: `--help` needs no daemon, `call` no engine. */
async function run(args: readonly string[], takeSignals: TakeSignals): Promise<number> {
  const program = process.argv[1];
  const line = parseCommandLine(args, program);
  switch (line.kind) {
    case 'version':
      await writeData(versionText(program));
      return EXIT.OK;
    case 'help':
      await writeData(await help(line.command, line.topic));
      return EXIT.OK;
    case 'control':
    case 'self test':
      // It has no other use for them than Node has.
      for (const signal of takeSignals(endBy) ?? []) endBy(signal);
      if (line.kind === 'control') return (await import('./original/control.ts')).control(line);
      return (await import('./original/self-test.ts')).selfTest(line.signals);
    default:
  }
  switch (line.command) {
    case 'run':
      return runDaemon(line, takeSignals);
    case 'call':
      return (await import('./call.ts')).call(line);
    case 'tree':
      return (await import('./tree.ts')).tree(line);
    case 'top':
      return (await import('./top/top.ts')).top(line);
    case 'report':
      return (await import('./report/report.ts')).report(line);
    case 'health':
      return (await import('./health.ts')).health(line);
    case 'status':
      return (await import('./control/status.ts')).status(line);
    case 'stop':
      return (await import('./control/stop.ts')).stop(line);
    case 'reload':
      if (line.options.exec === true) return (await import('./control/upgrade.ts')).upgrade(line);
      return (await import('./control/reload.ts')).reload(line);
    case 'upgrade':
      return (await import('./control/upgrade.ts')).upgrade(line);
    case 'debug on':
    case 'debug off':
      return (await import('./control/debug.ts')).debug(line);
    case 'debug heap':
      return (await import('./heap.ts')).heap(line);
    case 'inspect':
      return (await import('./inspect.ts')).inspect(line);
    case 'journal':
      return (await import('./journal/journal.ts')).journal(line);
    case 'repair':
      return (await import('./journal/repair.ts')).repair(line);
    case 'completion':
      return (await import('./completion/completion.ts')).completion(line);
    case 'config check':
      return (await import('./config-check.ts')).configCheck(line);
    case 'config print':
      return (await import('./config-print.ts')).configPrint(line);
    case 'config migrate':
      return (await import('./config-migrate.ts')).configMigrate(line);
    case 'config schema':
      return (await import('./config-schema.ts')).configSchema();
    case 'config path':
      return (await import('./config-path.ts')).configPath(line);
    case 'convert':
    case 'info':
    case 'formats':
      throw new Error('cli/converting.ts runs it');
  }
}

function endBy(signal: NodeJS.Signals): void {
  if (signal === 'SIGINT' || signal === 'SIGTERM') process.exit(128 + constants.signals[signal]);
}

/** The daemon is loaded where it runs, which may be in another process. */
async function runDaemon(line: RunLine, takeSignals: TakeSignals): Promise<number> {
  const way = line.original?.way ?? (line.options.daemon ? 'background' : 'here');
  if (way === 'here' || isStarted(process.env)) {
    return (await import('./run.ts')).run(line, takeSignals);
  }
  if (way === 'beneath') return (await import('./beneath.ts')).stayAbove(takeSignals);
  return (await import('./background.ts')).startInBackground(takeSignals);
}

/** Who looks for one of the names finds it, whatever the program was called by. */
function versionText(program: string | undefined): string {
  const lines = [`goxel-supervisor ${VERSION}`, `${ORIGINAL_NAME} version ${VERSION}`];
  if (originalName(program) !== undefined) lines.reverse();
  return `${lines.join('\n')}\n`;
}

async function help(command: HelpCommand | undefined, topic: string | undefined): Promise<string> {
  if (command !== 'call') return helpText(command);
  const { methodHelp, methodList } = await import('./methods-help.ts');
  return topic === undefined ? `${helpText(command)}\n${methodList()}` : methodHelp(topic);
}
