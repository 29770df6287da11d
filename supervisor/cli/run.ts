/** `goxel-supervisor run`: the daemon in this process. */

import { inspect } from 'node:util';
import { startEarly } from '../../actors/engines/early-thread.ts';
import { reapOrphans } from '../../actors/process/reaper.ts';
import { ServiceManager } from '../../actors/process/service-manager.ts';
import { faultyChannel } from '../../actors/tracing/channels.ts';
import type { Predecessor } from '../../actors/upgrade/predecessor.ts';
import { type LoadedConfig, loadConfig } from '../../conf/load.ts';
import type { Config } from '../../conf/schema.ts';
import { collectSharedGarbage } from '../../engine/port/collect.ts';
import type { Daemon } from '../daemon.ts';
import { Log } from '../log/log.ts';
import { Sink } from '../log/sink.ts';
import { StandardStream } from '../log/stream.ts';
import { type Outcome, StartError } from '../outcome.ts';
import { logPart } from '../reload/log-part.ts';
import { ConfigReader } from '../reload/reader.ts';
import type { Farewell } from '../upgrade/upgrade.ts';
import type { CommandLine } from './args.ts';
import { sayReady, startLimit } from './background.ts';
import { takeWay } from './child.ts';
import { aboutSources, type Found, findSources, isMissing } from './configuration.ts';
import { dumper } from './dump.ts';
import { CliError, EXIT, type ExitCode } from './exit-codes.ts';
import { greeting } from './greeting.ts';
import { Opening } from './opening.ts';
import { withoutUser } from './original/place.ts';
import { writeTalk } from './output.ts';
import { withLogFile } from './state-directory.ts';
import type { TakeSignals } from './take-signals.ts';
import { Origin } from './takeover.ts';

type Line = Extract<CommandLine, { command: 'run' }>;

type Remark = (text: string) => void;

export async function run(line: Line, takeSignals: TakeSignals): Promise<ExitCode> {
  const origin = new Origin();
  try {
    return await runFrom(origin, line, takeSignals);
  } catch (error) {
    origin.failed(error);
    throw error;
  }
}

async function runFrom(origin: Origin, line: Line, takeSignals: TakeSignals): Promise<ExitCode> {
  const { predecessor } = origin;
  const way = takeWay(process.env);
  const background = predecessor?.estate.background ?? way === 'background';
  const directory = workingDirectory();
  const find = () => findSources(line, directory);
  const log = new Log();
  const opening = new Opening(log);
  endOnDefects(log, opening);
  process.once('exit', () => log.flushSync());
  const manager = ServiceManager.fromEnvironment(process.env, log.logger);
  if (predecessor !== undefined) manager?.hush();
  const found = find();
  const loaded = await loadConfig(found.sources);
  const { config, warnings } = placed(loaded, background, line);
  if (directory !== undefined && isOurs(config)) startEarly(config.workers.heap_bytes_max);
  // Beside that thread, which loads its own.
  const { startDaemon } = await import('../daemon.ts');
  // As they were read last.
  let { origins } = loaded;
  const reader = new ConfigReader(() => find().sources);
  Object.assign(opening, {
    logging: config.logging,
    ownPlace: config.logging.file !== loaded.config.logging.file,
  });
  const remark = remarker(line);
  tellOfSources(found, [...(line.original?.remarks ?? []), ...warnings], log, remark);
  // Snapshots pass through this thread on their way to the threads of jobs.
  collectSharedGarbage(() => 0);
  reapOrphans();

  const daemon = startDaemon({
    ...{ config, log: log.logger, logs: () => log.figures() },
    report: { lines: () => log.recent, origins: () => origins },
    process: {
      ...{ openLog: () => opening.open(), background, manager, predecessor },
      upgrade: () => origin.command(directory),
      start_ms: startLimit(process.env),
      onMemoryOnly: line.original === undefined ? undefined : remark,
      fixed: () => origin.fixed(background || manager !== undefined),
    },
    reload: {
      read: async () => {
        const next = placed(await reader.read(), background, line);
        origins = next.origins;
        return next;
      },
      parts: [logPart(log)],
      onReload: (phase) => manager?.reload(phase),
    },
  });
  answerSignals(daemon, log, takeSignals);
  await (predecessor === undefined
    ? sayListening(daemon, config, background)
    : sayTakenOver(daemon, predecessor, manager));
  const outcome = await daemon.ended;
  opening.openAnyway();
  log.logger.info(outcome, 'stopped');
  if (daemon.successor !== undefined) return await leave(daemon.successor);
  const exit_code = exitCodeOf(outcome);
  if (exit_code !== EXIT.OK) throw new CliError(exit_code, outcome.reason);
  return exit_code;
}

