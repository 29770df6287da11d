/** What comes back of a .vox that was read and written: cameras, copies, what materials say. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Document } from '../../../engine/document/document.ts';
import type { Layer } from '../../../engine/document/layer.ts';
import type { Camera } from '../../../engine/document/scene.ts';
import {
  type ExportOptions,
  formatFor,
  type ImportOptions,
} from '../../../engine/formats/index.ts';
import { Report } from '../../../engine/formats/report.ts';
import { voxelLines } from '../../support/fixtures.ts';
import { seenLines, seenObjects } from '../../support/magica-reader.ts';
import { SOUND } from '../../support/qbcl-file.ts';
import { SEED } from '../../support/seed.ts';
import * as vox from '../../support/vox-file.ts';

const { chunk, dict, int32, voxFile } = vox;

function read(bytes: Buffer, options: ImportOptions = {}): { document: Document; told: string[] } {
  const report = new Report();
  const document = formatFor('x.vox').read!(bytes, 'x.vox', { ...options, report });
  return { document, told: report.warnings().map(({ code, count }) => `${code} ${count}`) };
}

function write(document: Document, options: ExportOptions = {}): { file: Buffer; told: string[] } {
  const report = new Report();
  const file = Buffer.concat([...formatFor('x.vox').write!(document, { ...options, report })]);
  return { file, told: report.warnings().map(({ code, count }) => `${code} ${count}`) };
}

const ofType = (file: Buffer, type: string) =>
  vox.chunksOf(file).filter((one) => one.type === type);

/** The entries of a dictionary behind an id. */
function said({ content }: { content: Buffer }): Record<string, string> {
  const entries: Record<string, string> = {};
  let at = 8;
  const text = () => {
    const from = at + 4;
    at = from + content.readInt32LE(at);
    return content.toString('utf8', from, at);
  };
  for (let left = content.readInt32LE(4); left > 0; left--) {
    const key = text();
    entries[key] = text();
  }
  return entries;
}

const ONE = vox.model([1, 1, 1], [0, 0, 0, 1]);

const camera = (id: number, properties: Record<string, string>) =>
  chunk('rCAM', Buffer.concat([int32(id), dict(properties)]));

const test = suite('people: .vox kept');

/** A source of numbers that depends on the seed only. */
function randoms(): (low: number, high: number) => number {
  let state = SEED;
  return (low, high) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return low + Math.floor((state / 0x1_0000_0000) * (high - low));
  };
}

test('cameras come back as they were, whatever way they look', () => {
  const random = randoms();
  for (let round = 0; round < 40; round++) {
    const cameras = Array.from({ length: 5 }, (_, id) => ({
      _mode: ['pers', 'free', 'pano', 'orth', 'iso'][id]!,
      _focus: [0, 1, 2].map(() => random(-200, 200) / 2).join(' '),
      _angle: `${random(-89, 90)} ${random(0, 360)} ${random(0, 360)}`,
      _radius: String(random(2, 900)),
      _frustum: '0.57735',
      _fov: '60',
    }));
    const first = read(voxFile(ONE, ...cameras.map((one, id) => camera(id, one)))).document;
    const { file, told } = write(first);
    assert.equal(told, []);
    assert.equal(ofType(file, 'rCAM').map(said), cameras);
    const second = read(file).document;
    const close = ({ name, dist, ortho, mat }: Camera) => [name, dist, ortho, ...mat];
    for (const [i, one] of second.cameras.entries()) {
      for (const [k, value] of close(one).entries()) {
        const wanted = close(first.cameras[i]!)[k]!;
        if (typeof value !== 'number') assert.is(value, wanted);
        else assert.ok(Math.abs(value - Number(wanted)) < 1e-3, `${value} is not ${wanted}`);
      }
    }
  }
});

