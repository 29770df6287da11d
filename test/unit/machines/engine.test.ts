import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type EventObject, fromCallback } from 'xstate';
import {
  type CallsCommand,
  type EngineChildInput,
  engineMachine,
} from '../../../machines/engine.ts';
import { fakeEffect } from '../../support/fake-effect.ts';
import { configWith, probe } from '../../support/probe.ts';

async function engine(kind: 'engine' | 'job' = 'engine', restart_on_failure = true, rests = false) {
  const worker = fakeEffect<EventObject, EngineChildInput>();
  const calls = fakeEffect<CallsCommand, EngineChildInput>();
  const config = await configWith(({ health, performance }) => {
    Object.assign(health, {
      restart_on_failure,
      max_restart_attempts: 2,
      restart_window_ms: 60_000,
      restart_delay_ms: 100,
      restart_backoff_factor: 2,
      restart_delay_ms_max: 1000,
      restart_jitter: 0,
    });
    performance.request_timeout_ms = 2000;
  });
  const machine = engineMachine.provide({ actors: { worker: worker.logic, calls: calls.logic } });
  const input = { kind, index: 7, rests, config, random: () => 0, now_ms: () => 0 };
  const probed = probe(machine, input);
  return { ...probed, worker, calls };
}

const test = suite('engine');

test('is ready when its worker is', async () => {
  const { worker, reports, snapshot } = await engine();
  assert.is(snapshot().value, 'starting');
  assert.is(worker.started[0]?.index, 7);
  worker.say({ type: 'worker.ready' });
  assert.equal(snapshot().value, { ready: 'idle' });
  assert.equal(reports, [{ type: 'engine.ready', id: 'probed' }]);
});

test('rests, ready for calls, and starts its thread with the first', async () => {
  const { worker, calls, clock, reports, snapshot } = await engine('engine', true, true);
  assert.equal(snapshot().value, { ready: 'resting' });
  assert.equal(reports, [{ type: 'engine.ready', id: 'probed' }]);
  assert.is(calls.alive, 1);
  clock.increment(60_000);
  assert.is(worker.alive, 0);
  calls.say({ type: 'calls.waiting' });
  assert.is(snapshot().value, 'starting');
  worker.say({ type: 'worker.ready' });
  assert.equal(snapshot().value, { ready: 'idle' });
});

test('brings a dead worker back at once, the next after a delay, and keeps its queue', async () => {
  const { worker, calls, clock, snapshot } = await engine();
  for (const [restarts, delay] of [0, 100].entries()) {
    worker.say({ type: 'worker.ready' });
    worker.say({ type: 'worker.exited', reason: 'killed' });
    assert.equal(snapshot().value, { lost: 'backoff' });
    assert.is(worker.alive, 0);
    assert.is(calls.alive, 1);
    const failure = { type: 'calls.fail', code: 'GOX_ENGINE_LOST', reason: 'killed' };
    assert.equal(calls.told.at(-1), failure);
    clock.increment(Math.max(0, delay - 1));
    assert.is(worker.alive, delay === 0 ? 1 : 0);
    clock.increment(Math.min(1, delay));
    assert.is(worker.alive, 1);
    assert.is(snapshot().context.restarts, restarts + 1);
  }
  worker.say({ type: 'worker.ready' });
  assert.equal(snapshot().value, { ready: 'idle' });
});

test('makes its projects anew before it is ready, and serves meanwhile', async () => {
  const { worker, calls, reports, snapshot } = await engine();
  calls.say({ type: 'replay.begun' });
  worker.say({ type: 'worker.ready' });
  assert.equal(snapshot().value, { replaying: 'idle' });
  assert.equal(reports, [{ type: 'engine.ready', id: 'probed' }]);
  calls.say({ type: 'work.begun' });
  calls.say({ type: 'replay.ended' });
  assert.equal(snapshot().value, { ready: 'busy' });
  calls.say({ type: 'replay.begun' });
  assert.equal(snapshot().value, { replaying: 'busy' });
  calls.say({ type: 'replay.overdue', age_ms: 300_001 });
  assert.equal(snapshot().value, { lost: 'backoff' });
  assert.match(snapshot().context.reason, /^a project was being made anew for 300001 ms/);
});

test('deaths of requests that were given up do not use up the restarts', async () => {
  const { worker, calls, clock, snapshot } = await engine();
  worker.say({ type: 'worker.ready' });
  for (let times = 0; times < 5; times += 1) {
    for (let deaths = 1; deaths <= 2; deaths += 1) {
      worker.say({ type: 'worker.exited', reason: 'killed' });
      if (deaths === 2) calls.say({ type: 'calls.blamed', deaths });
      clock.increment(1000);
      worker.say({ type: 'worker.ready' });
    }
    assert.equal(snapshot().value, { ready: 'idle' });
  }
  for (let deaths = 1; deaths <= 3; deaths += 1) {
    assert.is.not(snapshot().value, 'failed');
    worker.say({ type: 'worker.exited', reason: 'killed' });
    clock.increment(1000);
  }
  assert.is(snapshot().value, 'failed');
});

