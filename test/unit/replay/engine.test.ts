/** What an engine records of its requests, and that it makes projects anew of that alone. */

import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { findMethod } from '../../../engine/catalogue/methods.ts';
import type { Handover, Job } from '../../../engine/jobs/job.ts';
import { runJob } from '../../../engine/jobs/kinds.ts';
import { RECORD_TYPES, RecordCursor } from '../../../engine/journal/format.ts';
import { JobControl } from '../../../engine/port/job-control.ts';
import type { Records } from '../../../engine/port/layout.ts';
import { Files } from '../../../engine/project/files.ts';
import { addRequest, addVoxel } from '../../../engine/replay/bodies.ts';
import { ProjectRecords } from '../../../engine/replay/records.ts';
import { TestEngine, voxelsOf } from '../../support/engine.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const engines = suite('engine');

/** The types of the records, in order. */
function typesOf(records: readonly Records[]): string[] {
  const names = Object.entries(RECORD_TYPES).map(([name, type]) => [type, name] as const);
  const byType = new Map<number, string>(names);
  const types: string[] = [];
  for (const { bytes } of records) {
    const cursor = new RecordCursor(bytes);
    while (cursor.next()) types.push(byType.get(cursor.type) ?? '?');
  }
  return types;
}

/** But for what the history is counted for: made again, a change may be noted in fewer parts. */
function told(engine: TestEngine): unknown {
  const history = engine.call('get_history') as object;
  return {
    info: engine.call('get_project_info'),
    layers: engine.call('list_layers'),
    history: { ...history, bytes: 0 },
    scene: engine.call('get_scene'),
    selection: engine.call('get_selection'),
    voxels: voxelsOf(engine),
  };
}

function requireSame(engine: TestEngine): ReturnType<TestEngine['again']> {
  const other = engine.again();
  assert.equal(told(other), told(engine));
  return other;
}

engines('each edit leaves one record, and what changes nothing leaves none', () => {
  const engine = new TestEngine();
  const left = (method: string, params: unknown) => {
    engine.records.length = 0;
    const [answer] = engine.run([{ method, params }]);
    return `${answer!.failed ? 'failed' : 'done'} ${typesOf(engine.records).join(' ')}`.trim();
  };
  assert.is(left('add_voxel', [1, 2, 3, 'red']), 'done voxel');
  assert.is(left('add_voxel', [1, 2, 3, 'red']), 'done', 'it is there already');
  assert.is(left('paint_voxels', { positions: [[1, 2, 3]], color: 'blue' }), 'done voxel');
  assert.is(left('remove_voxel', [1, 2, 3]), 'done voxel');
  assert.is(left('remove_voxel', [1, 2, 3]), 'done', 'it is gone already');
  assert.is(left('add_voxels', { voxels: [{ x: 1, y: 1, z: 1 }] }), 'done request');
  assert.is(left('get_voxel', [1, 1, 1]), 'done');
  assert.is(left('create_layer', { name: 'one' }), 'done request');
  assert.is(left('set_active_layer', { layer_id: 1 }), 'done request');
  assert.is(left('set_active_layer', { layer_id: 1 }), 'done');
  assert.is(left('rename_layer', { layer_id: 9, name: 'none' }), 'failed');
  assert.is(left('undo', {}), 'done request');
  assert.is(left('redo', {}), 'done request');
  assert.is(left('redo', {}), 'failed');
  assert.is(left('create_checkpoint', { checkpoint: 'a' }), 'done request');
  assert.is(left('restore', { step: 1 }), 'done request');
  assert.is(left('restore', { step: 1 }), 'done', 'it is there already');
  assert.is(left('restore', { step: 1000 }), 'failed');
  assert.is(left('diff', { from: { step: 2 } }), 'done', 'it goes there and back');
  assert.is(left('delete_checkpoint', { checkpoint: 'a' }), 'done request');
  assert.is(left('copy', {}), 'done');
  assert.is(left('paste', { position: [5, 5, 5] }), 'done change');
  assert.is(left('select', { kind: 'all' }), 'done request');
  assert.is(left('create_project', { name: 'next' }), 'done document');
  assert.is(left('close_project', {}), 'done');
});

