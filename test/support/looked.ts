/** What a daemon answers to `top`, made up. */

import type { Sample } from '../../supervisor/cli/top/view.ts';
import type { Statistics } from '../../supervisor/statistics.ts';
import type { TreeNode } from '../../supervisor/tree.ts';

type Figures = TreeNode['figures'];

const node = (id: string, children: readonly TreeNode[] = [], figures?: Figures): TreeNode => ({
  ...{ id, kind: 'machine', state: 'ready.idle', age_ms: 60_000, children },
  ...(figures === undefined ? {} : { figures }),
});

const STATISTICS: Statistics = {
  ...{ time: '2026-01-01T00:00:00.000Z', version: '1.2.3', pid: 77, state: 'running' },
  uptime_seconds: 3600,
  health: { state: 'healthy', since: '2026-01-01T00:00:00.000Z', reasons: [] },
  requests: {
    ...{ total: 0, failed: 0, waiting: 0, running: 0, per_s: 0, failed_per_s: 0 },
    errors: {},
  },
  queue: { queued: 0, size: 1000, refused: 0 },
  connections: {
    ...{ open: 0, total: 0, bytes_read: 0, bytes_written: 0, held_bytes: 0, held_bytes_max: 9 },
  },
  engines: { count: 1, ready: 1, restarts: 0 },
  projects: { open: 0, unsaved: 0, lost: 0, voxel_bytes: 0, history_bytes: 0 },
  jobs: { waiting: 0, running: 0, done: 0, cancelled: 0, failed: 0, abandoned: 0 },
  deaths: { count: 0, last: [] },
  memory: { rss: 1024, heap_used: 1, external: 1, array_buffers: 1, limit: 4096 },
  cpu: { user_ms: 0, system_ms: 0 },
  event_loop_delay: { p50_ms: 0, p99_ms: 0, max_ms: 0 },
  log: { level: 'info', lost: 0, held_bytes: 0 },
};

/** After so many seconds, each with ten requests of each of so many connections. */
export function looked(seconds: number, connections = 2, more: Partial<Sample> = {}): Sample {
  const asked = 10 * seconds;
  const sockets = Array.from({ length: connections }, (_, i) =>
    node(`connection:${i}`, [
      node('socket', [], { requests: asked, in_flight: i, held_bytes: 10 * i }),
    ]),
  );
  const calls = { answered: asked, projects: 1, voxel_bytes: 2048 };
  const worker = { thread: 1, busy_ms: 250 * seconds };
  return {
    at_ms: 1000 * seconds,
    tree: node('daemon', [
      node('engines', [node('engine:0', [node('calls', [], calls), node('worker', [], worker)])]),
      node('listeners', [
        node('listener:unix', [node('connections', [node('pool:0', sockets)]), node('server')]),
      ]),
    ]),
    statistics: {
      ...STATISTICS,
      requests: { ...STATISTICS.requests, total: asked * connections, failed: seconds },
      cpu: { user_ms: 400 * seconds, system_ms: 100 * seconds },
    },
    ...{ jobs: [], deaths: [], requests: [] },
    ...more,
  };
}
