/**
 * How programs of the C daemon start it in the foreground, and end it: the process that they
 * started is the daemon, its PID file and socket come and go, and the next start is like the first.
 */

import { existsSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type Places,
  PlainClient,
  type Started,
  startAndWait,
  startAs,
  whenConnected,
  whenThere,
} from '../../support/programs.ts';

const test = suite('how programs start it');

const STATUS = '{"jsonrpc":"2.0","method":"goxel.get_status","params":[],"id":1}\n';

/** The line of e2e, stress and memory tests, of goxel-headless. */
const headless =
  (...more: readonly string[]) =>
  ({ socket, pid_file, log_file }: Places) => [
    ...['--daemon', '--socket', socket, '--pid-file', pid_file, '--log-file', log_file],
    ...more,
  ];

const foreground =
  (...more: readonly string[]) =>
  ({ socket }: Places) => ['--foreground', '--socket', socket, ...more];

async function answers({ places }: Started): Promise<void> {
  const client = await PlainClient.open(places.socket);
  assert.match(await client.ask(STATUS), '"result":');
  client.close();
}

/** It was the daemon itself, and nothing of it is left. */
async function endsClean(started: Started): Promise<void> {
  const { places } = started;
  assert.is(await started.stop(), 0, started.output());
  assert.not(existsSync(places.socket));
  assert.not(existsSync(places.pid_file));
}

async function printed(args: readonly string[]): Promise<{ code: unknown; text: string }> {
  const started = startAs(() => args);
  return { code: await started.ended(), text: started.output() };
}

test('the test of the Homebrew formula', async () => {
  const { code, text } = await printed(['--version']);
  assert.is(code, 0);
  assert.match(text, /^goxel-daemon version \d/);
  const started = await startAndWait(({ socket }) => ['--socket', socket, '--foreground']);
  await answers(started);
  await endsClean(started);
});

test('the services of Homebrew, of today and of v0.17', async () => {
  const env = { GOXEL_DAEMON_MODE: 'service' };
  const lines: ((places: Places) => string[])[] = [
    ({ socket, pid_file, log_file }) => [
      ...['--socket', socket, '--log-file', log_file, '--pid-file', pid_file, '--foreground'],
    ],
    ({ socket, pid_file, log_file, directory }) => [
      ...['--socket', socket, '--log', log_file, '--pid', pid_file],
      ...['--render-dir', join(directory, 'renders'), '--foreground'],
    ],
  ];
  for (const line of lines) {
    const started = await startAndWait(line, { env });
    assert.is(Number(readFileSync(started.places.pid_file, 'utf8')), started.child.pid);
    await answers(started);
    await endsClean(started);
  }
});

test('the services of systemd and launchd that stay in the foreground', async () => {
  const env = { GOXEL_HEADLESS: '1', OSMESA_RENDERING: '1', GOXEL_DAEMON_MODE: 'production' };
  const started = await startAndWait(
    ({ socket, pid_file, log_file }) => [
      ...['--foreground', '--socket', socket, '--pid-file', pid_file, '--log-file', log_file],
      ...['--workers', '4', '--queue-size', '1024', '--max-connections', '256', '--verbose'],
    ],
    { env },
  );
  await answers(started);
  started.child.kill('SIGHUP');
  await answers(started);
  await endsClean(started);
  assert.match(readFileSync(started.places.log_file, 'utf8'), '"level":20');
});

test('the service of the v14.0 release, with its own configuration', async () => {
  const env = { GOXEL_LOG_LEVEL: 'info', GOXEL_WORKER_THREADS: '4' };
  const line = ({ directory, socket, pid_file }: Places) => {
    const file = join(directory, 'goxel-daemon.conf');
    const text = [
      ...['daemon:', `  socket_path: ${socket}`, `  pid_file: ${pid_file}`, '  worker_threads: 3'],
      ...['  request_queue_size: 500', 'performance:', '  batch_size: 50', ''],
    ];
    writeFileSync(file, text.join('\n'));
    return ['--config', file];
  };
  const started = await startAndWait(line, { env });
  const client = await PlainClient.open(started.places.socket);
  client.send('{"jsonrpc":"2.0","method":"status","id":1}\n');
  const { engines } = JSON.parse(await client.line()).result;
  assert.is(engines.length, 3);
  client.close();
  assert.match(started.output(), 'goxel-daemon.conf:7:3: performance.batch_size: 50');
  await endsClean(started);
});

test('a configuration that is named and not there', async () => {
  const started = await startAndWait(foreground('--config', '/nowhere/goxel-daemon.conf'));
  assert.match(started.output(), '/nowhere/goxel-daemon.conf (--config) is not there');
  await answers(started);
  await endsClean(started);
});

