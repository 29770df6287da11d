/** Reading .ply files. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formatFor } from '../../../engine/formats/index.ts';
import { readPly } from '../../../engine/formats/meshes/import-ply.ts';
import { Report } from '../../../engine/formats/report.ts';
import { models, voxelLines } from '../../support/fixtures.ts';
import { assertRefused, assertSameOutside, readDamaged, shown } from '../../support/mesh-shapes.ts';

const test = suite('reading ply');

for (const fixture of models()) {
  for (const [suffix, y_up] of [
    ['.ply', true],
    ['.zup.ply', false],
  ] as const) {
    const bytes = fixture.gui(suffix);
    if (bytes === undefined) continue;
    test(`what Goxel exports of ${fixture.title} as ${suffix} is the same voxels, filled`, () => {
      const model = formatFor('a.gox').read!(fixture.bytes, fixture.name);
      const document = readPly(bytes, suffix, { solid: true, y_up });
      assertSameOutside(document.merged(), shown(model.merged()));
    });
  }
}

test('what we export is read as the same voxels, filled', () => {
  const ply = formatFor('a.ply');
  const document = formatFor('a.txt').read!(
    Buffer.from(
      '0 0 0 102030\n1 0 0 405060\n1 1 0 708090\n-5 7 1 a0b0c0\n2147480000 -2147480000 3 112233\n',
    ),
    'a.txt',
  );
  const bytes = Buffer.concat([...ply.write!(document)]);
  const again = readPly(bytes, 'a.ply', { solid: true, up: 'z' });
  assert.is(voxelLines(again.merged()), voxelLines(document.merged()));
});

/** A pyramid over a square: corner coordinates, byte colours, and its polygons. */
const POINTS = [
  [0, 0, 0],
  [8, 0, 0],
  [8, 0, -8],
  [0, 0, -8],
  [4, 4, -4],
];
const COLORS = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [255, 255, 0],
  [1, 2, 3],
];
const FACES = [
  [3, 2, 1, 0],
  [0, 1, 4],
  [1, 2, 4],
  [2, 3, 4],
  [3, 0, 4],
];

function text(): string {
  const points = POINTS.map((point, i) => `${point.join(' ')} 7 ${COLORS[i]!.join(' ')}\n`);
  const faces = FACES.map((face) => `${face.length} ${face.join(' ')} 0\n`);
  return `ply
format ascii 1.0
comment a pyramid
element vertex 5
property float x
property float y
property float z
property list uchar short tags
property uchar red
property uchar green
property uchar blue
element note 2
property int one
element face 5
property list uchar uint vertex_index
property char flag
end_header
${points.join('').replaceAll(' 7 ', ' 2 7 -7 ')}1
2
${faces.join('')}`;
}

function binary(order: 'little' | 'big'): Buffer {
  const header = text().slice(0, text().indexOf('end_header') + 11);
  const parts = [Buffer.from(header.replace('ascii', `binary_${order}_endian`))];
  const put = (bytes: number, write: (buffer: Buffer) => void) => {
    const buffer = Buffer.alloc(bytes);
    write(buffer);
    parts.push(order === 'big' ? buffer.reverse() : buffer);
  };
  for (const [i, point] of POINTS.entries()) {
    for (const value of point) put(4, (b) => b.writeFloatLE(value));
    put(1, (b) => b.writeUInt8(2));
    for (const tag of [7, -7]) put(2, (b) => b.writeInt16LE(tag));
    for (const value of COLORS[i]!) put(1, (b) => b.writeUInt8(value));
  }
  for (const value of [1, 2]) put(4, (b) => b.writeInt32LE(value));
  for (const face of FACES) {
    put(1, (b) => b.writeUInt8(face.length));
    for (const corner of face) put(4, (b) => b.writeUInt32LE(corner));
    put(1, (b) => b.writeInt8(0));
  }
  return Buffer.concat(parts);
}

for (const solid of [false, true]) {
  test(`both byte orders hold what the text does, ${solid ? 'solid' : 'surface'}`, () => {
    const plain = voxelLines(readPly(Buffer.from(text()), 'a.ply', { solid }).merged());
    assert.ok(plain.split('\n').length > 50);
    for (const order of ['little', 'big'] as const) {
      const document = readPly(binary(order), 'a.ply', { solid });
      assert.is(voxelLines(document.merged()), plain);
    }
  });
}

test('byte colours are the vertices', () => {
  const volume = readPly(Buffer.from(text()), 'a.ply').merged();
  assert.is(volume.get(0, 0, 0), 0xff00_00ff);
  assert.is(volume.get(8, 0, 0), 0xff00_ff00);
  assert.is(volume.get(8, 8, 0), 0xffff_0000);
  assert.is(volume.get(4, 4, 4), 0xff03_0201);
});

const HEADER = `ply
format ascii 1.0
element vertex 4
property double x
property double y
property double z
`;
const SQUARE = '0 0 0\n4 0 0\n0 4 0\n4 4 0\n';

