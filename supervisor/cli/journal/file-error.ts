/** What the system said of a file, with the exit code for it. */

import { CliError, EXIT, type ExitCode } from '../exit-codes.ts';

const CODES: Readonly<Record<string, ExitCode>> = {
  ...{ ENOENT: EXIT.NOINPUT, ENOTDIR: EXIT.NOINPUT, EACCES: EXIT.NOPERM, EPERM: EXIT.NOPERM },
  ...{ EIO: EXIT.IOERR, EISDIR: EXIT.NOINPUT, ENOSPC: EXIT.IOERR, EROFS: EXIT.CANTCREAT },
};

/** The error itself where the system has none of these to say. */
export function fileError(error: unknown, path: string): unknown {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const exit_code = error instanceof CliError ? undefined : CODES[code];
  if (exit_code === undefined) return error;
  return new CliError(exit_code, `${path}: ${message}`, error);
}
