/** The life of a job: every state and every way between them. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GoxError } from '../../../conf/errors.ts';
import { type JobCommand, type JobInput, jobMachine } from '../../../machines/job.ts';
import { fakeEffect } from '../../support/fake-effect.ts';
import { probe } from '../../support/probe.ts';

const INPUT: JobInput = {
  ...{ number: 7, timeout_ms: 60_000, limit: 'limits.job_timeout_ms', patience_ms: 5000 },
};
const ENOUGH = new GoxError('GOX_CANCELLED', 'enough');
const LOST = new GoxError('GOX_ENGINE_LOST', 'gone');

function job(input: Partial<JobInput> = {}) {
  const work = fakeEffect<JobCommand, { number: number }>();
  const machine = jobMachine.provide({ actors: { work: work.logic } });
  const probed = probe(machine, { ...INPUT, ...input });
  const told = () =>
    work.told.map((command) => {
      if (command.type === 'work.stop') return `stop ${command.why?.code ?? 'answered'}`;
      if (command.type === 'work.end') return `end ${command.as}`;
      return command.type.slice('work.'.length);
    });
  return { ...probed, work, told, state: () => probed.snapshot().value };
}

/** One that is in the state, by the shortest way. */
function jobIn(state: 'waiting' | 'running' | 'handing over' | 'cancelling') {
  const one = job();
  if (state === 'cancelling') one.work.say({ type: 'job.cancel', why: ENOUGH });
  if (state === 'running' || state === 'handing over') one.work.say({ type: 'part.begun' });
  if (state === 'handing over') one.work.say({ type: 'parts.handed_over' });
  return one;
}

const test = suite('job');

test('waits, runs stage by stage, and passes its answer on', () => {
  const { work, told, state, snapshot } = job();
  assert.equal(work.started, [{ number: 7 }]);
  assert.is(state(), 'waiting');
  work.say({ type: 'part.begun' });
  assert.equal(state(), { running: 'stage' });
  work.say({ type: 'stage.begun', stage: 1 });
  assert.is(snapshot().context.stage, 1);
  work.say({ type: 'parts.answered', failed: false });
  assert.is(state(), 'done');
  assert.equal(told(), ['answer', 'end done']);
  assert.is(snapshot().status, 'done');
  assert.is(work.alive, 0);
});

test('waits again when its threads could not be started, and runs when one could', () => {
  const { work, state } = jobIn('running');
  work.say({ type: 'parts.stalled' });
  assert.is(state(), 'waiting');
  work.say({ type: 'part.begun' });
  assert.equal(state(), { running: 'stage' });
});

test('hands over to the engine, whose answer is the end', () => {
  for (const failed of [false, true]) {
    const { work, told, state } = jobIn('handing over');
    assert.equal(state(), { running: 'handing over' });
    assert.equal(told(), ['hand_over']);
    work.say({ type: 'call.answered', failed });
    assert.is(state(), failed ? 'failed' : 'done');
    assert.is(told().at(-1), failed ? 'end failed' : 'end done');
  }
});

test('a part that fails answers it, and the others stop before it has failed', () => {
  const { work, told, state } = jobIn('running');
  work.say({ type: 'parts.answered', failed: true });
  assert.is(state(), 'cancelling');
  assert.equal(told(), ['answer', 'stop answered']);
  work.say({ type: 'parts.stopped' });
  assert.is(state(), 'failed');
});

