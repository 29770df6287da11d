/** One request is one step, whatever of a project it is about; and it comes back with all of it. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { METHODS } from '../../../engine/catalogue/methods.ts';
import { decode, TestEngine, voxelsOf } from '../../support/engine.ts';
import { EDITS } from '../../support/random-edits.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const parts = suite('parts of the history');

interface Listed {
  readonly step: number;
  readonly can_undo: number;
  readonly done: readonly {
    readonly method: string;
    readonly changed: number;
    readonly created: number;
    readonly removed: number;
    readonly parts: readonly string[];
  }[];
}

function listed(engine: TestEngine): Listed {
  return engine.call('get_history') as Listed;
}

/** What a client sees of it beside voxels. */
function seen(engine: TestEngine): string {
  const { layers } = engine.call('list_layers') as { layers: { id: number }[] };
  const all = layers.map(({ id }) => engine.call('get_layer', { layer_id: id }));
  return JSON.stringify([layers, all, engine.call('get_scene'), engine.call('get_selection')]);
}

function activeOf(engine: TestEngine): number {
  const { layers } = engine.call('list_layers') as { layers: { id: number; active: boolean }[] };
  const [active, other] = layers.filter((layer) => layer.active);
  assert.is(other, undefined);
  return active!.id;
}

function added(engine: TestEngine, method: string, params: object): Record<string, number> {
  return engine.call(method, params) as Record<string, number>;
}

for (const spec of METHODS) {
  if (!EDITS.includes(spec.name)) continue;
  parts(`${spec.name} is one step, or none`, async () => {
    for (const { name, given = [], params } of spec.examples) {
      const directory = temporaryDirectory();
      process.chdir(directory);
      const engine = new TestEngine({ roots: [directory] });
      await engine.runEach(given);
      const [before, saw] = [listed(engine), seen(engine)];
      const [answer] = await engine.runAsync([{ method: spec.name, params, client: 5 }]);
      assert.not(answer!.failed, JSON.stringify(decode(answer!)));
      const { can_undo, done } = listed(engine);
      const steps = can_undo - before.can_undo;
      assert.ok(steps === 0 || steps === 1, `${name}: ${steps} steps`);
      if (steps === 0) continue;
      assert.is(done[0]!.method, spec.name);
      engine.call('undo');
      assert.is(seen(engine), saw, name);
    }
  });
}

parts('the scene, the palette and the selection are steps and come back', () => {
  const engine = new TestEngine();
  engine.call('fill_region', { min: [0, 0, 0], max: [3, 3, 3], color: '#808080' });
  engine.call('add_material', { name: 'glass' });
  engine.call('add_camera', { name: 'door' });
  engine.call('create_checkpoint', { checkpoint: 'start' });
  const steps: [method: string, params: object, part: string][] = [
    ['update_light', { pitch: 12 }, 'light'],
    ['update_material', { index: 1, roughness: 0.9 }, 'materials'],
    ['add_material', { name: 'steel' }, 'materials'],
    ['update_layer', { layer_id: 1, material: 1 }, 'layer properties'],
    ['remove_material', { index: 1 }, 'materials'],
    ['update_camera', { index: 0, name: 'gate' }, 'cameras'],
    ['remove_camera', { index: 0 }, 'cameras'],
    ['add_camera', { name: 'window' }, 'cameras'],
    ['set_image_box', { box: { min: [0, 0, 0], max: [8, 9, 10] } }, 'image box'],
    ['set_palette', { colors: ['#112233'] }, 'palette'],
    ['select', { kind: 'all', layer_id: 1 }, 'selection'],
    ['clear_selection', {}, 'selection'],
  ];
  const states = [seen(engine)];
  for (const [method, params, part] of steps) {
    engine.call(method, params);
    states.push(seen(engine));
    assert.not.equal(states.at(-1), states.at(-2), `${method} is to be seen`);
    const [step] = listed(engine).done;
    assert.ok(step!.parts.includes(part), `${method} is about ${step!.parts.join()}`);
  }
  const { step: last } = listed(engine);
  for (const state of states.slice(0, -1).toReversed()) {
    engine.call('undo');
    assert.is(seen(engine), state);
  }
  for (const state of states.slice(1)) {
    engine.call('redo');
    assert.is(seen(engine), state);
  }
  engine.call('restore', { checkpoint: 'start' });
  assert.is(seen(engine), states[0]);
  engine.call('undo');
  assert.is(seen(engine), states.at(-1));
  engine.call('restore', { step: last - 3 });
  assert.is(seen(engine), states.at(-4));
});

parts('to come back to what is there is no step, and chooses the active layer', async () => {
  const directory = temporaryDirectory();
  const engine = new TestEngine({ roots: [directory] });
  const { layer_id } = added(engine, 'create_layer', { name: 'roof' });
  const path = join(directory, 'a.gox');
  engine.call('save_project', { path });
  engine.call('create_checkpoint', { checkpoint: 'one' });
  const { layer_id: other } = added(engine, 'create_layer', { name: 'door' });
  engine.call('delete_layer', { layer_id: other });
  const { step, done } = listed(engine);
  engine.call('set_active_layer', { layer_id: 1 });
  engine.call('restore', { checkpoint: 'one' });
  assert.is(activeOf(engine), layer_id);
  assert.is((engine.call('get_project_info') as { unsaved: boolean }).unsaved, false);
  assert.equal(listed(engine).done, done);
  assert.is(listed(engine).step, step);
  const script = "goxel.call('create_layer', {}); goxel.call('delete_layer', { layer_id: 3 })";
  engine.call('set_layer_visibility', { layer_id: 1, visible: false });
  engine.call('undo');
  await engine.callAsync('execute_script', { script });
  assert.is((engine.call('redo') as { count: number }).count, 1, 'nor is what makes and deletes');
});

