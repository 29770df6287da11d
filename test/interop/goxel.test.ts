/**
 * What we save, real Goxel opens with the same voxels and makes the same faces of. Debian's Goxel
 * 0.11 is the judge. (`corpus-reads` asks it about the voxels of the models.)
 *
 * Its command line appends a .gox to a new image, where a clone of layer 2 finds the wrong base, so
 * clones and shapes are made plain layers first.
 */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Document } from '../../engine/document/document.ts';
import type { Volume } from '../../engine/volume/volume.ts';
import { open, readAs, written } from '../support/documents.ts';
import { type Fixture, model, models } from '../support/fixtures.ts';
import { chunk, goxFile } from '../support/gox-file.ts';
import { Goxel, sortedLines } from '../support/goxel.ts';
import { SEED } from '../support/seed.ts';
import { randomNumbers } from '../support/volumes.ts';

const BIG = 100_000;
/** What a model of a .vox file is wide at most. */
const VOX_SIDE_MAX = 256;

/** The faces of an .obj with Z up, each as its four corners with their colours. */
function facesOf(text: string): string[] {
  const vertices: string[] = [];
  const faces: string[] = [];
  for (const line of text.split('\n')) {
    const [kind, ...rest] = line.split(' ');
    // Goxel 0.11 adds noise of 1e-6 to coordinates in negative blocks.
    if (kind === 'v') {
      const numbers = rest.map(Number);
      vertices.push([...numbers.slice(0, 3).map(Math.round), ...numbers.slice(3)].join(' '));
    } else if (kind === 'f') {
      faces.push(rest.map((corner) => vertices[Number.parseInt(corner, 10) - 1]).join(', '));
    }
  }
  return faces.map((face) => face.replaceAll('-0 ', '0 ')).sort();
}

function plainModel(fixture: Fixture): Document {
  const document = open(fixture);
  for (const layer of document.layers) if (layer.derived) layer.makePlain();
  return document;
}

/** Voxels all over, on block borders and far away, in two layers. */
function scattered(): Document {
  const document = Document.empty();
  const random = randomNumbers(SEED);
  const next = (below: number) => Math.floor(random() * below);
  const scatter = (volume: Volume) => {
    for (let i = 0; i < 500; i++) {
      const [x, y, z] = [next(200) - 100, next(200) - 100, next(40) - 20];
      volume.set(x, y, z, (next(0xff_ffff) | 0xff00_0000) >>> 0);
    }
    volume.set(5000, -7000, 3, 0xff12_3456);
  };
  scatter(document.activeLayer.volume);
  scatter(document.addLayer('zweite Ebene – 层').volume);
  return document;
}

/** Voxels of few colours within a reach of the origin. */
function within(reach: number): Document {
  const document = Document.empty();
  const random = randomNumbers(SEED);
  const at = () => Math.floor(random() * (2 * reach + 1)) - reach;
  for (let i = 0; i < 400; i++) {
    const color = (0xff00_0000 | (Math.floor(random() * 200) * 7919)) >>> 0;
    document.activeLayer.volume.set(at(), at(), at(), color);
  }
  return document;
}

function withUnknownChunks(): Document {
  const file = written(plainModel(model('two')), 'gox');
  const strange = chunk('ZZZZ', Buffer.from('strange'));
  return readAs('gox', goxFile(strange, file.subarray(8), strange));
}

const textOf = (document: Document) => written(document, 'txt').toString('latin1');

const goxel = new Goxel();
const resultOf = (file: string) => goxel.result(file).toString('latin1');
const test = suite('real Goxel');

for (const [name, document] of [
  ['scattered', scattered()],
  ['unknown-chunks', withUnknownChunks()],
] as const) {
  for (const format of ['gox', 'txt']) {
    goxel.add(`${name}.${format}`, () => written(document, format));
    goxel.convert(`${name}.${format}`, `${name}.${format}.txt`);
    test(`reads ${name}.${format} with our voxels`, () => {
      assert.ok(document.merged().count() > 0);
      const ours = sortedLines(textOf(document));
      assert.equal(sortedLines(resultOf(`${name}.${format}.txt`)), ours);
    });
  }
}

let [faces, shapes] = [0, 0];
const small = models().filter(
  ({ title, bytes }) => !title.startsWith('corpus') && bytes.length < BIG,
);
for (const fixture of small) {
  const document = plainModel(fixture);
  goxel.add(`${fixture.name}.gox`, () => written(document, 'gox'));
  goxel.convert(`${fixture.name}.gox`, `${fixture.name}.obj`);
  test(`makes the same faces of ${fixture.title}`, () => {
    const ours = facesOf(written(document, 'obj', { y_up: false }).toString('latin1'));
    assert.equal(facesOf(resultOf(`${fixture.name}.obj`)), ours);
    faces += ours.length;
    shapes++;
  });
}

/** The lines of a model as one of a .vox file: around the origin, since the file says no place. */
function centred(lines: readonly string[]): string[] {
  const places = lines.map((line) => line.split(' ').slice(0, 3).map(Number));
  const along = (axis: number) => places.map((place) => place[axis]!);
  const low = [0, 1, 2].map((axis) => Math.min(...along(axis)));
  const sides = [0, 1, 2].map((axis) => Math.max(...along(axis)) - low[axis]! + 1);
  if (sides.some((side) => side > VOX_SIDE_MAX)) return [...lines];
  const moved = lines.map((line, i) => {
    const place = places[i]!.map((value, axis) => value - low[axis]! - (sides[axis]! >> 1));
    return `${place.join(' ')} ${line.split(' ')[3]}`;
  });
  return moved.sort();
}

for (const reach of [100, 700]) {
  const document = within(reach);
  goxel.add(`${reach}.vox`, () => written(document, 'vox', { exact_colors: true }));
  goxel.convert(`${reach}.vox`, `${reach}.vox.txt`);
  test(`reads voxels all over ${reach} in a .vox where they were, or in one model`, () => {
    const ours = centred(sortedLines(textOf(document)));
    assert.is(ours.length > 0, true);
    assert.equal(sortedLines(resultOf(`${reach}.vox.txt`)), ours);
  });
}

test('was asked about models that have faces', () => {
  assert.ok(shapes >= 20 && faces > 10_000, `${faces} faces of ${shapes} models`);
});

test.run();
