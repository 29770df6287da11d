/** `--timeout SECONDS` and the like, for the commands that have it. */

import { CliError, EXIT } from './exit-codes.ts';

const MS_PER_S = 1000;
/** The longest time that a timer takes, some 24 days. */
const SECONDS_MAX = 2_147_483;

/**
 * Seconds as milliseconds; 0 for no limit.
 *
 * @throws CliError EX_USAGE when it is no number of them
 */
export function timeoutOf(text: string, option = '--timeout'): number {
  const seconds = Number(text);
  if (text.trim() !== '' && seconds >= 0 && seconds <= SECONDS_MAX) return seconds * MS_PER_S;
  const zero = option === '--timeout' ? ' (no limit)' : '';
  throw new CliError(
    EXIT.USAGE,
    `${option}: expected seconds from 0${zero} to ${SECONDS_MAX}, not ${text}`,
  );
}
