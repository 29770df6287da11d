/**
 * When something only grows: the rule of the leak search, as pure functions.
 *
 * Tests for a trend, such as that of Mann and Kendall, take warm-up, caches and the saw-tooth of a
 * collected heap for leaks (Machida et al., "On the Effectiveness of Mann-Kendall Test for
 * Detection of Software Aging", ISSRE 2013). So what is looked at is not whether values tend to be
 * higher, but whether what they never fall below again rises, and goes on rising:
 *
 * 1. A window of `WINDOW` rows is cut into `PARTS` parts, each stands for its minimum, and that for
 *    the least of all minima from there on. What comes and goes leaves no trace in these.
 * 2. Each step from part to part carries at least a third of its even share of the growth: no
 *    single jump, no rest.
 * 3. The second half grows by at least three fifths of what the first does: no warm-up.
 * 4. The growth is more than a floor and a share of what there was (`leak-series.ts`).
 * 5. Of memory that is collected only what collections left counts, three of them at least, and a
 *    straight line between two: the rest is garbage that nobody had to fetch yet. V8 collects a
 *    heap of some MB only when it has doubled or more, so while there is more than before, garbage
 *    or not, a collection is wanted for every part of a window (`wantsCollection`).
 * 6. So it is twice in succession, half a window apart.
 * 7. All this holds too when that is taken off which the growth of other series explains: else it
 *    grew with the load.
 *
 * Rows get coarser: when there are two windows of them, neighbours become one, their minimum. So
 * quick leaks are seen soon, and slow ones, or those below much noise, when they have grown.
 * A random walk passes once in 10,000 windows; a leak is told after 48 counts at the earliest.
 */

import { kindOf, type SeriesKind } from './leak-series.ts';

/** What was counted at one time. */
export interface LeakCounts {
  /** By any clock that does not go back. */
  readonly at_ms: number;
  /** Full garbage collections since the count before. */
  readonly collections: number;
  /** By the name of the series; what is not there is 0. */
  readonly figures: Readonly<Record<string, number>>;
}

export interface Growth {
  readonly from: number;
  readonly to: number;
}

/** A series that only grew. */
export interface Finding extends Growth {
  readonly series: string;
  readonly unit: SeriesKind['unit'];
  readonly per_minute: number;
  /** From the first of the rows that say so to the last. */
  readonly over_ms: number;
  /** Whether other series explain it, and is no leak. */
  readonly explained: boolean;
  /** What else grew meanwhile: first what may explain it. */
  readonly along: readonly (Growth & { readonly series: string })[];
}

/** All counts so far, as far as they are kept, and what came of them. */
export interface LeakSearch {
  readonly rows: readonly LeakCounts[];
  /** How many counts make a row; and those of the next one, so far. */
  readonly per_row: number;
  readonly gathered: readonly LeakCounts[];
  /** Rows since the last judgement. */
  readonly unjudged: number;
  /** Whether by that judgement memory grew that may be garbage. */
  readonly doubtful: boolean;
  /** What that judgement found; and of that what is told: found twice, and grown since told. */
  readonly found: readonly Finding[];
  readonly news: readonly Finding[];
  /** What was told last of each series. */
  readonly told: Readonly<Record<string, Growth>>;
}

export const WINDOW = 32;
const PARTS = 8;
const ROWS_MAX = 2 * WINDOW;
/** With a count every ten seconds, a window of eleven hours: from then on the oldest row goes. */
const COUNTS_A_ROW_MAX = 128;
/** The part of its even share that each step carries at least. */
const STEADY = 1 / 3;
/** How much the second half grows at least, beside the first. */
const LASTING = 0.6;
const COLLECTIONS_MIN = 3;
const ALONG_MAX = 6;

export const NO_SEARCH: LeakSearch = {
  ...{ rows: [], per_row: 1, gathered: [], unjudged: 0, doubtful: false },
  ...{ found: [], news: [], told: {} },
};

/** The search with one count more; `news` is what is to be told now. */
export function searchOn(search: LeakSearch, counts: LeakCounts): LeakSearch {
  const gathered = [...search.gathered, counts];
  if (gathered.length < search.per_row) return { ...search, gathered, news: [] };
  const { per_row } = search;
  const rows = [...search.rows, merged(gathered)].slice(-ROWS_MAX);
  const next = { ...search, rows, gathered: [], unjudged: search.unjudged + 1, news: [] };
  const due = rows.length >= WINDOW && next.unjudged >= WINDOW / 2;
  const judged = due ? judge(next) : next;
  if (rows.length < ROWS_MAX || per_row >= COUNTS_A_ROW_MAX) return judged;
  const pairs = rows.flatMap((row, i) => (i % 2 === 0 ? [] : [merged([rows[i - 1]!, row])]));
  return { ...judged, rows: pairs, per_row: 2 * per_row };
}

/** Whether only a full collection of garbage can tell whether there is a leak. */
export function wantsCollection({ doubtful, rows, gathered }: LeakSearch): boolean {
  const last = [...rows.slice(1 - WINDOW / PARTS), ...gathered];
  return doubtful && last.every(({ collections }) => collections === 0);
}

/** Of each series the least. */
function merged(counts: readonly LeakCounts[]): LeakCounts {
  const names = new Set(counts.flatMap(({ figures }) => Object.keys(figures)));
  const least = (name: string) => Math.min(...counts.map(({ figures }) => figures[name] ?? 0));
  return {
    at_ms: counts.at(-1)?.at_ms ?? 0,
    collections: counts.reduce((sum, { collections }) => sum + collections, 0),
    figures: Object.fromEntries([...names].map((name) => [name, least(name)])),
  };
}