test('a camera straight above, the place where none was saved, and more than ten', () => {
  const unset = { _mode: 'pers', _focus: '0 0 0', _angle: '0 0 0' };
  const above = { _mode: 'pers', _focus: '1 2 3', _angle: '90 30 0', _radius: '10' };
  const file = voxFile(
    ONE,
    camera(0, { ...unset, _radius: '0' }),
    camera(1, { ...unset, _radius: '1' }),
    camera(2, above),
  );
  const { document } = read(file);
  assert.is(document.cameras.length, 2, 'that of a new project, and the one that was saved');
  const written = ofType(write(document).file, 'rCAM').map(said);
  assert.is(written.length, 1);
  const { _name, _frustum, _fov, ...back } = written[0]!;
  assert.equal([_name, _fov], ['Camera 2', '45']);
  assert.equal(back, above);
  const { cameras } = document;
  document.set({ cameras: Array.from({ length: 13 }, () => cameras[1]!) });
  const { told, file: ten } = write(document);
  assert.equal(told, ['WARN_CAMERAS_LOST 3']);
  assert.is(ofType(ten, 'rCAM').length, 10);
});

test('layers that are alike share one model, and those that only nearly are do not', () => {
  const document = Document.empty();
  document.set({ layers: [], active: undefined });
  const at = (name: string, x: number, colors: readonly number[]) => {
    const layer = document.addLayer(name);
    for (const [i, rgb] of colors.entries()) {
      layer.volume.fillBox([x + i, 5, -x], [x + i + 1, 6, 1 - x], (0xff00_0000 | rgb) >>> 0);
    }
  };
  at('a', 0, [0x10, 0x20]);
  at('b', 37, [0x10, 0x20]);
  at('turned', -9, [0x20, 0x10]);
  at('longer', 90, [0x10, 0x20, 0x30]);
  at('c', -300, [0x10, 0x20]);
  const { file, told } = write(document);
  assert.equal(told, []);
  assert.is(ofType(file, 'XYZI').length, 3);
  assert.equal(
    seenObjects(file).map(({ name }) => name),
    ['a', 'b', 'turned', 'longer', 'c'],
  );
  const lines = (text: string) =>
    text
      .trim()
      .split('\n')
      .map((line) => line.slice(0, -2))
      .sort();
  assert.equal(seenLines(seenObjects(file)), lines(voxelLines(document.merged())));
  const back = read(file).document;
  const layersOf = ({ layers }: Document) =>
    layers.map((one) => [one.name, voxelLines(one.volume)]);
  assert.equal(layersOf(back), layersOf(document));
});

const material = (index: number, properties: Record<string, string>) =>
  chunk('MATL', Buffer.concat([int32(index), dict(properties)]));

test('what materials say without a counterpart is kept, in .gox too', () => {
  const glass = { _type: '_glass', _trans: '0.5', _alpha: '0.5', _rough: '0.05', _ior: '0.45' };
  const cloud = { _type: '_media', _trans: '0.25', _alpha: '0.25', _media: '1', _density: '0.07' };
  const light = { _type: '_emit', _emit: '0.6', _flux: '2', _ldr: '0.3' };
  const models = [1, 2, 3].map((index) => vox.model([1, 1, 1], [0, 0, 0, index]));
  const scene = [1, 2, 3].flatMap((_, i) => [
    vox.transform(2 + 2 * i, 3 + 2 * i, { _t: `${3 * i} 0 0` }),
    vox.shape(3 + 2 * i, i),
  ]);
  const root = [vox.transform(0, 1), vox.group(1, 2, 4, 6)];
  const given = [glass, cloud, light];
  const { document, told } = read(
    voxFile(...models, ...root, ...scene, ...given.map((one, i) => material(i + 1, one))),
  );
  assert.equal(told, []);
  const gox = formatFor('x.gox');
  const reopened = gox.read!(Buffer.concat([...gox.write!(document)]), 'x.gox');
  for (const one of [document, reopened]) {
    const written = ofType(write(one).file, 'MATL').map(said);
    for (const [i, properties] of given.entries()) {
      assert.equal({ ...written[i], ...properties }, written[i], `material ${i}`);
    }
  }
});

