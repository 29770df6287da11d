/** The methods about the daemon's health: what its monitor has found, and the figures behind it. */

import { Type } from '../../conf/type.ts';
import { Count } from './schemas.ts';
import { method } from './spec.ts';

const NOTHING = Type.Object({});

const State = Type.Enum(['healthy', 'degraded', 'failing'], {
  description:
    'degraded: it serves, and somebody should look. failing: clients cannot work, or soon cannot.',
});

const Figure = Type.Union([Type.Number(), Type.String()]);

export const healthCheck = method({
  name: 'health_check',
  aliases: [
    'health.check',
    'goxel.health_check',
    'daemon.health_check',
    'daemon.health',
    'system.health_check',
    'health',
  ],
  scope: 'daemon',
  level: 'read',
  edits: false,
  brief: 'Tells if all is well.',
  summary: 'Tells whether the daemon is well, and if not, why and since when.',
  description:
    'What the last check found (every health.check_interval_ms); no engine is asked. Something is' +
    ' worse at once or after three bad checks in a row, and better after three good ones.',
  params: NOTHING,
  positional: [],
  result: Type.Object({
    healthy: Type.Boolean({ description: 'Whether `state` is healthy.' }),
    uptime: Type.Integer({ description: 'Seconds.' }),
    requests: Type.Integer({ description: 'All requests since the start.' }),
    state: State,
    since: Type.String({ description: 'When it came to be in that state, as ISO 8601 in UTC.' }),
    reasons: Type.Array(
      Type.Object({
        what: Type.String({ description: 'Such as `engine:0`, `heartbeat engine:0`, `memory`.' }),
        state: State,
        reason: Type.String(),
        since_ms: Type.Integer({ description: 'For how long it has been so.' }),
        value: Figure,
        limit: Figure,
      }),
    ),
    checks: Type.Array(
      Type.Object({
        what: Type.String(),
        state: State,
        value: Figure,
        limit: Figure,
      }),
      { description: 'All that the last check looked at; none before the first.' },
    ),
  }),
  errors: [],
  examples: [{ name: 'as is', params: {} }],
});

/** An engine or a job thread. */
const THREAD = {
  id: Type.String(),
  state: Type.String(),
  restarts: Count,
  in_flight: Type.Integer({ description: 'Requests, or parts of jobs, that it has.' }),
  pulse_age_ms: Type.Union([Type.Integer(), Type.Null()], {
    description: 'Since its thread gave a sign of life; null while it has no thread.',
  }),
};

export const healthStats = method({
  name: 'health_stats',
  aliases: [
    'health.stats',
    'goxel.health_stats',
    'daemon.health_stats',
    'system.health_stats',
    'goxel.get_performance_metrics',
    'get_performance_metrics',
    'daemon.get_metrics',
  ],
  scope: 'daemon',
  level: 'read',
  edits: false,
  brief: 'Gives figures.',
  summary: 'Gives the figures of the daemon: requests, errors, delays, queues, memory, threads.',
  params: NOTHING,
  positional: [],
  result: Type.Object({
    total_requests: Count,
    failed_requests: Type.Integer({
      description: 'Replies with an error, those to what was no request among them.',
    }),
    active_connections: Count,
    memory_usage_mb: Type.Number({ description: 'MiB of the process (its resident set).' }),
    state: State,
    uptime_seconds: Type.Number(),
    errors: Type.Object(
      {},
      { additionalProperties: true, description: 'How many replies had each code, GOX_….' },
    ),
    rates: Type.Object({
      window_ms: Type.Integer({ description: 'What the rates are over: a minute at most.' }),
      requests_per_s: Type.Number(),
      failed_per_s: Type.Number(),
    }),
    event_loop_delay: Type.Object(
      { p50_ms: Type.Number(), p99_ms: Type.Number(), max_ms: Type.Number() },
      { description: 'How late the main thread came to what was due, before the last check.' },
    ),
    queues: Type.Object({
      requests_waiting: Type.Integer({ description: 'This one among them.' }),
      requests_running: Count,
      jobs_waiting: Count,
      jobs_running: Count,
      held_bytes: Type.Integer({ description: 'Bytes of requests and replies that wait.' }),
      held_bytes_max: Type.Integer(),
      queued: Type.Integer({
        description: 'Requests that wait for an engine; those past queue_size are refused.',
      }),
      queue_size: Type.Integer({ description: 'workers.queue_size.' }),
      queue_refused: Type.Integer({ description: 'Requests refused for it since the start.' }),
    }),
    memory: Type.Object(
      {
        rss: Count,
        heap_used: Count,
        external: Count,
        array_buffers: Count,
        limit: Type.Integer({ description: 'Of its container, or what the machine has.' }),
      },
      { description: 'Bytes of the process, and of the heap of its main thread.' },
    ),
    projects_lost: Type.Integer({ description: 'That nobody has made anew or closed.' }),
    restarts: Type.Integer({ description: 'Of all engines and job threads, since the start.' }),
    engines: Type.Array(Type.Object({ ...THREAD, projects: Count, voxel_bytes: Type.Integer() })),
    job_threads: Type.Array(Type.Object(THREAD)),
  }),
  errors: [],
  examples: [{ name: 'as is', params: {} }],
});

export const HEALTH_METHODS = [healthCheck, healthStats] as const;
