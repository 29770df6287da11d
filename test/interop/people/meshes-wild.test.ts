/** Meshes in the ways in which programs and people write them, one line a habit. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodePng } from '../../../engine/image/png.ts';
import { colors, removeWritten, SQUARE, squareOf, written } from '../../support/opened.ts';

/** The left half red, the right half blue, and green above both. */
const PICTURE = pictureOf(8, (x, y) => (y < 2 ? [0, 200, 0] : x < 4 ? [200, 0, 0] : [0, 0, 200]));
const PAINTED = ['0000c8', '00c800', 'c80000'];
const RED = 'newmtl mat\nKd 0.784314 0 0\n';
const WHITE = 'ffffff';

function pictureOf(size: number, colorAt: (x: number, y: number) => number[]): Buffer {
  const pixels = Array.from({ length: size ** 2 }, (_, i) => [
    ...colorAt(i % size, Math.floor(i / size)),
    255,
  ]);
  return Buffer.from(encodePng({ width: size, height: size, rgba: Buffer.from(pixels.flat()) }));
}

const CORNERS = 'v 0 0 0\nv 8 0 0\nv 8 8 0\nv 0 8 0\n';
const FACE = 'f 1 2 3 4\n';

const test = suite('meshes of the wild');

test.after(removeWritten);

test('materials and pictures are found by the names that people give them', () => {
  const cases: [statement: string, files: Record<string, string | Uint8Array>][] = [
    ['mtllib MAT.MTL', { 'mat.mtl': RED }],
    ['mtllib mat.mtl', { 'Mat.MTL': RED }],
    ['mtllib file:///C:/Users/me/my%20mats/mat.mtl', { 'mat.mtl': RED }],
    ['mtllib my%20mat.mtl', { 'my mat.mtl': RED }],
    ['mtllib /home/me/mat.mtl', { 'mat.mtl': RED }],
    ['# none', { 'A.MTL': RED }],
    ['# none', { 'a.obj.mtl': RED }],
    ['MTLLIB mat.mtl', { 'mat.mtl': RED.replace('newmtl', 'NEWMTL').replace('Kd', 'KD') }],
  ];
  for (const [statement, files] of cases) {
    const obj = SQUARE.replace('mtllib a.mtl', statement);
    const found = written({ 'a.obj': obj, ...files });
    assert.equal([colors(found.voxels), found.codes], [['c80000'], []], statement);
  }
  for (const name of ['usemtl MAT', 'usemtl mat # red', 'usemtl "mat"', 'usemtl   mat  ']) {
    const found = written({ 'a.obj': SQUARE.replace('usemtl mat', name), 'a.mtl': RED });
    assert.equal([colors(found.voxels), found.codes], [['c80000'], []], name);
  }
  const pictures: [statement: string, name: string, codes?: string[]][] = [
    ['Base.PNG', 'base.png'],
    ['base.png', 'Base.PNG'],
    ['textures/base.png', 'Textures/Base.png'],
    ['base.png # the texture', 'base.png'],
    ['-unknown 3 base.png', 'base.png'],
    ['-s 1 1 1 -o 0 0 0 -bm 0.5 -mm 0 1 -blendu on -imfchan m base.png', 'base.png'],
    ['my  base map.png', 'my  base map.png'],
    ['-s 1 1 1 2x.png', '2x.png'],
    ['D:\\tex\\base%20map.png', 'base map.png'],
    ['base.png', 'textures/base.png'],
    ['C:\\me\\Base.png', 'Maps/base.PNG'],
    ['base.tif', 'base.png', ['WARN_TEXTURE_MISSING']],
  ];
  for (const [statement, name, codes = []] of pictures) {
    const found = squareOf(`${RED}map_Kd ${statement}\n`, { [name]: PICTURE });
    assert.equal([colors(found.voxels), found.codes], [PAINTED, codes], statement);
  }
  const mtl = `${RED}map_Kd base.png\n`;
  const pack = { 'source/a.obj': SQUARE, 'source/a.mtl': mtl, 'textures/base.png': PICTURE };
  assert.equal(colors(written(pack).voxels), PAINTED);
  const both = { 'base.psd': '8BPS', 'base.png': PICTURE };
  const found = squareOf(`${RED}map_Kd base.psd\n`, both);
  assert.equal(
    [colors(found.voxels), found.codes],
    [PAINTED, ['WARN_TEXTURE_UNREADABLE', 'WARN_TEXTURE_MISSING']],
  );
});

test('the edges of a picture do not have the colour of the opposite edge', () => {
  const { voxels } = squareOf(`${RED}map_Kd base.png\n`, { 'base.png': PICTURE });
  for (let i = 0; i <= 10; i++) {
    assert.is(voxels.get(`${i} 0 0`), i <= 4 ? 'c80000' : i >= 6 ? '0000c8' : voxels.get('5 0 0'));
    assert.is(voxels.get(`${i} 0 10`), '00c800');
    assert.is(voxels.get(`0 0 ${i}`), i < 8 ? 'c80000' : '00c800');
    assert.is(voxels.get(`10 0 ${i}`), i < 8 ? '0000c8' : '00c800');
  }
});

