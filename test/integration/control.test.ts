/** The commands that look after a running daemon, on the real binary. */

import { spawn } from 'node:child_process';
import { existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { VERSION } from '../../engine/catalogue/version.ts';
import { cli } from '../support/cli.ts';
import { DAEMON_MAIN, type Daemon, startDaemon, withDaemon } from '../support/daemon.ts';
import { eventually, RawConnection, request } from '../support/raw.ts';
import { temporaryDirectory } from '../support/tmp.ts';

const LONG_RENDER = { width: 512, height: 512, trace: { samples: 10_000 } };

interface Status {
  readonly running: boolean;
  readonly pid: number;
  readonly sockets: readonly unknown[];
  readonly engines: readonly unknown[];
  readonly projects: { readonly count: number; readonly unsaved: number };
}

const looking = suite('status');

looking('tells what runs, as text and as JSON', () =>
  withDaemon({}, async ({ socket, pid }) => {
    const client = await RawConnection.open(socket);
    await client.call('goxel.add_voxel', [1, 2, 3, '#3366CC']);
    const { code, stdout, stderr } = await cli('status', '--socket', socket);
    assert.is(code, 0, stderr);
    assert.is(stderr, '');
    for (const text of [
      `goxel-supervisor ${VERSION}: running\n`,
      new RegExp(`process +${pid}, up \\d`),
      /health +healthy since/,
      new RegExp(`socket +unix ${socket} listening\\n`),
      /engines +2, \d ready/,
      /projects +1 open, 1 not saved/,
      /clients +[23] connected/,
      /log +info to standard output\n/,
    ]) {
      assert.match(stdout, text);
    }
    const json = await cli('status', '--json', '--socket', socket);
    assert.is(json.code, 0);
    const status = JSON.parse(json.stdout) as Status;
    assert.is(status.running, true);
    assert.is(status.pid, pid);
    assert.equal(status.sockets, [{ id: 'unix', state: 'listening', address: socket }]);
    assert.is(status.engines.length, 2);
    assert.is(status.projects.unsaved, 1);
    client.destroy();
  }),
);

looking('tells TCP too, where that is on', () =>
  withDaemon(
    { settings: { 'sockets.tcp.enabled': true, 'sockets.tcp.port': 0 } },
    async ({ socket }) => {
      const { stdout } = await cli('status', '--socket', socket);
      assert.match(stdout, /socket +tcp 127\.0\.0\.1:\d+ listening/);
    },
  ),
);

looking('nobody there', async () => {
  const socket = join(temporaryDirectory(), 's');
  const { code, stdout, stderr } = await cli('status', '--socket', socket);
  assert.is(code, 69);
  assert.is(stdout, '');
  assert.match(stderr, `no daemon answers on ${socket}`);
  const json = await cli('status', '--json', '--socket', socket);
  assert.is(json.code, 69);
  assert.is(json.stderr, '');
  const status = JSON.parse(json.stdout) as Status & { readonly reason: string };
  assert.is(status.running, false);
  assert.match(status.reason, 'there is no such socket');
});

looking.run();

const stopping = suite('stop');

stopping('waits until the daemon is gone', async () => {
  const daemon = await startDaemon();
  const { code, stdout, stderr } = await cli('stop', '--socket', daemon.socket);
  assert.is(code, 0, stderr);
  assert.match(stdout, new RegExp(`^stopped: process ${daemon.pid} is gone, after \\d`));
  // It is gone when the command returns, not some time later.
  assert.not(existsSync(daemon.socket));
  assert.throws(() => process.kill(daemon.pid, 0), 'ESRCH');
  assert.equal(await daemon.exited(), { code: 0, signal: null });
});

stopping('as JSON', async () => {
  const daemon = await startDaemon();
  const { code, stdout } = await cli('stop', '--json', '--socket', daemon.socket);
  assert.is(code, 0);
  const { stopped, pid, by } = JSON.parse(stdout) as Record<string, unknown>;
  assert.equal({ stopped, pid, by }, { stopped: true, pid: daemon.pid, by: 'shutdown' });
});

stopping('nobody there', async () => {
  const socket = join(temporaryDirectory(), 's');
  const { code, stderr } = await cli('stop', '--socket', socket);
  assert.is(code, 69);
  assert.match(stderr, `no daemon answers on ${socket}`);
});

/** A daemon that takes some seconds to stop, since a render is under way. */
async function busyDaemon(shutdown_ms: number): Promise<Daemon> {
  const daemon = await startDaemon({
    settings: { 'performance.shutdown_timeout_ms': shutdown_ms },
  });
  const client = await RawConnection.open(daemon.socket);
  await client.call('goxel.add_voxel', [1, 2, 3, '#3366CC']);
  client.write(request('goxel.render_scene', LONG_RENDER, 'long'));
  await eventually('the job began', async () => {
    const { result } = await client.call('goxel.list_jobs');
    return (result as { count: number }).count === 1;
  });
  return daemon;
}

stopping('says after a second that it waits', async () => {
  const daemon = await busyDaemon(4000);
  const { code, stdout, stderr } = await cli('stop', '--socket', daemon.socket);
  assert.is(code, 0, stderr);
  assert.match(stderr, `process ${daemon.pid} stops … (1 s)`);
  assert.match(stdout, 'is gone');
});

stopping('--now waits for nothing', async () => {
  const daemon = await busyDaemon(60_000);
  const { code, stdout, stderr } = await cli('stop', '--now', '--socket', daemon.socket);
  assert.is(code, 0, stderr);
  assert.match(stdout, 'is gone');
  assert.equal(await daemon.exited(), { code: 0, signal: null });
});

stopping('--now hurries one that stops already', async () => {
  const daemon = await busyDaemon(60_000);
  const to = ['--socket', daemon.socket];
  assert.is((await cli('stop', '--timeout', '0.1', ...to)).code, 75);
  const { code, stdout, stderr } = await cli('stop', '--now', '--timeout', '20', ...to);
  assert.is(code, 0, stderr);
  assert.match(stdout, `process ${daemon.pid} is gone`);
  assert.equal(await daemon.exited(), { code: 0, signal: null });
});

stopping('finds one that does not answer by its socket', async () => {
  const daemon = await startDaemon();
  const to = ['--socket', daemon.socket];
  process.kill(daemon.pid, 'SIGSTOP');
  const stopped = await cli('stop', '--timeout', '1', ...to);
  assert.is(stopped.code, 75);
  assert.match(stopped.stderr, `kill -KILL ${daemon.pid}`);
  process.kill(daemon.pid, 'SIGCONT');
  // It was sent SIGTERM, and hears it now.
  assert.equal(await daemon.exited(), { code: 0, signal: null });
});

stopping('says what to do when it takes longer than it may', async () => {
  const daemon = await busyDaemon(60_000);
  const { code, stderr } = await cli('stop', '--timeout', '0.5', '--socket', daemon.socket);
  assert.is(code, 75);
  assert.match(stderr, `process ${daemon.pid} was told to stop and is still there after 0.5 s`);
  assert.match(stderr, 'stop --now');
  process.kill(daemon.pid, 'SIGTERM');
  assert.equal(await daemon.exited(), { code: 0, signal: null });
});

/** A daemon whose number stands in a file that it holds open, as it does for the lock. */
function daemonWithPidFile(socket: string, pid_file: string): Promise<number | null> {
  const script = 'echo $$ > "$1"; exec 9< "$1"; shift; exec "$@"';
  const command = [process.execPath, DAEMON_MAIN, 'run', '--socket', socket];
  const log = openSync(join(temporaryDirectory(), 'log'), 'w');
  const child = spawn('bash', ['-c', script, 'bash', pid_file, ...command], {
    stdio: ['ignore', log, log],
  });
  process.once('exit', () => child.kill('SIGKILL'));
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve(code));
  });
}

