/** Long work goes on beside edits, is seen while it runs, and can be stopped. */

import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withDaemon } from '../support/daemon.ts';
import { actors, eventually, RawConnection, request, treeOf } from '../support/raw.ts';
import { temporaryDirectory } from '../support/tmp.ts';

/** Isolated voxels, so that each has six faces: an export of some hundred megabytes. */
const SIDE = 128;

interface Jobs {
  readonly jobs: readonly { job: number; progress: number; title: string }[];
}

async function project(connection: RawConnection): Promise<void> {
  const voxels: [number, number, number][] = [];
  for (let z = 0; z < 32; z += 2) {
    for (let y = 0; y < SIDE; y += 2) {
      for (let x = 0; x < SIDE; x += 2) voxels.push([x, y, z]);
    }
  }
  await connection.call('goxel.create_project');
  const params = { voxels: voxels.map((position) => ({ position })) };
  assert.is((await connection.call('goxel.add_voxels', params)).error, undefined);
}

async function jobs(connection: RawConnection): Promise<Jobs['jobs']> {
  return ((await connection.call('goxel.list_jobs')).result as Jobs).jobs;
}

/**
 * Has a job under way, and does something beside it until it is over; again, with a job like it,
 * as long as too little was done beside it: on a busy machine it may be over before it is seen.
 */
async function beside(
  [worker, other]: readonly RawConnection[],
  [method, params]: readonly [string, object],
  enough: number,
  does: (list: Jobs['jobs']) => Promise<number>,
): Promise<void> {
  let done = 0;
  for (let tries = TRIES; tries > 0 && done < enough; tries -= 1) {
    await project(worker!);
    done = 0;
    worker!.write(request(method, params, 1));
    while (worker!.received.length === 0) {
      const list = await jobs(other!);
      if (list.length > 0) done += await does(list);
    }
    assert.match(await worker!.line(), /"success":true/);
  }
  assert.ok(done >= enough, `only ${done} of ${enough} were done beside it`);
}

const TRIES = 10;

const test = suite('jobs');

test('an export goes on beside edits, and holds what was there when it was asked for', () =>
  withDaemon({}, async ({ socket }) => {
    const path = join(temporaryDirectory(), 'a.obj');
    const [exporter, editor] = await Promise.all([1, 2].map(() => RawConnection.open(socket)));
    let edits = 0;
    const both = [exporter!, editor!];
    await beside(both, ['goxel.export_model', { path }], 21, async () => {
      const position = [edits++ % SIDE, 1, 1];
      const { error } = await editor!.call('goxel.add_voxel', { position, color: '#ff0000' });
      assert.is(error, undefined);
      return 1;
    });
    const text = readFileSync(path, 'latin1');
    const faces = text.split('\nf ').length - 1;
    assert.is(faces, (SIDE / 2) ** 2 * 16 * 6, 'the edits do not show in it');
    exporter!.destroy();
    editor!.destroy();
  }));

test('a job can be cancelled, and leaves no file', () =>
  withDaemon({}, async ({ socket }) => {
    const directory = temporaryDirectory();
    const [exporter, other] = await Promise.all([1, 2].map(() => RawConnection.open(socket)));
    await project(exporter!);
    const path = join(directory, 'a.obj');
    let reply = '';
    // On a busy machine one may be over before it is seen, or cancelled.
    for (let tries = TRIES; tries > 0 && !reply.includes('GOX_CANCELLED'); tries -= 1) {
      rmSync(path, { force: true });
      exporter!.write(request('goxel.export_model', { path }, 1));
      await eventually('the export is seen, or over', async () => {
        return exporter!.received.length > 0 || (await jobs(other!)).length === 1;
      });
      const [seen] = await jobs(other!);
      if (seen !== undefined) {
        const { job, title } = seen;
        assert.match(title, /export to .*a\.obj/);
        const { result } = await other!.call('goxel.cancel_job', { job });
        const { cancelled } = result as { cancelled: boolean };
        assert.equal(result, { success: true, job, cancelled });
        reply = await exporter!.line();
        assert.is(reply.includes('GOX_CANCELLED'), cancelled);
      } else reply = await exporter!.line();
    }
    assert.match(reply, /GOX_CANCELLED/);
    await eventually('the thread is idle', async () => {
      const calls = actors(await treeOf(other!), /^calls$/);
      return calls.every(({ figures }) => figures?.in_flight === 0);
    });
    assert.equal(readdirSync(directory), []);
    const wrong = await other!.call('goxel.cancel_job', { job: 'x' });
    assert.is(wrong.error?.data.code, 'GOX_INVALID_PARAMS');
    exporter!.destroy();
    other!.destroy();
  }));

