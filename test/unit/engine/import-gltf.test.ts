/** Reading .gltf and .glb files. */

import { encode } from 'jpeg-js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readGltf } from '../../../engine/formats/gltf/import-gltf.ts';
import { formatFor } from '../../../engine/formats/index.ts';
import { models, voxelLines } from '../../support/fixtures.ts';
import {
  BYTE,
  FLOAT,
  type GltfMaker,
  type Json,
  packed,
  SHORT,
  UBYTE,
  UINT,
  USHORT,
} from '../../support/gltf-maker.ts';
import {
  PIXELS,
  PLAIN,
  read,
  SQUARE,
  square,
  TWO,
  textured,
  told,
  UV,
} from '../../support/gltf-square.ts';
import { assertRefused, assertSameOutside, shown } from '../../support/mesh-shapes.ts';

const test = suite('reading gltf');

// A texture of more than 256 colours, or with alpha, is one that Goxel itself looks up wrongly;
// with hidden layers a file holds more than is seen.
const WRONG_COLORS = ['alpha', 'boundary_box', 'colors300', 'filters'];
const MORE_LAYERS = ['multi'];

for (const fixture of models()) {
  for (const suffix of ['.gltf', '.vcolor.gltf']) {
    const bytes = fixture.gui(suffix);
    const wrong = suffix === '.gltf' && WRONG_COLORS.includes(fixture.name);
    if (bytes === undefined || wrong || MORE_LAYERS.includes(fixture.name)) continue;
    test(`what Goxel exports of ${fixture.title} as ${suffix} is the same voxels, filled`, () => {
      const document = formatFor('a.gox').read!(fixture.bytes, fixture.name);
      const found = readGltf(bytes, suffix, { solid: true });
      assertSameOutside(shown(found.merged()), shown(document.merged()));
    });
  }
}

test('a .glb holds what the .gltf does', () => {
  assert.is(PLAIN.split('\n').length, 82);
  assert.is(PLAIN.split('\n')[0], '0 0 0 ffffffff');
  assert.is(voxelLines(readGltf(square().glb(), 'a.glb').merged()), PLAIN);
});

test('buffers may be other files, when the caller has them', () => {
  const maker = square();
  const bytes = maker.text({ buffers: [{ byteLength: maker.bin.length, uri: 'a%20b.bin' }] });
  const resolve = (name: string) => (name === 'a b.bin' ? maker.bin : undefined);
  assert.is(voxelLines(readGltf(bytes, 'a.gltf', { resolve }).merged()), PLAIN);
  assertRefused(() => readGltf(bytes, 'a.gltf'), 'GOX_FILE', /a%20b.bin/);
});

test('corners are taken one after another, or by numbers of 1, 2 or 4 bytes', () => {
  for (const type of [UBYTE, USHORT, UINT]) {
    const maker = square((m) => ({ indices: m.accessor(type, 1, TWO) }));
    assert.is(voxelLines(read(maker)), PLAIN);
  }
  const soup = TWO.flatMap((corner) => SQUARE.slice(corner * 3, corner * 3 + 3));
  const maker = square((m) => ({ positions: m.accessor(FLOAT, 3, soup), indices: undefined }));
  assert.is(voxelLines(read(maker)), PLAIN);
});

test('strips and fans are triangles; points, and lines of every kind, are voxels', () => {
  const count = (mode: number, order: number[]) =>
    read(square((m) => ({ mode, indices: m.accessor(UBYTE, 1, order) }))).count();
  assert.is(count(5, [0, 1, 3, 2]), 81);
  assert.is(count(6, [0, 1, 2, 3]), 81);
  assert.is(count(0, TWO), 4);
  assert.is(count(1, [0, 1, 2, 3]), 18);
  assert.is(count(2, [0, 1, 2, 3]), 32);
  assert.is(count(3, [0, 1, 2, 3]), 25);
});

test('the triangles of a strip all face the same way', () => {
  // A prism without ends along z: filled only when its sides agree.
  const points = [0, 0, 0, 0, 0, 9, 6, 0, 0, 6, 0, 9, 3, 6, 0, 3, 6, 9, 0, 0, 0, 0, 0, 9];
  const strip = square((m) => ({
    positions: m.accessor(FLOAT, 3, points),
    indices: undefined,
    mode: 5,
  }));
  const triangles = square((m) => ({
    positions: m.accessor(FLOAT, 3, points),
    indices: m.accessor(UBYTE, 1, [0, 1, 2, 2, 1, 3, 2, 3, 4, 4, 3, 5, 4, 5, 6, 6, 5, 7]),
  }));
  const filled = voxelLines(read(strip, { solid: true }));
  assert.ok(filled.split('\n').length > 100);
  assert.is(filled, voxelLines(read(triangles, { solid: true })));
});

