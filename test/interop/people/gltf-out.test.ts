/**
 * .gltf and .glb for the programs that people open them in: sound to Khronos' validator without a
 * hint, and to three.js and assimp the model that was written: a node a layer with its name, its
 * place and its material, hidden layers left out, glass seen through in both.
 */

import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Document } from '../../../engine/document/document.ts';
import { type Material, newMaterial } from '../../../engine/document/scene.ts';
import { type ExportOptions, formatFor } from '../../../engine/formats/index.ts';
import { Report } from '../../../engine/formats/report.ts';
import { identity } from '../../../engine/volume/matrix.ts';
import { assimpMeshes } from '../../support/assimp.ts';
import { model } from '../../support/fixtures.ts';
import { gltfIssues, gltfJsonOf } from '../../support/gltf-file.ts';
import { type ThreeMesh, threeMeshes } from '../../support/three-gltf.ts';

const FORMATS = ['gltf', 'glb'] as const;
const CASE = new URL('../../../../test/fixtures/cases/', import.meta.url);

function file(document: Document, format: string, options: ExportOptions = {}): Buffer {
  return Buffer.concat([...formatFor(`x.${format}`).write!(document, options)]);
}

const OPAQUE = 0xff00_0000;
/** Packed colours. */
const [RED, GREEN, BLUE] = [0xff00_00c8, 0xff00_c800, 0xffc8_0000];

/** A ground of two colours, a window of glass, a lamp that glows, and a layer not to be seen. */
function house(): Document {
  const document = Document.empty();
  const add = (name: string, changes: Partial<Material>) => {
    const material = document.addMaterial({ ...newMaterial(`of ${name}`), ...changes });
    const layer = document.addLayer(name);
    layer.set({ material });
    return layer;
  };
  const ground = document.activeLayer;
  ground.set({ name: 'ground floor' });
  ground.volume.fillBox([0, 0, 0], [4, 3, 1], GREEN);
  ground.volume.set(1, 1, 0, RED);
  const glass = add('glass', { color: Float32Array.of(1, 1, 1, 0.25), roughness: 0 });
  glass.volume.fillBox([0, 0, 1], [1, 3, 3], BLUE);
  const lamp = add('lamp', { emission: Float32Array.of(4, 2, 0), metallic: 1 });
  lamp.volume.set(2, 1, 5, (OPAQUE | 0xff_ffff) >>> 0);
  const hidden = add('not seen', {});
  hidden.volume.set(9, 9, 9, RED);
  hidden.set({ visible: false });
  return document;
}

const test = suite('gltf for people');

const VARIANTS: readonly ExportOptions[] = [
  {},
  { vertex_colors: true },
  { texture: 'none' },
  { materials: 'color' },
  { mesh: 'greedy' },
  { mesh: 'marching' },
  { mesh: 'smooth' },
  { mesh: 'greedy', materials: 'color' },
  { texture: 'baked' },
  { mesh: 'smooth', materials: 'color' },
  { up: 'z', scale: 0.1, pivot: 'center', hidden: true },
];

for (const options of VARIANTS) {
  test(`has no fault and no hint to Khronos' validator: ${JSON.stringify(options)}`, async () => {
    const models = ['alpha', 'colors300', 'empty', 'multi', 'names', 'two'];
    const documents = models.map((name) => formatFor('x.gox').read!(model(name).bytes, name));
    for (const [i, document] of [house(), ...documents].entries()) {
      for (const format of FORMATS) {
        const issues = await gltfIssues(file(document, format, options));
        assert.equal(issues, [], `${models[i - 1] ?? 'house'}.${format}`);
      }
    }
  });
}

/** The faces of a mesh by their corners, each with its colour. */
function facesOf({ corners }: ThreeMesh): Map<string, string> {
  const faces = new Map<string, string>();
  for (let i = 0; i < corners.length; i += 3) {
    const three = corners.slice(i, i + 3);
    const middle = [0, 1, 2].map((axis) => three.reduce((s, c) => s + c.position[axis]!, 0) / 3);
    const rgb = new Set(three.map((corner) => corner.rgb.join(' ')));
    faces.set(middle.map((value) => value.toFixed(3)).join(' '), [...rgb].join(' | '));
  }
  return faces;
}

function boxOf({ corners }: ThreeMesh): number[][] {
  const along = (axis: number) => corners.map(({ position }) => position[axis]!);
  return [0, 1, 2].map((axis) => [Math.min(...along(axis)), Math.max(...along(axis))]);
}

