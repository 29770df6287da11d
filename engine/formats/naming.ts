/** Errors of code that knows no files, about a file. */

import { GoxError } from '../../conf/errors.ts';

/** Calls a function; a GoxError that it throws says which file it is about. */
export function naming<T>(file: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof GoxError) || error.details?.file === file) throw error;
    const message = `${file} cannot be read: ${error.message}`;
    throw new GoxError(error.code, message, { ...error.details, file }, error);
  }
}
