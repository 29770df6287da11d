/**
 * The C programs that test the C daemon: each starts it by its own command line, speaks its own
 * bytes, reads as it reads, and stops it in its way and time. `test/README.md` lists them.
 */

import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type Places,
  PlainClient,
  placesIn,
  type Started,
  startAndWait,
  whenThere,
} from '../../support/programs.ts';
import { temporaryDirectory } from '../../support/tmp.ts';
import { call, type Turn, takeTurns, takeTurnsApart, takeTurnsAt } from '../../support/turns.ts';

const test = suite('the suites of the C daemon');

const SUCCESS = '"success":true';
/** How long they let a daemon stop before they kill it. */
const STOP_TDD_MS = 2_000;
const STOP_E2E_MS = 5_000;
const STOP_STRESS_MS = 10_000;

const headless = ({ socket, pid_file, log_file }: Places) => [
  ...['--daemon', '--socket', socket],
  ...['--pid-file', pid_file, '--log-file', log_file],
];
const foreground = ({ socket }: Places) => ['--foreground', '--socket', socket];

/** Starts, runs, and stops it; it must be gone in time, with 0, and leave nothing. */
async function during(
  started: Promise<Started>,
  stop_ms: number,
  run: (started: Started) => Promise<void>,
): Promise<void> {
  const daemon = await started;
  try {
    await run(daemon);
  } finally {
    const how = await daemon.stop(stop_ms);
    assert.is(how, 0, daemon.output());
  }
  const { socket, pid_file } = daemon.places;
  assert.not.ok(existsSync(socket), 'the socket is still there');
  assert.not.ok(existsSync(pid_file), 'the PID file is still there');
}

const startHeadless = (...more: string[]) =>
  startAndWait((places) => [...headless(places), ...more], { name: 'goxel-headless' });

const CREATED: readonly Turn[] = [
  { send: call('goxel.create_project', '["E2E Test Project",32,32,32]', 2), wants: [SUCCESS] },
  { send: call('goxel.add_voxel', '[0,-16,0,255,0,0,255,0]', 3), wants: [SUCCESS] },
  { send: call('goxel.get_voxel', '[0,-16,0]', 4), wants: ['"exists":true'] },
  { send: call('goxel.list_layers', '[]', 5), wants: ['"count"'] },
];

const STATUS: Turn = {
  send: call('goxel.get_status', '[]', 1),
  wants: ['"result"', '"version"'],
};

test('end-to-end workflow', async () => {
  await during(startHeadless(), STOP_E2E_MS, async (daemon) => {
    await whenThere(daemon, daemon.places.pid_file);
  });
  await during(startHeadless(), STOP_E2E_MS, async ({ places: { socket, directory } }) => {
    await takeTurnsAt(socket, [STATUS, ...CREATED], 4095);
    const saved = join(directory, 'e2e.gox');
    const exported = join(directory, 'e2e.obj');
    await takeTurnsAt(
      socket,
      [
        { send: call('goxel.save_project', `["${saved}"]`, 3), wants: [SUCCESS] },
        { send: call('goxel.load_project', `["${saved}"]`, 4), wants: [SUCCESS] },
        { send: call('goxel.export_model', `["${exported}"]`, 5), wants: [SUCCESS] },
        { send: call('unknown.method', '[]', 6), wants: ['"error"', '-32601'] },
        // Success and error will both do.
        { send: call('goxel.add_voxel', '["invalid","params"]', 7) },
        { send: call('malformed json', '[]', 8), wants: ['"error"'] },
      ],
      4095,
    );
    assert.ok(existsSync(saved));
    assert.ok(existsSync(exported));
  });
  await during(startHeadless(), STOP_E2E_MS, async ({ places: { socket } }) => {
    const clients = await Promise.all(Array.from({ length: 10 }, () => PlainClient.open(socket)));
    for (const [index, client] of clients.entries()) {
      const params = `["Concurrent Project ${index}",16,16,16]`;
      const send = call('goxel.create_project', params, 1);
      await takeTurns(client, [{ send, wants: [SUCCESS] }], 4095);
    }
    const [client] = clients;
    const turns = Array.from({ length: 100 }, (_, id) => ({
      send: call('goxel.get_status', '[]', id + 2),
      wants: ['"result"'],
    }));
    await takeTurns(client as PlainClient, turns, 4095);
    for (const each of clients) each.close();
  });
});