engines('what depends on files is made again without them', async () => {
  const directory = temporaryDirectory();
  const engine = new TestEngine({ roots: [directory] });
  const path = join(directory, 'a.gox');
  engine.call('add_voxel', [0, 0, 0, 'red']);
  engine.call('save_project', { path });
  engine.call('load_project', { path });
  engine.call('import_file', { path });
  const palette = join(directory, 'p.gpl');
  writeFileSync(palette, 'GIMP Palette\n1 2 3 dark\n200 9 9 red\n');
  engine.call('load_palette', { path: palette });
  engine.call('copy', {});
  engine.call('paste', { position: [5, 5, 5] });
  const script =
    'goxel.image.activeLayer.volume.setAt([1, 2, 3], [Math.random() * 255, 0, 0, 255])';
  await engine.callAsync('execute_script', { script });
  assert.equal(typesOf(engine.records), [
    ...['voxel', 'facts', 'document', 'change', 'change', 'change', 'change'],
  ]);
  rmSync(path);
  rmSync(palette);
  requireSame(engine);
  assert.not(existsSync(path), 'a file that was written is not written again');
});

engines(
  'a script may empty layers, move blocks to other slots, and put layers in others',
  async () => {
    const engine = new TestEngine();
    const nothing =
      "goxel.call('create_layer', { name: 'gone' }); goxel.call('delete_layer', { layer_id: 3 })";
    const scripts = [
      "goxel.call('fill_region', { min: [0, 0, 0], max: [99, 20, 20], color: 'red' })",
      "goxel.call('clear_voxels', {})",
      "goxel.call('undo_nothing', {})",
      "goxel.call('fill_region', { min: [0, 0, 0], max: [99, 90, 20], color: '#123456' })",
      // More than half of the blocks go, and so do their slots; others come in their place.
      "goxel.call('clear_voxels', { region: { min: [0, 0, 0], max: [99, 70, 20] } });" +
        "goxel.call('add_voxel', [0, 0, 0, 'blue'])",
      "for (let i = 0; i < 90; i++) goxel.call('add_voxel', [i % 9, 77, i / 9 | 0, [i, 9, 9]])",
      "goxel.call('duplicate_layer', { layer_id: 1 }); goxel.call('delete_layer', { layer_id: 1 })",
      nothing,
      "goxel.call('clone_layer', { layer_id: 2 }); goxel.call('clear_voxels', { layer_id: 2 })",
    ];
    for (const script of scripts) {
      const before = engine.records.length;
      const [answer] = await engine.runAsync([{ method: 'execute_script', params: { script } }]);
      const records = answer!.failed || script === nothing ? 0 : 1;
      assert.is(engine.records.length - before, records, script);
      const other = requireSame(engine);
      for (const moved of [engine, other]) moved.call('undo', {});
      assert.equal(told(other), told(engine), `undone: ${script}`);
      if (!answer!.failed) engine.call('redo', {});
    }
  },
);

engines('a file that is saved is known as saved, and that is all', () => {
  const directory = temporaryDirectory();
  const engine = new TestEngine({ roots: [directory] });
  engine.call('add_voxel', [0, 0, 0, 'red']);
  const path = join(directory, 'a.gox');
  engine.call('save_project', { path });
  engine.call('save_project', { path });
  assert.equal(typesOf(engine.records), ['voxel', 'facts'], 'the second save tells nothing new');
  const other = requireSame(engine);
  assert.is(other.rebuilt.unsaved, false);
  assert.is(other.rebuilt.title, undefined, 'it was never opened by a name');
  engine.call('undo');
  assert.is(engine.again().rebuilt.unsaved, true);
});

