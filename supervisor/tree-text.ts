/** The tree of actors, and the statistics of the daemon, as lines for people. */

import { inkOf, line, PLAIN, padded, type Span, type Style, span, widthOf } from './paint.ts';
import type { Statistics } from './statistics.ts';
import type { TreeNode } from './tree.ts';
import { ageText, bytesText, rateText } from './units.ts';

/** A name that is longer, with its branches, moves its own line only. */
const NAME_COLUMNS_MAX = 44;
const STATE_COLUMNS_MAX = 24;

interface Row {
  readonly stem: string;
  readonly node: TreeNode;
}

/** One line an actor: the branches and its name, then columns: state, age, restarts, figures. */
export function treeText(root: TreeNode, style: Style = PLAIN): string {
  const rows: Row[] = [];
  collect(root, '', '', rows);
  const widest = (max: number, widthOf: (row: Row) => number) =>
    rows.reduce((most, row) => Math.max(most, Math.min(max, widthOf(row))), 0);
  const name = widest(NAME_COLUMNS_MAX, ({ stem, node }) => widthOf(stem + node.id));
  const state = widest(STATE_COLUMNS_MAX, ({ node }) => widthOf(node.state));
  const age = widest(NAME_COLUMNS_MAX, ({ node }) => ageText(node.age_ms).length);
  const lines = rows.map(({ stem, node }) => {
    const spans = [
      span(stem, 'dim'),
      span(padded(node.id, name - widthOf(stem))),
      span(`  ${padded(node.state, state)}`, inkOf(node.state)),
      span(`  age ${padded(ageText(node.age_ms), age, 'right')}`, 'dim'),
      ...details(node),
    ];
    return line(spans, style);
  });
  return `${lines.join('\n')}\n`;
}

function details({ restarts, retiring, figures = {}, hidden }: TreeNode): Span[] {
  const spans: Span[] = [];
  if (restarts !== undefined)
    spans.push(span(`  restarts ${restarts}`, restarts > 0 ? 'warn' : 'dim'));
  if (retiring === true) spans.push(span('  retiring', 'warn'));
  for (const [name, value] of Object.entries(figures)) {
    spans.push(span(`  ${name} `, 'dim'), span(value === '' ? '-' : String(value)));
  }
  if (hidden !== undefined) spans.push(span(`  and ${hidden} more`, 'warn'));
  return spans;
}

function collect(node: TreeNode, branch: string, stem: string, rows: Row[]): void {
  rows.push({ stem: branch, node });
  for (const [i, child] of node.children.entries()) {
    const last = i === node.children.length - 1;
    collect(child, `${stem}${last ? '└─ ' : '├─ '}`, `${stem}${last ? '   ' : '│  '}`, rows);
  }
}

/** A line for each group of figures. */
export function statisticsText(statistics: Statistics, style: Style = PLAIN): string {
  const rows = rowsOf(statistics);
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, text]) =>
    line([span(padded(name, width), 'dim'), span(`  ${text}`)], style),
  );
  return `${lines.join('\n')}\n`;
}

function rowsOf(all: Statistics): [string, string][] {
  const { requests, queue, connections, engines, jobs, projects, memory, health, log } = all;
  const errors = Object.entries(requests.errors).map(([code, count]) => `${code} ${count}`);
  return [
    ['daemon', `${all.version}, process ${all.pid}, up ${ageText(all.uptime_seconds * 1000)}`],
    ['health', [health.state, ...health.reasons].join('; ')],
    [
      'requests',
      `${requests.total}, ${requests.failed} failed; ${rateText(requests.per_s)}/s; ` +
        `${requests.running} running, ${requests.waiting} waiting`,
    ],
    ...(errors.length === 0 ? [] : [['errors', errors.join(', ')] as [string, string]]),
    ['queue', `${queue.queued} of ${queue.size}; ${queue.refused} refused`],
    [
      'connections',
      `${connections.open} open, ${connections.total} in all; ` +
        `read ${bytesText(connections.bytes_read)}, ` +
        `written ${bytesText(connections.bytes_written)}, ` +
        `held ${bytesText(connections.held_bytes)}`,
    ],
    ['engines', `${engines.ready} of ${engines.count} ready; ${engines.restarts} restarts`],
    [
      'projects',
      `${projects.open} open, ${projects.unsaved} not saved, ${projects.lost} lost; ` +
        `${bytesText(projects.voxel_bytes)} of voxels, ` +
        `${bytesText(projects.history_bytes)} of history`,
    ],
    [
      'jobs',
      `${jobs.running} running, ${jobs.waiting} waiting; ${jobs.done} done, ` +
        `${jobs.cancelled} cancelled, ${jobs.failed} failed, ${jobs.abandoned} abandoned`,
    ],
    [
      'memory',
      `${bytesText(memory.rss)} of ${bytesText(memory.limit)}; heap ` +
        `${bytesText(memory.heap_used)}, external ${bytesText(memory.external)}`,
    ],
    ['processor', `${ageText(all.cpu.user_ms)} user, ${ageText(all.cpu.system_ms)} system`],
    [
      'event loop',
      `p50 ${all.event_loop_delay.p50_ms} ms, p99 ${all.event_loop_delay.p99_ms} ms, ` +
        `max ${all.event_loop_delay.max_ms} ms`,
    ],
    ['log', `${log.level}; ${log.lost} lines lost, ${bytesText(log.held_bytes)} held`],
    ...deathRows(all.deaths),
  ];
}

function deathRows({ count, last }: Statistics['deaths']): [string, string][] {
  if (count === 0) return [['deaths', 'none']];
  return last
    .toReversed()
    .map(({ actor, ago_ms, reason }, i) => [
      i === 0 ? `deaths (${count})` : '',
      `${actor}, ${ageText(ago_ms)} ago: ${reason}`,
    ]);
}
