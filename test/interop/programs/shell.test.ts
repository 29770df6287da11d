/**
 * The shell scripts and Homebrew formulas of the C daemon's repository: how they start the daemon,
 * what they look for beside it, what they send by `nc`, and how they stop it.
 */

import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isRunning } from '../../../actors/process/running.ts';
import {
  type Places,
  PlainClient,
  type ProgramName,
  placesIn,
  type Started,
  startAndWait,
  startAs,
  whenThere,
} from '../../support/programs.ts';
import { eventually } from '../../support/raw.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const test = suite('shell scripts');

const FOREGROUND = ({ socket }: Places) => ['--foreground', '--socket', socket];

/** Sends a line as `echo … | nc -U PATH` does, and gives what comes until the daemon ends it. */
async function netcat(path: string, line: string): Promise<string> {
  const client = await PlainClient.open(path);
  if (line !== '') client.send(`${line}\n`);
  return await client.finish();
}

/** As scripts read it: digits, and nothing else but the end of the line. */
function pidIn(path: string): number {
  const text = readFileSync(path, 'utf8');
  assert.match(text, /^\d+\n?$/);
  return Number(text);
}

const whenGone = (pid: number, within_ms: number) =>
  eventually(`process ${pid} was gone`, () => !isRunning(pid), within_ms);

/** Generous: these end at once. */
const RUN_MS = 10_000;

/** Runs it to its end, and gives its exit code and what it printed. */
async function ran(args: readonly string[], name?: ProgramName) {
  const run = startAs(() => args, name === undefined ? {} : { name });
  return { code: await run.ended(RUN_MS), output: run.output() };
}

test('daemon test', async () => {
  const daemon = await startAndWait(({ socket }) => ['--foreground', '--verbose', '-s', socket]);
  const { socket } = daemon.places;
  assert.ok(statSync(socket).isSocket());
  const echo = '{"jsonrpc":"2.0","id":1,"method":"echo","params":{"message":"Hello daemon"}}';
  assert.match(await netcat(socket, echo), '{"message":"Hello daemon"}');
  assert.ok(isRunning(daemon.child.pid as number));
  assert.is(await daemon.stop(daemon.patience_ms(2000)), 0);
  assert.not(existsSync(socket));
});

test('quick test of v14.6', async () => {
  const args = ({ socket, pid_file }: Places) => [
    ...['--headless', '--daemon', '--socket', socket, '--pid-file', pid_file],
  ];
  const daemon = await startAndWait(args, { name: 'goxel' });
  const { socket, pid_file } = daemon.places;
  // It looks once, as soon as it sees the socket.
  const pid = pidIn(pid_file);
  try {
    const echo = '{"jsonrpc":"2.0","id":1,"method":"echo","params":{"msg":"test"}}';
    assert.match(await netcat(socket, echo), '"msg":"test"');
  } finally {
    process.kill(pid, 'SIGTERM');
    await whenGone(pid, daemon.patience_ms(2000));
  }
  assert.equal([socket, pid_file].filter(existsSync), []);
});

test('quick socket test', async () => {
  const args = ({ socket, pid_file }: Places) => [
    ...['--daemon', '--socket', socket, '--pid-file', pid_file],
  ];
  const daemon = await startAndWait(args, { name: 'goxel-headless' });
  const { socket, pid_file } = daemon.places;
  const ping = '{"jsonrpc":"2.0","method":"goxel.ping","id":1}';
  assert.match(await netcat(socket, ping), '"pong":true');
  const client = await PlainClient.open(socket);
  const version = '{"jsonrpc":"2.0","method":"goxel.get_version","id":1}\n';
  assert.match(await client.ask(version, 4095), '"version":"');
  client.close();
  const pid = pidIn(pid_file);
  assert.is(pid, daemon.child.pid);
  process.kill(pid, 'SIGTERM');
  assert.is(await daemon.ended(), 0);
});

/** Between start and stop they run a program: in C (`c-suites`), or in Python, which is lost. */
for (const name of ['file operations', 'script execution', 'Snoopy']) {
  test(`runner of the ${name} test`, async () => {
    const daemon = await startAndWait(FOREGROUND);
    assert.ok(isRunning(daemon.child.pid as number));
    assert.is(await daemon.stop(5000), 0);
  });
}

test('test of rendered output', async () => {
  const daemon = await startAndWait(FOREGROUND);
  const { socket, directory } = daemon.places;
  const path = join(directory, 'test_render_dark_bg.png');
  const requests = [
    ['goxel.create_project', ['Test', 32, 32, 32]],
    ['goxel.add_voxel', [16, 16, 16, 255, 0, 0, 255]],
    ['goxel.add_voxel', [17, 16, 16, 0, 255, 0, 255]],
    ['goxel.add_voxel', [15, 16, 16, 0, 0, 255, 255]],
    ['goxel.render_scene', [path, 400, 400]],
  ] as const;
  for (const [index, [method, params]] of requests.entries()) {
    const line = JSON.stringify({ jsonrpc: '2.0', method, params, id: index + 1 });
    assert.match(await netcat(socket, line), '"success":true');
  }
  assert.is(await daemon.stop(), 0);
  assert.ok(statSync(path).size > 0);
});

