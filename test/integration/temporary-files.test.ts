/** What is left of half written files when the process that wrote them ends: nothing. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DAEMON_MAIN, startDaemon } from '../support/daemon.ts';
import { eventually, RawConnection, request } from '../support/raw.ts';
import { temporaryDirectory } from '../support/tmp.ts';

const half = suite('half written files');

/** Its .obj has more bytes than `convert` makes in memory, and takes most of a second. */
const TERRAIN = { shape_type: 'terrain', size_x: 800, size_y: 800, seed: 3 };

const left = (directory: string) =>
  readdirSync(directory).filter((name) => name.startsWith('.goxel-'));

/** A daemon in the middle of writing a file. */
async function writing(directory: string) {
  const daemon = await startDaemon({ cwd: directory });
  const client = await RawConnection.open(daemon.socket);
  await client.call('goxel.procedural_shape', TERRAIN);
  client.write(request('goxel.export_model', { path: join(directory, 'out.obj') }, 1));
  await eventually('a file is being written', () => left(directory).length > 0);
  return { daemon, client };
}

for (const signals of [
  ['SIGTERM', 'SIGTERM'],
  ['SIGINT', 'SIGTERM', 'SIGINT'],
] as const) {
  half(`go with a daemon that is told to stop at once (${signals})`, async () => {
    const directory = temporaryDirectory();
    const { daemon, client } = await writing(directory);
    for (const signal of signals) process.kill(daemon.pid, signal);
    await daemon.exited();
    client.destroy();
    assert.equal(left(directory), []);
  });
}

half('of a killed daemon go with the next file that another writes there', async () => {
  const directory = temporaryDirectory();
  const { daemon, client } = await writing(directory);
  await daemon.kill();
  client.destroy();
  assert.is(left(directory).length, 1, 'the test needs a file left');
  const second = await startDaemon({ cwd: directory });
  const other = await RawConnection.open(second.socket);
  await other.call('goxel.save_project', { path: join(directory, 'a.gox') });
  assert.equal(readdirSync(directory), ['a.gox']);
  other.destroy();
  await second.stop();
});

half('go with a conversion that is interrupted, and it ends by the signal', async () => {
  const directory = temporaryDirectory();
  const model = join(directory, 'a.gox');
  const daemon = await startDaemon({ cwd: directory });
  const client = await RawConnection.open(daemon.socket);
  await client.call('goxel.procedural_shape', TERRAIN);
  await client.call('goxel.save_project', { path: model });
  client.destroy();
  await daemon.stop();
  const args = [DAEMON_MAIN, 'convert', model, join(directory, 'b.obj')];
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const child = spawn(process.execPath, args, { stdio: 'ignore' });
    await eventually('a file is being written', () => left(directory).length > 0);
    child.kill(signal);
    assert.equal(await once(child, 'exit'), [null, signal]);
    assert.equal(readdirSync(directory), ['a.gox']);
  }
});

half.run();
