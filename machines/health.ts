/**
 * The health monitor. It has the effect `checks` gather the facts, every
 * `health.check_interval_ms`, and decides what they mean:
 *
 *     verdict    healthy ⇄ degraded ⇄ failing      the worst of all conditions
 *     checking   asking → resting → asking → …     one check at a time
 *
 * Facts become readings (`health-rules.ts`), readings in a row become conditions
 * (`health-conditions.ts`): worse at once or after some bad checks, as fits what it is about,
 * better only after several good ones. A check that fails, or is not done before its deadline, is a
 * bad one, and says nothing about anything else.
 *
 * It reports and restarts nothing. Every change is announced; of a thread that misses its
 * heartbeats its machine is told, which decides under its own restart policy.
 *
 * - **healthy**: the daemon does what it is for.
 * - **degraded**: it serves, and somebody should look: something was lost, or is nearly used up.
 * - **failing**: clients cannot work, or soon cannot: no engine, one that was given up, no socket,
 *   a main thread that is too late, memory at its end, no check that comes back.
 */

import { assign, enqueueActions, setup, stopChild } from 'xstate';
import type { Config } from '../conf/schema.ts';
import { effect } from './effects.ts';
import {
  type Change,
  type Condition,
  type HealthState,
  judge,
  type Reading,
  worst,
} from './health-conditions.ts';
import type { HealthFacts, ThreadSilence } from './health-facts.ts';
import { badCheck, goodCheck, readingsOf, stalled } from './health-rules.ts';

export interface HealthInput {
  config: Config;
  /** A clock that only runs forward, in Unix time: when things began is told by it. */
  now_ms: () => number;
}

export type HealthEvent =
  /** `check`: which one it answers; one that comes too late answers none. */
  | { type: 'check.done'; check: number; facts: HealthFacts }
  | { type: 'check.failed'; check: number; reason: string }
  | { type: 'xstate.error.actor.checks'; error: unknown };

export type ChecksCommand = { type: 'check.begin'; check: number };

export interface HealthContext extends HealthInput {
  /** The number of the last check that was begun. */
  check: number;
  /** Since when the verdict is what it is. */
  since_ms: number;
  facts: HealthFacts | undefined;
  /** Of the last check that was done. */
  readings: readonly Reading[];
  conditions: readonly Condition[];
  /** What the last check changed. */
  changes: readonly Change[];
  /** The threads that it found to have missed their heartbeats. */
  stalled: readonly ThreadSilence[];
}

/**
 * How long a check may take. It reads figures and asks nobody, so it takes some milliseconds; it is
 * as late as the main thread is, and that has a reading of its own.
 */
const CHECK_TIMEOUT_MS = 2000;
/** Soon, so that whoever asks gets figures; the daemon still starts meanwhile. */
const FIRST_CHECK_MS = 100;

export const healthMachine = setup({
  types: {
    context: {} as HealthContext,
    events: {} as HealthEvent,
    input: {} as HealthInput,
  },
  actors: { checks: effect<ChecksCommand, { config: Config }>('checks') },
  guards: {
    'is that check': ({ context, event }) => 'check' in event && event.check === context.check,
    'is healthy': ({ context }) => worst(context.conditions) === 'healthy',
    'is degraded': ({ context }) => worst(context.conditions) === 'degraded',
    'is failing': ({ context }) => worst(context.conditions) === 'failing',
  },
  actions: {
    'begin check': enqueueActions(({ context: { config, check: last }, self, enqueue }) => {
      const { children } = self.getSnapshot();
      if (!('checks' in children))
        enqueue.spawnChild('checks', { id: 'checks', input: { config } });
      const check = last + 1;
      enqueue.assign({ check });
      enqueue.sendTo('checks', { type: 'check.begin', check } satisfies ChecksCommand);
    }),
    'drop checks': stopChild('checks'),
    'judge facts': assign(({ context, event }) => {
      if (event.type !== 'check.done') return {};
      const { facts } = event;
      const { config } = context;
      const readings = [goodCheck(CHECK_TIMEOUT_MS), ...readingsOf(facts, config, context.facts)];
      const judged = judge(context.conditions, readings, context.now_ms());
      return { facts, readings, ...judged, stalled: stalled(facts, config) };
    }),
    'judge bad check': assign(({ context, event }) => {
      const bad = badCheck(whyBad(event), CHECK_TIMEOUT_MS);
      // Of the others nothing is known: they stay as they are.
      const others = context.conditions.filter(({ what }) => what !== bad.what);
      const known = context.conditions.filter(({ what }) => what === bad.what);
      const { conditions, changes } = judge(known, [bad], context.now_ms());
      return { conditions: [...others, ...conditions], changes };
    }),
    'note since': assign({ since_ms: ({ context }) => context.now_ms() }),
    /** Provided: tell the machines of stalled threads that nothing was heard of them. */
    'report stalled': () => {},
    /** Provided: say which conditions began, changed or ended. */
    'announce changes': () => {},
    /** Provided: say that the verdict is another now, and why. */
    'announce verdict': () => {},
  },
  delays: {
    'check interval': ({ context }) => context.config.health.check_interval_ms,
    'check timeout': CHECK_TIMEOUT_MS,
    'first check': FIRST_CHECK_MS,
  },
}).createMachine({
  id: 'health',
  context: ({ input }) => ({
    ...input,
    ...{ check: 0, since_ms: input.now_ms(), facts: undefined },
    ...{ readings: [], conditions: [], changes: [], stalled: [] },
  }),
  type: 'parallel',
  on: {
    // A defect of ours: it is told, and the next check has another effect.
    'xstate.error.actor.checks': {
      target: '.checking.resting',
      actions: ['judge bad check', 'announce changes', 'drop checks'],
    },
  },
  states: {
    verdict: {
      initial: 'healthy',
      states: {
        healthy: { always: [become('degraded'), become('failing')] },
        degraded: { always: [become('healthy'), become('failing')] },
        failing: { always: [become('healthy'), become('degraded')] },
      },
    },
    checking: {
      initial: 'beginning',
      states: {
        // The listener starts after this.
        beginning: { after: { 'first check': 'asking' } },
        resting: { after: { 'check interval': 'asking' } },
        asking: {
          entry: 'begin check',
          on: {
            'check.done': {
              guard: 'is that check',
              target: 'resting',
              actions: ['judge facts', 'announce changes', 'report stalled'],
            },
            'check.failed': {
              guard: 'is that check',
              target: 'resting',
              actions: ['judge bad check', 'announce changes'],
            },
          },
          after: {
            'check timeout': {
              target: 'resting',
              actions: ['judge bad check', 'announce changes'],
            },
          },
        },
      },
    },
  },
});

function become<S extends HealthState>(state: S) {
  return {
    guard: `is ${state}` as const,
    target: state,
    actions: ['note since', 'announce verdict'] as const,
  };
}

function whyBad(event: HealthEvent): string {
  if (event.type === 'check.failed') return event.reason;
  return 'error' in event ? String(event.error) : 'no answer came in time';
}