stopping('finds one that does not answer by its PID file', async () => {
  const directory = temporaryDirectory();
  const [socket, pid_file] = [join(directory, 's'), join(directory, 'pid')];
  const exited = daemonWithPidFile(socket, pid_file);
  const client = await RawConnection.openEventually(socket);
  await client.call('ping');
  client.destroy();
  const pid = Number(readFileSync(pid_file, 'utf8'));
  const to = ['--socket', socket, '--pid-file', pid_file];
  process.kill(pid, 'SIGSTOP');
  const status = await cli('status', '--socket', socket, '--set', `pid_file=${pid_file}`);
  assert.is(status.code, 75, status.stderr);
  assert.match(status.stderr, `process ${pid} lives and holds ${pid_file}`);
  const stopped = await cli('stop', '--timeout', '1', ...to);
  assert.is(stopped.code, 75);
  assert.match(stopped.stderr, `kill -KILL ${pid}`);
  process.kill(pid, 'SIGCONT');
  // It was sent SIGTERM, and hears it now.
  assert.is(await exited, 0);
});

stopping('sends no signal to a process that only has the same number', async () => {
  const directory = temporaryDirectory();
  const [socket, pid_file] = [join(directory, 's'), join(directory, 'pid')];
  const other = spawn('sleep', ['60'], { stdio: 'ignore' });
  let ended = false;
  other.once('exit', () => {
    ended = true;
  });
  writeFileSync(pid_file, `${other.pid}\n`);
  const to = ['--socket', socket, '--pid-file', pid_file];
  const another = await cli('stop', ...to);
  assert.is(another.code, 69);
  assert.match(another.stderr, `process ${other.pid} does not hold ${pid_file}: it is another`);
  await sleep(100);
  assert.is(ended, false);
  other.kill('SIGKILL');
  await eventually('it ended', () => ended);
  const gone = await cli('stop', ...to);
  assert.is(gone.code, 69);
  assert.match(gone.stderr, `there is no process ${other.pid} any more`);
});

