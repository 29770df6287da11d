/** The tree of the daemon: its real machines under the real supervisor, with fakes for effects. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type AnyActorRef,
  createActor,
  type EventObject,
  fromCallback,
  SimulatedClock,
} from 'xstate';
import { configurationMachine } from '../../../machines/configuration.ts';
import {
  type ConnectionInput,
  connectionMachine,
  type SocketCommand,
} from '../../../machines/connection.ts';
import {
  type CallsCommand,
  type EngineChildInput,
  engineMachine,
} from '../../../machines/engine.ts';
import type { HealthInput } from '../../../machines/health.ts';
import {
  type InspectorCommand,
  type InspectorServerInput,
  inspectorMachine,
} from '../../../machines/inspector.ts';
import type { LeaksInput } from '../../../machines/leaks.ts';
import {
  type ListenerInput,
  listenerMachine,
  type ServerCommand,
} from '../../../machines/listener.ts';
import { projectsLogic } from '../../../machines/projects.ts';
import { type KeeperCommand, rendersMachine } from '../../../machines/renders.ts';
import {
  type HolderCommand,
  type SocketsEvent,
  type SocketsInput,
  socketsMachine,
} from '../../../machines/sockets.ts';
import { type SpareInput, spareMachine } from '../../../machines/spare.ts';
import {
  type ChildSpec,
  type Decision,
  dynamic,
  type SupervisorSpec,
  supervisor,
} from '../../../machines/supervision/index.ts';
import { daemonChildren, INSPECTION } from '../../../supervisor/children.ts';
import { outcomeOf } from '../../../supervisor/outcome.ts';
import { DEFECT, fakeEffect } from '../../support/fake-effect.ts';
import { configWith } from '../../support/probe.ts';

type Actions = Parameters<typeof listenerMachine.provide>[0]['actions'];

const BOUND: SocketsEvent = { type: 'holder.bound', addresses: ['/here'] };

/** Holds no sockets, and says at once what becomes of them. */
const holderOf = (first: SocketsEvent) =>
  fromCallback<HolderCommand, SocketsInput>(({ receive, sendBack }) => {
    sendBack(first);
    receive(() => sendBack({ type: 'holder.closed' }));
  });

async function daemon(workers = 2, actions: Actions = {}, first: SocketsEvent = BOUND) {
  const worker = fakeEffect<EventObject, EngineChildInput>();
  const calls = fakeEffect<CallsCommand, EngineChildInput>();
  const server = fakeEffect<ServerCommand, ListenerInput>();
  const signals = fakeEffect<EventObject, undefined>();
  const jobs = fakeEffect<EventObject, EngineChildInput>();
  const spare = fakeEffect<EventObject, Pick<SpareInput, 'config'>>();
  const health = fakeEffect<EventObject, HealthInput>();
  const log = fakeEffect<EventObject, undefined>();
  const keeper = fakeEffect<KeeperCommand, undefined>();
  const inspectorServer = fakeEffect<InspectorCommand, InspectorServerInput>();
  const clock = new SimulatedClock();
  const now_ms = () => clock.now();
  const connection = connectionMachine.provide({
    actors: { socket: fakeEffect<SocketCommand, ConnectionInput>().logic },
  });
  const config = await configWith((config) => {
    config.workers.count = workers;
    config.health.max_restart_attempts = 1;
    config.supervisor.restart.max_restart_attempts = 1;
    config.performance.shutdown_timeout_ms = 5000;
    config.performance.max_connections = 2;
  });
  const engine = engineMachine.provide({ actors: { worker: worker.logic, calls: calls.logic } });
  const job = engineMachine.provide({
    actors: { worker: jobs.logic, calls: fakeEffect<CallsCommand, EngineChildInput>().logic },
  });
  const inspector = inspectorMachine.provide({
    actors: { server: inspectorServer.logic },
    actions: {
      'announce failure': () => {
        throw new Error(DEFECT);
      },
    },
  });
  const connections = dynamic({ logics: { connection }, now_ms });
  const listener = listenerMachine.provide({
    actors: { server: server.logic, connections },
    actions,
  });
  const projects = projectsLogic(now_ms);
  const decisions: Decision[] = [];
  const logic = supervisor({
    logics: {
      configuration: configurationMachine,
      log: log.logic,
      signals: signals.logic,
      projects,
      inspector,
      engine,
      spare: spareMachine.provide({ actors: { thread: spare.logic } }),
      job,
      listener,
      sockets: socketsMachine.provide({ actors: { holder: holderOf(first) } }),
      health: health.logic,
      renders: rendersMachine.provide({ actors: { keeper: keeper.logic } }),
      'leak search': fakeEffect<EventObject, LeaksInput>().logic,
    },
    now_ms,
    report: (decision) => decisions.push(decision),
  });
  const spec = daemonChildren(config, { random: () => 0, now_ms, unix_ms: now_ms });
  const input = { spec: withOneListener(spec) };
  const root = createActor(logic, { input, clock });
  root.subscribe({ error: () => {} });
  root.start();
  const outcome = () => {
    const { output } = root.getSnapshot();
    return output === undefined ? undefined : outcomeOf(output);
  };
  return { root, clock, worker, jobs, calls, server, signals, decisions, outcome, inspectorServer };
}

