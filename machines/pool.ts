/**
 * At most `POOL_SIZE` connections. xstate copies the table of children whenever one starts or
 * stops, so a thousand under one actor cost a thousand times more than a thousand spread over
 * pools.
 */

import { enqueueActions, sendParent, setup, stopChild } from 'xstate';
import type { Config } from '../conf/schema.ts';
import { connectionMachine } from './connection.ts';

export const POOL_SIZE = 64;

export interface PoolInput {
  config: Config;
}

export type PoolEvent =
  | { type: 'connection.open'; number: number }
  | { type: 'connection.drain' }
  | { type: 'xstate.done.actor.*'; actorId: string }
  | { type: 'xstate.error.actor.*'; actorId: string; error: unknown };

export type PoolReport = { type: 'connection.closed'; number: number };

function connectionNumber(actorId: string): number {
  return Number(actorId.slice(actorId.indexOf(':') + 1));
}

export const poolMachine = setup({
  types: {
    context: {} as PoolInput,
    events: {} as PoolEvent,
    input: {} as PoolInput,
  },
  actors: { connection: connectionMachine },
  actions: {
    open: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'connection.open') return;
      const input = { number: event.number, config: context.config };
      enqueue.spawnChild('connection', { id: `connection:${event.number}`, input });
    }),
    'drain all': enqueueActions(({ self, enqueue }) => {
      for (const id of Object.keys(self.getSnapshot().children)) {
        enqueue.sendTo(id, { type: 'connection.drain' });
      }
    }),
    'drop child': stopChild(({ event }) => ('actorId' in event ? event.actorId : '')),
    'say closed': sendParent(({ event }) => ({
      type: 'connection.closed',
      number: 'actorId' in event ? connectionNumber(event.actorId) : -1,
    })),
  },
}).createMachine({
  id: 'pool',
  context: ({ input }) => input,
  on: {
    'connection.open': { actions: 'open' },
    'connection.drain': { actions: 'drain all' },
    'xstate.done.actor.*': { actions: ['drop child', 'say closed'] },
    'xstate.error.actor.*': { actions: ['drop child', 'say closed'] },
  },
});
