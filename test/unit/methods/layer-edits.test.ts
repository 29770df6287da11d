/** What layers are: properties, order, copies, clones, shapes, merges; and that files keep them. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BLEND_MODES, type BlendMode, merge } from '../../../engine/ops/combine.ts';
import { pack } from '../../../engine/volume/color.ts';
import { Volume } from '../../../engine/volume/volume.ts';
import { TestEngine, voxelsOf } from '../../support/engine.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

interface View {
  readonly id: number;
  readonly name: string;
  readonly index: number;
  readonly kind: string;
  readonly voxel_count: number;
  readonly matrix: number[];
  readonly base_id: number | null;
  readonly bounding_box: { min: number[]; max: number[] };
}

const layers = suite('layers');

const SHIFT = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 10, 0, 0, 1];

function changed(engine: TestEngine, method: string, params: object): View {
  return (engine.call(method, params) as { layer: View }).layer;
}

function ids(engine: TestEngine): number[] {
  const { layers } = engine.call('list_layers') as { layers: { id: number }[] };
  return layers.map(({ id }) => id);
}

layers('a duplicate has its own voxels, right above', () => {
  const engine = new TestEngine();
  engine.call('add_voxel', [1, 2, 3, '#FF0000']);
  engine.call('create_layer', { name: 'top' });
  const copy = changed(engine, 'duplicate_layer', { layer_id: 1, name: 'copy' });
  assert.equal([copy.id, copy.name, copy.index, copy.voxel_count], [3, 'copy', 1, 1]);
  engine.call('add_voxel', [9, 9, 9], 1);
  assert.is(voxelsOf(engine, 3).length, 2, 'it is the active one');
  assert.equal(voxelsOf(engine, 1), ['1 2 3 ff0000ff']);
});

layers('a clone follows its base, until it is written or made plain', () => {
  const engine = new TestEngine();
  engine.call('add_voxel', [0, 0, 0, '#FF0000']);
  const clone = changed(engine, 'clone_layer', { index: 0, matrix: SHIFT });
  assert.equal([clone.kind, clone.base_id, clone.name], ['clone', 1, 'Layer.1 clone']);
  const second = changed(engine, 'clone_layer', { layer_id: clone.id, matrix: SHIFT });
  engine.call('add_voxel', { x: 1, y: 0, z: 0, color: '#00FF00', layer_id: 1 });
  assert.equal(voxelsOf(engine, clone.id), ['10 0 0 ff0000ff', '11 0 0 00ff00ff']);
  assert.equal(voxelsOf(engine, second.id), ['20 0 0 ff0000ff', '21 0 0 00ff00ff']);
  const plain = changed(engine, 'make_layer_plain', { layer_id: second.id });
  assert.equal([plain.kind, plain.base_id, plain.voxel_count], ['voxels', null, 2]);
  engine.call('remove_voxel', { x: 10, y: 0, z: 0, layer_id: clone.id });
  engine.call('remove_voxel', { x: 0, y: 0, z: 0, layer_id: 1 });
  assert.equal(voxelsOf(engine, clone.id), ['11 0 0 00ff00ff'], 'now it stands alone');
  assert.is(voxelsOf(engine, second.id).length, 2);
});

layers('a clone stays when its base goes', () => {
  const engine = new TestEngine();
  engine.call('add_voxel', [0, 0, 0, '#FF0000']);
  const { id } = changed(engine, 'clone_layer', { index: 0, matrix: SHIFT });
  engine.call('delete_layer', { layer_id: 1 });
  assert.equal(voxelsOf(engine, id), ['10 0 0 ff0000ff']);
  assert.is((engine.call('get_layer') as View).kind, 'voxels');
});

layers('a shape layer shows its shape inside the image box', () => {
  const engine = new TestEngine();
  const box = { min: [0, 0, 0], max: [4, 4, 4] };
  const cube = changed(engine, 'create_shape_layer', { shape: 'cube', color: '#FF0000', box });
  assert.equal([cube.kind, cube.voxel_count], ['shape', 64]);
  assert.is(changed(engine, 'update_layer', { shape: 'sphere' }).voxel_count, 32);
  const recolored = changed(engine, 'update_layer', { color: '#0000FF' });
  assert.equal((recolored as View & { shape: unknown }).shape, {
    ...{ shape: 'sphere', color: [0, 0, 255, 255] },
  });
  engine.call('set_image_box', { box: { min: [0, 0, 0], max: [4, 4, 2] } });
  assert.is((engine.call('get_layer') as View).voxel_count, 16);
  const middle = changed(engine, 'create_shape_layer', { shape: 'cube' });
  assert.equal(middle.matrix, [4, 0, 0, 0, 0, 4, 0, 0, 0, 0, 4, 0, 2, 2, 1, 1]);
  const refused = engine.fail('update_layer', { layer_id: 1, shape: 'cube' });
  assert.match(refused.message, /^params\.shape: expected nothing, since the layer is no shape/);
});

layers('properties are set, and null takes them away', () => {
  const engine = new TestEngine();
  const given = {
    ...{ name: 'walls', visible: false, mode: 'sub', material: 0, image_path: 'a.png' },
    ...{ matrix: SHIFT, box: { min: [0, 0, 0], max: [2, 4, 6] } },
  };
  const set = changed(engine, 'update_layer', { index: 0, ...given });
  assert.equal(set, {
    ...{ id: 1, name: 'walls', index: 0, visible: false, active: true, kind: 'image' },
    ...{ voxel_count: 0, mode: 'sub', material: 0, matrix: SHIFT, base_id: null, shape: null },
    bounding_box: { empty: true, min: [0, 0, 0], max: [0, 0, 0], dimensions: [0, 0, 0] },
    box: {
      ...{ min: [0, 0, 0], max: [2, 4, 6] },
      matrix: [1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 3, 0, 1, 2, 3, 1],
      last: [1, 3, 5],
    },
    image_path: 'a.png',
  });
  const none = { box: null, material: null, image_path: null, name: null };
  const cleared = changed(engine, 'update_layer', { layer_name: 'walls', ...none }) as View & {
    [name: string]: unknown;
  };
  assert.equal(
    [cleared.box, cleared.material, cleared.image_path, cleared.name],
    [null, null, null, 'walls'],
  );
  assert.match(engine.fail('update_layer', { material: 1 }).message, /there are 1, got 1$/);
  assert.is(engine.fail('get_layer', { layer_id: 7 }).data.code, 'GOX_LAYER_NOT_FOUND');
});

layers('are put in another order', () => {
  const engine = new TestEngine();
  for (const name of ['b', 'c']) engine.call('create_layer', { name });
  assert.equal(engine.call('reorder_layer', { layer_id: 1, to: 2 }), {
    ...{ success: true, order: [2, 3, 1], layer_id: 1 },
  });
  assert.equal(engine.call('reorder_layer', { layer_name: 'c', to: 0 }), {
    ...{ success: true, order: [3, 2, 1], layer_id: 3 },
  });
  assert.match(engine.fail('reorder_layer', { index: 0, to: 3 }).message, /a place below 3, got 3/);
});

/** Two volumes that meet, and an engine with the first below the second. */
function overlapping(): { engine: TestEngine; below: Volume; above: Volume } {
  const engine = new TestEngine();
  const [below, above] = [new Volume(), new Volume()];
  engine.call('fill_region', { min: [0, 0, 0], max: [5, 1, 1], color: [100, 150, 200, 200] });
  below.fillBox([0, 0, 0], [6, 2, 2], pack(100, 150, 200, 200));
  engine.call('create_layer');
  engine.call('fill_region', { min: [3, 0, 0], max: [20, 0, 0], color: [10, 20, 30, 90] });
  above.fillBox([3, 0, 0], [21, 1, 1], pack(10, 20, 30, 90));
  return { engine, below, above };
}

