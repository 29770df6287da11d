/** A reload: what counts from then on, and what waits, of the built daemon. */

import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { freePort } from '../support/free-port.ts';
import { eventually, RawConnection, request } from '../support/raw.ts';
import { keysOf, resultOf, takesDepth, withReloading } from '../support/reloading.ts';
import { temporaryDirectory } from '../support/tmp.ts';

function dial(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(socket));
    socket.once('error', reject);
  });
}

function ping(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    socket.once('data', (data) => resolve(data.toString()));
    socket.once('close', () => reject(new Error('the connection ended')));
    socket.write(request('ping', [], 1));
  });
}

const taking = suite('a reload takes over');

taking('what has changed, names what waits for a restart, and the method tells both', () =>
  withReloading({ 'limits.depth_max': 64 }, async (one) => {
    const { reload, told } = one;
    assert.equal(await reload(), {
      ...{ applied: [], restart_needed: [], unchanged: true, warnings: [] },
    });
    assert.is(told(/it has not changed/).length, 1);
    assert.ok(await takesDepth(one));
    const changed = { 'limits.depth_max': 8, 'workers.heap_bytes_max': 134_217_728 };
    const { applied, restart_needed, unchanged } = await reload(changed);
    assert.equal(applied, [{ key: 'limits.depth_max', from: 64, to: 8 }]);
    // A share of the machine's memory, without the key.
    const from = Number(restart_needed[0]?.from);
    assert.ok(Number.isSafeInteger(from) && from >= 134_217_728, String(from));
    const heap = { key: 'workers.heap_bytes_max', from, to: 134_217_728 };
    assert.equal(restart_needed, [heap]);
    assert.is(unchanged, false);
    assert.not(await takesDepth(one), 'on the same connection, which is still there');
    const again = await reload();
    assert.equal(
      [again.applied, again.restart_needed],
      [[], [heap]],
      'it waits as long as it must',
    );
    assert.is(told(/wait for a restart of the daemon: workers.heap_bytes_max/).length, 2);
  }),
);

taking('by SIGHUP as by the method', () =>
  withReloading({}, async (one) => {
    one.write({ 'limits.depth_max': 8, group: 'nobody' });
    const line = await one.hup();
    assert.is(line.by, 'SIGHUP');
    assert.equal(line.applied, [{ key: 'limits.depth_max', from: 64, to: 8 }]);
    assert.equal(line.restart_needed, [{ key: 'group', from: '', to: 'nobody' }]);
    assert.not(await takesDepth(one));
  }),
);

taking('the level and the file of the log, which is opened again each time', () =>
  withReloading({}, async ({ directory, file, reload, hup, daemon, client }) => {
    const log = join(directory, 'log', 'daemon.log');
    await reload({ 'logging.file': log, 'logging.level': 'debug' });
    await client.call('ping');
    const lines = () => readFileSync(log, 'utf8');
    await eventually('debug lines were in the new file', () => lines().includes('"level":20'));
    assert.not.match(daemon.stdout(), '"level":20');
    renameSync(log, `${log}.old`);
    process.kill(daemon.pid, 'SIGHUP');
    await eventually('there was a new file', () => existsSync(log) && lines().includes('SIGHUP'));
    await reload({});
    await hup();
    assert.not.match(daemon.stdout(), '"level":20', 'it is at info again');
    assert.ok(existsSync(file));
  }),
);

taking('how many may connect, and nobody is sent away for it', () =>
  withReloading({ 'performance.max_connections': 3 }, async ({ reload, client, daemon }) => {
    const second = await RawConnection.open(daemon.socket);
    resultOf(await second.call('goxel.add_voxel', [1, 2, 3]));
    await reload({ 'performance.max_connections': 1, 'limits.operators_max': 0 });
    const third = await RawConnection.open(daemon.socket);
    assert.match((await third.rest()).toString(), 'GOX_TOO_MANY_CONNECTIONS');
    for (const one of [client, second]) resultOf(await one.call('goxel.add_voxel', [1, 2, 3]));
    second.destroy();
    third.destroy();
  }),
);

taking('the path and the mode of the Unix socket; who is connected stays so', () =>
  withReloading({}, async ({ reload, client, daemon, directory }) => {
    await reload({ 'sockets.unix.permissions': '0660' });
    assert.is(statSync(daemon.socket).mode & 0o777, 0o660);
    const other = join(directory, 'other', 'o.sock');
    mkdirSync(join(directory, 'other'));
    await reload({ 'sockets.unix.path': other });
    await eventually('the old path was free', () => !existsSync(daemon.socket));
    const second = await RawConnection.open(other);
    for (const one of [client, second]) resultOf(await one.call('ping'));
    second.destroy();
  }),
);

taking('TCP on and off; who is connected stays so', () =>
  withReloading({}, async ({ reload, client }) => {
    const port = await freePort();
    const on = { 'sockets.tcp.enabled': true, 'sockets.tcp.port': port };
    const { applied } = await reload(on);
    assert.equal(keysOf(applied), ['sockets.tcp.enabled', 'sockets.tcp.port']);
    const remote = await dial(port);
    assert.match(await ping(remote), '"pong":true');
    await reload({});
    assert.match(await ping(remote), '"pong":true', 'it was connected before');
    const refused = await dial(port).catch((error: NodeJS.ErrnoException) => error.code);
    assert.is(refused, 'ECONNREFUSED');
    await reload(on);
    const again = await dial(port);
    assert.match(await ping(again), '"pong":true');
    for (const one of [remote, again]) one.destroy();
    resultOf(await client.call('ping'));
  }),
);

taking('the tokens in a file of the same name, for who connects from then on', () => {
  const tokens = join(temporaryDirectory(), 'tokens');
  const put = (token: string) => writeFileSync(tokens, `admin ${token}\n`, { mode: 0o600 });
  const [before, after] = ['before-0123456789abcdef', 'after-0123456789abcdef'];
  put(before);
  const settings = { 'security.token_file': tokens, 'sockets.unix.authentication': true };
  return withReloading(settings, async ({ hup, daemon }) => {
    const shows = async (token: string) => {
      const client = await RawConnection.open(daemon.socket);
      const { error } = await client.call('system.authenticate', { token });
      client.destroy();
      return error?.data.code ?? 'welcome';
    };
    assert.equal([await shows(before), await shows(after)], ['welcome', 'GOX_TOKEN_REFUSED']);
    put(after);
    const line = await hup();
    assert.is(line.unchanged, true, 'no key has');
    assert.not.match(daemon.stdout(), /0123456789abcdef/);
    assert.equal([await shows(before), await shows(after)], ['GOX_TOKEN_REFUSED', 'welcome']);
    chmodSync(tokens, 0o644);
    assert.match(JSON.stringify((await hup()).problems), 'lets others in');
    assert.is(await shows(after), 'welcome', 'those that were read before still count');
  });
});

taking('where dumps go', () =>
  withReloading({}, async ({ reload, daemon, directory }) => {
    const dumps = join(directory, 'dumps');
    await reload({ 'dump.directory': dumps });
    process.kill(daemon.pid, 'SIGUSR1');
    await eventually('there was a dump', () => existsSync(dumps) && readdirSync(dumps).length > 0);
  }),
);

taking.run();
