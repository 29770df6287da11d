/**
 * One listening socket and the connections it accepted.
 *
 *     binding → listening → closing → closed | failed
 *
 * The `server` effect binds and accepts; it keeps the accepted sockets and names them by number.
 * Connections are temporary: one that ends, however it ends, is not started again. A server that
 * fails cannot be mended from here, so it escalates as `listener.failed`.
 *
 * When all places are taken, the connection that has done nothing for longest gives way, if that is
 * `limits.idle_yield_ms` at least; otherwise a newcomer becomes a guest, who may ask about the
 * daemon only, so that an operator can always look; and when there are enough of those, it is told
 * so and turned away.
 */

import { assign, enqueueActions, sendParent, sendTo, setup, spawnChild, stopChild } from 'xstate';
import type { Config } from '../conf/schema.ts';
import { effect } from './effects.ts';
import { stopOrphans } from './orphans.ts';
import { Places } from './places.ts';
import { POOL_SIZE, type PoolReport, poolMachine } from './pool.ts';

export interface ListenerInput {
  config: Config;
}

export type ListenerEvent =
  | { type: 'server.listening'; address: string }
  | { type: 'server.failed'; code: ListenFailure; reason: string }
  | { type: 'server.closed' }
  /** `idlest`: who has done nothing for longest, looked up when all places may be taken. */
  | { type: 'socket.accepted'; accepted: number; idlest: Idle | undefined }
  | PoolReport
  | { type: 'listener.close'; now: boolean }
  | { type: 'xstate.error.actor.*'; actorId: string; error: unknown };

/** A connection without requests under way, and for how long. */
export interface Idle {
  readonly number: number;
  readonly idle_ms: number;
}

/** `busy`: another process listens there. `refused`: the address cannot be used as configured. */
export type ListenFailure = 'busy' | 'refused';

export type ListenerReport =
  | { type: 'listener.ready'; address: string }
  | { type: 'listener.failed'; code: ListenFailure; reason: string }
  | { type: 'listener.closed' };

export type ServerCommand =
  | { type: 'server.close' }
  /** Tell the client that there are too many, and close. */
  | { type: 'socket.turn_away'; accepted: number; why: 'too many' | 'stopping' };

/** Guests at a time. */
const GUESTS_MAX = 2;
/** Connections that are ending may be so many before others are turned away on their account. */
const ENDING_MAX = 64;

export const listenerMachine = setup({
  types: {
    context: {} as ListenerInput & {
      places: Places;
      /** Pools that were started. */
      pools: number;
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
      const guest = context.places.members >= context.config.limits.connections_max;
      const number = context.places.take(guest ? 'guest' : 'member');
      const pool = Math.floor(number / POOL_SIZE);
      if (pool >= context.pools) {
        enqueue.assign({ pools: pool + 1 });
        enqueue.spawnChild('pool', { id: `pool:${pool}`, input: { config: context.config } });
      }
      const { accepted } = event;
      enqueue.sendTo(`pool:${pool}`, { type: 'connection.open', number, accepted, guest });
    }),
    'ask the idlest to yield': enqueueActions(({ event, context, enqueue }) => {
      if (event.type !== 'socket.accepted' || event.idlest === undefined) return;
      const { number } = event.idlest;
      context.places.release(number);
      const pool = `pool:${Math.floor(number / POOL_SIZE)}`;
      enqueue.sendTo(pool, { type: 'connection.yield', number });
    }),
    'turn away': sendTo('server', ({ event }) => ({
      type: 'socket.turn_away',
      accepted: event.type === 'socket.accepted' ? event.accepted : -1,
      why: 'too many',
    })),
    'send home': sendTo('server', ({ event }) => ({
      type: 'socket.turn_away',
      accepted: event.type === 'socket.accepted' ? event.accepted : -1,
      why: 'stopping',
    })),
    'free place': ({ context, event }) => {
      if (event.type === 'connection.freed') context.places.release(event.number);
    },
    'forget connection': ({ context, event }) => {
      if (event.type === 'connection.closed') context.places.giveBack(event.number);
    },
    'drain pools': enqueueActions(({ context, event, enqueue }) => {
      const now = event.type === 'listener.close' && event.now;
      for (let pool = 0; pool < context.pools; pool += 1) {
        enqueue.sendTo(`pool:${pool}`, { type: 'connection.drain', now });
      }
    }),
    'stop orphans': ({ self, event }) => {
      if ('actorId' in event) stopOrphans(self.getSnapshot().children[event.actorId]);
    },
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
    /** Provided: say that there are no places left. */
    'say full': () => {},
  },
  guards: {
    'there is a place': ({ context: { places, config } }) =>
      places.members < config.limits.connections_max && places.roomy,
    'one gives way': ({ context: { config, places }, event }) =>
      event.type === 'socket.accepted' &&
      event.idlest !== undefined &&
      event.idlest.idle_ms >= config.limits.idle_yield_ms &&
      places.roomy,
    'guests are few': ({ context: { places } }) => places.guests < GUESTS_MAX && places.roomy,
    'no connection is open': ({ context }) => context.places.size === 0,
  },
}).createMachine({
  id: 'listener',
  context: ({ input }) => ({
    ...input,
    places: new Places(input.config.limits.connections_max + GUESTS_MAX + ENDING_MAX),
    pools: 0,
    code: 'refused',
    reason: '',
    address: '',
  }),
  initial: 'binding',
  on: {
    // Also while binding: clients may come before the server has said that they can.
    'socket.accepted': [
      { guard: 'there is a place', actions: 'open connection' },
      { guard: 'one gives way', actions: ['ask the idlest to yield', 'open connection'] },
      { guard: 'guests are few', actions: ['say full', 'open connection'] },
      { actions: ['say full', 'turn away'] },
    ],
    'connection.freed': { actions: 'free place' },
    'connection.closed': { actions: 'forget connection' },
    'listener.close': '.closing',
    'server.failed': { target: '.failed', actions: 'note failure' },
    'xstate.error.actor.*': { target: '.failed', actions: ['stop orphans', 'note failure'] },
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
      on: {
        'socket.accepted': { actions: 'send home' },
        // Asked again: nobody is waited for.
        'listener.close': { actions: 'drain pools' },
      },
      states: {
        server: { on: { 'server.closed': 'connections' } },
        connections: { always: { guard: 'no connection is open', target: '#listener.closed' } },
      },
    },
    closed: { type: 'final', entry: 'say closed' },
    failed: { entry: ['stop server', 'say failed'], on: { 'socket.accepted': {} } },
  },
});
