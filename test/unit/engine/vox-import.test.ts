/** MagicaVoxel files become what Goxel makes of them, or all that MagicaVoxel shows. */

import { deflateSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Document } from '../../../engine/document/document.ts';
import { formatFor } from '../../../engine/formats/index.ts';
import type { Box } from '../../../engine/volume/box.ts';
import type { Volume } from '../../../engine/volume/volume.ts';
import { readAs } from '../../support/documents.ts';
import { type Fixture, imports, published, voxelLines } from '../../support/fixtures.ts';
import {
  chunk,
  dict,
  group,
  int32,
  model,
  shape,
  transform,
  voxFile,
} from '../../support/vox-file.ts';

const vox = formatFor('x.vox');
const read = (bytes: Uint8Array) => readAs('vox', bytes);
const shown = (bytes: Uint8Array) => vox.read!(bytes, 'x.vox');

/** Of the `.info.json` files. */
interface Info {
  readonly box: number[];
  readonly layers: { name: string; voxels: number; bbox: number[][]; visible: number }[];
}

const corners = (box: Box | undefined) =>
  box === undefined
    ? [
        [0, 0, 0],
        [0, 0, 0],
      ]
    : [[...box.min], [...box.max]];

function layersOf(document: Document): Info['layers'] {
  return document.layers.map(({ name, volume, visible }) => ({
    name,
    voxels: volume.count(),
    bbox: corners(volume.box()),
    visible: Number(visible),
  }));
}

const goxel = suite('vox import');

let compared = 0;
function compare(fixture: Fixture): void {
  const voxels = fixture.beside('.import.voxels.txt');
  if (voxels === undefined) return;
  compared++;
  goxel(`${fixture.title} is what Goxel makes of it`, () => {
    const document = read(fixture.bytes);
    assert.is(voxelLines(document.merged()), voxels.toString());
    const info = JSON.parse(fixture.beside('.import.info.json')!.toString()) as Info;
    assert.equal([...document.box], info.box);
    const layers = info.layers.map(({ name, voxels: count, bbox, visible }) => ({
      name,
      voxels: count,
      bbox,
      visible,
    }));
    assert.equal(layersOf(document), layers);
  });
}
for (const fixture of [...imports('vox'), ...published('vox')]) compare(fixture);

goxel('was compared for every crafted file', () => {
  assert.ok(compared >= 10, `${compared} comparisons`);
});

goxel('what Teardown packed is read, though Goxel hangs', () => {
  for (const { bytes, name } of published('vox')) {
    if (!name.includes('teardown')) continue;
    const counts = read(bytes).layers.map((layer) => [layer.name, layer.volume.count()]);
    assert.equal(counts.slice(0, 2), [
      ['door', 142],
      ['hatch', 86],
    ]);
    assert.is(counts.length, 8);
  }
});

goxel.run();

const scene = suite('vox scene');

const ONE = model([1, 1, 1], [0, 0, 0, 1]);
/** Longer along x than y than z, with an odd and an even side; three corners tell its turns. */
const BAR = model([5, 2, 1], [0, 0, 0, 1], [4, 0, 0, 2], [0, 1, 0, 3]);
const WHITE = 'ffffffff';

const lines = (volume: Volume) => voxelLines(volume).trim().split('\n');

scene('frames, groups and shared nodes add up', () => {
  const file = voxFile(
    ONE,
    transform(0, 1, { _t: '100 0 0' }),
    group(1, 2, 3),
    transform(2, 4, { _t: '0 10 0' }, { _name: 'first' }),
    transform(3, 4, { _t: '0 20 0' }, { _name: 'second' }),
    group(4, 5),
    transform(5, 6, { _t: '0 0 1' }),
    shape(6, 0),
  );
  assert.equal(
    layersOf(read(file)).map(({ name, bbox }) => [name, bbox[0]]),
    [['second', [100, 20, 1]]],
  );
  assert.equal(
    layersOf(shown(file)).map(({ name, bbox }) => [name, bbox[0]]),
    [
      ['first', [100, 10, 1]],
      ['second', [100, 20, 1]],
    ],
  );
});

scene('a turn goes around the corner of the middle voxel in Goxel, around the middle else', () => {
  // A half turn about Z: the first two rows are negative.
  const file = voxFile(
    BAR,
    transform(0, 1, { _r: String(0 | (1 << 2) | (1 << 4) | (1 << 5)) }),
    shape(1, 0),
  );
  assert.equal(lines(read(file).merged()), [`2 0 0 ffff99ff`, `-2 1 0 ffffccff`, `2 1 0 ${WHITE}`]);
  assert.equal(lines(shown(file).merged()), [
    `1 -1 0 ffff99ff`,
    `-3 0 0 ffffccff`,
    `1 0 0 ${WHITE}`,
  ]);
});

