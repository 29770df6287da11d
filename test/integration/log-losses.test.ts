/** A log that is full, slow, removed or renamed: what is written, what is counted, who is told. */

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withDaemon } from '../support/daemon.ts';
import { linesOf, makeLines } from '../support/log-lines.ts';
import { eventually, RawConnection, request } from '../support/raw.ts';
import { temporaryDirectory } from '../support/tmp.ts';

const DEBUG = { 'logging.level': 'debug', 'health.check_interval_ms': 100 };

async function ask<T>(socket: string, method: string): Promise<T> {
  const client = await RawConnection.open(socket);
  const reply = JSON.parse(await client.ask(request(method, [], 1))) as { result: T };
  client.destroy();
  return reply.result;
}

interface Health {
  readonly state: string;
  readonly reasons: readonly { readonly what: string; readonly reason: string }[];
}

interface Status {
  readonly log: {
    readonly level: string;
    readonly sinks: readonly {
      readonly to: string;
      readonly lost: number;
      readonly held_bytes: number;
      readonly trouble: string;
    }[];
  };
}

const sinkOf = async (socket: string) => (await ask<Status>(socket, 'status')).log.sinks[0]!;
const healthOf = (socket: string) => ask<Health>(socket, 'health_check');

const losses = suite('log losses');

losses('a full disk: degraded, counted, and the daemon serves on', () =>
  withDaemon({ settings: { ...DEBUG, 'logging.file': '/dev/full' } }, async ({ socket }) => {
    let reasons: Health['reasons'] = [];
    // A busy machine may be another reason for a while.
    await eventually('it is degraded by its log alone', async () => {
      const health = await healthOf(socket);
      ({ reasons } = health);
      return health.state === 'degraded' && reasons.map(({ what }) => what).join() === 'log';
    });
    assert.match(reasons[0]!.reason, /^log lines to \/dev\/full: ENOSPC/);
    await makeLines(socket, 10);
    const { to, held_bytes, trouble } = await sinkOf(socket);
    assert.is(to, '/dev/full');
    assert.ok(held_bytes > 0);
    assert.match(trouble, 'ENOSPC');
  }),
);

losses('a reader that stops: degraded; that reads on: told how many, and well again', async () => {
  const pipe = join(temporaryDirectory(), 'pipe');
  execFileSync('mkfifo', [pipe]);
  const reader = spawn('cat', [pipe], { stdio: ['ignore', 'pipe', 'inherit'] });
  let told = '';
  let rest = '';
  reader.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    for (const line of lines) if (line.includes('"lost":')) told = line;
  });
  const ended = once(reader, 'exit');
  const settings = { ...DEBUG, 'logging.file': pipe };
  try {
    await withDaemon({ settings }, async ({ socket }) => {
      reader.kill('SIGSTOP');
      for (let n = 0; n < 50 && (await sinkOf(socket)).lost === 0; n += 1)
        await makeLines(socket, 20);
      assert.is((await sinkOf(socket)).trouble, 'its reader is too slow');
      await eventually('degraded', async () => (await healthOf(socket)).state === 'degraded');
      reader.kill('SIGCONT');
      await eventually('it is told', () => told !== '');
      await eventually('it is well', async () => (await healthOf(socket)).state === 'healthy');
      const { lost, trouble } = await sinkOf(socket);
      assert.ok(lost > 0);
      assert.is(trouble, '');
    });
  } finally {
    reader.kill('SIGKILL');
    await ended;
  }
});

losses('a file is rotated: every line is there once, and in order', async () => {
  const file = join(temporaryDirectory(), 'daemon.log');
  // What another daemon has left, nearly full.
  const line = `${JSON.stringify({ level: 30, time: 0, msg: 'x'.repeat(9000) })}\n`;
  writeFileSync(file, line.repeat(Math.floor(990_000 / line.length)));
  const rotation = { 'logging.max_size_mb': 1, 'logging.max_files': 2 };
  await withDaemon({ settings: { ...DEBUG, ...rotation, 'logging.file': file } }, async (one) => {
    await eventually('it was rotated', async () => {
      await makeLines(one.socket, 5);
      return existsSync(`${file}.0`);
    });
    await makeLines(one.socket, 5);
  });
  const size = statSync(`${file}.0`).size;
  assert.ok(size <= 1_000_000 && size > 990_000, String(size));
  const lines = [`${file}.0`, file].flatMap(linesOf).filter(({ time }) => time > 0);
  assert.is(lines.at(-1)?.msg, 'stopped');
  for (const [i, { time }] of lines.entries()) {
    assert.ok(i === 0 || time >= lines[i - 1]!.time, `line ${i} is in order`);
  }
  assert.is(lines.filter(({ lost }) => lost !== undefined).length, 0);
});

losses('a file that was removed is made again', () => {
  const file = join(temporaryDirectory(), 'log');
  return withDaemon({ settings: { ...DEBUG, 'logging.file': file } }, async ({ socket }) => {
    await makeLines(socket, 1);
    rmSync(file);
    await eventually('it is there again', async () => {
      await makeLines(socket, 1);
      return existsSync(file) && linesOf(file).some(({ msg }) => /was removed/.test(msg));
    });
    const { reasons } = await healthOf(socket);
    assert.not(
      reasons.some(({ what }) => what === 'log'),
      'that is no illness',
    );
  });
});

losses('a file that cannot be rotated: it goes on, degraded', () => {
  const file = join(temporaryDirectory(), 'log');
  for (let n = 0; n < 2; n += 1) mkdirSync(join(`${file}.${n}`, 'not empty'), { recursive: true });
  const rotation = { 'logging.max_size_mb': 1, 'logging.max_files': 2 };
  const settings = { ...DEBUG, ...rotation, 'logging.file': file };
  writeFileSync(file, `${'x'.repeat(990_000)}\n`);
  return withDaemon({ settings }, async ({ socket }) => {
    await eventually('it is degraded', async () => {
      await makeLines(socket, 5);
      return (await healthOf(socket)).reasons.some(({ what }) => what === 'log');
    });
    assert.is((await healthOf(socket)).state, 'degraded');
    assert.match((await sinkOf(socket)).trouble, /^cannot rotate the log/);
    assert.is((await sinkOf(socket)).lost, 0);
    const before = statSync(file).size;
    await makeLines(socket, 10);
    assert.ok(statSync(file).size > before && before >= 990_000);
  });
});

losses.run();
