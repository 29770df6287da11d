/**
 * Engines that die come back, and nothing else notices. Death is provoked by a request at which the
 * thread ends, in a daemon that was prepared for that (`support/deadly.ts`).
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Daemon, startDaemon, withDaemon } from '../support/daemon.ts';
import { DEATH_GATE, MARKER } from '../support/deadly.ts';
import { patiently } from '../support/patiently.ts';
import {
  actors,
  eventually,
  RawConnection,
  type RawReply,
  type RawTree,
  request,
  treeOf,
} from '../support/raw.ts';
import { resultOf } from '../support/reloading.ts';
import { temporaryDirectory } from '../support/tmp.ts';

/** Far below what all searches take, far above what one does. */
const TIMEOUT_MS = 250;
const SEARCHES = 250;
/** A moment in which the machine does something else falls into one search at a time. */
const HELD_UP_MAX = 3;
const DEADLY = {
  NODE_OPTIONS: `--import ${new URL('../support/deadly.js', import.meta.url).href}`,
};

/** The same; who dies does so when the file is there. */
function gated() {
  const path = join(temporaryDirectory(), 'gate');
  const open = () => writeFileSync(path, '');
  return { env: { ...DEADLY, [DEATH_GATE]: path }, open };
}

const SETTINGS = { 'health.restart_delay_ms': 0 };

function deadly(project: string, id: number): string {
  const params = `{"name":${MARKER},"project":"${project}"}`;
  return `{"jsonrpc":"2.0","method":"goxel.create_layer","params":${params},"id":${id}}\n`;
}

/** Waits for something about the tree, as seen by a connection of its own. */
async function until(observer: RawConnection, holds: (tree: RawTree) => boolean): Promise<RawTree> {
  let tree = await treeOf(observer);
  await eventually('the tree was so', async () => {
    tree = await treeOf(observer);
    return holds(tree);
  });
  return tree;
}

function engine(tree: RawTree, index: number): RawTree {
  const [found] = actors(tree, new RegExp(`^engine:${index}$`));
  if (found === undefined) throw new Error(`there is no engine:${index}`);
  return found;
}

const code = (line: string) => (JSON.parse(line) as RawReply).error?.data.code ?? 'ok';

/** Projects `a` of engine 0 and `b` of engine 1, each with a voxel at the origin. */
async function twoProjects(daemon: Daemon): Promise<RawConnection> {
  const connection = await RawConnection.open(daemon.socket);
  for (const project of ['a', 'b']) {
    resultOf(await patiently(connection, 'goxel.create_project', { project }));
    const voxel = { x: 0, y: 0, z: 0, project };
    resultOf(await patiently(connection, 'goxel.add_voxel', voxel));
  }
  return connection;
}

const death = suite('death of an engine');

death('it comes back; its projects are lost and can be made anew; others go on', () => {
  const { env, open } = gated();
  return withDaemon({ settings: SETTINGS, env }, async (daemon) => {
    const observer = await twoProjects(daemon);
    const victim = await RawConnection.open(daemon.socket);
    const bystander = await RawConnection.open(daemon.socket);
    const probe = (project: string, id = 1) =>
      request('goxel.get_voxel', { x: 0, y: 0, z: 0, project }, id);

    victim.write(deadly('a', 7) + probe('a', 8) + probe('b', 9));
    for (let served = 0; served < 20; served += 1) {
      assert.match(await bystander.ask(probe('b')), '"exists":true');
      assert.match(await bystander.ask(request('ping', [], 2)), '"pong":true');
    }
    assert.is(victim.received.indexOf('"id":7'), -1, 'others were served meanwhile');
    open();

    const replies = (await victim.lines(3)).sort();
    assert.equal(replies.map((line) => (JSON.parse(line) as RawReply).id).sort(), [7, 8, 9]);
    const by_id = new Map(replies.map((line) => [(JSON.parse(line) as RawReply).id, code(line)]));
    assert.is(by_id.get(7), 'GOX_ENGINE_LOST');
    assert.match(by_id.get(8) ?? '', /^GOX_(ENGINE_LOST|PROJECT_LOST)$/);
    assert.is(by_id.get(9), 'ok');

    const tree = await until(observer, (now) => engine(now, 0).state.startsWith('ready'));
    assert.is(engine(tree, 0).restarts, 1);
    assert.is(engine(tree, 1).restarts, 0);
    assert.is(code(await victim.ask(probe('a'))), 'GOX_PROJECT_LOST');
    assert.match(await observer.ask(request('goxel.list_projects', [], 1)), '"state":"lost"');
    await victim.call('goxel.create_project', { project: 'a' });
    assert.match(await victim.ask(probe('a')), '"exists":false');
    assert.match(await victim.ask(probe('b')), '"exists":true');
    for (const connection of [observer, victim, bystander]) connection.destroy();
  });
});

