/** The life of a session and of the jobs below it. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { AnyActorRef } from 'xstate';
import { GoxError } from '../../../conf/errors.ts';
import { type JobCommand, type JobInput, jobMachine } from '../../../machines/job.ts';
import {
  type SessionCommand,
  type SessionInput,
  sessionMachine,
} from '../../../machines/session.ts';
import { fakeEffect } from '../../support/fake-effect.ts';
import { configWith, probe } from '../../support/probe.ts';

const ENOUGH = new GoxError('GOX_CANCELLED', 'enough');

async function session() {
  const requests = fakeEffect<SessionCommand, SessionInput>();
  const work = fakeEffect<JobCommand, { number: number }>();
  const config = await configWith(() => {});
  const machine = sessionMachine.provide({
    actors: { requests: requests.logic, job: jobMachine.provide({ actors: { work: work.logic } }) },
  });
  const probed = probe(machine, { number: 3, config, session: 'tower' });
  const start = (number: number) => {
    const job: JobInput = {
      ...{ number, timeout_ms: 60_000, limit: 'limits.job_timeout_ms', patience_ms: 30_000 },
    };
    requests.say({ type: 'job.needed', job });
  };
  const children = () => Object.keys(probed.snapshot().children);
  const child = (id: string) =>
    (probed.snapshot().children as Record<string, AnyActorRef | undefined>)[id]!;
  return { ...probed, requests, work, start, children, child };
}

const test = suite('session');

test('starts a job for each request that became one, in the first place that is free', async () => {
  const { start, work, children, child, snapshot } = await session();
  for (const number of [11, 12, 13]) start(number);
  assert.equal(
    work.started.map(({ number }) => number),
    [11, 12, 13],
  );
  assert.equal(children(), ['requests', 'job:0', 'job:1', 'job:2']);
  child('job:1').send({ type: 'job.cancel', why: ENOUGH });
  child('job:1').send({ type: 'parts.stopped' });
  assert.equal(children(), ['requests', 'job:0', 'job:2']);
  start(14);
  assert.equal(children().sort(), ['job:0', 'job:1', 'job:2', 'requests']);
  assert.equal([...snapshot().context.jobs].sort(), [0, 1, 2]);
});

test('ends at once without jobs, and when the last has stopped with some', async () => {
  const idle = await session();
  idle.send({ type: 'session.end' });
  assert.is(idle.snapshot().value, 'ended');
  assert.is(idle.requests.alive, 0);
  const { start, child, requests, send, snapshot } = await session();
  for (const number of [1, 2]) start(number);
  send({ type: 'session.end' });
  assert.is(snapshot().value, 'ending');
  assert.is(requests.alive, 0);
  send({ type: 'session.end' });
  for (const id of ['job:0', 'job:1']) {
    assert.is(snapshot().value, 'ending');
    child(id).send({ type: 'job.cancel', why: ENOUGH });
    child(id).send({ type: 'parts.stopped' });
  }
  assert.is(snapshot().value, 'ended');
});

test('waits a limited time for jobs', async () => {
  const { start, work, clock, send, snapshot } = await session();
  start(1);
  send({ type: 'session.end' });
  clock.increment(5499);
  assert.is(snapshot().value, 'ending');
  clock.increment(1);
  assert.is(snapshot().value, 'ended');
  assert.is(work.alive, 0);
});

test('a defect in a job ends the job, one in its requests the session', async () => {
  const { start, work, child, children, send, snapshot } = await session();
  start(1);
  start(2);
  child('job:0').send({ type: 'xstate.error.actor.work', error: new Error('broken') });
  assert.equal(children(), ['requests', 'job:1']);
  assert.is(work.alive, 1, 'what the job had started is gone too');
  assert.is(snapshot().status, 'active');
  send({ type: 'xstate.error.actor.*', actorId: 'requests', error: new Error('broken') });
  assert.is(snapshot().status, 'error');
});

test.run();
