/** Replies say what the request did: the layer, the voxels that changed, the files. */

import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { METHODS } from '../../../engine/catalogue/methods.ts';
import { TestEngine } from '../../support/engine.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

type Reply = Readonly<Record<string, unknown>>;

const CUBE = { min: [0, 0, 0], max: [3, 3, 3] };

function caller(engine: TestEngine): (method: string, params?: unknown) => Reply {
  return (method, params) => engine.call(method, params) as Reply;
}

const edits = suite('edits');

edits('name the layer that was edited, whichever way it was asked for', () => {
  const call = caller(new TestEngine());
  call('create_layer', { name: 'two' });
  for (const [asked, edited] of [
    [undefined, 2],
    [0, 2],
    [-1, 2],
    [1, 1],
    [2, 2],
  ]) {
    const where = { position: [1, 2, 3], layer_id: asked };
    const requests: [string, object][] = [
      ['add_voxel', where],
      ['paint_voxels', { ...where, color: '#000000' }],
      ['flood_fill', { ...where, color: '#FF0000' }],
      ['extrude', { ...where, face: '+x', distance: 1 }],
      ['fill_region', { ...CUBE, layer_id: asked }],
      ['replace_color', { from: '#FFFFFF', to: '#00FF00', layer_id: asked }],
      ['procedural_shape', { layer_id: asked }],
      ['filter', { kind: 'hollow', layer_id: asked }],
      ['transform_layer', { translate: [1, 0, 0], layer_id: asked }],
      ['clear_voxels', { layer_id: asked }],
      ['add_voxels', { voxels: [], layer_id: asked }],
      ['remove_voxels', { positions: [], layer_id: asked }],
      ['remove_voxel', where],
    ];
    for (const [method, params] of requests)
      assert.is(call(method, params).layer_id, edited, method);
    const operations = [{ type: 'add', x: 0, y: 0, z: 0 }];
    const { layer_ids } = call('batch_operations', { operations, layer_id: asked });
    assert.equal(layer_ids, [edited]);
  }
});

edits('count what this request changed, not what the layer holds', () => {
  const call = caller(new TestEngine());
  const fill = { ...CUBE, color: '#808080' };
  for (const [changed, method, params] of [
    [64, 'fill_region', fill],
    [0, 'fill_region', fill],
    [16, 'fill_region', { ...fill, max: [3, 3, 0], color: '#FF0000' }],
    [1, 'add_voxel', [9, 9, 9]],
    [0, 'add_voxel', [9, 9, 9]],
    [0, 'add_voxel', { x: 9, y: 9, z: 8, a: 0 }],
    [1, 'add_voxel', { x: 9, y: 9, z: 9, a: 0 }],
    [0, 'paint_voxels', [0, 0, 0, 255, 0, 0]],
    [16, 'replace_color', { from: '#FF0000', to: '#00FF00' }],
    [0, 'replace_color', { from: '#FF0000', to: '#00FF00' }],
    [0, 'flood_fill', { position: [0, 0, 0], color: '#00FF00' }],
    [8, 'filter', { kind: 'hollow' }],
    [2, 'paint_shape', { shape: 'cube', box: { min: [0, 0, 8], max: [1, 1, 10] } }],
    [0, 'clear_voxels', { region: { min: [50, 50, 50], max: [60, 60, 60] } }],
  ] as const) {
    assert.is(call(method, params).changed, changed, `${method} ${JSON.stringify(params)}`);
  }
  const { voxel_count, changed } = call('clear_voxels');
  assert.equal([voxel_count, changed], [0, 58]);
});

