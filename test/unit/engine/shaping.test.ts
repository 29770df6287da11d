/** What is written of a document: layers, a place, turns and colours that a request asks for. */

import { writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GoxError } from '../../../conf/errors.ts';
import type { WritingOptions } from '../../../engine/catalogue/writing.ts';
import { Document } from '../../../engine/document/document.ts';
import { newMaterial } from '../../../engine/document/scene.ts';
import { formatFor } from '../../../engine/formats/index.ts';
import { Report } from '../../../engine/formats/report.ts';
import { shaped } from '../../../engine/project/shaping.ts';
import { boxCorners, identity } from '../../../engine/volume/matrix.ts';
import type { Volume } from '../../../engine/volume/volume.ts';
import { TestEngine } from '../../support/engine.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const RED = 0xff00_00ff;
const GREEN = 0xff00_ff00;
const BLUE = 0xffff_0000;

interface Told {
  readonly warnings?: readonly { code: string; message: string; count: number }[];
  readonly data?: string;
}

function codesOf({ warnings = [] }: Told): string[] {
  return warnings.map(({ code }) => code);
}

/** A red base at 1 2 3, a green roof at 1 2 4, and a hidden blue one at 9 9 9. */
function house(): Document {
  const document = Document.empty();
  const put = (name: string, at: readonly [number, number, number], color: number) => {
    const layer = name === 'base' ? document.activeLayer : document.addLayer(name);
    layer.set({ name });
    layer.volume.set(...at, color);
    return layer;
  };
  put('base', [1, 2, 3], RED);
  put('roof', [1, 2, 4], GREEN);
  put('spare', [9, 9, 9], BLUE).set({ visible: false });
  return document;
}

function shape(document: Document, options: WritingOptions, format = 'txt', palette?: Uint32Array) {
  const report = new Report();
  const made = shaped(document, options, report, { format, palette });
  return { made, text: textOf(made), codes: report.warnings().map(({ code }) => code), report };
}

function textOf(document: Document): string[] {
  const bytes = Buffer.concat([...formatFor('x.txt').write!(document)]);
  const lines = bytes.toString().split('\n');
  return lines.filter((line) => line !== '' && !line.startsWith('#')).sort();
}

const layers = suite('layers of what is written');

layers('cost nothing where nothing is asked', () => {
  const document = Document.empty();
  assert.is(shape(document, {}).made, document);
  assert.is(shape(house(), {}, 'gox').made.layers.length, 3);
});

layers('are those that are seen, and that others are not is told', () => {
  const document = house();
  const { text, codes, report } = shape(document, {});
  assert.equal(text, ['1 2 3 ff0000', '1 2 4 00ff00']);
  assert.equal(codes, ['WARN_HIDDEN_LEFT_OUT']);
  assert.match(report.warnings()[0]!.message, /"spare"/);
  assert.is(document.layers.length, 3);
});

layers('are all of them on request', () => {
  const { text, codes } = shape(house(), { hidden: true });
  assert.equal(text, ['1 2 3 ff0000', '1 2 4 00ff00', '9 9 9 0000ff']);
  assert.equal(codes, []);
});

layers('are as Goxel has them, like Goxel', () => {
  const document = house();
  assert.is(shape(document, { like: 'goxel' }, 'qb').made, document);
});

layers('are chosen by names and ids, hidden or not', () => {
  assert.equal(shape(house(), { layers: ['spare'] }).text, ['9 9 9 0000ff']);
  assert.equal(shape(house(), { layers: [1, 'spare'] }).text, ['1 2 3 ff0000', '9 9 9 0000ff']);
  assert.equal(shape(house(), { layers: ['2'] }).text, ['1 2 4 00ff00']);
});

layers('that are not there are told with the nearest name', () => {
  const none = (asked: string | number) => () => shape(house(), { layers: [asked] });
  assert.throws(
    none('rof'),
    (error: unknown) =>
      error instanceof GoxError &&
      error.code === 'GOX_LAYER_NOT_FOUND' &&
      /did you mean roof/.test(error.message),
  );
  assert.throws(none(7), /with the id 7; there are "base", "roof", "spare"/);
});

layers('that are clones show what they show without their bases', () => {
  const document = house();
  const clone = document.addLayer('clone');
  const mat = identity();
  mat[12] = 10;
  clone.set({ baseId: document.layers[0]!.id, mat });
  assert.equal(shape(document, { layers: ['clone'] }).text, ['11 2 3 ff0000']);
  const both = shape(document, { layers: ['clone', 'base'] }, 'gox').made;
  assert.is(both.layers[1]!.baseId, both.layers[0]!.id);
});

