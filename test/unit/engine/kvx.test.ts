/** Build's voxel sprites, compared with what Goxel reads and writes. */

import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Document } from '../../../engine/document/document.ts';
import { formatFor } from '../../../engine/formats/index.ts';
import { boxCorners } from '../../../engine/volume/matrix.ts';
import { Volume } from '../../../engine/volume/volume.ts';
import { refused, refusesEveryCut, survivesNoise } from '../../support/damage.ts';
import { documentOf, open, readAs, VOLUMES, written } from '../../support/documents.ts';
import { imports, model, models, voxelLines } from '../../support/fixtures.ts';
import { SEED } from '../../support/seed.ts';

const PIVOT_Z_AT = 24;
const TABLE_AT = 28;
const PALETTE_BYTES = 768;
const test = suite('kvx');

/** The colours of a file's palette, in three bytes each. */
const paletteOf = (bytes: Buffer) =>
  Array.from({ length: 256 }, (_, i) =>
    bytes.toString(
      'hex',
      bytes.length - PALETTE_BYTES + i * 3,
      bytes.length - PALETTE_BYTES + i * 3 + 3,
    ),
  );

/** What Goxel writes of a document, mended where it is wrong. */
function mended(truth: Buffer, ours: Buffer, document: Document): Buffer {
  const { min, max } = document.merged().box()!;
  const bytes = Buffer.from(truth);
  // It takes the pivot's z from the wrong end: 0 is where the file's z runs from, the top.
  assert.is(bytes.readInt32LE(PIVOT_Z_AT), (max[2] - min[2] - min[2]) * 256);
  bytes.writeInt32LE(max[2] * 256, PIVOT_Z_AT);
  // It uses no entry 0 or 255, and takes the next best for the colours that are there.
  for (let at = TABLE_AT; at < bytes.length - PALETTE_BYTES; at++) {
    if (bytes[at] === ours[at]) continue;
    assert.ok(ours[at] === 0 || ours[at] === 255, `byte ${at} is ${ours[at]}`);
    bytes[at] = ours[at]!;
  }
  return bytes;
}

let exact = 0;
for (const fixture of models()) {
  const truth = fixture.gui('.kvx');
  if (truth === undefined || fixture.name === 'multi' || fixture.name === 'empty') continue;
  test(`${fixture.title} is written as Goxel does, colours 0 and 255 and pivot mended`, () => {
    const document = open(fixture);
    const ours = written(document, 'kvx');
    assert.ok(ours.equals(mended(truth, ours, document)), 'differs');
    if (ours.equals(truth)) exact++;
  });
}

test('is the same as in Goxel where that is right', () => {
  assert.ok(exact >= 7, `${exact}`);
});

test('an empty model has no slab', () => {
  const fixture = model('empty');
  const truth = fixture.gui('.kvx')!;
  const slab = truth.length - PALETTE_BYTES - 3;
  const without = Buffer.concat([truth.subarray(0, slab), truth.subarray(-PALETTE_BYTES)]);
  assert.ok(written(open(fixture), 'kvx').equals(without));
});

test('voxels outside the image box, which Goxel drops, are written', () => {
  const fixture = model('multi');
  const document = open(fixture);
  const again = readAs('kvx', written(document, 'kvx'));
  assert.equal(again.merged().box(), document.merged().box());
  const { max } = boxCorners(document.box);
  const cropped = new Volume();
  for (const { x, y, z, data } of document.merged().blocks()) {
    if (y >= max[1]) continue;
    cropped.setBlock(x, y, z, data);
  }
  const inside = documentOf(cropped);
  inside.set({ box: document.box });
  const ours = written(inside, 'kvx');
  const truth = fixture.gui('.kvx')!;
  // The palette is of all the voxels, so only what comes before it is compared.
  const colors = (bytes: Buffer) => voxelLines(readAs('kvx', bytes).merged());
  assert.is(ours.length, truth.length);
  assert.is(colors(ours).replace(/ \w+$/gm, ''), colors(truth).replace(/ \w+$/gm, ''));
});

interface Info {
  readonly box: number[];
  readonly layers: readonly { box: number[] }[];
}

let read = 0;
for (const fixture of imports('kvx', ['imports', 'real'])) {
  test(`${fixture.title} is read as in Goxel`, () => {
    const document = readAs('kvx', fixture.bytes);
    const truth = fixture.beside('.import.voxels.txt')!.toString();
    assert.ok(voxelLines(document.merged()) === truth, 'other voxels');
    const info = JSON.parse(fixture.beside('.import.info.json')!.toString()) as Info;
    assert.equal([...document.box], info.box);
    assert.equal([...document.activeLayer.box!], info.layers[0]!.box);
    read++;
  });
}

test('was compared with Goxel', () => {
  assert.ok(read >= 2, `${read}`);
});

/** Which positions a volume has. */
const places = (volume: Volume) => voxelLines(volume).replace(/ \w+$/gm, '');

