/** Methods about the daemon itself: the main thread answers them, so no project can delay them. */

import { Type } from '../../conf/type.ts';
import { debug, reload, shutdown, upgrade } from './operation.ts';
import { Count, Success } from './schemas.ts';
import { method } from './spec.ts';

const NOTHING = Type.Object({});
const ANYTHING = Type.Object({}, { additionalProperties: true });

export const echo = method({
  name: 'echo',
  aliases: ['goxel.echo'],
  scope: 'daemon',
  level: 'read',
  edits: false,
  brief: 'Gives back what it got.',
  summary: 'Gives the parameters back, whatever they are; {} without any.',
  params: ANYTHING,
  positional: [],
  result: Type.Unknown(),
  errors: [],
  examples: [{ name: 'an object', params: { a: 1 }, result: { a: 1 } }],
});

const ping = method({
  name: 'ping',
  aliases: ['goxel.ping', 'system.ping'],
  scope: 'daemon',
  level: 'read',
  edits: false,
  brief: 'Says that it lives.',
  summary: 'Answers that the daemon lives.',
  params: NOTHING,
  positional: [],
  ignored: { timestamp: 'Clients by the v14.6 documents; the answer has the time of the daemon.' },
  result: Type.Object({
    pong: Type.Boolean(),
    timestamp: Type.Integer({ description: 'Unix time in seconds.' }),
  }),
  errors: [],
  examples: [{ name: 'as is', params: {} }],
});

const version = method({
  name: 'version',
  aliases: ['get_version', 'goxel.version', 'goxel.get_version', 'system.get_version'],
  scope: 'daemon',
  level: 'read',
  edits: false,
  brief: 'Tells the version.',
  summary: 'Tells the version of the daemon.',
  params: NOTHING,
  positional: [],
  result: Type.Object({ version: Type.String(), type: Type.String(), protocol: Type.String() }),
  errors: [],
  examples: [{ name: 'as is', params: {} }],
});

const status = method({
  name: 'status',
  aliases: [
    'daemon.status',
    'daemon.stats',
    'goxel.status',
    'goxel.get_daemon_status',
    'get_daemon_status',
    'system.get_status',
  ],
  scope: 'daemon',
  level: 'read',
  edits: false,
  brief: 'Tells how the daemon is.',
  summary: 'Tells how the daemon is: since when it runs, what it holds, how its parts are.',
  params: NOTHING,
  positional: [],
  result: Type.Object({
    status: Type.String(),
    pid: Type.Integer(),
    current_time: Type.String({ description: 'YYYY-MM-DD HH:MM:SS, local time.' }),
    hostname: Type.String(),
    goxel_initialized: Type.Boolean(),
    methods_available: Count,
    memory_allocated: Type.Integer({ description: 'Bytes of voxels, in all projects.' }),
    memory_allowed: Type.Integer({
      description: 'What these may come to: limits.voxel_bytes_max, in bytes.',
    }),
    history_bytes: Type.Integer({
      description: 'Bytes of what can be undone and of checkpoints, in all projects.',
    }),
    uptime_seconds: Type.Number(),
    connections: Count,
    requests: Count,
    held_bytes: Type.Integer({
      description: 'Bytes of requests and replies that wait, of all connections.',
    }),
    memory: Type.Object(
      {
        rss: Count,
        heap_used: Count,
        external: Count,
        array_buffers: Count,
      },
      { description: 'Bytes of the process, and of the heap of its main thread.' },
    ),
    journal: Type.Object({
      sync: Type.Enum(['always', 'interval', 'never', 'ephemeral'], {
        description: 'When edits are on the disk (journal.sync); ephemeral: never at all.',
      }),
      directory: Type.String({ description: 'Where projects are kept; empty when they are not.' }),
      bytes: Type.Integer({ minimum: 0, description: 'Of the files of all projects.' }),
      read_only: Type.Integer({ minimum: 0, description: 'Projects that only can be read.' }),
      unread: Type.Integer({ minimum: 0, description: 'Projects that wait to be read.' }),
      unloaded: Type.Integer({ minimum: 0, description: 'Projects that could not be read.' }),
    }),
    log: Type.Object({
      level: Type.String(),
      sinks: Type.Array(
        Type.Object({
          to: Type.String({ description: 'A path, or standard output.' }),
          lost: Type.Integer({ description: 'Lines that were dropped since the start.' }),
          held_bytes: Type.Integer({ description: 'Bytes of lines that wait to be written.' }),
          trouble: Type.String({
            description: 'Why lines are not written; empty when all is well.',
          }),
        }),
        { description: 'Where log lines go.' },
      ),
    }),
    engines: Type.Array(Type.Object({ id: Type.String(), state: Type.String(), restarts: Count })),
  }),
  errors: [],
  examples: [{ name: 'as is', params: {} }],
});

