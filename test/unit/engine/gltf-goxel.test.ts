/**
 * With `like` Goxel our .gltf is Goxel's, byte for byte, but for the generator's name and the
 * packing of the texture; where Goxel looks colours up wrongly, only texture coordinates differ.
 * All variants are sound to Khronos' validator.
 */

import { createRequire } from 'node:module';
import { PNG } from 'pngjs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Document } from '../../../engine/document/document.ts';
import { newMaterial } from '../../../engine/document/scene.ts';
import { type ExportOptions, formatFor } from '../../../engine/formats/index.ts';
import { GOXEL } from '../../support/documents.ts';
import { type Fixture, model, models } from '../../support/fixtures.ts';

interface Gltf {
  readonly accessors?: { count: number; min?: number[]; max?: number[] }[];
  readonly bufferViews: { byteOffset?: number; byteLength: number }[];
  readonly buffers: { uri?: string; byteLength: number }[];
  readonly materials: { alphaMode?: string; pbrMetallicRoughness: object }[];
  readonly meshes?: { primitives: { material: number }[] }[];
  readonly nodes: { name?: string; children?: number[]; matrix?: number[] }[];
}

interface Report {
  readonly issues: { numErrors: number; numWarnings: number; messages: object[] };
}

const { validateBytes } = createRequire(import.meta.url)('gltf-validator') as {
  validateBytes(bytes: Uint8Array): Promise<Report>;
};

const VERTEX = 40;
const UV = 24;
const UV_BYTES = 8;

function read({ bytes, title }: Fixture): Document {
  return formatFor('x.gox').read!(bytes, title);
}

function exported(document: Document, options: ExportOptions = {}): Buffer {
  return Buffer.concat([...formatFor('x.gltf').write!(document, { ...GOXEL, ...options })]);
}

function parse(text: Buffer): Gltf {
  return JSON.parse(text.toString()) as Gltf;
}

function dataOf(gltf: Gltf): Buffer[] {
  return gltf.buffers.map(({ uri }) => Buffer.from(uri!.slice(uri!.indexOf(',') + 1), 'base64'));
}

/** Red, green, blue of a picture's pixels. */
function pixels(png: Buffer): { width: number; rgb: Buffer } {
  const { width, data } = PNG.sync.read(png);
  return { width, rgb: Buffer.from(data.filter((_, i) => i % 4 !== 3)) };
}

/** Goxel's text with our name and our texture in it; the pixels of the two must be the same. */
function translated(goxel: string, ours: string): string {
  const named = goxel.replace('"generator": "goxel"', '"generator": "goxel-supervisor"');
  const [theirs, own] = [parse(Buffer.from(goxel)), parse(Buffer.from(ours))];
  if (!goxel.includes('"textures"')) return named;
  const [before, after] = [theirs.buffers[0]!, own.buffers[0]!];
  assert.equal(pixels(dataOf(theirs)[0]!), pixels(dataOf(own)[0]!));
  const length = (bytes: number) => `"byteLength": ${bytes}\n`;
  return named
    .replace(before.uri!, () => after.uri!)
    .replaceAll(length(before.byteLength), length(after.byteLength));
}

/** Goxel goes wrong with more colours than this, empty ones among them. */
const GOXEL_COLORS_MAX = 256;

function goxelIsRight(document: Document): boolean {
  const colors = new Set<number>();
  let translucent = false;
  for (const { volume } of document.layers) {
    for (const { data } of volume.blocks()) {
      for (const rgba of data) {
        colors.add(rgba);
        translucent ||= rgba >>> 24 >= 127 && rgba >>> 24 < 255;
      }
    }
  }
  return !translucent && colors.size <= GOXEL_COLORS_MAX;
}

const test = suite('gltf');

let [same, corrected] = [0, 0];
for (const fixture of models()) {
  for (const variant of ['', '.vcolor']) {
    const goxel = fixture.gui(`${variant}.gltf`)?.toString();
    if (goxel === undefined) continue;
    test(`${fixture.title} as ${variant}.gltf`, () => {
      const document = read(fixture);
      const ours = exported(document, { vertex_colors: variant !== '' }).toString();
      let truth = translated(goxel, ours);
      // An empty list of children is no glTF.
      if (fixture.name === 'empty') truth = truth.replace('"children": [ ],\n      ', '');
      if (variant !== '' || goxelIsRight(document)) {
        assert.ok(ours === truth, "differs from Goxel's export");
        same++;
        return;
      }
      assert.ok(ours !== truth, 'Goxel is right after all');
      assert.equal(withoutUv(ours), withoutUv(truth), 'differs in more than texture coordinates');
      corrected++;
    });

    if (variant === '') {
      test(`${fixture.title}: the texture has each vertex's colour`, () => checkColors(fixture));
    }
  }
}

