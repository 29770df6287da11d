/**
 * Our exports are byte for byte those of Goxel's window, but for the line that names the program.
 */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Document } from '../../../engine/document/document.ts';
import { formatFor } from '../../../engine/formats/index.ts';
import { model, models } from '../../support/fixtures.ts';

function exported(document: Document, extension: string, y_up: boolean): Buffer {
  return Buffer.concat([...formatFor(`x.${extension}`).write!(document, { y_up, like: 'goxel' })]);
}

const anonymous = (text: string) =>
  text.replace(/^# Goxel [\d.]+|(?<=comment Generated from )Goxel [\d.]+/gm, (found) =>
    found.startsWith('#') ? '# goxel-supervisor' : 'goxel-supervisor',
  );

const test = suite('exports');

let compared = 0;
for (const fixture of models()) {
  for (const extension of ['obj', 'ply', 'txt']) {
    for (const [variant, y_up] of [
      ['', true],
      ['.zup', false],
    ] as const) {
      const truth = fixture.gui(`${variant}.${extension}`);
      if (truth === undefined) continue;
      compared++;
      test(`${fixture.title} as ${variant}.${extension}`, () => {
        const document = formatFor('x.gox').read!(fixture.bytes, fixture.title);
        const text = exported(document, extension, y_up)
          .toString('latin1')
          .replace(/^# Goxel-supervisor/, '# goxel-supervisor');
        assert.ok(text === anonymous(truth.toString('latin1')), "differs from Goxel's export");
      });
    }
  }
}

test('were compared for every model and variant', () => {
  assert.ok(compared >= 22 * 5, `${compared} comparisons`);
});

test('come in pieces of at most 1 MiB, made one after the other', () => {
  const { bytes } = model('big_terrain');
  const document = formatFor('x.gox').read!(bytes, 'big_terrain.gox');
  for (const extension of ['obj', 'ply', 'txt', 'gox', 'stl', 'gltf', 'glb']) {
    let pieces = 0;
    for (const piece of formatFor(`x.${extension}`).write!(document, { y_up: true })) {
      assert.ok(piece.length > 0 && piece.length <= 1024 * 1024, `${piece.length} bytes`);
      pieces++;
    }
    assert.ok(extension === 'gox' || pieces > 10, `${extension} came in ${pieces} pieces`);
  }
});

test('a big terrain has one quad for each visible face', () => {
  const document = formatFor('x.gox').read!(model('big_terrain').bytes, 'big_terrain.gox');
  const volume = document.merged();
  let faces = 0;
  for (const { x, y, z, data } of volume.blocks()) {
    for (const [i, rgba] of data.entries()) {
      if (rgba >>> 24 < 127) continue;
      const [vx, vy, vz] = [x + (i & 15), y + ((i >> 4) & 15), z + (i >> 8)];
      for (const [dx, dy, dz] of [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ] as const) {
        for (const sign of [-1, 1]) {
          const alpha = volume.get(vx + sign * dx, vy + sign * dy, vz + sign * dz) >>> 24;
          if (alpha < 127) faces++;
        }
      }
    }
  }
  const text = exported(document, 'obj', true).toString('latin1');
  assert.is(text.match(/^f /gm)?.length, faces);
  const header = exported(document, 'ply', true).toString('latin1', 0, 400);
  assert.match(header, `element face ${faces}\n`);
});

test('coordinates at both ends of the range are written with all digits', () => {
  const document = Document.empty();
  const { volume } = document.activeLayer;
  volume.set(0x7fff_ffff, 1_234_567, -0x8000_0000, 0xff01_0203);
  const lines = exported(document, 'obj', false).toString('latin1').split('\n');
  assert.is(lines.filter((line) => line.startsWith('v ')).length, 8);
  assert.is(lines.filter((line) => line.startsWith('f ')).length, 6);
  assert.ok(lines.includes('v 2147483648 1234568 -2147483647 0.011765 0.007843 0.003922'));
  const text = exported(document, 'txt', false).toString('latin1');
  assert.match(text, '\n2147483647 1234567 -2147483648 030201\n');
});

test('a format that nobody knows is refused with the names of those there are', () => {
  for (const path of ['a.fbx', 'obj', '', 'a.']) {
    assert.throws(() => formatFor(path), /not supported; there are 3mf, .*vxl/);
  }
  assert.is(formatFor('a.fbx', 'OBJ').name, 'obj');
  assert.is(formatFor('A.GOX').name, 'gox');
});

test.run();
