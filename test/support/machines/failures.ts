/**
 * What follows when a child of a machine throws, as it starts or later: for each child of each
 * machine, what its parent does. A child that is a machine fails in two ways: something below it
 * throws, and what else it has is stopped by xstate; or it throws itself, and leaves it running.
 */

import * as assert from 'uvu/assert';
import { type AnyStateMachine, type EventObject, fromCallback } from 'xstate';
import {
  type CallsCommand,
  type EngineChildInput,
  engineMachine,
} from '../../../machines/engine.ts';
import { type JobCommand, jobMachine } from '../../../machines/job.ts';
import type { listenerMachine } from '../../../machines/listener.ts';
import { type SpareInput, spareMachine } from '../../../machines/spare.ts';
import { type StepCommand, stepMachine } from '../../../machines/step.ts';
import { DEFECT, fakeEffect } from '../fake-effect.ts';
import { configWith, probe } from '../probe.ts';
import { accepted, CONNECTION, clientMachines, LISTENER, needed, SESSION } from './clients.ts';
import { configuration, FOUND } from './configuration.ts';
import { breakHttp } from './http.ts';
import { breakInspectorServer } from './inspector.ts';
import { breakKeeper } from './renders.ts';
import { JOB } from './small.ts';
import { breakHolder } from './sockets.ts';
import type { Watch } from './stage.ts';
import { ENGINE, engine, HEALTH, health, leaks, spare } from './threads.ts';
import { breakEstate } from './upgrade.ts';

export const WHENS = ['as it starts', 'later'] as const;
type When = (typeof WHENS)[number];
/** Breaks the child, and asserts what its parent does. */
type Break = (when: When, watch: Watch) => void;

/** By the id of a machine and the name that the child has there. */
export const FAILURES: Readonly<Record<string, Readonly<Record<string, Break>>>> = {
  job: { work: breakWork },
  session: { requests: breakRequests, job: breakJob },
  connection: { socket: breakSocket, session: breakSession },
  listener: { server: breakServer, connections: breakConnections },
  sockets: { holder: breakHolder },
  http: { server: breakHttp },
  engine: { worker: breakWorker, calls: breakCalls, 'restart policy': breakPolicy },
  spare: { thread: breakSpare, 'restart policy': breakSparePolicy },
  health: { checks: breakChecks },
  leaks: { counts: breakCounts },
  renders: { keeper: breakKeeper },
  configuration: { reader: breakReader, applier: breakApplier },
  inspector: { server: breakInspectorServer },
  'restart policy': {},
  step: { work: breakStep },
  project: {},
  upgrade: { estate: breakEstate },
};

const JITTERY = await configWith(({ health }) => {
  health.restart_jitter = 0.5;
});
const NEED_JOB = { type: 'job.needed', job: JOB } as const;

type Clients = ReturnType<typeof clientMachines>;

function alive({ server, socket, requests, work }: Clients): number {
  return server.alive + socket.alive + requests.alive + work.alive;
}

/** Throws itself, however it is started. */
const thrower = fromCallback<EventObject, object>(() => {
  throw new Error(DEFECT);
});

/** A job is nothing without what it does; its session says what follows. */
function breakWork(when: When, watch: Watch): void {
  const work = fakeEffect<JobCommand, { number: number }>();
  if (when === 'as it starts') work.atStart('throw');
  const machine = jobMachine.provide({ actors: { work: work.logic } });
  const { snapshot } = probe(machine, JOB, watch);
  if (when === 'later') work.breakDown();
  assert.is(snapshot().status, 'error');
  assert.match(String(snapshot().error), DEFECT);
  assert.is(work.alive, 0);
}

/** A defect in a step is one of the step; the supervisor says what follows. */
function breakStep(when: When, watch: Watch): void {
  const work = fakeEffect<StepCommand, undefined>();
  if (when === 'as it starts') work.atStart('throw');
  const machine = stepMachine.provide({ actors: { work: work.logic } });
  const { snapshot } = probe(machine, undefined, watch);
  if (when === 'later') work.breakDown();
  assert.is(snapshot().status, 'error');
  assert.match(String(snapshot().error), DEFECT);
}

