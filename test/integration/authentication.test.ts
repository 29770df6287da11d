/** Tokens, from outside: who comes in, what each may do, and what strangers get. */

import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Daemon, withDaemon } from '../support/daemon.ts';
import { actors, eventually, RawConnection, request, treeOf } from '../support/raw.ts';
import { ADMIN, EDIT, fileOf, LINES, LOOK, opened, settings, WRONG } from '../support/secrets.ts';
import { temporaryDirectory } from '../support/tmp.ts';

const levels = suite('authentication: levels');

levels('each token may do what its level allows, and no more', () =>
  withDaemon({ settings: settings() }, async (daemon) => {
    const admin = await opened(daemon, ADMIN);
    const edit = await opened(daemon, EDIT);
    const look = await opened(daemon, LOOK);
    const codes = async (of: RawConnection, method: string, params: unknown) =>
      (await of.call(method, params)).error?.data.code ?? 'done';
    const file = join(temporaryDirectory(), 'a.gox');
    const rows: [string, unknown, ...string[]][] = [
      ['goxel.add_voxel', [1, 2, 3, '#336699'], 'GOX_FORBIDDEN', 'done', 'done'],
      ['voxel.add', [1, 2, 3, '#336699'], 'GOX_FORBIDDEN', 'done', 'done'],
      ['goxel.get_voxel', [1, 2, 3], 'done', 'done', 'done'],
      ['goxel.save_project', { path: file }, 'GOX_FORBIDDEN', 'done', 'done'],
      ['goxel.render_scene', { width: 8, height: 8 }, 'GOX_FORBIDDEN', 'done', 'done'],
      ['goxel.export_model', { path: `${file}.obj` }, 'GOX_FORBIDDEN', 'done', 'done'],
      ['script.execute', { script: '1' }, 'GOX_FORBIDDEN', 'done', 'done'],
      ['status', {}, 'done', 'done', 'done'],
      ['system.shutdown', {}, 'GOX_FORBIDDEN', 'GOX_FORBIDDEN'],
    ];
    for (const [method, params, ...expected] of rows) {
      const found = [];
      for (const [i, of] of [look, edit, admin].entries()) {
        if (expected[i] !== undefined) found.push(await codes(of, method, params));
      }
      assert.equal(found, expected, method);
    }
    const tree = await treeOf(look);
    const sockets = actors(tree, /^socket$/).map(({ figures }) => figures?.level);
    assert.equal(sockets.sort(), ['admin', 'read', 'standard']);
    look.destroy();
    edit.destroy();
    assert.is(await codes(admin, 'system.shutdown', {}), 'done');
    const { code } = await daemon.exited();
    assert.is(code, 0);
  }),
);

levels('jobs of others are stopped by those who may do everything only', () =>
  withDaemon({ settings: settings() }, async (daemon) => {
    const owner = await opened(daemon, EDIT);
    const other = await opened(daemon, EDIT);
    await owner.call('goxel.add_voxel', [1, 2, 3, '#3366CC']);
    const render = { width: 512, height: 512, trace: { samples: 10_000 } };
    owner.write(request('goxel.render_scene', render, 'long'));
    let job = 0;
    await eventually('the job began', async () => {
      const { result } = await other.call('goxel.list_jobs');
      job = (result as { jobs: { job: number }[] }).jobs[0]?.job ?? 0;
      return job > 0;
    });
    const { error } = await other.call('goxel.cancel_job', { job });
    assert.is(error?.data.code, 'GOX_FORBIDDEN');
    const { result } = await owner.call('goxel.cancel_job', { job }, 'cancel');
    assert.ok(result === undefined || (result as { cancelled: boolean }).cancelled);
    for (const one of [owner, other]) one.destroy();
  }),
);

levels('who needs no token is told that it may do everything', () =>
  withDaemon({ settings: { 'security.token_file': fileOf(LINES) } }, async ({ socket }) => {
    const connection = await RawConnection.open(socket);
    for (const token of [LOOK, WRONG]) {
      const { result } = await connection.call('system.authenticate', { token });
      assert.equal(result, { success: true, level: 'admin', name: '' });
    }
    assert.ok((await connection.call('goxel.add_voxel', [1, 2, 3])).result);
    connection.destroy();
  }),
);

const strangers = suite('authentication: strangers');

