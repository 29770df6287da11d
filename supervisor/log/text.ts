/**
 * Log lines for people: made from the JSON lines of pino, and only where they are wanted, so that
 * they cost nothing where JSON is.
 *
 *     12:30:01.250 WARN  an engine lost its worker  actor=engines/engine:0 restarts=1
 *
 * Stacks and lists of texts follow on lines of their own, indented.
 */

import { visible } from './visible.ts';

export interface TextStyle {
  /** `time`: of the day, as of somebody who watches; `none` where the reader knows it. */
  readonly time: 'date and time' | 'time' | 'none';
  readonly level: boolean;
  readonly colour: boolean;
}

/** The fields of pino that have a place of their own, or say nothing to a person here. */
interface Entry {
  readonly level: number;
  readonly time: number;
  readonly pid?: unknown;
  readonly hostname?: unknown;
  readonly msg?: unknown;
  readonly [field: string]: unknown;
}

const LEVELS: Readonly<Record<number, readonly [name: string, colour: number]>> = {
  10: ['TRACE', 90],
  20: ['DEBUG', 36],
  30: ['INFO', 32],
  40: ['WARN', 33],
  50: ['ERROR', 31],
  60: ['FATAL', 35],
};
const DIM = 2;

/** A line of pino as a text, with the end of its line. */
export function textLine(line: string, style: TextStyle): string {
  const { level, time, pid: _pid, hostname: _host, msg, ...fields } = JSON.parse(line) as Entry;
  const paint = (code: number, text: string) =>
    style.colour ? `\u001b[${code}m${text}\u001b[0m` : text;
  const words: string[] = [];
  if (style.time !== 'none') words.push(paint(DIM, timeText(time, style.time)));
  const [name, colour] = LEVELS[level] ?? [String(level), 0];
  if (style.level) words.push(paint(colour, name.padEnd(5)));
  words.push(visible(String(msg ?? '')));
  const pairs: string[] = [];
  const below: string[] = [];
  for (const [field, value] of Object.entries(fields)) {
    const [short, more] = shown(value);
    if (short !== '') pairs.push(`${paint(DIM, `${field}=`)}${short}`);
    below.push(...more);
  }
  const first = pairs.length === 0 ? words.join(' ') : `${words.join(' ')}  ${pairs.join(' ')}`;
  return `${[first, ...below.map((text) => `    ${visible(text)}`)].join('\n')}\n`;
}

/** A value within the line, and what of it follows below. */
function shown(value: unknown): [short: string, below: readonly string[]] {
  if (typeof value === 'string')
    return [/^[^\s"=]+$/.test(value) ? visible(value) : quoted(value), []];
  if (Array.isArray(value) && value.length > 1 && value.every((one) => typeof one === 'string')) {
    return ['', value];
  }
  if (typeof value === 'object' && value !== null && 'stack' in value) {
    const { stack, message } = value as { readonly stack: unknown; readonly message?: unknown };
    return [quoted(message), String(stack).split('\n')];
  }
  return [quoted(value), []];
}

function quoted(value: unknown): string {
  return visible(JSON.stringify(value) ?? String(value));
}

function timeText(time: number, style: 'date and time' | 'time'): string {
  const now = new Date(time);
  if (style === 'date and time') return now.toISOString();
  const two = (n: number) => String(n).padStart(2, '0');
  const clock = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join(':');
  return `${clock}.${String(now.getMilliseconds()).padStart(3, '0')}`;
}