/** A session that cannot ask is none; its connection says what follows. */
function breakRequests(when: When, watch: Watch): void {
  const all = clientMachines();
  const { requests, work } = all;
  if (when === 'as it starts') requests.atStart('throw');
  const { snapshot } = probe(all.session, SESSION, watch);
  if (when === 'later') {
    requests.say(NEED_JOB);
    assert.is(work.alive, 1);
    requests.breakDown();
  }
  assert.is(snapshot().status, 'error');
  assert.match(String(snapshot().error), DEFECT);
  assert.is(alive(all), 0);
}

/** A job that fails is forgotten with all it had, and its session and other jobs go on. */
function breakJob(when: When, watch: Watch): void {
  for (const itself of [false, true]) {
    const all = clientMachines();
    const { requests, work } = all;
    const broken = () => {
      throw new Error(DEFECT);
    };
    const actions = when === 'later' ? { 'note stage': broken } : { introduce: broken };
    const machine = itself
      ? all.session.provide({ actors: { job: all.job.provide({ actions }) } })
      : all.session;
    const { snapshot, send } = probe(machine, SESSION, watch);
    if (when === 'as it starts' && !itself) work.atStart('throw');
    requests.say(NEED_JOB);
    if (when === 'later') {
      work.say({ type: 'part.begun' });
      if (itself) work.say({ type: 'stage.begun', stage: 1 });
      else work.breakDown();
    }
    assert.is(work.alive, 0);
    assert.equal(Object.keys(snapshot().children), ['requests']);
    assert.equal(snapshot().context.jobs, []);
    assert.equal(snapshot().value, { open: 'idle' });
    assert.is(requests.alive, 1);
    send({ type: 'session.end' });
    assert.is(snapshot().status, 'done', 'nobody waits for it');
  }
}

/** A connection without its socket is over. */
function breakSocket(when: When, watch: Watch): void {
  const all = clientMachines();
  const { socket, requests, work } = all;
  if (when === 'as it starts') socket.atStart('throw');
  const { snapshot } = probe(all.connection, CONNECTION, watch);
  if (when === 'later') {
    socket.say(needed(0));
    requests.say(NEED_JOB);
    assert.is(work.alive, 1);
    socket.breakDown();
  }
  ended(snapshot(), 'closed');
  assert.is(alive(all), 0);
}

/** Nor does it go on without one of its sessions: nobody would answer what was asked of it. */
function breakSession(when: When, watch: Watch): void {
  for (const itself of [false, true]) {
    const all = clientMachines();
    const { socket, requests, work } = all;
    const broken = () => {
      throw new Error(DEFECT);
    };
    const actions = when === 'later' ? { 'stop requests': broken } : { 'start job': broken };
    const machine = itself
      ? all.connection.provide({ actors: { session: all.session.provide({ actions }) } })
      : all.connection;
    const { snapshot, send } = probe(machine, CONNECTION, watch);
    socket.say(needed(0));
    if (when === 'as it starts') {
      // The other one is not to live on either.
      if (!itself) requests.atStart('throw');
      socket.say(needed(1));
      if (itself) requests.say(NEED_JOB);
    } else {
      requests.say(NEED_JOB);
      assert.is(work.alive, 1);
      if (itself) send({ type: 'socket.closed', under_way: false, idle: false });
      else requests.breakDown();
    }
    ended(snapshot(), 'closed');
    assert.is(alive(all), 0, `${when}, ${itself ? 'itself' : 'what is below it'}`);
  }
}

/** A listener without its server is its supervisor's business, and takes its clients with it. */
function breakServer(when: When, watch: Watch): void {
  const all = clientMachines();
  const { server, socket } = all;
  if (when === 'as it starts') server.atStart('throw');
  const { snapshot } = probe(all.listener, LISTENER, watch);
  if (when === 'later') {
    server.say({ type: 'server.listening', address: '/here' });
    server.say(accepted(1));
    assert.is(socket.alive, 1);
    server.breakDown();
  }
  ended(snapshot(), 'failed');
  assert.equal(snapshot().output, { failure: `Error: ${DEFECT}` });
  assert.is(alive(all), 0);
}

