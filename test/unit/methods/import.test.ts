/** Reading files into a project, and what can be said about reading and writing. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { TestEngine, voxelsOf } from '../../support/engine.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const importing = suite('import_file');

interface Layer {
  readonly id: number;
  readonly name: string;
  readonly base_id: number | null;
  readonly material: number | null;
}

function layersOf(engine: TestEngine): Layer[] {
  const { layers } = engine.call('list_layers') as { layers: { id: number }[] };
  return layers.map(({ id }) => engine.call('get_layer', { layer_id: id }) as Layer);
}

/** A file of two layers, the second a clone of the first and of another material. */
function house(directory: string): string {
  const engine = new TestEngine({ roots: [directory] });
  engine.call('add_voxel', [1, 2, 3, '#FF0000']);
  engine.call('rename_layer', { index: 0, name: 'walls' });
  engine.call('add_material', { name: 'unused' });
  engine.call('add_material', { name: 'glass', color: [1, 1, 1, 0.5] });
  const matrix = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 10, 0, 0, 1];
  engine.call('clone_layer', { index: 0, name: 'copy', matrix });
  engine.call('update_layer', { material: 2 });
  engine.call('save_project', [`${directory}/house.gox`]);
  return `${directory}/house.gox`;
}

importing('adds layers with new ids, names, materials and bases', () => {
  const directory = temporaryDirectory();
  const path = house(directory);
  const engine = new TestEngine({ roots: [directory] });
  engine.call('rename_layer', { index: 0, name: 'walls' });
  const before = engine.call('get_scene') as { box: object; cameras: object };
  assert.equal(engine.call('import_file', [path]), {
    ...{ success: true, path, layer_ids: [2, 3], voxel_count: 2 },
  });
  assert.equal(
    layersOf(engine).map(({ id, name, base_id, material }) => [id, name, base_id, material]),
    [
      [1, 'walls', null, 0],
      [2, 'walls 2', null, 0],
      [3, 'copy', 2, 1],
    ],
  );
  const after = engine.call('get_scene') as { materials: { name: string }[] } & typeof before;
  assert.equal(
    after.materials.map(({ name }) => name),
    ['Material.1', 'glass'],
  );
  assert.equal([after.box, after.cameras], [before.box, before.cameras]);
  // The first of them is the active one, and the base of the other.
  engine.call('add_voxel', [0, 0, 0, '#00FF00']);
  assert.equal(voxelsOf(engine, 3), ['10 0 0 00ff00ff', '11 2 3 ff0000ff']);
  engine.call('import_model', { path });
  assert.equal(
    layersOf(engine)
      .map(({ id, name, base_id }) => [id, name, base_id])
      .slice(3),
    [
      [4, 'walls 3', null],
      [5, 'copy 2', 4],
    ],
  );
  assert.is((engine.call('get_project_info') as { path: unknown }).path, null);
});

importing('a file that cannot be read or does not fit changes nothing', () => {
  const directory = temporaryDirectory();
  const path = house(directory);
  const block_bytes = 16 * 16 * 16 * 4;
  const engine = new TestEngine({ roots: [directory], project_voxel_bytes_max: 2 * block_bytes });
  engine.call('add_voxel', [0, 0, 0]);
  const state = () => [layersOf(engine), engine.call('get_scene'), engine.call('get_project_info')];
  const before = state();
  const error = engine.fail('import_file', { path });
  assert.is(error.data.code, 'GOX_MEMORY_LIMIT');
  assert.match(error.message, /limits\.project_voxel_bytes_max/);
  writeFileSync(`${directory}/broken.gox`, readFileSync(path).subarray(0, 100));
  writeFileSync(`${directory}/house.zzz`, 'no model');
  for (const [name, code] of [
    ['broken.gox', 'GOX_FORMAT_BROKEN'],
    ['missing.gox', 'GOX_FILE'],
    ['missing.zzz', 'GOX_FILE'],
    ['house.zzz', 'GOX_FORMAT_UNKNOWN'],
  ] as const) {
    assert.is(engine.fail('import_file', [`${directory}/${name}`]).data.code, code);
  }
  assert.is(engine.fail('import_file', ['/etc/hostname.gox']).data.code, 'GOX_PATH_REFUSED');
  assert.equal(state(), before);
});

/** A cube of 2 units, its front red by a material that is in `cube.mtl`. */
const CUBE = `mtllib LIBRARY
v 0 0 0\nv 2 0 0\nv 2 2 0\nv 0 2 0\nv 0 0 2\nv 2 0 2\nv 2 2 2\nv 0 2 2
usemtl red
f 4 3 2 1\nf 5 6 7 8\nf 1 2 6 5\nf 2 3 7 6\nf 3 4 8 7\nf 4 1 5 8
`;

