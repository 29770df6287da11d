/** What people found wrong with hidden layers, slices, height maps and palettes. */

import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodePng } from '../../../engine/image/png.ts';
import { TestEngine } from '../../support/engine.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const CASES = new URL('../../../../test/fixtures/cases/', import.meta.url);

interface Told {
  readonly warnings?: readonly { code: string; message: string }[];
  readonly layer_count?: number;
  readonly voxel_count?: number;
}

/** An engine with a copy of a case's file in its only root. */
function withCase(name: string, file: string) {
  const directory = temporaryDirectory();
  copyFileSync(new URL(`${name}/${file}`, CASES), `${directory}/${file}`);
  const engine = new TestEngine({ roots: [directory] });
  const call = (method: string, params: object) => engine.call(method, params) as Told;
  return { directory, engine, call, path: `${directory}/${file}` };
}

function linesOf(path: string): string[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line !== '' && !line.startsWith('#')).sort();
}

const hidden = suite('hidden layers');

for (const extension of ['glb', 'gltf', 'qb', 'qbt', 'pov', 'obj', 'ply', 'stl', 'vox', 'txt']) {
  hidden(`are left out of .${extension}, which is told, unless they are asked for`, () => {
    const { directory, call, path } = withCase('hidden-layers-exported', 'hid.gox');
    call('load_project', { path });
    const out = (name: string) => `${directory}/${name}.${extension}`;
    const told = call('export_model', { path: out('seen') });
    const codes = told.warnings?.map(({ code }) => code) ?? [];
    assert.ok(codes.includes('WARN_HIDDEN_LEFT_OUT'), codes.join());
    assert.match(told.warnings!.map(({ message }) => message).join(), /"hidden"/);
    const all = call('export_model', { path: out('all'), hidden: true });
    assert.not(all.warnings?.some(({ code }) => code === 'WARN_HIDDEN_LEFT_OUT'));
    assert.ok(readFileSync(out('all')).length > readFileSync(out('seen')).length);
    if (extension === 'pov') return;
    const seen = call('load_project', { path: out('seen') }).voxel_count!;
    const both = call('load_project', { path: out('all') }).voxel_count!;
    assert.ok(both > seen, `${both}, ${seen}`);
  });
}

hidden.run();

const slices = suite('slices');

slices('are read back without being told anything, in their place', () => {
  const { directory, call, path } = withCase('slices-cannot-be-read-back', 'm.txt');
  call('load_project', { path });
  call('export_model', { path: `${directory}/m.slices` });
  call('load_project', { path: `${directory}/m.slices` });
  call('export_model', { path: `${directory}/back.txt` });
  assert.equal(linesOf(`${directory}/back.txt`), linesOf(path));
});

slices('of others are read by `count`, `slices` and `columns`, in each way of reading', () => {
  const { directory, engine, call } = withCase('slices-cannot-be-read-back', 'm.txt');
  const path = `${directory}/six.slices`;
  const rgba = new Uint8Array(6 * 5 * 4).fill(255);
  writeFileSync(path, encodePng({ width: 6, height: 5, rgba }));
  const refusal = engine.fail('load_project', { path });
  assert.match(refusal.message, /6 x 5 pixels.*give `count`.*2 or 3 or 6/);
  for (const by of [{ count: 2 }, { slices: 2 }]) {
    assert.is(call('load_project', { path, ...by }).voxel_count, 30);
  }
  assert.is(call('import_file', { path, count: 3, columns: 3 }).voxel_count, 30);
});

slices.run();

const pictures = suite('pictures');

pictures('lie where that is asked, and are terrain with a height', () => {
  const { directory, engine, call } = withCase('slices-cannot-be-read-back', 'm.txt');
  const rgba = Uint8Array.of(0, 0, 0, 255, 255, 255, 255, 255);
  writeFileSync(`${directory}/map.png`, encodePng({ width: 2, height: 1, rgba }));
  const tint = Uint8Array.of(0, 99, 0, 255);
  writeFileSync(`${directory}/tint.png`, encodePng({ width: 1, height: 1, rgba: tint }));
  const path = `${directory}/map.png`;
  assert.is(call('load_project', { path, plane: 'lying' }).voxel_count, 2);
  const lying = engine.call('get_bounding_box', {}) as { max: number[]; min: number[] };
  assert.equal(JSON.stringify(lying).includes('null'), false);
  const colors = `${directory}/tint.png`;
  assert.is(call('load_project', { path, height: 20, colors }).voxel_count, 21);
  const voxel = engine.call('get_voxel', [0, 0, 19]) as { color: number[] };
  assert.equal(voxel.color, [0, 99, 0, 255]);
  const outside = engine.fail('load_project', { path, height: 2, colors: '/etc/hostname' });
  assert.is(outside.data.code, 'GOX_PATH_REFUSED');
});

pictures.run();
