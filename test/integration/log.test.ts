/** A log that cannot be written is lost, and nothing else. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cli } from '../support/cli.ts';
import { DAEMON_MAIN, withDaemon } from '../support/daemon.ts';
import { eventually, RawConnection, request } from '../support/raw.ts';
import { temporaryDirectory } from '../support/tmp.ts';

const DUMPED = { 'dump.directory': temporaryDirectory() };
const DUMPS = 3;
/** Longer than the daemon lets two dumps follow each other. */
const DUMP_MS = 600;

/** Makes the daemon write lines, some kilobytes each time. */
async function makeLines(pid: number): Promise<void> {
  for (let i = 0; i < DUMPS; i += 1) {
    process.kill(pid, 'SIGUSR1');
    await sleep(DUMP_MS);
  }
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
  const dumped = `dump.directory=${DUMPED['dump.directory']}`;
  const args = [DAEMON_MAIN, 'run', '--socket', socket, '--set', dumped];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal));
  });
  await eventually('it made its socket', () => existsSync(socket));
  return { child, socket, ended };
}

const writing = suite('a log that cannot be written');

writing('to a full disk: the daemon serves on, and stops in order', () =>
  withDaemon({ settings: { ...DUMPED, 'logging.file': '/dev/full' } }, async ({ pid, socket }) => {
    await makeLines(pid);
    await assertServes(socket);
  }),
);

writing('to a pipe whose reader has gone', async () => {
  const { child, socket, ended } = await startPiped();
  try {
    child.stdout?.destroy();
    child.stderr?.destroy();
    await makeLines(child.pid ?? 0);
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
    await withDaemon({ settings: { ...DUMPED, 'logging.file': pipe } }, async ({ pid, socket }) => {
      // Many connections make a tree that fills the pipe.
      const clients = await Promise.all(
        Array.from({ length: 9 }, () => RawConnection.open(socket)),
      );
      for (let i = 0; i < 5; i += 1) await makeLines(pid);
      assert.match(await clients[0]!.ask(request('ping', [], 1)), '"pong":true');
      for (const client of clients) client.destroy();
    });
  } finally {
    reader.kill('SIGKILL');
  }
});

writing('in a directory that was moved away: SIGHUP makes it again', async () => {
  const above = temporaryDirectory();
  const file = join(above, 'logs', 'log');
  await withDaemon({ settings: { ...DUMPED, 'logging.file': file } }, async ({ pid }) => {
    renameSync(join(above, 'logs'), join(above, 'away'));
    await makeLines(pid);
    assert.not(existsSync(file));
    process.kill(pid, 'SIGHUP');
    await eventually('a new file was made', () => existsSync(file));
    await makeLines(pid);
    assert.match(readFileSync(file, 'utf8'), 'tree of actors');
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
