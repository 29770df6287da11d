/** What a fake service has: a small daemon to look at, and crowds. */

import type { FakeService } from './fake-service.ts';

const ENGINE = {
  id: 'engine',
  initial: 'starting',
  states: {
    starting: {
      entry: ['start worker'],
      on: {
        'worker.ready': { target: '#engine.ready', actions: ['note that it began'] },
        'worker.exited': { target: '#engine.lost' },
      },
      after: { 10000: { target: '#engine.lost', actions: ['note that it was slow'] } },
    },
    ready: {
      initial: 'idle',
      entry: ['tell that it is ready'],
      states: {
        idle: { on: { 'calls.busy': { target: '#engine.ready.busy' } } },
        busy: { on: { 'calls.idle': { target: '#engine.ready.idle' } } },
      },
      on: {
        'worker.exited': { target: '#engine.lost', actions: ['note death'] },
        'worker.stalled': { target: '#engine.lost', actions: ['stop worker'] },
        'engine.retire': { actions: ['retire'] },
      },
    },
    lost: {
      entry: ['stop worker', 'ask the restart policy'],
      on: {
        'policy.again': { target: '#engine.backoff' },
        'policy.enough': { target: '#engine.failed', cond: 'is an engine' },
      },
    },
    backoff: { after: { 1000: { target: '#engine.starting' } } },
    failed: { type: 'final' },
  },
};

const CONNECTION = {
  id: 'connection',
  initial: 'open',
  states: {
    opening: { on: { 'bytes.first': { target: '#connection.open' } } },
    open: {
      initial: 'idle',
      states: {
        idle: { on: { 'requests.came': { target: '#connection.open.busy' } } },
        busy: { on: { 'requests.answered': { target: '#connection.open.idle' } } },
      },
      on: { 'socket.closed': { target: '#connection.closed' } },
    },
    closed: { type: 'final' },
  },
};

const SUPERVISOR = {
  id: 'supervisor',
  initial: 'running',
  states: {
    running: {
      on: { 'child.ended': { actions: ['start it again'] }, stop: '#supervisor.draining' },
    },
    draining: { on: { 'child.ended': { target: '#supervisor.stopped', cond: 'was the last' } } },
    stopped: { type: 'final' },
  },
};

const EFFECT = { id: 'effect', initial: 'active', states: { active: {}, done: {}, error: {} } };

/** A daemon with two engines, listeners, a project and some connections. */
export function daemonScene(service: FakeService): void {
  const born_ms = Date.now() - 5_000_000;
  const add = (session: string, id: string, parent: string | undefined, machine: object): void => {
    const value =
      machine === ENGINE || machine === CONNECTION
        ? { [machine === ENGINE ? 'ready' : 'open']: 'idle' }
        : machine === EFFECT
          ? 'active'
          : 'running';
    service.spawn({
      session,
      id,
      ...(parent === undefined ? {} : { parent }),
      machine,
      source: machine === EFFECT ? id.replace(/:.*/, '') : 'supervisor',
      kind: machine === EFFECT ? 'effect' : 'machine',
      born_ms: born_ms + service.actors.size * 90_000,
      value,
      context: contextOf(id, machine),
    });
  };
  service.title = 'goxel-supervisor 0.1.0, process 4242';
  add('r', 'daemon', undefined, SUPERVISOR);
  for (const id of ['log', 'signals', 'pid file', 'health']) add(id, id, 'r', EFFECT);
  add('engines', 'engines', 'r', SUPERVISOR);
  for (const index of [0, 1]) {
    const engine = `e${index}`;
    add(engine, `engine:${index}`, 'engines', ENGINE);
    for (const id of ['calls', 'worker', 'restart policy'])
      add(`${engine} ${id}`, id, engine, EFFECT);
  }
  add('projects', 'projects', 'r', SUPERVISOR);
  add('p', 'project:tower', 'projects', SUPERVISOR);
  add('l', 'listener:unix', 'r', SUPERVISOR);
  add('pool', 'pool:0', 'l', SUPERVISOR);
  for (let index = 0; index < 5; index++) {
    add(`c${index}`, `connection:${index}`, 'pool', CONNECTION);
    add(`s${index}`, 'session:tower', `c${index}`, EFFECT);
  }
  service.dead = [
    { path: 'engines/engine:1/worker', at_ms: Date.now() - 60_000, reason: 'out of memory' },
  ];
}

function contextOf(id: string, machine: object): object {
  if (machine !== ENGINE) return { name: id, children: 3, since_ms: Date.now() - 4000 };
  return {
    kind: 'engine',
    index: Number(id.split(':')[1]),
    config: '(the configuration)',
    restarts: 0,
    shortages: 0,
    began: true,
    reason: '',
    since_ms: Date.now() - 4_000_000,
    deaths: [],
    retiring: false,
  };
}

