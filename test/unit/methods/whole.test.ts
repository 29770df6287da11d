/** Edits happen as a whole or not at all, within the ceilings for a project and for its engine. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { TestEngine, voxelsOf } from '../../support/engine.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const whole = suite('whole');

const BLOCK_BYTES = 16 * 16 * 16 * 4;
/** Of a block of one colour. */
const UNIFORM_BYTES = 64;

/** A project of 4 blocks, saved, with a selection, of which 6 more are free. */
function project(): TestEngine {
  const directory = temporaryDirectory();
  const engine = new TestEngine({
    roots: [directory],
    project_voxel_bytes_max: 4 * UNIFORM_BYTES + 6 * BLOCK_BYTES,
  });
  engine.call('fill_region', { min: [0, 0, 0], max: [31, 31, 15], color: '#336699' });
  engine.call('create_layer', { name: 'top' });
  engine.call('save_project', [`${directory}/a.gox`]);
  return engine;
}

function state(engine: TestEngine): unknown {
  return [
    engine.call('get_project_info'),
    engine.call('get_scene'),
    engine.call('get_selection'),
    engine.call('list_layers'),
    voxelsOf(engine, 1),
    voxelsOf(engine, 2),
    engine.engine.stats().voxel_bytes,
  ];
}

const TOO_MUCH: readonly [method: string, params: object][] = [
  ['fill_region', { min: [0, 0, 0], max: [200, 200, 200] }],
  ['paint_shape', { shape: 'sphere', box: { min: [0, 0, 0], max: [99, 99, 99] } }],
  [
    'paint_shape',
    { shape: 'cube', box: { min: [0, 0, 0], max: [17, 17, 17] }, symmetry: ['x', 'y'] },
  ],
  ['paint_stroke', { points: [[0, 0, 0]], radius: 90 }],
  [
    'paint_stroke',
    {
      points: [
        [0.5, 0.5, 9.5],
        [300.5, 0.5, 9.5],
      ],
      shape: 'sphere',
    },
  ],
  ['procedural_shape', { size: 100 }],
  ['flood_fill', { position: [-30, -30, 60] }],
  ['extrude', { layer_id: 1, position: [0, 0, 15], face: '+z', distance: 50 }],
  [
    'set_packed_region',
    { min: [0, 0, 0], size: [1, 1, 200], data: Buffer.alloc(800, 1).toString('base64') },
  ],
  ['transform_layer', { layer_id: 1, scale: 3 }],
  ['add_voxels', { voxels: Array.from({ length: 7 }, (_, x) => ({ x: x * 16, y: 0, z: 0 })) }],
  ['clone_layer', { layer_id: 1, matrix: [3, 0, 0, 0, 0, 3, 0, 0, 0, 0, 3, 0, 0, 0, 0, 1] }],
  ['create_shape_layer', { shape: 'cube', box: { min: [-32, -32, 0], max: [32, 32, 64] } }],
  ['update_layer', { layer_id: 2, name: 'renamed', image_path: 'x', material: 7 }],
  ['update_camera', { name: 'renamed', matrix: Array(16).fill(0) }],
  ['merge_layers', { source_layer_id: 1, target_layer_id: 9 }],
];

whole('an edit that fails leaves everything as it was', () => {
  for (const [method, params] of TOO_MUCH) {
    const engine = project();
    const before = state(engine);
    const { data, message } = engine.fail(method, params);
    assert.equal(state(engine), before, method);
    if (data.code !== 'GOX_MEMORY_LIMIT') continue;
    assert.is(data.details!.key, 'limits.project_voxel_bytes_max', method);
    assert.match(message, /Of limits\.project_voxel_bytes_max, 98560 bytes, 98304 are free\.$/);
  }
});

