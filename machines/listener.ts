/**
 * One listening socket and the connections it accepted.
 *
 *     binding → listening → closing → closed | failed
 *
 * The `server` effect binds and accepts; it keeps the accepted sockets and names them by number.
 * Connections are temporary: one that ends, however it ends, is not started again. A server that
 * fails cannot be mended from here, so it escalates as `listener.failed`.
 */

import { assign, enqueueActions, sendParent, sendTo, setup, spawnChild, stopChild } from 'xstate';
import type { Config } from '../conf/schema.ts';
import { effect } from './effects.ts';
import { POOL_SIZE, type PoolReport, poolMachine } from './pool.ts';

export interface ListenerInput {
  config: Config;
}

export type ListenerEvent =
  | { type: 'server.listening'; address: string }
  | { type: 'server.failed'; code: ListenFailure; reason: string }
  | { type: 'server.closed' }
  | { type: 'socket.accepted'; number: number }
  | PoolReport
  | { type: 'listener.close' }
  | { type: 'xstate.error.actor.*'; actorId: string; error: unknown };

/** `busy`: another process listens there. `refused`: the address cannot be used as configured. */
export type ListenFailure = 'busy' | 'refused';

export type ListenerReport =
  | { type: 'listener.ready'; address: string }
  | { type: 'listener.failed'; code: ListenFailure; reason: string }
  | { type: 'listener.closed' };

export type ServerCommand =
  | { type: 'server.close' }
  /** Tell the client that there are too many, and close. */
  | { type: 'socket.turn_away'; number: number };

export const listenerMachine = setup({
  types: {
    context: {} as ListenerInput & {
      /** Open connections: their pool, by their number. */
      pools: Readonly<Record<number, number>>;
      started: number;
      code: ListenFailure;
      reason: string;
      address: string;
    },
    events: {} as ListenerEvent,
    input: {} as ListenerInput,
  },
  actors: {
    server: effect<ServerCommand, ListenerInput>('server'),
    pool: poolMachine,
  },
  actions: {
    'start server': spawnChild('server', {
      id: 'server',
      input: ({ context }) => ({ config: context.config }),
    }),
    'close server': sendTo('server', { type: 'server.close' }),
    'stop server': stopChild('server'),
    'open connection': enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'socket.accepted') return;
      const sizes = new Array<number>(context.started).fill(0);
      for (const pool of Object.values(context.pools)) sizes[pool] = (sizes[pool] ?? 0) + 1;
      let pool = sizes.findIndex((size) => size < POOL_SIZE);
      if (pool < 0) {
        pool = context.started;
        enqueue.assign({ started: pool + 1 });
        enqueue.spawnChild('pool', { id: `pool:${pool}`, input: { config: context.config } });
      }
      enqueue.assign({ pools: { ...context.pools, [event.number]: pool } });
      enqueue.sendTo(`pool:${pool}`, { type: 'connection.open', number: event.number });
    }),
    'turn away': sendTo('server', ({ event }) => ({
      type: 'socket.turn_away',
      number: event.type === 'socket.accepted' ? event.number : -1,
    })),
    'forget connection': assign({
      pools: ({ context, event }) => {
        if (event.type !== 'connection.closed') return context.pools;
        const { [event.number]: _, ...pools } = context.pools;
        return pools;
      },
    }),
    'drain pools': enqueueActions(({ context, enqueue }) => {
      for (let pool = 0; pool < context.started; pool += 1) {
        enqueue.sendTo(`pool:${pool}`, { type: 'connection.drain' });
      }
    }),
    'note address': assign({
      address: ({ event }) => (event.type === 'server.listening' ? event.address : ''),
    }),
    'note failure': assign({
      code: ({ event }) => (event.type === 'server.failed' ? event.code : 'refused'),
      reason: ({ event }) => {
        if (event.type === 'server.failed') return event.reason;
        return 'error' in event ? String(event.error) : 'the listener failed';
      },
    }),
    'say ready': sendParent(({ context }) => ({
      type: 'listener.ready',
      address: context.address,
    })),
    'say failed': sendParent(({ context }) => ({
      type: 'listener.failed',
      code: context.code,
      reason: context.reason,
    })),
    'say closed': sendParent({ type: 'listener.closed' }),
  },
  guards: {
    'there is room': ({ context }) =>
      Object.keys(context.pools).length < context.config.limits.connections_max,
    'no connection is open': ({ context }) => Object.keys(context.pools).length === 0,
  },
}).createMachine({
  id: 'listener',
  context: ({ input }) => ({
    ...input,
    pools: {},
    started: 0,
    code: 'refused',
    reason: '',
    address: '',
  }),
  initial: 'binding',
  on: {
    // Also while binding: clients may come before the server has said that they can.
    'socket.accepted': [
      { guard: 'there is room', actions: 'open connection' },
      { actions: 'turn away' },
    ],
    'connection.closed': { actions: 'forget connection' },
    'listener.close': '.closing',
    'server.failed': { target: '.failed', actions: 'note failure' },
    'xstate.error.actor.*': { target: '.failed', actions: 'note failure' },
  },
  states: {
    binding: {
      entry: 'start server',
      on: {
        'server.listening': {
          target: 'listening',
          actions: ['note address', 'say ready'],
        },
      },
    },
    listening: {},
    closing: {
      entry: ['close server', 'drain pools'],
      initial: 'server',
      on: { 'socket.accepted': { actions: 'turn away' } },
      states: {
        server: { on: { 'server.closed': 'connections' } },
        connections: { always: { guard: 'no connection is open', target: '#listener.closed' } },
      },
    },
    closed: { type: 'final', entry: 'say closed' },
    failed: { entry: ['stop server', 'say failed'], on: { 'socket.accepted': {} } },
  },
});
