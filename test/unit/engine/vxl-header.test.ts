/** Maps of Voxlap itself: their header, any size, the view they begin with, and damage. */

import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Document } from '../../../engine/document/document.ts';
import type { Vec3 } from '../../../engine/volume/box.ts';
import { Volume } from '../../../engine/volume/volume.ts';
import { refused, refusesEveryCut, survivesNoise } from '../../support/damage.ts';
import { documentOf, open, readAs, written } from '../../support/documents.ts';
import { model, voxelLines } from '../../support/fixtures.ts';
import { refused as refusal } from '../../support/refused.ts';
import { SEED } from '../../support/seed.ts';
import { randomNumbers } from '../../support/volumes.ts';

const GROUND = 0xff40_405b;
const HEIGHT = 256;

/** Of a start at a place: looking along -y of the file, as Voxlap's own maps do. */
const AHEAD = [
  [1, 0, 0],
  [0, 0, 1],
  [0, -1, 0],
];

function header(width: number, depth: number, start: number[][] = [[0, 0, 0], ...AHEAD]): Buffer {
  const bytes = Buffer.alloc(12 + 96);
  bytes.writeUInt32LE(0x0907_2000, 0);
  bytes.writeUInt32LE(width, 4);
  bytes.writeUInt32LE(depth, 8);
  for (const [i, value] of start.flat().entries()) bytes.writeDoubleLE(value, 12 + 8 * i);
  return bytes;
}

/** Solid places from one to another, the first and last of them in colours of their own. */
interface Run {
  readonly from: number;
  readonly to: number;
  readonly above: readonly number[];
  readonly below: readonly number[];
}

