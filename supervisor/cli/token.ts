/**
 * The token of a command: from a file that nobody else may read, or from the environment. There is
 * no option for the token itself, since the command line of a process is for all to see.
 */

import { ConfigError } from '../../conf/config-error.ts';
import { readPrivate } from '../../conf/token-file.ts';
import { CliError, EXIT } from './exit-codes.ts';

/**
 * Nothing when there is neither; the file comes first.
 *
 * @param file what `--token-file` names
 * @throws CliError for a file that is no such
 */
export function tokenOf(
  file: string | undefined,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  const token = file === undefined ? (env.GOXEL_TOKEN ?? '').trim() : tokenIn(file);
  return token === '' ? undefined : token;
}

function tokenIn(file: string): string {
  const [token = '', ...more] = textOf(file).trim().split(/\s+/);
  if (token !== '' && more.length === 0) return token;
  const what = token === '' ? 'is empty' : 'has more than one word';
  throw new CliError(EXIT.DATAERR, `--token-file: ${file}: ${what}; it holds the token alone`);
}

function textOf(file: string): string {
  try {
    return readPrivate(file);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new CliError(EXIT.NOINPUT, `--token-file: ${error.problems.join('; ')}`, error);
  }
}
