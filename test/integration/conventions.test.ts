/** The signals that service managers, log rotation and terminals send by convention: none kills. */

import { spawn } from 'node:child_process';
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DAEMON_MAIN, withDaemon } from '../support/daemon.ts';
import { eventually, RawConnection, request } from '../support/raw.ts';
import { temporaryDirectory } from '../support/tmp.ts';

async function assertServes(socket: string): Promise<void> {
  const client = await RawConnection.open(socket);
  assert.match(await client.ask(request('ping', [], 1)), '"pong":true');
  client.destroy();
}

const DUMPED = { 'dump.directory': temporaryDirectory() };

const signals = suite('signals by convention');

signals('SIGHUP goes on in a new log file, when the old one was renamed', () => {
  const file = join(temporaryDirectory(), 'log');
  return withDaemon({ settings: { 'logging.file': file } }, async ({ pid, socket }) => {
    await eventually('it had said so', () => readFileSync(file, 'utf8').includes('"listening"'));
    renameSync(file, `${file}.1`);
    process.kill(pid, 'SIGHUP');
    await eventually('there was a new file', () => existsSync(file));
    await assertServes(socket);
    assert.match(readFileSync(`${file}.1`, 'utf8'), '"msg":"listening"');
    await eventually('the new one told of it', () => readFileSync(file, 'utf8').includes('SIGHUP'));
  });
});

signals('SIGHUP without a log file, SIGPIPE and the rest end nothing', () =>
  withDaemon({ settings: DUMPED }, async ({ pid, socket }) => {
    for (const signal of ['SIGHUP', 'SIGPIPE', 'SIGUSR2', 'SIGQUIT', 'SIGUSR1'] as const) {
      process.kill(pid, signal);
      await sleep(20);
      await assertServes(socket);
    }
  }),
);

signals('SIGUSR2 turns debug lines on, and off again', () =>
  withDaemon({ settings: { 'logging.level': 'warn' } }, async ({ pid, socket, stdout }) => {
    for (const level of ['debug', 'warn', 'debug']) {
      const before = stdout().length;
      process.kill(pid, 'SIGUSR2');
      await eventually(`the level was ${level}`, () =>
        stdout().slice(before).includes(`"log_level":"${level}"`),
      );
      await assertServes(socket);
      const debug = stdout().slice(before).includes('"event":"socket.accepted"');
      assert.is(debug, level === 'debug');
    }
  }),
);

/**
 * Waits until signals are held off, as /proc tells: before that no program can. SIGHUP is the last
 * of them; SIGTERM and SIGINT are caught by Node from the start, which ends by them.
 */
async function holdsOff(pid: number): Promise<void> {
  await eventually('it held SIGHUP off', () => {
    const caught = /SigCgt:\s*([0-9a-f]+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return ((BigInt(`0x${caught?.[1] ?? '0'}`) >> BigInt(SIGHUP - 1)) & 1n) === 1n;
  });
}

const SIGHUP = 1;

/** Ours, and two of the C daemon, which have no command. */
const LINES = [['run'], ['--foreground'], ['--headless', '--daemon', '--set', 'pid_file=']];

for (const line of LINES) {
  const title = `during the start by ${line[0]} none of them kills, and SIGTERM stops in order`;
  signals(title, () => signalsDuringStart(line));
}

async function signalsDuringStart(line: readonly string[]): Promise<void> {
  const file = join(temporaryDirectory(), 'log');
  const socket = join(temporaryDirectory(), 's');
  const settings = { ...DUMPED, 'logging.file': file };
  const flags = Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
  const args = [DAEMON_MAIN, ...line, '--socket', socket, ...flags];
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  const ended = new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal));
  });
  try {
    const pid = child.pid ?? 0;
    await holdsOff(pid);
    for (const signal of ['SIGHUP', 'SIGUSR2', 'SIGQUIT'] as const) child.kill(signal);
    child.kill('SIGTERM');
    assert.is(await ended, 0);
    assert.match(readFileSync(file, 'utf8'), '"reason":"SIGTERM"');
    assert.not(existsSync(socket));
  } finally {
    child.kill('SIGKILL');
  }
}

signals.run();
