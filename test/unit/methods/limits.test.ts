/** Ceilings of memory and of results: an edit that would pass one leaves everything as it was. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { TestEngine } from '../../support/engine.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const BLOCK_BYTES = 16 * 16 * 16 * 4;
const limits = suite('limits');

/** One voxel in each of so many blocks, along x. */
function apart(count: number, y = 0) {
  return Array.from({ length: count }, (_, i) => ({ x: i * 16, y, z: 0 }));
}

limits('a voxel past the budget is refused; one in a block that is there is not', () => {
  const engine = new TestEngine({ voxel_bytes_max: 2 * BLOCK_BYTES });
  engine.call('add_voxel', [0, 0, 0]);
  engine.call('add_voxel', [16, 0, 0]);
  const error = engine.fail('add_voxel', [32, 0, 0]);
  assert.is(error.data.code, 'GOX_MEMORY_LIMIT');
  assert.equal(error.data.details, {
    bytes: BLOCK_BYTES,
    key: 'limits.voxel_bytes_max',
    bytes_max: 2 * BLOCK_BYTES,
    bytes_free: 0,
  });
  engine.call('add_voxel', [1, 0, 0]);
  assert.is(engine.engine.stats().voxel_bytes, 2 * BLOCK_BYTES);
});

limits('a list that does not fit adds nothing; one that just fits is added', () => {
  const engine = new TestEngine({ voxel_bytes_max: 10 * BLOCK_BYTES });
  engine.call('add_voxels', { voxels: apart(4) });
  const before = engine.call('get_layer_voxels');
  assert.is(engine.fail('add_voxels', { voxels: apart(7, 16) }).data.code, 'GOX_MEMORY_LIMIT');
  assert.equal(engine.call('get_layer_voxels'), before);
  // Twelve voxels, but six new blocks, and four that are there.
  const voxels = [...apart(6, 16), ...apart(6, 17), ...apart(4)];
  engine.call('add_voxels', { voxels });
  assert.is(engine.engine.stats().voxel_bytes, 10 * BLOCK_BYTES);
});

limits('a batch over several layers counts the blocks of each', () => {
  const engine = new TestEngine({ voxel_bytes_max: 3 * BLOCK_BYTES });
  engine.call('create_layer');
  const add = (layer_id: number, x: number) => ({ type: 'add', x, y: 0, z: 0, layer_id });
  const tooMuch = [add(1, 0), add(2, 0), add(1, 16), add(2, 16)];
  assert.is(engine.fail('batch_operations', { operations: tooMuch }).data.code, 'GOX_MEMORY_LIMIT');
  assert.is(engine.engine.stats().voxel_bytes, 0);
  engine.call('batch_operations', {
    operations: [add(1, 0), add(2, 0), add(1, 16), add(1, 1), { ...add(2, 64), type: 'remove' }],
  });
  assert.is(engine.engine.stats().voxel_bytes, 3 * BLOCK_BYTES);
});

limits('the budget is shared by the projects of an engine, and given back', () => {
  const engine = new TestEngine({ voxel_bytes_max: 2 * BLOCK_BYTES });
  engine.call('add_voxel', [0, 0, 0], 1);
  engine.call('add_voxel', [0, 0, 0], 2);
  engine.fail('add_voxel', [0, 0, 0], 3);
  engine.engine.close(1);
  engine.engine.close(1);
  engine.call('add_voxel', [0, 0, 0], 3);
  engine.call('create_project', {}, 2);
  assert.is(engine.engine.stats().voxel_bytes, BLOCK_BYTES);
  engine.call('add_voxel', [0, 0, 0], 4);
  engine.call('delete_layer', { index: 0 }, 4);
  assert.is(engine.engine.stats().voxel_bytes, BLOCK_BYTES);
});

limits('a file that does not fit leaves the open project as it was', () => {
  const directory = temporaryDirectory();
  const path = `${directory}/large.gox`;
  const large = new TestEngine({ roots: [directory] });
  large.call('add_voxels', { voxels: apart(5) });
  large.call('save_project', { path });
  const small = new TestEngine({ roots: [directory], voxel_bytes_max: 4 * BLOCK_BYTES });
  small.call('add_voxel', [1, 2, 3]);
  const before = small.call('get_project_info');
  assert.is(small.fail('load_project', { path }).data.code, 'GOX_MEMORY_LIMIT');
  assert.equal(small.call('get_project_info'), before);
  assert.is(small.engine.stats().voxel_bytes, BLOCK_BYTES);
});

limits('a result that is too large is refused with its size, in characters and in bytes', () => {
  const size = { width: 64, height: 64, depth: 64 };
  const bytes = JSON.stringify({ success: true, name: 'ää', ...size, project: 'default' });
  const length = Buffer.byteLength(bytes);
  assert.is(length, bytes.length + 2);
  const fits = new TestEngine({ result_bytes_max: length });
  fits.call('create_project', ['ää']);
  const error = new TestEngine({ result_bytes_max: length - 1 }).fail('create_project', ['ää']);
  assert.is(error.data.code, 'GOX_RESULT_TOO_LARGE');
  assert.equal(error.data.details, {
    key: 'limits.result_bytes_max',
    bytes: length,
    bytes_max: length - 1,
  });
});

limits('an answer ends once it is as large as a result may be', () => {
  const engine = new TestEngine({ result_bytes_max: 200 });
  const requests = Array.from({ length: 50 }, (_, x) => ({
    method: 'add_voxel',
    params: [x, 0, 0],
  }));
  const answers = engine.run(requests);
  const total = answers.reduce((sum, { bytes }) => sum + bytes.length, 0);
  assert.ok(answers.length < 50 && total >= 200 && total < 400);
  // The others were not run.
  const { count } = engine.call('get_layer_voxels', { limit: 1 }) as { count: number };
  assert.is(count, 1);
  assert.is(engine.engine.stats().requests, answers.length + 1);
});

limits.run();
