/**
 * What accepts from the listening sockets of one kind, and the connections that it accepted.
 *
 *     binding → listening ⇄ off → closing{server → connections} → closed
 *        └──────────┴────────┴───────┴──→ failed
 *
 * The `server` effect takes what the sockets accept (`sockets.ts` holds them); it keeps what it has
 * accepted and names it by number. Connections are temporary: one that ends, however it ends, is
 * not started again. A server that fails cannot be mended from here: the listener ends with that
 * failure, for its supervisor. `off`: by the configuration there is no socket of this kind, which
 * may change while the daemon runs; connections that there are stay.
 *
 * When all places are taken, those of all listeners together, the connection that has done nothing
 * for longest gives way, if that is `limits.idle_yield_ms` at least; otherwise a newcomer becomes a
 * guest, who may ask about the daemon only, so that an operator can always look; and when there are
 * `limits.operators_max` of those, it is told so and turned away.
 */

import { assign, enqueueActions, sendParent, sendTo, setup, spawnChild, stopChild } from 'xstate';
import type { Config } from '../conf/schema.ts';
import type { ConnectionInput } from './connection.ts';
import { effect, tell } from './effects.ts';
import { type Crowd, Places } from './places.ts';
import type { SocketKind } from './sockets.ts';
import {
  type DynamicEvent,
  type DynamicReport,
  dynamic,
  stopOrphans,
} from './supervision/index.ts';

export interface ListenerInput {
  /** Of which sockets. */
  kind: SocketKind;
  /** The connections of all listeners. */
  crowd: Crowd;
  config: Config;
}

export type ListenerEvent =
  | { type: 'server.listening'; address: string }
  /** There is no socket of this kind, or none any more. */
  | { type: 'server.gone' }
  | { type: 'server.closed' }
  /** `idlest`: who has done nothing for longest, looked up when all places may be taken. */
  | { type: 'socket.accepted'; accepted: number; idlest: Idle | undefined }
  | DynamicReport
  | { type: 'child.stop'; now: boolean }
  | { type: 'xstate.done.actor.connections'; actorId: string }
  | { type: 'xstate.error.actor.*'; actorId: string; error: unknown };

/** A connection without requests under way, and for how long. */
export interface Idle {
  readonly number: number;
  readonly idle_ms: number;
}

/** Said to the supervisor once the listener is ready; without an address when it is off. */
type ListenerReport = { type: 'listener.ready'; id: string; address?: string };

/** With which a listener ends that failed. */
export interface ListenerFailure {
  failure: string;
}

export type ServerCommand =
  | { type: 'server.close' }
  /** Has a connection, of whichever listener, give way to another. */
  | { type: 'connection.yield'; number: number }
  /** Tell the client that there are too many, and close. */
  | { type: 'socket.turn_away'; accepted: number; why: 'too many' | 'stopping' };

/** Connections however many a later configuration may allow; places are what bounds them. */
const CHILDREN_MAX = 65_536;
/** Connections that are ending may be so many before others are turned away on their account. */
const ENDING_MAX = 64;