test('colours of materials are those that are meant', () => {
  for (const [lines, color] of [
    ['Kd 200 0 0', 'c80000'],
    ['Kd 0.784314', 'c8c8c8'],
    ['Kd 0,784314 0 0', 'c80000'],
    ['Ka 0.784314 0 0', 'c80000'],
    ['Ka 0 0 1\nKd 0.784314 0 0', 'c80000'],
    ['Kd 0 0 0\nKe 10 5 0', 'ff8000'],
    ['Kd 1.5 0 0', 'ff0000'],
    ['Kd 0.784314 0 0\nTf 0 0 0\nillum 9\nd -halo 0.1', 'c80000'],
  ] as const) {
    assert.equal(colors(squareOf(`newmtl mat\n${lines}\n`).voxels), [color], lines);
  }
});

test('a picture of opacity cuts out, whatever the opacity itself says', () => {
  const mask = pictureOf(8, (_, y) => (y < 4 ? [0, 0, 0] : [255, 255, 255]));
  for (const lines of ['map_d mask.png', 'd 0\nmap_d mask.png', 'map_d -imfchan l mask.png']) {
    const found = squareOf(`${RED}${lines}\n`, { 'mask.png': mask });
    const places = [...found.voxels].filter(([, color]) => color === 'c80000');
    assert.ok(places.length >= 55 && places.length <= 66, `${lines}: ${places.length}`);
    assert.ok(places.every(([place]) => Number(place.split(' ')[2]) <= 5));
  }
});

test('glass is a layer of its own, and beside it all is as it was', () => {
  const obj = `mtllib a.mtl\n${CORNERS}usemtl mat\nf 1 2 3\nusemtl pane\nf 1 3 4\n`;
  const { document, voxels } = written({ 'a.obj': obj, 'a.mtl': `${RED}newmtl pane\nd 0.3\n` });
  const found = document.layers.map(({ name, material }) => {
    return [name, document.materials[material]!.color[3]];
  });
  assert.equal(found, [
    ['Layer.1', 1],
    ['pane', Math.fround(0.3)],
  ]);
  assert.equal([voxels.size, colors(voxels)], [81, ['c80000', WHITE]]);
});

test('glass of pictures and of vertices is a layer of opaque voxels and its material', () => {
  const clear = (size: number) => {
    const rgba = Buffer.from(Array.from({ length: size ** 2 }, () => [200, 0, 0, 77]).flat());
    return Buffer.from(encodePng({ width: size, height: size, rgba }));
  };
  const red = (alpha: number) => CORNERS.replaceAll('\n', ` 0.784314 0 0 ${alpha}\n`);
  const cases: Record<string, ReturnType<typeof written>> = {
    picture: squareOf(`${RED}map_Kd base.png\n`, { 'base.png': clear(4) }),
    vertices: written({ 'a.obj': `o pane\n${red(0.302)}${FACE}` }),
  };
  for (const [title, { document, voxels }] of Object.entries(cases)) {
    const [layer] = document.layers;
    const opacity = document.materials[layer!.material]!.color[3]!;
    assert.equal([colors(voxels), Math.round(opacity * 100)], [['c80000'], 30], title);
  }
  const goxel = written({ 'a.obj': red(0.302) + FACE }, { like: 'goxel' });
  assert.is(goxel.document.merged().get(0, 0, 0) >>> 24, 77);
  // What is seen by most formats stays as it is.
  const veil = written({ 'a.obj': red(0.8) + FACE });
  assert.is(veil.document.merged().get(0, 0, 0) >>> 24, 204);
});

