/** Image layers: made, kept in files, and made into voxels. */

import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodePng } from '../../../engine/image/png.ts';
import { Job } from '../../../engine/jobs/job.ts';
import { TestEngine, voxelsOf } from '../../support/engine.ts';
import { LooseProject } from '../../support/project.ts';
import { SEED } from '../../support/seed.ts';
import { temporaryDirectory } from '../../support/tmp.ts';
import { randomNumbers } from '../../support/volumes.ts';

interface Changed {
  readonly layer: {
    readonly kind: string;
    readonly matrix: number[];
    readonly image_path: string | null;
    readonly voxel_count: number;
    readonly name: string;
  };
  readonly changed: number;
}

const CREATE = 'create_image_layer';
const CONVERT = 'image_layer_to_volume';

const images = suite('image layers');

/** A directory with a picture of 3 x 2 pixels, one of them clear, and an engine on it. */
function pictured() {
  const directory = temporaryDirectory();
  const path = join(directory, 'plan.png');
  const colors = [0xff00_000a, 0xff00_000b, 0xff00_000c, 0x8000_000d, 0x00ff_ffff, 0xff00_000f];
  const rgba = new Uint8Array(Uint32Array.from(colors).buffer);
  writeFileSync(path, encodePng({ width: 3, height: 2, rgba }));
  return { directory, path, engine: new TestEngine({ roots: [directory] }) };
}