const listMethods = method({
  name: 'list_methods',
  aliases: ['goxel.list_methods', 'system.list_methods', 'goxel.help', 'help'],
  scope: 'daemon',
  level: 'read',
  edits: false,
  brief: 'Lists these methods.',
  summary: 'Lists the methods with a few words of each, in less than 8 KB.',
  description: 'rpc.discover has their levels, parameters and schemas.',
  params: NOTHING,
  positional: [],
  result: Type.Object({
    count: Count,
    methods: Type.Array(
      Type.Object({
        method: Type.String(),
        description: Type.String({ description: 'A few words; help and rpc.discover say more.' }),
      }),
    ),
  }),
  errors: [],
  examples: [{ name: 'as is', params: {} }],
});

export const discover = method({
  name: 'rpc.discover',
  aliases: [],
  scope: 'daemon',
  level: 'read',
  edits: false,
  brief: 'Describes methods.',
  summary: 'Gives this catalogue as an OpenRPC document: a list of the methods, one, or all.',
  description:
    'Without parameters: names, summaries and names of parameters, and in `info` what holds for' +
    ' all methods. With `method`, by any of its names: that one with its schemas, errors and' +
    ' examples. With `full: true`: all of them so.',
  params: Type.Object({
    method: Type.Optional(
      Type.String({ minLength: 1, maxLength: 128, title: 'the name of a method' }),
    ),
    full: Type.Optional(Type.Boolean({ default: false })),
  }),
  positional: ['method', 'full'],
  result: Type.Object({
    openrpc: Type.String(),
    info: Type.Object({
      title: Type.String(),
      description: Type.String({ description: 'What holds for every method.' }),
      version: Type.String(),
    }),
    methods: Type.Array(Type.Object({ name: Type.String() })),
    components: Type.Optional(Type.Object({})),
  }),
  errors: [],
  examples: [
    { name: 'the list', params: {} },
    { name: 'one method', params: { method: 'goxel.render_scene' } },
  ],
});

const listProjects = method({
  name: 'goxel.list_projects',
  aliases: ['list_projects', 'project.list'],
  scope: 'daemon',
  level: 'read',
  edits: false,
  brief: 'Lists the projects.',
  summary: 'Lists the projects, the state of each and the engine it belongs to.',
  description:
    'While one is opening or closing, other requests for it wait; while it is replaying, being' +
    ' made anew after the thread of its engine died, or read at a start, all do. One that is lost' +
    ' could not be made anew, and is refused with GOX_PROJECT_LOST until it is created, loaded or' +
    ' closed. One that is unloaded is kept on the disk and could not be read; asking for it has' +
    ' that tried again.',
  params: NOTHING,
  positional: [],
  result: Type.Object({
    count: Count,
    projects: Type.Array(
      Type.Object({
        project: Type.String(),
        title: Type.String({
          description: 'What it was called when it was created, or the file it was loaded from.',
        }),
        engine: Type.Integer(),
        state: Type.Enum(['opening', 'open', 'closing', 'replaying', 'unloaded', 'lost']),
        unsaved: Type.Boolean({
          description: 'Whether it was edited since it was saved or loaded; lost: whether it was.',
        }),
        read_only: Type.Boolean({ description: 'Whether edits are refused.' }),
        reason: Type.String({
          description: 'Why it is read only, unloaded or lost; empty when it is not.',
        }),
        kept_bytes: Type.Integer({ minimum: 0, description: 'Of its files in the store.' }),
      }),
    ),
  }),
  errors: [],
  examples: [{ name: 'as is', params: {} }],
});

