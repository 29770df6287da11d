/** Requests that take too long end alone: their engines go on, with all projects. */

import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withDaemon } from '../support/daemon.ts';
import { engine, twoProjects } from '../support/deaths.ts';
import { patiently } from '../support/patiently.ts';
import { RawConnection, type RawReply, request, treeOf } from '../support/raw.ts';
import { resultOf } from '../support/reloading.ts';

/** Far below what all searches take, far above what one does. */
const TIMEOUT_MS = 250;
const SEARCHES = 250;
/** A moment in which the machine does something else falls into one search at a time. */
const HELD_UP_MAX = 3;
const TIMED = { 'performance.request_timeout_ms': TIMEOUT_MS };

const deadline = suite('a request that takes too long');

/** Goes on until it is told to stop. */
const ENDLESS = 'goxel.image.activeLayer.volume.setAt([9, 9, 9], [1, 2, 3]); for (;;);';

deadline('ends alone: nothing of it stays, its engine goes on, and so do all projects', () =>
  withDaemon({ settings: { ...TIMED, 'workers.count': 1 } }, async (daemon) => {
    const observer = await twoProjects(daemon);
    const slow = await RawConnection.open(daemon.socket);
    for (let times = 0; times < 5; times += 1) {
      const params = { script: ENDLESS, project: 'a' };
      const reply = await patiently(slow, 'script.execute', params, ['GOX_ENGINE_BUSY']);
      assert.is(reply.error?.data.code, 'GOX_REQUEST_TIMEOUT');
      assert.match(reply.error?.message ?? '', 'Nothing was changed');
    }
    for (const project of ['a', 'b']) {
      const probe = async (at: number) => {
        const params = { x: at, y: at, z: at, project };
        return resultOf(await patiently(observer, 'goxel.get_voxel', params));
      };
      assert.is(((await probe(0)) as { exists: boolean }).exists, true);
      assert.is(((await probe(9)) as { exists: boolean }).exists, false);
    }
    assert.is(engine(await treeOf(observer), 0).restarts, 0);
    observer.destroy();
    slow.destroy();
  }),
);

deadline('does not count the time in which the process stood still', () =>
  withDaemon(
    { settings: { 'performance.request_timeout_ms': 3000, 'limits.script_timeout_ms': 2500 } },
    async (daemon) => {
      const connection = await twoProjects(daemon);
      const script = 'const start = Date.now(); while (Date.now() - start < 500); 7';
      connection.write(request('script.execute', { script, project: 'a' }, 1));
      await sleep(200);
      process.kill(daemon.pid, 'SIGSTOP');
      await sleep(3200);
      process.kill(daemon.pid, 'SIGCONT');
      assert.match(await connection.line(), '"value":7');
      assert.is(engine(await treeOf(connection), 0).restarts, 0);
      connection.destroy();
    },
  ),
);

deadline('many light requests that together take longer than one may are no reason', () =>
  withDaemon({ settings: { ...TIMED, 'workers.count': 1 } }, async (daemon) => {
    const connection = await RawConnection.open(daemon.socket);
    for (let z = 0; z < 5; z += 1) {
      const voxels = Array.from({ length: 16_384 }, (_, i) => ({ x: i & 127, y: i >> 7, z }));
      resultOf(await patiently(connection, 'goxel.add_voxels', { voxels }));
    }
    // Each looks through the whole layer and finds nothing: much work for few bytes.
    const search = request('goxel.get_layer_voxels', { color_filter: [1, 2, 3] }, 1);
    connection.write(search.repeat(SEARCHES));
    let held_up = 0;
    for (const line of await connection.lines(SEARCHES)) {
      const { error } = JSON.parse(line) as RawReply;
      // A machine that stands still in the middle of one makes that late.
      if (error?.data.code === 'GOX_REQUEST_TIMEOUT') held_up += 1;
      // Those behind may have waited too long, which costs them and nobody else.
      else if (error !== undefined) assert.match(error.message, 'was not begun in time');
    }
    assert.ok(held_up <= HELD_UP_MAX, `${held_up} were late by themselves`);
    // A busy machine may hold up this one, too, for longer than the limit allows.
    const found = resultOf(await patiently(connection, 'goxel.get_voxel', [1, 1, 1]));
    assert.is((found as { exists: boolean }).exists, true);
    assert.is(engine(await treeOf(connection), 0).restarts, 0);
    connection.destroy();
  }),
);

deadline.run();