/** That of the Unix socket: what they do when they fail is the same. */
function withOneListener(spec: SupervisorSpec): SupervisorSpec {
  const children = spec.children.map((child): ChildSpec => {
    if (child.id !== 'listeners' || child.supervises === undefined) return child;
    const { supervises } = child;
    assert.equal(
      supervises.children.map(({ id }) => id),
      ['listener:unix', 'listener:tcp'],
    );
    return { ...child, supervises: { ...supervises, children: supervises.children.slice(0, 1) } };
  });
  return { ...spec, children };
}

type Parts = Awaited<ReturnType<typeof daemon>>;

/** Whatever starts becomes ready: engines together, threads of jobs one after the other. */
function allReady({ worker, jobs }: Parts): void {
  worker.sayAll({ type: 'worker.ready' });
  for (let index = 0; index < 3; index += 1) jobs.say({ type: 'worker.ready' });
}

async function running(actions: Actions = {}) {
  const parts = await daemon(1, actions);
  allReady(parts);
  parts.server.say({ type: 'server.listening', address: '/here' });
  return parts;
}

const test = suite('daemon');

test('binds the sockets, starts the engines, then the listener', async () => {
  const parts = await daemon(1);
  const { root, worker, server, decisions } = parts;
  assert.is(worker.alive, 1);
  assert.is(server.alive, 0, 'nobody can connect before there is an engine');
  allReady(parts);
  assert.is(server.alive, 1);
  server.say({ type: 'server.listening', address: '/here' });
  assert.is(root.getSnapshot().value, 'running');
  const told = decisions.find(
    ({ kind, ...rest }) => kind === 'ready' && 'info' in rest && 'addresses' in rest.info,
  );
  assert.equal(told?.kind === 'ready' && told.info, { addresses: ['/here'] });
});

test('serves metrics and health, if at all, before it starts engines', async () => {
  const ids = async (enabled: boolean) => {
    const config = await configWith((config) => {
      config.http.enabled = enabled;
    });
    const nature = { random: () => 0, now_ms: () => 0, unix_ms: () => 0 };
    return daemonChildren(config, nature, {
      own: true,
      managed: false,
      successor: false,
    }).children.map(({ id }) => id);
  };
  const without = await ids(false);
  const at = without.indexOf('privileges') + 1;
  assert.is(without[at], INSPECTION);
  assert.equal(await ids(true), without.toSpliced(at, 0, 'http'));
});

test('starts the first engine before there are clients, others with their first call', async () => {
  const parts = await daemon(5);
  const { worker, server, calls } = parts;
  const started = () => worker.started.map(({ index }) => index);
  allReady(parts);
  assert.is(server.alive, 1);
  assert.equal(started(), [0]);
  calls.say({ type: 'calls.waiting' });
  assert.equal(started(), [0, 4]);
});

test('a signal closes the listener first and the engines last', async () => {
  const { root, worker, calls, server, signals, outcome } = await running();
  signals.say({ type: 'supervisor.stop', by: 'SIGTERM' });
  assert.equal(server.told, [{ type: 'server.close' }]);
  assert.is(worker.alive, 1);
  server.say({ type: 'server.closed' });
  assert.is(root.getSnapshot().status, 'done');
  assert.equal(outcome(), { kind: 'stopped', reason: 'SIGTERM' });
  assert.is(worker.alive + calls.alive + server.alive + signals.alive, 0);
});

test('a second signal waits for nobody, and is no failure', async () => {
  const { root, clock, worker, server, signals } = await running();
  signals.say({ type: 'supervisor.stop', by: 'SIGINT' });
  assert.is(root.getSnapshot().status, 'active');
  signals.say({ type: 'supervisor.stop', by: 'SIGINT' });
  clock.increment(499);
  assert.is(root.getSnapshot().status, 'active');
  clock.increment(1);
  assert.is(root.getSnapshot().status, 'done');
  assert.is(worker.alive + server.alive, 0);
});

test('ends when stopping takes too long', async () => {
  const { root, clock, signals, outcome } = await running();
  signals.say({ type: 'supervisor.stop', by: 'SIGTERM' });
  clock.increment(4999);
  assert.is(root.getSnapshot().status, 'active');
  clock.increment(1);
  assert.is(outcome()?.kind, 'forced');
});

