/** Writing .3mf files: what our own reader and assimp read of them, and what is in them. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Document } from '../../../engine/document/document.ts';
import type { Layer } from '../../../engine/document/layer.ts';
import { newMaterial } from '../../../engine/document/scene.ts';
import type { ExportOptions, ImportOptions } from '../../../engine/formats/format.ts';
import { formatFor } from '../../../engine/formats/index.ts';
import { keepsOf, tellLosses } from '../../../engine/formats/keeps.ts';
import { Report } from '../../../engine/formats/report.ts';
import { Zip } from '../../../engine/formats/threemf/zip.ts';
import { zipped } from '../../../engine/formats/threemf/zip-writer.ts';
import { assimpMeshes } from '../../support/assimp.ts';
import { model } from '../../support/fixtures.ts';
import { opaque, sameVoxels } from '../../support/same-voxels.ts';
import { SEED } from '../../support/seed.ts';
import { randomNumbers } from '../../support/volumes.ts';

const SOLID_ALPHA = 127;
/** Of the thousands of edges of a random document. */
const SHARED_MAX = 8;

function written(document: Document, options: ExportOptions = {}): Buffer {
  return Buffer.concat([...formatFor('a.3mf').write!(document, options)]);
}

function read(bytes: Uint8Array, options: ImportOptions = {}): Document {
  return formatFor('a.3mf').read!(bytes, 'a.3mf', { solid: true, ...options });
}

function modelOf(bytes: Uint8Array): string {
  return Buffer.from(new Zip(bytes, 'a.3mf').part('3D/3dmodel.model')!).toString();
}

/**
 * Edges of the triangles of all objects: those with an open side, and those of more triangles than
 * the two that there should be.
 */
function oddEdges(text: string): { readonly open: number; readonly shared: number } {
  let [open, shared] = [0, 0];
  for (const [, mesh] of text.matchAll(/<triangles>(.*?)<\/triangles>/gs)) {
    const edges = new Map<string, { sum: number; count: number }>();
    for (const [, a, b, c] of mesh!.matchAll(/v1="(\d+)" v2="(\d+)" v3="(\d+)"/g)) {
      for (const [from, to] of [
        [a, b],
        [b, c],
        [c, a],
      ]) {
        assert.is.not(from, to);
        const [key, step] =
          Number(from) < Number(to) ? [`${from} ${to}`, 1] : [`${to} ${from}`, -1];
        const { sum, count } = edges.get(key) ?? { sum: 0, count: 0 };
        edges.set(key, { sum: sum + step, count: count + 1 });
      }
    }
    for (const { sum, count } of edges.values()) {
      if (sum !== 0) open++;
      else if (count !== 2) shared++;
    }
  }
  return { open, shared };
}

function addLayer(document: Document, name: string, ...voxels: [number, number, number][]): Layer {
  const layer = document.addLayer(name);
  for (const voxel of voxels) layer.volume.set(...voxel, 0xff00_00c8);
  return layer;
}

function names({ layers }: Document): string[] {
  return layers.map(({ name }) => name);
}

function random(seed: number): Document {
  const next = randomNumbers(seed);
  const whole = (below: number) => Math.floor(next() * below);
  const document = Document.empty();
  for (let i = 0; i < 1 + whole(3); i++) {
    const { volume } = i === 0 ? document.activeLayer : document.addLayer(`Part ${i}`);
    for (let voxel = 0; voxel < 200; voxel++) {
      const rgba = (0xff00_0000 | whole(1 << (1 + whole(24)))) >>> 0;
      volume.set(whole(9) - 4 + i * 10, whole(9) - 30, whole(9) - 4, rgba);
    }
  }
  return document;
}

/** Whether the voxels are those of a document, wherever they are if their place is lost. */
function compared(found: Document, document: Document, place?: 'lost'): string {
  const tinted = document.materials.some(({ color }) => color.some((value) => value !== 1));
  const expected = opaque(document.merged(), SOLID_ALPHA);
  return sameVoxels(opaque(found.merged(), 1), expected, tinted ? 'none' : 'outside', place);
}

const test = suite('writing 3mf');

for (const options of [
  {},
  { mesh: 'blocks' },
  { materials: 'color' },
  { up: 'y' },
  { scale: 0.3, pivot: [3, -2, 1] },
] as ExportOptions[]) {
  test(`the same voxels are read again: ${JSON.stringify(options)}`, () => {
    const back: ImportOptions = { up: options.up ?? 'z', scale: 1 / (options.scale ?? 1) };
    const documents = ['alpha', 'colors300', 'multi', 'names', 'two'].map(opened);
    const randomised = [1, 2, 3].map((i) => random(SEED + i));
    for (const document of [...documents, ...randomised]) {
      const file = written(document, options);
      const { open, shared } = oddEdges(modelOf(file));
      // Among voxels strewn so densely some hang together around both ends of an edge.
      const shared_max = randomised.includes(document) ? SHARED_MAX : 0;
      assert.ok(open === 0 && shared <= shared_max, `${open} open, ${shared} shared`);
      const place = options.pivot === undefined ? undefined : 'lost';
      assert.is(compared(read(file, back), document, place), 'same');
    }
  });
}

