/** What the program consists of, as data. */

import type { ChildSpec, SupervisorSpec } from '../../../machines/supervision/index.ts';

const RESTARTS = {
  ...{ restart_on_failure: true, max_restart_attempts: 3, window_ms: 60_000 },
  ...{ restart_delay_ms: 50, restart_delay_ms_max: 2000, backoff_factor: 2, jitter: 0.2 },
};

/** @param drain_ms what the server may take to answer what it has read, when it is to stop */
export function programSpec(threads: number, drain_ms: number): SupervisorSpec {
  const thread = (_: unknown, index: number): ChildSpec => ({
    ...{ id: `thread:${index}`, logic: 'thread', shutdown: 1000 },
    ready: { event: 'up', within_ms: 10_000 },
  });
  // No thread needs another: the rest go on while one is started again.
  const pool: SupervisorSpec = {
    ...{ strategy: 'one_for_one', restarts: RESTARTS },
    children: Array.from({ length: threads }, thread),
  };
  return {
    // The server works with the pool: it starts after it, stops before it, and starts again with
    // it. A pool that gives up is replaced as a whole, once.
    ...{ strategy: 'rest_for_one', restarts: { ...RESTARTS, max_restart_attempts: 1 } },
    ...{ stop_within_ms: drain_ms + 2000, hurry_within_ms: 500 },
    children: [
      { id: 'pool', supervises: pool },
      {
        ...{ id: 'server', logic: 'server', shutdown: drain_ms },
        ready: { event: 'up', within_ms: 5000 },
      },
    ],
  };
}