test('faces may have colours, with an alpha, as fractions or 16-bit numbers', () => {
  const read = (type: string, colors: string) => {
    const names = ['red', 'green', 'blue', 'alpha'].map((name) => `property ${type} ${name}\n`);
    const properties = `element face 1\nproperty list int int vertex_indices\n${names.join('')}`;
    const content = `${HEADER}${properties}end_header\n${SQUARE}4 0 1 3 2 ${colors}\n`;
    return readPly(Buffer.from(content), 'a.ply').merged().get(2, 0, 2);
  };
  assert.is(read('float', '1 0 0.5 0.75'), 0xbf80_00ff);
  assert.is(read('ushort', '65535 0 32896 49087'), 0xbf80_00ff);
  assert.is(read('int', '255 0 128 191'), 0xbf80_00ff);
});

test('strips are triangles, every second one turned, ended by -1', () => {
  const strip = (list: string) => {
    const rest = 'element tristrips 1\nproperty list int int vertex_indices\nend_header\n';
    return readPly(Buffer.from(`${HEADER}${rest}${SQUARE}${list}`), 'a.ply')
      .merged()
      .count();
  };
  assert.is(strip('4 0 1 2 3'), 25);
  assert.is(strip('7 0 1 2 -1 1 2 3'), 25);
  assert.is(strip('6 0 1 -1 1 2 -1'), 0);
});

test('says where a file is damaged', () => {
  const broken = (bytes: string, message: RegExp) =>
    assertRefused(() => readPly(Buffer.from(bytes), 'a.ply'), 'GOX_FORMAT_BROKEN', message);
  broken('plx\n', /line 1, byte 3: it does not begin with "ply"/);
  broken('ply\nformat ascii 1.0\n', /the header has no end/);
  broken('ply\nformat text 1.0\nend_header\n', /unknown format/);
  broken('ply\nend_header\n', /names no format/);
  broken('ply\nelement vertex -1\n', /element without a count/);
  broken('ply\nproperty float x\n', /property without an element/);
  broken('ply\nelement a 1\nproperty toString x\n', /unknown type/);
  broken('ply\nelement a 1\nproperty list float int x\n', /no whole number/);
  broken(`ply\n${'what\n'.repeat(20)}`, /line 18.*not a header/);
  broken(`${HEADER}end_header\n0 0`, /ends before any vertex/);
  broken(`${HEADER.replace('z', 'w')}end_header\n${SQUARE}`, /lack a coordinate/);
});

test('what is there of a file that is cut short is read', () => {
  const faces = 'element face 3\nproperty list uchar int vertex_indices\nend_header\n';
  const many = HEADER.replace('4', '4000000000');
  const cases: [content: string | Buffer, voxels: number, lost: readonly number[]][] = [
    [`${HEADER}${faces}${SQUARE}4 0 1 3 2\n`, 25, [2]],
    [`${HEADER}${faces}${SQUARE}4 0 1 3 2\n4 0 1`, 25, [2]],
    [`${HEADER}${faces}${SQUARE}4 0 1 3 2\n9 0 1\n3 0 1 2\n`, 25, [2]],
    [`${HEADER}${faces}${SQUARE}`, 4, [3]],
    [`${HEADER}${faces}${SQUARE.slice(0, 12)}`, 2, [2, 3]],
    [`${many}end_header\n${SQUARE}`, 4, [4_000_000_000 - 4]],
    [binary('little').subarray(0, -1), 0, []],
    [binary('big').subarray(0, -1), 0, []],
  ];
  for (const [content, voxels, lost] of cases) {
    const report = new Report();
    const volume = readPly(Buffer.from(content), 'a.ply', { report }).merged();
    const told = report.warnings();
    assert.ok(told.length > 0 && told.every(({ code }) => code === 'WARN_CUT_SHORT'), `${content}`);
    if (voxels === 0) continue;
    assert.is(volume.count(), voxels, `${content}`);
    assert.equal(
      told.map(({ count }) => count),
      lost,
    );
  }
});

test('faces that cannot be made are passed over, and told', () => {
  const faces = 'element face 2\nproperty list uchar int vertex_indices\nend_header\n';
  const told = (bytes: string | Buffer) => {
    const report = new Report();
    readPly(Buffer.from(bytes), 'a.ply', { report });
    return report.warnings().map(({ code, count, where }) => [code, count, where]);
  };
  const square = '4 0 1 2 3\n';
  assert.equal(told(`${HEADER}${faces}${SQUARE}${square}${square}`), []);
  for (const list of ['3 0 1 4', '3 0 1 -1', '2 0 1', '0', '3 0 1 nan']) {
    const line = told(`${HEADER}${faces}${SQUARE}${list}\n${square}`);
    assert.equal(line, [['WARN_FACES_SKIPPED', 1, { line: 14 }]], list);
  }
  const nan = SQUARE.replace('0', 'nan');
  assert.equal(told(`${HEADER}${faces}${nan}3 0 1 2 3 1 2 3`)[0]?.slice(0, 2), [
    ...['WARN_FACES_SKIPPED', 1],
  ]);
  const infinite = binary('little');
  infinite.writeFloatLE(Infinity, infinite.indexOf('end_header') + 11 + 20);
  assert.is(told(infinite)[0]?.[0], 'WARN_FACES_SKIPPED');
});

test('damaged files are refused as such, or read', () => {
  for (const bytes of [Buffer.from(text()), binary('little'), binary('big')]) {
    assert.ok(readDamaged(readPly, bytes) > 100);
  }
});

test.run();
