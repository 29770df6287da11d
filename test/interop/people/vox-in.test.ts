/** MagicaVoxel's and Voxlap's files become what their own programs show. */

import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Document } from '../../../engine/document/document.ts';
import { formatFor } from '../../../engine/formats/index.ts';
import type { Volume } from '../../../engine/volume/volume.ts';
import { imports, voxelLines } from '../../support/fixtures.ts';
import { seenLines, seenObjects } from '../../support/magica-reader.ts';
import {
  chunk,
  dict,
  group,
  int32,
  model,
  shape,
  transform,
  voxFile,
} from '../../support/vox-file.ts';
import { readVox as read } from '../../support/vox-told.ts';

const CASES = new URL('../../../../test/fixtures/cases/', import.meta.url);
const fileOf = (name: string) => readFileSync(new URL(name, CASES));

/** As `x y z rrggbb`, sorted. */
function linesOf(volume: Volume): string[] {
  const lines = voxelLines(volume).trim().split('\n');
  return lines
    .filter((line) => line !== '')
    .map((line) => line.slice(0, -2))
    .sort();
}

const expected = (name: string) => fileOf(name).toString().trim().split('\n').sort();

const layersOf = ({ layers }: Document) =>
  layers.map(({ name, visible, volume }) => [name, visible, linesOf(volume)] as const);

const test = suite('people: .vox read');

test('a scene shows all copies of an object, turned and mirrored ones in their places', () => {
  const { document, told } = read(fileOf('vox-scene-as-shown/scene.vox'));
  assert.equal(linesOf(document.merged()), expected('vox-scene-as-shown/expected.txt'));
  assert.equal(told, []);
});

for (const [name, count] of [
  ['axes.vox', 12_452],
  ['hierarchy.vox', 256],
] as const) {
  test(`${name} is what a second reader sees`, () => {
    const bytes = fileOf(`vox-scene-as-shown/${name}`);
    const lines = linesOf(read(bytes).document.merged());
    assert.is(lines.length, count);
    assert.equal(lines, seenLines(seenObjects(bytes)));
  });
}

/** The 48 turns and mirrorings. */
const ROTATIONS = Array.from({ length: 128 }, (_, bits) => bits).filter((bits) => {
  const [first, second] = [bits & 3, (bits >> 2) & 3];
  return first < 3 && second < 3 && first !== second;
});

test('every turn and mirroring is what a second reader sees, whatever the size', () => {
  assert.is(ROTATIONS.length, 48);
  for (const size of [
    [3, 2, 1],
    [2, 5, 4],
    [1, 1, 3],
  ] as const) {
    const last = size.map((side) => side - 1);
    const bar = model(size, [0, 0, 0, 1], [last[0]!, 0, 0, 2], [0, last[1]!, 0, 3], [...last, 4]);
    for (const _r of ROTATIONS.map(String)) {
      const palette = chunk('RGBA', Buffer.from(Uint8Array.from({ length: 1024 }, (_, i) => i)));
      const nodes = [
        transform(0, 1),
        group(1, 2, 4),
        transform(2, 3, { _t: '7 -5 3', _r }),
        shape(3, 0),
        transform(4, 5, { _t: '-20 0 0', _r: '40' }),
        group(5, 6),
        transform(6, 7, { _t: '1 2 3', _r }),
        shape(7, 0),
      ];
      const bytes = voxFile(bar, ...nodes, palette);
      assert.equal(linesOf(read(bytes).document.merged()), seenLines(seenObjects(bytes)), _r);
    }
  }
});

const ONE = model([1, 1, 1], [0, 0, 0, 1]);

const layr = (id: number, attributes: Record<string, string>) =>
  chunk('LAYR', Buffer.concat([int32(id), dict(attributes), int32(-1)]));

/** A transform in a MagicaVoxel layer. */
function inLayer(id: number, child: number, layer: number, attributes = {}): Buffer {
  const content = [int32(id), dict(attributes), int32(child, -1, layer, 1), dict()];
  return chunk('nTRN', Buffer.concat(content));
}