for (const format of FORMATS) {
  test(`three.js sees a .${format}'s layers, their names, places and colours`, async () => {
    const meshes = await threeMeshes(file(house(), format));
    assert.equal(
      meshes.map(({ name }) => name),
      ['ground floor', 'glass', 'lamp'],
    );
    const [ground, glass, lamp] = meshes as [ThreeMesh, ThreeMesh, ThreeMesh];
    // The project's x, z and -y.
    const box = [
      [0, 4],
      [0, 1],
      [-3, 0],
    ];
    assert.equal(boxOf(ground), box);
    const faces = facesOf(ground);
    assert.is(faces.size, 2 * (2 * 12 + 2 * 4 + 2 * 3));
    const red = [...faces].filter(([, rgb]) => rgb === '200 0 0');
    assert.is(red.length, 2 * 2, 'one voxel, above and below');
    assert.is([...faces].filter(([, rgb]) => rgb === '0 200 0').length, faces.size - red.length);
    assert.equal(new Set(facesOf(glass).values()), new Set(['0 0 200']));
    assert.equal(boxOf(lamp)[1], [5, 6]);
    for (const { corners } of meshes) {
      for (let i = 0; i < corners.length; i += 3) {
        const [a, b, c] = corners.slice(i, i + 3) as [Corner, Corner, Corner];
        assert.ok(
          dot(cross(minus(b, a), minus(c, a)), a.normal) > 0,
          'is wound as its normal says',
        );
      }
    }
  });

  test(`materials of a .${format} are glass, metal and light to three.js`, async () => {
    const [ground, glass, lamp] = (await threeMeshes(file(house(), format))).map(
      ({ material }) => material,
    ) as [Standard, Standard, Standard];
    assert.equal([ground.name, glass.name, lamp.name], ['Material.1', 'of glass', 'of lamp']);
    assert.equal([ground.transparent, glass.transparent, lamp.transparent], [false, true, false]);
    assert.is(glass.opacity, 0.25);
    assert.equal([glass.roughness, lamp.metalness], [0, 1]);
    assert.equal(lamp.emissive.toArray(), [1, 0.5, 0]);
    assert.is(lamp.emissiveIntensity, 4);
    assert.is(ground.map!.magFilter, NEAREST_FILTER);
  });

  test(`hidden layers are in a .${format} when they are asked for`, async () => {
    const names = async (options: ExportOptions) =>
      (await threeMeshes(file(house(), format, options))).map(({ name }) => name);
    assert.equal(await names({}), ['ground floor', 'glass', 'lamp']);
    assert.equal((await names({ hidden: true })).at(-1), 'not seen');
    const bytes = readFileSync(new URL('hidden-layers-exported/hid.gox', CASE));
    const document = formatFor('x.gox').read!(bytes, 'hid.gox');
    const { nodes } = gltfJsonOf(file(document, format));
    assert.equal(
      nodes.map(({ name }) => name),
      ['shown'],
    );
  });

  test(`assimp reads a .${format} the same`, async () => {
    const meshes = await assimpMeshes(`a.${format}`, file(house(), format));
    assert.equal(
      meshes.map(({ node, material }) => [node, material]),
      [
        ['ground floor', 'Material.1'],
        ['glass', 'of glass'],
        ['lamp', 'of lamp'],
      ],
    );
    assert.equal(
      [meshes[0]!.min, meshes[0]!.max],
      [
        [0, 0, -3],
        [4, 1, 0],
      ],
    );
    assert.is(meshes[2]!.faces, 12);
  });

  test(`a .${format} is read again as it was`, () => {
    const document = house();
    const again = formatFor('', format).read!(file(document, format), 'again', { solid: true });
    const volume = document.merged();
    assert.is(again.merged().count(), volume.count());
    for (const { x, y, z, data } of volume.blocks()) {
      for (const [i, rgba] of data.entries()) {
        if (rgba === 0) continue;
        const at = [x + (i & 15), y + ((i >> 4) & 15), z + (i >> 8)] as const;
        assert.is(again.merged().get(...at) & 0xff_ffff, rgba & 0xff_ffff);
      }
    }
  });
}

test('a layer is moved by its own pivot, and the file by what is asked', async () => {
  const document = house();
  const mat = identity();
  mat.set([2, 1, 5], 12);
  document.layers[2]!.set({ mat });
  const written = file(document, 'glb', { scale: 0.5 });
  const { nodes, meshes, accessors } = gltfJsonOf(written);
  assert.equal(nodes[0]!.translation, undefined);
  assert.equal(nodes[2]!.translation, [1, 2.5, -0.5]);
  const { min, max } = accessors[meshes[2]!.primitives[0]!.attributes.POSITION!]!;
  assert.equal(
    [min, max],
    [
      [0, 0, -0.5],
      [0.5, 0.5, 0],
    ],
  );
  const [, , lamp] = await threeMeshes(written);
  assert.equal(boxOf(lamp!), [
    [1, 1.5],
    [2.5, 3],
    [-1, -0.5],
  ]);

  const boxes = async (options: ExportOptions) =>
    (await threeMeshes(file(document, 'glb', options))).map(boxOf);
  const [ground, , high] = await boxes({ pivot: 'bottom' });
  assert.equal(ground, [
    [-2, 2],
    [0, 1],
    [-1.5, 1.5],
  ]);
  assert.equal(high![1], [5, 6]);
  const [centred] = await boxes({ pivot: 'center', scale: 2 });
  assert.equal(centred, [
    [-4, 4],
    [-6, -4],
    [-3, 3],
  ]);
  const [lying] = await boxes({ up: 'z', pivot: [1, 0, 0] });
  assert.equal(lying, [
    [-1, 3],
    [0, 3],
    [0, 1],
  ]);
});

