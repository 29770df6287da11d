/** How log lines look where they go: the journal, a terminal, a pipe. Debug lines on and off. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cli } from '../support/cli.ts';
import { DAEMON_MAIN, withDaemon } from '../support/daemon.ts';
import { eventually } from '../support/raw.ts';
import { temporaryDirectory } from '../support/tmp.ts';

const places = suite('places of the log');

/** What a daemon prints whose output is a pipe, until it listens; `before` is shell. */
async function printed(before: string, ...args: readonly string[]): Promise<string> {
  const socket = join(temporaryDirectory(), 's');
  const line = `${before} exec "$0" "$@"`;
  const run = [process.execPath, DAEMON_MAIN, 'run', '--socket', socket, ...args];
  const stdio = ['ignore', 'pipe', 'ignore'] as const;
  const child = spawn('sh', ['-c', line, ...run], { stdio: [...stdio] });
  // And all that it printed has come.
  const ended = once(child, 'close');
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  try {
    await eventually('it listens', () => text.includes('listening'));
    child.kill('SIGTERM');
    await ended;
  } finally {
    child.kill('SIGKILL');
  }
  return text;
}

const JOURNAL = 'export JOURNAL_STREAM=$(stat -Lc %d:%i /proc/$$/fd/1);';

places('the journal gets the level in front of each line, and text or JSON after it', async () => {
  const text = await printed(JOURNAL);
  const lines = text.trimEnd().split('\n');
  assert.ok(
    lines.every((line) => /^<6>[a-z]/.test(line)),
    text,
  );
  assert.match(text, /^<6>listening {2}actor=\S+ address=\S+$/m);
  assert.match(await printed(JOURNAL, '--set', 'logging.format=json'), /^<6>\{"level":30,/);
});

places('another pipe than that of the journal gets JSON, though the journal is named', async () => {
  assert.match(await printed('export JOURNAL_STREAM=1:2;'), /^\{"level":30,/);
});

/** What a daemon writes to a terminal, until it listens. */
async function shown(env: NodeJS.ProcessEnv): Promise<string> {
  const socket = join(temporaryDirectory(), 's');
  const line = `exec ${process.execPath} ${DAEMON_MAIN} run --socket ${socket}`;
  const child = spawn('script', ['-qec', line, '/dev/null'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TERM: 'xterm', ...env },
  });
  const ended = once(child, 'close');
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  try {
    await eventually('it listens', () => text.includes('Ctrl-C') && existsSync(socket));
    await cli('call', 'shutdown', '--socket', socket);
    await ended;
  } finally {
    child.kill('SIGKILL');
  }
  return text;
}

places('a terminal gets text, in colours unless NO_COLOR is set', async () => {
  const coloured = await shown({ NO_COLOR: '' });
  assert.match(coloured.replaceAll('\u001b', '^'), /\^\[2m\d\d:\d\d:\d\d\.\d{3}\^\[0m \^\[32mINFO/);
  assert.not.match(coloured, '{"level"');
  const plain = await shown({ NO_COLOR: '1' });
  assert.match(plain, /^\d\d:\d\d:\d\d\.\d{3} INFO {2}listening {2}actor=\S+ address=/m);
  assert.not.match(plain, '\u001b[');
});

places('supervisor.debug turns debug lines on and off', () =>
  withDaemon({}, async ({ socket, stdout }) => {
    const debug = async (...params: string[]) => {
      const { stdout: text } = await cli('call', 'supervisor.debug', ...params, '--socket', socket);
      return (JSON.parse(text) as { level: string }).level;
    };
    assert.is(await debug('{"on":true}'), 'debug');
    await eventually('there are debug lines', () => stdout().includes('"level":20'));
    assert.is(await debug(), 'info');
    assert.is(await debug('{"on":false}'), 'info');
    const status = await cli('call', 'status', '--socket', socket);
    const { log } = JSON.parse(status.stdout) as { log: { level: string; sinks: unknown[] } };
    assert.is(log.level, 'info');
    const sink = { to: 'standard output', lost: 0, held_bytes: 0, trouble: '' };
    assert.equal(log.sinks, [sink]);
  }),
);

places.run();
