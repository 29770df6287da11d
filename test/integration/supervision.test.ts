/**
 * Engines that die come back with their projects, and nobody notices but whoever sent the request
 * that they died of. Death is provoked by a request at which the thread ends, in a daemon that was
 * prepared for that (`support/deadly.ts`).
 */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startDaemon, withDaemon } from '../support/daemon.ts';
import { MARKER, ONCE_MARKER } from '../support/deadly.ts';
import {
  code,
  DEADLY,
  deadly,
  engine,
  gated,
  once,
  twoProjects,
  until,
} from '../support/deaths.ts';
import {
  actors,
  eventually,
  RawConnection,
  type RawReply,
  type RawTree,
  request,
  treeOf,
} from '../support/raw.ts';

const SETTINGS = { 'health.restart_delay_ms': 0 };

const death = suite('death of an engine');

death('it comes back with its projects, and only what it died of is given up', () => {
  const { env, open } = gated();
  return withDaemon({ settings: SETTINGS, env }, async (daemon) => {
    const observer = await twoProjects(daemon);
    const victim = await RawConnection.open(daemon.socket);
    const bystander = await RawConnection.open(daemon.socket);
    const probe = (project: string, id = 1) =>
      request('goxel.get_voxel', { x: 0, y: 0, z: 0, project }, id);
    const edit = request('goxel.add_voxel', { x: 1, y: 0, z: 0, project: 'a' }, 6);

    victim.write(edit + deadly('a', 7) + probe('a', 8) + probe('b', 9));
    for (let served = 0; served < 20; served += 1) {
      assert.match(await bystander.ask(probe('b')), '"exists":true');
      assert.match(await bystander.ask(request('ping', [], 2)), '"pong":true');
    }
    assert.is(victim.received.indexOf('"id":7'), -1, 'others were served meanwhile');
    open();

    const replies = (await victim.lines(4)).sort();
    const by_id = new Map(replies.map((line) => [(JSON.parse(line) as RawReply).id, code(line)]));
    const codes = [6, 7, 8, 9].map((id) => by_id.get(id));
    assert.equal(codes, ['ok', 'GOX_REQUEST_QUARANTINED', 'ok', 'ok']);

    const tree = await until(observer, (now) => engine(now, 0).state.startsWith('ready'));
    assert.is(engine(tree, 0).restarts, 2);
    assert.is(engine(tree, 1).restarts, 0);
    assert.not.match(await observer.ask(request('goxel.list_projects', [], 1)), '"state":"lost"');
    for (const project of ['a', 'b']) {
      assert.match(await victim.ask(probe(project)), '"exists":true');
      const layers = await observer.call('goxel.get_layer', { project });
      const { voxel_count } = layers.result as { voxel_count: number };
      assert.is(voxel_count, project === 'a' ? 2 : 1);
    }
    for (const connection of [observer, victim, bystander]) connection.destroy();
  });
});

death('the current project has all that it had, and can be undone', () =>
  withDaemon({ settings: { ...SETTINGS, 'workers.count': 1 }, env: DEADLY }, async (daemon) => {
    const connection = await RawConnection.open(daemon.socket);
    for (const x of [1, 2, 3]) await connection.call('goxel.add_voxel', [x, 1, 1]);
    await connection.call('goxel.undo');
    assert.is(code(await connection.ask(deadly('default', 1))), 'GOX_REQUEST_QUARANTINED');
    const exists = async (x: number) => {
      const { result } = await connection.call('goxel.get_voxel', [x, 1, 1]);
      return (result as { exists: boolean }).exists;
    };
    const seen = async () => [await exists(1), await exists(2), await exists(3)];
    assert.equal(await seen(), [true, true, false]);
    await connection.call('goxel.undo');
    assert.equal(await seen(), [true, false, false]);
    for (let times = 0; times < 2; times += 1) await connection.call('goxel.redo');
    assert.equal(await seen(), [true, true, true]);
    connection.destroy();
  }),
);

death('a request of which one thread dies is carried out by the next, once', () =>
  withDaemon({ settings: { ...SETTINGS, 'workers.count': 1 }, env: once() }, async (daemon) => {
    const connection = await RawConnection.open(daemon.socket);
    await connection.call('goxel.add_voxel', [1, 1, 1]);
    assert.is(code(await connection.ask(deadly('default', 1, ONCE_MARKER))), 'ok');
    assert.is(engine(await treeOf(connection), 0).restarts, 1);
    const { result } = await connection.call('goxel.list_layers');
    const { layers } = result as { layers: { name: string }[] };
    assert.is(layers.filter(({ name }) => `"${name}"` === ONCE_MARKER).length, 1);
    connection.destroy();
  }),
);

