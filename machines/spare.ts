/**
 * The spare thread: started, idle and without projects, so that an engine whose thread died goes on
 * at once with this one. It is for all engines; who comes second waits for a thread as without it.
 *
 *     resting → starting → ready → gone{judged|backoff} → starting → …
 *
 * `resting`: until there is a project, and the daemon's own start is over.
 * `gone`: an engine has taken it, or it died. A policy of its own says when there is another, later
 * each time: engines that die again and again are not fed with threads.
 */

import { assign, type EventObject, enqueueActions, setup, spawnChild, stopChild } from 'xstate';
import { type Config, workerRestarts } from '../conf/schema.ts';
import { effect, tell } from './effects.ts';
import type { WorkerEnd } from './engine-events.ts';
import {
  type RestartPolicyEvent,
  type RestartVerdict,
  restartPolicyMachine,
} from './restart-policy.ts';

export interface SpareInput {
  config: Config;
  random: () => number;
}

export type SpareEvent =
  | WorkerEnd
  /** It can be taken; an engine has taken it. */
  | { type: 'spare.ready' }
  | { type: 'spare.taken' }
  | RestartVerdict
  | { type: 'child.stop'; now: boolean }
  | { type: 'xstate.error.actor.*'; actorId: string; error: unknown };

/** The daemon's own start comes first; then it is looked so often whether there is a project. */
const REST_MS = 1000;
/** As of an engine's. */
const START_TIMEOUT_MS = 10_000;

const END = { target: 'gone', actions: ['note reason', 'announce loss'] } as const;
const ENDS = {
  'worker.exited': END,
  'worker.short': END,
  'xstate.error.actor.thread': END,
} as const;

export const spareMachine = setup({
  types: {
    context: {} as SpareInput & { taken: number; reason: string },
    events: {} as SpareEvent,
    input: {} as SpareInput,
  },
  actors: {
    thread: effect<EventObject, { config: Config }>('spare'),
    'restart policy': restartPolicyMachine,
  },
  actions: {
    'start policy': spawnChild('restart policy', {
      id: 'restart policy',
      input: ({ context }) => ({
        ...{ settings: workerRestarts(context.config), lasting: true, random: context.random },
      }),
    }),
    'start thread': spawnChild('thread', {
      id: 'thread',
      input: ({ context }) => ({ config: context.config }),
    }),
    'stop thread': stopChild('thread'),
    'stop policy': stopChild('restart policy'),
    'ask for another': enqueueActions((to) => {
      tell(to, 'restart policy', { type: 'child.failed' } satisfies RestartPolicyEvent);
    }),
    'count taken': assign({ taken: ({ context }) => context.taken + 1 }),
    'note reason': assign({
      reason: ({ event }) =>
        'reason' in event ? event.reason : 'error' in event ? String(event.error) : '',
    }),
    /** Provided: say that it died, and why. */
    'announce loss': () => {},
  },
  guards: {
    /** Provided: there is a project. Without any a thread more would be for nothing. */
    'there is something to lose': () => true,
  },
  delays: { rest: REST_MS, 'start timeout': START_TIMEOUT_MS },
}).createMachine({
  id: 'spare',
  context: ({ input }) => ({ ...input, taken: 0, reason: '' }),
  initial: 'resting',
  entry: 'start policy',
  on: { 'child.stop': '.stopped', 'xstate.error.actor.restart policy': '.without' },
  states: {
    resting: {
      after: {
        rest: [
          { guard: 'there is something to lose', target: 'starting' },
          { target: 'resting', reenter: true },
        ],
      },
    },
    starting: {
      entry: 'start thread',
      on: { 'spare.ready': 'ready', ...ENDS },
      after: { 'start timeout': 'gone' },
    },
    ready: { on: { 'spare.taken': { target: 'gone', actions: 'count taken' }, ...ENDS } },
    gone: {
      entry: ['stop thread', 'ask for another'],
      initial: 'judged',
      states: {
        judged: { on: { 'restart.planned': 'backoff', 'restart.deferred': 'backoff' } },
        backoff: {},
      },
      on: { 'restart.due': 'starting', 'restart.refused': 'without' },
    },
    /** No thread is to be started again, or nobody says when. */
    without: { entry: 'stop thread' },
    stopped: { type: 'final', entry: ['stop thread', 'stop policy'] },
  },
});
