/** What the command line prints: data on standard output, talk on standard error. */

import { GoxError } from '../../conf/errors.ts';
import { ConfigError } from '../../conf/load.ts';
import { CliError, EXIT, type ExitCode } from './exit-codes.ts';

/** The part of a stream we write to; `process.stdout` is one. */
export interface Sink {
  write(text: string, done: (error?: Error | null) => void): boolean;
}

/**
 * Writes all of a text and resolves when it has left the process, so that exiting afterwards cuts
 * nothing off. A reader that has gone (`… | head`) wanted no more: that is no error.
 */
export function writeData(text: string, sink: Sink = process.stdout): Promise<void> {
  return new Promise((resolve, reject) => {
    sink.write(text, (error) => {
      if (error && (error as NodeJS.ErrnoException).code !== 'EPIPE') {
        reject(new CliError(EXIT.IOERR, `cannot write the output: ${error.message}`, error));
      } else {
        resolve();
      }
    });
  });
}

/** How a failure looks to the user: what to print on standard error, and the exit code. */
export interface Failure {
  readonly text: string;
  readonly exit_code: ExitCode;
}

/** Errors that are nobody's defect are one sentence; others keep their stack, for the report. */
export function failureOf(error: unknown): Failure {
  if (error instanceof CliError) return failure(error.message, error.exit_code);
  if (error instanceof ConfigError) return failure(error.message, EXIT.CONFIG);
  if (error instanceof GoxError) {
    const { message, data } = error.toObject();
    const exit_code = data.retryable ? EXIT.TEMPFAIL : exitCodeOf(error);
    return failure(`${message} (${error.code})\n${data.advice}`, exit_code);
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return failure(`a defect of this program: ${stack}`, EXIT.SOFTWARE);
}

function failure(message: string, exit_code: ExitCode): Failure {
  return { text: `goxel-supervisor: ${message}\n`, exit_code };
}

function exitCodeOf(error: GoxError): ExitCode {
  switch (error.code) {
    case 'GOX_FILE':
      return EXIT.NOINPUT;
    case 'GOX_PATH_REFUSED':
      return EXIT.NOPERM;
    case 'GOX_INTERNAL':
    case 'GOX_ENGINE_FAILED':
      return EXIT.SOFTWARE;
    default:
      return EXIT.DATAERR;
  }
}
