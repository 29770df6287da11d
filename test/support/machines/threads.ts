/** The machines of threads and of their health, as the coverage begins them. */

import * as assert from 'uvu/assert';
import type { EventObject } from 'xstate';
import type { Config } from '../../../conf/schema.ts';
import {
  type CallsCommand,
  type EngineChildInput,
  type EngineInput,
  engineMachine,
  type WorkerEnd,
} from '../../../machines/engine.ts';
import { type ChecksCommand, type HealthInput, healthMachine } from '../../../machines/health.ts';
import type { HealthFacts } from '../../../machines/health-facts.ts';
import { type CountsCommand, leaksMachine } from '../../../machines/leaks.ts';
import { type SpareInput, spareMachine } from '../../../machines/spare.ts';
import { fakeEffect } from '../fake-effect.ts';
import { factsWith, thread } from '../health-facts.ts';
import { configWith, probe } from '../probe.ts';
import { type Subject, type Watch, walker } from './stage.ts';

const restarting = (restart_on_failure: boolean, max_restart_attempts: number) =>
  configWith(({ health }) => {
    Object.assign(health, {
      ...{ restart_on_failure, max_restart_attempts, restart_window_ms: 60_000 },
      ...{ restart_delay_ms: 100, restart_backoff_factor: 2, restart_delay_ms_max: 1000 },
      restart_jitter: 0,
    });
  });

export const ENGINE: EngineInput = {
  ...{
    kind: 'engine',
    index: 0,
    config: await restarting(true, 1),
    random: () => 0,
    now_ms: () => 0,
  },
};
const WITHOUT = await restarting(true, 0);
const NEVER = await restarting(false, 0);

/** @param first what the first worker says as it starts, or that it throws */
export function engine(
  watch: Watch,
  input = ENGINE,
  first: readonly WorkerEnd['type'][] | 'throw' = [],
  spare = false,
) {
  const worker = fakeEffect<EventObject, EngineChildInput>();
  const calls = fakeEffect<CallsCommand, EngineChildInput>();
  const ends = (type: string) => ({ type, reason: 'killed' });
  worker.atStart(first === 'throw' ? first : first.map(ends));
  const machine = engineMachine.provide({
    actors: { worker: worker.logic, calls: calls.logic },
    guards: { 'a spare is there': () => spare },
  });
  return { ...probe(machine, input, watch), worker, calls };
}

const SPARE: SpareInput = { config: ENGINE.config, random: () => 0 };

/** @param projects whether there is a project */
export function spare(watch: Watch, input = SPARE, projects = () => true) {
  const thread = fakeEffect<EventObject, Pick<SpareInput, 'config'>>();
  const machine = spareMachine.provide({
    actors: { thread: thread.logic },
    guards: { 'there is something to lose': projects },
  });
  return { ...probe(machine, input, watch), thread };
}

export const spareSubject: Subject = {
  machine: spareMachine,
  inputs: [SPARE],
  state: (value) => (typeof value === 'object' && 'gone' in value ? 'gone' : value),
  said: [
    ...[{ type: 'spare.ready' }, { type: 'spare.taken' }],
    ...['worker.exited', 'worker.short'].map((type) => ({ type, reason: 'killed' })),
    { type: 'child.stop', now: false },
  ],
  begin: (input, watch) => {
    const one = spare(watch, input as SpareInput);
    return walker(one, [[one.thread, /^(worker|spare)\./]]);
  },
  lives: {
    'is not started before there is something to lose': (watch) => {
      let projects = false;
      const { thread } = spare(watch, SPARE, () => projects);
      for (let looks = 0; looks < 3; looks += 1) watch.clock.next();
      assert.is(thread.alive, 0);
      projects = true;
      watch.clock.next();
      assert.is(thread.alive, 1);
    },
    'is taken again and again, and left alone for a while; or never there again': (watch) => {
      for (const config of [ENGINE.config, NEVER]) {
        const { thread, snapshot, stop } = spare(watch, { ...SPARE, config });
        for (let taken = 0; taken < 4; taken += 1) {
          while (thread.alive === 0 && watch.clock.next());
          if (thread.alive === 0) break;
          thread.say({ type: 'spare.ready' });
          thread.say({ type: 'spare.taken' });
        }
        assert.is(snapshot().context.taken, config === NEVER ? 1 : 4);
        // Whoever is left alone starts for ever.
        stop();
      }
    },
  },
};