test('the end-to-end test, which starts it anew for each section', async () => {
  let before: Started | undefined;
  for (let section = 0; section < 3; section += 1) {
    const places = before?.places;
    const started = await startAndWait(headless(), {
      ...{ name: 'goxel-headless' },
      ...(places === undefined ? {} : { places }),
    });
    const { pid_file, log_file } = started.places;
    assert.ok(existsSync(pid_file));
    await answers(started);
    await endsClean(started);
    unlinkSync(log_file);
    before = started;
  }
});

test('the scenario tests, which end it in the moment of its socket', async () => {
  const line = ({ socket, pid_file }: Places) => [
    ...['--daemon', '--socket', socket, '--pid-file', pid_file],
  ];
  const started = startAs(line, { name: 'goxel-headless' });
  await whenThere(started, started.places.socket);
  await endsClean(started);
});

test('the stress test, with a hundred clients at a time', async () => {
  const started = await startAndWait(headless('--max-connections', '200'), {
    name: 'goxel-headless',
  });
  const open = () => PlainClient.open(started.places.socket);
  const clients = await Promise.all(Array.from({ length: 100 }, open));
  const replies = await Promise.all(clients.map((client) => client.ask(STATUS, 8191)));
  for (const reply of replies) assert.match(reply, '"jsonrpc":"2.0"');
  for (const client of clients) client.close();
  await endsClean(started);
});

test('the memory test, which looks at the process that it started', async () => {
  const started = await startAndWait(headless('--max-connections', '60'), {
    name: 'goxel-headless',
  });
  const { pid } = started.child;
  assert.is(Number(readFileSync(started.places.pid_file, 'utf8')), pid);
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  assert.ok(Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) > 10_000);
  const holds = readdirSync(`/proc/${pid}/fd`).length;
  assert.ok(holds > 10, `${holds} descriptors`);
  await endsClean(started);
});

test('the CI workflow and the shell scripts of the tests', async () => {
  const started = await startAndWait(foreground());
  await answers(started);
  await endsClean(started);
});

test('the benchmark scripts, which name no mode', async () => {
  const started = await startAndWait(({ socket, pid_file }) => [
    ...['--socket', socket, '--pid-file', pid_file],
  ]);
  assert.is(Number(readFileSync(started.places.pid_file, 'utf8')), started.child.pid);
  await endsClean(started);
});

test('the performance validation, which connects until it can', async () => {
  const started = startAs(foreground('--workers', '4'));
  const client = await whenConnected(started, 100);
  client.send('{"method":"ping","jsonrpc":"2.0","id":1}');
  client.send('\n');
  assert.match(await client.line(), '"id":1');
  client.close();
  await endsClean(started);
});

test('the integration test of the TDD suite, which gives it two seconds to end', async () => {
  const started = await startAndWait(foreground());
  const client = await PlainClient.open(started.places.socket);
  const patience_ms = started.patience_ms(2000);
  const began_ms = performance.now();
  await endsClean(started);
  assert.ok(performance.now() - began_ms < patience_ms);
  client.close();
});

test('the scripts that look at what it says of itself', async () => {
  const help = await printed(['--help']);
  assert.is(help.code, 0);
  assert.match(help.text, 'Usage: goxel-daemon [OPTIONS]');
  for (const name of ['--test-lifecycle', '--test-signals']) {
    const { code, text } = await printed([name]);
    assert.is(code, 0, text);
    assert.match(text, 'SIGTERM ends it');
  }
  assert.is.not((await printed(['--test-concurrent'])).code, 0);
});

test('the examples of the v14.0 release, whose words after the options are no start', async () => {
  const started = startAs(() => ['--daemon', 'create', 'perf_test.gox'], {
    name: 'goxel-headless',
  });
  assert.is(await started.ended(), 64);
  assert.match(started.output(), 'unexpected argument create');
});

test('several daemons of one user, on sockets of their own', async () => {
  const first = await startAndWait(foreground());
  const state = { XDG_STATE_HOME: join(first.places.directory, 'state') };
  const second = await startAndWait(foreground(), { env: state });
  assert.match(second.output(), 'projects are kept in memory only');
  await answers(first);
  await answers(second);
  await endsClean(second);
  await endsClean(first);
});

test('a second one at the same socket, which is refused', async () => {
  const first = await startAndWait(foreground());
  const second = startAs(foreground(), { places: first.places });
  assert.is(await second.ended(), 75);
  await answers(first);
  first.child.kill('SIGKILL');
  await first.ended();
  assert.ok(existsSync(first.places.socket));
  const third = startAs(foreground(), { places: first.places });
  // The path is that of the one before until the new one has it.
  (await whenConnected(third)).close();
  await answers(third);
  await endsClean(third);
});

test.run();
