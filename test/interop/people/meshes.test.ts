/** Meshes as people have them: each case is one of public reports, each file made for it. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ROOT } from '../../support/modules.ts';
import { colors, opened, removeWritten, SQUARE, squareOf, written } from '../../support/opened.ts';

const CASES = join(ROOT, 'test/fixtures/cases');
const WHITE = 'ffffff';

const ofCase = (name: string, options = {}) => opened(join(CASES, name), options);

/** The beginning of a header. */
function plyOf(vertices: number): string {
  const properties = ['x', 'y', 'z'].map((axis) => `property float ${axis}\n`);
  return `ply\nformat ascii 1.0\nelement vertex ${vertices}\n${properties.join('')}`;
}

const test = suite('meshes of people');

test.after(removeWritten);

test('a byte order mark is passed over, in every text and of every kind', () => {
  const { voxels, codes } = ofCase('obj-byte-order-mark/bom.obj');
  assert.equal([voxels.size, codes], [602, []]);
  const text = readFileSync(join(CASES, 'obj-byte-order-mark/bom.obj'), 'utf8').slice(1);
  const ply = readFileSync(join(CASES, 'ply-points-give-nothing/points.ply'), 'utf8');
  const wide = (content: string) => Buffer.from(`\ufeff${content}`, 'utf16le');
  assert.is(written({ 'a.obj': wide(text) }).voxels.size, 602);
  assert.is(written({ 'a.obj': wide(text).swap16() }).voxels.size, 602);
  assert.is(written({ 'a.obj': text.replaceAll('\n', '\r') }).voxels.size, 602);
  assert.is(written({ 'a.obj': text.replaceAll('\n', '\r\n') }).voxels.size, 602);
  for (const content of [`\ufeff${ply}`, wide(ply), ply.replaceAll('\n', '\r')]) {
    assert.is(written({ 'a.ply': content }).voxels.size, 3);
  }
  const facet =
    'facet normal 0 0 0\nouter loop\nvertex 0 0 0\nvertex 9 0 0\nvertex 0 9 0\nendloop\nendfacet\n';
  const stl = `solid a\n${facet}endsolid a\n`;
  const plain = written({ 'a.stl': stl }).voxels;
  assert.ok(plain.size > 50);
  for (const content of [`\ufeff${stl}`, wide(stl), stl.replaceAll('\n', '\r')]) {
    assert.equal(written({ 'a.stl': content }).voxels, plain);
  }
  assert.equal(colors(squareOf('\ufeffnewmtl mat\nKd 1 0 0\n').voxels), ['ff0000']);
});

test('a doorway in a wall is open, whichever corner comes first', () => {
  const { voxels, codes } = ofCase('obj-concave-door/door.obj');
  assert.equal(codes, []);
  const door = readFileSync(join(CASES, 'obj-concave-door/door.obj'), 'utf8').replace(/f .*\n/, '');
  for (let first = 0; first < 8; first++) {
    const corners = Array.from({ length: 8 }, (_, i) => ((first + i) % 8) + 1);
    for (const face of [corners, corners.toReversed()]) {
      const turned = written({ 'a.obj': `${door}f ${face.join(' ')}\n` }).voxels;
      assert.is(turned.size, 21 * 21 - 5 * 12);
      assert.equal([...turned.keys()].sort(), [...voxels.keys()].sort());
    }
  }
  for (const place of voxels.keys()) {
    const [x, , z] = place.split(' ').map(Number) as [number, number, number];
    assert.not.ok(x >= 8 && x <= 12 && z <= 11, place);
  }
});

test('a window that a slit leads to is open, in every plane', () => {
  const outside = [
    [0, 0],
    [20, 0],
    [20, 20],
    [0, 20],
  ] as const;
  const inside = [
    [5, 5],
    [5, 15],
    [15, 15],
    [15, 5],
  ] as const;
  const ring = [...outside, outside[0], ...inside, inside[0]];
  for (const place of [
    ([u, v]: readonly [number, number]) => [u, v, 0],
    ([u, v]: readonly [number, number]) => [u, 0, v],
    ([u, v]: readonly [number, number]) => [0, u, v],
    ([u, v]: readonly [number, number]) => [u, v, u],
  ]) {
    const lines = ring.map((corner) => `${place(corner).join(' ')}\n`);
    const obj = `${lines.map((line) => `v ${line}`).join('')}f 1 2 3 4 5 6 7 8 9 10\n`;
    const ply =
      `${plyOf(10)}element face 1\nproperty list uchar int vertex_index\nend_header\n` +
      lines.join('') +
      '10 0 1 2 3 4 5 6 7 8 9\n';
    const { voxels } = written({ 'a.obj': obj });
    const flat = 21 * 21 - 9 * 9;
    assert.ok(voxels.size >= flat && voxels.size < flat * 3, `${voxels.size}`);
    const middle = place([10, 10]);
    assert.not.ok(voxels.has(`${middle[0]} ${-middle[2]!} ${middle[1]}`));
    assert.equal([...written({ 'a.ply': ply }).voxels.keys()].sort(), [...voxels.keys()].sort());
  }
});

