/** Qubicle Binary, compared with what Goxel reads and writes. */

import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Document } from '../../../engine/document/document.ts';
import { formatFor } from '../../../engine/formats/index.ts';
import { boxCorners } from '../../../engine/volume/matrix.ts';
import { outcome, refused, refusesEveryCut, survivesNoise } from '../../support/damage.ts';
import { documentOf, open, readAs, VOLUMES, written } from '../../support/documents.ts';
import { imports, model, models, voxelLines } from '../../support/fixtures.ts';
import { SEED } from '../../support/seed.ts';

const COUNT_AT = 20;
const test = suite('qb');

let exact = 0;
for (const fixture of models()) {
  const truth = fixture.gui('.qb');
  if (truth === undefined) continue;
  test(`${fixture.title} is written as Goxel does`, () => {
    const document = open(fixture);
    // Goxel counts layers without voxels, and does not write them.
    const full = document.layers.filter(({ volume }) => volume.count() > 0).length;
    assert.is(truth.readUInt32LE(COUNT_AT), document.layers.length);
    truth.writeUInt32LE(full, COUNT_AT);
    assert.ok(written(document, 'qb').equals(truth), 'differs');
    exact++;
  });
}

interface Info {
  readonly layers: readonly { name: string; voxels: number; box: number[] }[];
}

let read = 0;
for (const fixture of imports('qb', ['imports', 'real'])) {
  const truth = fixture.beside('.import.voxels.txt');
  if (truth === undefined) continue;
  test(`${fixture.title} is read as in Goxel`, () => {
    const document = readAs('qb', fixture.bytes);
    assert.ok(voxelLines(document.merged()) === truth.toString(), 'other voxels');
    const info = JSON.parse(fixture.beside('.import.info.json')!.toString()) as Info;
    // Goxel imports into an image that has an empty layer.
    const layers = info.layers.slice(1);
    assert.equal(
      document.layers.map(({ name, volume, box }) => [name, volume.count(), [...box!]]),
      layers.map(({ name, voxels, box }) => [name, voxels, box]),
    );
    read++;
  });
}

test('was compared with Goxel', () => {
  assert.ok(exact >= 20 && read >= 5, `${exact} written, ${read} read`);
});

test("reads Goxel's files that count layers which are not there", () => {
  const fixture = imports('qb').find(({ name }) => name === 'rt_names.qb')!;
  const { layers } = readAs('qb', fixture.bytes);
  assert.equal(
    layers.map(({ name, volume }) => [name, volume.count()]),
    [
      ['Été-层-🎲', 1],
      ['n'.repeat(80), 1],
    ],
  );
});

