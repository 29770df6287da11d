/** Voxlap's and Build's models keep their pivots and their colours. */

import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Document } from '../../../engine/document/document.ts';
import { type ExportOptions, formatFor } from '../../../engine/formats/index.ts';
import { Report } from '../../../engine/formats/report.ts';
import { documentOf } from '../../support/documents.ts';
import { voxelLines } from '../../support/fixtures.ts';

const CASE = new URL('../../../../test/fixtures/cases/kv6-pivot-lost/hand.kv6', import.meta.url);

const read = (format: string, bytes: Uint8Array) => formatFor('', format).read!(bytes, 'a file');

function write(document: Document, format: string, options: ExportOptions = {}) {
  const report = new Report();
  const pieces = [...formatFor('', format).write!(document, { ...options, report })];
  const told = report.warnings().map(({ code, count }) => `${code} ${count}`);
  return { file: Buffer.concat(pieces), told };
}

const pivotOf = (format: string, bytes: Buffer) =>
  [0, 1, 2].map((axis) =>
    format === 'kv6' ? bytes.readFloatLE(16 + axis * 4) : bytes.readInt32LE(16 + axis * 4) / 256,
  );

/** A model of kv6 of a size, whose corners alone are voxels, with another pivot. */
function withPivot(pivot: readonly number[], size: readonly number[]): Buffer {
  const document = Document.empty();
  const { volume } = document.activeLayer;
  volume.set(0, 0, 0, 0xff14_1414);
  volume.set(size[0]! - 1, size[1]! - 1, size[2]! - 1, 0xff00_00ff);
  document.box[15] = 0;
  const { file } = write(document, 'kv6');
  for (const [axis, value] of pivot.entries()) file.writeFloatLE(value, 16 + axis * 4);
  return file;
}

const test = suite('people: .kv6 and .kvx');

test('a model is placed by its pivot, and keeps it in both formats', () => {
  const hand = readFileSync(CASE);
  const document = read('kv6', hand);
  const places = voxelLines(document.merged()).trim().split('\n');
  assert.equal(
    places.map((line) => line.replace(/ \w+$/, '')),
    ['0 -1 2', '1 -1 2', '2 -1 2', '3 -1 2'],
  );
  assert.ok(
    places.every((line) => line.endsWith('ff')),
    'opaque',
  );
  for (const format of ['kv6', 'kvx']) {
    const { file } = write(document, format);
    assert.equal(pivotOf(format, file), [0.5, 0.5, 3]);
    const again = read(format, file);
    assert.equal([...again.activeLayer.mat], [...document.activeLayer.mat]);
    assert.equal(pivotOf('kv6', write(again, 'kv6').file), [0.5, 0.5, 3]);
  }
});

test('any pivot is kept: of several decimals, negative, outside of the model', () => {
  const f = Math.fround;
  for (const pivot of [
    [2.5, 0.5, 14],
    [2.5, 2.5, 5.5],
    [f(5.3), f(-7.8125), f(0.1)],
    [-3, 100, f(33.3333)],
    [0, 0, 0],
  ]) {
    const file = withPivot(pivot, [5, 4, 7]);
    assert.equal(pivotOf('kv6', write(read('kv6', file), 'kv6').file), pivot);
    const kvx = write(read('kv6', file), 'kvx').file;
    const fixed = pivot.map((value) => Math.round(value * 256) / 256);
    assert.equal(pivotOf('kvx', kvx), fixed);
    const again = read('kvx', kvx);
    assert.equal(pivotOf('kvx', write(again, 'kvx').file), fixed);
    assert.equal(again.merged().box(), read('kv6', file).merged().box());
    // It goes through a project file, too.
    const project = read('gox', write(read('kv6', file), 'gox').file);
    assert.equal(pivotOf('kv6', write(project, 'kv6').file), pivot);
  }
});

test('a pivot that is no place leaves the model in the middle', () => {
  for (const value of [Number.NaN, Infinity, 1e30]) {
    const { min } = read('kv6', withPivot([value, 0, 0], [5, 4, 7]))
      .merged()
      .box()!;
    assert.equal([...min], [-2, -2, -4]);
    const report = new Report();
    formatFor('a.kv6').read!(withPivot([value, 0, 0], [5, 4, 7]), 'a.kv6', { report });
    assert.is(report.warnings()[0]!.code, 'WARN_BROKEN_PART');
  }
});