for (const [what, marker, env] of [
  ['one thread dies', ONCE_MARKER, once],
  ['two threads die', MARKER, () => DEADLY],
] as const) {
  death(`a project of whose first request ${what} can be used`, () =>
    withDaemon({ settings: { ...SETTINGS, 'workers.count': 1 }, env: env() }, async (daemon) => {
      const connection = await RawConnection.open(daemon.socket);
      const outcome = code(await connection.ask(deadly('default', 1, marker)));
      assert.is(outcome, marker === MARKER ? 'GOX_REQUEST_QUARANTINED' : 'ok');
      await connection.call('goxel.add_voxel', [1, 1, 1]);
      assert.match(await connection.ask(request('goxel.get_voxel', [1, 1, 1], 2)), '"exists":true');
      connection.destroy();
    }),
  );
}

death('the spare thread takes over', () =>
  withDaemon({ settings: { 'workers.count': 1 }, env: once() }, async (daemon) => {
    const connection = await RawConnection.open(daemon.socket);
    await connection.call('goxel.add_voxel', [1, 1, 1]);
    const thread = (tree: RawTree, path: RegExp, of: RegExp) => {
      const [found] = actors(actors(tree, path)[0]!, of);
      return found?.figures?.thread;
    };
    const before = await until(connection, (now) => actors(now, /^spare$/)[0]?.state === 'ready');
    const spare = thread(before, /^spare$/, /^thread$/);
    assert.type(spare, 'number');
    assert.is(code(await connection.ask(deadly('default', 1, ONCE_MARKER))), 'ok');
    const after = await treeOf(connection);
    assert.is(thread(after, /^engine:0$/, /^worker$/), spare);
    await connection.call('goxel.undo');
    assert.match(await connection.ask(request('goxel.get_voxel', [1, 1, 1], 2)), '"exists":true');
    await until(connection, (now) => actors(now, /^spare$/)[0]?.state === 'ready');
    connection.destroy();
  }),
);

death('requests wait while its engine is away, for projects old and new', () =>
  withDaemon(
    {
      settings: { 'workers.count': 1, 'health.restart_delay_ms': 1500, 'workers.spare': false },
      env: DEADLY,
    },
    async (daemon) => {
      const connection = await RawConnection.open(daemon.socket);
      const observer = await RawConnection.open(daemon.socket);
      await connection.call('goxel.add_voxel', [1, 1, 1]);
      // The first restart comes at once, the second one not.
      assert.is(code(await connection.ask(deadly('default', 1))), 'GOX_REQUEST_QUARANTINED');
      const tree = await treeOf(observer);
      assert.match(engine(tree, 0).state, /^lost/, 'the test needs it away');
      const params = { x: 1, y: 1, z: 1, project: 'new' };
      connection.write(
        request('goxel.create_project', { project: 'new' }, 1) +
          request('goxel.add_voxel', params, 2) +
          request('goxel.get_voxel', params, 3) +
          request('goxel.get_voxel', { x: 1, y: 1, z: 1 }, 4),
      );
      const lines = await connection.lines(4);
      assert.equal(lines.map(code), ['ok', 'ok', 'ok', 'ok']);
      for (const line of lines) {
        const { id } = JSON.parse(line) as RawReply;
        if (id === 3 || id === 4) assert.match(line, '"exists":true');
      }
      connection.destroy();
      observer.destroy();
    },
  ),
);

death('who sends such requests again and again ends threads, and no engine', () =>
  withDaemon({ settings: { ...SETTINGS, 'workers.count': 1 }, env: DEADLY }, async (daemon) => {
    const connection = await RawConnection.open(daemon.socket);
    const project = (round: number) => `round ${round}`;
    for (let round = 1; round <= 4; round += 1) {
      await connection.call('goxel.create_project', { project: project(round) });
      const sent = deadly(project(round), 1);
      assert.is(code(await connection.ask(sent)), 'GOX_REQUEST_QUARANTINED');
      const tree = await until(connection, (now) => engine(now, 0).state.startsWith('ready'));
      assert.is(engine(tree, 0).restarts, 2 * round);
      // The same once more is not even tried.
      assert.is(code(await connection.ask(sent)), 'GOX_REQUEST_QUARANTINED');
      assert.is(engine(await treeOf(connection), 0).restarts, 2 * round);
    }
    const { result } = await connection.call('supervisor.deaths');
    const { deaths } = result as { deaths: Record<string, unknown>[] };
    assert.is(deaths.length, 8);
    assert.is(deaths[0]?.actor, 'engines/engine:0/worker');
    assert.is(deaths[0]?.decided, 'restart');
    assert.match(String(deaths[0]?.reason), 'ended with code 9');
    connection.destroy();
  }),
);