/** So it is when nobody keeps its connections, of which none lives on. */
function breakConnections(when: When, watch: Watch): void {
  let broken = false;
  const all = clientMachines({ isBroken: () => broken });
  const { server, socket, requests } = all;
  const connections = thrower as unknown as Actor<typeof listenerMachine, 'connections'>;
  const machine =
    when === 'later' ? all.listener : all.listener.provide({ actors: { connections } });
  const { snapshot } = probe(machine, LISTENER, watch);
  if (when === 'later') {
    server.say(accepted(1));
    socket.say(needed(0));
    assert.is(requests.alive, 1);
    broken = true;
    server.say(accepted(2));
  }
  ended(snapshot(), 'failed');
  assert.equal(snapshot().output, { failure: `Error: ${DEFECT}` });
  assert.is(alive(all), 0);
}

/** A death like any other: the queue stays, and there is another thread after the wait. */
function breakWorker(when: When, watch: Watch): void {
  const { worker, calls, clock, snapshot } = engine(watch, ENGINE, 'throw');
  if (when === 'later') {
    clock.increment(100);
    worker.say({ type: 'worker.ready' });
    worker.breakDown();
  }
  const counted = when === 'later' ? 'failed' : { lost: 'backoff' };
  assert.equal(snapshot().value, counted, 'with one restart, the second death is the end');
  assert.is(snapshot().context.reason, `Error: ${DEFECT}`);
  assert.is(worker.alive, 0);
  const refusal = { type: 'calls.refuse', reason: `Error: ${DEFECT}` };
  const failure = { ...refusal, type: 'calls.fail', code: 'GOX_ENGINE_LOST' };
  assert.equal(calls.told.at(when === 'later' ? -2 : -1), failure);
  if (when === 'later') {
    assert.equal(calls.told.at(-1), refusal);
    assert.is(calls.alive, 0);
  } else {
    assert.is(calls.alive, 1);
    clock.increment(100);
    assert.is(snapshot().value, 'starting');
    assert.is(worker.alive, 1);
  }
}

/** Without its queue an engine cannot go on. */
function breakCalls(when: When, watch: Watch): void {
  const worker = fakeEffect<EventObject, EngineChildInput>();
  const calls = fakeEffect<CallsCommand, EngineChildInput>();
  if (when === 'as it starts') calls.atStart('throw');
  const machine = engineMachine.provide({ actors: { worker: worker.logic, calls: calls.logic } });
  const { snapshot } = probe(machine, ENGINE, watch);
  if (when === 'later') {
    worker.say({ type: 'worker.ready' });
    calls.breakDown();
  }
  ended(snapshot(), 'failed');
  assert.equal(snapshot().output, { failure: `Error: ${DEFECT}` });
  assert.is(worker.alive + calls.alive, 0);
}

/** Nor without its policy; what waits in its queue is told so. */
function breakPolicy(when: When, watch: Watch): void {
  const worker = fakeEffect<EventObject, EngineChildInput>();
  const calls = fakeEffect<CallsCommand, EngineChildInput>();
  const policy = thrower as unknown as Actor<typeof engineMachine, 'restart policy'>;
  const machine = engineMachine.provide({
    actors: {
      ...{ worker: worker.logic, calls: calls.logic },
      ...(when === 'as it starts' ? { 'restart policy': policy } : {}),
    },
  });
  const random = () => {
    throw new Error(DEFECT);
  };
  const { snapshot } = probe(machine, { ...ENGINE, config: JITTERY, random }, watch);
  // It draws lots for the second wait, and the first ones.
  for (let deaths = when === 'later' ? 2 : 0; deaths > 0; deaths -= 1) {
    worker.say({ type: 'worker.exited', reason: 'killed' });
    watch.clock.increment(0);
  }
  ended(snapshot(), 'failed');
  assert.equal(snapshot().output, { failure: `Error: ${DEFECT}` });
  assert.equal(calls.told.at(-1), { type: 'calls.refuse', reason: `Error: ${DEFECT}` });
  assert.is(worker.alive + calls.alive, 0);
}