test('what completes a face may be missing', () => {
  const { voxels, warnings } = ofCase('obj-missing-vt-refused/novt.obj');
  assert.is(voxels.size, 602);
  assert.equal(
    warnings.map(({ code, count, where }) => [code, count, where]),
    [['WARN_DETAIL_SKIPPED', 24, { line: 9 }]],
  );
});

test('transparency never swallows a model', () => {
  const { voxels, codes } = ofCase('obj-tr-one-vanishes/square.obj');
  assert.equal([voxels.size, colors(voxels), codes], [121, ['c80000'], ['WARN_OPACITY']]);
  for (const lines of ['Tr 1', 'd 0', 'd 1\nTr 1', 'd 0\nTr 1', 'Tr 1.0\nd 1.0', 'd 0.0\nTr 0']) {
    const square = squareOf(`newmtl mat\nKd 1 0 0\n${lines}\n`);
    assert.equal([square.voxels.size, colors(square.voxels)], [121, ['ff0000']], lines);
    assert.equal(square.codes, ['WARN_OPACITY'], lines);
  }
  // Voxels are opaque, which all formats can hold; their layer's material is of glass.
  for (const [lines, opacity] of [
    ...([
      ['Tr 0', 1],
      ['d 1\nTr 0', 1],
      ['d 0.5\nTr 0.5', 0.5],
    ] as const),
    ...([
      ['Tr 0.75', 0.25],
      ['d 0.25\nTr 0.75', 0.25],
      ['d 0.01', Math.fround(0.2)],
    ] as const),
    // In a file where 1 is what is to be seen, so is 0.25 a quarter.
    ...([['Tr 0.25\nnewmtl other\nTr 1', 0.25]] as const),
  ]) {
    const square = squareOf(`newmtl mat\nKd 1 0 0\n${lines}\n`);
    assert.equal([colors(square.voxels), square.codes], [['ff0000'], []], lines);
    const { layers, materials } = square.document;
    assert.is(materials[layers[0]!.material]!.color[3], opacity, lines);
  }
});

test('textures in sister folders, and of the paths of others, are found', () => {
  const sister = ofCase('obj-texture-elsewhere-white/source/a.obj');
  assert.equal([colors(sister.voxels), sister.codes], [['0000c8'], []]);
  const foreign = ofCase('obj-texture-elsewhere-white/source/b.obj');
  assert.equal([colors(foreign.voxels), foreign.codes], [['c80000'], []]);
  const picture = readFileSync(join(CASES, 'obj-texture-elsewhere-white/source/tex.png'));
  for (const name of [
    ...['"tex.png"', '..\\texture\\tex.png', '/home/me/tex.png', 'file:///C:/me/tex.png'],
    ...['-s 1 1 1 -o 0 0 tex.png', '-clamp on tex.png', 'TEX.PNG'],
  ]) {
    const square = squareOf(`newmtl mat\nmap_Kd ${name}\n`, { 'tex.png': picture });
    assert.equal([colors(square.voxels), square.codes], [['c80000'], []], name);
  }
  const none = squareOf('newmtl mat\nKd 0 1 0\nmap_Kd ../x/tex.png\n');
  assert.equal([colors(none.voxels), none.codes], [['00ff00'], ['WARN_TEXTURE_MISSING']]);
  assert.match(none.warnings[0]!.message, '../x/tex.png');
});

