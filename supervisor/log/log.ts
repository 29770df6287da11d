/**
 * The log of the daemon: pino, and where its lines go. Lines from before it is opened are kept;
 * everything about it can be changed while it runs.
 */

import { hostname } from 'node:os';
import { type DestinationStream, type LevelWithSilent, type Logger, pino } from 'pino';
import type { Config } from '../../conf/schema.ts';
import type { LogFacts } from '../../machines/health-facts.ts';
import { CliError, EXIT } from '../cli/exit-codes.ts';
import { LogFile, type Rotation } from './file.ts';
import { type Format, formatFor, placeOf } from './format.ts';
import { levelOf, setDebug } from './level.ts';
import { RecentLines } from './recent.ts';
import { Sink } from './sink.ts';
import { StandardStream } from './stream.ts';
import { Syslog, syslogMessage } from './syslog.ts';

type Logging = Config['logging'];

/** Lines from before the log is opened; the steps until then make some ten. */
const EARLY_LINES_MAX = 1000;

const MB = 1_000_000;

export class Log {
  /** At `debug` until the log is opened; then at the level of the configuration. */
  readonly logger: Logger;
  #early: string[] = [];
  #early_lost = 0;
  readonly #recent = new RecentLines();
  #config: Logging | undefined;
  #format: Format;
  #sink: Sink | undefined;
  #file: LogFile | undefined;
  #stdout: StandardStream | undefined;
  #syslog: Sink | undefined;

  constructor() {
    const destination: DestinationStream & { flushSync(): void } = {
      write: (line) => this.#write(line),
      // After a fatal line.
      flushSync: () => this.flushSync(),
    };
    this.logger = pino({ level: 'debug' }, destination);
  }

  /**
   * Opens what the configuration names, and writes what was kept until then. Opened once, it stays.
   *
   * @throws CliError EX_CONFIG or EX_CANTCREAT when there can be no log file of that name
   */
  open(config: Logging): void {
    if (this.#sink !== undefined) return;
    this.#file = config.file === '' ? undefined : this.#openFile(config);
    this.#sink = new Sink(this.#file ?? this.#stream, (lost, reason) =>
      this.#formatted(lossLine(lost, reason)),
    );
    this.#format = formatOf(config);
    this.#config = config;
    this.#openSyslog(config);
    this.logger.level = config.level;
    this.#writeEarly(config.level);
  }

