/** Reading .stl files. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readStl } from '../../../engine/formats/meshes/import-stl.ts';
import { Report } from '../../../engine/formats/report.ts';
import { voxelLines } from '../../support/fixtures.ts';
import { assertRefused, box, readDamaged, type Shape } from '../../support/mesh-shapes.ts';

/** The triangles of a shape: three corners each. */
function triangles({ points, faces }: Shape): (readonly number[])[][] {
  return faces.flatMap((face) =>
    face.slice(2).map((_, i) => [0, i + 1, i + 2].map((corner) => points[face[corner]!]!)),
  );
}

function binary(
  shape: Shape,
  header = '',
  attribute: (triangle: number) => number = () => 0,
): Buffer {
  const list = triangles(shape);
  const bytes = Buffer.alloc(84 + 50 * list.length);
  bytes.write(header, 'latin1');
  bytes.writeUInt32LE(list.length, 80);
  for (const [i, corners] of list.entries()) {
    const at = 84 + 50 * i;
    for (const [n, value] of corners.flat().entries()) bytes.writeFloatLE(value, at + 12 + n * 4);
    bytes.writeUInt16LE(attribute(i), at + 48);
  }
  return bytes;
}

function ascii(shape: Shape): Buffer {
  const facets = triangles(shape).map((corners) => {
    const lines = corners.map((corner) => `   vertex ${corner.join(' ')}\n`);
    return ` facet normal 0 0 nan\n  outer loop\n${lines.join('')}  endloop\n endfacet\n`;
  });
  return Buffer.from(`solid vertex of\n${facets.join('')}endsolid vertex of\n`);
}

const CUBOID = box([-1, 0, 2], [3, 3, 9]);
const solid = (bytes: Uint8Array) => readStl(bytes, 'a.stl', { solid: true }).merged();

const test = suite('reading stl');

test('binary and ASCII are the same solid, with Z up', () => {
  const volume = solid(binary(CUBOID, 'solid or not'));
  assert.equal(volume.box(), { min: [-1, 0, 2], max: [3, 3, 9] });
  assert.is(volume.count(), 4 * 3 * 7);
  assert.is(volume.get(0, 0, 2), 0xffff_ffff);
  assert.is(voxelLines(solid(ascii(CUBOID))), voxelLines(volume));
});

test('y_up turns it', () => {
  const document = readStl(binary(CUBOID), 'a.stl', { solid: true, y_up: true });
  assert.equal(document.merged().box(), { min: [-1, -9, 0], max: [3, -2, 3] });
});

test('the surface is plain white', () => {
  const volume = readStl(ascii(CUBOID), 'a.stl').merged();
  assert.is(volume.get(-1, 0, 2), 0xffff_ffff);
  assert.is(volume.get(0, 1, 3), 0);
  assert.equal(volume.box(), { min: [-1, 0, 2], max: [4, 4, 10] });
});

/** 5 bits a channel as the last two bytes hold them, and a voxel's colour. */
const ORANGE = 0xff08_84ff;

test('takes the colours of VisCAM: blue lowest, bit 15 set', () => {
  const bytes = binary(CUBOID, '', () => 0x8000 | (31 << 10) | (16 << 5) | 1);
  assert.is(solid(bytes).get(0, 0, 2), ORANGE);
  assert.is(solid(binary(CUBOID, '', () => 0x7c00)).get(0, 0, 2), 0xffff_ffff);
});

test('takes the colours of Materialise Magics: red lowest, bit 15 clear', () => {
  const header = 'made by COLOR=\x01\x02\x03\xff,MATERIAL=';
  const bytes = binary(CUBOID, header, (i) => (i < 2 ? (1 << 10) | (16 << 5) | 31 : 0xffff));
  // The first two triangles are the lowest face.
  assert.is(solid(bytes).get(0, 1, 2), ORANGE);
  assert.is(solid(bytes).get(0, 1, 8), 0xff03_0201);
});

test('says where a file is damaged', () => {
  const broken = (bytes: Uint8Array, message: RegExp) =>
    assertRefused(() => readStl(bytes, 'a.stl'), 'GOX_FORMAT_BROKEN', message);
  const bytes = binary(CUBOID);
  broken(bytes.subarray(0, 133), /12 triangles make 684 bytes, not 133/);
  broken(Buffer.alloc(900, 'Some text, and no model. '), /triangles make \d+ bytes, not 900/);
  broken(Buffer.alloc(10), /it is no .stl file/);
  broken(Buffer.from('solid a\nfacit\n outer loop\n'), /line 2, byte 8: "facit" is no word/);
});

