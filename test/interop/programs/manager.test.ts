/**
 * The daemon manager for MCP servers (`mcp_daemon_manager.js`): it starts a daemon in the
 * background, finds it by its PID file, and looks after it by connecting.
 */

import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Places, placesIn, type Started, startAs } from '../../support/programs.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const test = suite('daemon manager');

/** Its limits. */
const START_MS = 30_000;
const STOP_MS = 10_000;

function start(places: Places): Started {
  const { pid_file, socket, log_file } = places;
  const files = ['--pid-file', pid_file, '--socket', socket, '--log-file', log_file];
  const sizes = ['--workers', '4', '--queue-size', '1024', '--max-connections', '256'];
  return startAs(() => ['--daemonize', ...files, ...sizes], { places });
}

/** The number in the PID file, if it is that of a process. */
function runningPid({ pid_file }: Places): number | undefined {
  if (!existsSync(pid_file)) return undefined;
  const pid = Number.parseInt(readFileSync(pid_file, 'utf8').trim(), 10);
  try {
    process.kill(pid, 0);
    return pid;
  } catch {
    return undefined;
  }
}

/** It connects, sends nothing and hangs up. */
async function checkHealth({ socket }: Places): Promise<void> {
  const client = connect({ path: socket });
  await once(client, 'connect');
  client.end();
  client.resume();
  await once(client, 'close');
}

async function whenReady({ places, output }: Started): Promise<number> {
  const until_ms = performance.now() + START_MS;
  for (;;) {
    const pid = runningPid(places);
    if (pid !== undefined && (await checkHealth(places).then(yes, no))) return pid;
    if (performance.now() > until_ms) throw new Error(`not ready:\n${output()}`);
    await sleep(20);
  }
}

const yes = (): boolean => true;
const no = (): boolean => false;

/** To the process that it has started, while that is there; else to the one of the PID file. */
async function stop({ child, places }: Started, pid: number): Promise<void> {
  const isThere = () => child.exitCode === null && child.signalCode === null;
  if (isThere()) {
    child.kill('SIGTERM');
    // It may be ending by itself just then, or have ended unseen: who is dead passes nothing on.
    for (let i = 0; i < 100 && runningPid(places) !== undefined; i++) await sleep(20);
  }
  if (!isThere() && runningPid(places) !== undefined) process.kill(pid, 'SIGTERM');
  const until_ms = performance.now() + STOP_MS;
  while (runningPid(places) !== undefined) {
    assert.ok(performance.now() < until_ms, 'gone before it must be killed');
    await sleep(20);
  }
}

test('starts, attaches to, restarts and stops a daemon', async () => {
  const directory = temporaryDirectory();
  const places = {
    ...placesIn(directory),
    pid_file: join(directory, 'run/goxel/daemon.pid'),
    socket: join(directory, 'run/goxel/daemon.sock'),
    log_file: join(directory, 'log/goxel/daemon.log'),
  };
  for (const path of [places.pid_file, places.log_file]) {
    mkdirSync(dirname(path), { recursive: true });
  }
  const pids: number[] = [];
  for (const waits of [true, false]) {
    const started = start(places);
    try {
      const pid = await whenReady(started);
      pids.push(pid);
      // What it has started ends with 0 by itself, or is still there when it is told to stop.
      if (waits) assert.is(await started.ended(), 0, started.output());
      for (let i = 0; i < 3; i++) await checkHealth(places);
      assert.is(runningPid(places), pid, 'another manager finds it');
      await stop(started, pid);
      assert.equal(readdirSync(dirname(places.pid_file)), [], 'no PID file, no socket');
    } finally {
      const left = runningPid(places);
      if (left !== undefined) process.kill(left, 'SIGKILL');
    }
  }
  assert.is.not(pids[0], pids[1]);
  assert.ok(statSync(places.log_file).size > 0);
});

test.run();