test('a material for each colour, on request', async () => {
  const document = house();
  const meshes = await threeMeshes(file(document, 'glb', { materials: 'color' }));
  const looks = meshes.map(({ name, material, corners }) => [
    name,
    material.name,
    corners.length / 3,
  ]);
  assert.equal(looks, [
    ['ground floor', 'Material.1 #00c800', 72],
    ['ground floor', 'Material.1 #c80000', 4],
    ['glass', 'of glass #0000c8', 2 * (2 * 6 + 2 * 2 + 2 * 3)],
    ['lamp', 'of lamp #ffffff', 12],
  ]);
  assert.equal(new Set(facesOf(meshes[1]!).values()), new Set(['200 0 0']));
  const { images, materials } = gltfJsonOf(file(document, 'glb', { materials: 'color' }));
  assert.is(images, undefined);
  assert.is(materials[2]!.alphaMode, 'BLEND');

  const many = Document.empty();
  for (let i = 0; i <= 4096; i++) many.activeLayer.volume.set(i, 0, 0, (OPAQUE | i) >>> 0);
  assert.throws(() => file(many, 'glb', { materials: 'color' }), /4096 materials.*4097 colours/);
});

test('a baked texture joins faces of many colours, each in its place', async () => {
  const document = formatFor('x.gox').read!(model('colors300').bytes, 'colors300');
  const [palette, baked] = (['palette', 'baked'] as const).map((texture) =>
    file(document, 'glb', { mesh: 'greedy', texture }),
  ) as [Buffer, Buffer];
  const triangles = async (bytes: Buffer) => (await threeMeshes(bytes))[0]!.corners.length / 3;
  assert.ok((await triangles(baked)) < (await triangles(palette)) / 4);
  const read = (bytes: Buffer) =>
    formatFor('x.glb').read!(bytes, 'x.glb', { solid: true }).merged();
  const [one, other] = [document.merged(), read(baked)];
  assert.is(one.count(), other.count());
  for (const { x, y, z, data } of one.blocks()) {
    for (const [i, rgba] of data.entries()) {
      assert.is(other.get(x + (i & 15), y + ((i >> 4) & 15), z + (i >> 8)), rgba);
    }
  }
});

test('options that mean nothing together are told', () => {
  const told = (options: ExportOptions) => {
    const report = new Report();
    file(house(), 'glb', { ...options, report });
    return report.warnings().map(({ code }) => code);
  };
  const unused = ['WARN_OPTION_UNUSED'];
  assert.equal(told({ texture: 'baked', mesh: 'marching' }), unused);
  assert.equal(told({ texture: 'palette', mesh: 'smooth' }), unused);
  assert.equal(told({ texture: 'palette', vertex_colors: true }), unused);
  assert.equal(told({ texture: 'baked', materials: 'color' }), unused);
  assert.equal(told({ texture: 'baked', mesh: 'greedy' }), []);
  assert.equal(told({ texture: 'none', materials: 'color' }), []);
});

test('where layers overlap, only what is seen is written', async () => {
  const document = house();
  const lid = document.addLayer('lid');
  lid.volume.fillBox([0, 0, 0], [2, 1, 1], BLUE);
  const meshes = await threeMeshes(file(document, 'glb'));
  const ground = facesOf(meshes[0]!);
  const above = (faces: Map<string, string>) =>
    [...faces.keys()].filter((face) => face.split(' ')[1] === '1.000').length;
  assert.equal([above(ground), above(facesOf(meshes[3]!))], [2 * 10, 2 * 2]);
});

test('indices take 16 bits as long as they can', () => {
  const document = Document.empty();
  const { volume } = document.activeLayer;
  const checkers = (count: number) => {
    for (let i = 0; i < count; i++) volume.set((i % 64) * 2, Math.floor(i / 64) * 2, 0, RED);
    const { accessors } = gltfJsonOf(file(document, 'glb'));
    return [accessors[0]!.count, accessors[3]!.componentType];
  };
  assert.equal(checkers(2730), [2730 * 24, 5123]);
  assert.equal(checkers(2731), [2731 * 24, 5125]);
});

type Corner = ThreeMesh['corners'][number];
type Standard = ThreeMesh['material'];
const NEAREST_FILTER = 1003;

function minus(a: Corner, b: Corner): number[] {
  return a.position.map((value, axis) => value - b.position[axis]!);
}

function cross([ax, ay, az]: number[], [bx, by, bz]: number[]): number[] {
  return [ay! * bz! - az! * by!, az! * bx! - ax! * bz!, ax! * by! - ay! * bx!];
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

test.run();