edits('count each position once, by what it holds in the end', () => {
  const call = caller(new TestEngine());
  const voxels = ['#FF0000', '#00FF00', '#0000FF'].map((color) => ({ position: [1, 1, 1], color }));
  voxels.push({ position: [2, 2, 2], color: '#00000000' });
  const put = call('add_voxels', { voxels });
  assert.equal([put.added, put.failed, put.changed], [1, 0, 1]);
  assert.equal((call('get_voxel', [1, 1, 1]) as { color: number[] }).color, [0, 0, 255, 255]);
  const again = call('add_voxels', { voxels });
  assert.equal([again.added, again.changed], [1, 0]);
  const positions = [
    [1, 1, 1],
    [1, 1, 1],
    [7, 7, 7],
  ];
  const painted = call('paint_voxels', { positions, color: '#FFFF00' });
  assert.equal([painted.painted, painted.changed], [1, 1]);
  assert.is(call('remove_voxels', { positions }).removed, 1);
  assert.is(call('remove_voxel', [1, 1, 1]).removed, 0);
  const operations = [
    { type: 'add', x: 0, y: 0, z: 0 },
    { type: 'remove', x: 0, y: 0, z: 0 },
    { type: 'add', x: 1, y: 0, z: 0 },
  ];
  assert.is(call('batch_operations', { operations }).changed, 1);
});

edits('of a shape say what is new, also where it takes away', () => {
  const call = caller(new TestEngine());
  const shape = { shape_type: 'cube', size: 4, color: '#808080' };
  const made = (params: object) => {
    const { voxels_created, changed } = call('procedural_shape', { ...shape, ...params });
    return [voxels_created, changed];
  };
  assert.equal(made({}), [64, 64]);
  assert.equal(made({}), [0, 0]);
  assert.equal(made({ center: [2, 0, 0] }), [32, 32]);
  assert.equal(made({ color: '#FF0000' }), [0, 64]);
  assert.equal(made({ mode: 'sub' }), [0, 64]);
});

edits('of layers say which one went, and with how many voxels', () => {
  const call = caller(new TestEngine());
  call('create_layer', { name: 'roof' });
  call('fill_region', { ...CUBE, color: '#808080' });
  const merged = call('merge_down');
  assert.is(merged.changed, 64);
  call('duplicate_layer');
  assert.is(call('merge_down').changed, 0);
  assert.equal(call('delete_layer', { index: 0 }), {
    ...{ success: true, layer_id: 1, name: 'Layer.1', changed: 64 },
  });
});

edits('by a script count over all layers', async () => {
  const engine = new TestEngine();
  engine.call('add_voxel', [0, 0, 0]);
  const script = `
    for (const layer of [goxel.image.activeLayer, goxel.image.addLayer('b')]) {
      layer.volume.setAt([0, 0, 0], [255, 255, 255, 255]);
      layer.volume.setAt([0, 0, 1], [255, 255, 255, 255]);
    }`;
  const { changed } = (await engine.callAsync('script.execute', { script })) as Reply;
  assert.is(changed, 3);
});

edits.run();

const files = suite('files');

