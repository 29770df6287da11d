/**
 * At most `POOL_SIZE` connections. xstate copies the table of children whenever one starts or
 * stops, so a thousand under one actor cost a thousand times more than a thousand spread over
 * pools.
 */

import { enqueueActions, sendParent, setup, stopChild } from 'xstate';
import type { Config } from '../conf/schema.ts';
import { type ConnectionReport, connectionMachine } from './connection.ts';
import { stopOrphans } from './orphans.ts';

export const POOL_SIZE = 64;

export interface PoolInput {
  config: Config;
}

export type PoolEvent =
  | { type: 'connection.open'; number: number; accepted: number; guest: boolean }
  | { type: 'connection.yield'; number: number }
  | { type: 'connection.drain'; now: boolean }
  | ConnectionReport
  | { type: 'xstate.done.actor.*'; actorId: string }
  | { type: 'xstate.error.actor.*'; actorId: string; error: unknown };

export type PoolReport = ConnectionReport | { type: 'connection.closed'; number: number };

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
      const { number, accepted, guest } = event;
      const input = { number, accepted, guest, config: context.config };
      enqueue.spawnChild('connection', { id: `connection:${number}`, input });
    }),
    'ask one to yield': enqueueActions(({ event, self, enqueue }) => {
      if (event.type !== 'connection.yield') return;
      const id = `connection:${event.number}`;
      if (id in self.getSnapshot().children) enqueue.sendTo(id, { type: 'connection.yield' });
    }),
    'drain all': enqueueActions(({ self, event, enqueue }) => {
      const now = event.type === 'connection.drain' && event.now;
      for (const id of Object.keys(self.getSnapshot().children)) {
        enqueue.sendTo(id, { type: 'connection.drain', now });
      }
    }),
    'stop orphans': ({ self, event }) => {
      if ('actorId' in event) stopOrphans(self.getSnapshot().children[event.actorId]);
    },
    'drop child': stopChild(({ event }) => ('actorId' in event ? event.actorId : '')),
    'say freed': sendParent(({ event }) => event),
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
    'connection.yield': { actions: 'ask one to yield' },
    'connection.drain': { actions: 'drain all' },
    'connection.freed': { actions: 'say freed' },
    'xstate.done.actor.*': { actions: ['drop child', 'say closed'] },
    'xstate.error.actor.*': { actions: ['stop orphans', 'drop child', 'say closed'] },
  },
});