/** Which file counts, and what is to be said of the command line and of the configuration. */
function tellOfSources(found: Found, warnings: readonly string[], log: Log, remark: Remark): void {
  const missing = isMissing(found) ? [aboutSources(found)] : [];
  if (missing.length === 0) log.logger.info(aboutSources(found));
  for (const text of [...missing, ...warnings]) {
    log.logger.warn(text);
    remark(text);
  }
}

/** Tells who started it by a line of goxel-daemon what the log says too, wherever that goes. */
function remarker({ original }: Line): Remark {
  return (text) => {
    if (original !== undefined) void writeTalk(`goxel-supervisor: ${text}\n`);
  };
}

/** Whether the process is who it is to be: its threads may be there already. */
function isOurs({ user, group }: Config): boolean {
  return user === '' && group === '';
}

/** Where the daemon is started, whatever `working_directory` says later; it may be gone. */
function workingDirectory(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}

/** In the background the log goes to a file, named or not. */
function placed(read: LoadedConfig, background: boolean, { original }: Line): LoadedConfig {
  const loaded = original === undefined ? read : withoutUser(read);
  return background ? { ...loaded, config: withLogFile(loaded.config, process.env) } : loaded;
}

/** To those who started it. */
async function sayListening(daemon: Daemon, config: Config, background: boolean): Promise<void> {
  let address: string;
  try {
    address = await daemon.listening;
  } catch (error) {
    if (error instanceof StartError) return;
    throw error;
  }
  if (background) {
    const log = config.logging.file || 'syslog';
    sayReady({ pid: process.pid, address, log, inspector: daemon.inspector });
    return;
  }
  const talk = new Sink(new StandardStream(2), (lost) => `${lost} lines were lost\n`);
  talk.write(greeting(address, daemon.inspector));
}

/** When all is ours, to those who look on. */
async function sayTakenOver(
  daemon: Daemon,
  predecessor: Predecessor,
  manager: ServiceManager | undefined,
): Promise<void> {
  try {
    await daemon.listening;
  } catch (error) {
    if (error instanceof StartError) return;
    throw error;
  }
  predecessor.whenOurs(() => {
    manager?.takeOver();
    const { pid } = predecessor.estate;
    const talk = new Sink(new StandardStream(2), (lost) => `${lost} lines were lost\n`);
    talk.write(`goxel-supervisor: process ${process.pid} has taken over from process ${pid}\n`);
  });
}

/**
 * Ends the process as soon as nobody who has connected is on the way to the one that has taken
 * over; at once, since who comes here after that would not get there. Node closes nothing when it
 * is ended like this, and so the path of the socket stays.
 */
async function leave(successor: Farewell): Promise<never> {
  await successor.settled();
  process.exit(EXIT.OK);
}

/** What nobody expected ends the process, whatever becomes of the line that says so. */
function endOnDefects({ logger }: Log, opening: Opening): void {
  const diagnose = (error: unknown) => {
    const channel = faultyChannel();
    if (channel !== undefined) {
      // Not ours: whoever watches over requests from outside must not end them.
      logger.error({ err: error, channel }, 'a subscriber of a diagnostics channel has failed');
      return;
    }
    try {
      if (!opening.openAnyway()) process.stderr.write(`${inspect(error)}\n`);
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
    case 'already running':
      return EXIT.TEMPFAIL;
    case 'address taken':
      return EXIT.UNAVAILABLE;
    case 'address refused':
    case 'cannot create':
      return EXIT.CANTCREAT;
    case 'not permitted':
      return EXIT.NOPERM;
    case 'misconfigured':
      return EXIT.CONFIG;
    case 'system failure':
      return EXIT.OSERR;
    case 'engines failed':
    case 'defect':
      return EXIT.SOFTWARE;
  }
}
