/** What the answers of a daemon to commands that control it mean. */

import { CliError } from '../exit-codes.ts';
import { failureOf } from '../output.ts';

/** Whether an error is the answer of a daemon that stops and takes no more requests. */
export function isStopping(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'GOX_SHUTTING_DOWN';
}

/** A failure as one with an exit code, and one more sentence if there is one to say. */
export function asCliError(error: unknown, more?: string): CliError {
  if (error instanceof CliError && more === undefined) return error;
  const { text, exit_code } = failureOf(error);
  const message = text.trimEnd().replace(/^goxel-supervisor: /, '');
  return new CliError(exit_code, more === undefined ? message : `${message}\n${more}`, error);
}
