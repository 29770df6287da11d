/** The methods that look into the daemon: the tree with its statistics, requests, a report. */

import { Type } from '../../conf/type.ts';
import { Count } from './schemas.ts';
import { method } from './spec.ts';

const NOTHING = Type.Object({});
const Bytes = Count;
const Milliseconds = Type.Integer({ minimum: 0 });

/** The requests that one answer tells of: the oldest ones. */
export const REQUESTS_TOLD_MAX = 200;

/** What the daemon as a whole has done and holds, at one moment. */
const Statistics = Type.Object({
  time: Type.String({ description: 'ISO 8601, in UTC.' }),
  version: Type.String(),
  pid: Type.Integer(),
  state: Type.String({ description: 'Of the root of the tree.' }),
  uptime_seconds: Type.Number(),
  health: Type.Object({
    state: Type.String(),
    since: Type.String(),
    reasons: Type.Array(Type.String()),
  }),
  requests: Type.Object({
    total: Type.Integer({ description: 'Since the start, as all totals here.' }),
    failed: Type.Integer({ description: 'Replies with an error.' }),
    waiting: Count,
    running: Count,
    per_s: Type.Number({ description: 'Over the last minute.' }),
    failed_per_s: Type.Number(),
    errors: Type.Object({}, { additionalProperties: true, description: 'By their codes.' }),
  }),
  queue: Type.Object({
    queued: Type.Integer({ description: 'Requests that wait for an engine.' }),
    size: Count,
    refused: Count,
  }),
  connections: Type.Object({
    open: Count,
    total: Count,
    bytes_read: Bytes,
    bytes_written: Bytes,
    held_bytes: Bytes,
    held_bytes_max: Bytes,
  }),
  engines: Type.Object({
    count: Count,
    ready: Count,
    restarts: Type.Integer({ description: 'Of engines and job threads.' }),
  }),
  projects: Type.Object({
    ...{ open: Count, unsaved: Count, lost: Count, voxel_bytes: Bytes },
    history_bytes: Type.Integer({ description: 'of what can be undone, and of checkpoints' }),
  }),
  jobs: Type.Object({
    waiting: Count,
    running: Count,
    done: Count,
    cancelled: Count,
    failed: Count,
    abandoned: Count,
  }),
  deaths: Type.Object({
    count: Type.Integer({ description: 'Of the last 100, which supervisor.deaths lists.' }),
    last: Type.Array(
      Type.Object({ actor: Type.String(), ago_ms: Milliseconds, reason: Type.String() }),
    ),
  }),
  memory: Type.Object({
    rss: Bytes,
    heap_used: Bytes,
    external: Bytes,
    array_buffers: Bytes,
    limit: Bytes,
  }),
  cpu: Type.Object(
    { user_ms: Milliseconds, system_ms: Milliseconds },
    { description: 'Of all threads of the process.' },
  ),
  event_loop_delay: Type.Object({
    p50_ms: Type.Number(),
    p99_ms: Type.Number(),
    max_ms: Type.Number(),
  }),
  log: Type.Object({ level: Type.String(), lost: Count, held_bytes: Bytes }),
});

/** An actor of the tree; its children are the same. */
const Node = {
  id: Type.String(),
  kind: Type.Enum(['machine', 'effect']),
  state: Type.String({ description: 'The state of a machine, in dots; or that of an effect.' }),
  age_ms: Milliseconds,
  restarts: Type.Optional(Count),
  retiring: Type.Optional(Type.Boolean()),
  figures: Type.Optional(
    Type.Object({}, { additionalProperties: true, description: 'What the actor counts.' }),
  ),
  hidden: Type.Optional(
    Type.Integer({ description: 'Children that are not told of: there are too many actors.' }),
  ),
};