test('statements of .obj files in all notations', () => {
  const square = written({ 'a.obj': CORNERS + FACE }).voxels;
  assert.is(square.size, 81);
  const others = [
    FACE + CORNERS,
    `v 0 0 0\nv 8 0 0\n${FACE}v 8 8 0\nv 0 8 0\n`,
    `${CORNERS}f -4 -3 -2 -1\n`,
    `${CORNERS}vt 0 0\nvn 0 0 1\nf 1//1 2/1/1 3 4/1\n`,
    `${CORNERS}f 1 2 \\\n3 4\n`,
    `${CORNERS}f 1 2\\\n 3 4\n`,
    `${CORNERS}f 1 2 \\  \r\n3 4\r\n`,
    `\f${CORNERS}\v\n${FACE}\0\0\0`,
    `${CORNERS}${FACE}\x1a`,
    (CORNERS + FACE).toUpperCase(),
    `${CORNERS}f 1 2 3 4#a face\n`,
    `${CORNERS.replaceAll('8', '8,0')}${FACE}`,
    `${CORNERS.replaceAll('8', '+8.0e0')}${FACE}`,
    `${CORNERS}f 1 1 2 2 3 4 4 1\n`,
    `${CORNERS}fo 1 2 3 4\n`,
    `  ${CORNERS.replaceAll('\n', '\n\t')}${FACE}`,
  ];
  for (const obj of others) {
    const { voxels, codes } = written({ 'a.obj': obj });
    assert.equal([[...voxels.keys()].sort(), codes], [[...square.keys()].sort(), []], obj);
  }
  const windows = `${CORNERS}v 1.#IND 0 0\nv 0 -1.#QNAN0 0\n${FACE}f 1 2 5\nf 1 2 6\n`;
  const { voxels, warnings } = written({ 'a.obj': windows });
  assert.equal([voxels.size, warnings.map(({ count }) => count)], [81, [2]]);
  const late = written({ 'a.obj': `f 1 2 9\nf -1 -2 -3\n${FACE}${CORNERS}` });
  assert.equal([late.voxels.size, late.warnings[0]!.count], [81, 2]);
});

test('the paint of ZBrush is colours of vertices', () => {
  const mrgb = '#MRGB ffc80000ff00c800\n#MRGB 000000c8800000c8\n';
  const { voxels } = written({ 'a.obj': `# ZBrush\n${CORNERS}${mrgb}${FACE}` });
  assert.is(voxels.get('0 0 0'), 'c80000');
  assert.is(voxels.get('8 0 0'), '00c800');
  assert.is(voxels.get('8 0 8'), '0000c8');
  const few = written({ 'a.obj': `${CORNERS}#MRGB ffc80000\n#MRGBx ff\n#M\n${FACE}` });
  assert.is(few.voxels.get('8 0 0'), WHITE);
});

test('nothing of something is told, and is an error of the command', () => {
  for (const [name, content] of [
    ['a.obj', '# nothing\n'],
    ['a.obj', `${CORNERS}f 1 2 9\n`],
    ['a.obj', 'v 0 0 0\nv 4 0 0\nv 8 0 0\nf 1 2 3\n'],
    ['a.stl', 'solid a\nendsolid a\n'],
    ['a.stl', Buffer.alloc(84)],
    ['a.ply', 'ply\nformat ascii 1.0\nend_header\n'],
  ] as const) {
    const { voxels, codes } = written({ [name]: content });
    assert.equal([voxels.size, codes.at(-1)], [0, 'WARN_EMPTY'], `${content}`);
  }
});

/** An ASCII file of a square with more properties and what they are. */
function plyOf(header: string, more: string, faces: string, last = ''): string {
  const places = ['0 0 0', '8 0 0', '8 8 0', '0 8 0'];
  return [
    ...['ply', 'format ascii 1.0', 'element vertex 4', 'property float x', 'property float y'],
    ...['property float z', ...header.split('\n').filter((line) => line !== ''), 'end_header'],
    ...places.map((place, i) => `${place} ${more.split('|')[i] ?? more}`),
    ...[faces, last],
  ].join('\n');
}

const FACES_FIRST = [
  ...['ply', 'format ascii 1.0', 'element face 1', 'property list uchar int vertex_indices'],
  ...['element vertex 4', 'property float x', 'property float y', 'property float z'],
  ...['end_header', '4 0 1 2 3', '0 0 0', '8 0 0', '8 8 0', '0 8 0', ''],
].join('\n');

const LIST = 'element face 1\nproperty list uchar int vertex_indices\n';
const typed = (type: string, names: string) =>
  [...names].map((name) => `property ${type} ${name}\n`).join('');