function judge(search: LeakSearch): LeakSearch {
  const before = new Set(search.found.map(({ series }) => series));
  const window = search.rows.slice(-WINDOW);
  const found = findings(window);
  const doubtful = isDoubtful(window);
  const news = found.filter((one) => before.has(one.series) && isNews(one, search.told));
  const told = { ...search.told };
  for (const { series, from, to } of news) told[series] = { from: told[series]?.from ?? from, to };
  return { ...search, found, news, told, doubtful, unjudged: 0 };
}

/** What was told is told again when it has grown by as much again. */
function isNews({ series, to }: Finding, told: LeakSearch['told']): boolean {
  const last = told[series];
  return last === undefined || to - last.to >= last.to - last.from;
}

function findings(rows: readonly LeakCounts[]): Finding[] {
  const names = Object.keys(rows.at(-1)?.figures ?? {});
  const series = new Map(names.map((name) => [name, valuesOf(rows, name)]));
  const grown = new Map<string, Growth>();
  for (const [name, values] of series) {
    const growth = growthOf(values);
    if (growth !== undefined) grown.set(name, growth);
  }
  const over_ms = (rows.at(-1)?.at_ms ?? 0) - (rows[0]?.at_ms ?? 0);
  return [...grown].flatMap(([name, growth]) => {
    const kind = kindOf(name);
    if (kind === undefined || !matters(growth, kind)) return [];
    const rest = growthOf(unexplained(series, name, kind));
    const { from, to } = growth;
    // From the middle of the first part to that of the last.
    const minutes = (over_ms * (1 - 1 / PARTS)) / 60_000;
    return [
      {
        ...{ series: name, unit: kind.unit, from, to, per_minute: (to - from) / minutes, over_ms },
        explained: rest === undefined || !matters(rest, kind, from),
        along: along(grown, name, kind),
      },
    ];
  });
}

function isDoubtful(rows: readonly LeakCounts[]): boolean {
  return Object.keys(rows.at(-1)?.figures ?? {}).some((name) => {
    const kind = kindOf(name);
    if (kind?.collected !== true) return false;
    const values = counted(rows, name);
    const part = values.length / PARTS;
    const [from, to] = [Math.min(...values.slice(0, part)), Math.min(...values.slice(-part))];
    return matters({ from, to }, kind);
  });
}

function counted(rows: readonly LeakCounts[], name: string): number[] {
  return rows.map(({ figures }) => figures[name] ?? 0);
}

/** What the rule goes by; of collected memory all 0 where collections were too few to tell. */
function valuesOf(rows: readonly LeakCounts[], name: string): number[] {
  const values = counted(rows, name);
  if (kindOf(name)?.collected !== true) return values;
  const collected = rows.flatMap(({ collections }, row) => (collections > 0 ? [row] : []));
  if (collected.length < COLLECTIONS_MIN) return values.map(() => 0);
  // The two collections that a row is between, or next to.
  let right = 1;
  return values.map((_, row) => {
    while (row > collected[right]! && right < collected.length - 1) right += 1;
    const [a, b] = [collected[right - 1]!, collected[right]!];
    return values[a]! + ((values[b]! - values[a]!) * (row - a)) / (b - a);
  });
}

/**
 * From what to what the values only grew, and nothing when they did not.
 *
 * @param values a window of them
 */
export function growthOf(values: readonly number[]): Growth | undefined {
  const size = values.length / PARTS;
  const floors = Array.from({ length: PARTS }, (_, part) =>
    Math.min(...values.slice(part * size, (part + 1) * size)),
  );
  for (let part = PARTS - 2; part >= 0; part--) {
    floors[part] = Math.min(floors[part]!, floors[part + 1]!);
  }
  const [from, to] = [floors[0]!, floors[PARTS - 1]!];
  const step_min = ((to - from) / (PARTS - 1)) * STEADY;
  const steps = floors.slice(1).map((floor, i) => floor - floors[i]!);
  if (to <= from || steps.some((step) => step < step_min)) return undefined;
  const first = floors[PARTS / 2 - 1]! - from;
  const second = to - floors[PARTS / 2]!;
  return second >= LASTING * first ? { from, to } : undefined;
}

function matters({ from, to }: Growth, { floor, share }: SeriesKind, whole = from): boolean {
  return to - from >= Math.max(floor, share * whole);
}

/** The values without what other series explain of them. */
function unexplained(
  series: ReadonlyMap<string, readonly number[]>,
  name: string,
  { explained_by }: SeriesKind,
): number[] {
  const loads = Object.entries(explained_by);
  return (series.get(name) ?? []).map((value, row) =>
    loads.reduce((rest, [load, each]) => rest - each * (series.get(load)?.[row] ?? 0), value),
  );
}

function along(grown: ReadonlyMap<string, Growth>, name: string, kind: SeriesKind) {
  const others = [...grown].filter(
    ([series, growth]) => series !== name && matters(growth, kindOf(series) ?? kind),
  );
  const explains = ([series]: (typeof others)[number]) => (series in kind.explained_by ? 0 : 1);
  return others
    .sort((a, b) => explains(a) - explains(b))
    .slice(0, ALONG_MAX)
    .map(([series, growth]) => ({ series, ...growth }));
}
