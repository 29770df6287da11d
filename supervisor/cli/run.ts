/** `goxel-supervisor run`: the daemon in the foreground. */

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import { loadConfig } from '../../conf/load.ts';
import type { Outcome } from '../../machines/daemon.ts';
import { type Daemon, StartError, startDaemon } from '../daemon.ts';
import { treeText } from '../tree.ts';
import type { CommandLine } from './args.ts';
import { CliError, EXIT, type ExitCode } from './exit-codes.ts';
import type { OfferDump } from './main.ts';

type Line = Extract<CommandLine, { command: 'run' }>;

/** A storm of SIGUSR1 must not keep the daemon from its work; a person sends one a second. */
const DUMP_INTERVAL_MS = 500;

export async function run({ options, flags }: Line, offerDump: OfferDump): Promise<ExitCode> {
  const { config, warnings } = await loadConfig({
    ...(options.config === undefined ? {} : { file: options.config }),
    env: process.env,
    flags,
  });
  const { level, file } = config.logging;
  const log = pino({ level }, pino.destination(file === '' ? 1 : { dest: file, mkdir: true }));
  for (const warning of warnings) log.warn(warning);

  const daemon = startDaemon({ config, log });
  offerDump(spaced(DUMP_INTERVAL_MS, () => dumpTree(daemon, config.dump.directory, log)));
  const diagnose = (error: unknown) => {
    log.fatal({ err: error }, 'a defect of the daemon');
    process.exit(EXIT.SOFTWARE);
  };
  process.on('uncaughtException', diagnose);
  process.on('unhandledRejection', diagnose);

  try {
    greet(await daemon.listening);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
  }
  const outcome = await daemon.ended;
  log.info(outcome, 'stopped');
  const exit_code = exitCodeOf(outcome);
  if (exit_code !== EXIT.OK) throw new CliError(exit_code, outcome.reason);
  return exit_code;
}

/** Writes the tree to the log, and to a file that the log names. */
function dumpTree(daemon: Daemon, directory: string, log: Logger): void {
  const path = join(directory, `goxel-supervisor-${process.pid}-${Date.now()}.tree.json`);
  const tree = daemon.tree();
  log.info({ tree: treeText(tree).split('\n').slice(0, -1) }, 'tree of actors');
  try {
    if (!existsSync(directory)) mkdirSync(directory);
    writeFileSync(path, `${JSON.stringify(tree, undefined, 2)}\n`, {
      mode: 0o600,
      // In a directory that all may write to, somebody could have put a link there.
      flag: 'wx',
    });
    log.info({ path }, 'tree of actors written');
  } catch (error) {
    log.error({ path, err: error }, 'cannot write the tree of actors');
  }
}

/**
 * Runs `action` when asked, but never twice within `interval_ms`: what was asked meanwhile is one.
 */
function spaced(interval_ms: number, action: () => void): () => void {
  let next_ms = 0;
  let timer: NodeJS.Timeout | undefined;
  return () => {
    if (timer !== undefined) return;
    timer = setTimeout(
      () => {
        timer = undefined;
        next_ms = performance.now() + interval_ms;
        action();
      },
      Math.max(0, next_ms - performance.now()),
    ).unref();
  };
}

function greet(path: string): void {
  process.stderr.write(
    `goxel-supervisor listens on ${path}\n` +
      `Try, in another terminal:\n` +
      `  npx goxel-supervisor call goxel.add_voxel '[0,0,0,255,0,0,255]' --socket ${path}\n` +
      `  npx goxel-supervisor call goxel.export_model '["first.obj"]' --socket ${path}\n` +
      `  npx goxel-supervisor tree --socket ${path}\n` +
      `Stop it with Ctrl-C.\n`,
  );
}

function exitCodeOf({ kind }: Outcome): ExitCode {
  switch (kind) {
    case 'stopped':
    case 'forced':
      return EXIT.OK;
    case 'address busy':
      return EXIT.TEMPFAIL;
    case 'address refused':
      return EXIT.CANTCREAT;
    case 'engines failed':
    case 'defect':
      return EXIT.SOFTWARE;
  }
}
