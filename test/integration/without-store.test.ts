/**
 * A daemon that was started by the command line of goxel-daemon serves without a store where it can
 * have none, and says so; one that was started by `run` does not start.
 */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cli } from '../support/cli.ts';
import { type Places, PlainClient, type Started, startAndWait } from '../support/programs.ts';
import { runToEnd } from '../support/run.ts';
import { temporaryDirectory } from '../support/tmp.ts';

const test = suite('without a store');

const MEMORY_ONLY =
  'projects are kept in memory only, and end with the daemon: journal: cannot make';

const line =
  (...more: readonly string[]) =>
  ({ socket, log_file }: Places) => [
    ...['--foreground', '--socket', socket, '--log-file', log_file, ...more],
  ];

async function ask({ places }: Started, method: string, params: unknown = []): Promise<unknown> {
  const client = await PlainClient.open(places.socket);
  client.send(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })}\n`);
  const { result, error } = JSON.parse(await client.line());
  client.close();
  assert.is(error, undefined);
  return result;
}

test('a state directory that cannot be made', async () => {
  const env = { XDG_STATE_HOME: '/proc/none' };
  const started = await startAndWait(line(), { env });
  assert.match(started.output(), MEMORY_ONLY);
  await ask(started, 'goxel.add_voxel', [1, 2, 3, 255, 0, 0, 255]);
  const { journal } = (await ask(started, 'status')) as { journal: { sync: string } };
  assert.is(journal.sync, 'ephemeral');
  // What is kept nowhere is not lost by a new process.
  const upgrade = await cli('upgrade', '--socket', started.places.socket);
  assert.is.not(upgrade.code, 0);
  assert.match(upgrade.stderr, 'kept nowhere');
  assert.is(await started.stop(), 0);
  const socket = join(temporaryDirectory(), 's');
  const run = await runToEnd(['--socket', socket], {
    env: { ...env, GOXEL_JOURNAL_EPHEMERAL: 'false' },
  });
  assert.is(run.code, 73, run.stderr);
});

test('a working directory that nothing can be written to', async () => {
  const started = await startAndWait(line('--working-dir', '/proc'));
  assert.match(started.output(), MEMORY_ONLY);
  assert.is(await started.stop(), 0);
});

test('a working directory has it, but for the root of all', async () => {
  for (const directory of ['/', join(temporaryDirectory(), 'w')]) {
    if (directory !== '/') mkdirSync(directory);
    const started = await startAndWait(line('--working-dir', directory));
    const { journal } = (await ask(started, 'status')) as { journal: { directory: string } };
    const place =
      directory === '/'
        ? join(started.places.directory, 'state/goxel-supervisor/projects')
        : join(directory, 'projects');
    assert.is(journal.directory, place);
    assert.is(await started.stop(), 0);
  }
});

test.run();
