/** What is written as glTF comes back as it was: layers, places, colours and materials. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Document } from '../../../engine/document/document.ts';
import { newMaterial } from '../../../engine/document/scene.ts';
import type { ExportOptions } from '../../../engine/formats/format.ts';
import { formatFor } from '../../../engine/formats/index.ts';
import { identity } from '../../../engine/volume/matrix.ts';
import { Volume } from '../../../engine/volume/volume.ts';
import { Random } from '../../fuzz/random.ts';
import { assertSameOutside } from '../../support/mesh-shapes.ts';
import { SEED } from '../../support/seed.ts';

/** Layers that touch, of random holes and colours, with materials, a pivot and one name twice. */
function project(random: Random): Document {
  const document = Document.empty();
  document.set({
    materials: [
      { ...newMaterial('glass'), color: Float32Array.of(0.5, 1, 1, 0.25), roughness: 0.125 },
      { ...newMaterial('lamp'), emission: Float32Array.of(2, 1, 0), metallic: 1 },
      newMaterial('plain'),
    ],
  });
  for (const [i, name] of ['base', 'arm', 'arm', 'unseen'].entries()) {
    const layer = i === 0 ? document.activeLayer : document.addLayer(name);
    const volume = new Volume();
    for (let n = 0; n < 60; n++) {
      const [x, y, z] = [i * 4 + random.below(4), random.below(6) - 3, random.below(6)];
      volume.set(x, y, z, (random.below(0x100_0000) | 0xff00_0000) >>> 0);
    }
    const mat = identity();
    if (i === 1) mat.set([10, -2, 1], 12);
    layer.set({ name, volume, mat, material: Math.min(i, 2), visible: name !== 'unseen' });
  }
  return document;
}

function factsOf(document: Document): unknown[] {
  return document.layers.map(({ name, visible, mat, material: place }) => {
    const { name: called, color, emission, metallic, roughness } = document.materials[place]!;
    const material = { called, metallic, roughness, color: [...color], emission: [...emission] };
    return { name, visible, mat: [...mat], material };
  });
}

/** Enough that a voxel with no free side, or a hole, is among them in most runs. */
const DOCUMENTS = 20;

const WAYS: readonly [string, ExportOptions][] = [
  ['glb', {}],
  ['gltf', { scale: 0.1 }],
  ['glb', { mesh: 'greedy' }],
  ['gltf', { vertex_colors: true, scale: 2 }],
];

const test = suite('gltf read back');

for (const [extension, how] of WAYS) {
  test(`layers, places, colours, materials: ${extension} ${JSON.stringify(how)}`, () => {
    const random = new Random(SEED);
    for (let n = 0; n < DOCUMENTS; n++) assertComesBack(project(random), extension, how);
  });
}

function assertComesBack(document: Document, extension: string, how: ExportOptions): void {
  const format = formatFor(`a.${extension}`);
  const bytes = Buffer.concat([...format.write!(document, { ...how, hidden: true })]);
  const sized = () => {};
  const read = format.read!(bytes, 'a', { sized });
  assert.equal(factsOf(read), factsOf(document));
  for (const [i, { volume }] of document.layers.entries()) {
    assertSameOutside(read.layers[i]!.volume, volume);
  }
  // Whoever asks for a surface, or for a size, gets it.
  const { layers } = format.read!(bytes, 'a', { sized, solid: false });
  assert.ok(layers[0]!.volume.count() > document.layers[0]!.volume.count());
}

test.run();
