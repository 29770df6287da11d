/** The facts of a check of a daemon that is well, for tests of the health monitor. */

import type { HealthFacts, ThreadFacts } from '../../machines/health-facts.ts';

export function thread(id: string, changes: Partial<ThreadFacts> = {}): ThreadFacts {
  return {
    ...{ id, state: 'ready', restarts: 0, reason: '' },
    ...{ in_flight: 0, voxel_bytes: 0, projects: 0, ...changes },
  };
}

export function factsWith(changes: Partial<HealthFacts> = {}): HealthFacts {
  return {
    silences: [
      { id: 'engine:0', silent_ms: 200 },
      { id: 'engine:1', silent_ms: 0 },
    ],
    engines: [thread('engine:0'), thread('engine:1')],
    job_threads: [thread('job:0'), thread('job:1')],
    sockets: [{ id: 'listener:unix', trouble: '' }],
    logs: [{ id: 'log', to: '/var/log/d', lost: 0, held_bytes: 0, trouble: '' }],
    event_loop: { p50_ms: 0, p99_ms: 1, max_ms: 9000 },
    queues: {
      ...{ requests_waiting: 0, requests_running: 0, jobs_waiting: 0, jobs_running: 0 },
      held_bytes: 0,
    },
    memory: { rss: 1e8, heap_used: 1e7, external: 1e6, array_buffers: 1e6, limit: 1e9 },
    projects_lost: [],
    journals: [],
    ...changes,
  };
}