/** Runs with air between them, down to the floor, the last of them above it; at random. */
const columns = fc
  .array(
    fc.record({
      air: fc.integer({ min: 1, max: 45 }),
      solid: fc.integer({ min: 1, max: 20 }),
      colors: fc.array(fc.nat(0xff_ffff), { maxLength: 20 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((parts) => {
    const runs: Run[] = [];
    let z = 0;
    for (const [i, { air, solid, colors, share }] of parts.entries()) {
      const last = i === parts.length - 1;
      // A span cannot begin with no colour at 0: it would have to end at -1.
      const from = z + air - (i === 0 && colors.length > 0 && share > 0.9 ? 1 : 0);
      const to = last ? HEIGHT : from + solid;
      const shown = colors.slice(0, to - from);
      const above = last ? shown : shown.slice(0, Math.round(shown.length * share));
      runs.push({ from, to, above, below: last ? [] : shown.slice(above.length) });
      z = to;
    }
    return runs;
  });

/** The spans of a column, each its runs' upper colours and then the lower ones. */
function encoded(runs: readonly Run[]): Buffer {
  return Buffer.concat(
    runs.map(({ from, to, above, below }, i) => {
      const words = to === HEIGHT ? 0 : 1 + above.length + below.length;
      const air = i === 0 ? 0 : runs[i - 1]!.to;
      const span = Buffer.from([words, from, from + above.length - 1, air]);
      const colors = [...above, ...below].map((rgb) => (0x8000_0000 | rgb) >>> 0);
      return Buffer.concat([span, Buffer.from(Uint32Array.from(colors).buffer)]);
    }),
  );
}

/** Blue is the lowest byte in the file, red in a volume. */
function color(bgr: number): number {
  return (0xff00_0000 | ((bgr & 0xff) << 16) | (bgr & 0xff00) | (bgr >> 16)) >>> 0;
}

function put(volume: Volume, x: number, y: number, { from, to, above, below }: Run): void {
  for (let z = from; z < to; z++) {
    const top = above[z - from];
    const bottom = below[below.length - (to - z)];
    const own = top ?? bottom;
    volume.set(x, y, 127 - z, own === undefined ? GROUND : color(own));
  }
}

const test = suite('vxl with a header');

test('a map of any size is read around the origin', () => {
  const side = fc.integer({ min: 1, max: 7 });
  const maps = fc.tuple(side, side).chain(([width, depth]) => {
    const length = width * depth;
    const all = fc.array(columns, { minLength: length, maxLength: length });
    return all.map((list) => ({ width, depth, list }));
  });
  fc.assert(
    fc.property(maps, ({ width, depth, list }) => {
      const document = readAs('vxl', Buffer.concat([header(width, depth), ...list.map(encoded)]));
      const expected = new Volume();
      for (const [i, runs] of list.entries()) {
        const [x, y] = [i % width, Math.floor(i / width)];
        const place = [Math.floor(width / 2) - 1 - x, y - Math.floor(depth / 2)] as const;
        for (const run of runs) put(expected, ...place, run);
      }
      assert.ok(voxelLines(document.merged()) === voxelLines(expected), 'other voxels');
    }),
    { seed: SEED, numRuns: 60 },
  );
});

const FLOOR = Buffer.from([0, 255, 255, 0, 1, 2, 3, 128]);

test('the view that it begins with is a camera', () => {
  const at = [0.5, 3, 200.25];
  const camera = (...directions: number[][]) =>
    readAs('vxl', Buffer.concat([header(1, 1, [at, ...directions]), FLOOR])).cameras.slice(1);
  const [start, ...others] = camera(...AHEAD);
  assert.equal(others, []);
  assert.is(start!.name, 'Start');
  assert.not(start!.active);
  // File x and z point against ours; so right is -x, and it looks along -y, with its back to +y.
  assert.equal([...start!.mat], [-1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, -0.5, 3, -72.25, 1]);
  const half = Math.SQRT1_2;
  const [turned] = camera([half, half, 0], [0, 0, 1], [half, -half, 0]);
  assert.ok(Math.abs(turned!.mat[0]! + half) < 1e-6 && Math.abs(turned!.mat[1]! - half) < 1e-6);
  const [x, y, z] = AHEAD as [number[], number[], number[]];
  assert.equal(camera(x, y, [0, 1, 0]), [], 'a mirrored view');
  assert.equal(camera(x, y, [0, -2, 0]), [], 'a stretched one');
  assert.equal(camera(x, [0, 0, 0], z), [], 'a flat one');
  assert.equal(camera(x, [Number.NaN, 0, 1], z), [], 'none');
});

test('what is read of a voxel is drawn where the camera looks', () => {
  const { mat } = readAs('vxl', Buffer.concat([header(1, 1), FLOOR])).cameras[1]!;
  // 0 of the file is the upper end of its first voxel.
  assert.equal([...mat.subarray(12, 15)], [0, 0, 128]);
});

test('refuses damage, and says where', () => {
  const sound = Buffer.concat([header(2, 1), FLOOR, FLOOR]);
  assert.is(readAs('vxl', sound).merged().count(), 2);
  const broken = (bytes: Buffer, message: RegExp) =>
    refused('vxl', bytes, 'GOX_FORMAT_BROKEN', message);
  broken(header(0, 5), /byte 4: a map of 0 x 5 columns/);
  broken(header(2, 2 ** 32 - 1), /byte 108: 34359738360 bytes of columns do not fit/);
  broken(header(65_536, 65_536), /byte 108: \d+ bytes of columns do not fit into the 0 left/);
  broken(Buffer.concat([header(2, 1), FLOOR]), /byte 116: 4 bytes of a span do not fit/);
  broken(Buffer.concat([header(1, 1), Buffer.from([0, 9, 7, 0])]), /byte 108: a span from 9 to 7/);
  broken(
    Buffer.concat([header(1, 1), Buffer.from([0, 9, 9, 10])]),
    /byte 108: .* below air from 10/,
  );
  refusesEveryCut('vxl', sound);
  survivesNoise('vxl', sound);
});

/** A map of Voxlap that was written and read, without the ground under all of it. */
function throughVoxlap(document: Document): Document {
  const map = written(document, 'vxl', { voxlap_header: true });
  assert.equal([map.readUInt32LE(0), map.readUInt32LE(4)], [0x0907_2000, 1024]);
  const read = readAs('vxl', map);
  const { volume } = read.activeLayer;
  const floor = [...volume.blocks()].reduce((sum, { z, data }) => {
    return z > -HEIGHT / 2 ? sum : sum + data.subarray(0, 256).filter((word) => word !== 0).length;
  }, 0);
  assert.is(floor, 1024 * 1024, 'ground under every column');
  volume.fillBox([-512, -512, -128], [512, 512, -127], 0);
  return read;
}

test('what is written is read again, with the surface, the inside and the start', () => {
  const volume = new Volume();
  const random = randomNumbers(SEED);
  const below = (end: number) => Math.floor(random() * end);
  for (let i = 0; i < 40; i++) {
    const min = [below(1000) - 510, below(1000) - 510, below(230) - 127] as const;
    const max = min.map((v) => Math.min(v + 1 + below(12), 512)) as unknown as Vec3;
    volume.fillBox(min, [max[0], max[1], Math.min(max[2], 128)], (0xff00_0000 | (i * 999)) >>> 0);
  }
  for (const [x, z] of [
    [-512, 127],
    [511, -127],
    [511, 127],
  ] as const)
    volume.set(x, x, z, 0xff01_0203);
  const document = documentOf(volume);
  const { mat } = readAs('vxl', Buffer.concat([header(1, 1), FLOOR])).cameras[1]!;
  const camera = { ...document.cameras[0]!, mat: mat.with(12, 5).with(13, -6), active: true };
  document.set({ cameras: [camera] });
  const read = throughVoxlap(document);
  assert.equal([...read.cameras.at(-1)!.mat], [...camera.mat]);
  const found = read.merged();
  assert.is(found.count(), volume.count());
  for (const { x, y, z, data } of volume.blocks()) {
    for (const [i, word] of data.entries()) {
      if (word === 0) continue;
      const at = [x + (i & 15), y + ((i >> 4) & 15), z + (i >> 8)] as const;
      const beside = [0, 1, 2].flatMap((axis) =>
        [-1, 1].map((step) => at.map((v, n) => (n === axis ? v + step : v)) as unknown as Vec3),
      );
      // The ground below was there when it was written.
      const hidden = beside.every((place) => place[2] === -128 || volume.get(...place) !== 0);
      assert.is(found.get(...at), hidden ? GROUND : word, `${at}`);
    }
  }
});

test('Goxel’s models come through it as through a map of Ace of Spades', () => {
  for (const title of ['multi']) {
    const document = open(model(title));
    const other = readAs('vxl', written(document, 'vxl')).merged();
    assert.is(voxelLines(throughVoxlap(document).merged()), voxelLines(other), title);
  }
});

test('refuses to write what no map of Voxlap has a place for', () => {
  const volume = new Volume();
  volume.set(0, 0, 128, 0xff00_0000);
  const error = refusal(() => written(documentOf(volume), 'vxl', { voxlap_header: true }));
  assert.match(error.message, /from -512 to 511 in x and y and from -128 to 127 in z/);
});

test.run();