test('positions may be strided, whole or normalised numbers', () => {
  const strided = square((m) => {
    const values = [0, 1, 2, 3].flatMap((i) => [7, ...SQUARE.slice(i * 3, i * 3 + 3), 7]);
    const bufferView = m.view(packed(FLOAT, values), { byteStride: 20 });
    const accessor = { bufferView, byteOffset: 4, componentType: FLOAT, count: 4, type: 'VEC3' };
    m.json.accessors.push(accessor);
    return { positions: m.json.accessors.length - 1 };
  });
  assert.is(voxelLines(read(strided)), PLAIN);
  const whole = square((m) => ({ positions: m.accessor(SHORT, 3, SQUARE) }));
  whole.json.extensionsRequired = ['KHR_mesh_quantization'];
  assert.is(voxelLines(read(whole)), PLAIN);
  const normalised = square((m) => ({
    positions: m.accessor(
      BYTE,
      3,
      SQUARE.map((value) => (value * 127) / 8),
      { normalized: true },
    ),
  }));
  normalised.json.nodes = [{ mesh: 0, scale: [8, 8, 8] }];
  assert.is(voxelLines(read(normalised)), PLAIN);
});

test('sparse accessors replace numbers, and zeros where there are none', () => {
  const maker = square((m) => {
    const indices = { bufferView: m.view(packed(USHORT, [1, 2, 3])), componentType: USHORT };
    const values = { bufferView: m.view(packed(FLOAT, SQUARE.slice(3))) };
    const sparse = { count: 3, indices, values };
    m.json.accessors.push({ componentType: FLOAT, count: 4, type: 'VEC3', sparse });
    return { positions: 0 };
  });
  assert.is(voxelLines(read(maker)), PLAIN);
});

test('nodes are placed by matrices or by scale, rotation and translation, down the tree', () => {
  const maker = square();
  const half = Math.SQRT1_2;
  maker.json.nodes = [
    { children: [1, 2], translation: [100, 0, 0] },
    { mesh: 0, scale: [2, 1, 1], rotation: [0, half, 0, half], translation: [0, 5, 0] },
    { children: [3] },
    { mesh: 0, matrix: [1, 0, 0, 0, 0, 0, 1, 0, 0, -1, 0, 0, 0, 50, 0, 1] },
  ];
  const volume = read(maker);
  // Turned about Y by 90 degrees x becomes -z, which is y of the volume.
  assert.is(volume.count(), 17 * 9 + 81);
  assert.is.not(volume.get(100, 0, 5), 0);
  assert.is.not(volume.get(100, 16, 13), 0);
  assert.is.not(volume.get(108, -8, 50), 0);
});

test('only the scene to be shown is read', () => {
  const maker = square();
  maker.json.nodes = [{ mesh: 0 }, { mesh: 0, translation: [0, 0, 5] }];
  assert.is(read(maker).count(), 162);
  maker.json.scenes = [{ nodes: [0, 1] }, { nodes: [0] }];
  maker.json.scene = 1;
  assert.is(voxelLines(read(maker)), PLAIN);
});

test('vertex colours are linear light, times the factor of the material', () => {
  const color = (type: number, width: number, rgba: number[], material?: Json) =>
    read(
      square((m) => {
        const values = [0, 1, 2, 3].flatMap(() => rgba.slice(0, width));
        const COLOR_0 = m.accessor(type, width, values, { normalized: type !== FLOAT });
        return { attributes: { COLOR_0 }, ...(material && { material }) };
      }),
    ).get(3, 0, 3);
  assert.is(color(FLOAT, 3, [1, 0, 0.5]), 0xffbc_00ff);
  // A material that is opaque, as those that say nothing are, makes nothing of it.
  assert.is(color(FLOAT, 4, [1, 0, 0.5, 0.5]), 0xffbc_00ff);
  assert.is(color(FLOAT, 4, [1, 0, 0.5, 0.5], { alphaMode: 'BLEND' }), 0x80bc_00ff);
  assert.is(color(UBYTE, 4, [255, 0, 0, 255]), 0xff00_00ff);
  assert.is(color(USHORT, 4, [0, 65535, 0, 65535]), 0xff00_ff00);
  const pbrMetallicRoughness = { baseColorFactor: [0.5, 1, 1, 0.25] };
  assert.is(color(FLOAT, 3, [1, 0, 0.5], { pbrMetallicRoughness }), 0xffbc_00bc);
  const blend = { alphaMode: 'BLEND', pbrMetallicRoughness };
  // That is the layer's, and the voxels are opaque.
  assert.is(color(FLOAT, 3, [1, 0, 0.5], blend), 0xffbc_00bc);
  const mask = { alphaMode: 'MASK', alphaCutoff: 0.3, pbrMetallicRoughness };
  // Nothing else would be left.
  assert.is(color(FLOAT, 3, [1, 0, 0.5], mask), 0xffbc_00bc);
  assert.is(color(FLOAT, 3, [1, 0, 0.5], { ...mask, alphaCutoff: 0.2 }), 0xffbc_00bc);
});