death('the current project is lost with it, and is not silently empty', () =>
  withDaemon({ settings: { ...SETTINGS, 'workers.count': 1 }, env: DEADLY }, async (daemon) => {
    const connection = await RawConnection.open(daemon.socket);
    await connection.call('goxel.add_voxel', [1, 1, 1]);
    assert.is(code(await connection.ask(deadly('default', 1))), 'GOX_ENGINE_LOST');
    for (const method of ['goxel.get_voxel', 'goxel.add_voxel', 'goxel.save_project']) {
      const reply = await connection.call(method, { x: 1, y: 1, z: 1, path: 'lost.gox' });
      assert.is(reply.error?.data.code, 'GOX_PROJECT_LOST', method);
    }
    await connection.call('goxel.create_project');
    assert.match(await connection.ask(request('goxel.get_voxel', [1, 1, 1], 1)), '"exists":false');
    connection.destroy();
  }),
);

death('requests for a new project wait while its engine is away', () =>
  withDaemon(
    {
      settings: { 'workers.count': 1, 'health.restart_delay_ms': 1500 },
      env: DEADLY,
    },
    async (daemon) => {
      const connection = await RawConnection.open(daemon.socket);
      const observer = await RawConnection.open(daemon.socket);
      let tree: RawTree | undefined;
      // On a busy machine it may be back before it is looked at.
      for (let tries = 3; tries > 0; tries -= 1) {
        await connection.call('goxel.create_project');
        assert.is(code(await connection.ask(deadly('default', 1))), 'GOX_ENGINE_LOST');
        tree = await treeOf(observer);
        if (!engine(tree, 0).state.startsWith('ready')) break;
      }
      assert.not(engine(tree!, 0).state.startsWith('ready'), 'the test needs it away');
      const params = { x: 1, y: 1, z: 1, project: 'new' };
      connection.write(
        request('goxel.create_project', { project: 'new' }, 1) +
          request('goxel.add_voxel', params, 2) +
          request('goxel.get_voxel', params, 3),
      );
      const lines = await connection.lines(3);
      assert.equal(lines.map(code), ['ok', 'ok', 'ok']);
      assert.match(lines[2] ?? '', '"exists":true');
      connection.destroy();
      observer.destroy();
    },
  ),
);

death('again and again within its restarts', () =>
  withDaemon({ settings: { ...SETTINGS, 'workers.count': 1 }, env: DEADLY }, async (daemon) => {
    const connection = await RawConnection.open(daemon.socket);
    for (let restarts = 1; restarts <= 3; restarts += 1) {
      await connection.call('goxel.create_project');
      assert.is(code(await connection.ask(deadly('default', 1))), 'GOX_ENGINE_LOST');
      const tree = await until(connection, (now) => engine(now, 0).state.startsWith('ready'));
      assert.is(engine(tree, 0).restarts, restarts);
    }
    const { result } = await connection.call('supervisor.deaths');
    const { deaths } = result as { deaths: Record<string, unknown>[] };
    assert.is(deaths.length, 3);
    assert.is(deaths[0]?.actor, 'engines/engine:0/worker');
    assert.is(deaths[0]?.decided, 'restart');
    assert.match(String(deaths[0]?.reason), 'ended with code 9');
    connection.destroy();
  }),
);

death('a request that waits for an engine when it dies is answered', () => {
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
    assert.match(code(await waiter.line()), /^GOX_PROJECT_LOST$/);
    assert.is(code(await victim.line()), 'GOX_ENGINE_LOST');
    for (const connection of [observer, victim, waiter]) connection.destroy();
  });
});

death.run();

const TIMED = { 'performance.request_timeout_ms': TIMEOUT_MS };

const deadline = suite('a request that takes too long');

/** Goes on until it is told to stop. */
const ENDLESS = 'goxel.image.activeLayer.volume.setAt([9, 9, 9], [1, 2, 3]); for (;;);';

deadline('ends alone: nothing of it stays, its engine goes on, and so do all projects', () =>
  withDaemon({ settings: { ...TIMED, 'workers.count': 1 } }, async (daemon) => {
    const observer = await twoProjects(daemon);
    const slow = await RawConnection.open(daemon.socket);
    for (let times = 0; times < 5; times += 1) {
      const params = { script: ENDLESS, project: 'a' };
      const reply = await patiently(slow, 'script.execute', params, ['GOX_ENGINE_BUSY']);
      assert.is(reply.error?.data.code, 'GOX_REQUEST_TIMEOUT');
      assert.match(reply.error?.message ?? '', 'Nothing was changed');
    }
    for (const project of ['a', 'b']) {
      const probe = async (at: number) => {
        const params = { x: at, y: at, z: at, project };
        return resultOf(await patiently(observer, 'goxel.get_voxel', params));
      };
      assert.is(((await probe(0)) as { exists: boolean }).exists, true);
      assert.is(((await probe(9)) as { exists: boolean }).exists, false);
    }
    assert.is(engine(await treeOf(observer), 0).restarts, 0);
    observer.destroy();
    slow.destroy();
  }),
);

