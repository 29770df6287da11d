/** Jobs as clients see them: their states, and the threads that they share. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withDaemon } from '../support/daemon.ts';
import { actors, eventually, RawConnection, request, treeOf } from '../support/raw.ts';

interface Job {
  readonly job: number;
  readonly progress: number;
  readonly state: string;
  readonly stage: number;
  readonly stages: number;
  readonly connection: number;
}

async function jobs(connection: RawConnection): Promise<readonly Job[]> {
  return ((await connection.call('goxel.list_jobs')).result as { jobs: Job[] }).jobs;
}

/** It would take minutes. */
const LONG_TRACE = { width: 400, height: 400, trace: { samples: 10_000 } };

const test = suite('job lives');

test('a job that was cancelled is shown until its threads have stopped', () =>
  withDaemon({}, async ({ socket }) => {
    const [painter, other] = await Promise.all([1, 2].map(() => RawConnection.open(socket)));
    await painter!.call('goxel.add_voxel', [1, 2, 3, '#3366cc']);
    painter!.write(request('goxel.render_scene', LONG_TRACE, 1));
    await eventually('it traces', async () => (await jobs(other!))[0]?.stage === 2);
    const [{ job, state, stages, connection }] = (await jobs(other!)) as [Job];
    assert.equal([state, stages], ['running', 3]);
    const tree = await treeOf(other!);
    const [owner] = actors(tree, new RegExp(`^connection:${connection}$`));
    const [life] = actors(owner!, /^job:/);
    assert.is(life?.state, 'running.stage');
    assert.equal(actors(life!, /^work$/)[0]?.figures?.job, job);

    // Of one read: the threads cannot have seen it in between.
    const list = request('goxel.list_jobs', {}, 3);
    other!.write(request('goxel.cancel_job', { job }, 2) + list + request('goxel.tree', {}, 4));
    const [cancelled, seen, cancelling] = (await other!.lines(3)).map((line) => JSON.parse(line));
    assert.is(cancelled.result.cancelled, true);
    assert.equal(
      seen.result.jobs.map((one: Job) => one.state),
      ['cancelling'],
    );
    assert.equal(
      actors(cancelling.result, /^job:/).filter((actor) => actor.state === 'cancelling').length,
      1,
    );
    assert.match(await painter!.line(), /GOX_CANCELLED/);
    await eventually('it has stopped', async () => (await jobs(other!)).length === 0);
    painter!.destroy();
    other!.destroy();
  }));

for (const traces of [1, 3]) {
  test(`a small render is answered while ${traces} long traces have all threads`, () =>
    withDaemon({ settings: { 'workers.jobs': 2 } }, async ({ socket }) => {
      const [painter, other] = await Promise.all([1, 2].map(() => RawConnection.open(socket)));
      await painter!.call('goxel.add_voxel', [1, 2, 3, '#3366cc']);
      const ids = Array.from({ length: traces }, (_, id) => id);
      painter!.write(ids.map((id) => request('goxel.render_scene', LONG_TRACE, id)).join(''));
      await eventually('they trace', async () => {
        const tracing = (await jobs(other!)).filter(({ stage }) => stage === 2);
        return tracing.length >= Math.min(traces, 2);
      });
      const { error } = await other!.call('goxel.render_scene', { width: 64, height: 64 });
      assert.is(error, undefined);
      const before = (await jobs(other!)).map(({ progress }) => progress);
      assert.is(before.length, traces, 'none of them was given up');
      await eventually('they go on', async () =>
        (await jobs(other!)).every(({ progress }, at) => progress > before[at]!),
      );
      painter!.destroy();
      await eventually('they have stopped', async () => (await jobs(other!)).length === 0);
      other!.destroy();
    }));
}

test.run();
