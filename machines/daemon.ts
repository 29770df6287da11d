/**
 * The root of the tree: the life of the daemon.
 *
 *     starting{engines, jobs → listener} → running
 *       → draining{connections → jobs → engines} → stopped
 *
 * Children start in the order of dependence and stop in reverse. What a child cannot mend itself
 * comes here as a failure, and the daemon ends in an orderly way with the reason as its outcome.
 * Whatever happens meanwhile, it has ended `limits.shutdown_timeout_ms` after it was told to stop;
 * told a second time, it waits for nobody.
 */

import {
  assign,
  type EventObject,
  enqueueActions,
  raise,
  setup,
  spawnChild,
  stopChild,
} from 'xstate';
import type { Config } from '../conf/schema.ts';
import { effect } from './effects.ts';
import { type EnginesReport, enginesMachine } from './engines.ts';
import { type ListenerReport, listenerMachine } from './listener.ts';
import { stopOrphans } from './orphans.ts';

export interface DaemonInput {
  config: Config;
  /** Uniform in [0, 1), for the jitter of restarts. */
  random: () => number;
}

export type DaemonEvent =
  | EnginesReport
  | ListenerReport
  | { type: 'stop.asked'; by: string }
  | { type: 'stop.overdue' }
  | { type: 'xstate.done.actor.*'; actorId: string }
  | { type: 'xstate.error.actor.listener:unix'; actorId: string; error: unknown }
  | { type: 'xstate.error.actor.*'; actorId: string; error: unknown };

/** Why the daemon ended. */
export interface Outcome {
  readonly kind:
    | 'stopped'
    | 'forced'
    | 'engines failed'
    | 'address busy'
    | 'address refused'
    | 'defect';
  readonly reason: string;
}

const LISTENER = 'listener:unix';

/** For jobs that take seconds at most: nobody's save waits for somebody's picture. */
export const QUICK_JOB_THREADS = 1;

/** How long the daemon goes on after it was told to stop a second time. */
const HURRY_MS = 500;

