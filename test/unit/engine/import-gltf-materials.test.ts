/** What glTF materials are besides colours, and which nodes are seen. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readGltf } from '../../../engine/formats/gltf/import-gltf.ts';
import { Report } from '../../../engine/formats/report.ts';
import { encodePng } from '../../../engine/image/png.ts';
import { FLOAT, type Json } from '../../support/gltf-maker.ts';
import { PIXELS, read, square, textured, told, UV } from '../../support/gltf-square.ts';

/** The materials of the layers of a square of a material. */
function layersOf(material: Json) {
  const maker = square(() => ({ material }));
  const document = readGltf(maker.gltf(), 'a.gltf');
  return document.layers.map(({ material: place }) => document.materials[place]!);
}

const rounded = (numbers: ArrayLike<number>) =>
  Array.from(numbers, (n) => Math.round(n * 100) / 100);

const test = suite('materials of gltf');

test('what shines is a layer with a material that does', () => {
  const strength = { KHR_materials_emissive_strength: { emissiveStrength: 3 } };
  const base = { pbrMetallicRoughness: { baseColorFactor: [1, 1, 1, 1], roughnessFactor: 0.25 } };
  const [lamp] = layersOf({
    name: 'lamp',
    ...base,
    emissiveFactor: [1, 0.5, 0],
    extensions: strength,
  });
  assert.is(lamp!.name, 'lamp');
  assert.equal(rounded(lamp!.emission), [3, 1.5, 0]);
  assert.is(lamp!.roughness, 0.25);
  assert.is(lamp!.color[3], 1);
  const [plain] = layersOf(base);
  assert.equal(rounded(plain!.emission), [0, 0, 0]);
});

test('what only shines has the colour of its light', () => {
  const pbrMetallicRoughness = { baseColorFactor: [0, 0, 0, 1] };
  const maker = square(() => ({ material: { pbrMetallicRoughness, emissiveFactor: [0, 1, 0] } }));
  assert.is(read(maker).get(4, 0, 4), 0xff00_ff00);
});

test('light of a picture is in the colours, and is light where it is all over', () => {
  const lit = (rgba: number[], factor = [1, 1, 1, 1], more: Json = {}) => {
    const image = encodePng({ width: 2, height: 1, rgba: Uint8Array.from(rgba) });
    return textured(UV, {
      image,
      material: {
        pbrMetallicRoughness: { baseColorFactor: factor, ...more },
        ...{ emissiveFactor: [1, 1, 1], emissiveTexture: { index: 0 } },
      },
    });
  };
  const half = lit([0, 255, 0, 255, 0, 0, 0, 255], [0, 0, 1, 1]);
  assert.is(read(half).get(2, 0, 4), 0xffff_ff00);
  assert.is(read(half).get(6, 0, 4), 0xffff_0000);
  assert.equal(told(half), ['WARN_MATERIALS_LOST']);
  const screen = lit([0, 255, 0, 255, 0, 255, 0, 255], [0, 0, 0, 1]);
  assert.is(read(screen).get(4, 0, 4), 0xff00_ff00);
  assert.equal(told(screen), []);
  const { layers, materials } = readGltf(screen.gltf(), 'a.gltf');
  assert.equal(rounded(materials[layers[0]!.material]!.emission), [0, 1, 0]);
  const both = lit([0, 255, 0, 255, 0, 0, 255, 255], [1, 0, 0, 1], {
    baseColorTexture: { index: 0 },
  });
  assert.is(read(both).get(2, 0, 4), 0xff00_ff00);
  const apart = lit([255, 0, 0, 255, 0, 0, 0, 255], [1, 1, 1, 1], {
    baseColorTexture: { index: 0, texCoord: 1 },
  });
  assert.ok(told(apart).includes('WARN_MATERIALS_LOST'));
});

test('glass lets light through, and is seen', () => {
  const glass = (factor: number) => ({
    KHR_materials_transmission: { transmissionFactor: factor },
  });
  const volume = { KHR_materials_volume: { attenuationColor: [0, 1, 0] } };
  assert.equal(rounded(layersOf({ extensions: glass(0.5) })[0]!.color), [1, 1, 1, 0.5]);
  assert.equal(rounded(layersOf({ extensions: glass(1) })[0]!.color), [1, 1, 1, 0.2]);
  const maker = square(() => ({ material: { extensions: { ...glass(1), ...volume } } }));
  assert.is(read(maker).get(4, 0, 4), 0xff00_ff00);
  const pbrMetallicRoughness = { baseColorFactor: [0, 1, 0, 0.3] };
  const veil = { alphaMode: 'BLEND', pbrMetallicRoughness };
  assert.equal(rounded(layersOf(veil)[0]!.color), [1, 1, 1, 0.3]);
  assert.is(read(square(() => ({ material: veil }))).get(4, 0, 4), 0xff00_ff00);
  assert.equal(rounded(layersOf({ ...veil, alphaMode: 'OPAQUE' })[0]!.color), [1, 1, 1, 1]);
});

test('nodes are layers with their names', () => {
  const maker = square();
  maker.json.nodes = [
    { mesh: 0, name: 'a' },
    { mesh: 0, name: 'b', translation: [0, 0, 5] },
    { mesh: 0, name: 'a', translation: [0, 0, 9] },
  ];
  const { layers } = readGltf(maker.gltf(), 'a.gltf');
  const found = layers.map(({ name, volume }) => `${name} ${volume.count()}`);
  assert.equal(found, ['a 81', 'b 81', 'a 81']);
});

test('a model of vertices that are transparent, in an opaque material, is seen', () => {
  const maker = square((m) => {
    const COLOR_0 = m.accessor(
      FLOAT,
      4,
      [0, 1, 2, 3].flatMap(() => [1, 0, 0, 0]),
    );
    return { attributes: { COLOR_0 } };
  });
  assert.is(read(maker).get(4, 0, 4), 0xff00_00ff);
});