layers('merge by every mode, given or their own', () => {
  for (const mode of BLEND_MODES.slice(0, 8) as BlendMode[]) {
    const { engine, below, above } = overlapping();
    merge(below, above, mode);
    const merged = engine.call('merge_layers', { source_id: 2, target_id: 1, mode });
    assert.is((merged as { success: boolean }).success, true);
    assert.is(voxelsOf(engine, 1).length, below.count(), mode);
    for (const line of voxelsOf(engine, 1)) {
      const [x, y, z, color] = line.split(' ');
      const rgba = below.get(Number(x), Number(y), Number(z));
      const bytes = new Uint8Array(Uint32Array.of(rgba).buffer);
      assert.is(color, Buffer.from(bytes).toString('hex'), `${mode} ${line}`);
    }
    const own = overlapping().engine;
    own.call('update_layer', { layer_id: 2, mode });
    own.call('merge_down', { layer_id: 2 });
    assert.equal(voxelsOf(own, 1), voxelsOf(engine, 1), mode);
    assert.equal([ids(own), ids(engine)], [[1], [1]]);
  }
});

layers('merge by position as in v14, may keep the source, and refuse what cannot be', () => {
  const { engine } = overlapping();
  engine.call('merge_layers', { source_layer_id: 1, target_layer_id: 2, delete_source: false });
  assert.equal(ids(engine), [1, 2]);
  assert.is((engine.call('merge_layers', [1, 2]) as { success: boolean }).success, true);
  assert.equal(ids(engine), [2]);
  assert.match(engine.fail('merge_layers', [2, 2]).message, /another layer than the source/);
  assert.is(engine.fail('merge_layers', [9, 2]).data.code, 'GOX_LAYER_NOT_FOUND');
  assert.match(engine.fail('merge_down', {}).message, /has another one below it/);
});