test('an object of several materials is one object again, unless its parts were changed', () => {
  const kinds = [{ _type: '_metal' }, { _type: '_metal', _rough: '0.5' }, { _type: '_emit' }];
  const row = vox.model([5, 1, 1], ...[0, 1, 2, 3].map((x) => [x, 0, 0, x + 1]));
  const rest = vox.model([2, 1, 1], [0, 0, 0, 1], [1, 0, 0, 3]);
  const scene = [vox.transform(0, 1), vox.group(1, 2, 4, 6, 8)];
  for (const [i, name] of ['arm', 'arm', 'leg', ''].entries()) {
    const at = { _t: `${10 * i} 0 ${i}` };
    const model = name === 'leg' ? 1 : 0;
    scene.push(vox.transform(2 + 2 * i, 3 + 2 * i, at, { _name: name }));
    scene.push(vox.shape(3 + 2 * i, model));
  }
  const colors = Uint8Array.from({ length: 1024 }, (_, i) => (i % 4 === 3 ? 255 : i / 4));
  const materials = [
    chunk('RGBA', Buffer.from(colors)),
    ...kinds.map((one, i) => material(i + 1, one)),
  ];
  const bytes = voxFile(row, rest, ...scene, ...materials);
  const document = read(bytes).document;
  assert.is(document.layers.length, 14);
  const gox = formatFor('x.gox');
  const reopened = gox.read!(Buffer.concat([...gox.write!(document)]), 'x.gox');
  const looks = (file: Buffer) =>
    seenObjects(file).map(({ voxels }) => voxels.map(({ place, rgb }) => `${place} ${rgb}`).sort());
  for (const one of [document, reopened]) {
    const { file, told } = write(one);
    assert.equal(told, []);
    assert.equal(looks(file), looks(bytes));
    assert.equal(
      seenObjects(file).map(({ name }) => name),
      ['arm', 'arm', 'leg', 'Layer.11'],
    );
    assert.is(ofType(file, 'SIZE').length, 2);
    assert.equal(seenLines(seenObjects(file)), seenLines(seenObjects(bytes)));
    assert.is(read(file).document.layers.length, 14);
  }
  const changes: readonly ((layer: Layer) => void)[] = [
    (layer) => layer.set({ visible: false }),
    (layer) => layer.set({ name: 'armour' }),
    (layer) => layer.set({ material: 0 }),
    (layer) => layer.volume.set(1, 0, 0, 0xff00_0000),
    (layer) => layer.volume.set(300, 0, 0, 0xff00_0000),
  ];
  for (const [i, change] of changes.entries()) {
    const { document: changed } = read(voxFile(row, ...materials));
    for (const layer of changed.layers) layer.set({ name: layer.name.replace('Layer.1', 'arm') });
    const second = changed.layers[1]!;
    assert.is(seenObjects(write(changed, { hidden: true }).file).length, 1);
    change(second);
    assert.ok(seenObjects(write(changed, { hidden: true }).file).length > 1, `change ${i}`);
  }
});

test('groups have a name in the file only, where what is in them has its own', () => {
  const at = (id: number, name: string) => vox.transform(id, id + 1, {}, { _name: name });
  const scene = (outer: string, ...inner: readonly string[]) =>
    voxFile(
      ONE,
      ...[at(0, 'scene'), vox.group(1, 2), at(2, outer), vox.group(3, 4, 6)],
      ...[at(4, inner[0]!), vox.shape(5, 0), at(6, inner[1]!), vox.shape(7, 0)],
    );
  for (const [file, told] of [
    [scene('house', 'roof', 'door'), ['WARN_NAMES_LOST 1']],
    [scene('house', 'roof', ''), []],
    [scene('', 'roof', 'door'), []],
  ] as const) {
    assert.equal(read(file).told, told);
  }
  const report = new Report();
  formatFor('x.qbcl').read!(SOUND, 'x.qbcl', { report });
  assert.equal(
    report.warnings().map(({ code, message }) => [code, message.includes('groups: "group".')]),
    [['WARN_NAMES_LOST', true]],
  );
});

test('a model of more blocks than stay unpacked is written as it is', () => {
  const document = Document.empty();
  const { volume } = document.activeLayer;
  // Waves of 25 x 25 blocks and their neighbours above.
  for (let x = 0; x < 400; x++) {
    for (let y = 0; y < 400; y++) {
      const z = (x * 5 + y * 3 + ((x * y) >> 4)) % 32;
      volume.set(x, y, z, (0xff00_0000 | ((x % 16) * 0x11) | ((y % 8) * 0x1100)) >>> 0);
    }
  }
  volume.pack();
  for (const options of [{}, { like: 'goxel' }] as const) {
    const back = read(write(document, options).file, options).document.merged();
    assert.is(back.count(), 400 * 400);
    const [move, wrong] = [back.box()!.min, [] as string[]];
    for (const { x, y, z, data } of volume.blocks()) {
      for (let i = 0; i < data.length; i += 7) {
        const [dx, dy, dz] = [x + (i & 15) + move[0], y + ((i >> 4) & 15) + move[1], z + (i >> 8)];
        if (data[i] !== back.get(dx, dy, dz + move[2])) wrong.push(`${dx} ${dy} ${dz}`);
      }
    }
    assert.equal(wrong.slice(0, 3), []);
  }
});