test('what is hidden is an invisible layer, and everything has its name', () => {
  const bytes = voxFile(
    ONE,
    transform(0, 1),
    group(1, 2, 4, 6, 8),
    transform(2, 3, {}, { _name: 'wall', _hidden: '1' }),
    shape(3, 0),
    inLayer(4, 5, 1, { _name: 'roof' }),
    shape(5, 0),
    transform(6, 7, {}, { _name: 'goblins', _hidden: '1' }),
    group(7, 9),
    transform(9, 3),
    inLayer(8, 5, 2),
    layr(0, {}),
    layr(1, { _hidden: '1' }),
    layr(2, { _name: 'garden' }),
  );
  const { document } = read(bytes);
  assert.equal(
    document.layers.map(({ name, visible }) => [name, visible]),
    [
      ['wall', false],
      ['roof', false],
      ['goblins', false],
      ['garden', true],
    ],
  );
  assert.is(document.activeLayer.name, 'garden');
});

test('of an animated object the first frame is shown', () => {
  const { document, told } = read(fileOf('vox-shape-frames/frames.vox'));
  assert.equal(linesOf(document.merged()), ['20 0 5 c80000']);
  assert.is(document.layers.length, 1);
  assert.equal(told, ['WARN_FRAMES_LEFT_OUT 2']);
});

test('another frame is shown, or all of them are layers', () => {
  const bytes = fileOf('vox-shape-frames/frames.vox');
  const colors = [0, 1, 2].map((frame) => linesOf(read(bytes, { frame }).document.merged()));
  assert.equal(
    colors.map((lines) => lines.length),
    [1, 2, 3],
  );
  for (const lines of colors) assert.match(lines.join(), /20 0 5 /);
  const all = read(bytes, { frame: 'all' });
  assert.equal(all.told, []);
  const [first, ...others] = layersOf(all.document);
  assert.is(first![1], true);
  assert.equal(
    others.map(([name, visible]) => [name, visible]),
    [1, 2].map((frame) => [`${first![0]} (frame ${frame})`, false]),
  );
  assert.equal(
    [first!, ...others].map(([, , lines]) => lines),
    colors,
  );
  const beyond = read(bytes, { frame: 7 });
  assert.equal(linesOf(beyond.document.merged()), colors[2]);
  assert.equal(beyond.told, ['WARN_FRAME_MISSING 1', 'WARN_FRAMES_LEFT_OUT 2']);
});

/** A transform of several key frames. */
function moving(id: number, child: number, frames: Record<string, string>[], attributes = {}) {
  const content = [int32(id), dict(attributes), int32(child, -1, 0, frames.length)];
  return chunk('nTRN', Buffer.concat([...content, ...frames.map((frame) => dict(frame))]));
}

test('what moves is where it is at the frame, and turns again from the start when it loops', () => {
  const frames = [
    { _t: '0 0 0', _f: '0' },
    { _t: '5 0 0', _f: '4' },
    { _t: '9 0 0', _f: '6' },
  ];
  const still = [transform(3, 4, { _t: '0 50 0' }), shape(4, 0)];
  const file = (loop: string) =>
    voxFile(
      ONE,
      group(0, 1, 3),
      moving(1, 2, frames, { _name: 'car', _loop: loop }),
      shape(2, 0),
      ...still,
    );
  const x = (frame: number, loop = '0') =>
    read(file(loop), { frame }).document.layers[0]!.volume.box()!.min[0];
  assert.equal(
    [0, 3, 4, 5, 6].map((frame) => x(frame)),
    [0, 0, 5, 5, 9],
  );
  const all = layersOf(read(file('0'), { frame: 'all' }).document);
  assert.equal(
    all.map(([name, visible]) => [name, visible]),
    [
      ['car', true],
      ['Layer.2', true],
      ['car (frame 4)', false],
      ['car (frame 6)', false],
    ],
  );
});

test('models of a pack are the frames of an animation', () => {
  const models = [1, 2, 3].map((index) => model([1, 1, 1], [0, 0, 0, index]));
  const bytes = voxFile(chunk('PACK', int32(3)), ...models);
  const { document, told } = read(bytes);
  assert.is(document.layers.length, 1);
  assert.equal(told, ['WARN_FRAMES_LEFT_OUT 2']);
  const second = read(bytes, { frame: 1 }).document.layers;
  assert.equal(linesOf(second[0]!.volume), ['0 0 0 ffffcc']);
  const all = read(bytes, { frame: 'all' }).document.layers;
  assert.equal(
    all.map(({ name, visible }) => [name, visible]),
    [
      ['Layer.1', true],
      ['Frame 1', false],
      ['Frame 2', false],
    ],
  );
  // Without the chunk, they are models beside one another.
  assert.is(read(voxFile(...models)).document.layers.filter(({ visible }) => visible).length, 3);
});