test('what has no pivot of its own has the origin of the project, and stays in its place', () => {
  const document = Document.empty();
  document.activeLayer.volume.fillBox([3, -8, 5], [6, 1, 9], 0xff00_00ff);
  document.box[15] = 0;
  for (const format of ['kv6', 'kvx']) {
    const { file } = write(document, format);
    assert.equal(pivotOf(format, file), [-3, 1, 9]);
    assert.is(voxelLines(read(format, file).merged()), voxelLines(document.merged()));
  }
});

test('.kvx keeps up to 256 colours, each as near as six bits can say it', () => {
  // A level above one that six bits say.
  const level = (six: number) => Math.round((six * 255) / 63) + (six < 63 ? 1 : 0);
  const document = (count: number) => {
    const made = documentOf(Document.empty().activeLayer.volume);
    for (let i = 0; i < count; i++) {
      // Distinct in six bits, and one of them very often.
      const rgb = level(i & 63) | (level(i >> 6) << 8);
      made.activeLayer.volume.set(2 * (i & 31), 2 * (i >> 5), 0, (0xff00_0000 | rgb) >>> 0);
    }
    made.activeLayer.volume.fillBox([0, 0, 4], [60, 60, 5], 0xff00_0105);
    return made;
  };
  const colors = (made: Document) =>
    new Set(
      voxelLines(made.merged())
        .trim()
        .split('\n')
        .map((line) => line.split(' ')[3]),
    );
  const six = (hex: string) =>
    Buffer.from(hex, 'hex').map((value) => Math.round((value * 63) / 255));
  for (const count of [48, 256]) {
    const before = document(count);
    const { file, told } = write(before, 'kvx');
    assert.match(told.join(), /^WARN_COLORS_ROUNDED \d+$/);
    const after = read('kvx', file);
    assert.is(colors(after).size, count);
    assert.equal(
      voxelLines(after.merged())
        .trim()
        .split('\n')
        .map((line) => six(line.split(' ')[3]!)),
      voxelLines(before.merged())
        .trim()
        .split('\n')
        .map((line) => six(line.split(' ')[3]!)),
    );
    // And what six bits can say is said, without a word.
    const again = write(after, 'kvx');
    assert.equal(again.told, []);
    assert.is(voxelLines(read('kvx', again.file).merged()), voxelLines(after.merged()));
  }
  assert.equal(write(document(300), 'kvx').told, ['WARN_COLORS_MERGED 44']);
});

test('voxels that no side of is seen are told where they will have another colour', () => {
  const solid = (color: (x: number, y: number, z: number) => number) => {
    const made = Document.empty();
    for (let x = 0; x < 5; x++) {
      for (let y = 0; y < 6; y++) {
        for (let z = 0; z < 9; z++) {
          // A room inside, and two parts above each other.
          if (z === 4 || (x === 2 && y === 2 && z === 7)) continue;
          made.activeLayer.volume.set(x, y, z, (0xff00_0000 | color(x, y, z)) >>> 0);
        }
      }
    }
    return made;
  };
  const striped = solid((x, _, z) => (x * 0x10_0000) | (z * 0x1000));
  for (const format of ['kv6', 'kvx', 'vxl']) {
    const { file, told } = write(striped, format);
    const after = read(format, file).merged();
    let different = 0;
    for (const line of voxelLines(striped.merged()).trim().split('\n')) {
      const [x, y, z, before] = line.split(' ');
      const rgba = after.get(Number(x), Number(y), Number(z));
      const now = [0, 8, 16].map((shift) => (rgba >>> shift) & 0xff);
      const far = Buffer.from(before!, 'hex').some(
        (value, i) => i < 3 && Math.abs(value - now[i]!) > 4,
      );
      if (far) different++;
    }
    assert.ok(different > 0);
    const lost = told.filter((one) => one.startsWith('WARN_COLORS_LOST'));
    assert.equal(lost, [`WARN_COLORS_LOST ${different}`], format);
  }
  for (const format of ['kv6', 'kvx'])
    assert.equal(
      write(
        solid(() => 0xffffff),
        format,
      ).told,
      [],
    );
});

test('a .kvx whose palette has eight bits a channel is as bright as it is', () => {
  const made = Document.empty();
  made.activeLayer.volume.set(0, 0, 0, 0xff20_80f0);
  const { file } = write(made, 'kvx');
  const eight = Buffer.from(file);
  for (let i = eight.length - 768; i < eight.length; i++) eight[i] = eight[i]! << 2;
  assert.is(voxelLines(read('kvx', eight).merged()), '0 0 0 ec8020ff\n');
});

test.run();