test('gives up and refuses calls when the restarts are used up', async () => {
  const { worker, calls, clock, snapshot } = await engine();
  for (const delay of [100, 200]) {
    worker.say({ type: 'worker.exited', reason: 'crash loop' });
    clock.increment(delay);
  }
  worker.say({ type: 'worker.exited', reason: 'crash loop' });
  assert.is(snapshot().value, 'failed');
  assert.is(worker.alive, 0);
  assert.equal(calls.told.at(-1), { type: 'calls.refuse', reason: 'crash loop' });
  assert.equal(snapshot().output, { failure: 'crash loop' });
});

test('takes a worker for dead that never gets ready', async () => {
  const { worker, clock, snapshot } = await engine();
  clock.increment(9999);
  assert.is(snapshot().value, 'starting');
  clock.increment(1);
  assert.is(snapshot().context.restarts, 1, 'another one comes at once');
  assert.is(worker.started.length, 2);
  assert.is(worker.alive, 1);
});

test('asks the queue for overdue calls at every check', async () => {
  const { worker, calls, clock } = await engine();
  worker.say({ type: 'worker.ready' });
  for (let checks = 1; checks <= 3; checks += 1) {
    clock.increment(500);
    assert.is(calls.told.length, checks);
  }
  assert.equal(calls.told[2], { type: 'calls.check' });
});

test('ends a worker that works on one request for too long', async () => {
  const { worker, calls, clock, snapshot } = await engine();
  worker.say({ type: 'worker.ready' });
  calls.say({ type: 'call.overdue', age_ms: 2500 });
  assert.equal(snapshot().value, { lost: 'backoff' });
  assert.is(worker.alive, 0);
  const told = calls.told.at(-1);
  assert.is(told?.type, 'calls.fail');
  assert.ok(told?.type === 'calls.fail' && told.code === 'GOX_REQUEST_TIMEOUT');
  clock.increment(100);
  assert.is(snapshot().value, 'starting');
});

test('replaces a worker that nothing is heard of, which counts as a death', async () => {
  for (const kind of ['engine', 'job'] as const) {
    const { worker, calls, clock, snapshot } = await engine(kind);
    worker.say({ type: 'worker.ready' });
    worker.say({ type: 'worker.stalled', silent_ms: 30_250.4 });
    assert.equal(snapshot().value, { lost: 'backoff' });
    assert.is(worker.alive, 0);
    assert.match(snapshot().context.reason, /^nothing was heard of its thread for 30250 ms/);
    const { reason } = snapshot().context;
    assert.equal(calls.told.at(-1), { type: 'calls.fail', code: 'GOX_ENGINE_LOST', reason });
    clock.increment(100);
    assert.is(worker.alive, 1);
    assert.is(snapshot().context.restarts, 1);
    for (let times = 0; times < 2; times += 1) {
      worker.say({ type: 'worker.ready' });
      worker.say({ type: 'worker.stalled', silent_ms: 1 });
      if (times === 0) clock.increment(200);
    }
    assert.is(snapshot().value, kind === 'engine' ? 'failed' : 'cooling off');
  }
});

test('a silence that is told too late, or of a thread that starts, is nothing', async () => {
  const { worker, clock, snapshot, send } = await engine();
  send({ type: 'worker.stalled', silent_ms: 30_001 });
  assert.is(snapshot().value, 'starting');
  worker.say({ type: 'worker.ready' });
  worker.say({ type: 'worker.exited', reason: 'killed' });
  send({ type: 'worker.stalled', silent_ms: 30_001 });
  assert.is(snapshot().context.reason, 'killed');
  clock.increment(100);
  assert.is(snapshot().value, 'starting');
});

test('stops everything it started', async () => {
  const { worker, calls, snapshot, send } = await engine();
  worker.say({ type: 'worker.ready' });
  send({ type: 'child.stop', now: false });
  assert.is(snapshot().status, 'done');
  assert.is(worker.alive + calls.alive, 0);
});

test('a worker that throws while it starts is a death, not the end of the engine', async () => {
  const { snapshot, reports } = await engine();
  assert.is(reports.length, 0);
  const broken = engineMachine.provide({
    actors: { calls: fakeEffect<CallsCommand, EngineChildInput>().logic },
  });
  const config = await configWith(() => {});
  const probed = probe(broken, {
    kind: 'engine',
    index: 0,
    config,
    random: () => 0,
    now_ms: () => 0,
  });
  assert.equal(probed.snapshot().value, { lost: 'backoff' });
  assert.match(probed.snapshot().context.reason, /not provided/);
  assert.is(snapshot().value, 'starting');
});