test('what is there of a file that is cut short, or has strange lines, is read', () => {
  const lines = ascii(CUBOID).toString().split('\n');
  const cut = (count: number, rest = '') => `${lines.slice(0, count).join('\n')}\n${rest}`;
  const strange = (line: string) => `${cut(3, line)}\n${lines.slice(3).join('\n')}`;
  const corner = lines[3]!.replace(/ \S+$/, '');
  const cases: [
    file: Uint8Array | string,
    code: string,
    count: number,
    from: number,
    to: number,
  ][] = [
    [binary(CUBOID).subarray(0, -1), 'WARN_CUT_SHORT', 1, 0, 11],
    [binary(CUBOID).subarray(0, 340), 'WARN_CUT_SHORT', 7, 0, 5],
    [cut(1 + 7 * 2 + 4), 'WARN_CUT_SHORT', 1, 0, 2],
    [cut(1 + 7 * 2 + 4, 'vertex 1'), 'WARN_FACES_SKIPPED', 1, 0, 2],
    [strange('color 1 0 0'), 'WARN_UNKNOWN_PART', 1, 0, 12],
    [strange('  what is this'), 'WARN_UNKNOWN_PART', 1, 0, 12],
    [strange('1.5'), 'WARN_UNKNOWN_PART', 1, 0, 12],
    [[...lines.slice(0, 3), corner, ...lines.slice(4)].join('\n'), 'WARN_FACES_SKIPPED', 1, 1, 12],
  ];
  for (const [file, code, count, from, to] of cases) {
    const report = new Report();
    const volume = readStl(Buffer.from(file), 'a.stl', { report }).merged();
    const told = report.warnings().map((warning) => [warning.code, warning.count]);
    assert.equal(told[0], [code, count], `${file}`);
    const wanted = [lines[0], ...lines.slice(1 + from * 7, 1 + to * 7)].join('\n');
    assert.equal(
      voxelLines(volume),
      voxelLines(readStl(Buffer.from(wanted), 'b.stl').merged()),
      `${file}`,
    );
  }
});

test('facets that cannot be made are passed over, and told', () => {
  const told = (bytes: Uint8Array) => {
    const report = new Report();
    const volume = readStl(bytes, 'a.stl', { report }).merged();
    assert.equal(volume.box(), { min: [-1, 0, 2], max: [4, 4, 10] });
    return report.warnings().map(({ code, count, where }) => [code, count, where]);
  };
  const infinite = binary(CUBOID);
  infinite.writeFloatLE(Infinity, 84 + 50 + 12 + 24);
  assert.equal(told(infinite), [['WARN_FACES_SKIPPED', 1, { byte: 134 }]]);
  const text = ascii(CUBOID).toString();
  const [, lost] = [
    told(Buffer.from(text)),
    told(Buffer.from(text.replace('vertex -1', 'vertex x'))),
  ];
  assert.equal(lost, [['WARN_FACES_SKIPPED', 1, { line: 7 }]]);
});

test('a header may count wrong, and there may be more behind the end', () => {
  const told = (bytes: Uint8Array) => {
    const report = new Report();
    assert.is(readStl(bytes, 'a.stl', { solid: true, report }).merged().count(), 84);
    return report.warnings().map(({ code }) => code);
  };
  const sound = binary(CUBOID, 'solid of 84');
  assert.equal(told(Buffer.concat([sound, Buffer.alloc(33)])), ['WARN_TRAILING_BYTES']);
  for (const count of [0, 0xffff_ffff, 13, 0x6170_2020]) {
    const wrong = Buffer.from(sound);
    wrong.writeUInt32LE(count, 80);
    assert.equal(told(wrong), ['WARN_DETAIL_SKIPPED']);
  }
});

test('the solids of a text become layers', () => {
  const two = `${ascii(CUBOID)}solid other\n${ascii(box([9, 9, 9], [12, 12, 12]))
    .toString()
    .replace(/^.*\n/, '')}`;
  const { layers } = readStl(Buffer.from(two), 'a.stl', { solid: true });
  assert.equal(
    layers.map(({ name, volume }) => [name, volume.count()]),
    [
      ['vertex of', 84],
      ['other', 27],
    ],
  );
});

test('damaged files are refused as such, or read', () => {
  assert.ok(readDamaged(readStl, binary(CUBOID)) > 20);
  readDamaged(readStl, ascii(CUBOID));
});

test.run();
