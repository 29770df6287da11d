/**
 * The ceilings of the configuration, met from outside: each error names its key, and the connection
 * goes on where it can.
 */

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Daemon, startDaemon, withDaemon } from '../support/daemon.ts';
import {
  actors,
  eventually,
  RawConnection,
  type RawReply,
  request,
  treeOf,
} from '../support/raw.ts';
import { temporaryDirectory } from '../support/tmp.ts';

const PING = '{"jsonrpc":"2.0","id":"on","method":"echo"}';
const PONG = '{"jsonrpc":"2.0","id":"on","result":{}}';
const TRICKLE_MS = 10;

// Before any suite: uvu starts running them at the first pause.
const plain = await startDaemon();

/** The error of a reply, which must be of that code and tell the key. */
function refused(line: string, code: string, key: string): NonNullable<RawReply['error']> {
  const { error } = JSON.parse(line) as RawReply;
  if (error === undefined) throw new Error(`${line} is no error`);
  assert.is(error.data.code, code);
  assert.ok(`${error.message} ${error.data.advice}`.includes(key), `${line} names ${key}`);
  return error;
}

async function goesOn(connection: RawConnection): Promise<void> {
  assert.is(await connection.ask(`${PING}\n`), PONG);
}

const frames = suite('limits of frames');

frames('a request over frame_bytes_max', () =>
  withDaemon({ settings: { 'limits.frame_bytes_max': 2048 } }, async ({ socket }) => {
    const large = JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'echo',
      params: ['x'.repeat(4e5)],
    });
    const lines = await RawConnection.open(socket);
    const { details } = refused(
      await lines.ask(`${large}\n`),
      'GOX_FRAME_TOO_LARGE',
      'limits.frame_bytes_max',
    ).data;
    assert.equal(details, { key: 'limits.frame_bytes_max', bytes: 2049, bytes_max: 2048 });
    await goesOn(lines);
    const fits = JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'echo',
      params: ['x'.repeat(1900)],
    });
    assert.match(await lines.ask(fits), '"result":["xxx');
    lines.destroy();

    const header = await RawConnection.open(socket);
    header.write(`Content-Length: 20000\r\n\r\n${' '.repeat(20_000)}`);
    header.write(`Content-Length: ${PING.length}\r\n\r\n${PING}`);
    header.end();
    const replies = (await header.rest()).toString().split(/Content-Length: \d+\r\n\r\n/);
    assert.is(replies.length, 3);
    refused(replies[1] ?? '', 'GOX_FRAME_TOO_LARGE', 'limits.frame_bytes_max');
    assert.is(replies[2], PONG);
  }),
);

frames('one that is announced to be endless ends the connection', async () => {
  const connection = await RawConnection.open(plain.socket);
  connection.write('Content-Length: 999999999999999\r\n\r\n');
  const reply = (await connection.rest()).toString();
  refused(reply.replace(/^.*\r\n\r\n/s, ''), 'GOX_FRAME_TOO_LARGE', 'limits.frame_bytes_max');
  connection.destroy();
});

frames('a header over header_bytes_max ends the connection', () =>
  withDaemon({ settings: { 'limits.header_bytes_max': 64 } }, async ({ socket }) => {
    const connection = await RawConnection.open(socket);
    connection.write(`Content-Type: ${'x'.repeat(100)}\r\n`);
    const reply = (await connection.rest()).toString();
    assert.match(reply, '"code":"GOX_PARSE"');
    assert.match(reply, '64 bytes');
    connection.destroy();
  }),
);

frames('nesting over depth_max, and batches over batch_length_max', () =>
  withDaemon(
    { settings: { 'limits.depth_max': 8, 'limits.batch_length_max': 3 } },
    async ({ socket }) => {
      const connection = await RawConnection.open(socket);
      const deep = (depth: number) =>
        '{"jsonrpc":"2.0","id":1,"method":"echo","params":' +
        `${'['.repeat(depth)}${']'.repeat(depth)}}\n`;
      assert.match(await connection.ask(deep(7)), '"result":[[[[[[[]]]]]]]');
      refused(await connection.ask(deep(8)), 'GOX_TOO_DEEP', 'limits.depth_max');
      refused(await connection.ask(deep(100_000)), 'GOX_TOO_DEEP', 'limits.depth_max');
      await goesOn(connection);
      const batch = (length: number) => `[${Array(length).fill(PING).join(',')}]\n`;
      assert.is(await connection.ask(batch(3)), `[${Array(3).fill(PONG).join(',')}]`);
      refused(await connection.ask(batch(4)), 'GOX_BATCH_TOO_LONG', 'limits.batch_length_max');
      await goesOn(connection);
      connection.destroy();
    },
  ),
);