for (const from of ['waiting', 'running', 'handing over'] as const) {
  test(`is cancelled when it is ${from}, and ends when what runs has stopped`, () => {
    const { work, told, state } = jobIn(from);
    work.say({ type: 'job.cancel', why: ENOUGH });
    assert.is(state(), 'cancelling');
    assert.is(told().at(-1), 'stop GOX_CANCELLED');
    work.say({ type: from === 'handing over' ? 'call.answered' : 'parts.stopped', failed: true });
    assert.is(state(), 'cancelled');
    assert.is(told().at(-1), 'end cancelled');
  });

  test(`does not outlive its deadline and the grace when it is ${from}`, () => {
    const { work, clock, told, state } = jobIn(from);
    clock.increment(59_999);
    assert.is.not(state(), 'cancelling');
    clock.increment(1);
    assert.is(state(), 'cancelling');
    assert.is(told().at(-1), 'stop GOX_REQUEST_TIMEOUT');
    clock.increment(4999);
    assert.is(state(), 'cancelling');
    clock.increment(1);
    assert.is(state(), 'abandoned');
    assert.equal(told().slice(-2), ['abandon', 'end abandoned']);
    assert.is(work.alive, 0);
  });
}

test('why it ends decides whether it was cancelled or has failed', () => {
  const ends = [
    [{ type: 'job.cancel', why: new GoxError('GOX_SHUTTING_DOWN', 'stop') }, 'cancelled'],
    [{ type: 'parts.failed', why: LOST }, 'failed'],
  ] as const;
  for (const [event, end] of ends) {
    const { work, state } = jobIn('running');
    work.say(event);
    work.say({ type: 'parts.stopped' });
    assert.is(state(), end);
  }
  const late = jobIn('running');
  late.clock.increment(60_000);
  late.work.say({ type: 'parts.stopped' });
  assert.is(late.state(), 'failed');
  const taken = jobIn('handing over');
  taken.work.say({ type: 'parts.failed', why: LOST });
  taken.work.say({ type: 'call.answered', failed: true });
  assert.is(taken.state(), 'failed');
});

test('an engine that was done before it could see the cancel has the last word', () => {
  const { work, state } = jobIn('handing over');
  work.say({ type: 'job.cancel', why: ENOUGH });
  work.say({ type: 'call.answered', failed: false });
  assert.is(state(), 'done');
});

test('the first reason to end is the one that counts', () => {
  const { work, clock, told, state } = jobIn('cancelling');
  work.say({ type: 'job.cancel', why: LOST });
  work.say({ type: 'parts.failed', why: LOST });
  work.say({ type: 'part.begun' });
  work.say({ type: 'patience.over' });
  clock.increment(4999);
  assert.is(state(), 'cancelling');
  assert.equal(told(), ['stop GOX_CANCELLED']);
  work.say({ type: 'parts.stopped' });
  assert.is(state(), 'cancelled');
  const end = work.told.at(-1);
  assert.is(end?.type === 'work.end' && end.reason, 'enough');
});

test('a deadline that comes while it is cancelling changes nothing', () => {
  const { work, clock, state } = job({ timeout_ms: 1000 });
  clock.increment(999);
  work.say({ type: 'job.cancel', why: ENOUGH });
  clock.increment(4999);
  assert.is(state(), 'cancelling');
  work.say({ type: 'parts.stopped' });
  assert.is(state(), 'cancelled');
});

test('out of patience it looks for a thread, again and again', () => {
  const { work, clock, told, state } = job();
  clock.increment(4999);
  assert.equal(told(), []);
  clock.increment(1);
  assert.equal(told(), ['look']);
  clock.increment(1000);
  clock.increment(1000);
  assert.equal(told(), ['look', 'look', 'look']);
  work.say({ type: 'parts.failed', why: new GoxError('GOX_ENGINE_BUSY', 'EMFILE') });
  assert.is(state(), 'cancelling');
  clock.increment(1000);
  assert.is(told().at(-1), 'stop GOX_ENGINE_BUSY');
});

test('says which limit it was that it took longer than', () => {
  const { clock, work } = job({ timeout_ms: 10, limit: 'timeout_ms of the request' });
  clock.increment(10);
  const [stop] = work.told;
  assert.match(
    stop?.type === 'work.stop' ? (stop.why?.message ?? '') : '',
    /timeout_ms of the req/,
  );
});

test.run();