test('a thread that the system had nothing left for is waited for, and is no failure', async () => {
  const { worker, calls, clock, reports, snapshot } = await engine();
  worker.say({ type: 'worker.ready' });
  worker.say({ type: 'worker.exited', reason: 'killed' });
  clock.increment(100);
  for (const wait of [100, 200, 400, 800, 1000, 1000, 1000]) {
    worker.say({ type: 'worker.short', reason: 'EMFILE' });
    assert.is(snapshot().value, 'short');
    assert.is(worker.alive, 0);
    clock.increment(wait - 1);
    assert.is(worker.alive, 0);
    clock.increment(1);
    assert.is(snapshot().value, 'starting');
  }
  assert.ok(calls.told.some(({ type }) => type === 'calls.wait'));
  assert.ok(
    calls.told.some(({ type }) => type === 'calls.check'),
    'what waits can expire',
  );
  worker.say({ type: 'worker.ready' });
  assert.is(snapshot().context.shortages, 0);
  assert.is(snapshot().context.restarts, 1, 'that of the death alone');
  const ready = { type: 'engine.ready', id: 'probed' };
  assert.equal(reports, [ready, ready]);
});

test('a thread that was there and ends for want of something has died', async () => {
  const { worker, calls, snapshot } = await engine();
  worker.say({ type: 'worker.ready' });
  worker.say({ type: 'worker.short', reason: 'EMFILE' });
  assert.equal(snapshot().value, { lost: 'backoff' });
  assert.is(calls.told.at(-1)?.type, 'calls.fail', 'what it had is answered');
});

test('an engine that never had a thread for want of something is given up', async () => {
  const { worker, calls, clock, reports, snapshot } = await engine();
  for (let tries = 1; snapshot().value !== 'failed'; tries++) {
    assert.ok(tries <= 20, 'it is never given up');
    worker.say({ type: 'worker.short', reason: 'EMFILE' });
    clock.increment(1000);
  }
  assert.equal(reports, []);
  assert.equal(snapshot().output, { failure: 'EMFILE' });
  assert.ok(calls.told.some(({ type }) => type === 'calls.refuse'));
});

test('requests expire while a worker is away', async () => {
  const { worker, calls, clock } = await engine();
  worker.say({ type: 'worker.ready' });
  for (const delay of [100, 200]) {
    worker.say({ type: 'worker.exited', reason: 'crash loop' });
    clock.increment(delay);
  }
  clock.increment(500);
  assert.is(calls.told.at(-1)?.type, 'calls.check');
});

test('a job thread ended for a cancelled job is replaced, however often', async () => {
  const { worker, calls, reports, snapshot } = await engine('job');
  for (let times = 1; times <= 10; times += 1) {
    worker.say({ type: 'worker.ready' });
    calls.say({ type: 'part.overdue', late_ms: 5001 });
    assert.is(worker.started.length, times + 1);
    assert.is(worker.alive, 1);
    assert.is(calls.told.at(-1)?.type, 'calls.fail');
  }
  assert.is(snapshot().context.restarts, 10);
  assert.equal(
    reports.filter(({ type }) => type !== 'engine.ready'),
    [],
  );
});

test('a job thread that dies again and again cools off, and is tried for ever', async () => {
  const { worker, calls, clock, reports, snapshot } = await engine('job');
  for (const delay of [100, 200]) {
    worker.say({ type: 'worker.exited', reason: 'crash loop' });
    clock.increment(delay);
  }
  for (let times = 0; times < 5; times += 1) {
    worker.say({ type: 'worker.exited', reason: 'crash loop' });
    assert.is(snapshot().value, 'cooling off');
    assert.equal(calls.told.at(-1), { type: 'calls.refuse', reason: 'crash loop' });
    clock.increment(1000);
    assert.is(snapshot().value, 'starting');
    assert.is(worker.alive, 1);
  }
  assert.equal(reports, []);
});

test('a job thread that must not be restarted is missed, and nothing more', async () => {
  const { worker, reports, snapshot } = await engine('job', false);
  worker.say({ type: 'worker.exited', reason: 'killed' });
  assert.is(snapshot().value, 'missing');
  assert.equal(reports, []);
});

test('a defect of its queue ends it, and stopping it then is no defect', async () => {
  for (const kind of ['engine', 'job'] as const) {
    const { worker, calls, clock, snapshot, send } = await engine(kind);
    worker.say({ type: 'worker.ready' });
    calls.say({ type: 'calls.failed', reason: 'a defect' });
    assert.is(snapshot().value, 'failed');
    assert.is(worker.alive, 0);
    assert.equal(snapshot().output, { failure: 'a defect' });
    clock.increment(10_000);
    send({ type: 'child.stop', now: false });
    assert.is(snapshot().status, 'done');
    assert.is(calls.alive, 0);
  }
});

test('so does a queue that throws', async () => {
  const worker = fakeEffect<EventObject, EngineChildInput>();
  const calls = fromCallback<CallsCommand, EngineChildInput>(({ receive }) => {
    receive(() => {
      throw new Error('a defect in the queue');
    });
  });
  const config = await configWith(() => {});
  const machine = engineMachine.provide({ actors: { worker: worker.logic, calls } });
  const probed = probe(machine, {
    kind: 'engine',
    index: 0,
    config,
    random: () => 0,
    now_ms: () => 0,
  });
  worker.say({ type: 'worker.ready' });
  probed.clock.increment(1000);
  assert.is(probed.snapshot().value, 'failed');
  assert.is(worker.alive, 0);
  probed.clock.increment(10_000);
  probed.send({ type: 'child.stop', now: false });
  assert.is(probed.snapshot().status, 'done');
});

test.run();
