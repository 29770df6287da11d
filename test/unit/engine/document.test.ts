/** Documents: layers, what they merge to, and clone and shape layers that follow their source. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GoxError } from '../../../conf/errors.ts';
import { Recorder, type Recording } from '../../../engine/changes/recorder.ts';
import { Document } from '../../../engine/document/document.ts';
import { Layer } from '../../../engine/document/layer.ts';
import { formatFor } from '../../../engine/formats/index.ts';
import { boxCorners, boxMatrix } from '../../../engine/volume/matrix.ts';
import { model, voxelLines } from '../../support/fixtures.ts';

const RED = 0xff00_00ff;
const BLUE = 0xffff_0000;

/** A clone of the document's first layer, one step of 20 along y. */
function cloneOf(document: Document): Layer {
  const clone = document.addLayer('clone');
  clone.set({ baseId: document.layers[0]!.id });
  clone.mat[13] = 20;
  return clone;
}

const test = suite('document');

test("a new one has an empty layer of id 1, a material, a camera and Goxel's box", () => {
  const document = Document.empty();
  assert.equal(
    document.layers.map(({ id, name, material }) => ({ id, name, material })),
    [{ id: 1, name: 'Layer.1', material: 0 }],
  );
  assert.is(document.activeLayer, document.layers[0]);
  assert.equal(boxCorners(document.box), { min: [-16, -16, 0], max: [16, 16, 32] });
  assert.equal(boxCorners(Document.empty(5, 4, 7).box), { min: [-2, -2, 0], max: [3, 2, 7] });
  assert.is(document.cameras.length, 1);
  assert.is(document.merged().count(), 0);
});

test('new layers come on top with new ids and become active', () => {
  const document = Document.empty();
  const second = document.addLayer('second');
  assert.is(second.id, 2);
  assert.is(document.activeLayer, second);
  assert.is(document.layerById(2), second);
  assert.is(document.layerById(3), undefined);
  document.set({ layers: [...document.layers, new Layer(0x7fff_ffff, 'last')] });
  assert.is(document.addLayer('third').id, 3);
});

test('removing layers moves the active one, and leaves an empty layer in the end', () => {
  const document = Document.empty();
  const second = document.addLayer('second');
  document.activeLayer = document.layers[0]!;
  document.removeLayer(1);
  assert.is(document.activeLayer, second);
  second.volume.set(0, 0, 0, RED);
  document.removeLayer(2);
  assert.is(document.layers.length, 1);
  assert.is(document.merged().count(), 0);
  assert.throws(
    () => document.removeLayer(77),
    (error: unknown) => error instanceof GoxError && error.code === 'GOX_LAYER_NOT_FOUND',
  );
});

test('merges visible layers from bottom to top, and again after any change', () => {
  const document = Document.empty();
  const [bottom] = document.layers as [Layer];
  const top = document.addLayer('top');
  bottom.volume.set(1, 2, 3, RED);
  bottom.volume.set(100, 2, 3, RED);
  top.volume.set(1, 2, 3, BLUE);
  const merged = document.merged();
  assert.is(merged.get(1, 2, 3), BLUE);
  assert.is(merged.get(100, 2, 3), RED);
  assert.is(document.merged(), merged, 'computed again without a change');
  top.set({ visible: false });
  assert.is(document.merged().get(1, 2, 3), RED);
  bottom.volume.set(1, 2, 3, 0);
  assert.is(document.merged().get(1, 2, 3), 0);
  top.set({ visible: true });
  document.removeLayer(bottom.id);
  assert.is(voxelLines(document.merged()), '1 2 3 0000ffff\n');
});

test("an edit of a merged document changes neither the merge nor other layers' blocks", () => {
  const document = Document.empty();
  const { volume } = document.activeLayer;
  volume.set(0, 0, 0, RED);
  const merged = document.merged();
  volume.set(1, 0, 0, RED);
  assert.is(merged.count(), 1);
  assert.is(document.merged().count(), 2);
});

test('a clone follows its base until it is made plain', () => {
  const document = Document.empty();
  const [base] = document.layers as [Layer];
  const clone = cloneOf(document);
  base.volume.set(1, 2, 3, RED);
  assert.is(document.merged().get(1, 22, 3), RED);
  base.volume.set(2, 2, 3, BLUE);
  clone.set({ mat: clone.mat.with(12, -5) });
  assert.is(document.merged().get(-3, 22, 3), BLUE);
  assert.is(document.merged().get(1, 22, 3), 0);
  clone.makePlain();
  clone.volume.set(0, 0, 0, RED);
  base.volume.clear();
  document.refresh();
  assert.is(clone.baseId, 0);
  assert.is(clone.volume.count(), 3);
});

