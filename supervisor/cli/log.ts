/** The log of the daemon: opened before anything else can fail, and what people do to it. */

import { type LevelWithSilent, type Logger, pino } from 'pino';
import type { Config } from '../../conf/schema.ts';
import { CliError, EXIT } from './exit-codes.ts';
import { LogSink } from './log-sink.ts';

export interface Log {
  readonly log: Logger;
  readonly sink: LogSink;
}

/** What can be mended by rights or by mounting, without touching the configuration. */
const UNWRITABLE = ['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'EIO'];

/** @throws CliError EX_CONFIG or EX_CANTCREAT when there can be no log file of that name */
export function openLog({ level, file }: Config['logging']): Log {
  const sink = file === '' ? LogSink.stream(1) : openFile(file);
  return { log: pino({ level }, sink), sink };
}

function openFile(file: string): LogSink {
  try {
    return LogSink.file(file);
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    const exit_code = UNWRITABLE.includes(code) ? EXIT.CANTCREAT : EXIT.CONFIG;
    throw new CliError(
      exit_code,
      `logging.file: cannot write to ${file}: ${REASONS[code] ?? message}`,
      error,
    );
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of the path is a file, not a directory',
  EEXIST: 'a part of the path is a file, not a directory',
  EACCES: 'this user may not',
  EPERM: 'this user may not',
  EROFS: 'the file system is read-only',
  ENOENT: 'no file can be made there',
  ENXIO: 'it is a named pipe that nobody reads, or a socket',
};

/** After logrotate has renamed the file. */
export function reopenLog({ log, sink }: Log, file: string): void {
  try {
    sink.reopen();
    log.info(file === '' ? {} : { file }, 'SIGHUP: the log goes on here');
  } catch (error) {
    log.error({ err: error, file }, 'SIGHUP: cannot reopen the log file; the old one is kept');
  }
}

/** Between the level of the configuration and `debug`; where that is the same, `info`. */
export function toggleDebug(log: Logger, configured: LevelWithSilent): void {
  const other = configured === 'debug' || configured === 'trace' ? 'info' : 'debug';
  const level = log.level === configured ? other : configured;
  log.level = 'info';
  log.info({ level }, 'SIGUSR2: the level of the log was changed');
  log.level = level;
}
