/** The daemon over TCP: who comes in, who does not, and what is left. */

import { createServer } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cli } from '../support/cli.ts';
import { startDaemon } from '../support/daemon.ts';
import {
  actors,
  eventually,
  RawConnection,
  type RawReply,
  request,
  treeOf,
} from '../support/raw.ts';
import {
  descriptors,
  figuresOf,
  member,
  OFTEN,
  portOf,
  TCP,
  whole,
  withTcp,
} from '../support/tcp-daemon.ts';
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

tcp('one too many reads why, though it had sent something, and places are shared', async () => {
  const settings = { 'performance.max_connections': 2, 'limits.operators_max': 0 };
  await withTcp(settings, async (port, { socket }) => {
    const members = [await member(port), await member(socket)];
    for (const where of [port, socket]) {
      const client = await RawConnection.open(where);
      // More than the daemon reads at once, and nobody reads it.
      client.write(request('ping', undefined, 1).repeat(5000));
      assert.match(await whole(client), 'GOX_TOO_MANY_CONNECTIONS');
      client.destroy();
    }
    members[1]?.destroy();
    members.push(await member(port));
    members[2]?.destroy();
    members[0]?.destroy();
  });
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

tcp('a thousand connections come and go, and nothing is left of them', async () => {
  await withTcp({ ...OFTEN, 'performance.max_connections': 20 }, async (port, daemon) => {
    const before = descriptors(daemon);
    for (let round = 0; round < 10; round += 1) {
      const all = Array.from({ length: 100 }, async (_, index) => {
        const client = await RawConnection.open(port);
        if (index % 4 === 0) client.write('{"half":');
        if (index % 4 === 1) client.write(request('ping', undefined, 1));
        if (index % 4 === 2) client.end();
        if (index % 8 === 3) await new Promise((resolve) => setTimeout(resolve, 20));
        client.destroy();
      });
      await Promise.all(all);
    }
    await eventually('no descriptor is left', () => descriptors(daemon) <= before);
    const client = await member(port);
    const pools = actors(await treeOf(client), /^connection:/);
    assert.ok(pools.length <= 3, `${pools.length} connections`);
    client.destroy();
  });
});

tcp('who connects while the daemon stops is told so', async () => {
  const settings = { ...TCP, 'performance.shutdown_timeout_ms': 4000 };
  const daemon = await startDaemon({ settings });
  const port = portOf(daemon);
  const busy = await RawConnection.open(port);
  // Keeps the daemon: an answer is due to it, and it does not read.
  const script = 'for (;;) {}';
  busy.write(request('goxel.execute_script', { script }, 1));
  await eventually('it runs', async () => {
    const client = await RawConnection.open(daemon.socket);
    const running = actors(await treeOf(client), /^connection:/).length > 1;
    client.destroy();
    return running;
  });
  const ended = daemon.stop();
  const answers = new Set<string>();
  while (answers.size === 0) {
    for (const where of [port, daemon.socket]) {
      const client = await RawConnection.open(where).catch(() => undefined);
      const said = client === undefined ? '' : await whole(client).catch(() => '');
      if (said.includes('GOX_SHUTTING_DOWN')) answers.add(String(where));
      client?.destroy();
    }
  }
  busy.destroy();
  assert.equal(await ended, { code: 0, signal: null });
});

tcp.run();
