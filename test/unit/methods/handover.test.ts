/**
 * Large saves, loads and imports are jobs on snapshots; the project takes over what they made, and
 * edits made meanwhile are not forgotten.
 */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GoxError } from '../../../conf/errors.ts';
import { Job } from '../../../engine/jobs/job.ts';
import type { Volume } from '../../../engine/volume/volume.ts';
import { TestEngine } from '../../support/engine.ts';
import { LooseProject } from '../../support/project.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const handover = suite('handover');

const LOAD = 'goxel.load_project';
const SAVE = 'goxel.save_project';

/** Of 512 blocks, which is more than are saved at once; no two alike, so that its file is large. */
function large(): LooseProject {
  const made = new LooseProject();
  made.project.transact(() => fillWith(made.project.document.activeLayer.volume));
  return made;
}

function fillWith(volume: Volume): void {
  let word = 1;
  for (let block = 0; block < 512; block++) {
    const at = [(block & 7) * 16, ((block >> 3) & 7) * 16, (block >> 6) * 16] as const;
    for (let i = 0; i < 40; i++) {
      word = (Math.imul(word, 0x41c6_4e6d) + 12_345) | 0;
      const [x, y, z] = [(word >>> 8) & 15, (word >>> 12) & 15, (word >>> 16) & 15];
      volume.set(at[0] + x, at[1] + y, at[2] + z, (word | 0xff00_0000) >>> 0);
    }
  }
}

function jobOf(result: unknown): Job {
  assert.instance(result, Job);
  return result as Job;
}

function add(of: LooseProject, x: number): void {
  of.run('goxel.add_voxel', { x, y: 0, z: -1, color: '#123456' });
}

handover('a large save is a job, and is remembered once the file is there', () => {
  const made = large();
  const path = join(made.directory, 'a.gox');
  const job = jobOf(made.run(SAVE, { path }));
  assert.is(made.project.path, undefined, 'nothing is remembered of what is not done');
  assert.is(made.project.unsaved, true);
  assert.equal(readdirSync(made.directory), []);
  const { bytes, ...result } = made.finish(SAVE, job) as Record<string, unknown>;
  assert.equal(result, { success: true, path, format: 'gox' });
  assert.is(bytes, statSync(path).size);
  assert.is(made.project.path, path);
  assert.is(made.project.unsaved, false);
});

handover('what is edited beside a save stays unsaved, and is not in the file', () => {
  const made = large();
  const path = join(made.directory, 'a.gox');
  const job = jobOf(made.run(SAVE, { path }));
  const voxels = made.project.document.activeLayer.volume.count();
  add(made, 0);
  made.finish(SAVE, job);
  assert.is(made.project.path, path);
  assert.is(made.project.unsaved, true);
  made.finish(LOAD, jobOf(made.run(LOAD, { path })));
  assert.is(made.project.document.activeLayer.volume.count(), voxels);
  assert.is(made.project.unsaved, false);
});

handover('a save says nothing of a project that came in place of the saved one', () => {
  const made = large();
  const job = jobOf(made.run(SAVE, { path: join(made.directory, 'a.gox') }));
  made.run('goxel.create_project', { name: 'other' });
  add(made, 0);
  made.finish(SAVE, job);
  assert.is(made.project.path, undefined);
  assert.is(made.project.unsaved, true);
});

handover('a save that fails leaves the old file and what the project remembers', () => {
  const made = large();
  const path = join(made.directory, 'a.gox');
  made.finish(SAVE, jobOf(made.run(SAVE, { path })));
  const before = readFileSync(path);
  add(made, 5);
  const job = jobOf(made.run(SAVE, {}));
  const broken = { ...job, input: { ...(job.input as object), document: undefined } };
  assert.throws(() => made.finish(SAVE, broken as unknown as Job));
  assert.is(made.project.unsaved, true);
  assert.ok(readFileSync(path).equals(before));
  assert.equal(readdirSync(made.directory), ['a.gox']);
});