test('specific scenarios', async () => {
  const scenarios: readonly Turn[] = [
    {
      send: '{"jsonrpc":"2.0","method":"goxel.get_version","id":1}\n',
      wants: ['"version"'],
      refuses: ['"error"'],
    },
    { send: call('goxel.echo', '["Hello World"]', 1), wants: ['Hello World'] },
    { send: call('goxel.get_version', '[]', 1), refuses: ['"error"'] },
    { send: call('goxel.get_status', '[]', 1), refuses: ['"error"'] },
    { send: call('goxel.add_voxel', '[0,-16,0,255,0,0,255,0]', 1), refuses: ['"error"'] },
    { send: call('goxel.create_project', '["Test",16,16,16]', 1), refuses: ['"error"'] },
  ];
  const places = placesIn(temporaryDirectory());
  const start = () =>
    startAndWait(
      ({ socket, pid_file }) => ['--daemon', '--socket', socket, '--pid-file', pid_file],
      { name: 'goxel-headless', places },
    );
  await during(start(), STOP_E2E_MS, async ({ places: { socket } }) => {
    await takeTurnsAt(socket, CREATED, 4095);
  });
  // The signal comes as soon as the socket is there, while the project is read; the runs that
  // follow must find it, however often.
  for (let i = 0; i < 4; i++) await during(start(), STOP_E2E_MS, async () => {});
  await during(start(), STOP_E2E_MS, async ({ places: { socket } }) => {
    await takeTurnsApart(socket, scenarios, 4095);
    const five = await Promise.all(Array.from({ length: 5 }, () => PlainClient.open(socket)));
    for (const [index, client] of five.entries()) {
      client.send(call('goxel.echo', `["Client ${index + 1}"]`, index + 1));
    }
    for (const [index, client] of five.entries()) {
      assert.match(await client.receive(4095), `Client ${index + 1}`);
      client.close();
    }
    const pings = Array.from({ length: 10 }, (_, id) => ({
      send: `{"jsonrpc":"2.0","method":"goxel.ping","id":${id + 1}}\n`,
      wants: ['"pong":true'],
    }));
    await Promise.all(Array.from({ length: 50 }, () => takeTurnsAt(socket, pings, 4095)));
  });
});

test('memory tests', async () => {
  const daemon = startHeadless('--max-connections', '60');
  await during(daemon, STOP_STRESS_MS, async ({ places: { socket }, child }) => {
    const round: readonly Turn[] = [
      { send: call('goxel.create_project', '["Memory Test",16,16,16]', 1), wants: ['"result"'] },
      { send: call('goxel.add_voxel', '[0,-16,0,255,0,0,255,0]', 2), wants: ['"result"'] },
      { send: call('goxel.get_voxel', '[0,-16,0]', 3), wants: ['"exists":true'] },
      { send: call('goxel.get_status', '[]', 4), wants: ['"result"'] },
    ];
    await takeTurnsAt(socket, round, 8191);
    const descriptors = openFiles(child.pid);
    const client = await PlainClient.open(socket);
    for (let i = 0; i < 50; i++) await takeTurns(client, round, 8191);
    client.close();
    const cycle: readonly Turn[] = [
      STATUS,
      { send: call('goxel.list_layers', '[]', 2), wants: ['"result"'] },
      STATUS,
    ];
    for (let i = 0; i < 50; i++) await takeTurnsAt(socket, cycle, 8191);
    const grown = openFiles(child.pid) - descriptors;
    assert.ok(grown <= 100, `${grown} descriptors more`);
  });
});

/** Of the process that was started: that it is the daemon is part of what the program relies on. */
function openFiles(pid: number | undefined): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

test('concurrent clients', async () => {
  const daemon = startHeadless('--max-connections', '200');
  await during(daemon, STOP_STRESS_MS, async ({ places: { socket, directory } }) => {
    const rounds = 9;
    const client = async (number: number) => {
      const file = join(directory, `stress_${number}.gox`);
      const requests: readonly [string, string][] = [
        ['goxel.get_status', '[]'],
        ['goxel.list_layers', '[]'],
        ['goxel.create_project', '["Stress Test",16,16,16]'],
        ['goxel.add_voxel', '[0,-16,0,255,0,0,255,0]'],
        ['goxel.get_voxel', '[0,-16,0]'],
        ['goxel.remove_voxel', '[0,-16,0,0]'],
        ['goxel.create_layer', '["Stress Layer",128,128,255,true]'],
        ['goxel.save_project', `["${file}"]`],
        // The program has removed it by then, and takes an error for an answer.
        ['goxel.load_project', `["${file}.gone"]`],
      ];
      const turns = Array.from({ length: rounds }, (_, i) => {
        const [method, params] = requests[(number + i) % requests.length] as [string, string];
        return { send: call(method, params, i + 1), wants: ['"jsonrpc":"2.0"', `"id":${i + 1}`] };
      });
      await takeTurnsAt(socket, turns, 8191);
    };
    await Promise.all(Array.from({ length: 50 }, (_, number) => client(number)));
  });
});

test('test-driven: a daemon, its projects, its clients', async () => {
  await during(startAndWait(foreground), STOP_TDD_MS, async (daemon) => {
    const { socket } = daemon.places;
    const create = (name: string, id: number): Turn => ({
      send: call('goxel.create_project', `["${name}",16,16,16]`, id),
      wants: ['"result"', SUCCESS, name],
    });
    // Three at once, none of which may be put off.
    await Promise.all([1, 2, 3].map((id) => takeTurnsAt(socket, [create(`Test${id}`, id)], 1023)));
    // Five in a row on one connection, byte by byte up to the last brace.
    const client = await PlainClient.open(socket);
    for (let id = 1; id <= 5; id++) {
      client.send(create(`Test${id}`, id).send);
      assert.match(await upToLastBrace(client), `Test${id}`);
    }
    client.send(call('goxel.list_layers', '[]', 6));
    assert.match(await upToLastBrace(client), '"result"');
    client.send(create('Project2', 7).send);
    assert.match(await upToLastBrace(client), 'Project2');
    client.close();
    // A connection that ends must not end the daemon.
    await takeTurnsAt(socket, [create('Test', 1)], 1023);
    (await PlainClient.open(socket)).close();
    assert.is(daemon.child.exitCode, null);
  });
});

