/** Levels: of a line, and of a log that runs, whatever its configuration says. */

import type { LevelWithSilent, Logger } from 'pino';

/** The level of a line of pino, which begins with it. */
export function levelOf(line: string): number {
  return Number.parseInt(line.slice('{"level":'.length), 10);
}

/**
 * Turns `debug` on or off, or over. Off is the level of the configuration; where that is `debug` or
 * `trace`, on is that level and off is `info`.
 *
 * @returns the level that is set now
 */
export function setDebug(
  log: Pick<Logger, 'level' | 'info'>,
  configured: LevelWithSilent,
  on?: boolean,
): LevelWithSilent {
  const verbose = configured === 'debug' || configured === 'trace';
  const levels = {
    on: verbose ? configured : 'debug',
    off: verbose ? 'info' : configured,
  } as const;
  const turn_on = on ?? log.level !== levels.on;
  const level = turn_on ? levels.on : levels.off;
  if (level === log.level) return level;
  log.level = 'info';
  log.info({ log_level: level }, 'the level of the log was changed');
  log.level = level;
  return level;
}