frames('a request that stays half sent', () =>
  withDaemon({ settings: { 'limits.partial_frame_timeout_ms': 150 } }, async ({ socket }) => {
    const halves = [
      '{"jsonrpc":"2.0","id":1,"method":"ping"',
      'Content-Length: 10\r\n\r\n{',
      'Content-Le',
      Buffer.from('GOXE\0\0\0\x01\0\0\0\x05\0\0\0\0{}'),
    ];
    const other = await RawConnection.open(socket);
    for (const half of halves) {
      const connection = await RawConnection.open(socket);
      connection.write(half);
      const reply = (await connection.rest()).toString();
      assert.match(reply, '"code":"GOX_FRAME_TIMEOUT"');
      assert.match(reply, '150 ms');
      connection.destroy();
    }
    await goesOn(other);
    other.destroy();
  }),
);

frames('a request that trickles in for longer, byte by byte', () =>
  withDaemon({ settings: { 'limits.partial_frame_timeout_ms': 200 } }, async ({ socket }) => {
    const connection = await RawConnection.open(socket);
    for (let sent = 0; sent < 1000 && !connection.over; sent += 1) {
      connection.write(sent === 0 ? '{' : ' ');
      await sleep(TRICKLE_MS);
      // What has come is read first: a write after the end would lose it.
      await nextTurn();
    }
    assert.match((await connection.rest()).toString(), '"code":"GOX_FRAME_TIMEOUT"');
    connection.destroy();
  }),
);

frames.run();

const counts = suite('limits of counts');

counts('notifications over requests_in_flight_max are carried out', () =>
  withDaemon({ settings: { 'limits.requests_in_flight_max': 4 } }, async ({ socket }) => {
    const connection = await RawConnection.open(socket);
    await connection.call('goxel.create_project');
    const edits = Array.from({ length: 300 }, (_, x) => request('goxel.add_voxel', [x, 0, 0]));
    connection.write(edits.join(''));
    await eventually('all were there', async () => {
      const line = await connection.ask(request('goxel.list_layers', {}, 1));
      return line.includes('"voxel_count":300');
    });
    connection.destroy();
  }),
);

counts('a request is cancelled by what comes in the same read', async () => {
  const connection = await RawConnection.open(plain.socket);
  await connection.call('goxel.add_voxel', [0, 0, 0]);
  const render = request('goxel.render_scene', { trace: { samples: 2000 } }, 1);
  connection.write(render + request('$/cancelRequest', { id: 1 }, 2));
  const lines = (await connection.lines(2)).join('\n');
  assert.match(lines, '"cancelled":true');
  assert.match(lines, 'GOX_CANCELLED');
  connection.destroy();
});

counts('requests in flight over requests_in_flight_max', () =>
  withDaemon({ settings: { 'limits.requests_in_flight_max': 4 } }, async ({ socket }) => {
    const connection = await RawConnection.open(socket);
    await connection.call('goxel.create_project');
    const ids = Array.from({ length: 20 }, (_, id) => id);
    connection.write(ids.map((id) => request('goxel.get_voxel', [1, 2, 3], id)).join(''));
    const lines = await connection.lines(20);
    const served = lines.filter((line) => line.includes('"result"'));
    assert.is(served.length, 4);
    for (const line of lines.filter((one) => !served.includes(one))) {
      const { data } = refused(line, 'GOX_OVERLOADED', 'limits.requests_in_flight_max');
      assert.is(data.retryable, true);
    }
    assert.match(await connection.ask(request('goxel.get_voxel', [1, 2, 3], 1)), '"result"');
    connection.destroy();
  }),
);

/** Waits until the daemon has seen the ends of all connections but this one. */
async function alone(connection: RawConnection): Promise<void> {
  await eventually(
    'the others were gone',
    async () => actors(await treeOf(connection), /^connection:/).length === 1,
  );
}

counts('connections over max_connections, and room again', () =>
  withDaemon({ settings: { 'performance.max_connections': 2 } }, async ({ socket }) => {
    const first = await RawConnection.open(socket);
    await alone(first);
    const second = await RawConnection.open(socket);
    await goesOn(second);
    const third = await RawConnection.open(socket);
    const reply = (await third.rest()).toString();
    assert.ok(reply.endsWith('}\n'));
    const { data } = refused(reply, 'GOX_TOO_MANY_CONNECTIONS', 'performance.max_connections');
    assert.equal(data.details, { limit: 2 });
    assert.is(data.retryable, true);
    third.destroy();
    second.destroy();
    await alone(first);
    for (let i = 0; i < 20; i += 1) {
      const next = await RawConnection.open(socket);
      await goesOn(next);
      next.destroy();
      await alone(first);
    }
    first.destroy();
  }),
);

counts('projects over projects_max', () =>
  withDaemon({ settings: { 'limits.projects_max': 2 } }, async ({ socket }) => {
    const connection = await RawConnection.open(socket);
    const create = (project: string) =>
      connection.ask(request('goxel.create_project', { project }, 1));
    assert.match(await create('a'), '"result"');
    assert.match(await create('b'), '"result"');
    refused(await create('c'), 'GOX_OVERLOADED', 'limits.projects_max');
    assert.match(await create('b'), '"result"', 'one that is there is made anew');
    await connection.call('goxel.close_project', { project: 'a' });
    assert.match(await create('c'), '"result"');
    connection.destroy();
  }),
);

