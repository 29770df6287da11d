/**
 * The root of the tree: the life of the daemon.
 *
 *     starting{engines, jobs → listener} → running
 *       → draining{connections → jobs → engines} → stopped
 *
 * Children start in the order of dependence and stop in reverse. What a child cannot mend itself
 * comes here as a failure, and the daemon ends in an orderly way with the reason as its outcome.
 */

import { assign, type EventObject, sendTo, setup, spawnChild, stopChild } from 'xstate';
import type { Config } from '../conf/schema.ts';
import { effect } from './effects.ts';
import { type EnginesReport, enginesMachine } from './engines.ts';
import { type ListenerReport, listenerMachine } from './listener.ts';

export interface DaemonInput {
  config: Config;
  /** Uniform in [0, 1), for the jitter of restarts. */
  random: () => number;
}

export type DaemonEvent =
  | EnginesReport
  | ListenerReport
  | { type: 'stop.asked'; by: string }
  | { type: 'xstate.done.actor.*'; actorId: string }
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

export const daemonMachine = setup({
  types: {
    context: {} as DaemonInput & { address: string; outcome: Outcome },
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
        ...{ config, random, kind: 'job' as const, count: config.workers.jobs },
      }),
    }),
    'start listener': spawnChild('listener', {
      id: 'listener:unix',
      input: ({ context }) => ({ config: context.config }),
    }),
    'close listener': sendTo('listener:unix', { type: 'listener.close' }),
    'stop engines': sendTo('engines', { type: 'engines.stop' }),
    'stop jobs': sendTo('jobs', { type: 'engines.stop' }),
    'drop child': stopChild(({ event }) => ('actorId' in event ? event.actorId : '')),
    'note address': assign({
      address: ({ event }) => (event.type === 'listener.ready' ? event.address : ''),
    }),
    'note outcome': assign({
      outcome: ({ context, event }) => outcomeOf(event) ?? context.outcome,
    }),
    'note forced': assign({
      outcome: { kind: 'forced', reason: 'told to stop again while stopping, or it took too long' },
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
    // The connections have the time-out for themselves; what is left is for the rest.
    'shutdown timeout': ({ context }) => context.config.limits.shutdown_timeout_ms + 1000,
  },
}).createMachine({
  id: 'daemon',
  context: ({ input }) => ({ ...input, address: '', outcome: { kind: 'stopped', reason: '' } }),
  entry: 'start signals',
  initial: 'starting',
  on: {
    'stop.asked': { target: '.draining', actions: 'note outcome' },
    'engines.failed': { target: '.draining', actions: 'note outcome' },
    'listener.failed': { target: '.draining.jobs', actions: 'note outcome' },
    'xstate.done.actor.*': { actions: 'drop child' },
    'xstate.error.actor.*': { target: '.draining', actions: ['note outcome', 'drop child'] },
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
      entry: 'say draining',
      initial: 'choosing',
      after: { 'shutdown timeout': { target: 'stopped', actions: 'note forced' } },
      on: {
        'stop.asked': { target: 'stopped', actions: 'note forced' },
        'engines.failed': {},
        'xstate.error.actor.*': { actions: 'drop child' },
      },
      states: {
        choosing: {
          always: [{ guard: 'no listener runs', target: 'jobs' }, { target: 'connections' }],
        },
        connections: {
          entry: 'close listener',
          on: { 'listener.closed': 'jobs', 'listener.failed': 'jobs' },
        },
        jobs: {
          entry: 'stop jobs',
          on: { 'engines.stopped': 'engines', 'listener.failed': {} },
        },
        engines: {
          entry: 'stop engines',
          on: { 'engines.stopped': '#daemon.stopped', 'listener.failed': {} },
        },
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