test('materials come from every file that is named, or from the one of the same name', () => {
  const [red, green] = ['newmtl mat\nKd 1 0 0\n', 'newmtl two\nKd 0 1 0\n'];
  const both = SQUARE.replace('usemtl mat', 'usemtl two');
  for (const [statement, others] of [
    ['mtllib b.mtl c.mtl', { 'b.mtl': red, 'c.mtl': green }],
    ['mtllib b.mtl\nmtllib c.mtl', { 'b.mtl': red, 'c.mtl': green }],
    ['mtllib "b c.mtl"', { 'b c.mtl': green }],
    ['mtllib b c.mtl', { 'b c.mtl': green }],
    ['mtllib .\\b.mtl', { 'b.mtl': green }],
    ['mtllib C:\\work\\b.mtl', { 'b.mtl': green }],
    ['# none', { 'a.mtl': green }],
  ] as [string, Record<string, string>][]) {
    const { voxels, codes } = written({
      'a.obj': both.replace('mtllib a.mtl', statement),
      ...others,
    });
    assert.equal([colors(voxels), codes], [['00ff00'], []], statement);
  }
  const { voxels, warnings } = written({ 'b.obj': SQUARE.replace('mtllib a', 'o x\nmtllib no') });
  assert.equal(colors(voxels), [WHITE]);
  assert.equal(
    warnings.map(({ code, where }) => [code, where]),
    [['WARN_MATERIAL_MISSING', { line: 2 }]],
  );
});

test('pictures that cannot be read leave the colour of the material', () => {
  const { voxels, codes } = ofCase('obj-tga-texture-refused/crate.obj');
  assert.equal([voxels.size, colors(voxels), codes], [121, ['c80000'], []]);
  for (const content of ['DDS |', 'GIF89a', '\xabKTX 20', 'v/1\x01', '', 'nothing']) {
    const picture = Buffer.from(content, 'latin1');
    const square = squareOf('newmtl mat\nKd 0 1 0\nmap_Kd a.pic\n', { 'a.pic': picture });
    assert.equal([colors(square.voxels), square.codes], [['00ff00'], ['WARN_TEXTURE_UNREADABLE']]);
  }
});

test('points and lines are voxels', () => {
  const { document, voxels, codes } = ofCase('ply-points-give-nothing/points.ply');
  assert.equal(
    [[...voxels], codes, document.layers.length],
    [
      [
        ['0 0 0', 'c80000'],
        ['2 0 0', '00c800'],
        ['4 0 0', '0000c8'],
      ],
      [],
      1,
    ],
  );
  const points = written({ 'a.obj': 'v 0 0 0 1 0 0\nv 2 1 0 0 1 0\nv 4 0 3 0 0 1\n' }).voxels;
  assert.equal([...points].sort(), [
    ...([
      ['0 0 0', 'ff0000'],
      ['2 0 1', '00ff00'],
      ['4 -3 0', '0000ff'],
    ] as const),
  ]);
  const bytes = written({ 'a.obj': 'v 0 0 0 255 0 0\nv 2 1 0 0 255 0\nv 4 0 3 0 0 1\n' }).voxels;
  assert.equal(colors(bytes), ['000001', '00ff00', 'ff0000']);
  const line = written({ 'a.obj': 'v 0 0 0\nv 8 4 0\nv 8 9 0\nl 1 2 3\np 1\n' }).voxels;
  assert.equal([line.size, line.has('4 0 2'), line.has('8 0 7')], [14, true, true]);
  const edges =
    `${plyOf(2)}element edge 1\nproperty int vertex1\nproperty int vertex2\n` +
    `end_header\n0 0 0\n0 9 0\n0 1\n`;
  assert.is(written({ 'a.ply': edges }).voxels.size, 10);
});

