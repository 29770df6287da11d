/** A picture of `top` as lines: nothing here knows of a terminal, nor of time. */

import { type Ink, inkOf, line, type Span, type Style, span } from '../../paint.ts';
import { ageText, bytesText, rateText } from '../../units.ts';
import { SECTIONS, type Section, type SectionName, sectionOf } from './sections.ts';
import type { View } from './view.ts';

/** What somebody has chosen to see. */
export interface Choice {
  /** All sections, as far as they fit, or all of one. */
  readonly section: SectionName | 'all';
  /** Lines that are above the first one shown. */
  readonly scroll: number;
  /** The order of each section. */
  readonly sorts: Readonly<Record<SectionName, number>>;
  readonly paused: boolean;
  readonly help: boolean;
}

export const FIRST_CHOICE: Choice = {
  section: 'all',
  scroll: 0,
  sorts: { engines: 0, connections: 0, requests: 0, jobs: 0, deaths: 0 },
  paused: false,
  help: false,
};

export interface Size {
  readonly columns: number;
  /** As many lines at the most. */
  readonly rows: number;
}

export interface Shown {
  /** Undefined before the first answer. */
  readonly view: View | undefined;
  /** Why what is shown is old; undefined when it is not. */
  readonly trouble: string | undefined;
  /** For the first line, such as `every 1 s`. */
  readonly note: string;
}

/** Lines of a picture: the head stays, the body scrolls, the last line tells the keys. */
export function frame(shown: Shown, choice: Choice, size: Size, colour: boolean): string[] {
  const style: Style = { colour, columns: size.columns };
  const head = headOf(shown, choice);
  const body = choice.help ? HELP.map((text) => [span(text)]) : bodyOf(shown, choice, size.rows);
  const room = Math.max(0, size.rows - head.length - 1);
  const scroll = Math.min(choice.scroll, Math.max(0, body.length - room));
  const lines = [...head, ...body.slice(scroll, scroll + room)];
  // A whole terminal has its keys on the last line; a file needs none.
  const fixed = Number.isFinite(size.rows);
  if (fixed) while (lines.length < size.rows - 1) lines.push([]);
  if (fixed) lines.push([span(keysOf(choice, shown), 'dim')]);
  return lines.slice(0, size.rows).map((spans) => line(spans, style));
}

/** The furthest that a body can be scrolled, so that keys beyond it need not be taken back. */
export function scrollMax(shown: Shown, choice: Choice, rows: number): number {
  const head = headOf(shown, choice).length;
  const body = choice.help ? HELP.length : bodyOf(shown, choice, rows).length;
  return Math.max(0, body - Math.max(0, rows - head - 1));
}

type Lines = (readonly Span[])[];

function headOf({ view, trouble, note }: Shown, choice: Choice): Lines {
  const paused = choice.paused ? [span('  paused', 'reverse')] : [];
  const problem = trouble === undefined ? [] : [[span(trouble, 'bad')]];
  if (view === undefined) return [[span('goxel-supervisor', 'bold')], ...problem];
  const { statistics, rates } = view;
  const { memory, requests, connections, event_loop_delay, health, queue, log } = statistics;
  const old: Ink | undefined = trouble === undefined ? undefined : 'dim';
  const label = (text: string) => span(text, 'dim');
  const value = (text: string, ink: Ink = 'plain') => span(text, old ?? ink);
  return [
    [
      ...[span('goxel-supervisor', 'bold'), value(` ${statistics.version}  `)],
      ...[value(statistics.state, inkOf(statistics.state)), value('  ')],
      ...[value(health.state, inkOf(health.state))],
      value(`  process ${statistics.pid}  up ${ageText(statistics.uptime_seconds * 1000)}`),
      ...[label(note === '' ? '' : `  ${note}`), ...paused],
    ],
    [
      ...[label('cpu '), value(rates === undefined ? '-' : `${Math.round(100 * rates.cpu)}%`)],
      ...[label('  memory '), value(`${bytesText(memory.rss)} of ${bytesText(memory.limit)}`)],
      ...[label('  heap '), value(bytesText(memory.heap_used))],
      ...[label('  history '), value(bytesText(statistics.projects.history_bytes))],
      ...[label('  event loop p99 '), value(`${event_loop_delay.p99_ms} ms`)],
      ...(log.lost === 0 ? [] : [value(`  ${log.lost} log lines lost`, 'warn')]),
    ],
    [
      ...[label('requests '), value(`${perSecond(rates?.requests_per_s)}/s`)],
      ...[label('  errors '), value(`${perSecond(rates?.failed_per_s)}/s`, failing(rates))],
      ...[label('  in all '), value(`${requests.total}, ${requests.failed} failed`)],
      ...[label('  queue '), value(`${queue.queued} of ${queue.size}`)],
      ...[label('  connections '), value(`${connections.open}, ${connections.total} in all`)],
      ...[label('  in '), value(`${bytesText(Math.round(rates?.read_per_s ?? 0))}/s`)],
      ...[label('  out '), value(`${bytesText(Math.round(rates?.written_per_s ?? 0))}/s`)],
    ],
    ...health.reasons.slice(0, REASONS_MAX).map((reason) => [value(reason, 'warn')]),
    ...problem,
    tabsOf(view, choice),
  ];
}