test('a clone whose base is removed keeps what it shows', () => {
  const document = Document.empty();
  const clone = cloneOf(document);
  document.layers[0]!.volume.set(1, 2, 3, RED);
  document.removeLayer(1);
  assert.not(clone.derived);
  assert.is(voxelLines(document.merged()), '1 22 3 ff0000ff\n');
});

test("a shape layer fills its box, inside the image's", () => {
  const document = Document.empty(8, 8, 8);
  const layer = document.addLayer('shape');
  layer.set({ shape: { kind: 'cube', color: RED } });
  layer.set({ mat: boxMatrix({ min: [-10, 1, 2], max: [0, 3, 4] }) });
  assert.equal(document.merged().box(), { min: [-4, 1, 2], max: [0, 3, 4] });
  layer.set({ shape: { kind: 'cube', color: BLUE } });
  assert.is(document.merged().get(-1, 1, 2), BLUE);
  document.set({ box: Document.empty(32, 32, 32).box });
  assert.is(document.merged().count(), 40);
});

test('clones and shapes that together grow past the limit are refused', () => {
  const document = Document.empty(160, 160, 160);
  document.derived_blocks_max = 1500;
  const shape = document.addLayer('shape');
  shape.set({ shape: { kind: 'cube', color: RED } });
  shape.set({ mat: document.box });
  assert.is(document.merged().blockCount, 1000);
  const clone = document.addLayer('clone');
  clone.set({ baseId: shape.id });
  assert.throws(
    () => document.merged(),
    (error: unknown) => error instanceof GoxError && error.code === 'GOX_MEMORY_LIMIT',
  );
});

test('counts the bytes of the blocks of all layers', () => {
  const document = formatFor('x.gox').read!(model('layer_modes').bytes, 'layer_modes.gox');
  const blocks = document.layers.reduce((sum, { volume }) => sum + [...volume.blocks()].length, 0);
  assert.is(document.voxelBytes(), blocks * 16384);
});

function exchange({ entries }: Recording): void {
  for (const entry of entries.values()) entry.swap();
}

test('an edit that fails is taken back, and one can be undone and done again', () => {
  const read = () => formatFor('x.gox').read!(model('layer_modes').bytes, 'layer_modes.gox');
  const document = read();
  const clone = cloneOf(document);
  const recorder = new Recorder();
  document.record(recorder);
  const before = voxelLines(document.merged());
  const [first] = document.layers;
  const edit = () => {
    first!.volume.fillBox([0, 0, 0], [40, 40, 40], RED);
    first!.set({ name: 'other', mat: boxMatrix({ min: [0, 0, 0], max: [2, 2, 2] }) });
    clone.makePlain();
    document.removeLayer(document.layers[1]!.id);
    document.addLayer('new').volume.set(1, 1, 90, BLUE);
    document.set({ cameras: [], light: { ...document.light, pitch: 1 } });
    document.set({ box: boxMatrix({ min: [0, 0, 0], max: [1, 1, 1] }) });
    assert.is.not(voxelLines(document.merged()), before);
  };
  const isAsBefore = () => {
    assert.is(voxelLines(document.merged()), before);
    assert.is(clone.baseId, first!.id);
    assert.is(document.activeLayer, clone);
    const { materials, cameras, light, box } = read();
    assert.equal(document.materials, materials);
    assert.equal(document.cameras, cameras);
    assert.equal(document.light, light);
    assert.equal(document.box, box);
  };
  const failing = () => {
    edit();
    throw new Error('half way');
  };
  assert.throws(() => recorder.record(1e6, failing), 'half way');
  isAsBefore();
  let kept: Recording | undefined;
  recorder.record(1e6, edit, (recording) => {
    kept = recording;
  });
  const after = voxelLines(document.merged());
  exchange(kept!);
  isAsBefore();
  exchange(kept!);
  assert.is(voxelLines(document.merged()), after);
  assert.is(document.light.pitch, 1);
  exchange(kept!);
  isAsBefore();
});

test.run();