files('that were written or read are named by their absolute paths', async () => {
  const root = temporaryDirectory();
  mkdirSync(join(root, 'sub'));
  process.chdir(root);
  const engine = new TestEngine({ roots: [root] });
  const call = caller(engine);
  call('add_voxel', [1, 2, 3]);
  const at = (name: string) => join(root, name);
  const written = [
    [call('save_project', { path: 'sub/../a.gox' }), 'a.gox', 'gox'],
    [call('save_project'), 'a.gox', 'gox'],
    [call('save_project', { path: 'sub/b', format: 'VOX' }), 'sub/b', 'vox'],
    [call('export_model', ['./c.ply']), 'c.ply', 'ply'],
    [call('export_model', ['c.png']), 'c.png', 'png'],
    [call('save_palette', ['d.gpl']), 'd.gpl', 'gpl'],
  ] as const;
  for (const [reply, name, format] of written) {
    const bytes = name === 'a.gox' ? reply.bytes : statSync(at(name)).size;
    assert.equal(reply, { success: true, path: at(name), bytes, format });
  }
  assert.is(call('get_project_info').path, at('sub/b'));
  const size = { width: 8, height: 8 };
  assert.is(call('render_scene', { ...size, output_path: 'e.png' }).output_path, at('e.png'));
  const turn = { ...size, output_path: 'sub/f.png', turntable: { count: 2 } };
  assert.equal(
    (call('render_scene', turn).pictures as { path: string }[]).map(({ path }) => path),
    [at('sub/f-000.png'), at('sub/f-001.png')],
  );
  assert.is(call('load_palette', ['d.gpl']).path, at('d.gpl'));
  assert.is(call('import_file', ['a.gox']).path, at('a.gox'));
  assert.is(call('create_project', { path: 'g.gox' }).path, at('g.gox'));
  assert.is(call('save_project').path, at('g.gox'));
  assert.equal(call('load_project', ['a.gox']), {
    ...{ success: true, path: at('a.gox'), project: 'default' },
    ...{ layer_count: 1, voxel_count: 1 },
  });
  const script = `goxel.image.activeLayer.volume.save('sub/h.gox');`;
  const ran = (await engine.callAsync('script.execute', { script })) as Reply;
  assert.equal(ran.files, [{ path: at('sub/h.gox'), bytes: statSync(at('sub/h.gox')).size }]);
  assert.ok(readFileSync(at('g.gox')).length > 0);
});

files('that cannot be used are named by their absolute paths in the error', async () => {
  const root = temporaryDirectory();
  process.chdir(root);
  const engine = new TestEngine({ roots: [root] });
  for (const [method, params] of [
    ['load_project', ['missing/a.gox']],
    ['import_file', ['missing/a.gox']],
    ['save_project', ['missing/a.gox']],
    ['export_model', ['missing/a.gox']],
    ['export_model', ['missing/a.png']],
    ['render_scene', ['missing/a.png']],
    ['load_palette', ['missing/a.gpl']],
    ['save_palette', ['missing/a.gpl']],
    ['script.execute', { path: 'missing/a.js' }],
  ] as const) {
    const { message, data } = await engine.failAsync(method, params);
    assert.is(data.code, 'GOX_FILE', method);
    assert.ok(message.includes(join(root, 'missing/a.')), `${method}: ${message}`);
  }
  const { message } = engine.fail('load_project', ['../a.gox']);
  assert.ok(message.includes(`"${join(root, '../a.gox')}"`), message);
});

files.run();

const opening = suite('opening');

opening('says which project it is and what it replaced', () => {
  const call = caller(new TestEngine());
  const first = call('create_project', { name: 'tower' });
  assert.equal([first.project, first.replaced], ['default', undefined]);
  call('fill_region', CUBE);
  const second = call('create_project', { name: 'bridge', project: 'other' });
  assert.is(second.project, 'other');
  assert.equal(second.replaced, { name: 'tower', voxel_count: 64, unsaved: true });
  assert.is(call('create_project', {}).replaced, undefined);
  call('add_voxel', [0, 0, 0]);
  const closed = call('close_project', { project: 'other' });
  assert.equal(
    [closed.project, closed.closed],
    ['other', { name: 'New Project', voxel_count: 1, unsaved: true }],
  );
});

opening('with overwrite false leaves voxels that were not saved', () => {
  const root = temporaryDirectory();
  const path = join(root, 'a.gox');
  const engine = new TestEngine({ roots: [root] });
  const call = caller(engine);
  call('fill_region', CUBE);
  call('save_project', { path });
  const saved = call('create_project', { name: 'b', overwrite: false });
  assert.equal(saved.replaced, { name: 'New Project', voxel_count: 64, unsaved: false });
  call('add_voxel', [7, 7, 7]);
  for (const [method, params] of [
    ['create_project', { name: 'c' }],
    ['load_project', { path }],
  ] as const) {
    const { message, data } = engine.fail(method, { ...params, overwrite: false });
    assert.is(data.code, 'GOX_UNSAVED');
    assert.not(data.retryable);
    assert.match(message, /"default", titled "b", has 1 voxels/);
    assert.is(call('get_project_info').voxel_count, 1);
  }
  const loaded = call('load_project', { path, overwrite: true });
  assert.equal(loaded.replaced, { name: 'b', voxel_count: 1, unsaved: true });
});