/** What the program takes for a message; the line feed after it stays for the next one. */
async function upToLastBrace(client: PlainClient): Promise<string> {
  let text = '';
  let depth = 0;
  for (;;) {
    const byte = await client.receive(1);
    assert.is.not(byte, '', `the connection ended after ${text}`);
    text += byte;
    if (byte === '{') depth++;
    if (byte === '}' && --depth === 0) return text;
  }
}

test('test-driven: integration of the daemon', async () => {
  await during(startAndWait(foreground), STOP_TDD_MS, async ({ places: { socket } }) => {
    const voxels = Array.from(
      { length: 100 },
      (_, i) => `{"position":[${i},${i},${i}],"color":[255,0,0,255]}`,
    );
    const turns: readonly Turn[] = [
      { send: call('goxel.add_voxels', `{"voxels":[${voxels.join(',')}]}`, 1), wants: ['"added"'] },
      { send: call('goxel.create_project', '["Test",16,16,16]', 1), wants: ['"result"'] },
      { send: call('goxel.create_project', '["Test2",16,16,16]', 2), wants: ['"result"'] },
      { send: call('goxel.invalid_method', '[]', 1), wants: ['"error"'] },
    ];
    await takeTurnsApart(socket, turns, 4095);
    const three = await Promise.all([1, 2, 3].map(() => PlainClient.open(socket)));
    for (const client of three) client.close();
  });
});

test('file operations', async () => {
  await during(startAndWait(foreground), STOP_TDD_MS, async ({ places: { socket, directory } }) => {
    const file = (name: string) => join(directory, name);
    const turns: readonly Turn[] = [
      { send: call('goxel.create_project', '["TestProject",16,16,16]', 1), wants: [SUCCESS] },
      { send: call('goxel.add_voxel', '[8,8,8,255,0,0,255]', 2), wants: [SUCCESS] },
      { send: call('goxel.save_project', `["${file('save.gox')}"]`, 3), wants: [SUCCESS] },
      { send: call('goxel.export_model', `["${file('a.obj')}","obj"]`, 4), wants: [SUCCESS] },
      { send: call('goxel.export_model', `["${file('default.gox')}"]`, 5), wants: [SUCCESS] },
      { send: call('goxel.render_scene', `["${file('a.png')}",800,600]`, 6), wants: [SUCCESS] },
    ];
    await takeTurnsApart(socket, turns, 8191);
    assert.ok(statSync(file('save.gox')).size > 100);
    assert.ok(statSync(file('a.png')).size > 1000);
    assert.ok(existsSync(file('a.obj')));
    assert.ok(existsSync(file('default.gox')));
  });
});

/** Voxels one by one, each by a connection of its own, with blanks after the commas. */
async function drawAndRender(
  { places: { socket, directory } }: Started,
  name: string,
  voxels: readonly (readonly number[])[],
  [width, height]: readonly [number, number],
): Promise<void> {
  const turn = (method: string, params: readonly unknown[], id: number): Turn => ({
    send: call(method, `[${params.map((each) => JSON.stringify(each)).join(', ')}]`, id),
    wants: [SUCCESS],
    refuses: ['"error"'],
  });
  let id = 1;
  const turns = [
    turn('goxel.create_project', [name, 64, 64, 64], id++),
    ...voxels.map((each) => turn('goxel.add_voxel', each, id++)),
    // Names without a directory: files of the directory that the daemon was started in.
    turn('goxel.save_project', [`${name}.gox`], id++),
    turn('goxel.render_scene', [`${name}.png`, width, height], id++),
  ];
  await takeTurnsApart(socket, turns, 8191);
  assert.ok(existsSync(join(directory, `${name}.gox`)));
  assert.ok(statSync(join(directory, `${name}.png`)).size >= 100);
}

function cube(from: number, to: number): number[][] {
  const range = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  return range.flatMap((x) => range.flatMap((y) => range.map((z) => [x, y, z, 255, 0, 0, 255])));
}

test('PNG generation', async () => {
  await during(startAndWait(foreground), STOP_TDD_MS, (daemon) =>
    drawAndRender(daemon, 'test', cube(15, 17), [512, 512]),
  );
});

test('Snoopy', async () => {
  await during(startAndWait(foreground), STOP_TDD_MS, async (daemon) => {
    // The simple one has 153 voxels, the whole one thousands: what is new in it is their number.
    await drawAndRender(daemon, 'snoopy', cube(29, 32), [800, 600]);
  });
});

test.run();