test('models that no scene names are hidden layers, and told', () => {
  const { document, told } = read(voxFile(ONE, ONE, transform(0, 1), shape(1, 1)));
  assert.equal(
    document.layers.map(({ visible }) => visible),
    [true, false],
  );
  assert.equal(told, ['WARN_UNPLACED 1']);
});

test('a palette may be short, and the rest is the usual one', () => {
  const { document, told } = read(fileOf('vox-short-palette/short.vox'));
  assert.equal(linesOf(document.merged()), expected('vox-short-palette/expected.txt'));
  assert.equal(told, []);
  for (const length of [0, 3, 4, 1020, 1021, 2000]) {
    const palette = chunk('RGBA', Buffer.alloc(length, 'abcd'));
    const voxels = model([2, 1, 1], [0, 0, 0, 1], [1, 0, 0, 255]);
    const lines = linesOf(read(voxFile(voxels, palette)).document.merged());
    assert.equal(lines, [
      `-1 0 0 ${length < 4 ? 'ffffff' : '616263'}`,
      `0 0 0 ${length < 1020 ? '111111' : '616263'}`,
    ]);
  }
});

test('colours without opacity are opaque', () => {
  const palette = chunk('RGBA', Buffer.from('0102030004050600', 'hex'));
  const { document, told } = read(voxFile(ONE, palette));
  assert.equal(voxelLines(document.merged()).trim(), '0 0 0 010203ff');
  assert.equal(told, ['WARN_OPACITY 1']);
  const faint = read(voxFile(ONE, chunk('RGBA', Buffer.from('0102030a04050600', 'hex'))));
  assert.equal(voxelLines(faint.document.merged()).trim(), '0 0 0 010203ff');
  assert.equal(faint.told, ['WARN_OPACITY 1']);
});

test('voxels of index 0 are none, and told', () => {
  const { document, told } = read(voxFile(model([2, 1, 1], [0, 0, 0, 0], [1, 0, 0, 1])));
  assert.is(document.merged().count(), 1);
  assert.equal(told, ['WARN_DETAIL_SKIPPED 1']);
});

const matl = (id: number, properties: Record<string, string>) =>
  chunk('MATL', Buffer.concat([int32(id), dict(properties)]));

test('glass, metal and light are materials, and each part of an object a layer', () => {
  const lamp = model([4, 1, 1], [0, 0, 0, 1], [1, 0, 0, 2], [2, 0, 0, 3], [3, 0, 0, 4]);
  const glass = model([1, 1, 1], [0, 0, 0, 2]);
  const bytes = voxFile(
    lamp,
    glass,
    group(0, 1, 3),
    transform(1, 2, {}, { _name: 'lamp' }),
    shape(2, 0),
    transform(3, 4, {}, { _name: 'pane' }),
    shape(4, 1),
    matl(1, { _type: '_diffuse', _weight: '1', _rough: '0.1' }),
    matl(2, { _type: '_glass', _trans: '0.75', _rough: '0.25' }),
    matl(3, { _type: '_metal', _metal: '0.5', _rough: '0.125' }),
    matl(4, { _type: '_emit', _emit: '0.5', _flux: '2' }),
  );
  const { document } = read(bytes);
  const { materials } = document;
  assert.equal(
    document.layers.map(({ name, material, volume }) => [name, material, volume.count()]),
    [
      ['lamp', 0, 1],
      ['lamp (Glass)', 1, 1],
      ['lamp (Metal)', 2, 1],
      ['lamp (Light)', 3, 1],
      ['pane', 1, 1],
    ],
  );
  const [, pane, steel, light] = materials;
  assert.equal([...pane!.color, pane!.roughness], [1, 1, 1, 0.25, 0.25]);
  assert.equal([steel!.metallic, steel!.roughness], [0.5, 0.125]);
  // The fourth colour is ffff66.
  assert.equal(
    [...light!.emission].map((part) => Math.round(part * 1000)),
    [500, 500, 66],
  );
});

