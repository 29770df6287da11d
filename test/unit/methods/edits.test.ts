/** Edits happen as a whole or not at all, in the layer that was asked for. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { TestEngine } from '../../support/engine.ts';

const edits = suite('edits');

interface Layer {
  id: number;
  name: string;
  visible: boolean;
  active: boolean;
  voxel_count: number;
}

function layers(engine: TestEngine): Layer[] {
  return (engine.call('list_layers') as { layers: Layer[] }).layers;
}

function voxelCount(engine: TestEngine): number {
  return (engine.call('get_project_info') as { voxel_count: number }).voxel_count;
}

edits('an engine takes any request before a project was made', () => {
  const engine = new TestEngine();
  assert.equal(engine.call('goxel.get_bounding_box'), {
    empty: true,
    min: [0, 0, 0],
    max: [0, 0, 0],
    dimensions: [0, 0, 0],
  });
  assert.is(layers(engine).length, 1);
  assert.is((engine.call('get_status') as { width: number }).width, 64);
});

edits('the size that create_project was given counts', () => {
  const engine = new TestEngine();
  const forms = [
    ['tower', 24, 25, 26],
    { name: 'tower', width: 24, height: 25, depth: 26 },
    { name: 'tower', size: [24, 25, 26] },
    { name: 'tower', dimensions: { width: 24, height: 25, depth: 26 } },
  ];
  for (const form of forms) {
    engine.call('goxel.create_project', form);
    const { width, height, depth } = engine.call('get_status') as Record<string, number>;
    assert.equal([width, height, depth], [24, 25, 26]);
  }
  assert.equal(engine.call('goxel.create_project', ['tiny', 0, -5, 7]), {
    success: true,
    name: 'tiny',
    width: 64,
    height: 64,
    depth: 7,
    project: 'default',
  });
});

edits('create_project starts afresh, and only its own project', () => {
  const engine = new TestEngine();
  for (const project of [1, 2]) engine.call('add_voxel', [1, 2, 3], project);
  engine.call('create_project', {}, 2);
  const exists = (project: number) =>
    (engine.call('get_voxel', [1, 2, 3], project) as { exists: boolean }).exists;
  assert.is(exists(1), true);
  assert.is(exists(2), false);
});

edits('a list with one wrong voxel adds none', () => {
  const engine = new TestEngine();
  engine.fail('add_voxels', {
    voxels: [
      { x: 0, y: 0, z: 0 },
      { x: 'a', y: 0, z: 0 },
    ],
  });
  engine.fail('add_voxels', {
    voxels: [
      { x: 0, y: 0, z: 0 },
      { x: 1, y: 0 },
    ],
  });
  engine.fail('add_voxels', { voxels: [{ x: 0, y: 0, z: 0 }], layer_id: 77 });
  assert.is(voxelCount(engine), 0);
});

edits('a list may be one voxel instead, but not both', () => {
  const engine = new TestEngine();
  const position = { x: 1, y: 2, z: 3 };
  engine.call('add_voxels', { position, rgba: [9, 8, 7, 255], brush: { shape: 'cube', size: 1 } });
  const { color } = engine.call('get_voxel', { position }) as { color: number[] };
  assert.equal(color, [9, 8, 7, 255]);
  const both = engine.fail('add_voxels', { voxels: [], position });
  assert.is(both.message, 'params.position: there are voxels in the list already');
  assert.match(engine.fail('add_voxels', { x: 1 }).message, /^params\.y: /);
});

edits('a batch with one wrong operation does none', () => {
  const engine = new TestEngine();
  const add = { type: 'add', position: [0, 0, 0] };
  for (const wrong of [
    { type: 'explode', position: [1, 0, 0] },
    { type: 'add', position: [1, 0, 0], layer_id: 77 },
    { type: 'add', x: 1 },
  ]) {
    engine.fail('batch_operations', { operations: [add, wrong] });
  }
  assert.is(voxelCount(engine), 0);
});

edits('a batch adds, paints and removes in order, and counts what it could not paint', () => {
  const engine = new TestEngine();
  const operations = [
    { type: 'add_voxel', x: 0, y: 0, z: 0, r: 9, g: 9, b: 9 },
    { type: 'paint', x: 0, y: 0, z: 0, color: '#010203' },
    { type: 'paint_voxel', x: 5, y: 5, z: 5, color: '#010203' },
    { type: 'add', x: 1, y: 0, z: 0 },
    { type: 'remove_voxel', position: [1, 0, 0] },
    { type: 'remove', x: 8, y: 8, z: 8 },
  ];
  assert.equal(engine.call('goxel.batch_operations', [{ operations }]), {
    success: false,
    total_operations: 6,
    successful_operations: 5,
    failed_operations: 1,
    changed: 1,
    layer_ids: [1],
  });
  assert.equal(engine.call('get_layer_voxels'), {
    voxels: [{ x: 0, y: 0, z: 0, color: [1, 2, 3, 255] }],
    count: 1,
    truncated: false,
    bbox: { min: [0, 0, 0], max: [0, 0, 0] },
  });
});

edits('alpha 0 is the empty voxel', () => {
  const engine = new TestEngine();
  engine.call('add_voxel', [1, 2, 3]);
  engine.call('add_voxel', { x: 1, y: 2, z: 3, color: '#FF000000' });
  assert.is(voxelCount(engine), 0);
});

edits('a new layer is made, is the active one, and has the id that is listed', () => {
  const engine = new TestEngine();
  const made = engine.call('goxel.create_layer', { name: 'roof' }) as { layer_id: number };
  const [first, second] = layers(engine);
  assert.equal([first!.active, second!.active], [false, true]);
  assert.equal([second!.id, second!.name, second!.visible], [made.layer_id, 'roof', true]);
  engine.call('add_voxel', [1, 2, 3]);
  engine.call('add_voxel', { x: 4, y: 5, z: 6, layer_id: first!.id });
  engine.call('add_voxel', { x: 4, y: 5, z: 7, layer_id: -1 });
  assert.equal(
    layers(engine).map(({ voxel_count }) => voxel_count),
    [1, 2],
  );
});

edits('layers are deleted, hidden, chosen and renamed by id, by name and by index', () => {
  const engine = new TestEngine();
  const ids = ['a', 'b', 'c', 'd'].map(
    (name) => (engine.call('create_layer', { name }) as { layer_id: number }).layer_id,
  );
  engine.call('delete_layer', { layer_name: 'a' });
  engine.call('delete_layer', [ids[1]]);
  engine.call('delete_layer', { index: 0 });
  engine.call('set_layer_visibility', { layer_name: 'c', visible: false });
  engine.call('layer.select', { index: 0 });
  engine.call('rename_layer', { layer_id: ids[3], name: 'attic' });
  assert.equal(
    layers(engine).map(({ name, visible, active }) => [name, visible, active]),
    [
      ['c', false, true],
      ['attic', true, false],
    ],
  );
});

edits('unknown and ambiguous layers are errors', () => {
  const engine = new TestEngine();
  for (const [method, params] of [
    ['add_voxel', { x: 1, y: 2, z: 3, layer_id: 9 }],
    ['remove_voxel', { x: 1, y: 2, z: 3, layer_id: 9 }],
    ['get_voxel', { x: 1, y: 2, z: 3, layer_id: 9 }],
    ['get_bounding_box', { layer_id: 9 }],
    ['delete_layer', { layer_id: 9 }],
    ['delete_layer', { layer_name: 'nobody' }],
    ['set_active_layer', { index: 1 }],
  ] as const) {
    assert.is(engine.fail(method, params).data.code, 'GOX_LAYER_NOT_FOUND', method);
  }
  for (let i = 0; i < 2; i++) engine.call('create_layer', { name: 'twin' });
  const { message } = engine.fail('delete_layer', { layer_name: 'twin' });
  assert.is(message, 'params.layer_name: expected a name that only one layer has, got "twin"');
  assert.is(layers(engine).length, 3);
  const none = engine.fail('delete_layer');
  assert.is(none.message, 'params.layer_id: expected a layer_id, layer_name or index, got nothing');
});

edits('in place of the last layer comes an empty one', () => {
  const engine = new TestEngine();
  engine.call('add_voxel', [1, 2, 3]);
  engine.call('delete_layer', { index: 0 });
  assert.is(layers(engine).length, 1);
  assert.is(voxelCount(engine), 0);
});

edits('there are at most 1024 layers', () => {
  const engine = new TestEngine();
  for (let i = 1; i < 1024; i++) engine.call('create_layer');
  assert.is(engine.fail('create_layer').data.code, 'GOX_LAYER_LIMIT');
  assert.is(layers(engine).length, 1024);
});

edits('the bounding box ends after the last voxel, by layer or of all that is visible', () => {
  const engine = new TestEngine();
  engine.call('add_voxel', [-1, 0, 3]);
  engine.call('add_voxel', [4, 0, 3]);
  assert.equal(engine.call('get_bounding_box'), {
    empty: false,
    min: [-1, 0, 3],
    max: [5, 1, 4],
    dimensions: [6, 1, 1],
    last: [4, 0, 3],
  });
  assert.equal(engine.call('get_bounding_box', { exact: false }), {
    empty: false,
    min: [-16, 0, 0],
    max: [16, 16, 16],
    dimensions: [32, 16, 16],
    last: [15, 15, 15],
  });
  engine.call('create_layer');
  engine.call('add_voxel', [0, 9, 0]);
  const all = () => (engine.call('get_bounding_box', { layer_id: -2 }) as { max: number[] }).max;
  assert.equal(all(), [5, 10, 4]);
  engine.call('set_layer_visibility', { index: 1, visible: false });
  assert.equal(all(), [5, 1, 4]);
});

edits('the ends of the coordinates are voxels like others', () => {
  const engine = new TestEngine();
  const [low, high] = [-(2 ** 31), 2 ** 31 - 1];
  engine.call('add_voxel', [low, low, low]);
  engine.call('add_voxel', [high, high, high]);
  assert.equal(engine.call('get_bounding_box'), {
    empty: false,
    min: [low, low, low],
    max: [high + 1, high + 1, high + 1],
    dimensions: [2 ** 32, 2 ** 32, 2 ** 32],
    last: [high, high, high],
  });
  const region = { min: [low, low, low], max: [high, high, high] };
  assert.is((engine.call('get_voxels_region', region) as { count: number }).count, 2);
});

edits('a closed project is gone, and so is its memory', () => {
  const engine = new TestEngine();
  engine.call('add_voxel', [1, 2, 3]);
  assert.equal(engine.engine.stats(), { projects: 1, voxel_bytes: 16384, requests: 1 });
  assert.equal(engine.call('close_project'), {
    ...{ success: true, project: 'default' },
    closed: { name: 'New Project', voxel_count: 1, unsaved: true },
  });
  assert.equal(engine.engine.stats(), { projects: 0, voxel_bytes: 0, requests: 2 });
  assert.is(voxelCount(engine), 0);
});

edits.run();
