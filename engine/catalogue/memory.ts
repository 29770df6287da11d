/** The methods about the daemon's memory: what only grows. */

import { Type } from 'typebox';
import { method } from './spec.ts';

export const leaks = method({
  name: 'supervisor.leaks',
  aliases: ['leaks', 'daemon.leaks', 'goxel.leaks'],
  scope: 'daemon',
  level: 'read',
  edits: false,
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

export const MEMORY_METHODS = [leaks] as const;
