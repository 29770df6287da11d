/** Long work goes on beside edits, is seen while it runs, and can be stopped. */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
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
  await connection.call('goxel.add_voxels', { voxels: voxels.map((position) => ({ position })) });
}

async function jobs(connection: RawConnection): Promise<Jobs['jobs']> {
  return ((await connection.call('goxel.list_jobs')).result as Jobs).jobs;
}

const test = suite('jobs');

test('an export goes on beside edits, and holds what was there when it was asked for', () =>
  withDaemon({}, async ({ socket }) => {
    const path = join(temporaryDirectory(), 'a.obj');
    const [exporter, editor] = await Promise.all([1, 2].map(() => RawConnection.open(socket)));
    await project(exporter!);
    exporter!.write(request('goxel.export_model', { path }, 1));
    let edits = 0;
    await eventually('the export has begun', async () => (await jobs(editor!)).length === 1);
    while ((await jobs(editor!)).length > 0) {
      const position = [edits++ % SIDE, 1, 1];
      const { error } = await editor!.call('goxel.add_voxel', { position, color: '#ff0000' });
      assert.is(error, undefined);
    }
    assert.ok(edits > 20, `only ${edits} edits were done beside the export`);
    assert.match(await exporter!.line(), /"success":true/);
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
    exporter!.write(request('goxel.export_model', { path: join(directory, 'a.obj') }, 1));
    await eventually('the export has begun', async () => (await jobs(other!)).length === 1);
    const [{ job, title }] = (await jobs(other!)) as [Jobs['jobs'][number]];
    assert.match(title, /export to .*a\.obj/);
    const { result } = await other!.call('goxel.cancel_job', { job });
    assert.equal(result, { success: true, job, cancelled: true });
    assert.match(await exporter!.line(), /GOX_CANCELLED/);
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
    const directory = temporaryDirectory();
    const connection = await RawConnection.open(socket);
    await project(connection);
    const { error } = await connection.call('goxel.export_model', {
      path: join(directory, 'a.obj'),
    });
    assert.is(error?.data.code, 'GOX_REQUEST_TIMEOUT');
    await eventually('nothing is left', () => readdirSync(directory).length === 0);
    assert.match(await connection.ask(request('ping', [], 1)), /pong/);
    connection.destroy();
  }));

test.run();
