/**
 * The C programs that measure the C daemon. They send objects with neither `jsonrpc` nor `id`,
 * without a line feed, mostly by a connection each, and count whatever one `recv` gives; here a
 * result is wanted. How long they take is for `npm run bench`.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  PlainClient,
  placesIn,
  type Started,
  startAndWait,
  startAs,
  whenConnected,
} from '../../support/programs.ts';
import { temporaryDirectory } from '../../support/tmp.ts';
import { type Turn, takeTurns, takeTurnsApart, takeTurnsAt } from '../../support/turns.ts';

const test = suite('the benchmarks of the C daemon');

const RED = '"color":[255,0,0,255]';
/** They wait for the end of the process, without a limit; so long is far too long. */
const STOP_MS = 5_000;

const start = () => startAndWait(({ socket }) => ['--foreground', '--socket', socket]);

async function during(daemon: Started, run: (started: Started) => Promise<void>): Promise<void> {
  try {
    await run(daemon);
  } finally {
    assert.is(await daemon.stop(STOP_MS), 0, daemon.output());
  }
}

/** An object as they write it; what is wanted of the answer is that it is no error. */
function bare(method: string, params?: string): Turn {
  const rest = params === undefined ? '' : `,"params":{${params}}`;
  return { send: `{"method":"${method}"${rest}}`, wants: ['"result"'], refuses: ['"error"'] };
}

const at = (seed: number) => {
  const [x, y, z] = [seed * 7, seed * 11, seed * 13].map((each) => (each % 100) - 50);
  return `"x":${x},"y":${y},"z":${z}`;
};

/** So many at a time, each with a connection for each of its requests. */
async function manyApart(
  socket: string,
  clients: number,
  requests: number,
  turn: (seed: number) => Turn,
  bytes_max = 4095,
): Promise<void> {
  const one = async (client: number) => {
    const turns = Array.from({ length: requests }, (_, i) => turn(client * requests + i));
    await takeTurnsApart(socket, turns, bytes_max);
  };
  await Promise.all(Array.from({ length: clients }, (_, client) => one(client)));
}

test('performance validation', async () => {
  const daemon = startAs(({ socket }) => ['--foreground', '--socket', socket, '--workers', '4']);
  await during(daemon, async ({ places: { socket } }) => {
    const client = await whenConnected(daemon, 100);
    const requests = [
      '{"method":"ping"}',
      '{"method":"version"}',
      '{"method":"list_methods"}',
      '{"method":"goxel.create_project", "params":{"name":"test"}}',
    ];
    for (const request of requests) {
      for (let i = 0; i < 25; i++) {
        const line = await askLine(client, request);
        assert.match(line, '"result"', request);
      }
    }
    // Both protocols in turn, on one connection; of the first kind any answer will do.
    for (const [request, wanted] of [
      ['{"method":"ping", "id":1}', '"id":1'],
      ['{"tool":"ping"}', '"success":true'],
      ['{"method":"version", "id":2}', '"id":2'],
      ['{"tool":"version"}', '"success":true'],
      ['{"method":"ping", "id":3}', '"id":3'],
    ] as const) {
      assert.match(await askLine(client, request), wanted, request);
    }
    client.close();
    const pings = async () => {
      const own = await PlainClient.open(socket);
      for (let id = 0; id < 100; id++) {
        assert.match(await askLine(own, `{"method":"ping", "id":${id}}`), `"id":${id}`);
      }
      own.close();
    };
    await Promise.all(Array.from({ length: 8 }, pings));
  });
});

/** The line feed goes in a send of its own; of the answer no more is read than 8,191 bytes. */
async function askLine(client: PlainClient, request: string): Promise<string> {
  client.send(request);
  client.send('\n');
  let text = '';
  while (text.length < 8191 && !text.endsWith('\n')) {
    const more = await client.receive(8191 - text.length);
    assert.is.not(more, '', `the connection ended after ${text}`);
    text += more;
  }
  assert.ok(text.endsWith('\n'), `more than 8,191 bytes for ${request}`);
  return text;
}

