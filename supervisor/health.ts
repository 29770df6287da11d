/**
 * The health monitor put together: where its facts come from, what the log says of its findings,
 * and what `health_check` and `health_stats` answer.
 */

import type { Logger } from 'pino';
import type { AnyActorRef, SnapshotFrom } from 'xstate';
import { checksEffect } from '../actors/health/checks.ts';
import { gatherFacts, type HealthSources } from '../actors/health/facts.ts';
import type { Pulses } from '../actors/health/pulses.ts';
import { Rates } from '../actors/health/rates.ts';
import { figuresOf, withVitals } from '../actors/vitals.ts';
import type { GoxError } from '../conf/errors.ts';
import type { healthCheck, healthStats } from '../engine/catalogue/health.ts';
import type { Result } from '../engine/catalogue/spec.ts';
import { type HealthContext, healthMachine } from '../machines/health.ts';
import { type Condition, worst } from '../machines/health-conditions.ts';
import type { JournalFacts, LogFacts, SocketFacts, ThreadFacts } from '../machines/health-facts.ts';
import { deaths, type SupervisorRef, whichChildren } from '../machines/supervision/index.ts';
import type { Failures } from '../transport/failures.ts';
import { SPARE } from './children.ts';
import { childrenOf } from './tree.ts';

interface HealthProject {
  readonly name: string;
  readonly number: number;
  readonly state: string;
  readonly read_only: GoxError | undefined;
}

export interface HealthDeps {
  /** The root of the tree, once it has started. */
  readonly root: () => AnyActorRef;
  readonly log: Logger;
  /** How the places do that the log goes to. */
  readonly logs: () => readonly LogFacts[];
  readonly pulses: Pulses;
  readonly counters: { readonly requests: number };
  readonly failures: Failures;
  readonly connections: ReadonlyMap<number, { readonly replies: { readonly open: number } }>;
  readonly admission: {
    figures(): { queued: number; queue_size: number; queue_refused: number };
  };
  readonly ledger: { readonly bytes: number; readonly bytes_max: number };
  readonly projects: { all(): Iterable<HealthProject> };
  readonly jobs: { list(): readonly { readonly state: string }[] };
  /** Is done at each check: looks for requests that take long. */
  readonly look: () => void;
}

/** What the rest of the daemon has of it. */
export interface DaemonHealth {
  /** The monitor, for the actor `health` of the root. */
  readonly machine: typeof healthMachine;
  /** The result of `health_check`. */
  check(): Result<typeof healthCheck>;
  /** That of `health_stats`. */
  stats(): Result<typeof healthStats>;
}

export function daemonHealth(deps: HealthDeps): DaemonHealth {
  const { root, log, pulses } = deps;
  const rates = new Rates(performance.now());
  const sources = sourcesOf(deps);
  const machine = healthMachine.provide({
    actors: { checks: withVitals(checksEffect({ sources, rates, look: deps.look })) },
    actions: {
      'report stalled': ({ context }) => {
        for (const { id, silent_ms } of context.stalled) pulses.stalled(id, silent_ms);
      },
      'announce changes': ({ context }) => announceChanges(log, context),
      'announce verdict': ({ context }) => announceVerdict(log, context),
    },
  });
  const monitor = () => root().getSnapshot().children.health?.getSnapshot();
  return {
    machine,
    check: () => checkResult(deps, monitor()),
    stats: () => statsResult(deps, sources, rates, monitor()),
  };
}

function sourcesOf(deps: HealthDeps): HealthSources {
  const { root, pulses, connections, ledger, projects, jobs, counters, failures } = deps;
  return {
    pulses,
    engines: () => threads(root(), 'engines'),
    jobThreads: () => threads(root(), 'jobs'),
    sockets: () => sockets(root()),
    logs: deps.logs,
    openRequests: () => {
      let open = 0;
      for (const { replies } of connections.values()) open += replies.open;
      return open;
    },
    jobs: () => {
      const list = jobs.list();
      const jobs_running = list.filter(({ state }) => state === 'running').length;
      return { jobs_waiting: list.length - jobs_running, jobs_running };
    },
    heldBytes: () => ledger.bytes,
    lostProjects: () =>
      [...projects.all()].filter(({ state }) => state === 'lost').map(({ number }) => number),
    journals: () => [...projects.all()].flatMap(journalFacts),
    totals: () => ({ requests: counters.requests, failed: failures.total }),
  };
}

/** What cannot be written, of a project that is there. */
function journalFacts({ name, state, read_only }: HealthProject): JournalFacts[] {
  if (read_only === undefined || state === 'closed') return [];
  // One that is full is written again once there is room.
  return [
    { project: name, passes: read_only.code === 'GOX_JOURNAL_FULL', reason: read_only.message },
  ];
}

interface MachineShape {
  readonly value?: unknown;
  readonly context?: { readonly restarts?: number; readonly reason?: string };
  readonly children?: Readonly<Record<string, AnyActorRef | undefined>>;
}

