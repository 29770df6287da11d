/** What shaping does with blend modes, nothing, and names as a command line gives them. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { WritingOptions } from '../../../engine/catalogue/writing.ts';
import { layersAsked } from '../../../engine/conversion/layer-names.ts';
import { Document } from '../../../engine/document/document.ts';
import { Report } from '../../../engine/formats/report.ts';
import { interruptible } from '../../../engine/interrupt.ts';
import { BLEND_MODES } from '../../../engine/ops/combine.ts';
import { shaped } from '../../../engine/project/shaping.ts';
import { groupsOf } from '../../../engine/render/groups.ts';
import { TestEngine } from '../../support/engine.ts';

const RED = 0xff00_00ff;
const BLUE = 0xffff_0000;

function shape(document: Document, options: WritingOptions, format = 'txt', palette?: Uint32Array) {
  const report = new Report();
  const made = shaped(document, options, report, { format, palette });
  return { made, report, codes: report.warnings().map(({ code }) => code) };
}

const modes = suite('blend modes');

/** A block, a layer that takes its upper half away, and another block beside it. */
function carved(): Document {
  const document = Document.empty();
  document.activeLayer.set({ name: 'block' });
  document.activeLayer.volume.fillBox([0, 0, 0], [4, 4, 4], RED);
  const hole = document.addLayer('hole');
  hole.set({ mode: BLEND_MODES.indexOf('sub') });
  hole.volume.fillBox([0, 0, 2], [4, 4, 4], BLUE);
  document.addLayer('other').volume.fillBox([8, 0, 0], [9, 1, 1], BLUE);
  return document;
}

modes('are done in what is written as they are seen, which is told', () => {
  const { made, report, codes } = shape(carved(), {}, 'vox');
  assert.equal(codes, ['WARN_LAYERS_MERGED']);
  assert.match(report.warnings()[0]!.message, /"hole"/);
  assert.equal(
    made.layers.map(({ name, volume }) => [name, volume.count()]),
    [
      ['block', 32],
      ['other', 1],
    ],
  );
  assert.is(shape(carved(), { merge: true }).made.layers[0]!.volume.count(), 33);
});

modes('stay in gox, and like Goxel, and where the layer is written alone', () => {
  const document = carved();
  assert.is(shape(document, {}, 'gox').made, document);
  assert.is(shape(document, { like: 'goxel' }, 'qb').made, document);
  assert.is(shape(document, { layers: ['hole'] }).made.layers[0]!.volume.count(), 32);
  document.layers[1]!.set({ visible: false });
  assert.is(shape(document, {}, 'vox').made.layers[0]!.volume.count(), 64);
});

modes('are about all layers below of one material, and replace these', () => {
  const document = carved();
  const [, , other] = document.layers;
  other!.set({ material: 1 });
  const cut = document.addLayer('cut');
  cut.set({ mode: BLEND_MODES.indexOf('sub') });
  cut.volume.fillBox([0, 0, 0], [9, 9, 1], BLUE);
  const counts = () => shape(document, {}, 'vox').made.layers.map(({ volume }) => volume.count());
  assert.equal(counts(), [32, 0]);
  other!.set({ material: document.layers[0]!.material });
  assert.equal(counts(), [16, 0]);
  cut.set({ mode: BLEND_MODES.indexOf('replace') });
  assert.equal(counts(), [81]);
});

modes('are seen in a picture as they are written', () => {
  const document = carved();
  const [group] = groupsOf(document, true);
  const { made } = shape(document, { merge: true });
  assert.is(made.layers[0]!.volume.count(), 33);
  // Layers of one material are drawn in one piece.
  assert.is(group!.volume.count(), 33);
});

