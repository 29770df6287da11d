/** What `goxel-supervisor top` shows, made of what the daemon answered now and the time before. */

import type { Statistics } from '../../statistics.ts';
import type { TreeNode } from '../../tree.ts';

/** What one look at the daemon gave. */
export interface Sample {
  /** When, by a clock that only goes forward. */
  readonly at_ms: number;
  readonly tree: TreeNode;
  readonly statistics: Statistics;
  readonly jobs: readonly JobRow[];
  readonly deaths: readonly DeathRow[];
  /** Those under way; a sentence when they are not told to us. */
  readonly requests: readonly RequestRow[] | string;
}

export interface JobRow {
  readonly job: number;
  readonly kind: string;
  readonly title: string;
  readonly project: string;
  readonly connection: number;
  readonly state: string;
  readonly stage: number;
  readonly stages: number;
  readonly progress: number;
  readonly age_ms: number;
}

export interface DeathRow {
  readonly actor: string;
  readonly ago_ms: number;
  readonly lived_ms: number;
  readonly reason: string;
  readonly decided: string;
}

export interface RequestRow {
  readonly connection: number;
  readonly method: string;
  readonly project: string;
  readonly stage: string;
  readonly age_ms: number;
  readonly engine?: number;
  readonly job?: number;
}

/** An engine or a job thread. */
export interface ThreadRow {
  readonly id: string;
  readonly state: string;
  readonly restarts: number;
  /** How much of the time its thread has worked, from 0 to 1; undefined while nobody knows. */
  readonly load: number | undefined;
  readonly answered_per_s: number | undefined;
  readonly projects: number | undefined;
  readonly voxel_bytes: number | undefined;
  /** What it runs; empty for nothing. */
  readonly running: string;
  readonly running_ms: number | undefined;
}

export interface ConnectionRow {
  readonly number: number;
  /** Of its listener: unix, tcp. */
  readonly kind: string;
  /** Where it comes from, and the name of its token, as far as there are any. */
  readonly from: string;
  readonly state: string;
  readonly requests_per_s: number | undefined;
  readonly requests: number;
  readonly in_flight: number;
  readonly held_bytes: number;
  readonly age_ms: number;
}

export interface View {
  readonly statistics: Statistics;
  /** Between the two looks; undefined for the first. */
  readonly rates: Rates | undefined;
  readonly threads: readonly ThreadRow[];
  readonly connections: readonly ConnectionRow[];
  readonly requests: Sample['requests'];
  readonly jobs: readonly JobRow[];
  /** The latest first. */
  readonly deaths: readonly DeathRow[];
}

export interface Rates {
  readonly requests_per_s: number;
  readonly failed_per_s: number;
  readonly read_per_s: number;
  readonly written_per_s: number;
  /** Of one processor: 1 is one that is busy all the time. */
  readonly cpu: number;
}

export function viewOf(sample: Sample, before: Sample | undefined): View {
  const { statistics, jobs, deaths, requests, tree } = sample;
  const earlier = isOfOne(statistics, before?.statistics) ? before : undefined;
  const seconds = earlier === undefined ? 0 : (sample.at_ms - earlier.at_ms) / 1000;
  return {
    ...{ statistics, jobs, requests },
    rates: earlier === undefined ? undefined : ratesOf(statistics, earlier.statistics, seconds),
    threads: threadsOf(tree, jobs, earlier?.tree, seconds),
    connections: connectionsOf(tree, earlier?.tree, seconds),
    deaths: deaths.toReversed(),
  };
}

/** Whether both are of the same process: after a restart nothing of before counts. */
function isOfOne(now: Statistics, before: Statistics | undefined): boolean {
  return before?.pid === now.pid && before.uptime_seconds <= now.uptime_seconds;
}

function ratesOf(now: Statistics, before: Statistics, seconds: number): Rates {
  const per_s = (of: (one: Statistics) => number) => growth(of(now), of(before), seconds) ?? 0;
  return {
    requests_per_s: per_s(({ requests }) => requests.total),
    failed_per_s: per_s(({ requests }) => requests.failed),
    read_per_s: per_s(({ connections }) => connections.bytes_read),
    written_per_s: per_s(({ connections }) => connections.bytes_written),
    cpu: per_s(({ cpu }) => cpu.user_ms + cpu.system_ms) / 1000,
  };
}