test('reads what it writes', () => {
  const byLayers = fc.array(VOLUMES, { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(byLayers, (volumes) => {
      const document = documentOf(volumes[0]!);
      for (const volume of volumes.slice(1)) document.addLayer('é').set({ volume });
      const again = readAs('qb', written(document, 'qb'));
      assert.equal(
        again.layers.map(({ volume }) => voxelLines(volume)),
        volumes.map(voxelLines),
      );
    }),
    { seed: SEED },
  );
});

for (const options of [{ rle: true }, { hand: 'left' }, { rle: true, hand: 'left' }] as const) {
  test(`is written ${JSON.stringify(options)}, and read in the same places`, () => {
    fc.assert(
      fc.property(VOLUMES, (volume) => {
        const bytes = written(documentOf(volume), 'qb', options);
        const flags = [bytes.readUInt32LE(8), bytes.readUInt32LE(12)];
        assert.equal(flags, ['hand' in options ? 0 : 1, 'rle' in options ? 1 : 0]);
        assert.is(voxelLines(readAs('qb', bytes).merged()), voxelLines(volume));
      }),
      { seed: SEED, numRuns: 50 },
    );
  });
}

test('packs equal cells, and colours of no voxels as nothing', () => {
  const document = Document.empty();
  const { volume } = document.activeLayer;
  volume.fillBox([0, 0, 0], [2000, 1, 300], 0xff00_0001);
  const bytes = written(document, 'qb', { rle: true });
  assert.ok(bytes.length < 200, `${bytes.length} bytes`);
  const again = readAs('qb', bytes).merged();
  assert.is(again.count(), 600_000);
  // Such as what was erased leaves; 2 and 6 mean something else in packed cells.
  for (const [x, rgba] of [2, 6, 0xff00_0002, 0xff00_0006].entries()) volume.set(x, 0, 5, rgba);
  const packed = readAs('qb', written(document, 'qb', { rle: true })).merged();
  assert.is(packed.count(), 599_998);
  assert.is(packed.get(3, 0, 5), 0xff00_0006);
});

test('takes masks of sides for voxels, whichever sides they say', () => {
  const document = Document.empty();
  document.activeLayer.volume.fillBox([0, 0, 0], [3, 1, 1], 0xff11_2233);
  const bytes = written(document, 'qb');
  bytes.writeUInt32LE(1, 16);
  for (const [i, mask] of [1, 64, 0].entries()) bytes[bytes.length - 12 + 4 * i + 3] = mask;
  assert.is(voxelLines(readAs('qb', bytes).merged()), '0 0 0 332211ff\n1 0 0 332211ff\n');
});

test('writes voxels outside the box of their layer too', () => {
  const document = readAs('qb', written(open(model('two')), 'qb'));
  document.activeLayer.volume.set(-3, 7, 9, 0xff01_0203);
  const again = readAs('qb', written(document, 'qb'));
  assert.is(voxelLines(again.merged()), voxelLines(document.merged()));
  assert.equal(boxCorners(again.activeLayer.box!), { min: [-3, 0, 0], max: [2, 8, 10] });
});

test('takes blue first when the header says so', () => {
  const bytes = written(open(model('single')), 'qb');
  bytes.writeUInt32LE(1, 4);
  assert.is(readAs('qb', bytes).merged().get(0, 0, 0), 0xffc8_6432);
});

test('refuses what a file cannot hold', () => {
  const document = Document.empty();
  document.activeLayer.volume.set(0, 0, 0, 0xff00_0000);
  document.activeLayer.volume.set(5000, 5000, 5000, 0xff00_0000);
  assert.throws(
    () => formatFor('x.qb').write!(document),
    (error: { code: string; message: string }) =>
      error.code === 'GOX_FORMAT_LIMIT' && error.message.includes('268435456'),
  );
});

const u32 = (...values: number[]) => Buffer.from(Uint32Array.from(values).buffer);
const matrix = (...rest: number[]) => Buffer.concat([Buffer.from('\u0001a'), u32(...rest)]);
const header = (compression: number, count = 1) => u32(0x101, 0, 1, compression, 0, count);

test('refuses damage', () => {
  const cells = (...rest: number[]) => Buffer.concat([header(0), matrix(...rest)]);
  const runs = (...rest: number[]) => Buffer.concat([header(1), matrix(...rest)]);
  refused('qb', Buffer.from('no Qubicle Binary file'), 'GOX_FORMAT_BROKEN', /byte 4: .*no Qubicle/);
  refused('qb', header(0, 1e6), 'GOX_FORMAT_BROKEN', /1000000 matrices/);
  refused('qb', cells(9, 9, 9, 0, 0, 0), 'GOX_FORMAT_BROKEN', /2916 bytes of cells do not fit/);
  const max = 0xffff_ffff;
  refused('qb', cells(max, max, max, 0, 0, 0), 'GOX_FORMAT_BROKEN', /out of range/);
  refused('qb', cells(1, 1, 1, 0x7fff_ffff, 0, 0), 'GOX_FORMAT_BROKEN', /out of range/);
  refused('qb', runs(2, 2, 1, 0, 0, 0, 2, 5, max, 6), 'GOX_FORMAT_BROKEN', /5 cells more/);
  refused('qb', runs(2, 2, 2, 0, 0, 0, 2, 4, max, 6), 'GOX_FORMAT_BROKEN', /colour do not fit/);
});

test('takes memory for voxels only, and no more than allowed', () => {
  const run = (color: number) => {
    const side = 0x7fff;
    const bomb = [side, side, 1, 0, 0, 0, 2, side * side, color, 6];
    return Buffer.concat([header(1), matrix(...bomb)]);
  };
  assert.is((outcome('qb', run(0)) as Document).merged().count(), 0);
  refused('qb', run(0xff00_00ff), 'GOX_MEMORY_LIMIT', /67108864 bytes/);
});

for (const name of ['qb_ori0_comp0.qb', 'qb_ori1_comp1.qb']) {
  const { bytes } = imports('qb').find((fixture) => fixture.name === name)!;
  test(`${name} cut anywhere, or with noise, is read or refused`, () => {
    // The second matrix begins after the first; a file may end there.
    const second = bytes.indexOf('second') - 1;
    refusesEveryCut('qb', bytes, (length) => length === 24 || length === second);
    survivesNoise('qb', bytes);
  });
}

test.run();