stopping.run();

const debugging = suite('debug');

debugging('turns debug lines on and off', () =>
  withDaemon({}, async ({ socket, stdout }) => {
    const to = ['--socket', socket];
    const on = await cli('debug', 'on', ...to);
    assert.equal(on, { code: 0, stdout: 'debug lines are on: the level is debug\n', stderr: '' });
    await eventually('there were some', () => stdout().includes('"msg":"event"'));
    const off = await cli('debug', 'off', '--json', ...to);
    assert.is(off.code, 0, off.stderr);
    assert.equal(JSON.parse(off.stdout), { level: 'info' });
    const wrong = await cli('debug', 'over', ...to);
    assert.is(wrong.code, 64);
    assert.match(wrong.stderr, 'unknown command debug over');
  }),
);

debugging.run();

const reloading = suite('reload');

reloading('tells what counts from now on, what waits, and what is wrong', async () => {
  const directory = temporaryDirectory();
  const [file, socket] = [join(directory, 'daemon.yaml'), join(directory, 's')];
  const write = (text: string) =>
    writeFileSync(file, `sockets: { unix: { path: ${socket} } }\n${text}`);
  write('');
  const to = ['--config', file];
  await withDaemon({ socket, args: to }, async () => {
    const same = await cli('reload', ...to);
    assert.equal(same, { code: 0, stdout: 'nothing has changed\n', stderr: '' });
    write('logging: { level: warn }\ndump: { directory: /nowhere }\n');
    const changed = await cli('reload', ...to);
    assert.is(changed.code, 0, changed.stderr);
    assert.match(changed.stdout, /in force:\n.* logging\.level +"info" → "warn"/s);
    write('logging: { level: warn }\nresources: { open_files: 512 }\n');
    const json = await cli('reload', '--json', ...to);
    assert.is(json.code, 0, json.stderr);
    const { restart_needed } = JSON.parse(json.stdout) as { restart_needed: { key: string }[] };
    assert.equal(
      restart_needed.map(({ key }) => key),
      ['resources.open_files'],
    );
    write('logging: { levle: warn }\n');
    // The command itself is told where the daemon is, and not by the broken file.
    const wrong = await cli('reload', '--config', '/dev/null', '--socket', socket);
    assert.is(wrong.code, 78, wrong.stderr);
    assert.match(wrong.stderr, 'logging.levle');
    assert.match(wrong.stderr, 'did you mean');
    assert.match(wrong.stderr, 'The old configuration stays in force.');
  });
});

reloading.run();
