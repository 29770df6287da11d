/**
 * A client that sends requests with large results and reads none of the replies: what the daemon
 * holds for it stays bounded, others are served, and once it reads it gets every reply.
 */

import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Daemon, withDaemon } from '../support/daemon.ts';
import { actors, eventually, RawConnection, request, treeOf } from '../support/raw.ts';

const MIB = 1024 * 1024;
const PAUSE_MS = 20;
/** So often the same figure, some 10 ms apart, means that nothing moves. */
const STALLED_POLLS = 20;
/** A page of so many voxels takes some 0.5 MB. */
const VOXELS = 10_000;
const REQUESTS = 160;
const SETTINGS = { 'limits.output_bytes_max': 256 * 1024, 'limits.result_bytes_max': 2 * MIB };

/** Bytes of memory that the daemon has by now. */
function residentBytes({ pid }: Daemon): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) * 1024;
}

function row(length: number): object[] {
  return Array.from({ length }, (_, i) => ({ x: i % 100, y: Math.floor(i / 100), z: 0, r: 255 }));
}

/** A connection on a filled project, and the text of the result that a page of it gives. */
async function filled(daemon: Daemon): Promise<{ connection: RawConnection; page: string }> {
  const connection = await RawConnection.open(daemon.socket);
  await connection.call('goxel.add_voxels', { voxels: row(VOXELS) });
  const line = await connection.ask(request('goxel.get_layer_voxels', [], 0));
  assert.ok(line.length > 400_000, 'the test needs large results');
  return { connection, page: line.slice('{"jsonrpc":"2.0","id":0,"result":'.length, -1) };
}

/** A client that has stopped reading, and the number of its connection. */
async function lazyClient(
  daemon: Daemon,
  observer: RawConnection,
): Promise<{ lazy: RawConnection; number: number }> {
  const numbers = async () =>
    actors(await treeOf(observer), /^connection:/).map(({ id }) => Number(id.split(':')[1]));
  // The one that asked whether the daemon was there has gone.
  await eventually('the observer was alone', async () => (await numbers()).length === 1);
  const [own] = await numbers();
  const lazy = await RawConnection.open(daemon.socket);
  await lazy.call('ping');
  lazy.pause();
  const number = (await numbers()).find((one) => one !== own);
  if (number === undefined) throw new Error('the lazy client has no connection');
  return { lazy, number };
}

/** The state of a connection, and the figures of its socket. */
async function look(observer: RawConnection, number: number) {
  const [node] = actors(await treeOf(observer), new RegExp(`^connection:${number}$`));
  const figures = node?.children.find(({ id }) => id === 'socket')?.figures;
  if (node === undefined || figures === undefined) throw new Error(`no connection ${number}`);
  const { bytes_read, bytes_written } = figures;
  return { state: node.state, read: Number(bytes_read), written: Number(bytes_written) };
}

/**
 * Waits until the daemon is in a state, and has written nothing more to a connection for a while:
 * the latter alone a busy machine may bring about.
 */
async function stalled(observer: RawConnection, number: number, wanted: RegExp): Promise<void> {
  let before = -1;
  let same = 0;
  await eventually(`it wrote no more, and was ${wanted}`, async () => {
    const { state, written } = await look(observer, number);
    same = written === before && wanted.test(state) ? same + 1 : 0;
    before = written;
    return same === STALLED_POLLS;
  });
}

const pressure = suite('a client that does not read');

pressure('costs bounded memory, hinders nobody, and gets all its replies in the end', () =>
  withDaemon({ settings: SETTINGS }, async (daemon) => {
    const { connection: observer, page } = await filled(daemon);
    const { lazy, number } = await lazyClient(daemon, observer);
    const before = residentBytes(daemon);
    const ids = Array.from({ length: REQUESTS }, (_, id) => id);
    lazy.write(ids.map((id) => request('goxel.get_layer_voxels', [], id)).join(''));
    lazy.write(`${request('echo', ['the last'], 'end')}`);
    lazy.end();

    await stalled(observer, number, /paused|draining/);
    const growth = residentBytes(daemon) - before;
    // All replies are 80 MB; two answers of the engine, its strings and garbage are a part of that.
    assert.ok(growth < 48 * MIB, `the daemon grew by ${(growth / MIB).toFixed(1)} MiB`);
    assert.match((await look(observer, number)).state, /paused|draining/);

    // The same project, another one, and the daemon itself.
    assert.match(await observer.ask(request('goxel.get_voxel', [1, 1, 0], 1)), '"exists":true');
    assert.match(
      await observer.ask(request('goxel.create_project', { project: 'b' }, 1)),
      '"result"',
    );
    assert.match(await observer.ask(request('ping', [], 1)), '"pong":true');

    lazy.resume();
    const lines = (await lazy.rest()).toString().trimEnd().split('\n');
    assert.is(lines.length, REQUESTS + 1);
    const pages = lines.filter((line) => !line.includes('the last'));
    for (const [id, line] of pages.entries()) {
      assert.ok(line === `{"jsonrpc":"2.0","id":${id},"result":${page}}`, `reply ${id} is right`);
    }
    observer.destroy();
  }),
);

pressure('that leaves is forgotten', () =>
  withDaemon({ settings: SETTINGS }, async (daemon) => {
    const { connection: observer } = await filled(daemon);
    for (let round = 0; round < 3; round += 1) {
      const lazy = await RawConnection.open(daemon.socket);
      lazy.pause();
      await lazy.written(request('goxel.get_layer_voxels', [], 1).repeat(50));
      await sleep(PAUSE_MS);
      lazy.destroy();
    }
    await eventually('all was forgotten', async () => {
      const tree = await treeOf(observer);
      const queues = actors(tree, /^calls$/).map(({ figures }) => figures?.in_flight);
      return queues.every((count) => count === 0) && actors(tree, /^connection:/).length === 1;
    });
    const { result } = await observer.call('goxel.get_voxel', [1, 1, 0]);
    assert.is((result as { exists: boolean }).exists, true);
    observer.destroy();
  }),
);

pressure('nor the clients beside it lose a request when answers come in parts', () =>
  withDaemon({ settings: { 'limits.result_bytes_max': 1024 } }, async ({ socket }) => {
    const clients = await Promise.all([1, 2, 3].map(() => RawConnection.open(socket)));
    const probe = request('goxel.get_voxels', { positions: Array(12).fill([1, 2, 3]) }, 1);
    for (const client of clients) client.write(probe.repeat(REQUESTS));
    for (const client of clients) {
      for (const line of await client.lines(REQUESTS)) assert.match(line, '"count":12');
      client.destroy();
    }
  }),
);

pressure('is stopped reading from, too', () =>
  withDaemon({ settings: SETTINGS }, async (daemon) => {
    const { connection: observer } = await filled(daemon);
    const { lazy, number } = await lazyClient(daemon, observer);
    const wide = request('echo', ['x'.repeat(64 * 1024)], 1);
    lazy.write(wide.repeat(400));
    await stalled(observer, number, /^open\.paused$/);
    const { state, read } = await look(observer, number);
    assert.is(state, 'open.paused');
    assert.ok(read < 2 * MIB, `${read} bytes were read`);
    lazy.end();
    lazy.resume();
    const lines = (await lazy.rest()).toString().split('\n');
    assert.is(lines.length, 401);
    for (const line of lines.slice(0, 400)) {
      assert.ok(line.endsWith('x"]}'), 'each is whole');
    }
    lazy.destroy();
    observer.destroy();
  }),
);

pressure.run();