test('other kinds of pictures, and what stands in for them', () => {
  const other = (extensions: Json, images: Json[]) => {
    const maker = textured(UV);
    const [image] = maker.json.images as [Json];
    maker.json.images = [...images, image];
    maker.json.textures = [{ source: images.length, extensions }];
    return maker;
  };
  const basisu = other({ KHR_texture_basisu: { source: 0 } }, [{ uri: 'a.ktx2' }]);
  assert.equal(told(basisu), []);
  const webp = other({ EXT_texture_webp: { source: 0 } }, [{ uri: 'a.webp' }]);
  assert.equal(told(webp), ['WARN_TEXTURE_MISSING']);
  assert.is.not(read(webp).get(1, 0, 1), 0xffff_ffff);
  const alone = other({ KHR_texture_basisu: { source: 0 } }, [
    { uri: `data:image/ktx2;base64,${Buffer.from('\xabKTX 20\xbb', 'latin1').toString('base64')}` },
  ]);
  alone.json.textures = [{ extensions: { KHR_texture_basisu: { source: 0 } } }];
  alone.json.extensionsRequired = ['KHR_texture_basisu'];
  assert.equal(told(alone), ['WARN_TEXTURE_UNREADABLE']);
  assert.is(read(alone).count(), 81);
  assert.ok(PIXELS.length > 0);
});

test('EXT_mesh_gpu_instancing places a mesh many times', () => {
  const maker = square();
  const TRANSLATION = maker.accessor(FLOAT, 3, [0, 0, 0, 0, 0, 5, 0, 0, 9]);
  const SCALE = maker.accessor(FLOAT, 3, [1, 1, 1, 1, 1, 1, 2, 1, 1]);
  const extensions = { EXT_mesh_gpu_instancing: { attributes: { TRANSLATION, SCALE } } };
  maker.json.nodes = [{ mesh: 0, extensions }];
  assert.is(read(maker).count(), 81 + 81 + 17 * 9);
});

test('what is not visible is a hidden layer, and takes no voxels from what is', () => {
  const unseen = { extensions: { KHR_node_visibility: { visible: false } } };
  for (const hidden of [unseen, { extras: { visible: false } }]) {
    const maker = square();
    maker.json.nodes = [{ mesh: 0 }, { children: [2], ...hidden }, { mesh: 0, name: 'x' }];
    maker.json.scenes = [{ nodes: [0, 1] }];
    const { layers } = readGltf(maker.gltf(), 'a.gltf');
    assert.equal(
      layers.map(({ name, visible, volume }) => [name, visible, volume.count()]),
      [
        ['Layer.1', true, 81],
        ['x', false, 81],
      ],
    );
  }
});

test('meshes that stand nowhere are told, and read where nothing else is', () => {
  const maker = square();
  maker.json.nodes = [{ mesh: 0 }];
  const meshes = maker.json.meshes as Json[];
  meshes.push(meshes[0]!);
  assert.equal(told(maker), ['WARN_UNPLACED']);
  assert.is(read(maker).count(), 81);
  maker.json.nodes = [{ name: 'nothing' }];
  assert.equal(told(maker), ['WARN_UNPLACED']);
  assert.is(read(maker).count(), 81);
});

test('cameras, lights and variants are told to be left out', () => {
  const maker = square();
  maker.json.cameras = [{}, {}];
  maker.json.extensions = {
    KHR_lights_punctual: { lights: [{}] },
    KHR_materials_variants: { variants: [{}, {}, {}] },
  };
  const report = new Report();
  read(maker, { report });
  assert.equal(
    report.warnings().map(({ code, count }) => `${code} ${count}`),
    ['WARN_CAMERAS_LOST 2', 'WARN_MATERIALS_LOST 1', 'WARN_MATERIALS_LOST 3'],
  );
});

test('a material that would not be seen is opaque, beside others too', () => {
  const colored = (baseColorFactor: number[], more: Json) =>
    square(() => ({ material: { pbrMetallicRoughness: { baseColorFactor }, ...more } }));
  const blend = colored([0, 1, 0, 0], { alphaMode: 'BLEND' });
  const [mesh] = blend.json.meshes as [{ primitives: Json[] }];
  mesh.primitives.push({ ...mesh.primitives[0], material: undefined });
  (blend.json.meshes as Json[]).push({ primitives: [mesh.primitives.pop()!] });
  blend.json.nodes = [{ mesh: 0 }, { mesh: 1, translation: [0, 0, 9] }];
  assert.is(read(blend).get(4, 0, 4), 0xff00_ff00);
  assert.equal(told(blend), ['WARN_OPACITY']);
  assert.is(read(blend, { like: 'goxel' }).count(), 81);
  const cut = colored([0, 1, 0, 0.25], { alphaMode: 'MASK' });
  assert.is(read(cut).get(4, 0, 4), 0xff00_ff00);
  assert.equal(told(cut), ['WARN_OPACITY']);
});

test('other scenes and animations are left out', () => {
  const maker = square();
  maker.json.nodes = [{ mesh: 0 }, { children: [2] }, { mesh: 0, name: 'x' }];
  maker.json.scenes = [{ nodes: [0] }, { nodes: [1] }];
  maker.json.animations = [{}];
  assert.is(read(maker).count(), 81);
  assert.equal(told(maker), ['WARN_SCENES_LEFT_OUT', 'WARN_FRAMES_LEFT_OUT']);
  const report = new Report();
  readGltf(maker.gltf(), 'a.gltf', { report });
  assert.equal(
    report.warnings().map(({ count }) => count),
    [1, 1],
  );
});

test.run();