export const daemonMachine = setup({
  types: {
    context: {} as DaemonInput & {
      address: string;
      outcome: Outcome;
      /** Children that have ended, in whatever way. */
      gone: readonly string[];
    },
    events: {} as DaemonEvent,
    input: {} as DaemonInput,
    output: {} as Outcome,
  },
  actors: {
    engines: enginesMachine,
    jobs: enginesMachine,
    listener: listenerMachine,
    signals: effect<EventObject, undefined>('signals'),
  },
  actions: {
    'start signals': spawnChild('signals', { id: 'signals' }),
    'start engines': spawnChild('engines', {
      id: 'engines',
      input: ({ context: { config, random } }) => ({
        ...{ config, random, kind: 'engine' as const, count: config.workers.count },
      }),
    }),
    'start jobs': spawnChild('jobs', {
      id: 'jobs',
      input: ({ context: { config, random } }) => ({
        ...{ config, random, kind: 'job' as const, count: config.workers.jobs + QUICK_JOB_THREADS },
      }),
    }),
    'start listener': spawnChild('listener', {
      id: LISTENER,
      input: ({ context }) => ({ config: context.config }),
    }),
    // A child may have failed and be gone: xstate throws when something is sent to it.
    'close listener': enqueueActions(({ context, enqueue }) => {
      if (context.gone.includes(LISTENER)) enqueue.raise({ type: 'listener.closed' });
      else enqueue.sendTo(LISTENER, { type: 'listener.close', now: false });
    }),
    'hurry listener': enqueueActions(({ context, enqueue }) => {
      if (context.address === '' || context.gone.includes(LISTENER)) return;
      enqueue.sendTo(LISTENER, { type: 'listener.close', now: true });
    }),
    'stop jobs': enqueueActions(({ context, enqueue }) => {
      if (context.gone.includes('jobs')) enqueue.raise({ type: 'engines.stopped' });
      else enqueue.sendTo('jobs', { type: 'engines.stop' });
    }),
    'stop engines': enqueueActions(({ context, enqueue }) => {
      if (context.gone.includes('engines')) enqueue.raise({ type: 'engines.stopped' });
      else enqueue.sendTo('engines', { type: 'engines.stop' });
    }),
    'note gone': assign({
      gone: ({ context: { gone }, event }) =>
        'actorId' in event ? [...gone, event.actorId] : gone,
    }),
    'limit stopping': raise({ type: 'stop.overdue' }, { id: 'stop', delay: 'shutdown timeout' }),
    'limit hurry': raise({ type: 'stop.overdue' }, { delay: 'hurry' }),
    'stop orphans': ({ self, event }) => {
      if ('actorId' in event) stopOrphans(self.getSnapshot().children[event.actorId]);
    },
    'drop child': stopChild(({ event }) => ('actorId' in event ? event.actorId : '')),
    'note address': assign({
      address: ({ event }) => (event.type === 'listener.ready' ? event.address : ''),
    }),
    'note outcome': assign({
      outcome: ({ context, event }) => outcomeOf(event) ?? context.outcome,
    }),
    'note forced': assign({
      outcome: ({ context: { outcome } }) =>
        outcome.kind === 'stopped'
          ? { kind: 'forced' as const, reason: 'stopping took longer than it may' }
          : outcome,
    }),
    /** Provided: say where the daemon listens. */
    announce: () => {},
    /** Provided: say that and why it is stopping. */
    'say draining': () => {},
  },
  guards: {
    'own projects': ({ event }) => event.type === 'engines.ready' && event.kind === 'engine',
    'no listener runs': ({ context }) => context.address === '',
  },
  delays: {
    'shutdown timeout': ({ context }) => context.config.limits.shutdown_timeout_ms,
    hurry: HURRY_MS,
  },
}).createMachine({
  id: 'daemon',
  context: ({ input }) => ({
    ...input,
    address: '',
    gone: [],
    outcome: { kind: 'stopped', reason: '' },
  }),
  entry: 'start signals',
  initial: 'starting',
  on: {
    'stop.asked': { target: '.draining', actions: 'note outcome' },
    'engines.failed': { target: '.draining', actions: 'note outcome' },
    'listener.failed': { target: '.draining', actions: 'note outcome' },
    'xstate.done.actor.*': { actions: ['note gone', 'drop child'] },
    'xstate.error.actor.*': {
      target: '.draining',
      actions: ['note outcome', 'note gone', 'stop orphans', 'drop child'],
    },
  },
  states: {
    starting: {
      initial: 'engines',
      states: {
        // The threads of jobs start when there are jobs: nobody waits for them.
        engines: {
          entry: ['start engines', 'start jobs'],
          on: { 'engines.ready': { guard: 'own projects', target: 'listener' } },
        },
        listener: {
          entry: 'start listener',
          on: {
            'listener.ready': { target: '#daemon.running', actions: 'note address' },
          },
        },
      },
    },
    running: { entry: 'announce' },
    draining: {
      entry: ['say draining', 'limit stopping'],
      initial: 'choosing',
      on: {
        'stop.overdue': { target: 'stopped', actions: 'note forced' },
        // It got its way: that is no failure.
        'stop.asked': { actions: ['hurry listener', 'limit hurry'] },
        'engines.failed': {},
        'listener.failed': {},
        'xstate.error.actor.*': { actions: ['note gone', 'stop orphans', 'drop child'] },
      },
      states: {
        choosing: {
          always: [{ guard: 'no listener runs', target: 'jobs' }, { target: 'connections' }],
        },
        connections: {
          entry: 'close listener',
          on: {
            'listener.closed': 'jobs',
            'listener.failed': 'jobs',
            'xstate.error.actor.listener:unix': {
              target: 'jobs',
              actions: ['note gone', 'stop orphans', 'drop child'],
            },
          },
        },
        jobs: { entry: 'stop jobs', on: { 'engines.stopped': 'engines' } },
        engines: { entry: 'stop engines', on: { 'engines.stopped': '#daemon.stopped' } },
      },
    },
    stopped: { type: 'final' },
  },
  output: ({ context }) => context.outcome,
});

function outcomeOf(event: DaemonEvent): Outcome | undefined {
  switch (event.type) {
    case 'stop.asked':
      return { kind: 'stopped', reason: event.by };
    case 'engines.failed':
      return { kind: 'engines failed', reason: event.reason };
    case 'listener.failed':
      return {
        kind: event.code === 'busy' ? 'address busy' : 'address refused',
        reason: event.reason,
      };
    default:
      return 'error' in event ? { kind: 'defect', reason: String(event.error) } : undefined;
  }
}
