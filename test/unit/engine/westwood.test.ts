/** Voxels of Command & Conquer. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formatFor } from '../../../engine/formats/index.ts';
import { Report } from '../../../engine/formats/report.ts';
import { refused, refusesEveryCut, survivesNoise } from '../../support/damage.ts';
import { voxelLines } from '../../support/fixtures.ts';
import { hvaFile, type LimbParts, STILL, vxlFile } from '../../support/westwood-file.ts';

const test = suite('voxels of Command & Conquer');
const { read } = formatFor('a.vxl');

/** Colour i is i, 0, 255 - i. */
const PALETTE = Uint8Array.from({ length: 768 }, (_, at) => {
  return [Math.floor(at / 3), 0, 255 - Math.floor(at / 3)][at % 3]!;
});
const HULL: LimbParts = {
  name: 'Body',
  size: [4, 3, 5],
  voxels: [
    [0, 0, 0, 10],
    [3, 2, 4, 20],
    [3, 2, 1, 30],
  ],
};
const TURRET: LimbParts = { name: 'turret', size: [2, 1, 1], voxels: [[1, 0, 0, 40]] };

function lines(bytes: Uint8Array, options = {}): string[] {
  return voxelLines(read!(bytes, 'dir/a.vxl', options).merged())
    .trim()
    .split('\n')
    .sort();
}

test('limbs are layers, z is up, with the colours of the file', () => {
  const { layers } = read!(vxlFile([HULL, TURRET], PALETTE), 'a.vxl');
  assert.equal(
    layers.map(({ name }) => name),
    ['Body', 'turret'],
  );
  assert.equal(voxelLines(layers[0]!.volume).trim().split('\n').sort(), [
    '0 0 0 0a00f5ff',
    '3 2 1 1e00e1ff',
    '3 2 4 1400ebff',
  ]);
});

test('limbs stand by their bounds and matrices, whose way is in the scale', () => {
  const low = [-2, -1.5, 3];
  const rows = [1, 0, 0, 12, 0, 1, 0, 24, 0, 0, 1, -12];
  const limb = { ...TURRET, low, high: [0, -0.5, 4], rows };
  assert.equal(lines(vxlFile([limb], PALETTE)), ['0 1 2 2800d7ff']);
  // Bounds of twice as long voxels.
  const large = { ...TURRET, low: [-4, 2, 6], high: [0, 4, 8] };
  assert.equal(lines(vxlFile([large], PALETTE)), ['-1 1 3 2800d7ff']);
  const nothing = { ...TURRET, rows: STILL.map(() => Number.NaN) };
  assert.equal(lines(vxlFile([nothing], PALETTE)), ['1 0 0 2800d7ff']);
});

/** A quarter turn around z: x becomes y. */
const TURNED = [0, -1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0];

test('the frames of the .hva beside it: the first, one that is named, or all', () => {
  const moved = [1, 0, 0, 60, 0, 1, 0, 0, 0, 0, 1, 0];
  const hva = hvaFile(['turret'], [[STILL], [moved], [TURNED]]);
  const resolve = (name: string) => (name === 'a.hva' ? hva : undefined);
  const bytes = vxlFile([TURRET], PALETTE);
  const report = new Report();
  assert.equal(lines(bytes, { resolve, report }), ['1 0 0 2800d7ff']);
  assert.equal(
    report.warnings().map(({ code, count }) => [code, count]),
    [['WARN_FRAMES_LEFT_OUT', 2]],
  );
  assert.equal(lines(bytes, { resolve, frame: 1 }), ['6 0 0 2800d7ff']);
  assert.equal(lines(bytes, { resolve, frame: 2 }), ['-1 1 0 2800d7ff']);
  const { layers } = read!(bytes, 'a.vxl', { resolve, frame: 'all' });
  assert.equal(
    layers.map(({ name, visible }) => [name, visible]),
    [
      ['turret 0', true],
      ['turret 1', false],
      ['turret 2', false],
    ],
  );
  assert.throws(() => lines(bytes, { resolve, frame: 3 }), /3 frames, from 0/);
});

test('sections of the .hva are found by their names', () => {
  const away = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 120];
  const hva = hvaFile(['TURRET', 'body'], [[away, STILL]]);
  const options = { resolve: () => hva };
  assert.ok(lines(vxlFile([HULL, TURRET], PALETTE), options).includes('1 0 10 2800d7ff'));
});

test('a damaged .hva is told, and the limbs stay', () => {
  const report = new Report();
  const options = { resolve: () => Buffer.from('no animation'), report };
  assert.equal(lines(vxlFile([TURRET], PALETTE), options), ['1 0 0 2800d7ff']);
  assert.is(report.warnings()[0]!.where!.file, 'a.hva');
});

test('palettes of six bits, of another file, and none', () => {
  const vga = PALETTE.map((value) => value >> 2);
  assert.equal(lines(vxlFile([TURRET], vga)), ['1 0 0 2800d7ff']);
  const open = () => PALETTE.map((value) => 255 - value);
  const named = { colors: 'unit.pal', open };
  assert.equal(lines(vxlFile([TURRET], PALETTE), named), ['1 0 0 d7ff28ff']);
  const report = new Report();
  lines(vxlFile([TURRET], new Uint8Array(768)), { report });
  assert.is(report.warnings()[0]!.code, 'WARN_DETAIL_SKIPPED');
});

test('a file cut anywhere, or with noise, is read or refused', () => {
  const bytes = vxlFile([HULL, TURRET], PALETTE);
  refusesEveryCut('vxl', bytes);
  survivesNoise('vxl', bytes);
  const many = Buffer.from(bytes);
  many.writeUInt32LE(2 ** 31, 20);
  refused('vxl', many, 'GOX_FORMAT_BROKEN', /2147483648 limbs/);
});

test.run();
