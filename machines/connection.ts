/**
 * One connection of a client.
 *
 *     open{flowing|paused} → draining{waiting|ending} → closed
 *
 * `socket` reads, frames and writes; one `session` for each project that the client names passes
 * its requests to the engine that owns it. Requests and replies go between those two without
 * passing here: a transition costs as much as ten requests, so this machine hears only of what
 * changes the life of the connection. `paused` means that the client does not read its replies:
 * nothing more is read from it until it does.
 */

import {
  assign,
  cancel,
  enqueueActions,
  raise,
  sendTo,
  setup,
  spawnChild,
  stopChild,
} from 'xstate';
import type { Config } from '../conf/schema.ts';
import { effect } from './effects.ts';

export interface ConnectionInput {
  /** The connection's number, unique in the life of the daemon. */
  number: number;
  config: Config;
}

export type ConnectionEvent =
  /** A project was named for the first time. `retire` is a session with nothing to do. */
  | { type: 'session.needed'; session: string; retire: string | undefined }
  | { type: 'output.full' }
  | { type: 'output.drained' }
  | { type: 'frame.partial' }
  | { type: 'frame.whole' }
  | { type: 'frame.overdue' }
  | { type: 'input.ended' }
  /** Said once after `socket.drain`: no request is under way. */
  | { type: 'socket.idle' }
  | { type: 'socket.closed' }
  | { type: 'connection.drain' }
  | { type: 'drain.overdue' }
  | { type: 'xstate.done.actor.*'; actorId: string }
  | { type: 'xstate.error.actor.*'; actorId: string; error: unknown };

export interface SessionInput extends ConnectionInput {
  session: string;
}

export type SocketCommand =
  | { type: 'socket.pause' }
  | { type: 'socket.resume' }
  | { type: 'socket.refuse_partial' }
  /** Read no more requests, and say when none is under way. */
  | { type: 'socket.drain' }
  | { type: 'socket.end' }
  | { type: 'socket.destroy' };

/**
 * Sessions take their requests from the socket's side; their machine only starts and stops them.
 */
export type SessionCommand = { type: 'session.submit'; requests: readonly object[] };

/**
 * Sessions kept for later use. For a client that names more projects than this, a session without
 * requests under way is stopped when another is started, since the cost of starting a child grows
 * with its siblings.
 */
export const SESSIONS_KEPT = 16;

export const connectionMachine = setup({
  types: {
    context: {} as ConnectionInput & { sessions: number },
    events: {} as ConnectionEvent,
    input: {} as ConnectionInput,
  },
  actors: {
    socket: effect<SocketCommand, ConnectionInput>('socket'),
    session: effect<SessionCommand, SessionInput>('session'),
  },
  actions: {
    'start socket': spawnChild('socket', {
      id: 'socket',
      input: ({ context }) => ({ number: context.number, config: context.config }),
    }),
    'start session': enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'session.needed') return;
      const { number, config, sessions } = context;
      const { session, retire } = event;
      const full = sessions >= SESSIONS_KEPT && retire !== undefined;
      if (full) enqueue.stopChild(`session:${retire}`);
      else enqueue.assign({ sessions: sessions + 1 });
      enqueue.spawnChild('session', {
        id: `session:${session}`,
        input: { number, config, session },
      });
    }),
    'pause reading': sendTo('socket', { type: 'socket.pause' }),
    'resume reading': sendTo('socket', { type: 'socket.resume' }),
    'expect the rest': raise({ type: 'frame.overdue' }, { id: 'partial', delay: 'partial frame' }),
    'expect nothing': cancel('partial'),
    'limit draining': raise({ type: 'drain.overdue' }, { delay: 'shutdown timeout' }),
    'refuse partial': sendTo('socket', { type: 'socket.refuse_partial' }),
    'drain socket': sendTo('socket', { type: 'socket.drain' }),
    'end socket': sendTo('socket', { type: 'socket.end' }),
    'destroy socket': sendTo('socket', { type: 'socket.destroy' }),
    'drop child': stopChild(({ event }) => ('actorId' in event ? event.actorId : '')),
    'count session out': assign({ sessions: ({ context }) => context.sessions - 1 }),
  },
  delays: {
    'partial frame': ({ context }) => context.config.limits.partial_frame_timeout_ms,
    'shutdown timeout': ({ context }) => context.config.limits.shutdown_timeout_ms,
  },
}).createMachine({
  id: 'connection',
  context: ({ input }) => ({ ...input, sessions: 0 }),
  entry: 'start socket',
  initial: 'open',
  on: {
    'session.needed': { actions: 'start session' },
    'socket.closed': '.closed',
    'connection.drain': { target: '.draining', actions: 'limit draining' },
    'drain.overdue': { target: '.closed', actions: 'destroy socket' },
    'xstate.done.actor.*': { actions: ['drop child', 'count session out'] },
    // A defect in one child ends this connection and nothing else.
    'xstate.error.actor.*': { target: '.closed', actions: ['drop child'] },
  },
  states: {
    open: {
      initial: 'flowing',
      on: {
        'input.ended': 'draining',
        'frame.partial': { actions: ['expect nothing', 'expect the rest'] },
        'frame.whole': { actions: 'expect nothing' },
        'frame.overdue': { target: 'draining', actions: 'refuse partial' },
      },
      states: {
        flowing: { on: { 'output.full': 'paused' } },
        paused: {
          entry: 'pause reading',
          on: { 'output.drained': { target: 'flowing', actions: 'resume reading' } },
        },
      },
    },
    draining: {
      entry: ['expect nothing', 'drain socket'],
      initial: 'waiting',
      // What was asked for before the end may be more than the client is quick to read.
      on: {
        'output.full': { actions: 'pause reading' },
        'output.drained': { actions: 'resume reading' },
      },
      states: {
        waiting: { on: { 'socket.idle': 'ending' } },
        ending: { entry: 'end socket' },
      },
    },
    closed: { type: 'final' },
  },
});