for (const action of ['turn away', 'say full', 'open connection']) {
  test(`starts a listener again that fails at '${action}', and not for ever`, async () => {
    const parts = await running({
      [action]: () => {
        throw new Error('a defect');
      },
    });
    const { root, clock, worker, server, outcome } = parts;
    const accept = () => {
      for (let accepted = 1; accepted < 100 && server.alive > 0; accepted += 1) {
        server.say({ type: 'socket.accepted', accepted, idlest: undefined });
      }
    };
    accept();
    assert.is(server.alive, 0);
    assert.is(worker.alive, 1, 'what the listener works with goes on');
    clock.increment(1000);
    server.say({ type: 'server.listening', address: '/here' });
    assert.is(root.getSnapshot().value, 'running');
    accept();
    // Its own supervisor gives up, and then the root starts that again, once.
    clock.increment(1000);
    server.say({ type: 'server.listening', address: '/here' });
    assert.is(root.getSnapshot().value, 'running');
    accept();
    clock.increment(1000);
    server.say({ type: 'server.listening', address: '/here' });
    accept();
    assert.is(root.getSnapshot().status, 'done');
    assert.is(outcome()?.kind, 'defect');
    assert.match(outcome()?.reason ?? '', 'a defect');
    assert.is(worker.alive + server.alive, 0);
  });
}

test('an engine that used up its restarts is replaced, and the others go on', async () => {
  const { root, clock, worker, server } = await running();
  worker.say({ type: 'worker.exited', reason: 'out of memory' });
  clock.increment(1000);
  worker.say({ type: 'worker.exited', reason: 'out of memory' });
  assert.is(worker.alive, 0);
  assert.is(server.alive, 1);
  clock.increment(1000);
  worker.say({ type: 'worker.ready' });
  assert.is(root.getSnapshot().value, 'running');
  assert.is(server.alive, 1);
});

test('ends with the reason when engines used up the restarts of their supervisor', async () => {
  const { clock, worker, server, outcome } = await running();
  for (let deaths = 1; deaths <= 4; deaths += 1) {
    worker.say({ type: 'worker.exited', reason: 'out of memory' });
    clock.increment(1000);
  }
  assert.equal(server.told, [{ type: 'server.close' }]);
  server.say({ type: 'server.closed' });
  assert.equal(outcome(), { kind: 'engines failed', reason: 'engine:0 gave up: out of memory' });
});

for (const [code, kind] of [
  ['busy', 'address busy'],
  ['taken', 'address taken'],
  ['forbidden', 'not permitted'],
  ['wrong', 'misconfigured'],
  ['refused', 'address refused'],
] as const) {
  test(`ends with the reason when its sockets cannot be had: ${code}`, async () => {
    const failed = { type: 'holder.failed', code, reason: 'somebody is there' } as const;
    const { worker, outcome } = await daemon(1, {}, failed);
    assert.equal(outcome(), { kind, reason: 'somebody is there' });
    assert.is(worker.started.length, 0, 'before anything was started for it');
  });
}

test('can be stopped while it starts', async () => {
  const { worker, signals, outcome } = await daemon(2);
  signals.say({ type: 'supervisor.stop', by: 'SIGTERM' });
  assert.equal(outcome(), { kind: 'stopped', reason: 'SIGTERM' });
  assert.is(worker.alive, 0);
});

test('a worker that dies once is not the end', async () => {
  const { root, clock, worker } = await running();
  worker.say({ type: 'worker.exited', reason: 'killed' });
  clock.increment(1000);
  worker.say({ type: 'worker.ready' });
  assert.is(root.getSnapshot().value, 'running');
});

test('a part before the engines that fails takes them along, and they come back', async () => {
  const parts = await running();
  const { root, clock, worker, server, signals } = parts;
  assert.is(worker.started.length, 1);
  signals.breakDown();
  server.say({ type: 'server.closed' });
  assert.is(worker.alive, 0);
  clock.increment(1000);
  assert.is(worker.started.length, 2, 'another daemon without engines would serve nobody');
  allReady(parts);
  assert.is(root.getSnapshot().status, 'active');
});

test('an inspector that fails again and again takes nothing with it', async () => {
  const { root, clock, worker, decisions, inspectorServer } = await running();
  const inspection = () => root.getSnapshot().children[INSPECTION] as AnyActorRef | undefined;
  for (let life = 0; life < 2; life += 1) {
    const inspector = inspection()?.getSnapshot().children.inspector as AnyActorRef;
    inspector.send({ type: 'inspector.on' });
    inspectorServer.say({ type: 'server.failed', reason: 'a defect follows' });
    clock.increment(1000);
  }
  assert.is(inspection(), undefined, 'it gave up');
  assert.is(root.getSnapshot().value, 'running');
  assert.is(worker.started.length, 1);
  const restarts = decisions.filter(({ kind }) => kind === 'restart planned');
  assert.equal(
    restarts.map(({ supervisor }) => supervisor),
    [INSPECTION],
  );
});

test.run();