test('properties of .ply files by other names and in other numbers', () => {
  const red = (type: string, more: string) => plyOf(typed(type, 'rgb') + LIST, more, '4 0 1 2 3');
  const cases: [content: string, colors: string[]][] = [
    [red('uchar', '200 0 0'), ['c80000']],
    [red('char', '-56 0 0'), ['c80000']],
    [red('float', '0.784314 0 0'), ['c80000']],
    [red('double', '200.0 0 0'), ['c80000']],
    [red('int', '200 0 0'), ['c80000']],
    [red('ushort', '51400 0 0'), ['c80000']],
    [red('ushort', '200 0 0'), ['c80000']],
    [
      plyOf(`${typed('uchar', 'rgb')}${typed('float', 'a')}${LIST}`, '200 0 0 1', '4 0 1 2 3'),
      ['c80000'],
    ],
    [plyOf(`property float intensity\n${LIST}`, '0.4', '4 0 1 2 3'), ['666666']],
    [plyOf(LIST.replace('vertex_indices', 'vertex_index'), '', '4 0 1 2 3'), [WHITE]],
    [plyOf(LIST.replace('vertex_indices', 'corners'), '', '4 0 1 2 3'), [WHITE]],
    [plyOf(`Created by Blender3D 247\n${LIST}`, '', '4 0 1 2 3'), [WHITE]],
    [
      plyOf('element tristrips 1\nproperty list int int vertex_indices\n', '', '4 0 1 3 2'),
      [WHITE],
    ],
    [FACES_FIRST, [WHITE]],
  ];
  for (const [content, wanted] of cases) {
    const { voxels, codes } = written({ 'a.ply': content });
    assert.equal([voxels.size, colors(voxels)], [81, wanted], content);
    assert.equal(codes, content.includes('Created') ? ['WARN_UNKNOWN_PART'] : [], content);
  }
  const splat = ['f_dc_0', 'f_dc_1', 'f_dc_2'].map((name) => `property float ${name}\n`).join('');
  const points = written({ 'a.ply': plyOf(`${splat}property float opacity\n`, '1 -1 -1 3', '') });
  assert.equal([points.voxels.size, colors(points.voxels)], [4, ['c73838']]);
});

test('pictures of .ply files, by vertices and by faces', () => {
  const laid = '0 0|1 0|1 1|0 1';
  const face = '4 0 1 2 3 8 0 0 1 0 1 1 0 1';
  const list = `${LIST}property list uchar float texcoord\n`;
  const cases: [name: string, content: string][] = [
    [
      'base.png',
      plyOf(`comment TextureFile base.png\n${typed('float', 'st')}${LIST}`, laid, '4 0 1 2 3'),
    ],
    [
      'base.png',
      plyOf(`comment TextureFile: base.png\n${typed('float', 'uv')}${LIST}`, laid, '4 0 1 2 3'),
    ],
    ['base.png', plyOf(`comment TextureFile base.png\n${list}`, '', face)],
    [
      'base.png',
      plyOf(
        `comment TextureFile no.png\ncomment TextureFile base.png\n${list}property int texnumber\n`,
        '',
        `${face} 1`,
      ),
    ],
    ['a.png', plyOf(`${typed('float', 'st')}${LIST}`, laid, '4 0 1 2 3')],
  ];
  for (const [name, content] of cases) {
    const { voxels, codes } = written({ 'a.ply': content, [name]: PICTURE });
    assert.equal(colors(voxels), PAINTED, content);
    assert.equal(codes, content.includes('no.png') ? ['WARN_TEXTURE_MISSING'] : []);
  }
  const white = plyOf(
    `comment TextureFile no.png\n${typed('uchar', 'rgb')}${list}`,
    '200 0 0',
    face,
  );
  const none = written({ 'a.ply': white });
  assert.equal([colors(none.voxels), none.codes], [['c80000'], ['WARN_TEXTURE_MISSING']]);
});

test('.stl files whose header has the only colour, and texts in one line', () => {
  const bytes = Buffer.alloc(84 + 50);
  bytes.write('COLOR=\xc8\0\0\xff', 'latin1');
  bytes.writeUInt32LE(1, 80);
  for (const [i, value] of [0, 0, 0, 8, 0, 0, 8, 8, 0].entries()) {
    bytes.writeFloatLE(value, 96 + i * 4);
  }
  assert.equal(colors(written({ 'a.stl': bytes }).voxels), ['c80000']);
  const facet =
    'facet normal 0 0 1 outer loop vertex 0 0 0 vertex 8 0 0 vertex 8 8 0 endloop endfacet';
  for (const text of [`solid a\n${facet}\nendsolid a\n`, `solid a\n${facet}\nendsolid a\n\0\0`]) {
    assert.equal([...written({ 'a.stl': text }).voxels.keys()].length, 53, text);
  }
});

test('a last column that is the same everywhere is the opacity of points', () => {
  const { voxels } = written({
    'a.xyz': '0 0 0 200 0 0 255\n4 0 0 0 200 0 255\n8 0 0 0 0 200 255\n',
  });
  assert.equal(colors(voxels), PAINTED);
});

test('polygons that cross themselves take little time', () => {
  const rings = Array.from({ length: 400 }, (_, z) =>
    Array.from({ length: 300 }, (_, i) => `v ${(i * 7919) % 101} ${(i * 104_729) % 97} ${z}\n`),
  );
  const face = `f ${Array.from({ length: 300 }, (_, i) => i - 300).join(' ')}\n`;
  const obj = rings.map((ring) => ring.join('') + face).join('');
  const start = process.cpuUsage();
  const { codes } = written({ 'a.obj': obj }, { size: 8 });
  const { user } = process.cpuUsage(start);
  assert.equal(codes, ['WARN_DETAIL_SKIPPED']);
  assert.ok(user < 10_000_000, `${user} us`);
});

test.run();
