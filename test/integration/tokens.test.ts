/** Tokens, as those who run the daemon and its clients meet them. */

import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ClientError, connect } from '../../transport/client.ts';
import { shell } from '../support/cli.ts';
import { startDaemon, withDaemon } from '../support/daemon.ts';
import { RawConnection, request } from '../support/raw.ts';
import { ADMIN, EDIT, fileOf, LINES, LOOK, settings, WRONG } from '../support/secrets.ts';
import { temporaryDirectory } from '../support/tmp.ts';

const start = suite('authentication: start');

start('a file of tokens that cannot be used is a wrong configuration', async () => {
  const open = fileOf(LINES);
  chmodSync(open, 0o644);
  const cases: [string, RegExp][] = [
    [`--set security.token_file=${open}`, /tokens: its mode 0644 lets others in/],
    [
      `--set security.token_file=${fileOf(`admin ${ADMIN}\nadmin short\nroot ${LOOK}`)}`,
      /tokens:2: the token has 5 characters[\s\S]*tokens:3: begins with no level/,
    ],
    ['--set security.token_file=/nowhere/tokens', /cannot be read: ENOENT/],
    ['--set sockets.unix.authentication=true', /there are no tokens: set security.token_file/],
  ];
  const socket = join(temporaryDirectory(), 'd.sock');
  for (const [args, expected] of cases) {
    const { code, stderr, stdout } = await shell(`gs run --socket ${socket} ${args}`);
    assert.is(code, 78, args);
    assert.match(stderr + stdout, expected);
    assert.not.match(stderr + stdout, LOOK);
  }
});

const clients = suite('authentication: clients');

clients('commands take the token from a file or the environment', () =>
  withDaemon({ settings: settings() }, async ({ socket }) => {
    const file = fileOf(`${EDIT}\n`);
    const to = `--socket ${socket}`;
    const add = `gs call ${to} goxel.add_voxel '[1,2,3,"#336699"]'`;
    const without = await shell(add);
    assert.is(without.code, 77);
    assert.match(without.stderr, /GOX_UNAUTHENTICATED[\s\S]*GOXEL_TOKEN/);
    assert.is((await shell(`${add} --token-file ${file}`)).code, 0);
    assert.is((await shell(`export GOXEL_TOKEN=${EDIT}; ${add}`)).code, 0);
    const forbidden = await shell(`export GOXEL_TOKEN=${LOOK}; ${add}`);
    assert.is(forbidden.code, 77);
    assert.match(forbidden.stderr, /needs level standard; the token "dashboard" has level read/);
    const wrong = await shell(`export GOXEL_TOKEN=${WRONG}; gs tree ${to}`);
    assert.is(wrong.code, 77);
    assert.match(wrong.stderr, /The token is not known. \(GOX_TOKEN_REFUSED\)/);
    for (const command of ['tree', 'health']) {
      assert.is((await shell(`gs ${command} ${to} --token-file ${file}`)).code, 0, command);
    }
    chmodSync(file, 0o644);
    const open = await shell(`gs health ${to} --token-file ${file}`);
    assert.is(open.code, 66);
    assert.match(open.stderr, 'lets others in');
    assert.match((await shell('gs help call shutdown')).stdout, 'Level: admin');
  }),
);

clients('of the library show it before anything else', () =>
  withDaemon({ settings: settings() }, async ({ socket }) => {
    const client = await connect({ path: socket }, { token: EDIT, encoding: 'msgpack' });
    await client.call('goxel.add_voxel', [1, 2, 3, '#336699']);
    await client.close();
    try {
      await connect({ path: socket }, { token: WRONG });
      assert.unreachable();
    } catch (error) {
      assert.instance(error, ClientError);
      assert.is((error as ClientError).code, 'GOX_TOKEN_REFUSED');
    }
  }),
);

clients('of a daemon that stops are told so at once', async () => {
  const more = { 'performance.shutdown_timeout_ms': 3000 };
  const daemon = await startDaemon({ settings: settings(more) });
  const client = await connect({ path: daemon.socket }, { token: EDIT });
  const stranger = await RawConnection.open(daemon.socket);
  stranger.write(request('ping', {}, 1));
  await stranger.line();
  await client.call('goxel.add_voxel', [1, 2, 3, '#3366CC']);
  const notices: unknown[] = [];
  let answered = false;
  client.on('notification', (method, params) => notices.push([method, params, answered]));
  const long = client
    .call('goxel.render_scene', { width: 512, height: 512, trace: { samples: 10_000 } })
    .catch((error: ClientError) => error.code)
    .finally(() => {
      answered = true;
    });
  await client.call('ping');
  const { code } = await daemon.stop();
  assert.is(code, 0);
  assert.match(String(await long), /GOX_(SHUTTING_DOWN|CANCELLED)/);
  assert.equal(notices, [['server.draining', { timeout_ms: 3000 }, false]]);
  assert.not.match((await stranger.rest()).toString(), 'server.draining');
});

start.run();
clients.run();