death('a request that waits for an engine when it dies gets its result', () => {
  const { env, open } = gated();
  return withDaemon({ settings: SETTINGS, env }, async (daemon) => {
    const observer = await twoProjects(daemon);
    const victim = await RawConnection.open(daemon.socket);
    const waiter = await RawConnection.open(daemon.socket);
    await waiter.call('ping');
    victim.write(deadly('a', 1));
    await eventually('the request was under way', async () => {
      const [calls] = actors(engine(await treeOf(observer), 0), /^calls$/);
      return calls?.figures?.in_flight === 1;
    });
    // Nothing else happens on this connection, so nothing else could bring the answer along.
    const waiting = request('goxel.get_voxel', { x: 0, y: 0, z: 0, project: 'a' }, 2);
    await waiter.deliver(waiting);
    open();
    assert.match(await waiter.line(), '"exists":true');
    assert.is(code(await victim.line()), 'GOX_REQUEST_QUARANTINED');
    for (const connection of [observer, victim, waiter]) connection.destroy();
  });
});

death.run();

const end = suite('restarts used up');

end('an engine that used them up is replaced as a whole, and its projects wait for it', () =>
  withDaemon(
    {
      settings: {
        ...SETTINGS,
        'health.max_restart_attempts': 0,
        'supervisor.restart.restart_delay_ms': 4000,
        'health.check_interval_ms': 100,
      },
      env: once(),
    },
    async (daemon) => {
      const observer = await twoProjects(daemon);
      const victim = await RawConnection.open(daemon.socket);
      const waiter = await RawConnection.open(daemon.socket);
      const probe = (project: string) =>
        request('goxel.get_voxel', { x: 0, y: 0, z: 0, project }, 1);
      victim.write(deadly('a', 1, ONCE_MARKER));
      await until(observer, (now) => actors(now, /^engine:0$/).length === 0);
      waiter.write(probe('a'));
      assert.match(await observer.ask(probe('b')), '"exists":true');
      assert.match(await observer.ask(request('goxel.list_projects', [], 1)), '"replaying"');
      const found = await observer.call('health_stats');
      const { engines } = found.result as { engines: { id: string; state: string }[] };
      assert.is(engines.find(({ id }) => id === 'engine:0')?.state, 'failed');
      await eventually('health is failing', async () => {
        const { result } = await observer.call('health_check');
        return (result as { state: string }).state === 'failing';
      });
      assert.is(waiter.received.length, 0);
      await until(observer, (now) => actors(now, /^engine:0$/).length === 1);
      assert.is(code(await victim.line()), 'ok');
      assert.is(code(await waiter.line()), 'ok');
      await victim.call('goxel.undo', { project: 'a' });
      assert.match(await observer.ask(probe('a')), '"exists":true');
      for (const connection of [observer, victim, waiter]) connection.destroy();
    },
  ),
);

end('the daemon answers what it has, says why, and exits with 70', async () => {
  const settings = {
    ...SETTINGS,
    'health.max_restart_attempts': 1,
    'supervisor.restart.max_restart_attempts': 0,
  };
  const daemon = await startDaemon({ settings, env: DEADLY });
  const observer = await twoProjects(daemon);
  const victim = await RawConnection.open(daemon.socket);
  victim.write(deadly('a', 2) + request('goxel.get_voxel', { x: 0, y: 0, z: 0, project: 'a' }, 3));
  const replies = (await victim.rest()).toString().trimEnd().split('\n');
  assert.match(replies.pop() ?? '', '"server.draining"');
  const codes = new Map(replies.map((line) => [(JSON.parse(line) as RawReply).id, code(line)]));
  assert.is(replies.length, 2);
  assert.is(codes.get(2), 'GOX_REQUEST_QUARANTINED');
  assert.match(codes.get(3) ?? '', /^GOX_(ENGINE_FAILED|SHUTTING_DOWN)$/);
  assert.equal(await daemon.exited(), { code: 70, signal: null });
  assert.match(daemon.stderr(), /engine:0 gave up: its thread ended with code 9/);
  victim.destroy();
  observer.destroy();
});

end('with restarting off, the first death is the last', async () => {
  const settings = { ...SETTINGS, 'health.restart_on_failure': false };
  const daemon = await startDaemon({ settings, env: DEADLY });
  const connection = await RawConnection.open(daemon.socket);
  connection.write(deadly('default', 1));
  const [reply = '', notice] = (await connection.rest()).toString().split('\n');
  assert.match(code(reply), /^GOX_(ENGINE_FAILED|SHUTTING_DOWN)$/);
  assert.match(notice ?? '', '"server.draining"');
  assert.equal(await daemon.exited(), { code: 70, signal: null });
  connection.destroy();
});

end.run();