parts('a restore does not tell of a selection that was made anew meanwhile', () => {
  const engine = new TestEngine();
  engine.call('add_voxel', [0, 0, 0]);
  engine.call('select', { kind: 'all' });
  engine.call('create_checkpoint', { checkpoint: 'one' });
  engine.call('clear_selection');
  engine.call('select', { kind: 'all' });
  const { step } = listed(engine);
  engine.call('restore', { checkpoint: 'one' });
  assert.is(listed(engine).step, step, 'nothing is other than it was');
  engine.call('add_voxel', [1, 0, 0]);
  engine.call('restore', { checkpoint: 'one' });
  assert.equal(listed(engine).done[0]!.parts, []);
});

parts('a layer that comes back is told by what it has, not by what it had', () => {
  const engine = new TestEngine();
  const { layer_id } = added(engine, 'create_layer', { name: 'roof' });
  engine.call('add_voxel', { position: [0, 0, 0], layer_id });
  engine.call('create_checkpoint', { checkpoint: 'one' });
  engine.call('add_voxel', { position: [1, 0, 0], layer_id });
  engine.call('delete_layer', { layer_id });
  engine.call('restore', { checkpoint: 'one' });
  const { changed, created, removed } = listed(engine).done[0]!;
  assert.equal({ changed, created, removed }, { changed: 1, created: 1, removed: 0 });
});

parts('the active layer comes back with a layer, and to choose one ends no redo', () => {
  const engine = new TestEngine();
  const { layer_id: roof } = added(engine, 'create_layer', { name: 'roof' });
  assert.is(activeOf(engine), roof);
  engine.call('delete_layer', { layer_id: roof });
  assert.is(activeOf(engine), 1);
  engine.call('undo');
  assert.is(activeOf(engine), roof);
  engine.call('redo');
  assert.is(activeOf(engine), 1);
  engine.call('undo', { steps: 2 });
  assert.is(activeOf(engine), 1, 'it is one that is there');
  engine.call('redo');
  const { layer_id: door } = added(engine, 'create_layer', { name: 'door' });
  engine.call('undo');
  engine.call('set_active_layer', { layer_id: 1 });
  assert.is((engine.call('redo') as { count: number }).count, 1);
  assert.ok([1, door].includes(activeOf(engine)));
  engine.call('add_voxel', [0, 0, 0]);
  engine.call('undo');
  assert.equal(voxelsOf(engine), []);
});

parts('an import of several layers is one step', async () => {
  const directory = temporaryDirectory();
  const engine = new TestEngine({ roots: [directory] });
  writeFileSync(join(directory, 'a.txt'), '0 0 0 ff0000\n1 0 0 00ff00\n');
  engine.call('import_file', { path: join(directory, 'a.txt') });
  const path = join(directory, 'two.gox');
  const other = new TestEngine({ roots: [directory] });
  other.call('add_voxel', [3, 3, 3]);
  other.call('create_layer', { name: 'second' });
  other.call('add_voxel', [4, 4, 4]);
  other.call('save_project', { path });
  const before = seen(engine);
  engine.call('import_file', { path });
  const { can_undo, done } = listed(engine);
  assert.equal([can_undo, done[0]!.created], [2, 2]);
  assert.ok(done[0]!.parts.includes('layers'));
  const after = seen(engine);
  engine.call('undo');
  assert.is(seen(engine), before);
  engine.call('redo');
  assert.is(seen(engine), after);
});

parts('a script is one step with all that it did', async () => {
  const engine = new TestEngine();
  engine.call('add_voxel', [0, 0, 0]);
  const before = seen(engine);
  const script = `
    goxel.call('goxel.create_layer', { name: 'made' });
    goxel.call('goxel.add_voxel', { position: [9, 9, 9], color: '#FF0000' });
    goxel.call('goxel.add_material', { name: 'made' });
    goxel.call('goxel.add_camera', { name: 'made' });
    goxel.call('goxel.set_palette', { colors: ['#112233'] });
    goxel.call('goxel.update_light', { pitch: 7 });
    goxel.call('goxel.clear_voxels', { layer_id: 1 });
    goxel.call('goxel.select', { kind: 'all' });`;
  await engine.callAsync('script.execute', { script });
  const after = seen(engine);
  const { can_undo, done } = listed(engine);
  assert.is(can_undo, 2);
  assert.equal([...done[0]!.parts].sort(), [
    ...['cameras', 'layers', 'light', 'materials', 'palette', 'selection'],
  ]);
  engine.call('undo');
  assert.equal([seen(engine), voxelsOf(engine, 1).length], [before, 1]);
  engine.call('redo');
  assert.equal([seen(engine), voxelsOf(engine, 1).length], [after, 0]);
});

parts.run();