modes('of a clone take nothing from its base', () => {
  const document = carved();
  const clone = document.addLayer('clone');
  const mat = Float32Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 20, 0, 0, 1);
  clone.set({ baseId: document.layers[0]!.id, mat });
  const over = document.addLayer('over');
  over.set({ mode: BLEND_MODES.indexOf('sub') });
  over.volume.fillBox([20, 0, 0], [24, 4, 1], BLUE);
  const { made } = shape(document, {}, 'vox');
  assert.equal(
    made.layers.map(({ name, volume }) => [name, volume.count()]),
    [
      ['block', 32],
      ['other', 1],
      ['clone', 48],
    ],
  );
});

modes.run();

const nothing = suite('nothing left');

nothing('is told, with the reason', () => {
  const document = Document.empty();
  document.activeLayer.volume.set(0, 0, 0, RED);
  document.activeLayer.set({ name: 'spare', visible: false });
  const { codes, report } = shape(document, {}, 'vox');
  assert.equal(codes, ['WARN_HIDDEN_LEFT_OUT', 'WARN_EMPTY']);
  assert.match(report.warnings()[1]!.message, /left.*"spare"/);
  assert.equal(shape(document, {}, 'gox').codes, []);
  assert.equal(shape(document, { hidden: true }, 'vox').codes, []);
  const empty = shape(Document.empty(), { crop: true, rotate: 'z90', scale: 2, merge: true });
  assert.equal(empty.codes, []);
});

nothing.run();

const names = suite('names of layers on a command line');

for (const [typed, found] of [
  ['roof', ['roof']],
  ['roof,walls', ['roof', ' walls ']],
  [' roof , walls ', ['roof', ' walls ']],
  ['red, hot', ['red, hot']],
  ['roof,red, hot,3', ['roof', 'red, hot', '3']],
  ['a,b,c', ['a,b,c']],
  ['4', [4]],
  ['3', ['3']],
  ['roof,', ['roof']],
  ['rof', ['rof']],
  ['', ['']],
] as const) {
  names(`"${typed}" are ${JSON.stringify(found)}`, () => {
    const document = Document.empty();
    for (const name of ['red, hot', '3', ' walls ', 'a,b,c', 'a,b']) document.addLayer(name);
    document.activeLayer.set({ name: 'roof' });
    document.layers[0]!.set({ name: 'roof' });
    document.layers.at(-1)!.set({ name: 'b' });
    assert.equal(layersAsked(document, typed.split(',')), found);
  });
}

names.run();

const turns = suite('turns');

for (const [rotate, at] of [
  ['Z:90', [-1, 0, 0]],
  ['z=-90', [0, -1, 0]],
  ['z0', [0, 0, 0]],
  ['z360, x0', [0, 0, 0]],
  ['-z90', [0, -1, 0]],
] as const) {
  turns(`may be written ${rotate}`, () => {
    const engine = new TestEngine();
    engine.call('add_voxel', [0, 0, 0, '#ff0000']);
    const { data } = engine.call('export_model', { format: 'txt', rotate }) as { data: string };
    assert.match(
      Buffer.from(data, 'base64').toString(),
      new RegExp(`^${at.join(' ')} ff0000$`, 'm'),
    );
  });
}

turns('by other angles are refused with what there is', () => {
  const engine = new TestEngine();
  for (const rotate of ['z45', '90', 'w90', 'z90;x90', '']) {
    const { message } = engine.fail('export_model', { format: 'txt', rotate });
    assert.match(message, /rotate: expected turns such as "z90".* by 90, 180 or 270/, rotate);
  }
});

turns.run();

const stopped = suite('shaping');

stopped('can be interrupted in each of its steps', () => {
  const document = Document.empty();
  document.activeLayer.volume.fillBox([0, 0, 0], [64, 64, 64], RED);
  const palette = Uint32Array.of(0xff00_0000, 0xffff_ffff);
  for (const options of [{ rotate: 'z90' }, { scale: 2 }, { scale: 0.5 }, { dither: true }]) {
    const stop = () => {
      throw new Error('stopped');
    };
    const work = () => shape(document, options, 'txt', 'dither' in options ? palette : undefined);
    assert.throws(() => interruptible(stop, work), /stopped/, JSON.stringify(options));
  }
});

stopped.run();
