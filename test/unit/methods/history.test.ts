/** Undo, redo, the history, checkpoints, and what is different between points. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decodePng } from '../../../engine/image/png.ts';
import { TestEngine, voxelsOf } from '../../support/engine.ts';

const history = suite('history');

interface StepResult {
  step: number;
  method: string;
  client: number;
  at: string;
  changed: number;
  created: number;
  removed: number;
  recolored: number;
  bounding_box: { min: number[]; max: number[] } | null;
  layers: { layer_id: number; changed: number }[];
  parts: string[];
}

interface Listed {
  step: number;
  done: StepResult[];
  undone: StepResult[];
  can_undo: number;
  can_redo: number;
  checkpoints: { checkpoint: string; step: number }[];
  forgotten: number;
  bytes: number;
  bytes_max: number;
}

function listed(engine: TestEngine): Listed {
  return engine.call('get_history') as Listed;
}

function unsaved(engine: TestEngine): boolean {
  return (engine.call('get_project_info') as { unsaved: boolean }).unsaved;
}

history('undo takes a step back, redo does it again, and an edit between ends that', () => {
  const engine = new TestEngine();
  engine.call('add_voxel', [1, 2, 3, '#FF0000']);
  engine.call('add_voxel', [4, 5, 6, '#00FF00']);
  const undone = engine.call('undo') as { undone: StepResult[]; can_undo: number };
  assert.equal(voxelsOf(engine), ['1 2 3 ff0000ff']);
  const [step] = undone.undone;
  assert.is(step!.step, 2);
  assert.is(step!.method, 'goxel.add_voxel');
  assert.equal(step!.bounding_box!.min, [4, 5, 6]);
  assert.equal(step!.bounding_box!.max, [5, 6, 7]);
  assert.is(undone.can_undo, 1);
  engine.call('redo');
  assert.equal(voxelsOf(engine), ['1 2 3 ff0000ff', '4 5 6 00ff00ff']);
  engine.call('undo', { steps: 2 });
  assert.equal(voxelsOf(engine), []);
  assert.not(unsaved(engine), 'what is saved is not edited');
  const { count } = engine.call('redo', { steps: 99 }) as { count: number };
  assert.is(count, 2);
  assert.is(voxelsOf(engine).length, 2);
  engine.call('undo');
  engine.call('add_voxel', [7, 7, 7, '#0000FF']);
  assert.is(engine.fail('redo').data.code, 'GOX_NOTHING_TO_REDO');
  assert.equal(voxelsOf(engine), ['1 2 3 ff0000ff', '7 7 7 0000ffff']);
});

history('says what each step was, who asked for it and what it changed', () => {
  const engine = new TestEngine();
  engine.run([{ method: 'add_voxel', params: [0, 0, 0, '#FF0000'], client: 7 }]);
  engine.call('fill_region', { min: [0, 0, 0], max: [1, 1, 1], color: '#00FF00' });
  engine.call('create_layer', { name: 'roof' });
  engine.call('set_palette', { name: 'DB32' });
  engine.call('select', { kind: 'all', layer_id: 1 });
  engine.call('rename_layer', { layer_id: 1, name: 'ground' });
  engine.call('remove_voxel', { x: 1, y: 1, z: 1, layer_id: 1 });
  engine.call('delete_layer', { layer_id: 1 });
  const { done, undone, step } = listed(engine);
  assert.is(step, 8);
  assert.equal(undone, []);
  assert.equal(
    done.map(({ method, client, created, removed, recolored, parts }) => [
      ...[method.replace('goxel.', ''), client, created, removed, recolored, parts.join()],
    ]),
    [
      ['delete_layer', 1, 0, 7, 0, 'layers'],
      ['remove_voxel', 1, 0, 1, 0, ''],
      ['rename_layer', 1, 0, 0, 0, 'layer properties'],
      ['select', 1, 0, 0, 0, 'selection'],
      ['set_palette', 1, 0, 0, 0, 'palette'],
      ['create_layer', 1, 0, 0, 0, 'layers'],
      ['fill_region', 1, 7, 0, 1, ''],
      ['add_voxel', 7, 1, 0, 0, ''],
    ],
  );
  assert.equal(done[6]!.bounding_box!.max, [2, 2, 2]);
  assert.equal(
    done[6]!.layers.map(({ layer_id, changed }) => [layer_id, changed]),
    [[1, 8]],
  );
  assert.ok(Math.abs(Date.parse(done[0]!.at) - Date.now()) < 60_000);
});

history('a batch is one step, what changes nothing is none, and so is a request that fails', () => {
  const engine = new TestEngine();
  const operations = [0, 1, 2].map((x) => ({ type: 'add', x, y: 0, z: 0 }));
  engine.call('batch_operations', { operations });
  engine.call('add_voxel', [0, 0, 0]);
  engine.fail('merge_layers', { source_layer_id: 1, target_layer_id: 9 });
  assert.is(listed(engine).can_undo, 1);
  engine.call('undo');
  assert.equal(voxelsOf(engine), []);
  assert.is(engine.fail('undo').data.code, 'GOX_NOTHING_TO_UNDO');
});

history('what is written as it was is no step, and ends nothing that could be done again', () => {
  const engine = new TestEngine();
  const red = { min: [0, 0, 0], max: [20, 20, 20], color: '#FF0000' };
  engine.call('fill_region', red);
  engine.call('create_layer', { name: 'again' });
  engine.call('clone_layer', { layer_id: 1 });
  engine.call('select', { kind: 'all', layer_id: 1 });
  engine.call('create_checkpoint', { checkpoint: 'now' });
  engine.call('add_voxel', [40, 0, 0, '#00FF00']);
  engine.call('undo');
  const before = listed(engine);
  const position = [90, 0, 0];
  const [add, remove] = ['add', 'remove'].map((type) => ({ type, position }));
  engine.call('fill_region', { ...red, layer_id: 1 });
  engine.call('batch_operations', { operations: [add, remove], layer_id: 1 });
  engine.call('update_layer', { layer_id: 2, name: 'again', visible: true });
  engine.call('select', { kind: 'all', layer_id: 1 });
  engine.call('restore', { checkpoint: 'now' });
  assert.equal(listed(engine), before);
  engine.call('clear_selection');
  engine.call('clear_selection');
  engine.call('undo');
  assert.is(listed(engine).can_redo, 1);
  engine.call('redo');
  assert.is(listed(engine).can_redo, 0);
});

history('a layer that comes back is told with its voxels, as is one that is computed', () => {
  const engine = new TestEngine();
  const last = () => listed(engine).done[0]!;
  engine.call('create_layer', { name: 'comes and goes' });
  engine.call('add_voxel', [1, 2, 3, '#FF0000']);
  engine.call('create_checkpoint', { checkpoint: 'there' });
  engine.call('clone_layer', { layer_id: 2 });
  assert.is(last().created, 1);
  engine.call('undo');
  engine.call('delete_layer', { layer_id: 2 });
  assert.is(last().removed, 1);
  engine.call('restore', { checkpoint: 'there' });
  assert.is(last().created, 1);
  assert.equal(last().bounding_box!.min, [1, 2, 3]);
});

history('a script is one step', async () => {
  const engine = new TestEngine();
  const script =
    'for (let x = 0; x < 9; x++) ' +
    'goxel.image.activeLayer.volume.setAt([x, 0, 0], [1, 2, 3, 255]);';
  await engine.callAsync('script.execute', { script });
  assert.is(voxelsOf(engine).length, 9);
  const { done } = listed(engine);
  assert.equal(
    done.map(({ created }) => created),
    [9],
  );
  engine.call('undo');
  assert.equal(voxelsOf(engine), []);
});

history('the oldest steps go when they hold too much, and it is said', () => {
  const engine = new TestEngine({ history_bytes_max: 6 * 16384 });
  engine.call('fill_region', { min: [0, 0, 0], max: [14, 14, 14], color: '#FF0000' });
  for (let i = 0; i < 12; i++) {
    // Above what is noted voxel by voxel, so that each holds a block.
    const color = `#0000${10 + i}`;
    engine.call('fill_region', { min: [0, 0, 0], max: [14, 14, i], color });
  }
  const { can_undo, forgotten, bytes, bytes_max } = listed(engine);
  assert.ok(bytes <= bytes_max && bytes_max === 6 * 16384, `${bytes} of ${bytes_max}`);
  assert.is(can_undo + forgotten, 13);
  assert.ok(forgotten > 4 && can_undo > 2, `${can_undo} and ${forgotten}`);
  engine.call('undo', { steps: 99 });
  const { data, message } = engine.fail('undo');
  assert.is(data.code, 'GOX_NOTHING_TO_UNDO');
  assert.is(data.details!.forgotten, forgotten);
  assert.match(message, 'history.bytes_max');
  const { step } = listed(engine);
  assert.is(engine.fail('restore', { step: step - 1 }).data.code, 'GOX_STEP_NOT_FOUND');
});

history('what was undone is bounded too, without what can still be undone', () => {
  const bytes_max = 8 * 16384;
  const engine = new TestEngine({ history_bytes_max: bytes_max });
  const fill = (z: number, side: number) => {
    const corner = side * 16 - 2;
    engine.call('fill_region', { min: [1, 1, z + 1], max: [corner, corner, z + 14], color: 'red' });
  };
  const seen = () => {
    const { can_undo, can_redo, bytes } = listed(engine);
    assert.ok(bytes <= bytes_max, `${bytes} bytes`);
    return [can_undo, can_redo];
  };
  fill(0, 1);
  fill(16, 1);
  engine.call('undo');
  assert.equal(seen(), [1, 1]);
  engine.call('redo');
  fill(32, 4);
  engine.call('undo');
  assert.equal(seen(), [2, 0]);
  const { message, data } = engine.fail('redo');
  assert.match(message, 'history.bytes_max');
  assert.is(data.details!.forgotten, 1);
  engine.call('undo', { steps: 2 });
  assert.equal(seen(), [0, 2]);
  engine.call('redo', { steps: 2 });
  for (let z = 32; z < 160; z += 16) fill(z, 1);
  engine.call('restore', { step: 0 });
  const [left, again] = seen();
  assert.is(left, 0);
  assert.ok(again! > 2 && again! < 10, `${again} are left`);
  engine.call('redo', { steps: again });
  assert.equal(voxelsOf(engine).length, again! * 14 ** 3);
});

history('what an edit put away as a whole counts as held, layer by layer', () => {
  const engine = new TestEngine();
  const held = (method: string, params: object) => {
    const { bytes } = listed(engine);
    engine.call(method, params);
    return listed(engine).bytes - bytes;
  };
  const box = { min: [1, 1, 1], max: [90, 90, 30] };
  engine.call('create_layer', { name: 'put away' });
  engine.call('fill_region', { ...box, color: '#ff0000' });
  // Those that are not one colour all over are held as words.
  const blocks = 20 * 16384;
  engine.call('select', { kind: 'all', layer_id: 2 });
  assert.ok(held('clear_selection', {}) > blocks, 'a selection');
  assert.ok(held('transform_layer', { rotate: { axis: 'z', degrees: 90 } }) > blocks, 'turned');
  assert.ok(held('delete_layer', { layer_id: 2 }) > blocks, 'deleted');
});

history('a checkpoint counts for layers that only it has, and goes when they are too much', () => {
  const bytes_max = 2 ** 20;
  const engine = new TestEngine({ history_bytes_max: bytes_max });
  for (let i = 0; i < 4; i++) {
    const { layer_id } = engine.call('create_layer', { name: 'only there' }) as {
      layer_id: number;
    };
    engine.call('fill_region', { min: [1, 1, 1], max: [90, 90, 30], color: '#ff0000', layer_id });
    engine.call('create_checkpoint', { checkpoint: `${i}` });
    engine.call('delete_layer', { layer_id });
  }
  const { bytes, checkpoints } = listed(engine);
  assert.ok(bytes <= 2 * bytes_max, `${bytes} bytes`);
  assert.ok(checkpoints.length < 4, `${checkpoints.length} are kept`);
});

history('a checkpoint counts for where its blocks are, as soon as it is made', () => {
  const engine = new TestEngine();
  engine.call('fill_region', { min: [0, 0, 0], max: [159, 159, 159], color: '#ff0000' });
  const before = listed(engine).bytes;
  for (const checkpoint of ['a', 'b', 'b']) engine.call('create_checkpoint', { checkpoint });
  const held = listed(engine).bytes - before;
  assert.ok(held >= 2 * 1000 * 16 && held <= 2 * 1000 * 64, `${held} bytes`);
  engine.call('delete_checkpoint', { checkpoint: 'a' });
  assert.is(listed(engine).bytes - before, held / 2);
});

history('what loads another document cannot be undone, and what was is forgotten', () => {
  const engine = new TestEngine();
  engine.call('add_voxel', [0, 0, 0]);
  engine.call('create_checkpoint', { checkpoint: 'a' });
  engine.call('create_project', { name: 'other' });
  const { can_undo, checkpoints, bytes } = listed(engine);
  assert.equal([can_undo, checkpoints, bytes], [0, [], 0]);
  assert.is(engine.fail('undo').data.code, 'GOX_NOTHING_TO_UNDO');
});

history('comes back to checkpoints whatever was done since, and can undo that', () => {
  const engine = new TestEngine();
  engine.call('add_voxel', [1, 1, 1, '#FF0000']);
  engine.call('clone_layer', { layer_id: 1, name: 'copy' });
  const all = () => [engine.call('get_scene'), engine.call('list_layers'), voxelsOf(engine, 1)];
  const before = all();
  engine.call('create_checkpoint', { checkpoint: 'start' });
  engine.call('undo');
  engine.call('add_voxel', { x: 200, y: 1, z: 1, layer_id: 1 });
  engine.call('fill_region', { min: [0, 0, 0], max: [40, 3, 3], layer_id: 1 });
  engine.call('create_layer', { name: 'other' });
  engine.call('add_material', { name: 'gold' });
  const after = all();
  const result = engine.call('restore', { checkpoint: 'start' }) as StepResult;
  assert.equal(all(), before);
  assert.is(result.removed, 41 * 16 - 1 + 1);
  engine.call('undo');
  assert.equal(all(), after);
  engine.call('redo');
  assert.equal(all(), before);
  const missing = engine.fail('restore', { checkpoint: 'begin' });
  assert.is(missing.data.code, 'GOX_CHECKPOINT_NOT_FOUND');
  assert.equal(missing.data.details!.checkpoints, ['start']);
  engine.call('delete_checkpoint', { checkpoint: 'start' });
  assert.is(engine.fail('restore', { checkpoint: 'start' }).data.code, 'GOX_CHECKPOINT_NOT_FOUND');
});

history('goes to any step, back and forth', () => {
  const engine = new TestEngine();
  for (const x of [0, 1, 2, 3]) engine.call('add_voxel', [x, 0, 0]);
  for (const step of [2, 4, 0, 3]) {
    const result = engine.call('restore', { step }) as { step: number };
    assert.is(result.step, step);
    assert.is(voxelsOf(engine).length, step);
  }
  assert.is(engine.fail('restore', { step: 9 }).data.code, 'GOX_STEP_NOT_FOUND');
  assert.is(engine.fail('restore', {}).data.code, 'GOX_INVALID_PARAMS');
});

history('tells what is different between points, and leaves all as it was', () => {
  const engine = new TestEngine();
  engine.call('fill_region', { min: [0, 0, 0], max: [3, 3, 3], color: '#808080' });
  engine.call('create_checkpoint', { checkpoint: 'cube' });
  engine.call('add_voxel', [20, 0, 0, '#FF0000']);
  engine.call('remove_voxel', [0, 0, 0]);
  engine.call('add_voxel', [3, 3, 3, '#0000FF']);
  const { done } = listed(engine);
  const expected = { changed: 3, created: 1, removed: 1, recolored: 1 };
  for (const from of [{ checkpoint: 'cube' }, { step: 1 }]) {
    const { layers, bounding_box, ...counts } = engine.call('diff', { from }) as StepResult;
    assert.equal(counts as object, expected);
    assert.equal(bounding_box!.max, [21, 4, 4]);
    assert.equal(
      layers.map(({ layer_id, changed }) => [layer_id, changed]),
      [[1, 3]],
    );
  }
  const back = engine.call('diff', { from: {}, to: { checkpoint: 'cube' } }) as StepResult;
  assert.equal([back.created, back.removed], [1, 1]);
  engine.call('copy', {});
  engine.call('undo', { steps: 3 });
  const other = engine.call('diff', { from: { clipboard: true } }) as StepResult;
  assert.equal([other.created, other.removed, other.recolored], [1, 1, 1]);
  engine.call('redo', { steps: 3 });
  assert.equal(listed(engine).done, done);
  assert.is(
    engine.fail('diff', { from: { step: 1, checkpoint: 'a' } }).data.code,
    'GOX_INVALID_PARAMS',
  );
});

history('draws what is different in green, red and yellow', () => {
  const engine = new TestEngine();
  engine.call('fill_region', { min: [0, 0, 0], max: [9, 0, 9], color: '#808080' });
  engine.call('fill_region', { min: [0, 0, 8], max: [2, 0, 9], color: '#4040FF' });
  engine.call('clear_voxels', { region: { min: [4, 0, 8], max: [6, 0, 9] } });
  engine.call('fill_region', { min: [8, 0, 10], max: [9, 0, 11], color: '#808080' });
  const picture = { width: 64, height: 64, camera: 'front' };
  const result = engine.call('diff', { from: { step: 1 }, picture }) as {
    changed: number;
    picture: { image: string; width: number };
  };
  assert.is(result.changed, 6 + 6 + 4);
  assert.is(result.picture.width, 64);
  const { rgba } = decodePng(Buffer.from(result.picture.image, 'base64'), 64, 64);
  const seen = { green: 0, red: 0, yellow: 0 };
  for (let i = 0; i < rgba.length; i += 4) {
    const [r, g, b] = [rgba[i]!, rgba[i + 1]!, rgba[i + 2]!];
    if (g > 90 && r < g / 2) seen.green++;
    if (r > 90 && g < r / 2) seen.red++;
    if (r > 120 && g > 90 && b < g / 2) seen.yellow++;
  }
  for (const [color, count] of Object.entries(seen)) assert.ok(count > 30, `${color}: ${count}`);
});

history.run();