/** A second; nothing for a count that began anew. */
function growth(now: number, before: number, seconds: number): number | undefined {
  return seconds <= 0 || now < before ? undefined : (now - before) / seconds;
}

function threadsOf(
  tree: TreeNode,
  jobs: readonly JobRow[],
  before: TreeNode | undefined,
  seconds: number,
): ThreadRow[] {
  return ['engines', 'jobs'].flatMap((parent) =>
    childrenOf(tree, parent)
      .filter(({ id }) => /:/.test(id))
      .map((node) => {
        const earlier = childrenOf(before, parent).find(({ id }) => id === node.id);
        return threadOf(node, jobs, earlier, seconds);
      }),
  );
}

function threadOf(
  node: TreeNode,
  jobs: readonly JobRow[],
  before: TreeNode | undefined,
  seconds: number,
): ThreadRow {
  const calls = figuresOf(node, 'calls');
  const worker = figuresOf(node, 'worker');
  const earlier = figuresOf(before, 'worker');
  // Another thread has the place of one that died.
  const same = worker.thread === earlier.thread;
  const busy = same ? growth(count(worker.busy_ms), count(earlier.busy_ms), seconds) : undefined;
  const answered = figuresOf(before, 'calls').answered;
  const job = jobs.find((one) => one.job === calls.job);
  return {
    id: node.id,
    state: node.retiring === true ? `${node.state} retiring` : node.state,
    restarts: node.restarts ?? 0,
    load: busy === undefined ? undefined : Math.min(1, busy / 1000),
    answered_per_s:
      answered === undefined ? undefined : growth(count(calls.answered), count(answered), seconds),
    projects: calls.projects === undefined ? undefined : count(calls.projects),
    voxel_bytes: calls.voxel_bytes === undefined ? undefined : count(calls.voxel_bytes),
    running: job === undefined ? String(calls.running ?? '') : `job ${job.job}: ${job.title}`,
    running_ms:
      job?.age_ms ?? (calls.running_ms === undefined ? undefined : count(calls.running_ms)),
  };
}

function connectionsOf(
  tree: TreeNode,
  before: TreeNode | undefined,
  seconds: number,
): ConnectionRow[] {
  const earlier = new Map(placed(before).map(({ node, kind }) => [`${kind} ${node.id}`, node]));
  return placed(tree).map(({ node, kind }) => {
    const figures = figuresOf(node, 'socket');
    const last = earlier.get(`${kind} ${node.id}`);
    // Numbers are used again.
    const same = last !== undefined && last.age_ms <= node.age_ms;
    const then = same ? count(figuresOf(last, 'socket').requests) : 0;
    return {
      number: Number(node.id.slice(node.id.indexOf(':') + 1)),
      kind,
      from: [figures.from, figures.token].filter((one) => one !== undefined).join(' '),
      state: node.state,
      requests_per_s: growth(count(figures.requests), then, seconds),
      requests: count(figures.requests),
      in_flight: count(figures.in_flight),
      held_bytes: count(figures.held_bytes),
      age_ms: node.age_ms,
    };
  });
}

/** The connections of a tree, and the kind of the listener of each. */
function placed(tree: TreeNode | undefined): { node: TreeNode; kind: string }[] {
  return childrenOf(tree, 'listeners').flatMap((listener) => {
    const kind = listener.id.replace(/^listener:/, '');
    const pools = listener.children.find(({ id }) => id === 'connections')?.children ?? [];
    const nodes = pools.flatMap(({ children }) => children);
    return nodes.filter(({ id }) => id.startsWith('connection:')).map((node) => ({ node, kind }));
  });
}

function childrenOf(tree: TreeNode | undefined, id: string): readonly TreeNode[] {
  return tree?.children.find((node) => node.id === id)?.children ?? [];
}

function figuresOf(node: TreeNode | undefined, id: string): NonNullable<TreeNode['figures']> {
  return node?.children.find((child) => child.id === id)?.figures ?? {};
}

function count(figure: string | number | undefined): number {
  return typeof figure === 'number' ? figure : 0;
}
