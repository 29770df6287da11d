/**
 * MagicaVoxel files that we write like Goxel: byte for byte Goxel's where a model fits into 256³,
 * and with all voxels in their places where Goxel wraps them around.
 */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Document } from '../../../engine/document/document.ts';
import { formatFor } from '../../../engine/formats/index.ts';
import type { Volume } from '../../../engine/volume/volume.ts';
import { GOXEL } from '../../support/documents.ts';
import { type Fixture, model, models, voxelLines } from '../../support/fixtures.ts';
import { SEED } from '../../support/seed.ts';
import { chunksOf } from '../../support/vox-file.ts';

const vox = formatFor('x.vox');
const written = (document: Document, options = {}) =>
  Buffer.concat([...vox.write!(document, { ...GOXEL, ...options })]);
const opened = ({ bytes, title }: Fixture) => formatFor('x.gox').read!(bytes, title);
const types = (file: Buffer) => chunksOf(file).map(({ type }) => type);

/** Goxel wraps coordinates of models wider than 256 around. */
const WIDE = new Set(['spread300']);

function filled(fill: (volume: Volume) => void): Document {
  const document = Document.empty();
  fill(document.activeLayer.volume);
  return document;
}

/** A source of numbers that depends on the seed only. */
function randoms(): (below: number) => number {
  let state = SEED;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 0x1_0000_0000) * below);
  };
}

const sides = (size: Buffer) => [0, 4, 8].map((at) => size.readInt32LE(at));

const test = suite('vox export');

let compared = 0;
for (const fixture of models()) {
  const truth = fixture.gui('.vox');
  if (truth === undefined || WIDE.has(fixture.name)) continue;
  compared++;
  test(`${fixture.title} is Goxel's file`, () => {
    assert.ok(written(opened(fixture)).equals(truth), "differs from Goxel's export");
  });
}

test('was compared for every model', () => {
  assert.ok(compared >= 21, `${compared} comparisons`);
});

test('a model wider than 256 keeps every voxel in its place', () => {
  for (const fixture of models()) {
    if (!WIDE.has(fixture.name)) continue;
    const file = written(opened(fixture));
    assert.is(
      voxelLines(vox.read!(file, 'wide.vox').merged()),
      voxelLines(opened(fixture).merged()),
    );
    assert.ok(types(file).filter((type) => type === 'SIZE').length > 1);
  }
});

test('models all over the coordinates come back as they were', () => {
  const next = randoms();
  for (let round = 0; round < 8; round++) {
    const reach = [300, 600, 5000, 0x7fff_ffff][round % 4]!;
    const document = filled((volume) => {
      for (let i = 0; i < 100; i++) {
        const at = () => next(reach * 2) - reach;
        volume.set(at(), at(), at(), (0xff00_0000 | (next(200) * 0x010203)) >>> 0);
      }
      volume.set(-reach, -reach, -reach, 0xff00_0000);
      volume.set(reach, reach, reach, 0xffff_ffff);
    });
    const back = vox.read!(written(document), 'back.vox');
    assert.is(voxelLines(back.merged()), voxelLines(document.merged()), `reach ${reach}`);
    const shown = vox.read!(written(document), 'back.vox', {});
    assert.is(voxelLines(shown.merged()), voxelLines(document.merged()), `reach ${reach}`);
  }
});

test('256 voxels along every axis are one model, 257 are more', () => {
  const along = (length: number) =>
    filled((volume) => {
      volume.set(-7, 9, 3, 0xff00_00ff);
      volume.set(-7 + length - 1, 9 + length - 1, 3 + length - 1, 0xff00_00ff);
    });
  assert.equal(types(written(along(256))), ['SIZE', 'XYZI']);
  const [size, voxels] = chunksOf(written(along(256)));
  assert.equal(sides(size!.content), [256, 256, 256]);
  assert.equal([...voxels!.content.subarray(4)], [0, 0, 0, 36, 255, 255, 255, 36]);
  const graph = ['nTRN', 'nGRP', 'nTRN', 'nSHP', 'nTRN', 'nSHP', 'LAYR'];
  assert.equal(types(written(along(257))), ['SIZE', 'XYZI', 'SIZE', 'XYZI', ...graph]);
});

test('voxels below the alpha of solids are neither written nor counted in the size', () => {
  const document = filled((volume) => {
    volume.set(-5, 0, 0, 0x7eff_ffff);
    volume.set(0, 0, 0, 0x7f00_00ff);
    volume.set(3, 1, 1, 0xff00_ff00);
  });
  const [size, voxels] = chunksOf(written(document));
  assert.equal(sides(size!.content), [4, 2, 2]);
  assert.equal([...voxels!.content], [2, 0, 0, 0, 0, 0, 0, 36, 3, 1, 1, 186]);
});

test('comes in pieces of at most 1 MiB, made one after the other', () => {
  const document = opened(model('big_terrain'));
  const sizes = [];
  for (const piece of vox.write!(document, GOXEL)) {
    assert.ok(piece.length > 0 && piece.length <= 1024 * 1024, `${piece.length} bytes`);
    sizes.push(piece.length);
  }
  const count = document.merged().count();
  assert.ok(sizes.length > (count * 4) / 1024 / 1024);
  const back = vox.read!(written(document), 'terrain.vox');
  assert.is(back.merged().count(), count);
});

test('up to 254 colours are all kept, if asked', () => {
  const colored = (colors: number) =>
    filled((volume) => {
      for (let i = 0; i < 1024; i++) {
        const rgb = (i % colors) * 0x0107;
        volume.set(i & 15, (i >> 4) & 15, i >> 8, (0xff00_0000 | rgb) >>> 0);
      }
    });
  const colorsOf = (volume: Volume) => voxelLines(volume).replace(/^\S+ \S+ \S+ /gm, '');
  for (const [colors, exact_colors, kept] of [
    [254, true, true],
    [254, false, false],
    [255, true, false],
  ] as const) {
    const document = colored(colors);
    const file = written(document, { exact_colors });
    const same = colorsOf(vox.read!(file, 'x.vox').merged()) === colorsOf(document.merged());
    assert.is(same, kept, `${colors} colours, exact: ${exact_colors}`);
  }
});

test('a model of more colours than a palette loses colours, not voxels', () => {
  const next = randoms();
  const document = filled((volume) => {
    for (let i = 0; i < 4096; i++) {
      volume.set(i & 15, (i >> 4) & 15, i >> 8, (0xff00_0000 | next(0x100_0000)) >>> 0);
    }
  });
  const back = vox.read!(written(document), 'x.vox').merged();
  assert.is(back.count(), 4096);
  const colors = new Set(
    voxelLines(back)
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[3]),
  );
  assert.ok(colors.size > 100 && colors.size <= 254, `${colors.size} colours`);
});

test.run();
