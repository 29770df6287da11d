/** A real engine in a thread: that it works, and that nobody waits for a dead one. */

import { tmpdir } from 'node:os';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startSoloEngine } from '../../../actors/solo-engine.ts';
import { configWith } from '../../support/probe.ts';

async function engine() {
  const { limits } = await configWith(() => {});
  return startSoloEngine({ ...limits, roots: [tmpdir()] });
}

const test = suite('solo engine');

test('answers requests, and errors as errors', async () => {
  const solo = await engine();
  try {
    await solo.request('goxel.add_voxel', [1, 2, 3, '#010203']);
    assert.equal(await solo.request('goxel.get_voxel', [1, 2, 3]), {
      x: 1,
      y: 2,
      z: 3,
      exists: true,
      color: [1, 2, 3, 255],
    });
    const refused = await solo.request('goxel.load_project', { path: '/etc/passwd.gox' }).then(
      () => 'loaded',
      (error) => error.code,
    );
    assert.is(refused, 'GOX_PATH_REFUSED');
  } finally {
    solo.end();
  }
});

test('a request whose thread ends is rejected, not left waiting', async () => {
  const solo = await engine();
  await solo.request('goxel.get_status', {});
  const pending = solo.request('goxel.get_status', {}).then(
    () => 'answered',
    (error) => error.code,
  );
  solo.end();
  assert.is(await pending, 'GOX_ENGINE_LOST');
});

test.run();
