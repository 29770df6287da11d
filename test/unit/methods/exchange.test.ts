/** Models in requests and results, in the place of files. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FORMATS } from '../../../engine/formats/index.ts';
import { decode, TestEngine, voxelsOf } from '../../support/engine.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const exchange = suite('exchange');

interface Exported {
  readonly success: boolean;
  readonly format: string;
  readonly bytes: number;
  readonly data: string;
  readonly path?: string;
}

function towerIn(directory: string, options: object = {}): TestEngine {
  const engine = new TestEngine({ roots: [directory], ...options });
  engine.call('fill_region', { min: [0, 0, 0], max: [3, 2, 9], color: '#3366CC' });
  engine.call('add_voxel', [4, 0, 0, '#FFCC00']);
  return engine;
}

const WRITTEN = FORMATS.filter(({ name, write }) => write !== undefined || name === 'png');

for (const { name, extensions, read } of WRITTEN) {
  exchange(`${name} comes in the result as it comes in a file, and goes back by a request`, () => {
    const directory = temporaryDirectory();
    const engine = towerIn(directory);
    const path = join(directory, `tower.${extensions[0]}`);
    // In a file colours are in a picture beside it, for which a result has no place.
    const asked = { format: name, ...(name === 'obj' ? { vertex_colors: true } : {}) };
    const toFile = engine.call('export_model', { path, ...asked }) as Exported;
    const { data, ...facts } = engine.call('export_model', asked) as Exported;
    const { path: _, ...told } = toFile;
    assert.equal(facts, told);
    const bytes = Buffer.from(data, 'base64');
    assert.ok(bytes.equals(readFileSync(path)), `${bytes.length} bytes`);
    const request = { method: 'export_model', params: asked, msgpack: true };
    const packed = decode(engine.run([request])[0]!, true) as { data: Uint8Array };
    assert.ok(bytes.equals(packed.data));
    if (read === undefined || name === 'png') return;
    const [one, other] = [path, data].map((given, i) => {
      const reader = new TestEngine({ roots: [directory], file_bytes_max: 2 ** 21 });
      const by = i === 0 ? { path: given } : { data: given };
      const answer = reader.call('import_file', { ...by, format: name }) as { path?: string };
      assert.is(answer.path, i === 0 ? path : undefined);
      return voxelsOf(reader);
    });
    assert.ok(one!.length > 0);
    assert.equal(other, one);
  });
}

exchange('names that clients use work without a path', () => {
  const engine = towerIn(temporaryDirectory());
  const options = { includeNormals: true };
  for (const method of ['export_mesh', 'goxel.export_mesh', 'export_project', 'goxel.export']) {
    const { success, format, data } = engine.call(method, { format: 'OBJ', options }) as Exported;
    assert.equal([success, format], [true, 'obj'], method);
    assert.match(Buffer.from(data, 'base64').toString(), /^v /m, method);
  }
});

exchange('what is missing is told, and so is what is there twice', () => {
  const engine = towerIn(temporaryDirectory());
  const message = (method: string, params: object) => engine.fail(method, params).message;
  assert.match(message('export_model', {}), 'params.format: expected the name of a format, or a');
  assert.match(message('import_file', {}), 'params.path: expected a path, or `data`');
  assert.match(message('import_file', { path: 'a', data: 'v 0' }), 'no path beside `data`');
  assert.match(message('import_file', { data: 'AAAA' }), 'params.format: expected the name of');
  assert.match(message('import_file', { data: 7, format: 'vox' }), 'params.data: expected bytes');
  assert.match(message('import_file', { data: 'AAAA', format: 'vox' }), 'data');
  assert.match(message('import_file', { data: 'AAAA', format: 'bmp' }), '"bmp" is not supported');
  assert.is(engine.fail('export_model', { format: 'qbcl' }).data.code, 'GOX_FORMAT_UNKNOWN');
});

exchange('a text in a request is the file itself', () => {
  const engine = new TestEngine();
  const square = 'v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nf 1 2 3 4\n';
  const obj = engine.call('import_mesh', { data: square, y_up: false }) as object;
  assert.equal(Object.keys(obj), ['success', 'layer_ids', 'voxel_count', 'sizing']);
  const txt = { data: '0 0 5 ff8800\n', format: 'txt' };
  const { layer_ids } = engine.call('import_mesh', txt) as { layer_ids: [number] };
  assert.equal(voxelsOf(engine, layer_ids[0]), ['0 0 5 ff8800ff']);
});

exchange('a file in a request may be as large as one on the disk', () => {
  const engine = new TestEngine({ file_bytes_max: 1000 });
  const { message, data } = engine.fail('import_file', { data: ' '.repeat(1001), format: 'txt' });
  assert.match(message, 'limits.file_bytes_max allows 1000');
  assert.is(data.code, 'GOX_FILE');
  assert.equal([data.details?.bytes, data.details?.bytes_max], [1001, 1000]);
});

exchange('a file in a request names none on the disk', () => {
  const directory = temporaryDirectory();
  process.chdir(directory);
  writeFileSync(join(directory, 'a.mtl'), 'newmtl red\nKd 1 0 0\n');
  const data = 'mtllib a.mtl\nusemtl red\nv 0 0 0\nv 1 0 0\nv 1 1 0\nf 1 2 3\n';
  const engine = new TestEngine({ roots: [directory] });
  const { layer_ids } = engine.call('import_file', { data }) as { layer_ids: [number] };
  assert.not.match(voxelsOf(engine, layer_ids[0]).join(), 'ff0000');
});

for (const jobs of [false, true]) {
  exchange(
    `a result that is too large is refused${jobs ? ' by a job' : ''}, and says what to do`,
    () => {
      const engine = towerIn(temporaryDirectory(), { result_bytes_max: 2000 });
      if (jobs) engine.call('fill_region', { min: [0, 0, 0], max: [299, 299, 40], color: 'red' });
      const { message, data } = engine.fail('export_model', { format: 'obj' });
      assert.is(data.code, 'GOX_RESULT_TOO_LARGE', message);
      assert.match(message, 'limits.result_bytes_max');
      assert.match(message, 'Give a path.');
    },
  );
}

exchange('an import is in the journal without the request, and is undone in one step', () => {
  const engine = new TestEngine();
  engine.call('import_file', { data: '0 0 0 ff0000\n1 0 0 00ff00\n', format: 'txt' });
  const again = engine.again();
  for (const one of [engine, again]) {
    assert.equal(voxelsOf(one, 2), ['0 0 0 ff0000ff', '1 0 0 00ff00ff']);
    one.call('undo');
    assert.is((one.call('list_layers') as { count: number }).count, 1);
  }
});

exchange('large ones are jobs, and small ones are not', () => {
  const options = { jobs_inline: false };
  const engine = new TestEngine(options);
  const jobs = (method: string, params: object) => engine.tickets([{ method, params }]);
  engine.run([{ method: 'add_voxel', params: [0, 0, 0] }]);
  // The first attempts are slow, and any may be held up; one in ten that were all too slow is not.
  const counts = Array.from({ length: 10 }, () => jobs('export_mesh', { format: 'obj' }).length);
  assert.ok(counts.includes(0), `jobs of ten attempts: ${counts}`);
  assert.is(jobs('export_mesh', { format: 'png' })[0]?.title, 'export to a result, as png');
  engine.run([{ method: 'fill_region', params: { min: [0, 0, 0], max: [299, 299, 20] } }]);
  assert.is(jobs('export_mesh', { format: 'obj' })[0]?.title, 'export to a result, as obj');
  const data = '0 0 0 ff0000\n'.repeat(10_000);
  assert.is(jobs('import_mesh', { data, format: 'txt' })[0]?.title, 'read data');
});

exchange.run();