test('were compared for many models', () => {
  assert.ok(same >= 20, `${same} equal`);
  assert.ok(corrected >= 2, `${corrected} corrected`);
});

/** The file with its texture coordinates 0. */
function withoutUv(text: string): { json: string; data: string[] } {
  const data = dataOf(parse(Buffer.from(text)));
  for (let i = 1; i < data.length; i += 2) {
    for (let at = UV; at < data[i]!.length; at += VERTEX) data[i]!.fill(0, at, at + UV_BYTES);
  }
  const json = text.replace(/"uri": "[^"]*"/g, '');
  return { json, data: data.map((bytes) => bytes.toString('base64')) };
}

/** The vertices are the same with colours; the texture must have that colour at each. */
function checkColors(fixture: Fixture): void {
  const document = read(fixture);
  const textured = dataOf(parse(exported(document)));
  const { width, rgb } = pixels(textured[0]!);
  const colored = parse(exported(document, { vertex_colors: true }));
  const vertices = colored.buffers === undefined ? [] : dataOf(colored);
  for (let item = 0; item < vertices.length; item += 2) {
    const [ours, truth] = [textured[item + 1]!, vertices[item]!];
    assert.is(ours.length, truth.length);
    for (let at = UV; at < ours.length; at += VERTEX) {
      const [u, v] = [ours.readFloatLE(at), ours.readFloatLE(at + 4)];
      const pixel = 3 * (Math.floor(v * width) * width + Math.floor(u * width));
      for (let channel = 0; channel < 3; channel++) {
        const linear = truth.readFloatLE(at + 4 * channel);
        const srgb = linear <= 0.0031308 ? linear * 12.92 : 1.055 * linear ** (1 / 2.4) - 0.055;
        assert.is(rgb[pixel + channel], Math.round(srgb * 255));
      }
    }
  }
}

test('is sound in every variant', async () => {
  for (const name of ['alpha', 'axes', 'colors300', 'empty', 'multi', 'names', 'two']) {
    const document = read(model(name));
    for (const mesh of ['blocks', 'greedy', 'marching', 'smooth'] as const) {
      for (const vertex_colors of [false, true]) {
        const bytes = exported(document, { mesh, vertex_colors });
        const { issues } = await validateBytes(new Uint8Array(bytes));
        const title = `${name}.gltf ${mesh} ${vertex_colors}`;
        assert.is(issues.numErrors + issues.numWarnings, 0, title + JSON.stringify(issues));
      }
    }
  }
});

test('transparent materials are declared wherever Goxel has no say', () => {
  const document = read(model('multi'));
  const modes = (options: ExportOptions) =>
    parse(exported(document, options)).materials.map(({ alphaMode }) => alphaMode ?? 'OPAQUE');
  assert.equal(modes({}), ['OPAQUE', 'OPAQUE', 'OPAQUE']);
  assert.equal(modes({ mesh: 'greedy' }), ['OPAQUE', 'BLEND', 'OPAQUE']);
});

test('a hidden layer without material is there, in white; Z up turns nothing', () => {
  const document = Document.empty();
  document.addMaterial({ ...newMaterial('"uri": "0"'), roughness: Number.NaN });
  const layer = document.addLayer('"uri": "1"\n\\');
  layer.volume.set(1, 2, 3, 0xff01_0203);
  layer.set({ material: -1 });
  layer.set({ visible: false });
  const gltf = parse(exported(document, { y_up: false }));
  assert.is(gltf.nodes.length, 2);
  assert.is(gltf.nodes[0]!.matrix, undefined);
  assert.is(gltf.nodes[1]!.name, layer.name);
  assert.is(gltf.meshes![0]!.primitives[0]!.material, 2);
  assert.equal(gltf.materials[2], { pbrMetallicRoughness: { baseColorTexture: { index: 0 } } });
  assert.equal(gltf.accessors![0]!.min, [1, 2, 3]);
  assert.equal(gltf.accessors![0]!.max, [2, 3, 4]);
});

test('more colours than a texture holds are refused, and fit the vertices', () => {
  const document = Document.empty();
  const { volume } = document.activeLayer;
  const words = new Uint32Array(4096);
  for (let block = 0; block <= 1024; block++) {
    for (let i = 0; i < words.length; i++) words[i] = block * words.length + i;
    volume.setBlock(
      block * 16,
      0,
      0,
      words.map((rgb) => (rgb | 0x0100_0000) >>> 0),
    );
  }
  const first = () => formatFor('x.gltf').write!(document, GOXEL)[Symbol.iterator]().next();
  assert.throws(first, /holds 4194304 colours.*vertex colours/);
  assert.ok(exported(document, { vertex_colors: true }).length > 0);
});

test.run();