images('a layer of a picture lies around the origin, a voxel for each pixel', () => {
  const { engine, path } = pictured();
  const made = engine.call(CREATE, { path }) as Changed;
  assert.equal(
    [made.layer.kind, made.layer.image_path, made.layer.voxel_count, made.changed],
    ['image', path, 0, 0],
  );
  const done = engine.call(CONVERT) as Changed;
  assert.equal(
    [done.layer.kind, done.layer.image_path, done.layer.voxel_count, done.changed],
    ['voxels', null, 5, 5],
  );
  assert.equal(done.layer.matrix, [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
  assert.equal(voxelsOf(engine), [
    '-1 -1 0 0d000080',
    '-1 0 0 0a0000ff',
    '0 0 0 0b0000ff',
    '1 -1 0 0f0000ff',
    '1 0 0 0c0000ff',
  ]);
  assert.match(engine.fail(CONVERT).message, /^params\.layer_id: expected an image layer/);
});

images('it stands upright, has a place, a size and a name', () => {
  const { engine, path } = pictured();
  const given = { path, name: 'elevation', plane: 'upright', center: [10, 20, 30], height: 4 };
  const { layer } = engine.call(CREATE, given) as Changed;
  assert.is(layer.name, 'elevation');
  assert.equal(layer.matrix, [6, 0, 0, 0, 0, 0, 4, 0, 0, -1, 0, 0, 10, 20, 30, 1]);
  assert.is((engine.call(CONVERT, { layer_name: 'elevation' }) as Changed).changed, 20);
  const box = engine.call('get_bounding_box', { layer_id: -1 }) as { min: object; last: object };
  assert.equal(
    [box.min, box.last],
    [
      [7, 20, 28],
      [12, 20, 31],
    ],
  );
});

images('its matrix turns and moves it; voxels that are there shine through', () => {
  const { engine, path } = pictured();
  engine.call(CREATE, { path });
  const matrix = [0, 3, 0, 0, -2, 0, 0, 0, 0, 0, 1, 0, 4, 1.5, 7, 1];
  engine.call('update_layer', { matrix });
  engine.call('add_voxel', { x: 4, y: 0, z: 7, color: '#000000' });
  assert.is((engine.call(CONVERT) as Changed).changed, 5);
  assert.equal(voxelsOf(engine), [
    '3 0 7 0a0000ff',
    '3 1 7 0b0000ff',
    '3 2 7 0c0000ff',
    // Half of 13 over black.
    '4 0 7 060000ff',
    '4 2 7 0f0000ff',
  ]);
});

images('a .gox file keeps it', () => {
  const { engine, path, directory } = pictured();
  const before = engine.call(CREATE, { path, center: [1, 2, 3], width: 9 }) as Changed;
  const file = join(directory, 'a.gox');
  engine.call('save_project', { path: file });
  engine.call('create_project');
  engine.call('load_project', { path: file });
  const index = { index: 1 };
  const { kind, matrix, image_path } = engine.call('get_layer', index) as Changed['layer'];
  assert.equal([kind, matrix, image_path], ['image', before.layer.matrix, path]);
  assert.is((engine.call(CONVERT, index) as Changed).changed, 9 * 6 - 9);
});

images('refuses what is no picture, or may not be read, and changes nothing', () => {
  const { engine, path, directory } = pictured();
  const broken = join(directory, 'broken.jpg');
  writeFileSync(broken, 'no picture');
  const state = () => [engine.call('list_layers'), engine.call('get_project_info')];
  const before = state();
  for (const [params, code, message] of [
    [{ path: '/etc/hosts.png' }, 'GOX_PATH_REFUSED', /not below/],
    [{ path: join(directory, 'none.png') }, 'GOX_FILE', /none\.png/],
    [{ path: join(directory, 'a.gox') }, 'GOX_FORMAT_UNKNOWN', /\.png or \.jpg file, not .*a\.gox/],
    [{ path: broken }, 'GOX_FORMAT_BROKEN', /broken\.jpg is damaged at byte 0: this is no PNG/],
    [{ path: `${directory}/${'x'.repeat(250)}.png` }, 'GOX_INVALID_PARAMS', /255 bytes/],
    [{ path, width: 1e-300 }, 'GOX_INVALID_PARAMS', /cannot be placed/],
  ] as const) {
    const error = engine.fail(CREATE, params);
    assert.is(error.data.code, code, error.message);
    assert.match(error.message, message);
    assert.equal(state(), before);
  }
});

images('a layer whose picture cannot be read any more stays as it is', () => {
  const { engine, path, directory } = pictured();
  engine.call(CREATE, { path });
  const before = engine.call('get_layer');
  const convert = (image_path: string) => {
    engine.call('update_layer', { image_path });
    return engine.fail(CONVERT).data.code;
  };
  assert.is(convert('/etc/passwd'), 'GOX_FORMAT_UNKNOWN');
  assert.is(convert('/etc/passwd.png'), 'GOX_PATH_REFUSED');
  assert.is(convert(`${path}\0.png`), 'GOX_PATH_REFUSED');
  assert.is(convert(join(directory, 'none.png')), 'GOX_FILE');
  engine.call('update_layer', { image_path: path });
  const matrix = [3e7, 0, 0, 0, 0, 3e7, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
  engine.call('update_layer', { matrix });
  assert.is(engine.fail(CONVERT).data.code, 'GOX_MEMORY_LIMIT');
  engine.call('update_layer', { matrix: (before as Changed['layer']).matrix });
  assert.equal(engine.call('get_layer'), before);
});

/** A picture of so much noise that its file is too large to be read at once. */
function noisy(directory: string): string {
  const random = randomNumbers(SEED);
  const rgba = Uint8Array.from({ length: 4 * 200 * 200 }, (_, i) =>
    i % 4 === 3 ? 255 : Math.floor(random() * 256),
  );
  const path = join(directory, 'noise.png');
  writeFileSync(path, encodePng({ width: 200, height: 200, rgba }));
  return path;
}

images('a large picture is read by a job, for the layer as it is then', () => {
  const loose = new LooseProject();
  const path = noisy(loose.directory);
  const begin = () => {
    const job = loose.run(`goxel.${CONVERT}`, { index: 1 });
    assert.instance(job, Job);
    return () => loose.finish(`goxel.${CONVERT}`, job as Job) as Changed;
  };
  loose.run(`goxel.${CREATE}`, { path });
  const finish = begin();
  loose.run('goxel.update_layer', { index: 1, name: 'renamed' });
  const { layer, changed } = finish();
  assert.equal([layer.name, layer.kind, changed], ['renamed', 'voxels', 40_000]);
  loose.run('goxel.update_layer', { index: 1, image_path: path });
  const late = begin();
  const other = join(loose.directory, 'other.png');
  renameSync(path, other);
  assert.throws(late, /noise\.png/);
  renameSync(other, path);
  const gone = begin();
  loose.run('goxel.delete_layer', { index: 1 });
  assert.throws(gone, /There is no layer/);
});

images.run();
