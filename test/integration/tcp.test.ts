/** The daemon over TCP. */

import { createServer } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cli } from '../support/cli.ts';
import { eventually, RawConnection, type RawReply } from '../support/raw.ts';
import { figuresOf, TCP, whole, withTcp } from '../support/tcp-daemon.ts';
import { temporaryDirectory } from '../support/tmp.ts';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const tcp = suite('TCP');

tcp('requests over TCP and the Unix socket are of one daemon', async () => {
  await withTcp({}, async (port, { socket }) => {
    const [one, other] = [await RawConnection.open(port), await RawConnection.open(socket)];
    await one.call('goxel.add_voxel', { x: 1, y: 2, z: 3, color: '#ff0000' });
    const { result } = await other.call('goxel.get_voxel', { x: 1, y: 2, z: 3 });
    assert.is((result as { exists: boolean }).exists, true);
    for (const client of [one, other]) client.destroy();
  });
});

tcp('alone, without a Unix socket', async () => {
  const port = await freePort();
  const settings = { ...TCP, 'sockets.tcp.port': port, 'sockets.unix.enabled': false };
  const args = Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
  const running = cli('run', ...args);
  let client: RawConnection | undefined;
  await eventually('it listens', async () => {
    client = await RawConnection.open(port).catch(() => undefined);
    return client !== undefined;
  });
  await client?.call('shutdown');
  client?.destroy();
  const { code, stderr } = await running;
  assert.is(code, 0);
  assert.match(stderr, `listens on 127.0.0.1:${port}`);
});

tcp('a port that somebody has is said, and ends it with 69', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const socket = join(temporaryDirectory(), 's');
  const set = ['--set', 'sockets.tcp.enabled=true', '--set', `sockets.tcp.port=${port}`];
  const { code, stderr } = await cli('run', '--socket', socket, ...set);
  assert.is(code, 69);
  assert.match(stderr, `cannot listen on 127.0.0.1:${port}: another process has the port`);
  server.close();
});

tcp('who connects too often is told when to come again', async () => {
  const settings = { 'security.connections_per_second': 1, 'security.connections_burst': 3 };
  await withTcp(settings, async (port, daemon) => {
    const clients = [];
    for (let count = 0; count < 3; count += 1) clients.push(await RawConnection.open(port));
    const client = await RawConnection.open(port);
    const { error } = JSON.parse(await whole(client)) as RawReply;
    assert.is(error?.data.code, 'GOX_RATE_LIMITED');
    const wait_ms = Number(error?.data.details?.retry_after_ms);
    assert.ok(wait_ms > 0 && wait_ms <= 1000, `${wait_ms}`);
    for (let count = 0; count < 20; count += 1) {
      const own = await RawConnection.open(daemon.socket);
      assert.ok((await own.call('ping')).result, 'never over the Unix socket');
      own.destroy();
    }
    assert.is((await figuresOf(daemon, /^holder$/)).rate_refused, 1);
    await new Promise((resolve) => setTimeout(resolve, wait_ms + 50));
    const again = await RawConnection.open(port);
    assert.ok((await again.call('ping')).result);
    for (const one of [...clients, client, again]) one.destroy();
  });
});

tcp.run();
