/**
 * Edited documents survive a save: they load as they were, and Debian's Goxel 0.11 finds in them
 * the voxels, materials, camera and light that were put there. It knows no `mode`, and it is what
 * it writes as text, glTF and POV-Ray that is compared.
 *
 * Its command line adds a file to a new image, with one layer (of id 2) and one material in front,
 * and fits the image box to all voxels: so no clone here has layer 2 for its base, and a large
 * layer keeps shapes in the box.
 */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Document } from '../../engine/document/document.ts';
import type { ShapeKind } from '../../engine/document/layer.ts';
import { newCamera, newMaterial } from '../../engine/document/scene.ts';
import { encodePng } from '../../engine/image/png.ts';
import { boxMatrix } from '../../engine/volume/matrix.ts';
import { readAs, written } from '../support/documents.ts';
import { Goxel, sortedLines } from '../support/goxel.ts';
import { portrait } from '../support/portrait.ts';
import { SEED } from '../support/seed.ts';
import { randomNumbers, randomVolume } from '../support/volumes.ts';

const DOCUMENTS = 8;
const REACH = 60;
/** Goxel dies of a picture that is not there. */
const PICTURE = 'picture.png';
/** Goxel inverts the camera's matrix in float32. */
const CAMERA_ERROR = 1e-4;
const SHAPES: readonly ShapeKind[] = ['sphere', 'cube', 'cylinder'];

/** A document with something of everything, different for each number. */
function edited(number: number): Document {
  const random = randomNumbers(SEED + number);
  const integer = (end: number) => Math.floor(random() * end);
  const fraction = () => Math.fround(random());
  const document = Document.empty();
  const size = { min: [-REACH, -REACH, -REACH], max: [REACH, REACH, REACH] } as const;
  document.set({ box: boxMatrix(size) });
  addMaterials(document, 1 + integer(4), fraction);
  const frame = document.activeLayer.volume;
  for (const corner of [-REACH, REACH - 1]) frame.set(corner, corner, corner, 0xff11_2233);
  for (let i = 0, layers = 3 + integer(4); i < layers; i++) {
    const layer = document.addLayer(`Ebene ${i} – 层`);
    layer.set({ material: integer(document.materials.length) });
    layer.set({ volume: randomVolume(random, [255]) });
    layer.set({ visible: random() < 0.8 });
    layer.set({ mode: integer(8) });
    if (random() < 0.5) layer.set({ box: boxMatrix({ min: [-i, -2, -3], max: [4, 5 + i, 6] }) });
    layer.mat[12] = integer(9) - 4;
  }
  const base = document.activeLayer;
  const clone = document.addLayer('clone');
  clone.set({ baseId: base.id });
  clone.mat.set([0, 1, 0, 0, -1, 0, 0, 0, 0, 0, 1, 0, integer(20) - 10, integer(20) - 10, 3, 1]);
  const shape = document.addLayer('shape');
  const color = (0xff00_0000 | integer(0x100_0000)) >>> 0;
  shape.set({ shape: { kind: SHAPES[number % 3]!, color } });
  shape.set({ mat: boxMatrix({ min: [-9, -3 - integer(9), 2], max: [3, 7, 9 + integer(20)] }) });
  document.addLayer('picture').set({ imagePath: PICTURE });
  addScene(document, fraction);
  addStrangers(document);
  document.refresh();
  return document;
}

function addMaterials(document: Document, count: number, fraction: () => number): void {
  for (let i = 0; i < count; i++) {
    const material = newMaterial(`Material ${i} ü`);
    material.color.set([fraction(), fraction(), fraction(), fraction()]);
    const [metallic, roughness] = [fraction(), fraction()];
    if (i % 2 === 0) material.emission.set([fraction(), fraction(), fraction()]);
    document.addMaterial({ ...material, metallic, roughness });
  }
}

function addScene(document: Document, fraction: () => number): void {
  const light = {
    ...document.light,
    pitch: fraction(),
    yaw: Math.fround(fraction() * 3),
    intensity: Math.fround(fraction() * 2),
    ambient: fraction(),
    shadow: fraction(),
  };
  const camera = newCamera('from the side', document.box);
  camera.mat[12]! += fraction() * 40;
  const dist = Math.fround(20 + fraction() * 100);
  const first = { ...document.cameras[0]!, active: false };
  document.set({ light, cameras: [first, { ...camera, dist }] });
}