layers('visible ones merge into the lowest of them', () => {
  const { engine } = overlapping();
  engine.call('create_layer', { name: 'hidden', visible: false });
  engine.call('add_voxel', [50, 0, 0]);
  const clone = changed(engine, 'clone_layer', { layer_id: 1, matrix: SHIFT });
  const merged = changed(engine, 'merge_visible_layers', {});
  assert.equal([merged.id, merged.kind], [1, 'voxels']);
  assert.equal(ids(engine), [1, 3]);
  assert.equal([clone.id, merged.bounding_box.max], [4, [21, 2, 2]]);
  engine.call('set_layer_visibility', { layer_id: 1, visible: false });
  assert.is(engine.fail('merge_visible_layers', {}).data.code, 'GOX_LAYER_NOT_FOUND');
});

layers('all of it is in a .gox file', () => {
  const directory = temporaryDirectory();
  const engine = new TestEngine({ roots: [directory] });
  const path = `${directory}/layers.gox`;
  engine.call('add_voxel', [0, 0, 0, '#FF0000']);
  engine.call('clone_layer', { index: 0, matrix: SHIFT });
  engine.call('create_shape_layer', { shape: 'cylinder', color: '#00FF0080' });
  engine.call('add_material', { name: 'glass', color: [1, 1, 1, 0.5] });
  const box = { min: [0, 0, 0], max: [2, 2, 2] };
  engine.call('update_layer', { layer_id: 1, mode: 'max', material: 1, box, visible: false });
  engine.call('save_project', { path });
  const all = (from: TestEngine) => [
    ids(from).map((layer_id) => ({ ...(from.call('get_layer', { layer_id }) as View) })),
    ids(from).map((layer_id) => voxelsOf(from, layer_id)),
    (from.call('get_scene') as { materials: unknown }).materials,
  ];
  const other = new TestEngine({ roots: [directory] });
  other.call('load_project', { path });
  assert.equal(all(other), all(engine));
  other.call('add_voxel', { x: 1, y: 0, z: 0, layer_id: 1 });
  assert.is(voxelsOf(other, 2).length, 2, 'the clone still follows');
});

layers('what a clone cannot follow leaves no trace of itself', () => {
  const engine = new TestEngine();
  engine.call('add_voxel', [1, 2, 3, '#FF0000']);
  const matrix = [2, 0, 0, 0, 0, 3, 0, 0, 0, 0, 8, 0, 5, 2, 1, 1];
  const clone = changed(engine, 'clone_layer', { layer_id: 1 });
  engine.call('update_layer', { layer_id: clone.id, matrix });
  const before = voxelsOf(engine, clone.id);
  const { data } = engine.fail('add_voxel', { x: 0, y: 0, z: -2_147_483_640, layer_id: 1 });
  assert.is(data.code, 'GOX_MEMORY_LIMIT');
  assert.equal(voxelsOf(engine, clone.id), before);
  engine.call('add_voxel', { x: 2, y: 2, z: 3, layer_id: 1 });
  assert.ok(voxelsOf(engine, clone.id).length > before.length, 'it goes on to follow');
});

layers('there are at most 1024', () => {
  const engine = new TestEngine();
  const make = Array.from({ length: 1023 }, () => ({ method: 'create_layer' }));
  assert.ok(engine.run(make).every(({ failed }) => !failed));
  for (const [method, params] of [
    ['create_layer', {}],
    ['duplicate_layer', {}],
    ['clone_layer', {}],
    ['create_shape_layer', { shape: 'cube' }],
  ] as const) {
    assert.is(engine.fail(method, params).data.code, 'GOX_LAYER_LIMIT', method);
  }
});

layers.run();