opening.run();

const boxes = suite('boxes');

boxes('take two opposite corners in either order', () => {
  for (const axes of [0, 1, 2, 3, 4, 5, 6, 7]) {
    const call = caller(new TestEngine());
    const low = [-1, 2, 5];
    const corner = (last: number[], swapped: boolean) =>
      low.map((value, axis) => (((axes >> axis) & 1) === (swapped ? 1 : 0) ? value : last[axis]!));
    const between = (high: number[]) => ({ min: corner(high, false), max: corner(high, true) });
    const region = between([2, 5, 8]);
    const box = between([3, 6, 9]);
    assert.is(call('fill_region', { ...region, color: '#808080' }).changed, 64);
    assert.is(call('get_voxels_region', region).count, 64);
    assert.equal(call('get_packed_region', region).min, low);
    assert.is(call('get_unique_colors', { region }).count, 1);
    assert.is(call('find_voxels_by_color', { color: '#808080', region }).match_count, 64);
    assert.is(call('select', { kind: 'box', box }).voxel_count, 64);
    assert.is(call('paint_shape', { shape: 'cube', box, color: '#000000' }).changed, 64);
    const ball = { shape: 'cube', box: { min: [-9, -9, -9], max: [9, 9, 9] }, clip: box };
    assert.is(call('paint_shape', { ...ball, color: '#FF0000' }).changed, 64);
    assert.is(call('filter', { kind: 'crop', box }).changed, 0);
    call('set_image_box', { box });
    assert.is(call('create_shape_layer', { shape: 'cube', box }).changed, 64);
    assert.is(call('clear_voxels', { region, layer_id: 1 }).changed, 64);
    const fill = { position: low, region, layer_id: 1 };
    assert.is(call('flood_fill', fill).changed, 64);
  }
});

boxes('of results go into other methods: min and max into boxes, min and last into regions', () => {
  const call = caller(new TestEngine());
  call('fill_region', { min: [3, -4, 5], max: [7, 0, 6], color: '#808080' });
  call('select', { kind: 'all' });
  const { box: image } = call('set_image_box', { fit: true });
  const results = [
    call('get_bounding_box'),
    call('get_selection').bounding_box,
    call('copy').bounding_box,
    call('get_project_info').bounding_box,
    call('get_layer').bounding_box,
    call('select', { kind: 'box', box: { min: [3, -4, 5], max: [8, 1, 7] } }).box,
    image,
    call('get_scene').box,
  ] as { min: number[]; max: number[]; last: number[] }[];
  for (const { min, max, last } of results) {
    assert.equal(
      [min, max, last],
      [
        [3, -4, 5],
        [8, 1, 7],
        [7, 0, 6],
      ],
    );
    const { changed } = call('fill_region', { min, max: last, color: '#808080' });
    assert.is(changed, 0);
    const box = { min, max };
    assert.is(call('paint_shape', { shape: 'cube', box, color: '#808080' }).changed, 0);
  }
  call('clear_voxels');
  assert.not('last' in call('get_bounding_box'), 'there is no last voxel of none');
});

boxes('say in doc and schema which of the two they are', () => {
  for (const { name, description = '', params, examples } of METHODS) {
    const { min, max, region } = params.properties as Record<string, { description?: string }>;
    if (min !== undefined && max !== undefined) {
      for (const corner of [min, max]) assert.match(corner.description ?? '', 'Both corners', name);
      assert.match(description, 'oth corners', name);
      assert.ok(
        examples.some(({ result }) => result !== undefined),
        name,
      );
    }
    if (region !== undefined) assert.match(region.description ?? '', 'Both corners', name);
  }
});

boxes.run();
