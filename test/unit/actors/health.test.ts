/** The effects of the health monitor: pulses, facts, rates, and the delay of the event loop. */

import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createActor, createMachine, type EventObject } from 'xstate';
import { checksEffect } from '../../../actors/health/checks.ts';
import { EventLoopMonitor } from '../../../actors/health/event-loop.ts';
import { gatherFacts, type HealthSources } from '../../../actors/health/facts.ts';
import { Pulses } from '../../../actors/health/pulses.ts';
import { Rates } from '../../../actors/health/rates.ts';
import type { HealthEvent } from '../../../machines/health.ts';
import { thread } from '../../support/health-facts.ts';
import { configWith } from '../../support/probe.ts';
import { eventually } from '../../support/raw.ts';

const NO_DELAY = { p50_ms: 0, p99_ms: 0, max_ms: 0 };

function sourcesWith(changes: Partial<HealthSources> = {}): HealthSources {
  return {
    pulses: new Pulses(),
    engines: () => [thread('engine:0')],
    jobThreads: () => [],
    sockets: () => [],
    logs: () => [],
    openRequests: () => 0,
    jobs: () => ({ jobs_waiting: 0, jobs_running: 0 }),
    heldBytes: () => 0,
    lostProjects: () => [],
    journals: () => [],
    totals: () => ({ requests: 0, failed: 0 }),
    ...changes,
  };
}

const pulses = suite('pulses');
const excuse = () => {};

pulses('only threads that are watched are told of', () => {
  const watched = new Pulses();
  const told: string[] = [];
  assert.equal(watched.silences(), []);
  const unwatch = watched.watch('engine:0', { silent_ms: 7, excuse }, (ms) =>
    told.push(`first ${ms}`),
  );
  assert.equal(watched.silences(), [{ id: 'engine:0', silent_ms: 7 }]);
  watched.stalled('engine:0', 30_000);
  watched.stalled('job:0', 30_000);
  assert.equal(told, ['first 30000']);
  unwatch();
  watched.stalled('engine:0', 30_000);
  assert.equal(watched.silences(), []);
  assert.is(told.length, 1);
});

pulses('the next thread of an actor is not forgotten with the one before', () => {
  const watched = new Pulses();
  const unwatch = watched.watch('engine:0', { silent_ms: 7, excuse }, () => {});
  watched.watch('engine:0', { silent_ms: 1, excuse }, () => {});
  unwatch();
  assert.equal(watched.silences(), [{ id: 'engine:0', silent_ms: 1 }]);
});

pulses('of a thread that stands still at our wish no sign of life is expected', () => {
  const watched = new Pulses();
  const pulse = {
    silent_ms: 70_000,
    excuse() {
      this.silent_ms = 0;
    },
  };
  watched.watch('engine:0', pulse, () => {});
  const release = watched.hold('engine:0');
  assert.equal(watched.silences(), [{ id: 'engine:0', silent_ms: 0 }]);
  release();
  assert.equal(watched.silences(), [{ id: 'engine:0', silent_ms: 0 }]);
  pulse.silent_ms = 9;
  assert.equal(watched.silences(), [{ id: 'engine:0', silent_ms: 9 }]);
});

pulses.run();

const facts = suite('facts');

facts('requests that wait are those that neither an engine nor a job has', () => {
  const { queues } = gatherFacts(
    sourcesWith({
      engines: () => [thread('engine:0', { in_flight: 3 }), thread('engine:1', { in_flight: 4 })],
      openRequests: () => 20,
      jobs: () => ({ jobs_waiting: 2, jobs_running: 1 }),
      heldBytes: () => 77,
    }),
    NO_DELAY,
  );
  assert.equal(queues, {
    ...{ requests_waiting: 10, requests_running: 7, jobs_waiting: 2, jobs_running: 1 },
    held_bytes: 77,
  });
  // A client that is gone leaves requests that run and are no longer open.
  const gone = gatherFacts(
    sourcesWith({ engines: () => [thread('engine:0', { in_flight: 3 })] }),
    NO_DELAY,
  );
  assert.is(gone.queues.requests_waiting, 0);
});

