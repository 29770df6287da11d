/**
 * One connection of a client.
 *
 *     opening → open{idle|busy|paused} → draining{waiting → ending} ─┐
 *        │       ↑   └──────────── the client is gone ───────────────┴→ leaving → closed
 *        └→ authenticating                                    leaving{requests → jobs}
 *
 *     open, authenticating ⇄ handing over{waiting → quiet} → closed
 *
 * One that must show a token is `authenticating` until it has; it is told and closed when that
 * takes too long. What it may do meanwhile is for `actors/connection/gate.ts` to say.
 *
 * `socket` reads, frames and writes; one `session` for each project that the client names passes
 * its requests to the engine that owns it. Requests and replies go between those two without
 * passing here: a transition costs as much as ten requests, so this machine hears only of what
 * changes the life of the connection. Sessions of a client that asks nothing end after a while.
 * `paused`: nothing is read, since what waits must be answered first, or its replies read.
 * `leaving`: the client has gone; edits that it sent are still carried out, and then jobs of its
 * sessions that were told to stop have a grace to do so in. A connection that is `ending` or
 * `leaving` no longer takes a place. One whose client goes when nothing is left to do is `closed`
 * at once.
 *
 * One that is closed by force, for a defect or when the daemon stops, waits for no job: what runs
 * was told to stop, and the thread of a job sees for itself that it does (`actors/jobs/parts.ts`).
 *
 * When another process takes the daemon's place a connection is handed over to it: no more is read,
 * what was asked is answered, and when it is `quiet` the other process goes on with its socket. One
 * that cannot be handed over, through TLS, is told that the daemon ends, has `LEAVE_MS` in which
 * what it asks is still answered, and is drained.
 *
 * When the daemon stops, requests under way have half of the time for it; then they are given up,
 * a little later all that is left is answered, and at last the socket is closed.
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
import { effect, tell, type WorkEvent } from './effects.ts';
import { GRACE_MS } from './job.ts';
import type { Places } from './places.ts';
import { type SessionEvent, sessionMachine } from './session.ts';
import { stopOrphans } from './supervision/index.ts';

export interface ConnectionInput {
  /** Which of the connections of this moment it is; used again after its end. */
  number: number;
  /** Names the accepted socket. */
  accepted: number;
  /** Beyond `performance.max_connections`: it may ask about the daemon, for a short time. */
  guest: boolean;
  /** `full`: it may do everything. `token`: what the token that it shows allows. */
  trust: 'full' | 'token';
  /** Of all connections, this one's among them. */
  places: Pick<Places, 'release'>;
  config: Config;
}

export type ConnectionEvent =
  /** It has shown a token that is known. */
  | { type: 'connection.authenticated' }
  /** A project is named that has no session, or none any more. */
  | { type: 'session.needed'; session: string; slot: number; retire: boolean }
  /** The client has asked nothing of any project for some time. */
  | { type: 'sessions.unused' }
  | { type: 'reading.paused' }
  | { type: 'reading.resumed' }
  | { type: 'frame.partial' }
  | { type: 'frame.whole' }
  | { type: 'frame.overdue' }
  | { type: 'guest.overdue' }
  | { type: 'input.ended' }
  /** Of what waits for the client it takes nothing. */
  | { type: 'output.overdue' }
  /** Another client needs the place of this one, which does nothing. */
  | { type: 'connection.yield' }
  | WorkEvent
  /** Said once after `socket.drain` and the like: no request is under way. */
  | { type: 'socket.idle' }
  /** `idle`: nor has any session a job, or anything else to do. */
  | { type: 'socket.closed'; under_way: boolean; idle: boolean }
  /** Another process takes the daemon's place: it is to have the connection. */
  | { type: 'connection.hand_over' }
  /** It has it; it will not have it. */
  | { type: 'connection.handed_over' }
  | { type: 'connection.take_back' }
  /** It cannot have this one. */
  | { type: 'connection.leave' }
  | { type: 'leave.overdue' }
  /** The daemon stops; `now`: it waits for nobody. */
  | { type: 'child.stop'; now: boolean }
  | { type: 'drain.half' }
  | { type: 'drain.late' }
  | { type: 'drain.overdue' }
  | { type: 'xstate.done.actor.*'; actorId: string }
  | { type: 'xstate.error.actor.*'; actorId: string; error: unknown };