/** A request goes from a connection over its session to an engine and back. */
export function requestScene(service: FakeService, number: number): void {
  const [c, s] = [`c${number % 5}`, `s${number % 5}`];
  const engine = `e${number % 2}`;
  const flow = `request ${number}`;
  const method = ['goxel.add_voxel', 'goxel.fill', 'goxel.get_voxel'][number % 3];
  service.send(c, 'requests.came', { requests: 4, bytes: 412 + (number % 90) });
  service.change(c, { value: { open: 'busy' } });
  service.send(s, 'request', { id: number, method, project: 'tower' }, c, flow);
  service.send(`${engine} calls`, 'call', { id: number, method, bytes: 96 }, s, flow);
  service.send(engine, 'calls.busy', { calls: 1 + (number % 3) }, `${engine} calls`);
  const busy = { from: 'engine.ready.idle', to: ['engine.ready.busy'], actions: [] };
  service.change(engine, { value: { ready: 'busy' } }, { ...busy, event: 'calls.busy' });
  service.send(s, 'answered', { id: number, bytes: 58, took_ms: 1.2 }, `${engine} calls`, flow);
  service.send(c, 'requests.answered', { requests: 4 }, s);
  service.change(c, { value: { open: 'idle' } });
  const idle = { from: 'engine.ready.busy', to: ['engine.ready.idle'], actions: [] };
  service.send(engine, 'calls.idle', {}, `${engine} calls`);
  service.change(engine, { value: { ready: 'idle' } }, { ...idle, event: 'calls.idle' });
}

/** A worker dies; its engine is lost and waits before it starts another. */
export function deathScene(service: FakeService): void {
  const reason = 'the thread ended with exit code 134';
  service.send('e0', 'worker.exited', { reason }, 'e0 worker');
  const [worker] = [...service.actors.keys()].filter((session) => session.startsWith('e0 worker'));
  if (worker !== undefined) service.end(worker, 'error', { message: reason });
  const context = { ...(service.actors.get('e0')?.context as object), restarts: 1, reason };
  const death = { at_ms: Date.now(), reason };
  const lost = { from: 'engine.ready', to: ['engine.lost'], event: 'worker.exited' };
  service.change(
    'e0',
    { value: 'lost', context: { ...context, deaths: [death] } },
    { ...lost, actions: ['note death', 'stop worker', 'ask the restart policy'] },
  );
  service.send('e0', 'policy.again', { wait_ms: 1000 }, 'e0 restart policy');
  const event = 'xstate.after(1000)#engine.backoff';
  service.change(
    'e0',
    { value: 'backoff', delays: [{ event, started_ms: Date.now(), delay_ms: 1000 }] },
    { from: 'engine.lost', to: ['engine.backoff'], event: 'policy.again', actions: [] },
  );
  service.figures('e0', { restarts: 1, events: 2 });
}

/** The wait is over: there is another worker. */
export function rebirthScene(service: FakeService): void {
  const event = 'xstate.after(1000)#engine.backoff';
  const again = { from: 'engine.backoff', to: ['engine.starting'], event };
  service.change('e0', { value: 'starting' }, { ...again, actions: ['start worker'] });
  const worker = { id: 'worker', parent: 'e0', machine: EFFECT, source: 'worker' };
  const session = `e0 worker ${Date.now()}`;
  service.spawn({ ...worker, session, kind: 'effect', value: 'active', context: {} });
  service.send('e0', 'worker.ready', { threads: 1 }, session);
  const ready = { from: 'engine.starting', to: ['engine.ready', 'engine.ready.idle'] };
  service.change(
    'e0',
    { value: { ready: 'idle' } },
    { ...ready, event: 'worker.ready', actions: ['note that it began', 'tell that it is ready'] },
  );
}

/** Many actors: supervisors of 50 connections each. */
export function crowdScene(service: FakeService, actors: number): void {
  daemonScene(service);
  const born_ms = Date.now();
  for (let number = 0; service.actors.size < actors; number++) {
    const pool = `crowd ${Math.floor(number / 50)}`;
    if (!service.actors.has(pool)) {
      const id = `pool:${1 + Math.floor(number / 50)}`;
      const facts = { parent: 'l', machine: SUPERVISOR, value: 'running', context: {}, born_ms };
      service.spawn({ session: pool, id, ...facts });
    }
    service.spawn({
      session: `m${number}`,
      id: `connection:${100 + number}`,
      parent: pool,
      machine: CONNECTION,
      born_ms,
      value: { open: 'idle' },
      context: { bytes_read: number, peer: 'a client', in_flight: 0 },
    });
  }
}
