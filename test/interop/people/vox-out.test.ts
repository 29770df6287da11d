/** What is written as .vox is there in MagicaVoxel: objects, names, places, colours, materials. */

import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Document } from '../../../engine/document/document.ts';
import { newMaterial } from '../../../engine/document/scene.ts';
import { type ExportOptions, formatFor } from '../../../engine/formats/index.ts';
import { Report } from '../../../engine/formats/report.ts';
import { toOklab } from '../../../engine/image/oklab.ts';
import { ColorCounter } from '../../../engine/image/quantize.ts';
import type { Volume } from '../../../engine/volume/volume.ts';
import { written as likeGoxel } from '../../support/documents.ts';
import { voxelLines } from '../../support/fixtures.ts';
import { seenLines, seenObjects } from '../../support/magica-reader.ts';
import { SEED } from '../../support/seed.ts';

const CASES = new URL('../../../../test/fixtures/cases/', import.meta.url);
const opened = (name: string) => formatFor(name).read!(readFileSync(new URL(name, CASES)), name);

function write(
  document: Document,
  options: ExportOptions = {},
): { file: Buffer; told: string[]; back: Document } {
  const report = new Report();
  const file = Buffer.concat([...formatFor('x.vox').write!(document, { ...options, report })]);
  const told = report.warnings().map(({ code, count }) => `${code} ${count}`);
  return { file, told, back: formatFor('x.vox').read!(file, 'x.vox') };
}

/** As `x y z rrggbb`, sorted. */
function linesOf(volume: Volume): string[] {
  const lines = voxelLines(volume).trim().split('\n');
  return lines.map((line) => line.slice(0, -2)).sort();
}

const layersOf = ({ layers }: Document) =>
  layers.map(({ name, visible, volume }) => [name, visible, voxelLines(volume)]);

/** A source of numbers that depends on the seed only. */
function randoms(): (below: number) => number {
  let state = SEED;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 0x1_0000_0000) * below);
  };
}

/** A layer of a box of one colour. */
function box(document: Document, name: string, at: number, rgb: number, side = 2) {
  const layer = document.addLayer(name);
  layer.volume.fillBox([at, at, at], [at + side, at + 1, at + 1], (0xff00_0000 | rgb) >>> 0);
  return layer;
}

function emptied(): Document {
  const document = Document.empty();
  document.set({ layers: [], active: undefined });
  return document;
}

const test = suite('people: .vox written');

test('few colours are kept, however few voxels have them', () => {
  const document = opened('vox-export-changes-few-colours/ground.qb');
  const { told, back } = write(document);
  assert.equal(told, []);
  const counts = (volume: Volume) => {
    const counter = ColorCounter.ofSolid(volume);
    return Array.from(counter.colors, (rgba, i) => [rgba, counter.counts[i]!]).sort();
  };
  assert.is(counts(back.merged()).length, 48);
  assert.equal(counts(back.merged()), counts(document.merged()));
});

test('layers are objects with their names, in their places', () => {
  const document = opened('vox-export-drops-layers-and-places/three.qb');
  const { file, told, back } = write(document);
  assert.equal(told, []);
  assert.equal(layersOf(back), layersOf(document));
  const objects = seenObjects(file);
  assert.equal(
    objects.map(({ name, hidden }) => [name, hidden]),
    [
      ['body', false],
      ['arm', false],
      ['leg', false],
    ],
  );
  assert.equal(seenLines(objects), linesOf(document.merged()));
});

test('hidden layers are written only if that is asked, and hidden then', () => {
  const document = emptied();
  box(document, 'größe', 3, 0x0000ff);
  box(document, 'unseen', -40, 0x00ff00).set({ visible: false });
  document.addLayer('empty');
  assert.equal(
    seenObjects(write(document).file).map(({ name }) => name),
    ['größe'],
  );
  const { file, back } = write(document, { hidden: true });
  assert.equal(
    seenObjects(file).map(({ name, hidden }) => [name, hidden]),
    [
      ['größe', false],
      ['unseen', true],
    ],
  );
  assert.equal(layersOf(back), layersOf(document).slice(0, 2));
});

test('a layer of more than 256 voxels a side is a group of named pieces in their places', () => {
  const document = emptied();
  box(document, 'wall', -300, 0x0000ff, 600);
  box(document, 'door', 5, 0x00ff00);
  const { file, back } = write(document);
  assert.equal(
    seenObjects(file).map(({ name }) => name),
    ['wall.1', 'wall.2', 'wall.3', 'door'],
  );
  assert.equal(seenLines(seenObjects(file)), linesOf(document.merged()));
  assert.equal(layersOf(back), layersOf(document));
});

test('layers anywhere come back as they were, to a second reader, too', () => {
  const next = randoms();
  for (let round = 0; round < 10; round++) {
    const document = emptied();
    for (let i = 0; i < 3; i++) {
      const layer = document.addLayer(`layer ${i}`);
      const at = () => next(400) - 200 + i * 1000;
      for (let n = 0; n < 40; n++) {
        layer.volume.set(at(), at(), at(), (0xff00_0000 | (next(200) * 0x010203)) >>> 0);
      }
    }
    const { file, back } = write(document);
    assert.equal(seenLines(seenObjects(file)), linesOf(document.merged()));
    assert.equal(linesOf(back.merged()), linesOf(document.merged()));
  }
});

