/**
 * How programs start it in the background, and end it by the number in its PID file; and the line
 * of v14.6, `goxel --headless --daemon`, which is both. Its programs name neither socket nor PID
 * file: here they are named, so that several runs do not meet.
 */

import { existsSync, readFileSync, unlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isRunning } from '../../../actors/process/running.ts';
import {
  type Places,
  PlainClient,
  placesIn,
  type Started,
  startAndWait,
  startAs,
  whenConnected,
  whenThere,
} from '../../support/programs.ts';
import { eventually } from '../../support/raw.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const test = suite('how programs start it in the background');

const daemonize =
  (...more: readonly string[]) =>
  ({ socket, pid_file, log_file }: Places) => [
    ...['--daemonize', '--pid-file', pid_file, '--socket', socket, '--log-file', log_file],
    ...more,
  ];

/** SIGUSR1 writes a file, which is to go with the rest. */
const v146 = ({ directory, socket, pid_file }: Places) => [
  ...['--headless', '--daemon', '--socket', socket, '--pid-file', pid_file],
  ...['--set', `dump.directory=${directory}`],
];

/** As `fscanf("%d")` reads it, in the moment in which the file is there. */
async function pidOf(started: Started): Promise<number> {
  await whenThere(started, started.places.pid_file);
  const pid = Number.parseInt(readFileSync(started.places.pid_file, 'utf8'), 10);
  assert.ok(pid > 0);
  return pid;
}

/** Two seconds for the process, as v14.6 has it; its files are gone with it. */
async function endsBy(pid: number, signal: NodeJS.Signals, started: Started): Promise<void> {
  const { places } = started;
  process.kill(pid, signal);
  await eventually('it is gone', () => !isRunning(pid), started.patience_ms(2000));
  assert.not(existsSync(places.pid_file));
  assert.not(existsSync(places.socket));
}

async function echoes({ places }: Started): Promise<void> {
  const client = await PlainClient.open(places.socket);
  const reply = await client.ask('{"jsonrpc":"2.0","id":1,"method":"echo","params":[1,2,3]}\n');
  assert.match(reply, '[1,2,3]');
  client.close();
}

test('the systemd service that forks, and its control script', async () => {
  const more = ['--workers', '4', '--queue-size', '1024', '--max-connections', '256'];
  // The script passes the working directory always, and it is the root unless it is told another.
  const started = startAs(daemonize(...more, '--working-dir', '/'), {
    env: { GOXEL_START_TIMEOUT: '30', GOXEL_STOP_TIMEOUT: '30', GOXEL_WORKING_DIR: '/' },
  });
  assert.is(await started.ended(), 0, started.output());
  const pid = await pidOf(started);
  assert.is.not(pid, started.child.pid);
  assert.ok(isRunning(pid));
  await echoes(started);
  process.kill(pid, 'SIGHUP');
  await echoes(started);
  await endsBy(pid, 'SIGTERM', started);
  // restart
  const again = startAs(daemonize('--working-dir', '/'), { places: started.places });
  assert.is(await again.ended(), 0, again.output());
  await endsBy(await pidOf(again), 'SIGTERM', again);
});

test('the daemon manager of the MCP server, in JavaScript', async () => {
  const started = startAs(
    daemonize('--workers', '4', '--queue-size', '1024', '--max-connections', '256', '--verbose'),
    { env: { GOXEL_MAX_WORKERS: '4', GOXEL_HEALTH_TIMEOUT: '5000', GOXEL_VERBOSE: '1' } },
  );
  const pid = await pidOf(started);
  (await whenConnected(started)).close();
  assert.is(await started.ended(), 0, started.output());
  await endsBy(pid, 'SIGTERM', started);
});

test('who asks and stops it by its own options', async () => {
  const places = placesIn(temporaryDirectory());
  const ask = async (...args: string[]) => {
    const asked = startAs(() => args, { places });
    return await asked.ended();
  };
  assert.is(await ask('--status', '--pid-file', places.pid_file), 1);
  const started = startAs(daemonize(), { places });
  assert.is(await started.ended(), 0, started.output());
  assert.is(await ask('--status', '--pid-file', places.pid_file), 0);
  assert.is(await ask('--status', '--socket', places.socket), 0);
  // Who names another PID file does not mean whoever has the socket.
  assert.is(await ask('--stop', '--pid-file', `${places.pid_file}.none`), 1);
  const both = ['--pid-file', `${places.pid_file}.none`, '--socket', places.socket];
  assert.is(await ask('--status', ...both), 0);
  assert.is(await ask('--reload', '-p', places.pid_file), 0);
  await echoes(started);
  assert.is(await ask('-p', places.pid_file, '--stop'), 0);
  assert.not(existsSync(places.socket));
  assert.is(await ask('--stop', '-s', places.socket), 1);
});

test('the lifecycle test of v14.6: start, signals, stop', async () => {
  for (const end of ['SIGTERM', 'SIGINT'] as const) {
    const started = startAs(v146, { name: 'goxel' });
    const pid = await pidOf(started);
    await whenThere(started, started.places.socket);
    assert.ok(isRunning(pid));
    for (const signal of ['SIGHUP', 'SIGUSR1'] as const) {
      process.kill(pid, signal);
      await sleep(100);
      assert.ok(isRunning(pid), signal);
    }
    await endsBy(pid, end, started);
    assert.is(await started.ended(), 0);
  }
});

test('the lifecycle test of v14.6: a second one, and one after a crash', async () => {
  const started = startAs(v146, { name: 'goxel' });
  const pid = await pidOf(started);
  await whenThere(started, started.places.socket);
  const second = startAs(v146, { name: 'goxel', places: started.places });
  assert.is(await second.ended(), 75, second.output());
  assert.ok(isRunning(pid));
  process.kill(pid, 'SIGKILL');
  await eventually('it is dead', () => !isRunning(pid));
  assert.is(await started.ended(), 137);
  assert.ok(existsSync(started.places.pid_file));
  const next = startAs(v146, { name: 'goxel', places: started.places });
  const { pid_file } = next.places;
  const number = () => Number(readFileSync(pid_file, 'utf8'));
  await eventually('another number', () => number() !== pid && isRunning(number()));
  await whenThere(next, next.places.socket);
  (await whenConnected(next)).close();
  await endsBy(number(), 'SIGTERM', next);
});

test('the other tests of v14.6, which end the process that they started', async () => {
  const first = await startAndWait(v146, { name: 'goxel' });
  await echoes(first);
  assert.is(await first.stop(), 0);
  const { socket, pid_file } = first.places;
  for (const path of [socket, pid_file]) {
    assert.not(existsSync(path));
  }
  const second = await startAndWait(v146, { name: 'goxel', places: first.places });
  await echoes(second);
  // What they unlink before a start may be there or not.
  unlinkSync(second.places.pid_file);
  assert.is(await second.stop(), 0);
});

test.run();
