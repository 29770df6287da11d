/** The methods that tell of requests. */

import { Type } from '../../conf/type.ts';
import { Count } from './schemas.ts';
import { method } from './spec.ts';

/** As many at most as one reply tells of. */
const WAYS_MAX = 1000;
const WAYS_USUAL = 50;

/** A stage of a way. */
const reached = (description: string) => Type.Optional(Type.Number({ description }));

const Way = Type.Object({
  number: Type.Integer({ description: 'Counts the requests of the daemon that were noted.' }),
  connection: Type.Integer({ description: 'As in `supervisor.tree`.' }),
  request: Type.Optional(Type.Unknown({ description: 'Its id; not there for a notification.' })),
  method: Type.String({
    description: '`(unknown)` for what is no method, `(invalid)` for what is no request.',
  }),
  project: Type.Optional(Type.String()),
  session: Type.Optional(Type.Integer({ description: '`session:N` of its connection.' })),
  engine: Type.Optional(Type.Integer()),
  job: Type.Optional(Type.Integer({ description: 'That it became.' })),
  traceparent: Type.Optional(Type.String({ description: 'Of its `_meta`.' })),
  tracestate: Type.Optional(Type.String()),
  received: Type.String({ description: 'ISO 8601, UTC.' }),
  took_ms: Type.Number({ description: 'Until now, if it is under way.' }),
  running: Type.Boolean({ description: 'Whether it is under way.' }),
  queued_ms: reached('When it began to wait for its engine.'),
  started_ms: reached('When it left for its engine, or was begun in the daemon.'),
  journaled_ms: reached('When what it changed was on disk.'),
  answered_ms: reached('When it was answered, or came to its end without an answer.'),
  code: Type.Optional(Type.String({ description: 'Of the error that it was answered with.' })),
  bytes_in: Type.Integer({ description: 'Of its parameters, encoded.' }),
  bytes_out: Type.Optional(Type.Integer({ description: 'Of its result or error, encoded.' })),
});

export const trace = method({
  name: 'system.trace',
  aliases: ['trace', 'daemon.trace', 'goxel.trace', 'supervisor.trace'],
  scope: 'daemon',
  level: 'admin',
  edits: false,
  brief: 'Times the latest requests.',
  summary: 'Tells the ways of the latest requests through the daemon, with the times of stages.',
  description:
    'All that are under way, the latest tracing.kept_max that were answered, and as many of the' +
    ' latest that took tracing.slow_ms; of all clients. Times are in milliseconds after the' +
    ' request was received.',
  params: Type.Object({
    method: Type.Optional(Type.String({ description: 'By any of its names.' })),
    connection: Type.Optional(Type.Integer({ minimum: 0 })),
    min_ms: Type.Optional(
      Type.Number({ minimum: 0, description: 'Those that took so long, at least.' }),
    ),
    running: Type.Optional(
      Type.Boolean({ description: 'Those that are under way, or those that are not.' }),
    ),
    failed: Type.Optional(
      Type.Boolean({ description: 'Those with a code, or those without one.' }),
    ),
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: WAYS_MAX,
        description: `The latest so many of them; ${WAYS_USUAL} without it.`,
      }),
    ),
  }),
  positional: ['method', 'min_ms', 'limit'],
  result: Type.Object({
    count: Count,
    requests: Type.Array(Way, { description: 'The latest first.' }),
    noted: Type.Integer({ description: 'All requests that were noted since the start.' }),
    slow: Type.Integer({ description: 'Those of them that took tracing.slow_ms.' }),
    kept_max: Type.Integer({ description: 'tracing.kept_max.' }),
  }),
  errors: [],
  examples: [
    { name: 'as is', params: {} },
    { name: 'slow ones', params: { min_ms: 1000, limit: 10 } },
  ],
});

export const TRACING_METHODS = [trace];

/** So many are told of where nobody says how many. */
export const TRACE_LIMIT = WAYS_USUAL;