importing('a file whose name says nothing is read as what it holds, by each method', () => {
  const directory = temporaryDirectory();
  const engine = new TestEngine({ roots: [directory] });
  const bytes = readFileSync(house(directory));
  const codes = (result: unknown) =>
    ((result as { warnings?: { code: string }[] }).warnings ?? []).map(({ code }) => code);
  for (const name of ['house', 'house.bin', 'house.vox', 'house.gox.gz']) {
    const path = `${directory}/${name}`;
    writeFileSync(path, name.endsWith('.gz') ? gzipSync(bytes) : bytes);
    const wanted = /bin|vox/.test(name) ? ['WARN_FORMAT_BY_CONTENT'] : [];
    assert.equal(codes(engine.call('load_project', { path })), wanted, name);
    assert.equal(codes(engine.call('import_file', { path })), wanted, name);
  }
  const path = `${directory}/house.bin`;
  assert.is(engine.fail('load_project', { path, strict: true }).data.code, 'GOX_STRICT');
});

importing('meshes take a size, are solid or not, and find their materials below them', () => {
  const directory = temporaryDirectory();
  mkdirSync(`${directory}/model/parts`, { recursive: true });
  const path = `${directory}/model/cube.obj`;
  const red = 'newmtl red\nKd 1 0 0\n';
  writeFileSync(`${directory}/model/parts/cube.mtl`, red);
  writeFileSync(`${directory}/outside.mtl`, red);
  const engine = new TestEngine({ roots: [directory] });
  const read = (library: string, params: object) => {
    writeFileSync(path, CUBE.replace('LIBRARY', library));
    engine.call('load_project', { path, ...params });
    return voxelsOf(engine);
  };
  const solid = read('parts/cube.mtl', { size: 8, solid: true });
  assert.is(solid.length, 512);
  assert.ok(solid.every((line) => line.endsWith('ff0000ff')));
  assert.is(read('parts\\cube.mtl', { size: 8, solid: true })[0], solid[0]);
  const surface = read('parts/cube.mtl', { size: 8 });
  assert.is(surface.length, 512 - 216);
  for (const library of ['../outside.mtl', `${directory}/outside.mtl`]) {
    assert.ok(read(library, { size: 8, solid: true }).every((line) => line.endsWith('ff0000ff')));
  }
  const secret = join(temporaryDirectory(), 'secret.mtl');
  writeFileSync(secret, red);
  const upwards = relative(`${directory}/model`, secret);
  for (const library of [secret, upwards, 'parts/none.mtl']) {
    const plain = read(library, { size: 8, solid: true });
    assert.ok(
      plain.every((line) => line.endsWith('ffffffff')),
      library,
    );
  }
  const flat = read('-', { size: 8, solid: true, y_up: true });
  assert.is(flat.length, 512);
  assert.match(
    engine.fail('load_project', { path, size: 0 }).message,
    /^params\.size: expected an/,
  );
  // The same again is not read again.
  const endless = `${CUBE}${'mtllib parts/cube.mtl\n'.repeat(2000)}`;
  writeFileSync(path, endless.replace('LIBRARY', 'parts/cube.mtl'));
  engine.call('load_project', { path, size: 8 });
  assert.ok(voxelsOf(engine).every((line) => line.endsWith('ff0000ff')));
});

importing('exports take a kind of mesh, an axis and how colours are kept', () => {
  const directory = temporaryDirectory();
  const engine = new TestEngine({ roots: [directory] });
  engine.call('fill_region', { min: [0, 0, 0], max: [3, 3, 3], color: '#FF0000' });
  const write = (name: string, params: object = {}) => {
    const path = `${directory}/${name}`;
    engine.call('export_model', { path, ...params });
    return readFileSync(path);
  };
  const faces = (bytes: Buffer) => bytes.toString().match(/^f /gm)?.length;
  assert.is(faces(write('a.obj')), 96);
  assert.is(faces(write('a.obj', { mesh: 'greedy' })), 12);
  assert.ok(faces(write('a.obj', { mesh: 'marching' }))! > 96);
  const up = write('a.obj');
  assert.not.ok(up.equals(write('a.obj', { y_up: false })));
  assert.ok(up.equals(write('a.obj', { y_up: true })));
  assert.ok(write('a.stl').equals(write('b.stl', { y_up: false })), 'z is up in stl');
  assert.match(write('a.gltf', { vertex_colors: true }).toString(), /COLOR_0/);
  assert.not.match(write('a.gltf').toString(), /COLOR_0/);
  const gradient = Array.from({ length: 254 }, (_, x) => ({ x, y: 0, z: 0, color: [x, 0, 255] }));
  engine.call('add_voxels', { voxels: gradient });
  write('a.vox', { exact_colors: true });
  const before = voxelsOf(engine).length;
  engine.call('load_project', [`${directory}/a.vox`]);
  assert.is(voxelsOf(engine).length, before);
});

importing('formats are listed', () => {
  interface Listed {
    readonly name: string;
    readonly extensions: readonly string[];
    readonly reads: boolean;
    readonly writes: boolean;
    readonly reading: readonly string[];
    readonly writing: readonly string[];
  }
  const { count, formats } = new TestEngine().call('list_formats') as {
    count: number;
    formats: readonly Listed[];
  };
  assert.is(count, formats.length);
  const { extensions, reads, writes } = formats.find(({ name }) => name === 'gox')!;
  assert.equal({ extensions, reads, writes }, { extensions: ['gox'], reads: true, writes: true });
  const obj = formats.find(({ name }) => name === 'obj')!;
  assert.ok(obj.reading.includes('solid') && obj.writing.includes('mesh'), JSON.stringify(obj));
});

importing.run();
