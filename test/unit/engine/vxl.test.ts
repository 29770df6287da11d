/** Maps of Ace of Spades, compared with what Goxel reads and writes. */

import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formatFor } from '../../../engine/formats/index.ts';
import { Report } from '../../../engine/formats/report.ts';
import { Volume } from '../../../engine/volume/volume.ts';
import { outcome, refused } from '../../support/damage.ts';
import { documentOf, movedX, open, readAs, VOLUMES, written } from '../../support/documents.ts';
import { imports, models, voxelLines } from '../../support/fixtures.ts';
import { SEED } from '../../support/seed.ts';

const GROUND = 0xff40_405b;
const SKY = Buffer.from([0, 64, 63, 0]);
const COLUMNS = 512 * 512;
const test = suite('vxl');

let exact = 0;
for (const fixture of models()) {
  const truth = fixture.gui('.vxl');
  if (truth === undefined) continue;
  test(`${fixture.title} is written where Goxel reads it, not where it writes it`, () => {
    const volume = open(fixture).merged();
    assert.ok(written(documentOf(movedX(volume, -1)), 'vxl').equals(truth), 'differs');
    const again = readAs('vxl', written(documentOf(volume), 'vxl')).merged();
    const goxels = readAs('vxl', truth).merged();
    assert.ok(voxelLines(movedX(goxels, 1)) === voxelLines(again), 'other voxels');
    assert.is(voxelLines(again).replace(/ \w+$/gm, ''), voxelLines(volume).replace(/ \w+$/gm, ''));
    exact++;
  });
}

let read = 0;
for (const fixture of imports('vxl', ['imports', 'real'])) {
  test(`${fixture.title} is read as in Goxel`, () => {
    const document = readAs('vxl', fixture.bytes);
    const truth = fixture.beside('.import.voxels.txt')!;
    assert.ok(Buffer.from(voxelLines(document.merged())).equals(truth), 'other voxels');
    const info = JSON.parse(fixture.beside('.import.info.json')!.toString()) as { box: number[] };
    assert.equal([...document.box], info.box);
    read++;
  });
}

test('was compared with Goxel', () => {
  assert.ok(exact >= 6 && read >= 2, `${exact} written, ${read} read`);
});

test('reads what it writes: all places, and the colours that can be seen', () => {
  fc.assert(
    fc.property(VOLUMES, (volume) => {
      const again = readAs('vxl', written(documentOf(volume), 'vxl')).merged();
      const inside = (x: number, y: number, z: number) =>
        [-1, 1].every((d) => volume.get(x + d, y, z) && volume.get(x, y + d, z)) &&
        [-1, 1].every((d) => volume.get(x, y, z + d));
      const expected = new Volume();
      for (const { x, y, z, data } of volume.blocks()) {
        for (const [i, rgba] of data.entries()) {
          const [vx, vy, vz] = [x + (i & 15), y + ((i >> 4) & 15), z + (i >> 8)];
          if (rgba !== 0) expected.set(vx, vy, vz, inside(vx, vy, vz) ? GROUND : rgba);
        }
      }
      assert.is(voxelLines(again), voxelLines(expected));
    }),
    { seed: SEED, numRuns: 10 },
  );
});

test('keeps places and colours at every side of the map', () => {
  const volume = new Volume();
  const [min, max] = [[-256, -256, -32] as const, [256, 256, 32] as const];
  for (const x of [min[0], max[0] - 3]) {
    for (const y of [min[1], max[1] - 3])
      volume.fillBox([x, y, -32], [x + 3, y + 3, 32], 0xff00_80ff);
  }
  const again = readAs('vxl', written(documentOf(volume), 'vxl')).merged();
  assert.equal(again.box(), { min, max });
  assert.is(again.count(), volume.count());
  assert.is(again.get(-256, -255, -32), 0xff00_80ff);
  assert.is(again.get(-255, -255, 5), GROUND);
});

test('refuses what a map cannot hold', () => {
  for (const place of [
    [256, 0, 0],
    [-257, 0, 0],
    [0, 256, 0],
    [0, -257, 0],
    [0, 0, 32],
    [0, 0, -33],
  ] as const) {
    const volume = new Volume();
    volume.set(place[0], place[1], place[2], 0xff00_0000);
    assert.throws(
      () => formatFor('x.vxl').write!(documentOf(volume)),
      (error: { code: string; message: string }) =>
        error.code === 'GOX_FORMAT_LIMIT' && error.message.includes(place.join(' ')),
    );
  }
});

/** A map of sky with other bytes for its first columns. */
function mapOf(...columns: number[]): Buffer {
  return Buffer.concat([Buffer.from(columns), ...Array.from({ length: COLUMNS }, () => SKY)]);
}

test('a whole map of another size is one, and what is behind a map is told', () => {
  const column = (height: number) => [0, height - 1, height - 1, 0, 9, 8, 7, 255];
  for (const [side, height] of [
    [32, 64],
    [128, 64],
    [64, 256],
  ] as const) {
    const bytes = Buffer.alloc(side * side * 8, Buffer.from(column(height)));
    const volume = readAs('vxl', bytes).merged();
    assert.is(volume.count(), side * side);
    assert.equal(volume.box()!.min, [-side / 2, -side / 2, -height / 2]);
  }
  const report = new Report();
  const bytes = Buffer.concat([Buffer.alloc(COLUMNS * 4, SKY), Buffer.alloc(3)]);
  formatFor('x.vxl').read!(bytes, 'x.vxl', { report });
  const told = report.warnings().map(({ code, where }) => [code, where?.byte]);
  assert.equal(told, [['WARN_TRAILING_BYTES', COLUMNS * 4]]);
});

test('refuses damage', () => {
  const broken = (message: RegExp, ...columns: number[]) =>
    refused('vxl', mapOf(...columns), 'GOX_FORMAT_BROKEN', message);
  broken(/below air from 9 is out of order/, 0, 8, 8, 9);
  broken(/out of order/, 0, 8, 5, 0);
  broken(/from 8 to 64/, 0, 8, 64, 0);
  broken(/too short for its colours/, 2, 8, 10, 0, ...new Array<number>(12).fill(0));
  broken(/2 colours do not fit/, 3, 8, 7, 0, 1, 1, 1, 1, 2, 2, 2, 2, 0, 64, 63, 9);
  refused('vxl', Buffer.alloc(0), 'GOX_FORMAT_BROKEN', /byte 0: 4 bytes of a span/);
  refused('vxl', mapOf().subarray(0, 1e6), 'GOX_FORMAT_BROKEN', /byte 1000000: .* do not fit/);
});

test('a map cut anywhere, or with noise, is read or refused', () => {
  const { bytes } = imports('vxl').find(({ name }) => name === 'rt_axes.vxl')!;
  const places = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255));
  // The voxels lie in the middle of a megabyte of sky.
  const middle = bytes.findIndex((byte, i) => byte !== SKY[i & 3]);
  for (let length = middle; length < middle + 80; length++)
    outcome('vxl', bytes.subarray(0, length));
  fc.assert(
    fc.property(places, fc.nat(100), ([at, byte], near) => {
      const noisy = Buffer.from(bytes);
      noisy[at] = byte;
      noisy[middle + near] = byte;
      outcome('vxl', noisy);
    }),
    { seed: SEED, numRuns: 40 },
  );
});

test.run();
