import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createActor, type EventObject, SimulatedClock } from 'xstate';
import {
  type ConnectionInput,
  connectionMachine,
  type SocketCommand,
} from '../../../machines/connection.ts';
import { daemonMachine } from '../../../machines/daemon.ts';
import {
  type CallsCommand,
  type EngineChildInput,
  engineMachine,
} from '../../../machines/engine.ts';
import { enginesMachine } from '../../../machines/engines.ts';
import {
  type ListenerInput,
  listenerMachine,
  type ServerCommand,
} from '../../../machines/listener.ts';
import { poolMachine } from '../../../machines/pool.ts';
import { fakeEffect } from '../../support/fake-effect.ts';
import { configWith } from '../../support/probe.ts';

type Actions = Parameters<typeof listenerMachine.provide>[0]['actions'];

async function daemon(workers = 2, actions: Actions = {}) {
  const worker = fakeEffect<EventObject, EngineChildInput>();
  const calls = fakeEffect<CallsCommand, EngineChildInput>();
  const server = fakeEffect<ServerCommand, ListenerInput>();
  const signals = fakeEffect<EventObject, undefined>();
  const connection = connectionMachine.provide({
    actors: { socket: fakeEffect<SocketCommand, ConnectionInput>().logic },
  });
  const pool = poolMachine.provide({ actors: { connection } });
  const config = await configWith((config) => {
    config.workers.count = workers;
    config.workers.restart.max_restart_attempts = 1;
    config.limits.shutdown_timeout_ms = 5000;
    config.limits.connections_max = 2;
  });
  const engine = engineMachine.provide({ actors: { worker: worker.logic, calls: calls.logic } });
  const jobThread = engineMachine.provide({
    actors: {
      worker: fakeEffect<EventObject, EngineChildInput>().logic,
      calls: fakeEffect<CallsCommand, EngineChildInput>().logic,
    },
  });
  const machine = daemonMachine.provide({
    actors: {
      engines: enginesMachine.provide({ actors: { engine } }),
      jobs: enginesMachine.provide({ actors: { engine: jobThread } }),
      listener: listenerMachine.provide({ actors: { server: server.logic, pool }, actions }),
      signals: signals.logic,
    },
  });
  const clock = new SimulatedClock();
  const root = createActor(machine, { input: { config, random: () => 0 }, clock });
  root.subscribe({ error: () => {} });
  root.start();
  return { root, clock, worker, calls, server, signals };
}

async function running(actions: Actions = {}) {
  const parts = await daemon(1, actions);
  parts.worker.say({ type: 'worker.ready' });
  parts.server.say({ type: 'server.listening', address: '/here' });
  return parts;
}

const test = suite('daemon');

test('starts the engines, then the listener', async () => {
  const { root, worker, server } = await daemon(1);
  assert.is(worker.alive, 1);
  assert.is(server.alive, 0, 'nobody can connect before there is an engine');
  worker.say({ type: 'worker.ready' });
  assert.is(server.alive, 1);
  server.say({ type: 'server.listening', address: '/here' });
  assert.is(root.getSnapshot().value, 'running');
  assert.is(root.getSnapshot().context.address, '/here');
});

test('starts as many engines as configured', async () => {
  const { worker } = await daemon(5);
  assert.equal(
    worker.started.map(({ index }) => index),
    [0, 1, 2, 3, 4],
  );
});

test('a signal closes the listener first and the engines last', async () => {
  const { root, worker, calls, server, signals } = await running();
  signals.say({ type: 'stop.asked', by: 'SIGTERM' });
  assert.equal(server.told, [{ type: 'server.close' }]);
  assert.is(worker.alive, 1);
  server.say({ type: 'server.closed' });
  assert.is(root.getSnapshot().status, 'done');
  assert.equal(root.getSnapshot().output, { kind: 'stopped', reason: 'SIGTERM' });
  assert.is(worker.alive + calls.alive + server.alive + signals.alive, 0);
});

test('a second signal waits for nobody, and is no failure', async () => {
  const { root, clock, worker, server, signals } = await running();
  signals.say({ type: 'stop.asked', by: 'SIGINT' });
  assert.is(root.getSnapshot().status, 'active');
  signals.say({ type: 'stop.asked', by: 'SIGINT' });
  clock.increment(499);
  assert.is(root.getSnapshot().status, 'active');
  clock.increment(1);
  assert.is(root.getSnapshot().status, 'done');
  assert.is(worker.alive + server.alive, 0);
});

test('ends when stopping takes too long', async () => {
  const { root, clock, signals } = await running();
  signals.say({ type: 'stop.asked', by: 'SIGTERM' });
  clock.increment(4999);
  assert.is(root.getSnapshot().status, 'active');
  clock.increment(1);
  assert.is(root.getSnapshot().output?.kind, 'forced');
});

for (const action of ['turn away', 'say full', 'open connection']) {
  test(`ends in order when its listener fails at '${action}'`, async () => {
    const { root, clock, worker, server } = await running({
      [action]: () => {
        throw new Error('a defect');
      },
    });
    for (let accepted = 1; accepted < 100 && server.alive > 0; accepted += 1) {
      server.say({ type: 'socket.accepted', accepted, idlest: undefined });
    }
    clock.increment(5000);
    assert.is(root.getSnapshot().status, 'done');
    assert.is(root.getSnapshot().output?.kind, 'defect');
    assert.match(root.getSnapshot().output?.reason ?? '', 'a defect');
    assert.is(worker.alive + server.alive, 0);
  });
}

test('ends with the reason when an engine used up its restarts', async () => {
  const { root, clock, worker, server } = await running();
  worker.say({ type: 'worker.exited', reason: 'out of memory' });
  clock.increment(1000);
  worker.say({ type: 'worker.exited', reason: 'out of memory' });
  assert.equal(server.told, [{ type: 'server.close' }]);
  server.say({ type: 'server.closed' });
  const { output } = root.getSnapshot();
  assert.is(output?.kind, 'engines failed');
  assert.match(output?.reason ?? '', 'engine:0 gave up: out of memory');
});

test('ends with the reason when it cannot listen', async () => {
  const { root, worker, server } = await daemon(1);
  worker.say({ type: 'worker.ready' });
  server.say({ type: 'server.failed', code: 'busy', reason: 'somebody is there' });
  assert.equal(root.getSnapshot().output, { kind: 'address busy', reason: 'somebody is there' });
  assert.is(worker.alive, 0);
});

test('can be stopped while it starts', async () => {
  const { root, worker, signals } = await daemon(2);
  signals.say({ type: 'stop.asked', by: 'SIGTERM' });
  assert.equal(root.getSnapshot().output, { kind: 'stopped', reason: 'SIGTERM' });
  assert.is(worker.alive, 0);
});

test('a worker that dies once is not the end', async () => {
  const { root, clock, worker } = await running();
  worker.say({ type: 'worker.exited', reason: 'killed' });
  clock.increment(1000);
  worker.say({ type: 'worker.ready' });
  assert.is(root.getSnapshot().value, 'running');
});

test.run();