/** What no version knows: chunks, and keys in every dictionary. */
function addStrangers(document: Document): void {
  const extra = () => [{ key: 'strange', value: Uint8Array.of(1, 2, 3) }];
  for (const layer of document.layers) layer.set({ extra: extra() });
  const unknownChunks = ['', 'IMG ', 'BL16', 'MATE', 'LAYR', 'CAMR', 'LIGH'].map((after, i) => {
    return { type: `ZZ0${i}`, data: Uint8Array.of(9, i), after };
  });
  const stranger = <T extends object>(part: T) => ({ ...part, extra: extra() });
  document.set({
    boxExtra: extra(),
    light: stranger(document.light),
    materials: document.materials.map(stranger),
    cameras: document.cameras.map(stranger),
    unknownChunks,
  });
}

interface Gltf {
  readonly materials: {
    readonly name: string;
    readonly emissiveFactor?: number[];
    readonly pbrMetallicRoughness: {
      readonly metallicFactor: number;
      readonly roughnessFactor: number;
      readonly baseColorFactor?: number[];
    };
  }[];
  readonly nodes: { readonly children?: number[]; readonly mesh?: number }[];
  readonly meshes: { readonly primitives: { readonly material: number }[] }[];
}

const goxel = new Goxel();
goxel.add(PICTURE, () => encodePng({ width: 2, height: 1, rgba: new Uint8Array(8).fill(200) }));
const documents = Array.from({ length: DOCUMENTS }, (_, i) => edited(i));
for (const [i, document] of documents.entries()) {
  goxel.add(`${i}.gox`, () => written(document, 'gox'));
  for (const format of ['txt', 'gltf', 'povray']) goxel.convert(`${i}.gox`, `${i}.${format}`);
}
const textOf = (file: string) => goxel.result(file).toString('utf8');

/** Camera, light and macros of a scene for POV-Ray; its voxels come after them. */
const sceneOf = (text: string) => text.slice(text.indexOf('camera {'), text.indexOf('Vox(<'));
const withoutMatrix = (text: string) => sceneOf(text).replace(/matrix <[^>]*>/, '');
const matrixOf = (text: string) => /matrix <([^>]*)>/.exec(text)![1]!.split(', ').map(Number);

const test = suite('edited documents');

for (const [i, document] of documents.entries()) {
  test(`${i} loads as it was saved`, () => {
    const again = readAs('gox', written(document, 'gox'));
    assert.equal(portrait(again), portrait(document));
  });

  test(`${i} has our voxels in Goxel, clones and shapes among them`, () => {
    const ours = sortedLines(written(document, 'txt').toString('utf8'));
    assert.ok(ours.length > 0);
    assert.equal(sortedLines(textOf(`${i}.txt`)), ours);
  });

  test(`${i} has our materials in Goxel, each at its layers`, () => {
    const { materials, nodes, meshes } = JSON.parse(textOf(`${i}.gltf`)) as Gltf;
    const floats = (values: readonly number[]) => values.map(Math.fround);
    assert.equal(
      materials.slice(1, 1 + document.materials.length).map((material) => ({
        name: material.name,
        color: floats(material.pbrMetallicRoughness.baseColorFactor ?? [1, 1, 1, 1]),
        metallic: Math.fround(material.pbrMetallicRoughness.metallicFactor),
        roughness: Math.fround(material.pbrMetallicRoughness.roughnessFactor),
        emission: floats(material.emissiveFactor ?? [0, 0, 0]),
      })),
      document.materials.map(({ name, color, metallic, roughness, emission }) => ({
        name,
        color: [...color],
        metallic,
        roughness,
        emission: [...emission],
      })),
    );
    const used = nodes[0]!.children!.slice(1).map((layer) => {
      const numbers = (nodes[layer]!.children ?? []).flatMap((tile) =>
        meshes[nodes[tile]!.mesh!]!.primitives.map(({ material }) => material),
      );
      return [...new Set(numbers)];
    });
    // Clones and shapes have no voxels there yet.
    assert.equal(
      used,
      document.layers.map(({ volume, derived, material }) =>
        derived || volume.count() === 0 ? [] : [material],
      ),
    );
  });

  test(`${i} has our light and camera in Goxel`, () => {
    const ours = written(document, 'povray').toString('utf8');
    const goxels = textOf(`${i}.povray`);
    assert.is(withoutMatrix(goxels), withoutMatrix(ours));
    const [a, b] = [matrixOf(ours), matrixOf(goxels)];
    assert.is(b.length, 12);
    assert.ok(
      b.every((value, at) => Math.abs(value - a[at]!) < CAMERA_ERROR),
      `${a} is ${b} in Goxel`,
    );
  });
}

test.run();