/** As if it had died. */
function breakSpare(when: When, watch: Watch): void {
  const { thread, clock, snapshot } = spare(watch);
  if (when === 'as it starts') thread.atStart('throw');
  clock.increment(1000);
  if (when === 'later') {
    thread.say({ type: 'spare.ready' });
    thread.breakDown();
  }
  assert.equal(snapshot().value, { gone: 'backoff' });
  assert.is(snapshot().context.reason, `Error: ${DEFECT}`);
  clock.increment(100);
  assert.is(thread.alive, 1);
}

/** There is a thread as long as it lives, and no other. */
function breakSparePolicy(when: When, watch: Watch): void {
  const thread = fakeEffect<EventObject, Pick<SpareInput, 'config'>>();
  const policy = thrower as unknown as Actor<typeof spareMachine, 'restart policy'>;
  const machine = spareMachine.provide({
    actors: {
      thread: thread.logic,
      ...(when === 'as it starts' ? { 'restart policy': policy } : {}),
    },
  });
  const random = () => {
    throw new Error(DEFECT);
  };
  const { snapshot } = probe(machine, { config: JITTERY, random }, watch);
  if (when === 'later') {
    watch.clock.increment(1000);
    thread.say({ type: 'worker.exited', reason: 'killed' });
  }
  assert.is(snapshot().value, 'without');
  assert.is(thread.alive, 0);
}

/** A bad check; the next one is made by another effect. */
function breakChecks(when: When, watch: Watch): void {
  const { checks, next, snapshot } = health(watch, HEALTH);
  if (when === 'as it starts') checks.atStart('throw');
  next();
  if (when === 'later') checks.breakDown();
  assert.equal(snapshot().value, { verdict: 'degraded', checking: 'resting' });
  const [condition] = snapshot().context.conditions;
  assert.is(condition?.what, 'checks');
  assert.match(condition?.reading.reason ?? '', DEFECT);
  assert.equal(Object.keys(snapshot().children), []);
  assert.is(checks.alive, 0);
  next();
  assert.is(checks.alive, 1);
  assert.equal(checks.told.at(-1), { type: 'check.begin', check: 2 });
}

/** It is left alone for a minute, and everything else goes on. */
function breakCounts(when: When, watch: Watch): void {
  const { counts, snapshot } = leaks(watch, when === 'as it starts' ? 'throw' : []);
  if (when === 'later') counts.breakDown();
  assert.is(snapshot().value, 'broken');
  assert.is(counts.alive, 0);
  watch.clock.increment(60_000);
  assert.is(snapshot().value, 'off');
  assert.is(counts.alive, 1);
}

/** Nothing has changed, and whoever asked hears so. */
function breakReader(when: When, watch: Watch): void {
  const { clock, reader, ask, answers, snapshot, send } = configuration(watch);
  if (when === 'as it starts') reader.atStart('throw');
  send({ type: 'daemon.running' });
  ask('somebody');
  if (when === 'later') reader.breakDown();
  assert.is(snapshot().value, 'resting');
  assert.match(JSON.stringify(answers), DEFECT);
  assert.is(reader.alive, 0);
  ask('somebody else');
  clock.increment(100);
  assert.is(snapshot().value, 'reading', 'the next one is another');
}

/** The same, though something may have changed. */
function breakApplier(when: When, watch: Watch): void {
  const { reader, applier, ask, answers, snapshot, send } = configuration(watch);
  if (when === 'as it starts') applier.atStart('throw');
  send({ type: 'daemon.running' });
  ask('somebody');
  reader.say({ type: 'reader.found', found: FOUND });
  if (when === 'later') applier.breakDown();
  assert.is(snapshot().value, 'resting');
  assert.match(JSON.stringify(answers), DEFECT);
  assert.is(applier.alive, 0);
}

/** What a machine takes for a child of that name. */
type Actor<M extends AnyStateMachine, K extends string> = NonNullable<
  NonNullable<Parameters<M['provide']>[0]['actors']>[K]
>;

function ended({ status, value }: { status: string; value: unknown }, state: string): void {
  assert.is(status, 'done');
  assert.is(value, state);
}
