/** What the command line prints: data on standard output, talk on standard error. */

import { fstatSync, writeFileSync } from 'node:fs';
import { ConfigError } from '../../conf/config-error.ts';
import { ERRORS } from '../../conf/error-catalogue.ts';
import { type ErrorCode, GoxError } from '../../conf/errors.ts';
import { CLIENT_ERRORS, ClientError, type ClientErrorCode } from '../../transport/client-error.ts';
import { CliError, EXIT, type ExitCode } from './exit-codes.ts';

/** The part of a stream we write to; `process.stdout` is one. */
export interface Sink {
  write(text: string, done: (error?: Error | null) => void): unknown;
}

/** How long talk may wait for somebody to read it, when nothing else is left to be done. */
const TALK_MS_MAX = 1000;

/**
 * Writes all of a text and resolves when it has left the process, so that exiting afterwards cuts
 * nothing off. A reader that has gone (`… | head`) wanted no more: that is no error.
 *
 * @throws CliError EX_IOERR when it cannot be written, such as to a full disk
 */
export function writeData(text: string, sink: Sink = standardOutput()): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) =>
      reject(new CliError(EXIT.IOERR, `cannot write the output: ${error.message}`, error));
    try {
      sink.write(text, (error) => {
        if (error && (error as NodeJS.ErrnoException).code !== 'EPIPE') fail(error);
        else resolve();
      });
    } catch (error) {
      fail(error as Error);
    }
  });
}

const HEEDED = new WeakSet<NodeJS.WriteStream>();

/** What cannot be written is told by the write; without a listener it would end the process. */
export function heedErrors(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  if (!HEEDED.has(stream)) stream.on('error', () => {});
  HEEDED.add(stream);
  return stream;
}

/** Node's own stream on a file takes a write cut short, as on a disk that gets full, for whole. */
function standardOutput(): Sink {
  const stats = fstatSync(1);
  if (process.stdout.isTTY || stats.isFIFO() || stats.isSocket()) return heedErrors(process.stdout);
  return {
    write(text, done) {
      writeFileSync(1, text);
      done();
    },
  };
}

/** Writes a text for people. Resolves when it is out, cannot be written, or nobody reads it. */
export function writeTalk(text: string): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, TALK_MS_MAX);
    try {
      heedErrors(process.stderr).write(text, done);
    } catch {
      // There is no place left to say so.
      done();
    }
    function done() {
      clearTimeout(timer);
      resolve();
    }
  });
}

/** How a failure looks to the user: what to print on standard error, and the exit code. */
export interface Failure {
  readonly text: string;
  readonly exit_code: ExitCode;
}

/**
 * Errors that are nobody's defect are one sentence; others keep their stack, for the report.
 *
 * @param advice in the place of that of the catalogue, which is for clients of a daemon
 */
export function failureOf(error: unknown, advice?: string): Failure {
  if (error instanceof CliError) return failure(error.message, error.exit_code);
  if (error instanceof ConfigError) return failure(error.message, EXIT.CONFIG);
  if (error instanceof GoxError) {
    const { message, data } = error.toObject();
    return failure(`${message} (${error.code})\n${advice ?? data.advice}`, exitCodeOf(error.code));
  }
  if (error instanceof ClientError) {
    const advice = adviceOf(error.data);
    const text = `${error.message} (${error.code})${advice === undefined ? '' : `\n${advice}`}`;
    return failure(text, exitCodeOfAnswer(error));
  }
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EMFILE' || code === 'ENFILE') {
    return failure('there are too few file descriptors (see ulimit -n)', EXIT.OSERR);
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return failure(`a defect of this program: ${stack}`, EXIT.SOFTWARE);
}

function failure(message: string, exit_code: ExitCode): Failure {
  return { text: `goxel-supervisor: ${message}\n`, exit_code };
}

/** Errors of this daemon say what to do; those of another one need not. */
function adviceOf(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null || !('advice' in data)) return undefined;
  return typeof data.advice === 'string' ? data.advice : undefined;
}

function exitCodeOfAnswer({ code }: ClientError): ExitCode {
  if (Object.hasOwn(CLIENT_ERRORS, code)) return CLIENT_EXITS[code as ClientErrorCode];
  return Object.hasOwn(ERRORS, code) ? exitCodeOf(code as ErrorCode) : EXIT.DATAERR;
}

const CLIENT_EXITS: Record<ClientErrorCode, ExitCode> = {
  CLIENT_ENCODING: EXIT.DATAERR,
  CLIENT_CONNECT: EXIT.UNAVAILABLE,
  CLIENT_CLOSED: EXIT.IOERR,
  CLIENT_TIMEOUT: EXIT.TEMPFAIL,
  CLIENT_ABORTED: EXIT.INTERRUPTED,
  CLIENT_PROTOCOL: EXIT.PROTOCOL,
};

function exitCodeOf(code: ErrorCode): ExitCode {
  if (ERRORS[code].retryable) return EXIT.TEMPFAIL;
  switch (code) {
    case 'GOX_FILE':
      return EXIT.NOINPUT;
    case 'GOX_INSPECTOR':
      return EXIT.UNAVAILABLE;
    case 'GOX_PATH_REFUSED':
    case 'GOX_UNAUTHENTICATED':
    case 'GOX_TOKEN_REFUSED':
    case 'GOX_FORBIDDEN':
      return EXIT.NOPERM;
    case 'GOX_INTERNAL':
    case 'GOX_ENGINE_FAILED':
      return EXIT.SOFTWARE;
    default:
      return EXIT.DATAERR;
  }
}