test('cameras that somebody has saved are there', () => {
  const camera = (id: number, properties: Record<string, string>) =>
    chunk('rCAM', Buffer.concat([int32(id), dict(properties)]));
  const bytes = voxFile(
    ONE,
    camera(0, { _mode: 'pers', _focus: '0 0 0', _angle: '0 0 0', _radius: '0' }),
    camera(1, { _mode: 'orth', _focus: '1 2 3', _angle: '90 0 0', _radius: '10' }),
  );
  const { cameras } = read(bytes).document;
  assert.is(cameras.length, 2);
  const { dist, ortho, mat } = cameras[1]!;
  assert.equal([dist, ortho], [10, true]);
  assert.equal(Array.from(mat.subarray(12, 15), Math.round), [1, 2, 13], 'from above');
});

test('chunks that nobody knows are told, and those of the window mean nothing', () => {
  const order = chunk(
    'IMAP',
    Uint8Array.from({ length: 256 }, (_, i) => (i + 2) & 255),
  );
  const notes = chunk('NOTE', Buffer.concat([int32(2, 5), Buffer.from('grass'), int32(0)]));
  const { document, told } = read(voxFile(ONE, order, notes, chunk('ABCD', Buffer.alloc(3))));
  assert.equal(told, ['WARN_UNKNOWN_PART 1']);
  assert.equal(linesOf(document.merged()), ['0 0 0 ffffff']);
  assert.is(document.palette.colors[0], 0xffcc_ffff, 'the second one is shown first');
  assert.equal([document.palette.names[0], document.palette.names[200]], ['grass', '']);
});

test("Voxlap's models stand, and are bright", () => {
  const { document } = read(fileOf('voxlap-vox-lying-and-dark/post.vox'));
  const lines = expected('voxlap-vox-lying-and-dark/expected.txt');
  assert.equal(linesOf(document.merged()), lines);
});

test("Voxlap's y points the other way, and eight bits are as they are", () => {
  const sizes = int32(2, 3, 1);
  const indices = Uint8Array.of(1, 255, 255, 255, 255, 2);
  const six = Buffer.alloc(768);
  six.set([63, 0, 21], 3);
  const eight = Buffer.from(six);
  eight.set([200, 100, 0], 6);
  const lines = (palette: Buffer) =>
    linesOf(read(Buffer.concat([sizes, indices, palette])).document.merged());
  assert.equal(lines(six), ['-1 1 0 ff0055', '0 -1 0 000000']);
  assert.equal(lines(eight), ['-1 1 0 3f0015', '0 -1 0 c86400']);
  const { told } = read(Buffer.concat([sizes, indices, six, Buffer.alloc(5)]));
  assert.equal(told, ['WARN_TRAILING_BYTES 1']);
});

/** The outermost voxels along x: the first and last of each row, from the corner of the model. */
function ends(volume: Volume): string[] {
  const [x0, y0, z0] = volume.box()!.min;
  const rows = new Map<string, [string, number][]>();
  for (const line of linesOf(volume)) {
    const [x, y, z, rgb] = line.split(' ');
    const row = `${Number(y) - y0} ${Number(z) - z0}`;
    rows.set(row, [...(rows.get(row) ?? []), [rgb!, Number(x) - x0]]);
  }
  return [...rows].map(([row, cells]) => {
    const [first, ...others] = cells.sort((a, b) => a[1] - b[1]);
    return `${row}: ${first!.join(' at ')} ${(others.at(-1) ?? first!).join(' at ')}`;
  });
}

test('a published model of Slab6 is one and the same in two formats', () => {
  const named = (format: string) =>
    imports(format, ['imports', 'real']).find(({ name }) => name.includes('slab6'))?.bytes;
  const [vox, kvx] = ['vox', 'kvx'].map((format) => {
    const bytes = named(format);
    return bytes && ends(formatFor('', format).read!(bytes, format).merged()).sort();
  });
  assert.equal(vox, kvx);
});

test.run();