/** Sends a request and then nothing more. */
async function waits({ socket }: Daemon): Promise<void> {
  const began_ms = performance.now();
  const stranger = await RawConnection.open(socket);
  const { error } = await stranger.call('goxel.add_voxel', [7, 7, 7, '#FFFFFF']);
  assert.is(error?.data.code, 'GOX_UNAUTHENTICATED');
  assert.match(error?.data.advice ?? '', 'system.authenticate');
  const rest = (await stranger.rest()).toString();
  const took_ms = performance.now() - began_ms;
  assert.match(rest, /"id":null,"error":.*3000 ms.*GOX_UNAUTHENTICATED/);
  assert.ok(took_ms > 2900, `closed after ${took_ms} ms`);
}

/** Shows one wrong token after the other. */
async function tries({ socket }: Daemon): Promise<void> {
  const stranger = await RawConnection.open(socket);
  const began_ms = performance.now();
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    const { error } = await stranger.call('system.authenticate', { token: WRONG });
    assert.is(error?.data.code, 'GOX_TOKEN_REFUSED');
    assert.equal(error?.data.details, { attempts_left: 3 - attempt });
  }
  assert.ok(performance.now() - began_ms > 2900, 'each answer was held back');
  await stranger.rest();
}

const lasting = (timeout_ms: number) =>
  settings({ 'security.authentication_timeout_ms': timeout_ms });

async function closedWhenItWaits(): Promise<void> {
  await withDaemon({ settings: lasting(3000) }, async (daemon) => {
    const look = await opened(daemon, LOOK);
    await waits(daemon);
    // Who has shown a token has all the time in the world: the one above took longer.
    assert.match(await look.ask(request('goxel.get_voxel', [7, 7, 7], 1)), '"exists":false');
    look.destroy();
  });
}

/** Three answers are held back for a second each, and none may come too late. */
async function closedWhenItTries(): Promise<void> {
  await withDaemon({ settings: lasting(60_000) }, async (daemon) => {
    const look = await opened(daemon, LOOK);
    await tries(daemon);
    const { result } = await look.call('health_stats');
    assert.is((result as { errors: Record<string, number> }).errors.GOX_TOKEN_REFUSED, 3);
    look.destroy();
    const log = daemon.stderr() + daemon.stdout();
    assert.match(log, 'a client has shown a wrong token');
    for (const token of [WRONG, LOOK]) assert.not.match(log, token);
  });
}

strangers('run nothing, and are closed, whether they wait or try tokens', async () => {
  await Promise.all([closedWhenItWaits(), closedWhenItTries()]);
});

strangers('give way, the eldest first, to whoever needs a place', () =>
  withDaemon(
    {
      settings: settings({
        'performance.max_connections': 2,
        'security.authentication_timeout_ms': 60_000,
        'limits.stalled_text_timeout_ms': 60_000,
      }),
    },
    async (daemon) => {
      const held: RawConnection[] = [];
      for (const sent of ['{"half":', '', request('system.authenticate', { token: WRONG }, 1)]) {
        const one = await RawConnection.open(daemon.socket);
        await one.written(sent);
        held.push(one);
      }
      const first = await opened(daemon, EDIT);
      const second = await opened(daemon, LOOK);
      for (const one of held) assert.match(`${await one.rest()}`, 'GOX_TOO_MANY_CONNECTIONS');
      for (const one of [first, second]) assert.ok((await one.call('get_voxel', [7, 7, 7])).result);
      for (const one of [first, second]) one.destroy();
    },
  ),
);

strangers('hold nothing when they leave in the middle', () =>
  withDaemon({ settings: settings({ 'performance.max_connections': 64 }) }, async (daemon) => {
    const look = await opened(daemon, LOOK);
    for (let round = 0; round < 30; round += 1) {
      const one = await RawConnection.open(daemon.socket);
      await one.written(
        [
          request('system.authenticate', { token: WRONG }, 1),
          '{"jsonrpc":"2.0","id":1,"method":"system.auth',
          'Content-Length: 100000\r\n\r\n{"x":"',
          `GOXE\0\0\0\u0001\0\u0001\0\0\0\0\0\u0001${'\u0091'.repeat(500)}`,
        ][round % 4] ?? '',
      );
      one.destroy();
    }
    await eventually('they were gone', async () => {
      const gone = actors(await treeOf(look), /^connection:/).length === 1;
      const { result } = await look.call('status');
      return gone && (result as { held_bytes: number }).held_bytes < 2000;
    });
    look.destroy();
  }),
);

levels.run();
strangers.run();