layers('become one', () => {
  const document = house();
  document.addMaterial({ ...newMaterial('glass'), metallic: 1 });
  document.layers[1]!.set({ material: 1 });
  const { made, text, codes } = shape(document, { merge: true });
  assert.is(made.layers.length, 1);
  assert.equal(text, ['1 2 3 ff0000', '1 2 4 00ff00']);
  assert.equal(codes, ['WARN_HIDDEN_LEFT_OUT', 'WARN_MATERIALS_LOST']);
});

layers.run();

const place = suite('the place of what is written');

place('is the origin once it is cropped', () => {
  const { made, text } = shape(house(), { crop: true });
  assert.equal(text, ['0 0 0 ff0000', '0 0 1 00ff00']);
  assert.equal(boxCorners(made.box), { min: [0, 0, 0], max: [1, 1, 2] });
});

/** A voxel is a cube, and space turns around its origin: the cube at 0 comes to lie at -1. */
const TURNED: readonly (readonly [rotate: string, at: string])[] = [
  ['z90', '-3 1 3'],
  ['z-90', '2 -2 3'],
  ['-z90', '2 -2 3'],
  ['z180', '-2 -3 3'],
  ['x90', '1 -4 2'],
  ['x-90', '1 3 -3'],
  ['y90', '3 2 -2'],
  ['z90,x90', '-3 -4 1'],
  ['z270', '2 -2 3'],
];

for (const [rotate, at] of TURNED) {
  place(`is another one after ${rotate}`, () => {
    assert.equal(shape(house(), { layers: ['base'], rotate }).text, [`${at} ff0000`]);
  });
}

place('and everything that has one turns along', () => {
  const document = house();
  const [base] = document.layers;
  const clone = document.addLayer('clone');
  const mat = identity();
  mat.set([3, 0, 1], 12);
  clone.set({ baseId: base!.id, mat });
  const mark = identity();
  mark.set([1, 2, 3], 12);
  base!.set({ mat: mark });
  document.refresh();
  const solid = document.addLayer('solid');
  const box = Float32Array.of(2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1, 0, 20, 2, 5, 1);
  solid.set({ shape: { kind: 'cube', color: BLUE }, mat: box });
  document.set({ box: boxAround() });
  const { made } = shape(document, { rotate: 'z90' }, 'gox');
  const [turned, , , cloned, cube] = made.layers;
  assert.equal([...turned!.mat.subarray(12, 15)], [-3, 1, 3]);
  assert.is(cloned!.volume.get(-3, 4, 4), RED);
  // What Goxel will compute of its base and its matrix.
  const fresh = copied(made);
  assert.is(fresh.layers[3]!.volume.get(-3, 4, 4), RED);
  assert.equal(fresh.layers[4]!.volume.box(), cube!.volume.box());
  assert.equal(cube!.volume.box(), { min: [-4, 18, 4], max: [0, 22, 6] });
  assert.equal(boxCorners(made.box), { min: [-40, -10, -8], max: [30, 50, 60] });
});

function boxAround() {
  return Float32Array.of(30, 0, 0, 0, 0, 35, 0, 0, 0, 0, 34, 0, 20, 5, 26, 1);
}

/** By way of a file, whose reader computes clones and shapes. */
function copied(document: Document): Document {
  const bytes = Buffer.concat([...formatFor('x.gox').write!(document)]);
  const read = formatFor('x.gox').read!(bytes, 'x.gox');
  read.refresh();
  return read;
}

place.run();

const colors = suite('the colours of what is written');

const DUO = Uint32Array.of(0xff00_0000, 0xffff_ffff);

colors('are those of a palette, alpha as it was', () => {
  const document = Document.empty();
  document.activeLayer.volume.set(0, 0, 0, 0xff20_1010);
  document.activeLayer.volume.set(1, 0, 0, 0x80f0_f0f0);
  const { made } = shape(document, {}, 'txt', DUO);
  const { volume } = made.activeLayer;
  assert.equal([volume.get(0, 0, 0), volume.get(1, 0, 0)], [0xff00_0000, 0x80ff_ffff]);
  assert.is(document.activeLayer.volume.get(0, 0, 0), 0xff20_1010);
});

colors('are mixed where that is asked: half of each for the middle, on every plane', () => {
  const document = Document.empty();
  document.activeLayer.volume.fillBox([0, 0, 0], [32, 32, 32], 0xff80_8080);
  const { made } = shape(document, { dither: true }, 'txt', DUO);
  const { volume } = made.activeLayer;
  const white = (min: number[], max: number[]) => whites(volume, min, max);
  assert.ok(Math.abs(white([0, 0, 0], [32, 32, 32]) - 0.5) < 0.02);
  for (const axis of [0, 1, 2]) {
    const max = [32, 32, 32];
    max[axis] = 1;
    const share = white([0, 0, 0], max);
    assert.ok(Math.abs(share - 0.5) < 0.05, `${axis}: ${share}`);
  }
});