deadline('does not count the time in which the process stood still', () =>
  withDaemon(
    { settings: { 'performance.request_timeout_ms': 3000, 'limits.script_timeout_ms': 2500 } },
    async (daemon) => {
      const connection = await twoProjects(daemon);
      const script = 'const start = Date.now(); while (Date.now() - start < 500); 7';
      connection.write(request('script.execute', { script, project: 'a' }, 1));
      await sleep(200);
      process.kill(daemon.pid, 'SIGSTOP');
      await sleep(3200);
      process.kill(daemon.pid, 'SIGCONT');
      assert.match(await connection.line(), '"value":7');
      assert.is(engine(await treeOf(connection), 0).restarts, 0);
      connection.destroy();
    },
  ),
);

deadline('many light requests that together take longer than one may are no reason', () =>
  withDaemon({ settings: { ...TIMED, 'workers.count': 1 } }, async (daemon) => {
    const connection = await RawConnection.open(daemon.socket);
    for (let z = 0; z < 5; z += 1) {
      const voxels = Array.from({ length: 16_384 }, (_, i) => ({ x: i & 127, y: i >> 7, z }));
      resultOf(await patiently(connection, 'goxel.add_voxels', { voxels }));
    }
    // Each looks through the whole layer and finds nothing: much work for few bytes.
    const search = request('goxel.get_layer_voxels', { color_filter: [1, 2, 3] }, 1);
    connection.write(search.repeat(SEARCHES));
    let held_up = 0;
    for (const line of await connection.lines(SEARCHES)) {
      const { error } = JSON.parse(line) as RawReply;
      // A machine that stands still in the middle of one makes that late.
      if (error?.data.code === 'GOX_REQUEST_TIMEOUT') held_up += 1;
      // Those behind may have waited too long, which costs them and nobody else.
      else if (error !== undefined) assert.match(error.message, 'was not begun in time');
    }
    assert.ok(held_up <= HELD_UP_MAX, `${held_up} were late by themselves`);
    // A busy machine may hold up this one, too, for longer than the limit allows.
    const found = resultOf(await patiently(connection, 'goxel.get_voxel', [1, 1, 1]));
    assert.is((found as { exists: boolean }).exists, true);
    assert.is(engine(await treeOf(connection), 0).restarts, 0);
    connection.destroy();
  }),
);

deadline.run();

const end = suite('restarts used up');

end('an engine that used them up is replaced as a whole, and others go on meanwhile', () =>
  withDaemon(
    {
      settings: {
        ...SETTINGS,
        'health.max_restart_attempts': 0,
        'supervisor.restart.restart_delay_ms': 4000,
        'health.check_interval_ms': 100,
      },
      env: DEADLY,
    },
    async (daemon) => {
      const observer = await twoProjects(daemon);
      const victim = await RawConnection.open(daemon.socket);
      const probe = (project: string) =>
        observer.ask(request('goxel.get_voxel', { x: 0, y: 0, z: 0, project }, 1));
      assert.is(code(await victim.ask(deadly('a', 1))), 'GOX_ENGINE_LOST');
      await until(observer, (now) => actors(now, /^engine:0$/).length === 0);
      assert.match(await probe('b'), '"exists":true');
      assert.is(code(await probe('a')), 'GOX_PROJECT_LOST');
      const found = await observer.call('health_stats');
      const { engines } = found.result as { engines: { id: string; state: string }[] };
      assert.is(engines.find(({ id }) => id === 'engine:0')?.state, 'failed');
      await eventually('health is failing', async () => {
        const { result } = await observer.call('health_check');
        return (result as { state: string }).state === 'failing';
      });
      await until(observer, (now) => actors(now, /^engine:0$/).length === 1);
      await victim.call('goxel.create_project', { project: 'a' });
      assert.match(await probe('a'), '"exists":false');
      victim.destroy();
      observer.destroy();
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
  assert.is(code(await victim.ask(deadly('a', 1))), 'GOX_ENGINE_LOST');
  await until(observer, (now) => engine(now, 0).state.startsWith('ready'));
  await victim.call('goxel.create_project', { project: 'a' });
  victim.write(deadly('a', 2) + request('goxel.get_voxel', { x: 0, y: 0, z: 0, project: 'a' }, 3));
  const replies = (await victim.rest()).toString().trimEnd().split('\n');
  assert.match(replies.pop() ?? '', '"server.draining"');
  const codes = new Map(replies.map((line) => [(JSON.parse(line) as RawReply).id, code(line)]));
  assert.is(replies.length, 2);
  assert.is(codes.get(2), 'GOX_ENGINE_LOST');
  assert.match(codes.get(3) ?? '', /^GOX_(ENGINE_LOST|ENGINE_FAILED|PROJECT_LOST|SHUTTING_DOWN)$/);
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
  assert.is(code(reply), 'GOX_ENGINE_LOST');
  assert.match(notice ?? '', '"server.draining"');
  assert.equal(await daemon.exited(), { code: 70, signal: null });
  connection.destroy();
});

end.run();
