/** The sections of `top`: tables of engines, connections, requests, jobs and deaths. */

import { type Ink, inkOf, padded, type Span, span, widthOf } from '../../paint.ts';
import { ageText, bytesText, rateText } from '../../units.ts';
import type { View } from './view.ts';

/** A section as lines: the first is that of its columns. */
export interface Section {
  readonly name: SectionName;
  readonly rows: number;
  /** By what it is sorted. */
  readonly by: string;
  readonly head: readonly Span[];
  readonly lines: readonly (readonly Span[])[];
}

export const SECTIONS = ['engines', 'connections', 'requests', 'jobs', 'deaths'] as const;
export type SectionName = (typeof SECTIONS)[number];

interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  readonly ink?: (row: Row) => Ink;
  /** Numbers; words without it. */
  readonly right?: true;
}

/** The order of rows by a name: those with the larger figure first, or the smaller. */
type Sorts<Row> = readonly (readonly [name: string, (one: Row, other: Row) => number])[];

/** @param sort which of its orders, of which each section has some; counted round and round */
export function sectionOf(name: SectionName, view: View, sort: number): Section {
  switch (name) {
    case 'engines':
      return section(name, THREAD_COLUMNS, THREAD_SORTS, view.threads, sort);
    case 'connections':
      return section(name, CONNECTION_COLUMNS, CONNECTION_SORTS, view.connections, sort);
    case 'requests': {
      const { requests } = view;
      if (typeof requests !== 'string') {
        return section(name, REQUEST_COLUMNS, REQUEST_SORTS, requests, sort);
      }
      return { name, rows: 0, by: '', head: [], lines: [[span(`  ${requests}`, 'warn')]] };
    }
    case 'jobs':
      return section(name, JOB_COLUMNS, JOB_SORTS, view.jobs, sort);
    case 'deaths':
      return section(name, DEATH_COLUMNS, DEATH_SORTS, view.deaths, sort);
  }
}

type Of<Key extends keyof View> = View[Key] extends readonly (infer Row)[] ? Row : never;
type RequestRow = Exclude<View['requests'], string>[number];

const unknown = (text: (value: number) => string) => (value: number | undefined) =>
  value === undefined ? '-' : text(value);
const percent = unknown((share) => `${Math.round(100 * share)}%`);
const rate = unknown(rateText);
const bytes = unknown(bytesText);
const number = unknown(String);
const age = unknown(ageText);

const THREAD_COLUMNS: readonly Column<Of<'threads'>>[] = [
  { title: 'THREAD', text: ({ id }) => id },
  { title: 'STATE', text: ({ state }) => state, ink: ({ state }) => inkOf(state) },
  { title: 'LOAD', text: ({ load }) => percent(load), right: true },
  { title: 'REQ/S', text: ({ answered_per_s }) => rate(answered_per_s), right: true },
  { title: 'PROJECTS', text: ({ projects }) => number(projects), right: true },
  { title: 'VOXELS', text: ({ voxel_bytes }) => bytes(voxel_bytes), right: true },
  {
    ...{ title: 'RESTARTS', text: ({ restarts }) => String(restarts), right: true },
    ink: ({ restarts }) => (restarts > 0 ? 'warn' : 'plain'),
  },
  { title: 'FOR', text: ({ running_ms }) => age(running_ms), right: true },
  { title: 'RUNS', text: ({ running }) => running || '-' },
];

const CONNECTION_COLUMNS: readonly Column<Of<'connections'>>[] = [
  { title: 'CONN', text: (row) => String(row.number), right: true },
  { title: 'KIND', text: ({ kind }) => kind },
  { title: 'STATE', text: ({ state }) => state, ink: ({ state }) => inkOf(state) },
  { title: 'REQ/S', text: ({ requests_per_s }) => rate(requests_per_s), right: true },
  { title: 'REQUESTS', text: ({ requests }) => String(requests), right: true },
  { title: 'IN FLIGHT', text: ({ in_flight }) => String(in_flight), right: true },
  { title: 'HELD', text: ({ held_bytes }) => bytes(held_bytes), right: true },
  { title: 'AGE', text: ({ age_ms }) => age(age_ms), right: true },
  { title: 'FROM', text: ({ from }) => from || '-' },
];

const REQUEST_COLUMNS: readonly Column<RequestRow>[] = [
  { title: 'CONN', text: ({ connection }) => String(connection), right: true },
  { title: 'STAGE', text: ({ stage }) => stage, ink: ({ stage }) => STAGES[stage] ?? 'plain' },
  { title: 'AGE', text: ({ age_ms }) => age(age_ms), right: true },
  { title: 'ENGINE', text: ({ engine }) => number(engine), right: true },
  { title: 'JOB', text: ({ job }) => number(job), right: true },
  { title: 'METHOD', text: ({ method }) => method },
  { title: 'PROJECT', text: ({ project }) => project },
];