test('profiler of the daemon', async () => {
  const daemon = await startAndWait(FOREGROUND);
  const request = '{"jsonrpc":"2.0","method":"get_daemon_info","params":{},"id":1}';
  // There is no such method, here or there; it counts bytes.
  for (let i = 0; i < 11; i++) {
    assert.match(await netcat(daemon.places.socket, request), 'Method not found');
  }
  assert.ok(existsSync(`/proc/${daemon.child.pid}/fd`));
  assert.is(await daemon.stop(), 0);
});

/** `start` of the control script: it returns, and the PID file soon has the daemon's number. */
async function controlled(places: Places): Promise<number> {
  const { socket, pid_file, log_file } = places;
  const files = ['--pid-file', pid_file, '--socket', socket, '--log-file', log_file];
  const start = startAs(() => ['--daemonize', ...files, '--working-dir', '/'], { places });
  assert.is(await start.ended(), 0, start.output());
  await whenThere(start, pid_file);
  const pid = pidIn(pid_file);
  assert.ok(isRunning(pid) && pid !== start.child.pid);
  return pid;
}

async function stopControlled(pid: number, { pid_file, socket }: Places): Promise<void> {
  process.kill(pid, 'SIGTERM');
  await whenGone(pid, 30_000);
  assert.equal([pid_file, socket].filter(existsSync), []);
}

test('control script', async () => {
  const places = placesIn(temporaryDirectory());
  const { socket, log_file } = places;
  let pid = await controlled(places);
  try {
    // Status.
    assert.ok(statSync(socket).isSocket());
    // Health: a connection that says nothing ends, and the log has no errors.
    assert.is(await netcat(socket, ''), '');
    assert.match(readFileSync(`/proc/${pid}/status`, 'utf8'), /State:/);
    const lines = readFileSync(log_file, 'utf8').split('\n').slice(-100);
    assert.equal(
      lines.filter((line) => /error|fatal|critical/i.test(line)),
      [],
    );
    // Reload.
    process.kill(pid, 'SIGHUP');
    const ping = '{"jsonrpc":"2.0","method":"ping","id":1}';
    assert.match(await netcat(socket, ping), '"pong":true');
    assert.ok(isRunning(pid));
    // Restart.
    await stopControlled(pid, places);
    pid = await controlled(places);
    assert.match(await netcat(socket, ping), '"pong":true');
  } finally {
    await stopControlled(pid, places);
  }
});

for (const option of ['--test-lifecycle', '--test-signals']) {
  test(`control script: ${option}`, async () => {
    const { code, output } = await ran([option]);
    assert.is(code, 0, output);
  });
}

/** It edits by the command line of v13, which must not start a daemon that it waits for. */
test('basic usage of the v14 release', async () => {
  for (const words of [['create', 'perf_test.gox'], ['add-voxel', '1', '0', '0'], ['batch']]) {
    const { code, output } = await ran(['--daemon', ...words], 'goxel-headless');
    assert.type(code, 'number', output);
    assert.is.not(code, 0);
  }
});

test('formula of the daemon: its test', async () => {
  const { code, output } = await ran(['--version']);
  assert.is(code, 0);
  assert.match(output, 'goxel-daemon version');
  const daemon = await startAndWait(({ socket }) => ['--socket', socket, '--foreground']);
  const client = await PlainClient.open(daemon.places.socket);
  const request = '{"jsonrpc":"2.0","method":"goxel.get_status","params":[],"id":1}\n';
  assert.match(await client.ask(request, 4096), '"result":');
  client.close();
  assert.is(await daemon.stop(), 0);
});

/** Its service, as it is now and as versions before it have it. */
const SERVICES: readonly (readonly [string, (places: Places) => readonly string[]])[] = [
  [
    'of now',
    ({ socket, log_file, pid_file }) => [
      ...['--socket', socket, '--log-file', log_file, '--pid-file', pid_file, '--foreground'],
    ],
  ],
  [
    'up to v0.17',
    ({ socket, log_file, pid_file, directory }) => [
      ...['--socket', socket, '--log', log_file, '--pid', pid_file],
      ...['--render-dir', join(directory, 'renders'), '--foreground'],
    ],
  ],
];
for (const [version, args] of SERVICES) {
  test(`formula of the daemon: its service ${version}`, async () => {
    const places = placesIn(temporaryDirectory());
    mkdirSync(join(places.directory, 'renders'));
    const env = { GOXEL_DAEMON_MODE: 'service' };
    const daemon: Started = await startAndWait(args, { places, env });
    assert.is(pidIn(places.pid_file), daemon.child.pid);
    assert.ok(existsSync(places.log_file));
    assert.is(await daemon.stop(), 0);
  });
}

test('formula of v14', async () => {
  const daemon = await startAndWait(({ socket }) => ['--socket', socket]);
  assert.is(await daemon.stop(), 0);
});

test.run();