function whites(volume: Volume, min: readonly number[], max: readonly number[]): number {
  let [white, all] = [0, 0];
  for (let x = min[0]!; x < max[0]!; x++) {
    for (let y = min[1]!; y < max[1]!; y++) {
      for (let z = min[2]!; z < max[2]!; z++) {
        all++;
        if (volume.get(x, y, z) === 0xffff_ffff) white++;
      }
    }
  }
  return white / all;
}

colors('that the palette has are not mixed', () => {
  const document = Document.empty();
  document.activeLayer.volume.fillBox([0, 0, 0], [8, 8, 8], 0xffff_ffff);
  const { made } = shape(document, { dither: true }, 'txt', DUO);
  assert.is(whites(made.activeLayer.volume, [0, 0, 0], [8, 8, 8]), 1);
});

colors.run();

const exported = suite('an export');

exported('is shaped, and the project stays as it is', () => {
  const engine = new TestEngine();
  engine.call('add_voxel', [4, 5, 6, '#3366CC']);
  const asked = { format: 'txt', crop: true, palette: ['#000000', '#3060d0'] };
  const { data } = engine.call('export_model', asked) as Told;
  assert.match(Buffer.from(data!, 'base64').toString(), /^0 0 0 3060d0$/m);
  assert.equal((engine.call('get_voxel', [4, 5, 6]) as { exists: boolean }).exists, true);
});

exported('takes a palette by its name or out of a file below the roots', () => {
  const directory = temporaryDirectory();
  const engine = new TestEngine({ roots: [directory] });
  engine.call('add_voxel', [0, 0, 0, '#fe0000']);
  const path = `${directory}/duo.gpl`;
  writeFileSync(path, 'GIMP Palette\n0 0 0\n200 0 0\n');
  const line = (palette: string) => {
    const { data } = engine.call('export_model', { format: 'txt', palette }) as Told;
    return Buffer.from(data!, 'base64').toString();
  };
  assert.match(line(path), /^0 0 0 c80000$/m);
  assert.match(line('pico8'), /^0 0 0 ff004d$/m);
  assert.match(line('#0000ff'), /^0 0 0 0000ff$/m);
  assert.throws(() => line('pico9'), /did you mean Pico8/);
  assert.throws(() => line('/etc/passwd'), /outside|permitted|refused|below/);
});

exported('tells what the format cannot hold', () => {
  const engine = new TestEngine();
  engine.call('create_layer', { name: 'roof' });
  engine.call('add_voxel', { x: 0, y: 0, z: 1, color: [255, 0, 0, 200] });
  assert.equal(codesOf(engine.call('export_model', { format: 'txt' }) as Told), [
    'WARN_NAMES_LOST',
    'WARN_OPACITY',
  ]);
  engine.call('create_layer', { name: 'walls' });
  engine.call('add_voxel', { x: 0, y: 0, z: 0, color: '#00ff00' });
  const told = engine.call('export_model', { format: 'stl' }) as Told;
  assert.equal(codesOf(told), ['WARN_LAYERS_MERGED', 'WARN_COLORS_LOST', 'WARN_OPACITY']);
  const [merged] = told.warnings!;
  assert.match(merged!.message, /"roof", "walls"/);
  assert.is(merged!.count, 2);
  assert.equal(codesOf(engine.call('export_model', { format: 'gox' }) as Told), []);
});

exported('tells when nothing is left that the format has', () => {
  const engine = new TestEngine();
  engine.call('add_voxel', { x: 0, y: 0, z: 1, color: [255, 0, 0, 60] });
  for (const format of ['txt', 'vox', 'glb', 'stl']) {
    const codes = codesOf(engine.call('export_model', { format }) as Told);
    assert.ok(codes.includes('WARN_EMPTY'), format);
  }
  for (const format of ['gox', 'schem']) {
    const codes = codesOf(engine.call('export_model', { format }) as Told);
    assert.not(codes.includes('WARN_EMPTY'), format);
  }
});

exported.run();

const room = suite('the memory of what is written');

for (const options of [{ rotate: 'z90' }, { crop: true }, { palette: 'pico8' }] as const) {
  room(`is that of a project: ${JSON.stringify(options)}`, () => {
    const document = Document.empty();
    for (let x = 1; x < 800; x += 16) document.activeLayer.volume.set(x, 1, 1, RED);
    const palette = 'palette' in options ? Uint32Array.of(BLUE) : undefined;
    const within = (blocks: number) => {
      const [key, bytes] = ['limits.voxel_bytes_max', blocks * 16384] as const;
      const ceiling = { key, bytes_max: bytes, bytes_free: bytes };
      return shaped(document, options, new Report(), { format: 'gox', palette, ceiling });
    };
    assert.is(within(50).merged().count(), 50);
    assert.throws(
      () => within(49),
      (error: GoxError) => error.code === 'GOX_MEMORY_LIMIT',
    );
  });
}

room.run();
