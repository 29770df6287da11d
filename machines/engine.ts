/**
 * One engine: a worker thread and the queue of calls into it.
 *
 *     starting → ready → lost → (backoff by the restart policy) → starting → … → failed
 *
 * The queue (`calls`) lives as long as the engine, the `worker` as long as its thread: calls that
 * arrive while the thread is away wait in the queue. Calls never pass through this machine:
 * sessions speak to the queue and the queue to the worker, so a request costs no transition here.
 */

import { assign, type EventObject, sendParent, sendTo, setup, spawnChild, stopChild } from 'xstate';
import type { Config } from '../conf/schema.ts';
import { effect } from './effects.ts';
import { type RestartVerdict, restartPolicyMachine } from './restart-policy.ts';

export interface EngineInput {
  /** The engine's number, from 0. */
  index: number;
  config: Config;
  random: () => number;
}

/** Facts from the worker and the queue, and verdicts of the restart policy. */
export type EngineEvent =
  | { type: 'worker.ready' }
  | { type: 'worker.exited'; reason: string }
  | { type: 'call.overdue'; age_ms: number }
  | RestartVerdict
  | { type: 'engine.stop' }
  | { type: 'xstate.error.actor.worker'; error: unknown };

/** What an engine tells the supervisor of engines. */
export type EngineReport =
  | { type: 'engine.ready'; index: number }
  | { type: 'engine.failed'; index: number; reason: string };

export interface EngineChildInput {
  index: number;
  config: Config;
}

export type CallsCommand =
  | { type: 'calls.check' }
  | { type: 'calls.fail'; code: 'GOX_ENGINE_LOST' | 'GOX_REQUEST_TIMEOUT'; reason: string }
  | { type: 'calls.refuse'; reason: string };

/** A thread that has not said it is ready by then is taken for dead; it takes some 50 ms. */
const START_TIMEOUT_MS = 10_000;

export const engineMachine = setup({
  types: {
    context: {} as EngineInput & { restarts: number; reason: string },
    events: {} as EngineEvent,
    input: {} as EngineInput,
  },
  actors: {
    worker: effect<EventObject, EngineChildInput>('worker'),
    calls: effect<CallsCommand, EngineChildInput>('calls'),
    'restart policy': restartPolicyMachine,
  },
  actions: {
    'start calls': spawnChild('calls', {
      id: 'calls',
      input: ({ context }) => ({ index: context.index, config: context.config }),
    }),
    'start policy': spawnChild('restart policy', {
      id: 'restart policy',
      input: ({ context }) => ({
        settings: context.config.workers.restart,
        random: context.random,
      }),
    }),
    'start worker': spawnChild('worker', {
      id: 'worker',
      input: ({ context }) => ({ index: context.index, config: context.config }),
    }),
    'stop worker': stopChild('worker'),
    'stop calls': stopChild('calls'),
    'stop policy': stopChild('restart policy'),
    'check calls': sendTo('calls', { type: 'calls.check' }),
    'fail calls': sendTo('calls', ({ context }) => ({
      type: 'calls.fail',
      code: 'GOX_ENGINE_LOST',
      reason: context.reason,
    })),
    'time calls out': sendTo('calls', ({ context }) => ({
      type: 'calls.fail',
      code: 'GOX_REQUEST_TIMEOUT',
      reason: context.reason,
    })),
    'refuse calls': sendTo('calls', ({ context }) => ({
      type: 'calls.refuse',
      reason: context.reason,
    })),
    'report failure': sendTo('restart policy', { type: 'child.failed' }),
    'count restart': assign({ restarts: ({ context }) => context.restarts + 1 }),
    'note reason': assign({
      reason: ({ event }) => {
        if (event.type === 'worker.exited') return event.reason;
        return 'error' in event ? String(event.error) : 'its thread did not start in time';
      },
    }),
    'note overdue': assign({
      reason: ({ event }) =>
        event.type === 'call.overdue'
          ? `a request ran for ${Math.round(event.age_ms)} ms, past limits.request_timeout_ms`
          : 'a request ran too long',
    }),
    'say ready': sendParent(({ context }) => ({ type: 'engine.ready', index: context.index })),
    /** Provided: say that an engine lost its worker, and why. */
    'announce loss': () => {},
    /** Provided: say that a worker is started in the place of a lost one. */
    'announce restart': () => {},
    'say failed': sendParent(({ context }) => ({
      type: 'engine.failed',
      index: context.index,
      reason: context.reason,
    })),
  },
  delays: {
    'start timeout': START_TIMEOUT_MS,
    /** How late a time-out of a request may be noticed. */
    heartbeat: ({ context }) =>
      Math.max(10, Math.min(1000, context.config.limits.request_timeout_ms / 4)),
  },
}).createMachine({
  id: 'engine',
  context: ({ input }) => ({ ...input, restarts: 0, reason: '' }),
  initial: 'starting',
  entry: ['start calls', 'start policy'],
  on: {
    'engine.stop': '.stopped',
    'worker.exited': { target: '.lost', actions: ['note reason', 'fail calls'] },
    'xstate.error.actor.worker': { target: '.lost', actions: ['note reason', 'fail calls'] },
  },
  states: {
    starting: {
      entry: 'start worker',
      on: { 'worker.ready': { target: 'ready', actions: 'say ready' } },
      after: { 'start timeout': { target: 'lost', actions: ['note reason', 'fail calls'] } },
    },
    ready: {
      after: { heartbeat: { target: 'ready', reenter: true, actions: 'check calls' } },
      on: { 'call.overdue': { target: 'lost', actions: ['note overdue', 'time calls out'] } },
    },
    lost: {
      entry: ['stop worker', 'announce loss', 'report failure'],
      on: {
        'worker.exited': {},
        'restart.due': { target: 'starting', actions: ['count restart', 'announce restart'] },
        'restart.refused': 'failed',
      },
    },
    failed: { entry: ['refuse calls', 'say failed'], on: { 'worker.exited': {} } },
    stopped: {
      type: 'final',
      entry: ['stop worker', 'stop calls', 'stop policy'],
    },
  },
});
