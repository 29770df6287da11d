/** What the daemon as a whole has done and holds: gathered when somebody looks, without waiting. */

import type { Counters } from '../actors/connection/intake-deps.ts';
import type { PlacedConnection } from '../actors/connection/sessions.ts';
import type { Projects } from '../actors/engines/projects.ts';
import type { Jobs } from '../actors/jobs/jobs.ts';
import type { tree } from '../engine/catalogue/inside.ts';
import type { Result } from '../engine/catalogue/spec.ts';
import { VERSION } from '../engine/catalogue/version.ts';
import { HISTORY, type Pool } from '../engine/port/pool.ts';
import type { LogFacts } from '../machines/health-facts.ts';
import type { Death } from '../machines/supervision/index.ts';
import type { DaemonHealth } from './health.ts';

export type Statistics = NonNullable<Result<typeof tree>['statistics']>;

export interface StatisticsDeps {
  readonly daemon: () => { readonly state: string };
  readonly health: Pick<DaemonHealth, 'check' | 'stats'>;
  readonly counters: Readonly<Counters>;
  readonly connections: ReadonlyMap<number, Pick<PlacedConnection, 'traffic'>>;
  readonly projects: Pick<Projects, 'all'>;
  readonly jobs: Pick<Jobs, 'figures'>;
  readonly pool: Pick<Pool, 'held'>;
  readonly deaths: () => readonly Death[];
  readonly clock: { now_ms(): number };
  readonly log: { readonly level: string };
  readonly logs: () => readonly LogFacts[];
}

/** Of the deaths, the last ones. */
const DEATHS_MAX = 5;

export function statistics(deps: StatisticsDeps): Statistics {
  const { state, since, reasons } = deps.health.check();
  const stats = deps.health.stats();
  const { queues, engines, memory, event_loop_delay, rates } = stats;
  const cpu = process.cpuUsage();
  return {
    time: new Date().toISOString(),
    version: VERSION,
    pid: process.pid,
    state: deps.daemon().state,
    uptime_seconds: stats.uptime_seconds,
    health: { state, since, reasons: reasons.map(({ what, reason }) => `${what}: ${reason}`) },
    requests: {
      total: stats.total_requests,
      failed: stats.failed_requests,
      waiting: queues.requests_waiting,
      running: queues.requests_running,
      per_s: rates.requests_per_s,
      failed_per_s: rates.failed_per_s,
      errors: stats.errors,
    },
    queue: { queued: queues.queued, size: queues.queue_size, refused: queues.queue_refused },
    connections: {
      ...traffic(deps),
      held_bytes: queues.held_bytes,
      held_bytes_max: queues.held_bytes_max,
    },
    engines: {
      count: engines.length,
      ready: engines.filter((engine) => engine.state.startsWith('ready')).length,
      restarts: stats.restarts,
    },
    projects: {
      ...projects(deps),
      voxel_bytes: engines.reduce((sum, { voxel_bytes }) => sum + voxel_bytes, 0),
      history_bytes: deps.pool.held(HISTORY),
    },
    jobs: jobs(deps, queues),
    deaths: deaths(deps),
    memory,
    cpu: { user_ms: Math.round(cpu.user / 1000), system_ms: Math.round(cpu.system / 1000) },
    event_loop_delay,
    log: {
      level: deps.log.level,
      lost: deps.logs().reduce((sum, { lost }) => sum + lost, 0),
      held_bytes: deps.logs().reduce((sum, { held_bytes }) => sum + held_bytes, 0),
    },
  };
}

function traffic({ counters, connections }: StatisticsDeps) {
  let { bytes_read, bytes_written } = counters;
  for (const { traffic } of connections.values()) {
    bytes_read += traffic.bytes_read;
    bytes_written += traffic.bytes_written;
  }
  return { open: connections.size, total: counters.connections, bytes_read, bytes_written };
}

function projects(deps: StatisticsDeps) {
  const all = [...deps.projects.all()];
  return {
    open: all.filter(({ state }) => state !== 'lost').length,
    unsaved: all.filter(({ unsaved }) => unsaved).length,
    lost: all.filter(({ state }) => state === 'lost').length,
  };
}

function jobs(deps: StatisticsDeps, now: { jobs_waiting: number; jobs_running: number }) {
  const { done, cancelled, failed, abandoned } = deps.jobs.figures();
  const { jobs_waiting, jobs_running } = now;
  return { waiting: jobs_waiting, running: jobs_running, done, cancelled, failed, abandoned };
}

function deaths({ deaths, clock }: StatisticsDeps): Statistics['deaths'] {
  const all = deaths();
  const last = all.slice(-DEATHS_MAX).map(({ path, at_ms, reason }) => ({
    ...{ actor: path, ago_ms: Math.max(0, Math.round(clock.now_ms() - at_ms)), reason },
  }));
  return { count: all.length, last };
}