const listJobs = method({
  name: 'goxel.list_jobs',
  aliases: ['list_jobs', 'job.list'],
  scope: 'daemon',
  level: 'read',
  edits: false,
  brief: 'Lists the jobs.',
  summary: 'Lists the renders, exports and other jobs there are, with the progress of each.',
  params: NOTHING,
  positional: [],
  result: Type.Object({
    count: Count,
    jobs: Type.Array(
      Type.Object({
        job: Type.Integer(),
        kind: Type.String(),
        title: Type.String(),
        project: Type.String(),
        connection: Type.Integer({
          description: 'The connection that asked, as supervisor.tree numbers it.',
        }),
        state: Type.Enum(['waiting', 'running', 'handing over', 'cancelling'], {
          description:
            'waiting: no thread has a part of it. handing over: its engine makes the result of' +
            ' what it did. cancelling: its request is answered, and its threads are to stop.',
        }),
        stage: Type.Integer({ description: 'Which of its stages is next or runs, from 1.' }),
        stages: Type.Integer(),
        progress: Type.Number({ description: 'From 0 to 1.' }),
        age_ms: Type.Integer(),
      }),
    ),
  }),
  errors: [],
  examples: [{ name: 'of an idle daemon', params: {}, result: { count: 0, jobs: [] } }],
});

export const cancelJob = method({
  name: 'goxel.cancel_job',
  aliases: ['cancel_job', 'job.cancel'],
  scope: 'daemon',
  level: 'standard',
  edits: false,
  brief: 'Stops a job.',
  summary: 'Stops a render or an export; its own request is answered with GOX_CANCELLED.',
  description: 'Those of other connections are stopped for callers of level admin only.',
  params: Type.Object({ job: Type.Integer({ minimum: 1 }) }),
  positional: ['job'],
  result: Type.Object({
    success: Success,
    job: Type.Integer(),
    cancelled: Type.Boolean({ description: 'Whether there was such a job to be stopped.' }),
  }),
  errors: [],
  examples: [
    {
      name: 'one that has ended',
      params: { job: 1 },
      result: { success: true, job: 1, cancelled: false },
    },
  ],
});

export const cancelRequest = method({
  name: '$/cancelRequest',
  aliases: ['notifications/cancelled', 'cancel_request'],
  scope: 'daemon',
  level: 'read',
  urgent: true,
  edits: false,
  brief: 'Gives up a request.',
  summary: 'Gives up a request of the same connection; that one is answered with GOX_CANCELLED.',
  description:
    'Sent as a notification, as language servers and MCP clients do. An edit that is given up' +
    ' changes nothing; a request that has just ended is answered as if nobody had asked.',
  params: Type.Object({
    id: Type.Optional(
      Type.Union([Type.String(), Type.Number()], {
        title: 'the id of a request',
        description: 'The id of the request, as it was sent.',
      }),
    ),
    reason: Type.Optional(Type.String({ description: 'Accepted, for MCP clients; not used.' })),
  }),
  positional: ['id'],
  spellings: { requestId: 'id', request_id: 'id' },
  result: Type.Object({
    success: Success,
    cancelled: Type.Boolean({ description: 'Whether such a request was under way.' }),
  }),
  errors: [],
  examples: [
    {
      name: 'one that has ended',
      params: { id: 7 },
      result: { success: true, cancelled: false },
    },
  ],
});

const deaths = method({
  name: 'supervisor.deaths',
  aliases: ['deaths', 'daemon.deaths', 'goxel.deaths'],
  scope: 'daemon',
  level: 'read',
  edits: false,
  brief: 'Lists what died.',
  summary: 'Lists the last 100 deaths of parts of the daemon, the latest last.',
  params: NOTHING,
  positional: [],
  result: Type.Object({
    count: Count,
    deaths: Type.Array(
      Type.Object({
        actor: Type.String({ description: 'Its place in the tree: engines/engine:0/worker.' }),
        ago_ms: Type.Integer({ minimum: 0 }),
        lived_ms: Type.Integer({ minimum: 0 }),
        reason: Type.String(),
        decided: Type.String({ description: 'What followed, such as restart, or gave up.' }),
      }),
    ),
  }),
  errors: [],
  examples: [{ name: 'as is', params: {} }],
});

export const DAEMON_METHODS = [
  echo,
  ping,
  version,
  status,
  listMethods,
  discover,
  listProjects,
  listJobs,
  cancelJob,
  cancelRequest,
  deaths,
  debug,
  reload,
  upgrade,
  shutdown,
] as const;
