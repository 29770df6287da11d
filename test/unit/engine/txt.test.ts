/** Reading Goxel's text format. */

import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GoxError } from '../../../conf/errors.ts';
import { Document } from '../../../engine/document/document.ts';
import { formatFor } from '../../../engine/formats/index.ts';
import { Report } from '../../../engine/formats/report.ts';
import { boxCorners } from '../../../engine/volume/matrix.ts';
import { imports, model, voxelLines } from '../../support/fixtures.ts';
import { SEED } from '../../support/seed.ts';

const txt = formatFor('a.txt');
const read = (text: string, voxel_bytes_max = Number.MAX_SAFE_INTEGER) =>
  txt.read!(Buffer.from(text), 'a.txt', { voxel_bytes_max, like: 'goxel' });

const test = suite('reading txt');

for (const fixture of imports('txt')) {
  const truth = fixture.beside('.import.voxels.txt');
  test(`${fixture.title} ${truth ? 'reads as in Goxel' : 'is refused'}`, () => {
    const text = fixture.bytes.toString('latin1');
    if (truth === undefined) assert.throws(() => read(text), /damaged in line \d+, byte \d+/);
    else assert.is(voxelLines(read(text).merged()), truth.toString());
  });
}

test('what is written is read as the same voxels', () => {
  const coordinate = fc.oneof(fc.integer({ min: -40, max: 40 }), fc.integer());
  const voxel = fc.tuple(coordinate, coordinate, coordinate, fc.nat(0xff_ffff));
  fc.assert(
    fc.property(fc.array(voxel, { maxLength: 20 }), (voxels) => {
      const document = Document.empty();
      for (const [x, y, z, rgb] of voxels) {
        document.activeLayer.volume.set(x, y, z, (rgb | 0xff00_0000) >>> 0);
      }
      const text = Buffer.concat([...txt.write!(document, { y_up: true })]);
      const again = txt.read!(text, 'a.txt');
      assert.is(voxelLines(again.merged()), voxelLines(document.merged()));
    }),
    { seed: SEED },
  );
});

test('the image box is that of the voxels', () => {
  const document = read('-5 3 -7 0a0b0c\n2 2 2 123456\n');
  assert.equal(boxCorners(document.box), { min: [-5, 2, -7], max: [3, 4, 3] });
});

test('takes Windows line ends, no newline at the end, comments and blank lines', () => {
  const document = read('#\r\n# 1 2 3 ffffff\r\n \r\n\r\n1 2 3 FFeeDD\r\n4 5 6 010203 more');
  assert.is(voxelLines(document.merged()), '1 2 3 ffeeddff\n4 5 6 010203ff\n');
  assert.is(read('').merged().count(), 0);
});

for (const line of [
  '1 2 3',
  '1 2 3 12345',
  '1 2 3 1234567',
  '1 2 3 gggggg',
  '2147483648 0 0 123456',
  '0 0 -2147483649 123456',
  '99999999999999999999 0 0 123456',
  '#comment',
  '\0',
]) {
  test(`refuses the line ${JSON.stringify(line)}`, () => {
    try {
      read(`0 0 0 ffffff\n${line}\n`);
    } catch (error) {
      assert.ok(error instanceof GoxError);
      assert.is(error.code, 'GOX_FORMAT_BROKEN');
      assert.equal(error.details, { file: 'a.txt', line: 2, offset: 13 });
      return;
    }
    assert.unreachable('was read');
  });
}

/** Voxels of a text that people wrote, and the codes of what is told. */
function people(text: string | Buffer): { lines: string; codes: string[] } {
  const report = new Report();
  const document = txt.read!(Buffer.from(text), 'a.txt', { report });
  const codes = report.warnings().map(({ code, count }) => `${code} ${count}`);
  return { lines: voxelLines(document.merged()), codes };
}

for (const line of [
  '1  2  3  ff0000',
  '  1 2 3 ff0000',
  '1 2 3 ff0000ff',
  '1.0 2.0 3.0 ff0000',
  '1\t2\t3\tFF0000\t',
  '1,2,3,#ff0000',
  '1; 2; 3; 0xff0000',
  '+1 2e0 3. #f00',
  '1 2 3 255 0 0',
  '1 2 3 255 0 0 255',
  '1 2 3 F00',
  '1 2 3 #f00f',
  '1 2 3 ff0000 # red, and more',
  '1|2|3|ff0000',
  '"1","2","3","ff0000"',
  '(1, 2, 3): ff0000',
  '[1, 2, 3, "#ff0000"],',
  '1,0;2,0;3,0;ff0000',
  '1\u00a02\t3\tff0000',
  '1 2 3 ff0000\0',
]) {
  test(`reads the line ${JSON.stringify(line)}`, () => {
    const told = people(`\ufeff#comment\r\n// and another\r\n${line}\r\n`);
    assert.equal(told, { lines: '1 2 3 ff0000ff\n', codes: [] });
    assert.is(voxelLines(read(`${line}\n`).merged()), '1 2 3 ff0000ff\n');
  });
}

test('reads lines of old Macs, and passes over names of columns and comments', () => {
  assert.is(people('1 2 3 ff0000\r4 5 6 00ff00\r').lines, '1 2 3 ff0000ff\n4 5 6 00ff00ff\n');
  assert.equal(people('x,y,z,color\n; words\n1,2,3,ff000080\n\0\0'), {
    lines: '1 2 3 ff000080\n',
    codes: [],
  });
  assert.is(people('1 2 3 0 255 0 128').lines, '1 2 3 00ff0080\n');
});

test('tells what it passes over, rounds or takes for opaque, and goes on', () => {
  const { lines, codes } = people(
    'x y z color\n1 2 3 ff000080\n-1.5 2 3 00ff00\n1 2\n4 4 4 0000ff00\n9 9 9 256 0 0\n',
  );
  assert.is(lines, '-2 2 3 00ff00ff\n1 2 3 ff000080\n4 4 4 0000ffff\n');
  assert.equal(codes, ['WARN_FACES_SKIPPED 2', 'WARN_DETAIL_SKIPPED 1', 'WARN_OPACITY 1']);
  assert.throws(() => people('no voxels\nat all\n'), /damaged in line 1, byte 0/);
});

test('begins as other readers want it', () => {
  const text = Buffer.concat([...txt.write!(Document.empty())]).toString();
  assert.match(text, /^# Goxel/);
});

test('refuses more voxels than memory allows', () => {
  const lines = Array.from({ length: 9 }, (_, i) => `${i * 16} 0 0 ffffff\n`).join('');
  assert.is(
    read(lines, 9 * 16384)
      .merged()
      .count(),
    9,
  );
  assert.throws(
    () => read(lines, 8 * 16384),
    (error: unknown) => error instanceof GoxError && error.code === 'GOX_MEMORY_LIMIT',
  );
});

test("reads a big file's lines in one pass", () => {
  const document = formatFor('x.gox').read!(model('big_terrain').bytes, 'big_terrain.gox');
  const text = Buffer.concat([...txt.write!(document, { y_up: true })]);
  assert.is(txt.read!(text, 'big.txt').merged().count(), document.merged().count());
});

test.run();
