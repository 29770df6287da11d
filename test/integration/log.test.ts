/** A log that cannot be written is lost, and nothing else. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cli } from '../support/cli.ts';
import { DAEMON_MAIN, withDaemon } from '../support/daemon.ts';
import { makeLines } from '../support/log-lines.ts';
import { eventually, RawConnection, request } from '../support/raw.ts';
import { temporaryDirectory } from '../support/tmp.ts';

const DUMPS = temporaryDirectory();
const SETTINGS = { 'dump.directory': DUMPS, 'logging.level': 'debug' };
/** So many write more than a pipe takes. */
const MANY = 100;
/** The daemon looks once a second whether its file is there. */
const LOOK_MS = 1500;

/** Has the daemon write its tree to the log, and a file that says that it has. */
async function dumpTree(pid: number): Promise<void> {
  const dumps = () => readdirSync(DUMPS).length;
  const before = dumps();
  process.kill(pid, 'SIGUSR1');
  await eventually('there was a dump', () => dumps() > before);
}

async function assertServes(socket: string): Promise<void> {
  const client = await RawConnection.open(socket);
  assert.match(await client.ask(request('ping', [], 1)), '"pong":true');
  client.destroy();
}

interface Piped {
  readonly child: ChildProcess;
  readonly socket: string;
  readonly ended: Promise<unknown>;
}

/** A daemon whose output goes into pipes that this process holds. */
async function startPiped(): Promise<Piped> {
  const socket = join(temporaryDirectory(), 's');
  const sets = Object.entries(SETTINGS).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
  const args = [DAEMON_MAIN, 'run', '--socket', socket, ...sets];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal));
  });
  (await RawConnection.openEventually(socket)).destroy();
  return { child, socket, ended };
}

const writing = suite('a log that cannot be written');

writing('to a full disk: the daemon serves on, and stops in order', () =>
  withDaemon({ settings: { ...SETTINGS, 'logging.file': '/dev/full' } }, async (daemon) => {
    await makeLines(daemon.socket, MANY);
    await dumpTree(daemon.pid);
    await assertServes(daemon.socket);
  }),
);

writing('to a pipe whose reader has gone', async () => {
  const { child, socket, ended } = await startPiped();
  try {
    child.stdout?.destroy();
    child.stderr?.destroy();
    await makeLines(socket, MANY);
    await dumpTree(child.pid ?? 0);
    await assertServes(socket);
    child.kill('SIGTERM');
    assert.is(await ended, 0);
  } finally {
    child.kill('SIGKILL');
  }
});

writing('to a pipe whose reader reads nothing', async () => {
  const pipe = join(temporaryDirectory(), 'pipe');
  execFileSync('mkfifo', [pipe]);
  const reader = spawn('sh', ['-c', `exec 3<${pipe}; exec sleep 60`], { stdio: 'ignore' });
  try {
    await withDaemon({ settings: { ...SETTINGS, 'logging.file': pipe } }, async (daemon) => {
      await makeLines(daemon.socket, MANY);
      await dumpTree(daemon.pid);
      const client = await RawConnection.open(daemon.socket);
      const { result } = await client.call('status');
      const { log } = result as { log: { sinks: { held_bytes: number }[] } };
      assert.ok(log.sinks[0]!.held_bytes > 0, 'the pipe is full');
      assert.match(await client.ask(request('ping', [], 1)), '"pong":true');
      client.destroy();
    });
  } finally {
    reader.kill('SIGKILL');
  }
});

writing('in a directory that was moved away: SIGHUP makes it again', async () => {
  const above = temporaryDirectory();
  const file = join(above, 'logs', 'log');
  await withDaemon({ settings: { ...SETTINGS, 'logging.file': file } }, async (daemon) => {
    renameSync(join(above, 'logs'), join(above, 'away'));
    for (const end_ms = performance.now() + LOOK_MS; performance.now() < end_ms; ) {
      await makeLines(daemon.socket, 1);
      await sleep(50);
    }
    assert.not(existsSync(file));
    process.kill(daemon.pid, 'SIGHUP');
    await eventually('a new file was made', () => existsSync(file));
    await dumpTree(daemon.pid);
    await eventually('it has the tree', () => /tree of actors/.test(readFileSync(file, 'utf8')));
  });
  assert.match(readFileSync(file, 'utf8'), '"msg":"stopped"');
});

writing.run();

const opening = suite('a log file that cannot be opened');

const directory = temporaryDirectory();
const file = join(directory, 'file');
writeFileSync(file, '');

const PLACES: readonly (readonly [title: string, path: string, code: number, reason: string])[] = [
  ['a directory', directory, 78, 'it is a directory'],
  ['below a file', join(file, 'log'), 78, 'is a file, not a directory'],
  ['where no file can be made', '/proc/log', 73, 'no file can be made there'],
];

for (const [title, path, code, reason] of PLACES) {
  opening(`${title}: a sentence, and no daemon`, async () => {
    const socket = join(temporaryDirectory(), 's');
    const result = await cli('run', '--socket', socket, '--set', `logging.file=${path}`);
    assert.is(result.code, code);
    assert.is(result.stderr.split('\n').length, 2, result.stderr);
    assert.match(result.stderr, `logging.file: cannot write to ${path}: `);
    assert.match(result.stderr, reason);
    assert.not(existsSync(socket));
  });
}

opening.run();