export const listenerMachine = setup({
  types: {
    context: {} as ListenerInput & {
      places: Places;
      address: string;
      failure: ListenerFailure;
    },
    events: {} as ListenerEvent,
    input: {} as ListenerInput,
    output: {} as ListenerFailure | undefined,
  },
  actors: {
    server: effect<ServerCommand, ListenerInput>('server'),
    connections: dynamic({ logics: {}, now_ms: () => 0 }),
  },
  actions: {
    'start server': spawnChild('server', {
      id: 'server',
      input: ({ context: { kind, crowd, config } }) => ({ kind, crowd, config }),
    }),
    'close server': sendTo('server', { type: 'server.close' }),
    'start connections': spawnChild('connections', {
      id: 'connections',
      input: ({ context: { config } }) => ({
        template: {
          name: 'connection',
          logic: 'connection',
          restart: 'temporary' as const,
          shutdown: config.performance.shutdown_timeout_ms,
        },
        children_max: CHILDREN_MAX,
      }),
    }),
    'open connection': enqueueActions(({ context: { kind, places, config }, event, enqueue }) => {
      if (event.type !== 'socket.accepted') return;
      const guest = places.members >= config.performance.max_connections;
      const number = places.take(guest ? 'guest' : 'member');
      const { accepted } = event;
      const input = { accepted, guest, trust: trustIn(kind, config), places, config };
      enqueue.sendTo('connections', { type: 'dynamic.start', number, input });
    }),
    'ask the idlest to yield': enqueueActions(({ event, context, enqueue }) => {
      if (event.type !== 'socket.accepted' || event.idlest === undefined) return;
      const { number } = event.idlest;
      context.places.release(number);
      enqueue.sendTo('server', { type: 'connection.yield', number });
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
    'forget connection': ({ context, event }) => {
      if (event.type === 'dynamic.ended') context.places.giveBack(event.number);
    },
    'drain connections': enqueueActions((to) => {
      const now = to.event.type === 'child.stop' && to.event.now;
      tell(to, 'connections', { type: 'dynamic.stop', now } satisfies DynamicEvent);
    }),
    'drop child': stopChild(({ event }) => ('actorId' in event ? event.actorId : '')),
    'stop orphans': ({ self, event }) => {
      if ('actorId' in event) stopOrphans(self.getSnapshot().children[event.actorId]);
    },
    'note address': assign({
      address: ({ event }) => (event.type === 'server.listening' ? event.address : ''),
    }),
    'note failure': assign({
      failure: ({ event }) => ({
        failure: 'error' in event ? String(event.error) : 'the listener failed',
      }),
    }),
    'say ready': sendParent(({ self: { id }, context: { address } }) => {
      const where = address === '' ? {} : { address };
      return { type: 'listener.ready', id, ...where } satisfies ListenerReport;
    }),
    /** Provided: say that there are no places left. */
    'say full': () => {},
  },
  guards: {
    'there is a place': ({ context: { places, config } }) =>
      places.members < config.performance.max_connections && places.roomy,
    'one gives way': ({ context: { config, places }, event }) =>
      event.type === 'socket.accepted' &&
      event.idlest !== undefined &&
      event.idlest.idle_ms >= config.limits.idle_yield_ms &&
      places.roomy,
    'guests are few': ({ context: { config, places } }) =>
      places.guests < config.limits.operators_max && places.roomy,
    'no connection is open': ({ context }) => context.places.size === 0,
  },
}).createMachine({
  id: 'listener',
  context: ({ input }) => ({
    ...input,
    places: new Places(input.crowd, input.kind),
    address: '',
    failure: { failure: '' },
  }),
  entry: 'start connections',
  initial: 'binding',
  on: {
    // Also while binding: clients may come before the server has said that they can.
    'socket.accepted': [
      { guard: 'there is a place', actions: 'open connection' },
      { guard: 'one gives way', actions: ['ask the idlest to yield', 'open connection'] },
      { guard: 'guests are few', actions: ['say full', 'open connection'] },
      { actions: ['say full', 'turn away'] },
    ],
    'dynamic.ended': { actions: 'forget connection' },
    'child.stop': '.closing',
    'xstate.error.actor.*': { target: '.failed', actions: ['stop orphans', 'note failure'] },
  },
  states: {
    binding: {
      entry: 'start server',
      on: {
        'server.listening': { target: 'listening', actions: ['note address', 'say ready'] },
        'server.gone': { target: 'off', actions: 'say ready' },
      },
    },
    listening: {
      on: {
        // At another address.
        'server.listening': { actions: 'note address' },
        'server.gone': { target: 'off', actions: 'note address' },
      },
    },
    off: { on: { 'server.listening': { target: 'listening', actions: 'note address' } } },
    closing: {
      entry: ['close server', 'drain connections'],
      initial: 'server',
      on: {
        'socket.accepted': { actions: 'send home' },
        // Asked again: nobody is waited for.
        'child.stop': { actions: 'drain connections' },
        'xstate.done.actor.connections': { actions: 'drop child' },
      },
      states: {
        server: { on: { 'server.closed': 'connections' } },
        connections: { always: { guard: 'no connection is open', target: '#listener.closed' } },
      },
    },
    closed: { type: 'final' },
    failed: { type: 'final', output: ({ context }) => context.failure },
  },
  output: ({ event }) => ('output' in event ? (event.output as ListenerFailure) : undefined),
});

/** Connections of any kind, of all listeners, at a time. */
export function numbersMax(config: Config): number {
  return config.performance.max_connections + config.limits.operators_max + ENDING_MAX;
}

/** Whom the sockets of a kind let in: everybody for everything, or who shows a token for that. */
function trustIn(kind: SocketKind, { sockets, security }: Config): ConnectionInput['trust'] {
  const isAsked = kind === 'unix' ? sockets.unix.authentication : security.token_file !== '';
  return isAsked ? 'token' : 'full';
}
