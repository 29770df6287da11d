/** `goxel-supervisor run`: the daemon in the foreground. */

import { reapOrphans } from '../../actors/process/reaper.ts';
import { loadConfig } from '../../conf/load.ts';
import { collectSharedGarbage } from '../../engine/port/collect.ts';
import { type Daemon, startDaemon } from '../daemon.ts';
import { Log } from '../log/log.ts';
import { Sink } from '../log/sink.ts';
import { StandardStream } from '../log/stream.ts';
import { type Outcome, StartError } from '../outcome.ts';
import { logPart } from '../reload/log-part.ts';
import { ConfigReader } from '../reload/reader.ts';
import type { CommandLine } from './args.ts';
import { aboutSources, findSources } from './configuration.ts';
import { dumper } from './dump.ts';
import { CliError, EXIT, type ExitCode } from './exit-codes.ts';
import { greeting } from './greeting.ts';

/**
 * Hands the signals of the process to a command from now on; returns those that came before. Called
 * by the command that lives on when it gets them.
 */
export type TakeSignals = (
  handler: (signal: NodeJS.Signals) => void,
) => readonly NodeJS.Signals[] | undefined;

type Line = Extract<CommandLine, { command: 'run' }>;

export async function run(line: Line, takeSignals: TakeSignals): Promise<ExitCode> {
  const directory = workingDirectory();
  const find = () => findSources(line, directory);
  const found = find();
  const { config, warnings } = await loadConfig(found.sources);
  const reader = new ConfigReader(() => find().sources);
  const log = new Log();
  log.open(config.logging);
  endOnDefects(log);
  process.once('exit', () => log.flushSync());
  log.logger.info(aboutSources(found));
  for (const warning of warnings) log.logger.warn(warning);
  // Snapshots pass through this thread on their way to the threads of jobs.
  collectSharedGarbage(() => 0);
  reapOrphans();

  const reload = { read: () => reader.read(), parts: [logPart(log)] };
  const daemon = startDaemon({ config, log: log.logger, logs: () => log.figures(), reload });
  answerSignals(daemon, log, takeSignals);
  const talk = new Sink(new StandardStream(2), (lost) => `${lost} lines were lost\n`);
  try {
    talk.write(greeting(await daemon.listening));
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
  }
  const outcome = await daemon.ended;
  log.logger.info(outcome, 'stopped');
  const exit_code = exitCodeOf(outcome);
  if (exit_code !== EXIT.OK) throw new CliError(exit_code, outcome.reason);
  return exit_code;
}

/** Where the daemon is started, whatever `working_directory` says later; it may be gone. */
function workingDirectory(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}

/** What nobody expected ends the process, whatever becomes of the line that says so. */
function endOnDefects({ logger }: Log): void {
  const diagnose = (error: unknown) => {
    try {
      logger.fatal({ err: error }, 'a defect of the daemon');
    } finally {
      process.exit(EXIT.SOFTWARE);
    }
  };
  process.on('uncaughtException', diagnose);
  process.on('unhandledRejection', diagnose);
}

/** The signals that stop have a handler in the daemon; those that came before it are passed on. */
function answerSignals(daemon: Daemon, log: Log, takeSignals: TakeSignals): void {
  const dump = dumper(daemon, log.logger);
  const answers: Partial<Record<NodeJS.Signals, () => void>> = {
    SIGUSR1: dump,
    SIGQUIT: dump,
    SIGHUP: () => daemon.reload('SIGHUP'),
    SIGUSR2: () => void log.debug(),
  };
  for (const signal of takeSignals((signal) => answers[signal]?.()) ?? []) {
    if (signal === 'SIGTERM' || signal === 'SIGINT') daemon.stop(signal);
    else answers[signal]?.();
  }
}

function exitCodeOf({ kind }: Outcome): ExitCode {
  switch (kind) {
    // Whoever asked twice got what they wanted.
    case 'stopped':
    case 'forced':
      return EXIT.OK;
    case 'address busy':
      return EXIT.TEMPFAIL;
    case 'address taken':
      return EXIT.UNAVAILABLE;
    case 'not permitted':
      return EXIT.NOPERM;
    case 'misconfigured':
      return EXIT.CONFIG;
    case 'address refused':
      return EXIT.CANTCREAT;
    case 'engines failed':
    case 'defect':
      return EXIT.SOFTWARE;
  }
}
