/** How a .gltf and a .glb are laid out, and what is refused before anything is written. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Document } from '../../../engine/document/document.ts';
import { newMaterial } from '../../../engine/document/scene.ts';
import { base64Pieces } from '../../../engine/formats/base64.ts';
import { GltfFile } from '../../../engine/formats/gltf/gltf-json.ts';
import { Limit } from '../../../engine/formats/gltf/gltf-limit.ts';
import { sceneOf } from '../../../engine/formats/gltf/gltf-scene.ts';
import { type ExportOptions, formatFor } from '../../../engine/formats/index.ts';
import { Report } from '../../../engine/formats/report.ts';
import { identity } from '../../../engine/volume/matrix.ts';
import { model } from '../../support/fixtures.ts';
import { gltfIssues, gltfJsonOf } from '../../support/gltf-file.ts';
import { sameVoxels } from '../../support/same-voxels.ts';
import { SEED } from '../../support/seed.ts';
import { randomNumbers } from '../../support/volumes.ts';

function exported(document: Document, extension: string, options: ExportOptions = {}): Buffer {
  return Buffer.concat([...formatFor(`x.${extension}`).write!(document, options)]);
}

function opened(name: string): Document {
  return formatFor('x.gox').read!(model(name).bytes, name);
}

const test = suite('gltf');

test('a .glb has the bytes and the JSON of the .gltf', () => {
  for (const mesh of ['blocks', 'greedy'] as const) {
    const document = opened('multi');
    const text = gltfJsonOf(exported(document, 'gltf', { mesh }));
    const file = exported(document, 'glb', { mesh });
    assert.is(file.readUInt32LE(8), file.length);
    const json = gltfJsonOf(file);
    const binary = file.subarray(28 + file.readUInt32LE(12));
    assert.is(file.readUInt32LE(20 + file.readUInt32LE(12)), binary.length);
    assert.is(json.buffers[0]!.byteLength, binary.length);
    const { uri } = text.buffers[0]!;
    assert.ok(Buffer.from(uri!.slice(uri!.indexOf(',') + 1), 'base64').equals(binary));
    assert.equal({ ...text, buffers: [] }, { ...json, buffers: [] });
  }
});

test('vertices are shared within a block, and no mesh is larger than it has to be', () => {
  const document = Document.empty();
  const { volume } = document.activeLayer;
  volume.fillBox([0, 0, 0], [16, 16, 1], 0xff01_0203);
  const { accessors, meshes } = gltfJsonOf(exported(document, 'glb'));
  const { POSITION } = meshes[0]!.primitives[0]!.attributes;
  // Above and below 17 × 17, and four sides of 17 × 2.
  assert.is(accessors[POSITION!]!.count, 2 * 17 * 17 + 4 * 17 * 2);
});

test('models have the same bytes whether their pieces are kept or made again', () => {
  const document = opened('multi');
  for (const options of [{}, { mesh: 'greedy' }, { vertex_colors: true }] as ExportOptions[]) {
    const [kept, some, none] = [undefined, 2000, 0].map((kept_bytes_max) => {
      const scene = sceneOf(document, options, new Limit('glb', 1e9), kept_bytes_max);
      const file = new GltfFile(document, scene);
      file.json({});
      return Buffer.concat([...file.parts()]);
    }) as [Buffer, Buffer, Buffer];
    assert.ok(kept.length > 2000 && kept.equals(some) && kept.equals(none));
  }
});

test('layers that are alike share a mesh, wherever their own pivots let them', async () => {
  const document = Document.empty();
  const add = (name: string, x: number, ...pivot: number[]) => {
    const layer = document.addLayer(name);
    layer.volume.fillBox([x, 1, 2], [x + 3, 3, 3], 0xff01_0203);
    layer.volume.set(x, 1, 3, 0xff0a_0b0c);
    const mat = identity();
    mat.set(pivot, 12);
    layer.set({ mat });
  };
  add('first', 0, 1, 1, 1);
  add('without', 37);
  add('other', 50, 3, 1, 1);
  add('along', 60, 61, 1, 1);
  for (const options of [{}, { texture: 'baked' }, { mesh: 'greedy', up: 'z' }] as const) {
    const file = exported(document, 'glb', { ...options, scale: 2 });
    assert.equal(await gltfIssues(file), []);
    const { nodes, meshes } = gltfJsonOf(file);
    assert.equal(
      nodes.map(({ name, mesh }) => `${name} ${mesh}`),
      ['first 0', 'without 0', 'other 1', 'along 0'],
    );
    assert.is(meshes.length, 2);
    const again = formatFor('a.glb').read!(file, 'again', {
      ...{ solid: true, scale: 0.5 },
      ...('up' in options ? { up: options.up } : {}),
    });
    assert.is(sameVoxels(again.merged(), document.merged(), 'outside'), 'same');
  }
});

test('cameras stand and look where those of the project do, if there are several', async () => {
  const document = opened('two');
  const seen = (options: ExportOptions = {}) => gltfJsonOf(exported(document, 'glb', options));
  assert.is(seen().cameras, undefined);
  // From (10, 20, 30) along x, with z up.
  const mat = new Float32Array([0, -3, 0, 0, 0, 0, 3, 0, -3, 0, 0, 0, 10, 20, 30, 1]);
  const camera = { name: 'Süd', dist: 50, mat, active: false, extra: [] };
  document.addCamera({ ...camera, ortho: false });
  document.addCamera({ ...camera, ortho: true });
  document.addCamera({ ...camera, ortho: false, mat: new Float32Array(16) });
  assert.equal(await gltfIssues(exported(document, 'gltf', { scale: 2 })), []);
  const { nodes, cameras } = seen({ scale: 2, pivot: [1, 0, 0] });
  assert.equal(
    nodes.filter(({ camera }) => camera !== undefined).map(({ name }) => name),
    [document.cameras[0]!.name, 'Süd', 'Süd'],
  );
  assert.equal(
    cameras!.map(({ type }) => type),
    ['perspective', 'perspective', 'orthographic'],
  );
  const [right, up, back] = [
    [0, 0, 1, 0],
    [0, 1, 0, 0],
    [-1, 0, 0, 0],
  ];
  assert.equal(nodes.at(-1)!.matrix, [...right!, ...up!, ...back!, 18, 60, -40, 1]);
  const report = new Report();
  exported(document, 'glb', { report });
  assert.equal(
    report.warnings().map(({ code, count }) => [code, count]),
    [['WARN_CAMERAS_LOST', 1]],
  );
});

test('what a file cannot hold is refused before it is made', () => {
  const document = opened('big_terrain');
  let asked = 0;
  const count = Limit.prototype.count;
  Limit.prototype.count = function (bytes) {
    asked++;
    count.call(this, bytes);
  };
  try {
    assert.throws(
      () => sceneOf(document, {}, new Limit('glb', 1_000_000)),
      /A \.glb file holds at most 1000000 bytes.*greedy/,
    );
    assert.is(asked, 0, 'no piece was made');
    assert.throws(() => sceneOf(document, { mesh: 'marching' }, new Limit('glb', 1_000_000)));
    assert.ok(asked < 4, `${asked} pieces were made`);
  } finally {
    Limit.prototype.count = count;
  }
});

test('names, odd numbers and missing materials do no harm', async () => {
  const document = Document.empty();
  const odd = { roughness: Number.NaN, emission: Float32Array.of(Infinity, -1, 2) };
  document.addMaterial({ ...newMaterial('"uri": "@"'), ...odd });
  const layer = document.addLayer('"uri": "@"\n\\');
  layer.volume.set(1, 2, 3, 0xff01_0203);
  layer.set({ material: -1 });
  const other = document.addLayer('other');
  other.volume.set(5, 2, 3, 0xff01_0203);
  other.set({ material: 1 });
  for (const extension of ['gltf', 'glb']) {
    const file = exported(document, extension);
    assert.equal(await gltfIssues(file), []);
    const { nodes, materials } = gltfJsonOf(file);
    assert.is(nodes[0]!.name, layer.name);
    assert.equal(
      materials.map(({ name }) => name),
      ['No material', '"uri": "@"'],
    );
    assert.is(materials[0]!.pbrMetallicRoughness.metallicFactor, 0);
    assert.equal(materials[1]!.emissiveFactor, [0, 0, 1]);
  }
});

test('a pivot that is no place is none, and a scale out of reach is refused', async () => {
  const document = opened('two');
  const mat = identity();
  mat[13] = Number.NaN;
  document.activeLayer.set({ mat });
  const file = exported(document, 'glb');
  assert.equal(await gltfIssues(file), []);
  assert.is(gltfJsonOf(file).nodes[0]!.translation, undefined);
  assert.throws(() => exported(document, 'glb', { scale: 1e300 }), /Choose a smaller scale/);
});

test('Base64 of parts of any length is that of the whole', () => {
  const random = randomNumbers(SEED);
  const bytes = Buffer.alloc(3_000_001);
  for (let i = 0; i < bytes.length; i++) bytes[i] = random() * 256;
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Math.floor(random() ** 8 * 500_000);
    parts.push(bytes.subarray(at, at + length));
    at += length;
  }
  const pieces = [...base64Pieces(parts)];
  assert.ok(pieces.every(({ length }) => length > 0 && length <= 1024 * 1024));
  assert.is(Buffer.concat(pieces).toString('latin1'), bytes.toString('base64'));
  assert.equal([...base64Pieces([])], []);
});

test.run();