facts('the memory is that of this process, below a limit', () => {
  const { memory } = gatherFacts(sourcesWith(), NO_DELAY);
  assert.ok(memory.rss > memory.heap_used && memory.heap_used > 0);
  assert.ok(memory.limit >= memory.rss);
});

facts.run();

const rates = suite('rates');

rates('are over the last minute, or over a life that is shorter', () => {
  const counted = new Rates(0);
  assert.equal(counted.figures(10_000, { requests: 50, failed: 5 }), {
    ...{ window_ms: 10_000, requests_per_s: 5, failed_per_s: 0.5 },
  });
  for (let at_ms = 5000; at_ms <= 300_000; at_ms += 5000) {
    counted.sample(at_ms, { requests: at_ms, failed: 0 });
  }
  assert.equal(counted.figures(300_000, { requests: 300_000, failed: 30 }), {
    ...{ window_ms: 60_000, requests_per_s: 1000, failed_per_s: 0.5 },
  });
});

rates('go by the last sample when there was none in a minute', () => {
  const counted = new Rates(0);
  counted.sample(1000, { requests: 10, failed: 0 });
  const { window_ms, requests_per_s } = counted.figures(201_000, { requests: 2010, failed: 0 });
  assert.equal([window_ms, requests_per_s], [200_000, 10]);
});

rates('keep few samples, however often they are taken', () => {
  const counted = new Rates(0);
  for (let at_ms = 0; at_ms < 200_000; at_ms += 10)
    counted.sample(at_ms, { requests: 0, failed: 0 });
  const { window_ms } = counted.figures(200_000, { requests: 0, failed: 0 });
  assert.ok(window_ms > 58_000 && window_ms <= 60_000, String(window_ms));
});

rates.run();

const delays = suite('delay of the event loop');

delays('one that was blocked shows how long, and the next figures do not', async () => {
  const monitor = new EventLoopMonitor();
  await sleep(200);
  monitor.take();
  // The first sample after a look is not taken.
  await sleep(200);
  const until = performance.now() + 400;
  while (performance.now() < until);
  await sleep(100);
  const blocked = monitor.take();
  assert.ok(blocked.max_ms > 300, JSON.stringify(blocked));
  assert.ok(blocked.p50_ms <= blocked.p99_ms && blocked.p99_ms <= blocked.max_ms);
  assert.equal(monitor.take(), NO_DELAY);
  monitor.stop();
});

delays.run();

const checks = suite('checks');

/** Runs the effect below a parent, which notes what it says. */
async function checking(sources: HealthSources) {
  const said: HealthEvent[] = [];
  const config = await configWith(() => {});
  const logic = checksEffect({ sources, rates: new Rates(performance.now()), look() {} });
  const parent = createMachine({
    invoke: { id: 'checks', src: logic, input: { config } },
    on: { 'check.*': { actions: ({ event }) => said.push(event as HealthEvent) } },
  });
  const root = createActor(parent).start();
  const { checks } = root.getSnapshot().children;
  const begin = (check: number) =>
    checks?.send({ type: 'check.begin', check } as unknown as EventObject);
  return { said, begin, stop: () => root.stop() };
}

checks('answers each with the facts', async () => {
  const { said, begin, stop } = await checking(sourcesWith({ lostProjects: () => [4] }));
  for (const check of [1, 2]) {
    begin(check);
    await eventually('it was answered', () => said.length === check);
    const answer = said.at(-1);
    assert.ok(answer?.type === 'check.done' && answer.check === check);
    assert.equal(answer.facts.projects_lost, [4]);
  }
  stop();
});

checks('says so when the facts cannot be had', async () => {
  const { said, begin, stop } = await checking(
    sourcesWith({
      engines: () => {
        throw new Error('a defect');
      },
    }),
  );
  begin(1);
  await eventually('it was answered', () => said.length > 0);
  assert.equal(said, [{ type: 'check.failed', check: 1, reason: 'a defect' }]);
  stop();
});

checks('says nothing once it is stopped', async () => {
  const { said, begin, stop } = await checking(sourcesWith());
  begin(1);
  stop();
  await sleep(20);
  assert.equal(said, []);
});

checks.run();