test('throughput', async () => {
  await during(await start(), async ({ places: { socket } }) => {
    const add = (seed: number) =>
      bare('add_voxel', `${at(seed)},"color":[${seed % 256},${(seed * 3) % 256},9,255]`);
    await manyApart(socket, 4, 25, add);
    await manyApart(socket, 6, 25, (seed) => bare('get_voxel', at(seed)));
    await manyApart(socket, 4, 25, (seed) => bare('remove_voxel', at(seed)));
    const batch = (seed: number) => bare('batch_add_voxels', `"voxels":[{${at(seed)},${RED}}]`);
    await manyApart(socket, 2, 25, batch);
    await manyApart(socket, 8, 25, () => bare('get_project_info'));
    await manyApart(socket, 1, 50, () => bare('add_voxel', `"x":0,"y":0,"z":0,${RED}`));
  });
});

test('stress', async () => {
  await during(await start(), async ({ places: { socket } }) => {
    const add = (seed: number) =>
      bare('add_voxel', `${at(seed)},"color":[255,${seed % 256},7,255]`);
    await manyApart(socket, 10, 20, add);
    await manyApart(socket, 20, 20, add);
    await takeTurnsAt(socket, [bare('ping')], 255);
    const opened = Array.from({ length: 100 }, () => PlainClient.open(socket));
    const hundred = await Promise.all(opened);
    for (const client of hundred) await takeTurns(client, [bare('ping')], 255);
    for (const client of hundred) client.close();
    for (let i = 0; i < 1000; i++) (await PlainClient.open(socket)).close();
    await takeTurnsAt(socket, [bare('ping')], 255);
  });
});

test('concurrency', async () => {
  await during(await start(), async ({ places: { socket } }) => {
    const kinds = (client: number, seed: number): readonly Turn[] => [
      bare('ping'),
      bare('create_project', `"name":"test_${client}"`),
      bare('add_voxel', `${at(seed)},${RED}`),
      bare('get_voxel', at(seed)),
      bare('remove_voxel', at(seed)),
      bare('export_mesh', '"format":"obj"'),
      bare('get_status'),
    ];
    const one = async (client: number) => {
      const connection = await PlainClient.open(socket);
      for (let i = 0; i < 28; i++) {
        const seed = client * 100 + i;
        const turn = kinds(client, seed)[(client + i * 3) % 7] as Turn;
        // A reply that is longer than one read is not read to its end: the next read has the rest.
        await takeTurns(connection, [{ send: turn.send, refuses: ['"error"'] }], 4095);
      }
      connection.close();
    };
    await Promise.all(Array.from({ length: 10 }, (_, client) => one(client)));
  });
});

test('memory profiling', async () => {
  await during(await start(), async ({ places: { socket }, child }) => {
    // It looks the process up with pgrep -f 'goxel.*daemon'.
    const line = readFileSync(`/proc/${child.pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    assert.match(line, /goxel.*daemon/);
    const add = bare('add_voxel', `"x":0,"y":0,"z":0,${RED}`);
    await manyApart(socket, 1, 100, () => add, 1023);
    assert.match(readFileSync(`/proc/${child.pid}/status`, 'utf8'), /VmRSS:\s+\d+ kB/);
  });
});

test('comparison with the command line of v13', async () => {
  await during(await start(), async ({ places: { socket } }) => {
    const voxel = '"x":0,"y":0,"z":0';
    const compared = [
      bare('create_project', '"name":"test"'),
      bare('add_voxel', `${voxel},${RED}`),
      bare('get_voxel', voxel),
      bare('remove_voxel', voxel),
      bare('export_mesh', '"format":"obj"'),
      bare('get_project_info'),
    ];
    for (const turn of compared) await takeTurnsApart(socket, Array(5).fill(turn), 4095);
    await manyApart(socket, 1, 50, (seed) => bare('add_voxel', `${at(seed)},${RED}`), 1023);
    await manyApart(socket, 1, 10, () => bare('ping'), 255);
  });
  // Commands of v13 are skipped where they fail, but they must end.
  const places = placesIn(temporaryDirectory());
  const model = join(places.directory, 'a.gox');
  const ends = (...args: string[]) =>
    startAs(() => args, { name: 'goxel-headless', places }).ended();
  assert.is(await ends('--version'), 0);
  assert.is.not(await ends('create', model), 0);
  assert.is.not(await ends('add-voxel', '0', '0', '0', '255', '0', '0', '255', model), 0);
});

test.run();