  /**
   * Goes on by another configuration: level, file, rotation, format and syslog. The file is opened
   * again, whether its name has changed or not. A level that was changed by hand stays, unless the
   * configuration has another one now.
   *
   * @throws CliError as `open` does; then everything is as before
   */
  change(old: Logging, next: Logging): void {
    if (next.file === '') this.#moveTo(undefined);
    else if (next.file === old.file) this.#reopenFile(next.file);
    else this.#moveTo(this.#openFile(next));
    if (this.#file !== undefined) this.#file.rotation = rotationOf(next);
    this.#format = formatOf(next);
    this.#config = next;
    if (old.syslog !== next.syslog || old.syslog_path !== next.syslog_path) {
      this.#syslog?.close();
      this.#syslog = undefined;
      this.#openSyslog(next);
    }
    if (old.level !== next.level) this.logger.level = next.level;
  }

  /** After somebody has renamed the file, as logrotate does. */
  reopen(): void {
    const file = this.#file?.name;
    try {
      if (file !== undefined) this.#reopenFile(file);
      this.logger.info(file === undefined ? {} : { file }, 'SIGHUP: the log goes on here');
    } catch (error) {
      const text = 'SIGHUP: cannot reopen the log file; the old one is kept';
      this.logger.error({ err: error, file }, text);
    }
  }

  /** Debug on or off, or over; returns the level that is set now. */
  debug(on?: boolean): LevelWithSilent {
    return setDebug(this.logger, this.#config?.level ?? 'info', on);
  }

  /** How the places do that lines go to. */
  figures(): readonly LogFacts[] {
    const [log, syslog] = [this.#sink?.figures, this.#syslog?.figures];
    return [
      ...(log === undefined ? [] : [{ id: 'log', ...log }]),
      ...(syslog === undefined ? [] : [{ id: 'syslog', ...syslog }]),
    ];
  }

  /**
   * What must belong to the user that the daemon is to run as: the file, its backups, and the
   * directories that were made for them.
   */
  get paths(): readonly string[] {
    return this.#file?.paths ?? [];
  }

  /** Writes what is held, as far as that is possible within half a second. */
  flushSync(): void {
    this.#sink?.flushSync();
    this.#syslog?.flushSync();
  }

  /** The last lines, as JSON, those of before it was opened among them. */
  get recent(): readonly string[] {
    return this.#recent.all;
  }

  #write(line: string): void {
    if (this.#sink === undefined) {
      if (this.#early.length < EARLY_LINES_MAX) this.#early.push(line);
      else this.#early_lost += 1;
      return;
    }
    this.#recent.add(line);
    this.#sink.write(this.#formatted(line));
    this.#syslog?.write(syslogMessage(line));
  }

  #formatted(line: string): string {
    return this.#format === undefined ? line : this.#format(line);
  }

  #writeEarly(level: LevelWithSilent): void {
    const least = level === 'silent' ? Number.POSITIVE_INFINITY : pino.levels.values[level]!;
    const lines = this.#early;
    this.#early = [];
    for (const line of lines) if (levelOf(line) >= least) this.#write(line);
    if (this.#early_lost > 0)
      this.#write(lossLine(this.#early_lost, 'there were too many before the log was open'));
    this.#early_lost = 0;
  }

  get #stream(): StandardStream {
    this.#stdout ??= new StandardStream(1);
    return this.#stdout;
  }

  #moveTo(file: LogFile | undefined): void {
    const moved = file !== undefined || this.#file !== undefined;
    this.#file = file;
    if (moved) this.#sink?.moveTo(file ?? this.#stream);
  }

  #openFile(config: Logging): LogFile {
    const { file } = config;
    return orCliError(file, () => {
      // Not at once: it is told in the middle of a write.
      return new LogFile(file, rotationOf(config), (facts, text) =>
        queueMicrotask(() => this.logger.warn(facts, text)),
      );
    });
  }

  #reopenFile(name: string): void {
    const elsewhere = orCliError(name, () => this.#file?.reopen() ?? false);
    this.#sink?.resume(elsewhere);
  }

  #openSyslog({ syslog, syslog_path }: Logging): void {
    if (!syslog) return;
    const outlet = Syslog.open(syslog_path);
    if (outlet === undefined) {
      const text = 'logging.syslog: there is no way to it without the package koffi; going on so';
      this.logger.warn(text);
      return;
    }
    this.#syslog = new Sink(outlet, (lost, reason) => syslogMessage(lossLine(lost, reason)));
  }
}

function formatOf({ format, file }: Logging): Format {
  return formatFor(format, file === '' ? placeOf(1, process.env) : 'other', process.env);
}

function rotationOf({ max_size_mb, max_files }: Logging): Rotation {
  return { size_bytes_max: max_size_mb * MB, files_max: max_files };
}

/** A line as pino writes them, of the level `warn`. */
function lossLine(lost: number, reason: string): string {
  const line = {
    ...{ level: 40, time: Date.now(), pid: process.pid, hostname: hostname(), lost, reason },
    msg: 'log lines were lost: the log could not be written',
  };
  return `${JSON.stringify(line)}\n`;
}

/** What can be mended by rights or by mounting, without touching the configuration. */
const UNWRITABLE = ['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'EIO'];

function orCliError<T>(file: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    const exit_code = UNWRITABLE.includes(code) ? EXIT.CANTCREAT : EXIT.CONFIG;
    const text = `logging.file: cannot write to ${file}: ${REASONS[code] ?? message}`;
    throw new CliError(exit_code, text, error);
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