export interface ConnectionContext extends ConnectionInput {
  /** The sessions there are, by the numbers in their ids. */
  sessions: readonly number[];
  /** It has shown a token. */
  known: boolean;
  /** The daemon stops. */
  stopping: boolean;
}

export type SocketCommand =
  | { type: 'socket.refuse'; why: 'partial' | 'too many' | 'idle' | 'unauthenticated' }
  /** Read no more requests, and say when none is under way. */
  | { type: 'socket.drain' }
  /** Read no more, leave it to another process, and say when no request is under way. */
  | { type: 'socket.hand_over' }
  /** Read again. */
  | { type: 'socket.take_back' }
  /** Tell the client that the daemon ends, and say when no request is under way. */
  | { type: 'socket.leave' }
  /** Answer new requests with an error, and say when none is under way. */
  | { type: 'socket.refuse_new' }
  /** Cancel what is under way. */
  | { type: 'socket.give_up' }
  /** Answer whatever is left. */
  | { type: 'socket.refuse_rest' }
  /** Find out whether the client is still there; if not, `socket.closed` follows. */
  | { type: 'socket.probe' }
  | { type: 'socket.end' }
  | { type: 'socket.destroy' };

/**
 * Sessions kept for later use. For a client that names more projects than this, a session without
 * requests under way is stopped when another is started, since the cost of starting a child grows
 * with its siblings.
 */
export const SESSIONS_KEPT = 16;

/** A client that cannot be handed over has so long to come to an end, before it is refused. */
const LEAVE_MS = 1000;

/** How soon it is noticed that a client is gone whose requests are under way. */
const PROBE_MS = 500;

/** So long a guest has for its questions; one that asks for nothing is in the way of others. */
const GUEST_MS = 1000;

/** Jobs stop within the grace, or are abandoned; the last that is said of them comes after it. */
const JOBS_MS = GRACE_MS + 1000;

/** Shares of `shutdown_timeout_ms` after which work is given up, answered, and cut off. */
const HALF = 0.5;
const LATE = 0.75;
const OVERDUE = 0.9;
/** The same when nobody is waited for: what can be said at once is said. */
const NOW_MS = 250;

