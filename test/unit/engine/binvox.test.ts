/** Voxels of binvox, both ways. */

import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formatFor } from '../../../engine/formats/index.ts';
import { Report } from '../../../engine/formats/report.ts';
import { Volume } from '../../../engine/volume/volume.ts';
import { refused, refusesEveryCut, survivesNoise } from '../../support/damage.ts';
import { documentOf, VOLUMES } from '../../support/documents.ts';
import { voxelLines } from '../../support/fixtures.ts';
import { SEED } from '../../support/seed.ts';

const test = suite('binvox');
const { read, write } = formatFor('a.binvox');

function file(head: string, ...runs: number[]): Buffer {
  return Buffer.concat([Buffer.from(`#binvox 1\n${head}data\n`), Buffer.from(runs)]);
}

function lines(bytes: Uint8Array, options = {}): string[] {
  const text = voxelLines(read!(bytes, 'a.binvox', options).merged()).trim();
  return text.replaceAll(' ffffffff', '').split('\n').sort();
}

// Two along x, three along z, four along y: a run over the end of a column.
const DIM = 'dim 2 3 4\n';
const RUNS = [0, 3, 1, 2, 0, 7, 1, 1, 0, 11];

test('y is the fastest and up, then z, which goes to the front, and x', () => {
  assert.equal(lines(file(DIM, ...RUNS)), ['0 1 0', '0 2 3', '1 2 0']);
  assert.equal(lines(file(DIM, ...RUNS), { up: 'z' }), ['0 0 1', '0 3 0', '1 0 0']);
});

test('stands where it says, in cells', () => {
  const head = `${DIM}translate -0.5 0.25 1\nscale 1\n`;
  assert.equal(lines(file(head, ...RUNS)), ['-1 -2 1', '-2 -2 4', '-2 -3 1']);
});

test('takes other line ends and lines, and tells what it does not know', () => {
  const report = new Report();
  const head = 'dim 1 1 1\r\nscale x\r\ncolour 3\r\n';
  assert.equal(lines(file(head, 7, 1, 0, 9), { report }), ['0 0 0']);
  assert.equal(
    report.warnings().map(({ code }) => code),
    ['WARN_UNKNOWN_PART', 'WARN_TRAILING_BYTES'],
  );
});

for (const options of [{}, { up: 'z' }] as const) {
  test(`what is written is read in its place, ${JSON.stringify(options)}`, () => {
    fc.assert(
      fc.property(VOLUMES, (volume) => {
        const bytes = Buffer.concat([...write!(documentOf(volume), options)]);
        const again = read!(bytes, 'a.binvox', options).merged();
        const white = voxelLines(volume).replace(/ \w{8}$/gm, ' ffffffff');
        assert.is(voxelLines(again), white);
      }),
      { seed: SEED, numRuns: 30 },
    );
  });
}

test('is written as a cube, and a long model as it is', () => {
  const head = (volume: Volume) =>
    Buffer.concat([...write!(documentOf(volume))])
      .toString('latin1')
      .split('\n')
      .slice(0, 4);
  const volume = new Volume();
  volume.fillBox([2, 3, 4], [5, 4, 6], 0xff00_0000);
  assert.equal(head(volume), ['#binvox 1', 'dim 3 3 3', 'translate 2 4 -1', 'scale 3']);
  volume.set(1000, 3, 4, 0xff00_0000);
  assert.equal(head(volume), ['#binvox 1', 'dim 999 1 2', 'translate 2 4 -3', 'scale 999']);
});

test('refuses damage, and sizes that its runs cannot fill', () => {
  refusesEveryCut('binvox', file(DIM, ...RUNS), (length) => length === file(DIM, ...RUNS).length);
  survivesNoise('binvox', file(DIM, ...RUNS));
  refused('binvox', file('dim 60000 60000 60000\n', 1, 255), 'GOX_FORMAT_BROKEN', /too few/);
  refused('binvox', file('dim 3 -3 3\n', 1, 255), 'GOX_FORMAT_BROKEN', /"dim"/);
  const full = Buffer.concat([file('dim 512 512 512\n'), Buffer.alloc(2 * 530_000, 255)]);
  refused('binvox', full, 'GOX_MEMORY_LIMIT', /bytes/);
  const wide = new Volume();
  for (const at of [0, 1500]) wide.set(at, at, at, 0xff00_0000);
  assert.throws(
    () => write!(documentOf(wide)),
    (error: { code: string }) => error.code === 'GOX_FORMAT_LIMIT',
  );
});

test.run();