handover('a large load is a job; what it hands over is the document, clones among it', () => {
  const made = large();
  const clone = made.run('goxel.clone_layer', { layer_id: 1 }) as { layer: { id: number } };
  const moved = { layer_id: clone.layer.id, translate: [0, 0, 200] };
  made.run('goxel.transform_layer', moved);
  made.run('goxel.create_shape_layer', { shape: 'sphere' });
  const before = made.state as { layers: unknown };
  const path = join(made.directory, 'a.gox');
  made.finish(SAVE, jobOf(made.run(SAVE, { path })));
  made.run('goxel.create_project', {});
  made.finish(LOAD, jobOf(made.run(LOAD, { path })));
  const { project } = made;
  assert.equal((made.state as { layers: unknown }).layers, before.layers);
  assert.equal([project.path, project.unsaved, project.name], [path, false, path]);
  const [base, copy] = project.document.layers;
  assert.is(copy!.baseId, base!.id);
  const count = copy!.volume.count();
  const computed = copy!.volume;
  project.document.refresh();
  assert.is(copy!.volume, computed, 'what the job computed is not computed again');
  made.run('goxel.add_voxel', { x: 0, y: 0, z: -5, layer_id: base!.id });
  project.document.refresh();
  assert.is(copy!.volume.count(), count + 1, 'a clone follows its base');
  assert.is(copy!.baseId, base!.id);
});

handover('an import adds the layers that a job read', () => {
  const made = large();
  const path = join(made.directory, 'a.gox');
  made.finish(SAVE, jobOf(made.run(SAVE, { path })));
  const voxels = made.project.document.activeLayer.volume.count();
  const job = jobOf(made.run('goxel.import_file', { path }));
  add(made, 3);
  const result = made.finish('goxel.import_file', job);
  assert.equal(result, { success: true, path, layer_ids: [2], voxel_count: voxels });
  assert.is(made.project.document.layers.length, 2);
  assert.is(made.project.document.layers[0]!.volume.count(), voxels + 1);
});

handover('a file that is too large is refused by the job as at once, with the ceiling', () => {
  const made = large();
  const path = join(made.directory, 'a.gox');
  made.finish(SAVE, jobOf(made.run(SAVE, { path })));
  const small = new LooseProject(100 * 16_384, made.directory);
  const job = jobOf(small.run(LOAD, { path }));
  assert.throws(
    () => small.finish(LOAD, job),
    (error: unknown) =>
      error instanceof GoxError &&
      error.code === 'GOX_MEMORY_LIMIT' &&
      error.details?.key === 'limits.voxel_bytes_max',
  );
  assert.is(small.project.document.voxelBytes(), 0);
});

handover('a project that grew beside a load refuses what no longer fits, and stays', () => {
  const made = large();
  const path = join(made.directory, 'a.gox');
  made.finish(SAVE, jobOf(made.run(SAVE, { path })));
  const tight = new LooseProject(600 * 16_384, made.directory);
  const job = jobOf(tight.run('goxel.import_file', { path }));
  for (let block = 0; block < 200; block++) add(tight, block * 16);
  const before = tight.state;
  assert.throws(
    () => tight.finish('goxel.import_file', job),
    (error: unknown) => error instanceof GoxError && error.code === 'GOX_MEMORY_LIMIT',
  );
  assert.equal(tight.state, before);
});

handover('an engine that does its jobs itself finishes them too', () => {
  const roots = [temporaryDirectory()];
  const engine = new TestEngine({ roots, file_bytes_max: 2 ** 26 });
  const fill = { min: [0, 0, 0], max: [127, 127, 127], color: '#FF8800' };
  engine.call('fill_region', fill);
  for (let i = 0; i < 5; i++) engine.call('create_layer', {});
  const path = join(roots[0]!, 'b.txt');
  assert.is((engine.call('save_project', { path }) as { path: string }).path, path);
  const info = engine.call('get_project_info') as { unsaved: boolean; voxel_count: number };
  assert.is(info.unsaved, false);
  engine.call('create_project', {});
  const result = engine.call('load_project', { path }) as { path: string; voxel_count: number };
  assert.equal([result.path, result.voxel_count], [path, 128 ** 3]);
  const loaded = engine.call('get_project_info') as { voxel_count: number };
  assert.is(loaded.voxel_count, 128 ** 3);
});

handover('small files and documents need no job', () => {
  const made = new LooseProject();
  add(made, 1);
  const path = join(made.directory, 'a.gox');
  // What stands still for the time of an attempt has it become one.
  const direct = (method: string) =>
    Array.from({ length: 10 }, () => made.run(method, { path })).some((it) => !(it instanceof Job));
  assert.ok(direct(SAVE));
  assert.ok(direct(LOAD));
  assert.is(made.project.path, path);
});

handover.run();