test('reads what it writes: all places, and the colours of the surface in six bits', () => {
  fc.assert(
    fc.property(VOLUMES, (volume) => {
      const again = readAs('kvx', written(documentOf(volume), 'kvx')).merged();
      assert.is(places(again), places(volume));
      for (const { x, y, z, data } of volume.blocks()) {
        for (const [i, rgba] of data.entries()) {
          const [vx, vy, vz] = [x + (i & 15), y + ((i >> 4) & 15), z + (i >> 8)];
          if (rgba === 0 || volume.get(vx, vy, vz - 1) !== 0) continue;
          const six = (word: number) => [0, 8, 16].map((s) => ((word >>> s) & 255) >> 2);
          assert.equal(six(again.get(vx, vy, vz)), six(rgba));
        }
      }
    }),
    { seed: SEED },
  );
});

test('takes a palette of 256 colours as it is when it has them all', () => {
  const document = open(model('two'));
  const colors = Uint32Array.from({ length: 256 }, (_, i) => (0xff00_0000 | i) >>> 0);
  document.set({ palette: { name: 'reds and green', colors, names: [] } });
  colors[7] = 0xff00_ff00;
  const bytes = written(document, 'kvx');
  assert.equal(paletteOf(bytes).slice(4, 9), ['010000', '010000', '010000', '003f00', '020000']);
  assert.is(voxelLines(readAs('kvx', bytes).merged()), '0 0 0 ff0000ff\n1 0 0 00ff00ff\n');
});

function refusedToWrite(build: (volume: Volume) => void, message: RegExp): void {
  const volume = new Volume();
  build(volume);
  try {
    formatFor('x.kvx').write!(documentOf(volume));
  } catch (error) {
    assert.is((error as { code: string }).code, 'GOX_FORMAT_LIMIT');
    assert.match((error as Error).message, message);
    return;
  }
  assert.unreachable('was written');
}

test('refuses what a file cannot hold, and takes what it can', () => {
  const RED = 0xff00_00ff;
  refusedToWrite((volume) => volume.fillBox([0, 0, 0], [1, 1, 257], RED), /256; .* 1 x 1 x 257/);
  refusedToWrite((volume) => volume.fillBox([0, 0, 0], [4097, 1, 1], RED), /4097 x 1 x 1/);
  refusedToWrite((volume) => volume.fillBox([0, 0, 0], [3, 300, 256], RED), /65535 bytes/);
  const high = new Volume();
  high.fillBox([0, 0, 0], [1, 1, 256], RED);
  assert.is(
    readAs('kvx', written(documentOf(high), 'kvx'))
      .merged()
      .count(),
    256,
  );
});

const axes = imports('kvx').find(({ name }) => name === 'rt_axes.kvx')!.bytes;

test('refuses damage', () => {
  const changed = (at: number, value: number, bytes = 4) => {
    const copy = Buffer.from(axes);
    copy.writeUIntLE(value, at, bytes);
    return copy;
  };
  refused('kvx', changed(0, axes.length), 'GOX_FORMAT_BROKEN', /does not fit with a palette/);
  refused('kvx', changed(4, 0xffff_ffff), 'GOX_FORMAT_BROKEN', /tables do not fit/);
  refused('kvx', changed(0, 24), 'GOX_FORMAT_BROKEN', /tables do not fit into the 0 left/);
  refused('kvx', changed(TABLE_AT, 7), 'GOX_FORMAT_BROKEN', /not among the slabs/);
  const beyond = changed(TABLE_AT + 16, axes.length);
  refused('kvx', beyond, 'GOX_FORMAT_BROKEN', /not among the slabs/);
  refused('kvx', changed(12, 1), 'GOX_FORMAT_BROKEN', /leaves the height of 1/);
  const slabs = TABLE_AT + axes.readUInt32LE(TABLE_AT);
  refused('kvx', changed(slabs + 1, 250, 1), 'GOX_FORMAT_BROKEN', /250 voxels leaves its column/);
});

test('refuses columns that share their slabs', () => {
  const [width, depth] = [64, 64];
  const table = (width + 1) * 4 + width * (depth + 1) * 2;
  const bytes = Buffer.alloc(TABLE_AT + table + 60_000 + PALETTE_BYTES);
  bytes.writeUInt32LE(bytes.length - PALETTE_BYTES - 4, 0);
  for (const [i, value] of [width, depth, 256].entries()) bytes.writeUInt32LE(value, 4 + i * 4);
  for (let x = 0; x <= width; x++) bytes.writeUInt32LE(table, TABLE_AT + x * 4);
  for (let i = 0; i < width * (depth + 1); i++) {
    bytes.writeUInt16LE(i % (depth + 1) === 0 ? 0 : 60_000, TABLE_AT + (width + 1) * 4 + i * 2);
  }
  refused('kvx', bytes, 'GOX_FORMAT_BROKEN', /share their slabs/);
});

test('a file cut anywhere, or with noise, is read or refused', () => {
  // The palette is found from the end, so a cut shows only once the slabs are touched.
  refusesEveryCut('kvx', axes);
  survivesNoise('kvx', axes);
});

test.run();