test('names are read in UTF-8, and else in the letters of western systems', () => {
  const plain = voxFile(ONE, vox.transform(0, 1, {}, { _name: 'K__rper' }), vox.shape(1, 0));
  for (const letters of ['c3b6', 'f672'] as const) {
    const bytes = Buffer.from(plain);
    Buffer.from(letters, 'hex').copy(bytes, bytes.indexOf('K__rper') + 1);
    const name = letters === 'f672' ? 'K\u00f6rrper' : 'K\u00f6rper';
    assert.is(read(bytes).document.layers[0]!.name, name);
  }
});

test('keys that nobody knows are told once', () => {
  const named = { _type: '_metal', _metal: '0.5', _shine: '1' };
  const { told } = read(voxFile(ONE, ...[1, 2, 3].map((index) => material(index, named))));
  assert.equal(told, ['WARN_UNKNOWN_PART 3']);
});

test('without instances all that is left out is told', () => {
  const file = voxFile(
    ONE,
    vox.transform(0, 1),
    vox.group(1, 2, 4, 6),
    vox.transform(2, 3),
    vox.shape(3, 0),
    vox.transform(4, 5, { _t: '5 0 0' }, { _hidden: '1' }),
    vox.shape(5, 0),
    vox.transform(6, 3, { _t: '9 0 0' }),
    material(1, { _type: '_metal', _metal: '1' }),
    camera(0, { _mode: 'pers', _focus: '0 0 0', _angle: '0 0 0', _radius: '9' }),
  );
  const { document, told } = read(file, { instances: false });
  assert.is(document.layers.length, 1);
  assert.equal(told, [
    'WARN_INSTANCES_LEFT_OUT 2',
    'WARN_DETAIL_SKIPPED 1',
    'WARN_CAMERAS_LOST 1',
    'WARN_MATERIALS_LOST 1',
  ]);
  assert.equal(read(file).told, []);
});

test('a model of Voxlap comes back, and tells what it cannot hold', () => {
  const random = randoms();
  const document = Document.empty();
  document.set({ layers: [], active: undefined });
  const part = document.addLayer('part');
  for (let i = 0; i < 200; i++) {
    const place = [random(-9, 9), random(-5, 6), random(-3, 12)] as const;
    const six = () => Math.round((random(0, 64) * 255) / 63);
    const color = (0xff00_0000 | six() | (six() << 8) | (six() << 16)) >>> 0;
    part.volume.fillBox(place, [place[0] + 1, place[1] + 1, place[2] + 1], color);
  }
  const { file, told } = write(document, { voxlap_header: true });
  const { min, max } = document.merged().box()!;
  const size = min.map((low, axis) => max[axis]! - low);
  assert.equal(
    [0, 4, 8].map((at) => file.readInt32LE(at)),
    size,
  );
  assert.is(file.length, 12 + size[0]! * size[1]! * size[2]! + 768);
  assert.equal(told, ['WARN_NAMES_LOST 1']);
  const moved = (lines: string, by: readonly number[]) =>
    lines
      .trim()
      .split('\n')
      .map((line) => {
        const [x, y, z, rgb] = line.split(' ');
        return [...[x, y, z].map((at, axis) => Number(at) - by[axis]!), rgb].join(' ');
      })
      .sort();
  const back = read(file).document;
  const low = back.merged().box()!.min;
  assert.equal(moved(voxelLines(back.merged()), low), moved(voxelLines(document.merged()), min));
  document.addLayer('other').volume.fillBox([0, 0, 30], [300, 1, 31], 0xff12_3456);
  const codes = write(document, { voxlap_header: true }).told;
  assert.equal(codes, ['WARN_LAYERS_MERGED 2', 'WARN_COLORS_ROUNDED 1']);
});

test.run();