engines('what a job hands over is recorded when it is taken over', () => {
  const directory = temporaryDirectory();
  const engine = new TestEngine({ roots: [directory], jobs_inline: false });
  const voxels = Array.from({ length: 4000 }, (_, i) => ({ x: i * 16, y: 0, z: 0 }));
  engine.call('add_voxels', { voxels });
  const path = join(directory, 'a.gox');
  const [ticket] = engine.tickets([{ method: 'save_project', params: { path } }]);
  const files = new Files({ roots: [directory], file_bytes_max: 2 ** 26 });
  const job = { ...ticket, loans: [] } as unknown as Job;
  const done = runJob(job, { files, control: new JobControl() }) as Handover;
  // Edits of others come first.
  engine.call('add_voxel', [0, 5, 0, 'red']);
  const word = findMethod('goxel.save_project')!.index;
  const { records = [] } = engine.engine.takeOver(1, word, 3, done.value, 0);
  assert.equal(typesOf(records), ['facts']);
  engine.records.push(...records);
  const other = requireSame(engine);
  assert.is(other.rebuilt.unsaved, true, 'by the edit that was made meanwhile');
});

engines('sequences go on, and records have the epoch of the owner', () => {
  const engine = new TestEngine();
  engine.call('create_project', { name: 'tower' });
  for (let x = 0; x < 3; x++) engine.call('add_voxel', [x, 0, 0]);
  const other = engine.again(1, 7);
  assert.equal(other.rebuilt, { sequence: 4, title: 'tower', unsaved: true });
  other.call('add_voxel', [9, 0, 0]);
  const [record] = other.records;
  assert.is(record!.sequence, 5);
  assert.is(new DataView(record!.bytes.buffer).getUint32(16, true), 7);
});

engines('a step that was forgotten by then is not there when it is undone again', () => {
  // Room for some ten steps of one voxel.
  const engine = new TestEngine({ history_bytes_max: 12_000 });
  for (let x = 0; x < 40; x++) engine.call('add_voxel', [x % 16, 0, 0, x < 16 ? 'red' : 'blue']);
  const { count } = engine.call('undo', { steps: 1000 }) as { count: number };
  assert.ok(count < 20, `${count}`);
  engine.call('redo', { steps: 2 });
  requireSame(engine);
});

engines('limits of now refuse nothing that was done before', () => {
  const engine = new TestEngine();
  engine.call('fill_region', { min: [0, 0, 0], max: [99, 99, 20], color: 'red' });
  for (let i = 0; i < 70; i++) engine.call('add_voxel', [i, 0, 30]);
  const before = engine.call('get_project_info') as { voxel_count: number };
  const tail = engine.records.map(({ bytes }) => bytes);
  const small = new TestEngine({ project_voxel_bytes_max: 65_536, history_bytes_max: 4096 });
  small.engine.recover(1, { epoch: 1, tail });
  assert.is((small.call('get_project_info') as typeof before).voxel_count, before.voxel_count);
  assert.is(small.fail('add_voxel', [500, 0, 0]).data.code, 'GOX_MEMORY_LIMIT');
  assert.ok((small.call('get_history') as { bytes: number }).bytes <= 4096);
});

engines('an edit that cannot be made again is named', () => {
  const records = new ProjectRecords();
  const by = { client: 1, at_ms: 5, op: undefined };
  addVoxel(
    records,
    { ...by, method: 'goxel.add_voxel' },
    { layer_id: 1, x: 1, y: 2, z: 3, rgba: -1 },
  );
  const params = Buffer.from('{"layer_id":5,"name":"none"}');
  addRequest(records, { ...by, method: 'goxel.rename_layer', msgpack: false, params });
  const tail = [records.take().bytes];
  const engine = new TestEngine();
  assert.throws(
    () => engine.engine.recover(1, { epoch: 1, tail }),
    /edit 2 .*goxel\.rename_layer.*no layer with id 5/,
  );
});

engines.run();