counts.run();

const memory = suite('limits of memory');

memory('voxels over voxel_bytes_max', () =>
  withDaemon(
    { settings: { 'limits.voxel_bytes_max': 1024 * 1024, 'workers.count': 1 } },
    async ({ socket }) => {
      const connection = await RawConnection.open(socket);
      // Each in a block of its own, of 16 KiB.
      const far = Array.from({ length: 100 }, (_, i) => ({ x: i * 16, y: 0, z: 0 }));
      const edit = (voxels: unknown, project = 'default') =>
        connection.ask(request('goxel.add_voxels', { voxels, project }, 1));
      refused(await edit(far), 'GOX_MEMORY_LIMIT', 'limits.voxel_bytes_max');
      const info = await connection.call('goxel.get_project_info');
      assert.is((info.result as { voxel_count: number }).voxel_count, 0);
      assert.match(await edit(far.slice(0, 50)), '"added":50');
      await connection.call('goxel.create_project', { project: 'other' });
      refused(await edit(far.slice(0, 50), 'other'), 'GOX_MEMORY_LIMIT', 'limits.voxel_bytes_max');
      await connection.call('goxel.close_project');
      assert.match(await edit(far.slice(0, 50), 'other'), '"added":50');
      connection.destroy();
    },
  ),
);

const KIBIBYTE = { 'limits.result_bytes_max': 1024, 'limits.file_bytes_max': 1024 };

memory('results over result_bytes_max, and files over file_bytes_max', () =>
  withDaemon({ settings: KIBIBYTE }, async ({ socket }) => {
    const connection = await RawConnection.open(socket);
    const probe = (count: number) =>
      connection.ask(request('goxel.get_voxels', { positions: Array(count).fill([1, 2, 3]) }, 1));
    const { data } = refused(await probe(100), 'GOX_RESULT_TOO_LARGE', '1024');
    assert.is(data.details?.bytes_max, 1024);
    assert.is(data.details?.key, 'limits.result_bytes_max');
    assert.match(await probe(10), '"count":10');

    const path = join(temporaryDirectory(), 'large.gox');
    writeFileSync(path, Buffer.alloc(1025));
    refused(await connection.ask(request('goxel.load_project', { path }, 1)), 'GOX_FILE', '1024');
    connection.destroy();
  }),
);

memory.run();

const garbage = suite('garbage');

const NONSENSE: readonly string[] = [
  'hello\n',
  'PUSH / HTTP/1.1\r\nHost: localhost\r\n\r\n',
  '}\n',
  '{]\n',
  '"text"\n',
  '3\n',
  'null\n',
  '{"jsonrpc":"2.0","id":1,"method":"echo","params":[1,]}\n',
  '{"jsonrpc":"2.0","id":1,"method":"echo","params":"no"}\n',
  '{"jsonrpc":"1.0","id":1,"method":"echo"}\n',
  '{"method":7}\n',
  '\u0001\u0002\u0003\n',
];

/** Every message gets an error, and what follows on the connection is served. */
async function survives({ socket }: Daemon, bytes: string | Uint8Array): Promise<void> {
  const connection = await RawConnection.open(socket);
  connection.write(bytes);
  assert.match(await connection.line(), /"error":\{"code":-32(700|60\d),/);
  connection.write(`${PING}\n`);
  for (;;) {
    const line = await connection.line();
    if (line === PONG) break;
    assert.match(line, /"error":\{"code":-32(700|60\d),/);
  }
  connection.destroy();
}

garbage('each kind of it is answered, and the connection goes on', async () => {
  for (const nonsense of NONSENSE) await survives(plain, nonsense);
  await survives(plain, Buffer.from('{"jsonrpc":"2.0","id":1,"method":"\xff"}\n', 'latin1'));
  await survives(
    plain,
    Buffer.from(
      '{"jsonrpc":"2.0","id":1,"method":"goxel.get_voxel","params":["\xff"]}\n',
      'latin1',
    ),
  );
});

garbage('a wrong GOXE header ends the connection with a reason', async () => {
  for (const header of [
    'GOXE\0\0\0\x02\0\0\0\x02\0\0\0\0{}',
    'GOXE\0\0\0\x01\0\0\0\x02\0\0\0\x06{}',
  ]) {
    const connection = await RawConnection.open(plain.socket);
    connection.write(Buffer.from(header, 'latin1'));
    assert.match((await connection.rest()).toString(), /not known/);
    connection.destroy();
  }
});

garbage('the daemon of all that needs no settings stops in order', async () => {
  assert.equal(await plain.stop(), { code: 0, signal: null });
  assert.not(existsSync(plain.socket));
});

garbage.run();