/** The engines, or the job threads, by their supervisor, with those that wait to be replaced. */
function threads(root: AnyActorRef, supervisor: string): ThreadFacts[] {
  const found = childrenOf(root).find(({ id }) => id === supervisor);
  if (found === undefined) return [];
  const isThread = ({ id }: { readonly id: string }) => id !== SPARE;
  const actors = childrenOf(found).filter(isThread);
  const isThere = (id: string) => actors.some((actor) => actor.id === id);
  const gone = whichChildren(found as SupervisorRef).filter(
    (one) => isThread(one) && !isThere(one.id),
  );
  const died = deaths(found);
  const missing = gone.map(({ id }) => ({
    ...{ id, state: 'failed', restarts: 0, in_flight: 0, voxel_bytes: 0, projects: 0 },
    reason: died.findLast(({ path }) => path === id)?.reason ?? 'it is not there',
  }));
  const there = actors.map((actor) => {
    const { value, context, children }: MachineShape = actor.getSnapshot();
    const calls = children?.calls;
    const figures = calls === undefined ? undefined : figuresOf(calls);
    return {
      id: actor.id,
      state: typeof value === 'string' ? value : (Object.keys(value ?? {})[0] ?? ''),
      restarts: context?.restarts ?? 0,
      reason: context?.reason ?? '',
      in_flight: Number(figures?.in_flight ?? 0),
      voxel_bytes: Number(figures?.voxel_bytes ?? 0),
      projects: Number(figures?.projects ?? 0),
    };
  });
  return [...there, ...missing];
}

/** What the servers know of their paths. */
function sockets(root: AnyActorRef): SocketFacts[] {
  const listeners = childrenOf(root).find(({ id }) => id === 'listeners');
  return childrenOf(listeners).flatMap((listener) => {
    const { children }: MachineShape = listener.getSnapshot();
    const server = children?.server;
    const trouble = server === undefined ? undefined : figuresOf(server)?.trouble;
    if (trouble === undefined) return [];
    return [{ id: listener.id, trouble: trouble === 'none' ? '' : String(trouble) }];
  });
}

function announceChanges(log: Logger, { changes, now_ms }: HealthContext): void {
  for (const { from, to, since_ms, what, reason, value, limit } of changes) {
    const after_ms = Math.round(now_ms() - since_ms);
    const facts = { what, from, to, after_ms, reason, value, limit };
    if (to === 'healthy') log.info(facts, 'health: something is well again');
    else log.warn(facts, 'health: something is amiss');
  }
}

function announceVerdict(log: Logger, { conditions, since_ms }: HealthContext): void {
  const state = worst(conditions);
  const since = new Date(since_ms).toISOString();
  const reasons = conditions
    .filter((condition) => condition.state !== 'healthy')
    .map(({ reading }) => reading.reason);
  const facts = { state, since, reasons };
  if (state === 'healthy') log.info(facts, 'the daemon is healthy again');
  else if (state === 'degraded') log.warn(facts, 'the daemon is degraded');
  else log.error(facts, 'the daemon is failing');
}

type Monitor = SnapshotFrom<typeof healthMachine> | undefined;

/** While the daemon starts or stops there is no monitor, and so nothing that it found. */
function checkResult(deps: HealthDeps, monitor: Monitor): Result<typeof healthCheck> {
  const now_ms = monitor?.context.now_ms() ?? 0;
  const conditions = monitor?.context.conditions ?? [];
  const state = worst(conditions);
  const since_ms = monitor?.context.since_ms ?? Date.now();
  const states = new Map(conditions.map((condition) => [condition.what, condition.state]));
  return {
    healthy: state === 'healthy',
    uptime: Math.floor(process.uptime()),
    requests: deps.counters.requests,
    state,
    since: new Date(since_ms).toISOString(),
    reasons: conditions
      .filter((condition) => condition.state !== 'healthy')
      .map((condition) => reasonOf(condition, now_ms)),
    checks: (monitor?.context.readings ?? []).map(({ what, value, limit }) => ({
      ...{ what, state: states.get(what) ?? ('healthy' as const), value, limit },
    })),
  };
}

function reasonOf({ what, state, reading, since_ms }: Condition, now_ms: number) {
  const { reason, value, limit } = reading;
  return {
    what,
    state,
    reason,
    since_ms: Math.max(0, Math.round(now_ms - since_ms)),
    value,
    limit,
  };
}

function statsResult(
  deps: HealthDeps,
  sources: HealthSources,
  rates: Rates,
  monitor: Monitor,
): Result<typeof healthStats> {
  // The delays are those of the last interval; everything else is of this moment.
  const delay = monitor?.context.facts?.event_loop ?? { p50_ms: 0, p99_ms: 0, max_ms: 0 };
  const facts = gatherFacts(sources, delay);
  const totals = sources.totals();
  const silent = new Map(facts.silences.map(({ id, silent_ms }) => [id, silent_ms]));
  const thread = ({ id, state, restarts, in_flight }: ThreadFacts) => ({
    ...{ id, state, restarts, in_flight, pulse_age_ms: silent.get(id) ?? null },
  });
  const all = [...facts.engines, ...facts.job_threads];
  return {
    total_requests: totals.requests,
    failed_requests: totals.failed,
    active_connections: deps.connections.size,
    memory_usage_mb: Math.round((facts.memory.rss / 1024 / 1024) * 10) / 10,
    state: worst(monitor?.context.conditions ?? []),
    uptime_seconds: Math.round(process.uptime() * 10) / 10,
    errors: deps.failures.byCode(),
    rates: rates.figures(performance.now(), totals),
    event_loop_delay: facts.event_loop,
    queues: {
      ...facts.queues,
      ...{ ...deps.admission.figures(), held_bytes_max: deps.ledger.bytes_max },
    },
    memory: facts.memory,
    projects_lost: facts.projects_lost.length,
    restarts: all.reduce((sum, { restarts }) => sum + restarts, 0),
    engines: facts.engines.map((one) => ({
      ...thread(one),
      ...{ projects: one.projects, voxel_bytes: one.voxel_bytes },
    })),
    job_threads: facts.job_threads.map(thread),
  };
}