export const engineSubject: Subject = {
  machine: engineMachine,
  // Its policy, which the definition alone has not, says at once how long it waits.
  state: (value) => (typeof value === 'object' && 'lost' in value ? 'lost' : value),
  // With a policy that takes its time: one that refuses at once is quicker than any path.
  inputs: [ENGINE, { ...ENGINE, kind: 'job' }, { ...ENGINE, rests: true }],
  said: [
    ...[{ type: 'worker.ready' }, { type: 'worker.proven' }],
    ...['worker.exited', 'worker.short'].map((type) => ({ type, reason: 'killed' })),
    ...[
      { type: 'worker.stalled', silent_ms: 30_001 },
      { type: 'call.overdue', age_ms: 2500 },
    ],
    ...[
      { type: 'part.overdue', late_ms: 5001 },
      { type: 'calls.failed', reason: 'a defect' },
    ],
    { type: 'calls.waiting' },
    ...[{ type: 'work.begun' }, { type: 'work.ended' }, { type: 'child.stop', now: false }],
    ...[{ type: 'engine.retire' }, { type: 'engine.stay' }],
    ...[{ type: 'replay.begun' }, { type: 'replay.ended' }],
    ...[
      { type: 'replay.overdue', age_ms: 300_001 },
      { type: 'calls.blamed', deaths: 2 },
    ],
  ],
  begin: (input, watch) => {
    const one = engine(watch, input as EngineInput);
    return walker(one, [
      [one.worker, /^worker\./],
      [one.calls, /^(calls?|part|work|replay)\./],
    ]);
  },
  lives: {
    'never gets a thread': (watch) => {
      const { worker, snapshot } = engine(watch);
      while (snapshot().status === 'active') {
        if (worker.alive > 0) worker.say({ type: 'worker.short', reason: 'EMFILE' });
        watch.clock.next();
      }
    },
    'is started again, and without restarts given up, left alone or missed': (watch) => {
      for (const kind of ['engine', 'job'] as const) {
        for (const config of [ENGINE.config, WITHOUT, NEVER]) {
          const { worker, clock } = engine(watch, { ...ENGINE, kind, config });
          worker.say({ type: 'worker.exited', reason: 'killed' });
          clock.increment(1000);
        }
      }
    },
    'has projects to make anew': (watch) => {
      const { worker, calls, snapshot } = engine(watch);
      calls.say({ type: 'replay.begun' });
      worker.say({ type: 'worker.ready' });
      assert.equal(snapshot().value, { replaying: 'idle' });
    },
    'has a spare thread, and waits for nothing': (watch) => {
      const { worker, snapshot } = engine(watch, ENGINE, [], true);
      worker.say({ type: 'worker.ready' });
      worker.say({ type: 'worker.exited', reason: 'killed' });
      assert.equal(snapshot().value, 'starting');
      assert.is(snapshot().context.restarts, 1);
    },
    'has a worker that says more than once, as it starts, that it has come to nothing': (watch) => {
      const ends = ['worker.exited', 'worker.short'] as const;
      for (const first of ends) {
        for (const second of ends) {
          const { snapshot } = engine(watch, ENGINE, [first, second]);
          const state = first === 'worker.exited' ? { lost: 'backoff' } : 'short';
          assert.equal(snapshot().value, state);
        }
      }
    },
  },
};

export const HEALTH: HealthInput = { config: ENGINE.config, now_ms: () => 0 };
const WELL = factsWith();
const ILL = {
  healthy: WELL,
  degraded: factsWith({ job_threads: [thread('job:0', { state: 'lost' })] }),
  failing: factsWith({ engines: [thread('engine:0', { state: 'failed' })] }),
} satisfies Record<string, HealthFacts>;

export function health(watch: Watch, input = HEALTH) {
  const checks = fakeEffect<ChecksCommand, { config: Config }>();
  const machine = healthMachine.provide({ actors: { checks: checks.logic } });
  const probed = probe(machine, input, watch);
  /** Goes on to the next check. */
  const next = () => {
    const begun = () => checks.started.length + checks.told.length;
    const before = begun();
    while (begun() === before && watch.clock.next());
  };
  return { ...probed, checks, next };
}

export const healthSubject: Subject = {
  machine: healthMachine,
  inputs: [HEALTH],
  said: [
    { type: 'check.done', check: 1, facts: WELL },
    { type: 'check.failed', check: 1, reason: 'a defect' },
  ],
  begin: (input, watch) => {
    const one = health(watch, input as HealthInput);
    return walker(one, [[one.checks, /^check\./]]);
  },
  lives: {
    'goes each way between its verdicts': (watch) => {
      const { checks, snapshot, next } = health(watch);
      const way = ['degraded', 'failing', 'degraded', 'healthy', 'failing', 'healthy'] as const;
      for (const verdict of way) {
        while ((snapshot().value as { verdict: string }).verdict !== verdict) {
          next();
          checks.say({ type: 'check.done', check: checks.told.length, facts: ILL[verdict] });
        }
      }
    },
  },
};

/** @param first what the effect says as it starts, or that it throws */
export function leaks(watch: Watch, first: readonly EventObject[] | 'throw' = []) {
  const counts = fakeEffect<CountsCommand, undefined>();
  counts.atStart(first);
  const machine = leaksMachine.provide({ actors: { counts: counts.logic } });
  return { ...probe(machine, { config: ENGINE.config }, watch), counts };
}

export const leaksSubject: Subject = {
  machine: leaksMachine,
  inputs: [{ config: ENGINE.config }],
  said: [
    ...[{ type: 'debug.on' }, { type: 'debug.off' }],
    { type: 'count.done', counts: { at_ms: 0, collections: 0, figures: { timers: 1 } } },
  ],
  begin: (_, watch) => {
    const one = leaks(watch);
    return walker(one, [[one.counts, /./]]);
  },
  lives: {},
};
