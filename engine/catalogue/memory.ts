/** The methods about the daemon's memory: what only grows, and what is in it. */

import { Type } from '../../conf/type.ts';
import { Count } from './schemas.ts';
import { method } from './spec.ts';

export const leaks = method({
  name: 'supervisor.leaks',
  aliases: ['leaks', 'daemon.leaks', 'goxel.leaks'],
  scope: 'daemon',
  level: 'read',
  edits: false,
  brief: 'Tells of memory leaks.',
  summary: 'Gives what the leak search has counted and found; it goes on while debug lines are on.',
  description:
    'A row is what was counted at one time, or the least of several such counts: rows get coarser' +
    ' with time, and there are 64 at most. What only grew is told in the log too, when it was' +
    ' found twice.',
  params: Type.Object({}),
  positional: [],
  result: Type.Object({
    state: Type.Enum(['off', 'sampling', 'broken']),
    counts_a_row: Type.Integer({ minimum: 1 }),
    ago_ms: Type.Array(Type.Integer(), {
      description: 'Of each row: how long before the last it was.',
    }),
    collections: Type.Array(Type.Integer(), { description: 'Full collections of garbage.' }),
    series: Type.Array(
      Type.Object({
        name: Type.String({ description: 'Such as `heap used`, `timers`, `actors session`.' }),
        values: Type.Array(Type.Number(), { description: 'One for each row.' }),
      }),
    ),
    found: Type.Array(
      Type.Object({
        series: Type.String(),
        unit: Type.Enum(['bytes', 'things']),
        from: Type.Number(),
        to: Type.Number(),
        per_minute: Type.Number(),
        explained: Type.Boolean({ description: 'It grew as the load did, and is no leak.' }),
      }),
      { description: 'What only grew, by the last judgement.' },
    ),
  }),
  errors: [],
  examples: [{ name: 'as is', params: {} }],
});

const Thread = Type.String({
  pattern: '^(main|engine:[0-9]{1,6}|job:[0-9]{1,6})$',
  description: '`main`, or a thread as the tree names it: `engine:0`, `job:1`.',
});

export const heap = method({
  name: 'supervisor.heap',
  aliases: ['heap', 'daemon.heap', 'goxel.heap'],
  scope: 'daemon',
  level: 'admin',
  edits: false,
  brief: 'Writes a heap snapshot.',
  summary: "Writes a snapshot of a thread's JavaScript heap, for the memory tab of Chrome's tools.",
  description:
    'The thread stands still meanwhile, for a second or more for each 100 MB, and so does the' +
    ' main thread while the snapshot is written. A heap holds everything, secrets too: the file' +
    ' is for its owner only (mode 600). One at a time.',
  params: Type.Object({
    thread: Type.Optional(Thread),
    path: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 4096,
        description:
          'An absolute path below dump.directory, where nothing is yet. Without it: a new file' +
          ' there.',
      }),
    ),
  }),
  positional: ['thread', 'path'],
  result: Type.Object({
    thread: Thread,
    path: Type.String(),
    bytes: Count,
    took_ms: Type.Integer({ minimum: 0 }),
    warning: Type.String(),
  }),
  errors: ['GOX_PATH_REFUSED', 'GOX_FILE', 'GOX_ENGINE_LOST', 'GOX_ENGINE_BUSY'],
  examples: [{ name: 'of an engine', params: { thread: 'engine:0' } }],
});

export const MEMORY_METHODS = [leaks, heap] as const;
