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
  broken(bytes.subarray(0, -1), /12 triangles make 684 bytes, not 683/);
  broken(Buffer.alloc(10), /it is no .stl file/);
  const text = ascii(CUBOID).toString();
  broken(Buffer.from(text.slice(0, 200)), /line \d+, byte 200: .*(cut short|coordinates)/);
  broken(Buffer.from(text.replace('endloop', 'endlop')), /"endlop" is no word of it/);
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
  for (const count of [0, 0xffff_ffff, 13]) {
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
  assert.ok(readDamaged(readStl, binary(CUBOID)) > 100);
  assert.ok(readDamaged(readStl, ascii(CUBOID)) > 100);
});

test.run();
