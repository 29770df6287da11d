/** What is saved loads as the same document, with all that we do not understand in its place. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Document } from '../../../engine/document/document.ts';
import { formatFor } from '../../../engine/formats/index.ts';
import { boxMatrix } from '../../../engine/volume/matrix.ts';
import { imports, model, models, voxelLines } from '../../support/fixtures.ts';
import { chunk, chunksOf, dict, goxFile } from '../../support/gox-file.ts';
import { portrait } from '../../support/portrait.ts';

const gox = formatFor('a.gox');
const read = (bytes: Uint8Array) => gox.read!(bytes, 'test.gox');
const save = (document: Document) => Buffer.concat([...gox.write!(document, { y_up: true })]);

const test = suite('saving .gox');

for (const fixture of [...models(), ...imports('gox')]) {
  if (fixture.title.includes('imports') && !fixture.beside('.open.info.json')) continue;
  test(`${fixture.title} is the same after a save`, () => {
    const document = read(fixture.bytes);
    const bytes = save(document);
    const again = read(bytes);
    assert.equal(portrait(again), portrait(document));
    assert.ok(save(again).equals(bytes), 'a second save differs');
  });
}

test('chunks other than blocks come out as Goxel wrote them', () => {
  for (const name of ['multi', 'layer_modes', 'names', 'empty']) {
    const { bytes } = model(name);
    const plain = (file: Uint8Array) =>
      chunksOf(file)
        .filter(({ type }) => type !== 'BL16' && type !== 'LAYR')
        .map(({ type, data }) => `${type} ${Buffer.from(data).toString('hex')}`);
    assert.equal(plain(save(read(bytes))), plain(bytes), name);
  }
});

test('unknown chunks and dictionary keys survive, each in its place', () => {
  const strange = Buffer.from([0, 255, 10, 0xc3, 0x28]);
  const extra = { '\u00ff strange\n': strange, zz: Buffer.alloc(300, 7) };
  const light = dict({ pitch: Buffer.from(Float32Array.of(1).buffer), ...extra });
  const bytes = goxFile(
    chunk('AAAA', strange),
    chunk('IMG ', dict(extra)),
    chunk('BBBB', strange),
    chunk('MATE', dict({ name: Buffer.from('Ü'), ...extra })),
    chunk('LAYR', Buffer.concat([Buffer.alloc(4), dict({ mode: Buffer.from([1]), ...extra })])),
    chunk('CCCC', Buffer.alloc(0)),
    chunk('CAMR', dict({ active: Buffer.from('x'), rot: strange, ...extra })),
    chunk('LIGH', light),
    chunk('DDDD', strange),
    chunk('DDDD', Buffer.from('two')),
  );
  const document = read(bytes);
  const saved = save(document);
  const order = chunksOf(saved).map(({ type }) => type);
  const sections = ['AAAA', 'IMG ', 'BBBB', 'MATE', 'LAYR', 'CCCC', 'CAMR', 'LIGH', 'DDDD', 'DDDD'];
  assert.equal(order, sections);
  for (const { type, data } of chunksOf(saved)) {
    if (type === 'DDDD' || type === 'AAAA') continue;
    if (type === 'BBBB') assert.ok(strange.equals(data));
    else if (type !== 'CCCC') {
      assert.ok(Buffer.from(data).includes(strange), `${type} lost a key`);
      assert.ok(Buffer.from(data).includes(Buffer.alloc(300, 7)), `${type} lost a value`);
    }
  }
  assert.equal(portrait(read(saved)), portrait(document));
  assert.ok(document.cameras[0]!.active);
  assert.is(document.layers[0]!.mode, 0, 'a mode of one byte is passed over');
});

test("a long name is cut between characters, below Goxel's 256 bytes", () => {
  const document = Document.empty();
  document.activeLayer.set({ name: '層'.repeat(100) });
  assert.is(read(save(document)).activeLayer.name, '層'.repeat(85));
});

test('a chunk of several MiB comes in pieces of at most one', () => {
  const data = Buffer.alloc(3_500_000, 'some strange data ');
  const file = goxFile(chunk('LAYR', Buffer.alloc(4)), chunk('HUGE', data));
  const pieces = [...gox.write!(read(file), { y_up: true })];
  assert.ok(pieces.every(({ length }) => length > 0 && length <= 1024 * 1024));
  const huge = chunksOf(Buffer.concat(pieces)).find(({ type }) => type === 'HUGE');
  assert.ok(data.equals(huge!.data));
});

test('equal blocks are stored once, empty ones not at all', () => {
  const document = Document.empty();
  const { volume } = document.activeLayer;
  for (let i = 0; i < 10; i++) volume.set(i * 16 + 3, 0, 0, 0xff00_00ff);
  volume.set(1000, 0, 0, 1);
  volume.set(2000, 0, 0, 0xff00_00ff);
  volume.set(2000, 0, 0, 0);
  const saved = save(document);
  assert.is(chunksOf(saved).filter(({ type }) => type === 'BL16').length, 1);
  assert.is(voxelLines(read(saved).merged()), voxelLines(volume));
  assert.is(read(saved).activeLayer.volume.blockCount, 10);
});

test('clone and shape layers store no blocks and come back', () => {
  const document = read(model('multi').bytes);
  const blocks = chunksOf(save(document))
    .filter(({ type }) => type === 'LAYR')
    .map(({ data }) => Buffer.from(data).readInt32LE(0));
  assert.equal(blocks, [4, 1, 4, 0, 0, 1]);
});

test('the preview stays until the picture changes', () => {
  const has = (document: Document) => chunksOf(save(document)).some(({ type }) => type === 'PREV');
  const document = read(model('multi').bytes);
  document.layers[0]!.set({ name: 'renamed' });
  assert.ok(has(document));
  document.layers[1]!.set({ visible: false });
  assert.not(has(document));
  document.layers[1]!.set({ visible: true });
  document.layers[0]!.volume.set(0, 0, 0, 0xff00_00ff);
  assert.not(has(document));
});

test('a file without a box gets one around its layers', () => {
  const document = Document.empty();
  document.box[15] = 0;
  document.activeLayer.volume.set(5, -6, 7, 0xff00_00ff);
  document.addLayer('boxed').set({ box: boxMatrix({ min: [0, 0, 0], max: [20, 1, 1] }) });
  const box = boxMatrix({ min: [0, -6, 0], max: [20, 1, 8] });
  assert.equal(read(save(document)).box, box);
});

test.run();