const REASONS_MAX = 2;

function perSecond(rate: number | undefined): string {
  return rate === undefined ? '-' : rateText(rate);
}

function failing(rates: View['rates']): Ink {
  return rates !== undefined && rates.failed_per_s > 0 ? 'warn' : 'plain';
}

function tabsOf(view: View, { section, sorts }: Choice): Span[] {
  const tabs = SECTIONS.map((name, i) => {
    const { rows } = sectionOf(name, view, sorts[name]);
    return span(` ${i + 1} ${name} ${rows} `, name === section ? 'reverse' : 'plain');
  });
  return [span(' 0 all ', section === 'all' ? 'reverse' : 'plain'), ...tabs];
}

/** Of all sections each gets its lines, or so many that all of them are seen. */
function bodyOf({ view }: Shown, { section, sorts }: Choice, rows: number): Lines {
  if (view === undefined) return [];
  const names = section === 'all' ? SECTIONS : [section];
  const sections = names.map((name) => sectionOf(name, view, sorts[name]));
  if (section !== 'all') return sections.flatMap((one) => [titleOf(one), one.head, ...one.lines]);
  const full = sections.filter((one) => one.lines.length > 0);
  const most = fairShare(
    full.map(({ lines }) => lines.length),
    rows - HEAD_ROWS - full.length * ROWS_AROUND,
  );
  return full.flatMap((one) => {
    const number = SECTIONS.indexOf(one.name) + 1;
    const left = one.lines.length - most;
    const more = left > 0 ? [[span(`  and ${left} more: ${number}`, 'dim')]] : [];
    return [titleOf(one), one.head, ...one.lines.slice(0, most), ...more, []];
  });
}

/** About those of the head and of the keys; title, columns, what is left out, an empty line. */
const HEAD_ROWS = 6;
const ROWS_AROUND = 4;
/** Of a section, however many there are and however small the terminal: it can be scrolled. */
const SHARE_MIN = 3;

/** The most lines of one section by which all of them have room. */
function fairShare(wanted: readonly number[], room: number): number {
  let share = Math.max(SHARE_MIN, ...wanted);
  if (!Number.isFinite(room)) return share;
  const taken = (most: number) => wanted.reduce((sum, one) => sum + Math.min(one, most), 0);
  // There are some hundred lines at the most, but those of a wide tree.
  while (share > SHARE_MIN && taken(share) > room) share -= 1;
  return share;
}

function titleOf({ name, rows, by }: Section): Span[] {
  return [span(`${name} ${rows}`, 'bold'), span(by === '' ? '' : `  by ${by}`, 'dim')];
}

function keysOf({ section, help }: Choice, { trouble }: Shown): string {
  if (help) return 'any key goes back';
  const sort = section === 'all' ? '' : '  s sort';
  const again = trouble === undefined ? '' : '  (trying again)';
  return `q quit  0-5 tab sections  arrows scroll${sort}  p pause  ? help${again}`;
}

const HELP = [
  '',
  '  q, Ctrl-C            quit',
  '  0, 1 to 5            all sections, or all of one',
  '  tab, shift-tab       the next one, the one before',
  '  arrows, PgUp, PgDn   scroll; Home and End to the ends',
  '  s                    sort the section by something else',
  '  p, space             pause, and go on',
  '  Ctrl-Z               put it aside; fg brings it back',
  '  ?, h                 this help',
  '',
  '  LOAD is how much of the last interval a thread has worked. A request is waiting for its',
  '  turn, sent to its engine behind others, running there, or has become a job.',
];
