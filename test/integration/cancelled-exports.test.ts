/** To cancel is no failure: neither a thread nor the daemon pays for it. */

import { randomFillSync } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Client, ClientError, connect } from '../../transport/client.ts';
import { withDaemon } from '../support/daemon.ts';
import { temporaryDirectory } from '../support/tmp.ts';

const SIDE = 64;
const ROUNDS = 3;

/** What takes seconds: the making of meshes, and the shaping of what is written. */
const EXPORTS = [
  ['glb', { mesh: 'smooth' }],
  ['ply', { mesh: 'smooth' }],
  ['gox', { rotate: 'z90', crop: true, palette: 'WebHex', dither: true, scale: 2 }],
] as const;

const cancelled = suite('cancelled exports');

/** Noise, so that each voxel has faces: meshes of it take seconds. */
async function noise(client: Client): Promise<void> {
  const data = new Uint8Array(SIDE ** 3 * 4);
  randomFillSync(data);
  // Half of the positions are empty, the others opaque.
  for (let at = 3; at < data.length; at += 4) data[at] = data[at]! < 128 ? 0 : 255;
  const size = [SIDE, SIDE, SIDE];
  for (let i = 0; i < 2; i++) {
    await client.call('goxel.set_packed_region', { min: [SIDE * i, 0, 0], size, data });
  }
}

cancelled('each is answered so, no thread is lost, and no file is left', () => {
  const directory = temporaryDirectory();
  return withDaemon({ cwd: directory }, async ({ socket, stdout }) => {
    const client = await connect({ path: socket }, { encoding: 'msgpack' });
    await noise(client);
    for (let round = 0; round < ROUNDS; round++) {
      const ends = EXPORTS.map(([suffix, options]) =>
        client
          .call('goxel.export_model', {
            path: join(directory, `noise-${round}.${suffix}`),
            ...options,
          })
          .then(
            () => 'done',
            (error: unknown) => (error instanceof ClientError ? error.code : String(error)),
          ),
      );
      await sleep(100 + 150 * round);
      const { jobs } = await client.call<{ jobs: { job: number }[] }>('goxel.list_jobs');
      for (const { job } of jobs) await client.call('goxel.cancel_job', { job });
      for (const end of await Promise.all(ends)) assert.match(end, /^(done|GOX_CANCELLED)$/);
    }
    // Threads of jobs that were given up work again.
    const picture = await client.call<{ width: number }>('goxel.render_scene', {
      width: 32,
      height: 32,
    });
    assert.is(picture.width, 32);
    assert.not.match(stdout(), /was lost/);
    assert.equal(
      readdirSync(directory).filter((name) => name.endsWith('.tmp')),
      [],
    );
    await client.close();
  });
});

cancelled.run();