scene('two half turns are none', () => {
  const half = { _r: '52', _t: '3 2 0' };
  const file = voxFile(BAR, transform(0, 1, half), group(1, 2), transform(2, 3, half), shape(3, 0));
  for (const document of [read(file), shown(file)]) {
    assert.is(voxelLines(document.merged()), voxelLines(read(voxFile(BAR)).merged()));
  }
});

scene('a shape of several models has the last in Goxel, the first is shown', () => {
  const file = voxFile(ONE, BAR, transform(0, 1, { _t: '50 0 0' }), shape(1, 0, 1));
  const places = (document: Document) => layersOf(document).map(({ bbox }) => bbox[0]![0]);
  assert.equal(places(read(file)), [0, 48]);
  assert.equal(places(shown(file)), [50]);
});

scene('hidden nodes and layers are invisible layers, if the scene is read', () => {
  const layr = chunk('LAYR', Buffer.concat([int32(0), dict({ _hidden: '1' }), int32(-1)]));
  const file = (...more: Buffer[]) =>
    voxFile(
      ONE,
      transform(0, 1, {}, { _hidden: more.length === 0 ? '1' : '0' }),
      shape(1, 0),
      ...more,
    );
  for (const bytes of [file(), file(layr)]) {
    assert.is(read(bytes).layers[0]!.visible, true);
    assert.is(shown(bytes).layers[0]!.visible, false);
  }
});

scene('names that are missing are numbered', () => {
  const names = (bytes: Buffer) => read(bytes).layers.map(({ name }) => name);
  assert.equal(names(voxFile(ONE, ONE, ONE)), ['Layer.1', 'Layer.2', 'Layer.3']);
  const named = transform(0, 1, {}, { _name: 'größe' });
  assert.equal(names(voxFile(ONE, ONE, named, shape(1, 1))), ['Layer.1', 'größe']);
});

scene('a palette may be anywhere, of 255 or 256 colours, with alpha', () => {
  const colors = Buffer.alloc(1024);
  colors.set([10, 20, 30, 128], 4 * 6);
  for (const length of [1020, 1024]) {
    const palette = chunk('RGBA', colors.subarray(0, length));
    for (const chunks of [
      [palette, model([1, 1, 1], [0, 0, 0, 7])],
      [model([1, 1, 1], [0, 0, 0, 7]), palette],
    ]) {
      const document = read(voxFile(...chunks));
      assert.equal(lines(document.merged()), ['0 0 0 0a141e80']);
      assert.is(document.palette.colors.length, 256);
      assert.is(document.palette.colors[6], 0x801e_140a);
    }
  }
});

scene('without a palette, the indices 1 to 255 are those of MagicaVoxel', () => {
  const indices = Array.from({ length: 256 }, (_, i) => [i, 0, 0, i]);
  const colors = lines(read(voxFile(model([256, 1, 1], ...indices))).merged());
  assert.is(colors.length, 255, 'index 0 is no voxel');
  assert.is(colors[0], `-127 0 0 ${WHITE}`);
  assert.is(colors[214], '87 0 0 000033ff');
  assert.is(colors[215], '88 0 0 ee0000ff');
  assert.is(colors[254], '127 0 0 111111ff');
});

scene('packed voxels are as listed ones', () => {
  const packed = deflateSync(Uint8Array.from([1, 0, 0, 0, 2, 3, 0, 0, 0, 0]));
  // As Teardown has it: flushed, without an end and a checksum.
  const flushed = Buffer.from('78da62646060606206120c00000000ffff', 'hex');
  for (const data of [packed, flushed]) {
    const size = int32(5, 2, 1);
    const file = voxFile(chunk('SIZE', size), chunk('TDCZ', Buffer.concat([size, data])));
    assert.is(voxelLines(read(file).merged()), voxelLines(read(voxFile(BAR)).merged()));
  }
});

scene('the older format has its sizes backwards and 255 for nothing', () => {
  const indices = [255, 255, 255, 255, 255, 255, 3, 4, 255, 255, 255, 7];
  const palette = Uint8Array.from({ length: 768 }, (_, i) => i % 64);
  const file = Buffer.concat([int32(2, 2, 3), Uint8Array.from(indices), palette]);
  // Real Goxel's answer.
  assert.equal(lines(read(file).merged()), [
    '-1 -1 0 090a0bff',
    '0 -1 0 0c0d0eff',
    '1 0 0 151617ff',
  ]);
});

scene.run();