whole('what clones make of an edit is part of it', () => {
  const engine = new TestEngine({ project_voxel_bytes_max: 4 * BLOCK_BYTES });
  engine.call('add_voxel', [0, 0, 0, '#FF0000']);
  const matrix = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 32, 0, 0, 1];
  for (let i = 0; i < 2; i++) engine.call('clone_layer', { index: 0, matrix });
  const all = () => [1, 2, 3].map((id) => voxelsOf(engine, id));
  const before = all();
  const voxel = { x: 100, y: 0, z: 0 };
  // One block is free, and each of these needs one for itself and two for the clones.
  const edits = [
    ['add_voxel', { ...voxel, layer_id: 1 }],
    ['add_voxels', { voxels: [voxel], layer_id: 1 }],
    ['batch_operations', { operations: [{ type: 'add', ...voxel, layer_id: 1 }] }],
    ['fill_region', { min: [100, 0, 0], max: [101, 1, 1], layer_id: 1 }],
  ] as const;
  for (const [method, params] of edits) {
    assert.is(engine.fail(method, params).data.code, 'GOX_MEMORY_LIMIT', method);
    assert.equal(all(), before, method);
  }
  engine.call('remove_voxel', { x: 0, y: 0, z: 0, layer_id: 1 });
  engine.call('add_voxel', { ...voxel, layer_id: 1 });
  assert.equal(all()[2], ['132 0 0 ffffffff']);
});

whole('shape layers may not outgrow the image box that is set', () => {
  const engine = new TestEngine({ project_voxel_bytes_max: 20 * BLOCK_BYTES });
  engine.call('set_image_box', { box: { min: [0, 0, 0], max: [32, 32, 32] } });
  const box = { min: [-400, -400, -400], max: [400, 400, 400] };
  engine.call('create_shape_layer', { shape: 'cube', box });
  const before = engine.call('get_scene');
  const larger = { box: { min: [0, 0, 0], max: [64, 64, 64] } };
  assert.is(engine.fail('set_image_box', larger).data.code, 'GOX_MEMORY_LIMIT');
  assert.equal(engine.call('get_scene'), before);
});

whole('a selection counts, and is given back', () => {
  const engine = project();
  engine.call('select', { kind: 'all', layer_id: 1 });
  assert.is(engine.engine.stats().voxel_bytes, 4 * UNIFORM_BYTES + 4 * BLOCK_BYTES);
  const eight = { voxels: [0, 1, 2].map((x) => ({ x: 16 * x, y: 0, z: 99 })) };
  assert.is(engine.fail('add_voxels', eight).data.code, 'GOX_MEMORY_LIMIT');
  engine.call('clear_selection');
  engine.call('add_voxels', eight);
  const before = engine.call('get_selection');
  assert.is(engine.fail('select', { kind: 'all', layer_id: 1 }).data.code, 'GOX_MEMORY_LIMIT');
  assert.equal(engine.call('get_selection'), before);
});

whole('the lower of both ceilings is named', () => {
  const engine = new TestEngine({
    voxel_bytes_max: 5 * BLOCK_BYTES,
    project_voxel_bytes_max: 3 * BLOCK_BYTES,
  });
  const add = (x: number) => [x * 16, 0, 0];
  for (const x of [0, 1, 2]) engine.call('add_voxel', add(x));
  const own = engine.fail('add_voxel', add(3));
  assert.equal(own.data.details, {
    bytes: BLOCK_BYTES,
    key: 'limits.project_voxel_bytes_max',
    bytes_max: 3 * BLOCK_BYTES,
    bytes_free: 0,
  });
  for (const x of [0, 1]) engine.call('add_voxel', add(x), 2);
  assert.match(engine.fail('add_voxel', add(2), 2).message, /limits\.voxel_bytes_max/);
});

whole('a file with clones that grow too large is not loaded', () => {
  const directory = temporaryDirectory();
  const path = `${directory}/a.gox`;
  const engine = new TestEngine({ roots: [directory] });
  engine.call('create_shape_layer', {
    shape: 'cube',
    box: { min: [-32, -32, 0], max: [32, 32, 64] },
  });
  engine.call('save_project', [path]);
  const small = new TestEngine({ roots: [directory], project_voxel_bytes_max: 30 * BLOCK_BYTES });
  small.call('add_voxel', [1, 2, 3]);
  assert.is(small.fail('load_project', [path]).data.code, 'GOX_MEMORY_LIMIT');
  assert.is(voxelsOf(small).length, 1);
  assert.is((small.call('get_project_info') as { path: unknown }).path, null);
});

whole.run();
