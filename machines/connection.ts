/**
 * One connection of a client.
 *
 *     open{idle|busy|paused} → draining → closed
 *
 * `socket` reads, frames and writes; one `session` for each project that the client names passes
 * its requests to the engine that owns it. All requests of one read are one event here. `paused`
 * means that the client does not read its replies: nothing more is read from it until it does.
 */

import { assign, cancel, enqueueActions, raise, sendTo, setup, stopChild } from 'xstate';
import type { Config } from '../conf/schema.ts';
import { effect } from './effects.ts';

export interface ConnectionInput {
  /** The connection's number, unique in the life of the daemon. */
  number: number;
  config: Config;
}

/** The requests of one read for one project; what they are is the business of the actors. */
export interface RequestGroup {
  /** Names the session, and so its order of requests. */
  readonly session: string;
  readonly requests: readonly object[];
}

export type ConnectionEvent =
  | { type: 'requests.received'; groups: readonly RequestGroup[] }
  | { type: 'requests.answered'; session: string; count: number }
  | { type: 'output.full' }
  | { type: 'output.drained' }
  | { type: 'frame.partial' }
  | { type: 'frame.whole' }
  | { type: 'frame.overdue' }
  | { type: 'input.ended' }
  | { type: 'socket.closed' }
  | { type: 'connection.drain' }
  | { type: 'drain.overdue' }
  | { type: 'xstate.done.actor.*'; actorId: string }
  | { type: 'xstate.error.actor.*'; actorId: string; error: unknown };

export interface ConnectionChildInput {
  number: number;
  config: Config;
}

export interface SessionInput extends ConnectionChildInput {
  session: string;
  /** Whether it starts as if it had been told `session.pause`. */
  held: boolean;
}

export type SocketCommand =
  | { type: 'socket.pause' }
  | { type: 'socket.resume' }
  | { type: 'socket.refuse_partial' }
  | { type: 'socket.end' }
  | { type: 'socket.destroy' };

export type SessionCommand =
  | { type: 'session.submit'; requests: readonly object[] }
  | { type: 'session.pause' }
  | { type: 'session.resume' };

/**
 * Sessions kept for later use. A client that names more projects than this has sessions without
 * requests under way stopped, since the cost of starting a child grows with its siblings.
 */
const SESSIONS_KEPT = 16;

type Context = ConnectionInput & {
  /** Requests under way, by session. */
  inFlight: Readonly<Record<string, number>>;
  total: number;
  /** Whether sessions are to keep their requests. */
  held: boolean;
};

export const connectionMachine = setup({
  types: {
    context: {} as Context,
    events: {} as ConnectionEvent,
    input: {} as ConnectionInput,
  },
  actors: {
    socket: effect<SocketCommand, ConnectionChildInput>('socket'),
    session: effect<SessionCommand, SessionInput>('session'),
  },
  actions: {
    'start socket': enqueueActions(({ context, enqueue }) => {
      const input = { number: context.number, config: context.config };
      enqueue.spawnChild('socket', { id: 'socket', input });
    }),
    'pass requests on': enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'requests.received') return;
      const inFlight = { ...context.inFlight };
      let total = context.total;
      for (const { session, requests } of event.groups) {
        const known = inFlight[session];
        if (known === undefined) {
          const idle = Object.keys(inFlight).find((name) => inFlight[name] === 0);
          if (Object.keys(inFlight).length >= SESSIONS_KEPT && idle !== undefined) {
            enqueue.stopChild(`session:${idle}`);
            delete inFlight[idle];
          }
          const { number, config, held } = context;
          const input = { number, config, session, held };
          enqueue.spawnChild('session', { id: `session:${session}`, input });
        }
        inFlight[session] = (known ?? 0) + requests.length;
        total += requests.length;
        enqueue.sendTo(`session:${session}`, { type: 'session.submit', requests });
      }
      enqueue.assign({ inFlight, total });
    }),
    'count answers': assign({
      inFlight: ({ context, event }) =>
        event.type === 'requests.answered'
          ? {
              ...context.inFlight,
              [event.session]: (context.inFlight[event.session] ?? 0) - event.count,
            }
          : context.inFlight,
      total: ({ context, event }) =>
        event.type === 'requests.answered' ? context.total - event.count : context.total,
    }),
    'hold sessions': enqueueActions(({ context, enqueue }) => {
      enqueue.assign({ held: true });
      for (const name of Object.keys(context.inFlight)) {
        enqueue.sendTo(`session:${name}`, { type: 'session.pause' });
      }
    }),
    'release sessions': enqueueActions(({ context, enqueue }) => {
      enqueue.assign({ held: false });
      for (const name of Object.keys(context.inFlight)) {
        enqueue.sendTo(`session:${name}`, { type: 'session.resume' });
      }
    }),
    'pause reading': sendTo('socket', { type: 'socket.pause' }),
    'resume reading': sendTo('socket', { type: 'socket.resume' }),
    'expect the rest': raise({ type: 'frame.overdue' }, { id: 'partial', delay: 'partial frame' }),
    'expect nothing': cancel('partial'),
    'limit draining': raise({ type: 'drain.overdue' }, { delay: 'shutdown timeout' }),
    'refuse partial': sendTo('socket', { type: 'socket.refuse_partial' }),
    'end socket': sendTo('socket', { type: 'socket.end' }),
    'destroy socket': sendTo('socket', { type: 'socket.destroy' }),
    'drop child': stopChild(({ event }) => ('actorId' in event ? event.actorId : '')),
  },
  guards: {
    'nothing is under way': ({ context }) => context.total === 0,
  },
  delays: {
    'partial frame': ({ context }) => context.config.limits.partial_frame_timeout_ms,
    'shutdown timeout': ({ context }) => context.config.limits.shutdown_timeout_ms,
  },
}).createMachine({
  id: 'connection',
  context: ({ input }) => ({ ...input, inFlight: {}, total: 0, held: false }),
  entry: 'start socket',
  initial: 'open',
  on: {
    'socket.closed': '.closed',
    'requests.answered': { actions: 'count answers' },
    'connection.drain': { target: '.draining', actions: 'limit draining' },
    'drain.overdue': { target: '.closed', actions: 'destroy socket' },
    'xstate.done.actor.*': { actions: 'drop child' },
    // A defect in one child ends this connection and nothing else.
    'xstate.error.actor.*': { target: '.closed', actions: ['drop child', 'destroy socket'] },
  },
  states: {
    open: {
      initial: 'idle',
      on: {
        'input.ended': 'draining',
        'output.full': '.paused',
        'frame.partial': { actions: ['expect nothing', 'expect the rest'] },
        'frame.whole': { actions: 'expect nothing' },
        'frame.overdue': { target: 'draining', actions: 'refuse partial' },
        'requests.received': { actions: 'pass requests on' },
      },
      states: {
        idle: { on: { 'requests.received': { target: 'busy', actions: 'pass requests on' } } },
        busy: { always: { guard: 'nothing is under way', target: 'idle' } },
        paused: {
          entry: ['pause reading', 'hold sessions'],
          exit: ['release sessions', 'resume reading'],
          on: { 'output.drained': 'busy' },
        },
      },
    },
    draining: {
      entry: 'expect nothing',
      initial: 'waiting',
      // What the socket had read before it was told to stop is still served.
      on: { 'requests.received': { actions: 'pass requests on' } },
      states: {
        waiting: { always: { guard: 'nothing is under way', target: 'ending' } },
        ending: { entry: 'end socket' },
      },
    },
    closed: { type: 'final' },
  },
});