export const tree = method({
  name: 'supervisor.tree',
  aliases: ['tree', 'daemon.tree', 'goxel.tree'],
  scope: 'daemon',
  level: 'read',
  edits: false,
  brief: 'Gives the tree of actors.',
  summary: 'Gives the tree of actors with the state of each, and statistics if asked for them.',
  params: Type.Object({
    statistics: Type.Optional(
      Type.Boolean({ description: 'Whether the root has what the daemon has done and holds.' }),
    ),
  }),
  positional: ['statistics'],
  result: Type.Object({
    ...Node,
    children: Type.Array(
      Type.Object(
        { id: Type.String(), state: Type.String() },
        { additionalProperties: true, description: 'As the root, with children of its own.' },
      ),
    ),
    statistics: Type.Optional(Statistics),
  }),
  errors: [],
  examples: [
    { name: 'as is', params: {} },
    { name: 'with statistics', params: { statistics: true } },
  ],
});

const requests = method({
  name: 'supervisor.requests',
  aliases: ['daemon.requests'],
  scope: 'daemon',
  level: 'admin',
  edits: false,
  brief: 'Lists requests under way.',
  summary: 'Lists requests for projects that are under way, the oldest first.',
  description:
    `At most ${REQUESTS_TOLD_MAX} of them, and of one project of a connection the 32 oldest. No` +
    ' engine is asked. Of parameters nothing is told.',
  params: NOTHING,
  positional: [],
  result: Type.Object({
    open: Type.Integer({ description: 'Requests without an answer yet, this one among them.' }),
    requests: Type.Array(
      Type.Object({
        connection: Type.Integer({ description: 'As supervisor.tree numbers it.' }),
        request: Type.Union([Type.String(), Type.Number(), Type.Null()], {
          description: 'Its id, cut after 64 characters; null for a notification.',
        }),
        method: Type.String(),
        project: Type.String(),
        stage: Type.Enum(['waiting', 'sent', 'running', 'job'], {
          description:
            'waiting: for its turn. sent: with its engine, behind others of the same batch. job:' +
            ' it became one, see goxel.list_jobs.',
        }),
        age_ms: Type.Integer({ minimum: 0, description: 'Since it was received.' }),
        engine: Type.Optional(Type.Integer()),
        job: Type.Optional(Type.Integer()),
      }),
    ),
  }),
  errors: [],
  examples: [{ name: 'as is', params: {} }],
});

const UNAVAILABLE = '; or `{"unavailable": why}`';

const part = (description: string) => Type.Unknown({ description: description + UNAVAILABLE });

export const report = method({
  name: 'supervisor.report',
  aliases: ['daemon.report'],
  scope: 'daemon',
  level: 'admin',
  edits: false,
  brief: 'Gives facts for bug reports.',
  summary: "Gives the daemon's half of a report for a bug: all that can be said of it, masked.",
  description:
    'No engine is asked. Tokens and what looks secret are masked; of models and parameters' +
    ' nothing is told, but names and paths are. Each part has a limit, and may fail by itself.',
  params: NOTHING,
  positional: [],
  result: Type.Object({
    time: Type.String({ description: 'ISO 8601, in UTC.' }),
    versions: part('Of the daemon, Node.js, and the system'),
    start: part('Command line, directory, and the variables that are about the daemon'),
    status: part('As status'),
    health: part('As health_check'),
    figures: part('As health_stats'),
    configuration: part('Each key with its value, and its origin if it is no default'),
    tree: part('As supervisor.tree, with statistics'),
    deaths: part('As supervisor.deaths'),
    jobs: part('As goxel.list_jobs'),
    requests: part('As supervisor.requests'),
    traces: part('As system.trace'),
    leaks: part('As supervisor.leaks'),
    resources: part('What the process has taken, and how many handles of each kind it has'),
    log: part('The last lines of the log, 500 and 256 KiB at the most'),
  }),
  errors: [],
  examples: [{ name: 'as is', params: {} }],
});

export const INSIDE_METHODS = [tree, requests, report] as const;