/** The colours near the four corners: lower left, lower right, upper left, upper right. */
function corners(maker: GltfMaker): string[] {
  const volume = read(maker);
  const at = (x: number, z: number) => volume.get(x, 0, z).toString(16);
  return [at(1, 1), at(7, 1), at(1, 7), at(7, 7)];
}

const [RED, GREEN, BLUE, GREY] = ['ff0000ff', 'ff00ff00', 'ffff0000', 'ff090909'];

test('textures are laid by their coordinates', () => {
  assert.equal(corners(textured(UV)), [BLUE, GREY, RED, GREEN]);
  const uri = `data:image/png;base64,${Buffer.from(PIXELS).toString('base64')}`;
  const embedded = textured(UV);
  embedded.json.images = [{ uri }];
  assert.equal(corners(embedded), [BLUE, GREY, RED, GREEN]);
  const missing = textured(UV);
  missing.json.images = [{ uri: 'not there.png' }];
  assert.is(read(missing).get(1, 0, 1), 0xffff_ffff);
  assert.equal(told(missing), ['WARN_TEXTURE_MISSING']);
});

test('textures repeat, end or turn beyond their edge', () => {
  const beyond = UV.map((value) => value + 1);
  const wraps = (mode?: number) =>
    corners(textured(beyond, mode === undefined ? {} : { sampler: { wrapS: mode, wrapT: mode } }));
  assert.equal(wraps(), [BLUE, GREY, RED, GREEN]);
  assert.equal(wraps(10497), [BLUE, GREY, RED, GREEN]);
  assert.equal(wraps(33071), [GREY, GREY, GREY, GREY]);
  assert.equal(wraps(33648), [GREEN, RED, GREY, BLUE]);
  const before = UV.map((value) => value - 1);
  assert.equal(corners(textured(before)), [BLUE, GREY, RED, GREEN]);
});

test('KHR_texture_transform moves them', () => {
  const moved = (transform: Json) =>
    corners(textured(UV, { info: { extensions: { KHR_texture_transform: transform } } }));
  assert.equal(moved({ offset: [0.5, 0] }), [GREY, BLUE, GREEN, RED]);
  assert.equal(moved({ scale: [0.5, 0.5] }), [RED, RED, RED, RED]);
  assert.equal(moved({ rotation: Math.PI / 2 }), [GREY, GREEN, BLUE, RED]);
});

test('the alpha of a texture counts as the material says', () => {
  const grey = (material: Json) => read(textured(UV, { material })).get(7, 0, 1);
  assert.is(grey({}), 0xff09_0909);
  assert.is(grey({ alphaMode: 'BLEND' }), 0x6409_0909);
  assert.is(grey({ alphaMode: 'MASK' }), 0);
  assert.is(grey({ alphaMode: 'MASK', alphaCutoff: 0.3 }), 0xff09_0909);
});

test('a texture is multiplied with factors and vertex colours in linear light', () => {
  const maker = textured(UV);
  const [material] = maker.json.materials as [{ pbrMetallicRoughness: Json }];
  material.pbrMetallicRoughness.baseColorFactor = [0.5, 0.5, 0.5, 1];
  assert.equal(corners(maker), ['ffbc0000', 'ff050505', 'ff0000bc', 'ff00bc00']);
});

test('JPEG textures are read', () => {
  const data = Buffer.alloc(16 * 16 * 4).fill(Buffer.of(200, 100, 50, 255));
  const image = encode({ width: 16, height: 16, data }, 95).data;
  const found = read(textured(UV, { image })).get(3, 0, 3);
  const near = (shift: number, value: number) => Math.abs(((found >>> shift) & 255) - value) < 6;
  assert.ok(near(0, 200) && near(8, 100) && near(16, 50), found.toString(16));
  const cut = image.subarray(0, image.length >> 1);
  assert.equal(told(textured(UV, { image: cut })), ['WARN_TEXTURE_UNREADABLE']);
});

test.run();