export const connectionMachine = setup({
  types: {
    context: {} as ConnectionContext,
    events: {} as ConnectionEvent,
    input: {} as ConnectionInput,
  },
  actors: {
    socket: effect<SocketCommand, ConnectionInput>('socket'),
    session: sessionMachine,
  },
  actions: {
    'start socket': spawnChild('socket', {
      id: 'socket',
      input: ({ context }) => context,
    }),
    'start session': enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'session.needed') return;
      const { number, config, sessions } = context;
      const id = `session:${event.slot}`;
      if (event.retire) enqueue.stopChild(id);
      else enqueue.assign({ sessions: [...sessions, event.slot] });
      enqueue.spawnChild('session', { id, input: { number, config, session: event.session } });
    }),
    'end sessions': enqueueActions((to) => {
      for (const slot of to.context.sessions) {
        tell(to, `session:${slot}`, { type: 'session.end' } satisfies SessionEvent);
      }
    }),
    'forget session': assign({
      sessions: ({ context: { sessions }, event }) => {
        const id = 'actorId' in event ? event.actorId : '';
        return sessions.filter((slot) => id !== `session:${slot}`);
      },
    }),
    'note known': assign({ known: true }),
    'note stopping': assign({ stopping: true }),
    'expect the rest': raise({ type: 'frame.overdue' }, { id: 'partial', delay: 'partial frame' }),
    'expect nothing': cancel('partial'),
    'limit guest': enqueueActions(({ context, enqueue }) => {
      if (context.guest) enqueue.raise({ type: 'guest.overdue' }, { delay: GUEST_MS });
    }),
    'limit draining': enqueueActions(({ context, event, enqueue }) => {
      const now = event.type === 'child.stop' && event.now;
      const whole_ms = context.config.performance.shutdown_timeout_ms;
      const after = (share: number) => (now ? 0 : share * whole_ms);
      const overdue_ms = now ? Math.min(NOW_MS, OVERDUE * whole_ms) : OVERDUE * whole_ms;
      enqueue.raise({ type: 'drain.half' }, { id: 'half', delay: after(HALF) });
      enqueue.raise({ type: 'drain.late' }, { id: 'late', delay: after(LATE) });
      enqueue.raise({ type: 'drain.overdue' }, { id: 'overdue', delay: overdue_ms });
    }),
    'expect no end': enqueueActions(({ enqueue }) => {
      for (const id of ['half', 'late', 'overdue']) enqueue.cancel(id);
    }),
    'limit leaving': raise({ type: 'leave.overdue' }, { delay: LEAVE_MS }),
    'hand socket over': sendTo('socket', { type: 'socket.hand_over' }),
    'take socket back': sendTo('socket', { type: 'socket.take_back' }),
    'leave socket': sendTo('socket', { type: 'socket.leave' }),
    'refuse partial': sendTo('socket', { type: 'socket.refuse', why: 'partial' }),
    'refuse guest': sendTo('socket', { type: 'socket.refuse', why: 'too many' }),
    'refuse stranger': sendTo('socket', { type: 'socket.refuse', why: 'unauthenticated' }),
    'say idle': sendTo('socket', { type: 'socket.refuse', why: 'idle' }),
    'drain socket': sendTo('socket', { type: 'socket.drain' }),
    'refuse new requests': sendTo('socket', { type: 'socket.refuse_new' }),
    'give up work': sendTo('socket', { type: 'socket.give_up' }),
    'refuse the rest': sendTo('socket', { type: 'socket.refuse_rest' }),
    'probe socket': sendTo('socket', { type: 'socket.probe' }),
    'end socket': sendTo('socket', { type: 'socket.end' }),
    'destroy socket': sendTo('socket', { type: 'socket.destroy' }),
    'free place': ({ context: { places, number } }) => places.release(number),
    'stop orphans': ({ self, event }) => {
      if ('actorId' in event) stopOrphans(self.getSnapshot().children[event.actorId]);
    },
    'drop child': stopChild(({ event }) => ('actorId' in event ? event.actorId : '')),
  },
  guards: {
    'needs no token': ({ context }) => context.trust === 'full',
    'shows no token yet': ({ context }) => context.trust === 'token' && !context.known,
    'nobody waits for jobs': ({ context }) => context.stopping || context.sessions.length === 0,
    'requests are under way': ({ event }) => event.type === 'socket.closed' && event.under_way,
    'nothing is left to do': ({ event }) => event.type === 'socket.closed' && event.idle,
  },
  delays: {
    probe: PROBE_MS,
    authentication: ({ context }) => context.config.security.authentication_timeout_ms,
    'partial frame': ({ context }) => context.config.limits.partial_frame_timeout_ms,
    jobs: JOBS_MS,
    'request timeout': ({ context }) => context.config.performance.request_timeout_ms,
  },
}).createMachine({
  id: 'connection',
  context: ({ input }) => ({ ...input, sessions: [], known: false, stopping: false }),
  entry: ['start socket', 'limit guest'],
  initial: 'opening',
  on: {
    'session.needed': { actions: 'start session' },
    'sessions.unused': { actions: 'end sessions' },
    'output.overdue': { actions: 'destroy socket' },
    'socket.closed': [
      { guard: 'requests are under way', target: '.leaving' },
      { guard: 'nothing is left to do', target: '.closed' },
      { target: '.leaving.jobs' },
    ],
    'child.stop': {
      target: '.draining',
      actions: ['note stopping', 'limit draining', 'refuse new requests'],
    },
    'leave.overdue': { actions: 'refuse new requests' },
    'drain.half': { actions: 'give up work' },
    'drain.late': { actions: 'refuse the rest' },
    'drain.overdue': { target: '.closed', actions: 'destroy socket' },
    'xstate.done.actor.*': { actions: ['drop child', 'forget session'] },
    // A defect in one child ends this connection and nothing else.
    'xstate.error.actor.*': { target: '.closed', actions: ['stop orphans', 'drop child'] },
  },
  states: {
    opening: { always: [{ guard: 'needs no token', target: 'open' }, 'authenticating'] },
    authenticating: {
      after: {
        authentication: { target: 'draining', actions: ['refuse stranger', 'drain socket'] },
      },
      on: {
        'connection.authenticated': { target: 'open', actions: 'note known' },
        'connection.hand_over': 'handing over',
        'connection.leave': {
          target: 'draining',
          actions: ['limit draining', 'limit leaving', 'leave socket'],
        },
        'input.ended': { target: 'draining', actions: 'drain socket' },
        'guest.overdue': { target: 'draining', actions: ['refuse guest', 'drain socket'] },
        'connection.yield': { target: 'draining', actions: ['say idle', 'drain socket'] },
      },
    },
    open: {
      initial: 'idle',
      on: {
        'connection.hand_over': 'handing over',
        'connection.leave': {
          target: 'draining',
          actions: ['limit draining', 'limit leaving', 'leave socket'],
        },
        'input.ended': { target: 'draining', actions: 'drain socket' },
        'frame.partial': { actions: ['expect nothing', 'expect the rest'] },
        'frame.whole': { actions: 'expect nothing' },
        'frame.overdue': { target: 'draining', actions: ['refuse partial', 'drain socket'] },
        'guest.overdue': { target: 'draining', actions: ['refuse guest', 'drain socket'] },
        'connection.yield': { target: 'draining', actions: ['say idle', 'drain socket'] },
      },
      states: {
        idle: { on: { 'work.begun': 'busy', 'reading.paused': 'paused' } },
        busy: { on: { 'work.ended': 'idle', 'reading.paused': 'paused' } },
        paused: {
          after: { probe: { target: 'paused', reenter: true, actions: 'probe socket' } },
          on: { 'reading.resumed': 'idle' },
        },
      },
    },
    'handing over': {
      entry: ['expect nothing', 'limit draining'],
      initial: 'waiting',
      on: {
        'connection.take_back': [
          {
            guard: 'shows no token yet',
            target: 'authenticating',
            actions: ['expect no end', 'take socket back'],
          },
          { target: 'open', actions: ['expect no end', 'take socket back'] },
        ],
        'connection.handed_over': { target: 'closed', actions: 'destroy socket' },
      },
      states: {
        waiting: { entry: 'hand socket over', on: { 'socket.idle': 'quiet' } },
        quiet: { entry: 'expect no end' },
      },
    },
    draining: {
      entry: 'expect nothing',
      initial: 'waiting',
      on: { 'connection.hand_over': { actions: 'limit draining' } },
      states: {
        waiting: {
          entry: 'probe socket',
          after: { probe: { target: 'waiting', reenter: true } },
          on: { 'socket.idle': 'ending' },
        },
        ending: { entry: ['end socket', 'free place'] },
      },
    },
    leaving: {
      entry: ['expect nothing', 'free place'],
      initial: 'requests',
      on: {
        'socket.closed': {},
        'connection.hand_over': { actions: 'limit draining' },
        'child.stop': {
          actions: ['note stopping', 'limit draining', 'refuse new requests'],
        },
      },
      states: {
        requests: { after: { 'request timeout': 'jobs' }, on: { 'socket.idle': 'jobs' } },
        jobs: {
          entry: 'end sessions',
          always: { guard: 'nobody waits for jobs', target: '#connection.closed' },
          after: { jobs: '#connection.closed' },
        },
      },
    },
    closed: { type: 'final' },
  },
});