test('clouds of points as text are voxels', () => {
  const cases: [name: string, content: string, colors: string[], size?: number][] = [
    ['a.xyz', '0 0 0\n2 1 0\n4 0 3\n', [WHITE]],
    ['a.xyz', '0 0 0 255 0 0\n2 1 0 0 255 0\n4 0 3 0 0 255\n', ['0000ff', '00ff00', 'ff0000']],
    [
      'a.asc',
      '0,0;0;0;1,0;0;0\r\n2;1;0;0;1;0\r\n4;0;3;0;0;0.5\r\n',
      ['000080', '00ff00', 'ff0000'],
    ],
    [
      'a.pts',
      '3\n0 0 0 -800 255 0 0\n2 1 0 5 0 255 0\n4 0 3 900 0 0 255\n',
      ['0000ff', '00ff00', 'ff0000'],
    ],
    ['a.csv', '"X","Y","Z","R","G","B"\n0,0,0,9,0,0\n2,1,0,9,0,0\n4,0,3,9,0,0\n', ['090000']],
    ['a.csv', 'Red,Green,Blue,z,y,x\n9,0,0,0,0,0\n9,0,0,0,1,2\n9,0,0,3,0,4\n', ['090000']],
    ['a.xyz', '//X Y Z Nx Ny Nz\n0 0 0 0 0 1\n2 1 0 0 1 0\n4 0 3 1 0 0\n', [WHITE]],
    ['a.xyz', '3\nwater\nO 0 0 0\nH 2 1 0\nH 4 0 3\n', [WHITE]],
    ['a.xyz', '\ufeff0 0 0 100\n2 1 0 50\nnothing\n4 0 3 0\n', ['000000', '323232', '646464']],
  ];
  for (const [name, content, wanted] of cases) {
    const { voxels, codes } = written({ [name]: content });
    assert.equal([...voxels.keys()].sort(), ['0 0 0', '2 1 0', '4 0 3'], content);
    assert.equal(colors(voxels), wanted, content);
    assert.equal(codes, content.includes('nothing') ? ['WARN_FACES_SKIPPED'] : [], content);
  }
  const scan = written({ 'a.xyz': '450000.5 5000000.25 12\n450010.5 5000000.5 12.5\n' });
  assert.equal(scan.document.merged().box(), { min: [0, 0, 0], max: [64, 3, 4] });
  assert.throws(() => written({ 'a.xyz': 'no point\nat all\n' }), /line 1: no point/);
});

test('a mesh of metres gets a sensible size, and the result says which', () => {
  const longest = (options: object) => {
    const { document, sizing } = ofCase('convert-has-no-options/unit.obj', options);
    const { min, max } = document.merged().box()!;
    return [Math.max(...min.map((low, axis) => max[axis]! - low)), sizing];
  };
  const told = (by: string, voxels_per_unit: number) => ({ by, voxels_per_unit, longest_side: 1 });
  assert.equal(longest({}), [64, told('default', 63)]);
  assert.equal(longest({ solid: true }), [64, told('default', 64)]);
  assert.equal(longest({ size: 20 }), [20, told('size', 19)]);
  assert.equal(longest({ scale: 10 }), [11, told('scale', 10)]);
  assert.equal(longest({ size: 20, scale: 10 }), [20, told('size', 19)]);
  const both = ofCase('convert-has-no-options/unit.obj', { size: 20, scale: 9, voxel_size: 2 });
  assert.equal(both.codes, ['WARN_OPTION_UNUSED', 'WARN_OPTION_UNUSED']);
  assert.equal(longest({ voxel_size: 0.1, solid: true }), [10, told('voxel_size', 10)]);
  assert.equal(longest({ like: 'goxel' }), [2, undefined]);
  const wire = 'v 0 0 0\nv 1 0 0\nv 1 1 0\nl 1 2 3 1\n';
  assert.equal(written({ 'a.obj': wire }).sizing, told('default', 63));
  const far = written({ 'a.obj': 'v 4e6 1e6 0.5\nv 4000001 1e6 0\nv 4e6 1000002 0\nf 1 2 3\n' });
  assert.equal(far.codes, ['WARN_PLACE_LOST']);
  assert.equal(far.document.merged().box()!.min, [0, 0, 0]);
});

test('objects become layers, and so does what shines', () => {
  const triangle = (z: number) => `v 0 0 ${z}\nv 9 0 ${z}\nv 0 9 ${z}\nf -3 -2 -1\n`;
  const obj = [
    ...['mtllib a.mtl\no floor\n', triangle(0), 'o lamp\ng x\nusemtl light\n', triangle(5)],
    ...['o floor\n', triangle(9)],
  ].join('');
  const mtl = 'newmtl light\nKd 1 1 0\nKe 2 1 0\n';
  const { document } = written({ 'a.obj': obj, 'a.mtl': mtl });
  const found = document.layers.map(({ name, material, volume }) => {
    return [name, [...document.materials[material]!.emission], volume.count() > 0];
  });
  assert.equal(found, [
    ['floor', [0, 0, 0], true],
    ['lamp light', [2, 1, 0], true],
    ['floor light', [2, 1, 0], true],
  ]);
  assert.is(written({ 'a.obj': obj }, { like: 'goxel' }).document.layers.length, 1);
});

test.run();