test('an object a layer, hidden ones left out, names as they are', async () => {
  const document = Document.empty();
  document.activeLayer.set({ name: '<Größe & "屋根">\u0001\ud800' });
  document.activeLayer.volume.set(0, 0, 0, 0xff01_0203);
  addLayer(document, 'roof', [5, 0, 0], [6, 0, 0]);
  addLayer(document, 'hidden', [9, 9, 9]).set({ visible: false });
  addLayer(document, 'nothing');
  const file = written(document);
  assert.equal(names(read(file)), ['<Größe & "屋根">  ', 'roof']);
  const meshes = await assimpMeshes('a.3mf', file);
  assert.equal(
    meshes.map(({ min, max }) => [min, max].join(' ')),
    ['0,0,0 1,1,1', '5,0,0 7,1,1'],
  );
});

test('layers that are alike share a mesh', async () => {
  const document = Document.empty();
  const one: [number, number, number][] = [
    [0, 0, 0],
    [1, 0, 0],
    [1, 0, 1],
  ];
  const moved = one.map(([x, y, z]): [number, number, number] => [x + 20, y - 7, z + 3]);
  addLayer(document, 'first', ...one);
  addLayer(document, 'second', ...moved);
  addLayer(document, 'other', [40, 0, 0], [41, 0, 0], [42, 0, 1]);
  const file = written(document, { scale: 2, up: 'y' });
  assert.is(modelOf(file).match(/<mesh>/g)!.length, 2);
  const again = read(file, { scale: 0.5, up: 'y' });
  assert.equal(names(again), ['first', 'second', 'other']);
  assert.is(compared(again, document), 'same');
  const [, second] = await assimpMeshes('a.3mf', file);
  assert.equal(
    [second!.min, second!.max],
    [
      [40, 6, 12],
      [44, 10, 14],
    ],
  );
});

test('how long a voxel is stands in the file', () => {
  const document = opened('multi');
  for (const options of [{ scale: 0.25 }, { scale: 40 }, {}] as ExportOptions[]) {
    const again = read(written(document, options), { sized: () => {} });
    assert.is(compared(again, document), 'same');
  }
});

function opened(name: string): Document {
  return formatFor('a.gox').read!(model(name).bytes, name);
}

test('glass is seen through, and colours are those of the material', () => {
  const document = Document.empty();
  const color = Float32Array.of(1, 0, 1, 0.5);
  const material = document.addMaterial({ ...newMaterial('glass'), color });
  document.activeLayer.set({ material });
  document.activeLayer.volume.set(0, 0, 0, 0xff64_c8c8);
  assert.match(modelOf(written(document)), '<m:color color="#C8006480"/>');
  const base = '<base name="#C80064" displaycolor="#C8006480"/>';
  assert.match(modelOf(written(document, { materials: 'color' })), base);
});

test('colours are blended in a smooth mesh only where a file can say so', () => {
  const document = opened('colors300');
  assert.match(modelOf(written(document, { mesh: 'smooth' })), /p1="\d+" p2="\d+" p3="\d+"/);
  const plain = modelOf(written(document, { mesh: 'smooth', materials: 'color' }));
  assert.not.match(plain, 'p2=');
});

test('the same document gives the same bytes, in pieces that are not too large', () => {
  const document = opened('multi');
  const file = written(document);
  assert.ok(file.equals(written(opened('multi'))));
  const next = randomNumbers(SEED);
  const large = Document.empty();
  for (let i = 0; i < 30_000; i++) {
    const at = [0, 1, 2].map(() => Math.floor(next() * 50)) as [number, number, number];
    large.activeLayer.volume.set(...at, 0xff00_0000 + i);
  }
  const pieces = [...formatFor('a.3mf').write!(large)];
  assert.ok(pieces.length > 3 && pieces.every(({ length }) => length <= 1024 * 1024));
});

test('parts of any length are packed as they are', () => {
  const next = randomNumbers(SEED);
  const pieces = [0, 1, 100_000, 0, 3_000_000, 7].map((length) =>
    Uint8Array.from({ length }, () => (next() * 8) & 255),
  );
  const archive = Buffer.concat([
    ...zipped([
      ['empty', []],
      ['größe/a.bin', pieces],
    ]),
  ]);
  const zip = new Zip(archive, 'a.zip');
  assert.equal(zip.names, ['empty', 'größe/a.bin']);
  assert.is(zip.part('empty')!.length, 0);
  assert.ok(Buffer.concat(pieces).equals(zip.part('größe/a.bin')!));
});

test('voxels that no mesh has are told', () => {
  const document = Document.empty();
  for (const [x, alpha] of [1, 126, 127, 254, 255].entries()) {
    document.activeLayer.volume.set(x, 0, 0, ((alpha << 24) | 0x10_2030) >>> 0);
  }
  const told = (format: string) => {
    const report = new Report();
    tellLosses(document, format, keepsOf(format), report);
    return report.warnings().map(({ code, count }) => `${code} ${count}`);
  };
  assert.equal(told('3mf'), ['WARN_OPACITY 2']);
  assert.equal(told('ply'), ['WARN_OPACITY 2']);
  assert.equal(told('glb'), ['WARN_OPACITY 4']);
  assert.equal(told('gox'), []);
  assert.is(read(written(document)).merged().count(), 3);
});

test('a project without voxels is a model without objects', async () => {
  const file = written(Document.empty());
  assert.is(read(file).merged().count(), 0);
  assert.not.match(modelOf(file), '<object');
});

test.run();