const STAGES: Readonly<Record<string, Ink>> = { running: 'busy', job: 'busy', waiting: 'warn' };

const BAR_COLUMNS = 10;

const JOB_COLUMNS: readonly Column<Of<'jobs'>>[] = [
  { title: 'JOB', text: ({ job }) => String(job), right: true },
  { title: 'KIND', text: ({ kind }) => kind },
  { title: 'STATE', text: ({ state }) => state, ink: ({ state }) => inkOf(state) },
  { title: 'STAGE', text: ({ stage, stages }) => `${stage}/${stages}`, right: true },
  { title: 'PROGRESS', text: ({ progress }) => bar(progress) },
  { title: 'AGE', text: ({ age_ms }) => age(age_ms), right: true },
  { title: 'CONN', text: ({ connection }) => String(connection), right: true },
  { title: 'PROJECT', text: ({ project }) => project },
  { title: 'TITLE', text: ({ title }) => title },
];

function bar(progress: number): string {
  const full = Math.round(Math.max(0, Math.min(1, progress)) * BAR_COLUMNS);
  const drawn = '█'.repeat(full) + '░'.repeat(BAR_COLUMNS - full);
  return `${drawn} ${String(Math.round(100 * progress)).padStart(3)}%`;
}

const DEATH_COLUMNS: readonly Column<Of<'deaths'>>[] = [
  { title: 'AGO', text: ({ ago_ms }) => age(ago_ms), right: true },
  { title: 'LIVED', text: ({ lived_ms }) => age(lived_ms), right: true },
  { title: 'ACTOR', text: ({ actor }) => actor },
  { title: 'DECIDED', text: ({ decided }) => decided },
  { title: 'REASON', text: ({ reason }) => reason, ink: () => 'bad' },
];

const most =
  <Row>(of: (row: Row) => number | undefined) =>
  (one: Row, other: Row) =>
    (of(other) ?? -1) - (of(one) ?? -1);
const least =
  <Row>(of: (row: Row) => number) =>
  (one: Row, other: Row) =>
    of(one) - of(other);
const asTold = () => 0;

const THREAD_SORTS: Sorts<Of<'threads'>> = [
  ['number', asTold],
  ['load', most(({ load }) => load)],
  ['restarts', most(({ restarts }) => restarts)],
];
const CONNECTION_SORTS: Sorts<Of<'connections'>> = [
  ['requests/s', most(({ requests_per_s }) => requests_per_s)],
  ['in flight', most(({ in_flight }) => in_flight)],
  ['held', most(({ held_bytes }) => held_bytes)],
  ['newest', least(({ age_ms }) => age_ms)],
  ['oldest', most(({ age_ms }) => age_ms)],
];
const REQUEST_SORTS: Sorts<RequestRow> = [
  ['longest', most(({ age_ms }) => age_ms)],
  ['newest', least(({ age_ms }) => age_ms)],
];
const JOB_SORTS: Sorts<Of<'jobs'>> = [
  ['oldest', most(({ age_ms }) => age_ms)],
  ['progress', most(({ progress }) => progress)],
];
const DEATH_SORTS: Sorts<Of<'deaths'>> = [['latest', asTold]];

/** A column of words from others, such as a title, leaves room for those behind it. */
const COLUMN_MAX = 32;

function section<Row>(
  name: SectionName,
  columns: readonly Column<Row>[],
  sorts: Sorts<Row>,
  rows: readonly Row[],
  sort: number,
): Section {
  const [by, order] = sorts[sort % sorts.length]!;
  const sorted = rows.toSorted(order);
  const widths = columns.map(({ title, text }, i) => {
    const last = i === columns.length - 1;
    const most = last ? 0 : Math.max(title.length, ...sorted.map((row) => widthOf(text(row))));
    return Math.min(COLUMN_MAX, most);
  });
  const cells = (text: (column: Column<Row>) => string, ink: (column: Column<Row>) => Ink) =>
    columns.map((column, i) => {
      const side = column.right === true ? 'right' : 'left';
      return span(`  ${padded(text(column), widths[i]!, side)}`, ink(column));
    });
  return {
    ...{ name, rows: rows.length, by },
    head: cells(
      ({ title }) => title,
      () => 'dim',
    ),
    lines: sorted.map((row) =>
      cells(
        ({ text }) => text(row),
        ({ ink }) => ink?.(row) ?? 'plain',
      ),
    ),
  };
}