test('edits go on beside a render, at the pace they have without one', () =>
  withDaemon({}, async ({ socket }) => {
    const [painter, editor] = await Promise.all([1, 2].map(() => RawConnection.open(socket)));
    await project(painter!);
    const edit = async (count: number) => {
      const times_ms: number[] = [];
      for (let i = 0; i < count; i++) {
        const since = performance.now();
        const position = [i % SIDE, 1, 1];
        const { error } = await editor!.call('goxel.add_voxel', { position, color: '#ff0000' });
        assert.is(error, undefined);
        times_ms.push(performance.now() - since);
      }
      return times_ms.sort((a, b) => a - b)[count >> 1]!;
    };
    const alone_ms = await edit(200);
    const params = { width: 3000, height: 3000, background: 'transparent' };
    let [last, since, beside_ms, render_ms] = [-1, 0, 0, 0];
    const both = [painter!, editor!];
    await beside(both, ['goxel.render_scene', params], 40, async ([now]) => {
      if (now!.job !== last) [last, since, beside_ms] = [now!.job, performance.now(), 0];
      beside_ms = Math.max(beside_ms, await edit(20));
      render_ms = performance.now() - since;
      return 20;
    });
    // Two job threads take both cores of a small machine; an engine that waited would take all.
    assert.ok(beside_ms < render_ms / 4, `${beside_ms} ms, alone ${alone_ms}, of ${render_ms} ms`);
    painter!.destroy();
    editor!.destroy();
  }));

test('a job tells how far it has come, and never goes back', () =>
  withDaemon({}, async ({ socket }) => {
    const [painter, other] = await Promise.all([1, 2].map(() => RawConnection.open(socket)));
    const params = { width: 200, height: 200, trace: { samples: 10_000, time_ms: 2000 } };
    let before = { job: -1, progress: 0 };
    await beside([painter!, other!], ['goxel.render_scene', params], 6, async ([now]) => {
      const { job, progress } = now!;
      if (job === before.job) assert.ok(progress >= before.progress, 'it goes back');
      before = { job, progress };
      await sleep(20);
      return progress > 0.1 && progress < 0.9 ? 1 : 0;
    });
    painter!.destroy();
    other!.destroy();
  }));

test('what follows an export on the same connection finds its file', () =>
  withDaemon({}, async ({ socket }) => {
    const path = join(temporaryDirectory(), 'a.txt');
    const connection = await RawConnection.open(socket);
    await project(connection);
    connection.write(
      request('goxel.export_model', { path }, 1) +
        request('goxel.load_project', { path }, 2) +
        request('goxel.get_project_info', {}, 3),
    );
    const lines = await connection.lines(3);
    assert.match(lines[2]!, new RegExp(`"voxel_count":${(SIDE / 2) ** 2 * 16},`));
    assert.ok(statSync(path).size > 0);
    connection.destroy();
  }));

test('a job that takes too long ends with an error, and the daemon goes on', () =>
  withDaemon({ settings: { 'limits.job_timeout_ms': 50 } }, async ({ socket }) => {
    const path = join(temporaryDirectory(), 'a.png');
    const connection = await RawConnection.open(socket);
    await project(connection);
    // It would take minutes.
    const params = { output_path: path, trace: { samples: 10_000 } };
    const { error } = await connection.call('goxel.render_scene', params);
    assert.is(error?.data.code, 'GOX_REQUEST_TIMEOUT');
    await eventually('the threads are idle', async () => {
      const calls = actors(await treeOf(connection), /^calls$/);
      return calls.every(({ figures }) => figures?.in_flight === 0);
    });
    assert.not(existsSync(path));
    assert.match(await connection.ask(request('ping', [], 1)), /pong/);
    connection.destroy();
  }));

test.run();