/** A document of one layer, of so many distinct colours, some of them often. */
function colored(count: number, colorOf = (i: number) => (i * 0x01_3577) & 0xff_ffff): Document {
  const document = emptied();
  const { volume } = document.addLayer('colours');
  for (let i = 0; i < count; i++) {
    const [x, y, z] = [i & 31, (i >> 5) & 31, i >> 10];
    volume.set(x, y, 2 * z, (0xff00_0000 | colorOf(i)) >>> 0);
    if (i % 7 === 0) volume.set(x, y, 2 * z + 1, (0xff00_0000 | colorOf(i)) >>> 0);
  }
  return document;
}

test('255 colours are exact, 256 become 255 of which nearly all are exact', () => {
  const exact = colored(255);
  assert.equal(linesOf(write(exact).back.merged()), linesOf(exact.merged()));
  const more = colored(256);
  const { back, told } = write(more);
  assert.equal(told, ['WARN_COLORS_MERGED 1']);
  const before = new Set(linesOf(more.merged()));
  const wrong = linesOf(back.merged()).filter((line) => !before.has(line));
  assert.ok(wrong.length <= 4, `${wrong.length} voxels have another colour`);
});

/** The mean distance of the colours of all voxels in OKLab. */
function difference(a: Volume, b: Volume): number {
  let sum = 0;
  let count = 0;
  const { min } = a.box()!;
  const other = b.box()!.min;
  for (const { x, y, z, data } of a.blocks()) {
    for (const [i, rgba] of data.entries()) {
      if (rgba === 0) continue;
      const place = [x + (i & 15), y + ((i >> 4) & 15), z + (i >> 8)];
      const [bx, by, bz] = place.map((value, axis) => value - min[axis]! + other[axis]!);
      const [mine, theirs] = [toOklab(rgba), toOklab(b.get(bx!, by!, bz!))];
      count++;
      sum += Math.hypot(...mine.map((value, k) => value - theirs[k]!));
    }
  }
  return sum / count;
}

test('many colours become the nearest of a good palette, better than by median cut', () => {
  const next = randoms();
  const scattered = Array.from({ length: 4000 }, () => next(0x100_0000));
  const ramp = (i: number) => (i >> 4) | ((i & 15) << 11) | (0x40 << 16);
  for (const [what, document] of [
    ['scattered', colored(4000, (i) => scattered[i]!)],
    ['a ramp', colored(4000, ramp)],
  ] as const) {
    const { back, told } = write(document);
    assert.match(told.join(), /^WARN_COLORS_MERGED 37\d\d$/, what);
    const goxel = formatFor('x.vox').read!(likeGoxel(document, 'vox'), 'x.vox');
    const [ours, theirs] = [back, goxel].map((one) => difference(document.merged(), one.merged()));
    assert.ok(ours! < theirs! * 0.9, `${what}: ${ours} is not less than ${theirs}`);
  }
});

test('the palette of the project is kept in its order when it has all the colours', () => {
  const document = emptied();
  box(document, 'a', 0, document.palette.colors[7]! & 0xff_ffff);
  const { back } = write(document);
  assert.equal([...back.palette.colors.subarray(0, 32)], [...document.palette.colors]);
});

test('materials come back, of layers that have the same colours, too', () => {
  const document = emptied();
  const base = newMaterial('Steel');
  const float = Math.fround;
  document.set({
    materials: [
      newMaterial('Material.1'),
      { ...base, metallic: float(0.9), roughness: float(0.13) },
      { ...base, name: 'Pane', color: new Float32Array([1, 1, 1, 0.3]), roughness: 0.5 },
      { ...base, name: 'Lamp', emission: new Float32Array([0.9, 0.25, 3]) },
      { ...base, name: 'Mirror', color: new Float32Array([1, 1, 1, 0.6]), metallic: 1 },
    ],
  });
  for (let i = 0; i < 5; i++) box(document, `part ${i}`, 10 * i, 0x00c8ff).set({ material: i });
  const { file, told, back } = write(document);
  assert.equal(told, []);
  assert.equal(back.materials, document.materials);
  assert.equal(layersOf(back), layersOf(document));
  assert.equal(
    back.layers.map(({ material }) => material),
    [0, 1, 2, 3, 4],
  );
  assert.equal(
    seenObjects(file).map(({ voxels }) => voxels[0]!.material._type),
    [undefined, '_metal', '_glass', '_emit', '_blend'],
  );
  const tinted = { ...base, name: 'Tinted', color: new Float32Array([1, 0, 0, 1]) };
  document.set({ materials: [tinted, ...document.materials.slice(1)] });
  assert.equal(write(document).told, ['WARN_MATERIALS_LOST 1']);
});

test('an empty project is a file with an empty model', () => {
  const { file } = write(Document.empty());
  assert.is(file.toString('latin1', 20, 24), 'SIZE');
  assert.is(formatFor('x.vox').read!(file, 'x.vox').merged().count(), 0);
});

test('comes in pieces of at most 1 MiB', () => {
  const document = emptied();
  box(document, 'a', 0, 0xff, 1).volume.fillBox([0, 0, 0], [200, 200, 40], 0xff00_ff00);
  const pieces = [...formatFor('x.vox').write!(document)];
  assert.ok(pieces.length > 5);
  assert.ok(pieces.every((piece) => piece.length > 0 && piece.length <= 1024 * 1024));
});

test.run();
