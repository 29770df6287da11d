/** How lines look, by `logging.format` and by the place they go to. */

import { fstatSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { Config } from '../../conf/schema.ts';
import { severityOf } from './syslog.ts';
import { type TextStyle, textLine } from './text.ts';

/** What becomes of a JSON line; nothing where it is written as it is. */
export type Format = ((line: string) => string) | undefined;

/** What is on the other end of a stream, or that it is a file. */
export type Place = 'terminal' | 'journal' | 'other';

const STYLES: Readonly<Record<Place, TextStyle>> = {
  terminal: { time: 'time', level: true, colour: true },
  // The journal has the time of its own, and the level by the prefix.
  journal: { time: 'none', level: false, colour: false },
  other: { time: 'date and time', level: true, colour: false },
};

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Without a wish, text is for those who read lines as they come: terminals and the journal. To the
 * journal each line says its level in front (`<4>`), whatever follows (`man 3 sd-daemon`).
 */
export function formatFor(
  wanted: Config['logging']['format'],
  place: Place,
  env: Environment,
): Format {
  const text = wanted === 'text' || (wanted === 'auto' && place !== 'other');
  if (!text) return place === 'journal' ? prefixed : undefined;
  const colour = STYLES[place].colour && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';
  const style = { ...STYLES[place], colour };
  if (place !== 'journal') return (line) => textLine(line, style);
  return (line) => {
    const prefix = `<${severityOf(line)}>`;
    // A stack is of the same level as what it belongs to.
    return textLine(line, style).replace(/^(?=.)/gm, prefix);
  };
}

/** What the lines that are written to a stream of the process come to. */
export function placeOf(fd: 1 | 2, env: Environment): Place {
  if (isatty(fd)) return 'terminal';
  const { dev, ino } = fstatSync(fd, { bigint: true });
  return env.JOURNAL_STREAM === `${dev}:${ino}` ? 'journal' : 'other';
}

function prefixed(line: string): string {
  return `<${severityOf(line)}>${line}`;
}
