/** The daemon over TCP. */

import { createServer } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cli } from '../support/cli.ts';
import { freePort } from '../support/free-port.ts';
import { eventually, RawConnection, type RawReply, request } from '../support/raw.ts';
import { figuresOf, TCP, whole, withTcp } from '../support/tcp-daemon.ts';
import { temporaryDirectory } from '../support/tmp.ts';

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
    const clients: RawConnection[] = [];
    const knock = async () => {
      const client = await RawConnection.open(port);
      clients.push(client);
      client.write(request('ping', undefined, 1));
      return JSON.parse(await client.line()) as RawReply;
    };
    let error: RawReply['error'];
    // A machine that stands still for a second lets another one in.
    for (let count = 0; error === undefined && count < 20; count += 1) {
      ({ error } = await knock());
      assert.ok(error === undefined || count >= 3, `the connection ${count} is one too many`);
    }
    assert.is(error?.data.code, 'GOX_RATE_LIMITED');
    assert.match(await whole(clients.at(-1)!), /^$/);
    const wait_ms = Number(error?.data.details?.retry_after_ms);
    assert.ok(wait_ms > 0 && wait_ms <= 1000, `${wait_ms}`);
    for (let count = 0; count < 20; count += 1) {
      const own = await RawConnection.open(daemon.socket);
      assert.ok((await own.call('ping')).result, 'never over the Unix socket');
      own.destroy();
    }
    assert.is((await figuresOf(daemon, /^holder$/)).rate_refused, 1);
    await new Promise((resolve) => setTimeout(resolve, wait_ms + 50));
    assert.ok((await knock()).result);
    for (const one of clients) one.destroy();
  });
});

tcp.run();
