/** The volume against a plain Map, over any coordinates, and what clones may not see. */

import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BLOCK_BYTES } from '../../../engine/volume/block.ts';
import type { Vec3 } from '../../../engine/volume/box.ts';
import { channels, pack } from '../../../engine/volume/color.ts';
import { Volume } from '../../../engine/volume/volume.ts';
import { voxelLines } from '../../support/fixtures.ts';
import { SEED } from '../../support/seed.ts';

type Model = Map<string, number>;

const key = (x: number, y: number, z: number) => `${x},${y},${z}`;

/** Few enough that operations meet, with both ends of the range and block borders among them. */
const coordinate = fc.oneof(
  fc.integer({ min: -20, max: 20 }),
  fc.constantFrom(-0x8000_0000, -0x7fff_ffff, 0x7fff_ffff, 0x7fff_fff0, -17, -16, -1, 0, 15, 16),
  fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }),
);
const position = fc.tuple(coordinate, coordinate, coordinate);
const color = fc.oneof(fc.constant(0), fc.constant(0x0012_3456), fc.nat(0xffff_ffff));
const near = fc.integer({ min: -40, max: 40 });

const operation = fc.oneof(
  { weight: 20, arbitrary: fc.record({ op: fc.constant('set' as const), at: position, color }) },
  {
    weight: 3,
    arbitrary: fc.record({
      op: fc.constant('fill' as const),
      min: fc.tuple(near, near, near),
      size: fc.tuple(fc.nat(40), fc.nat(40), fc.nat(40)),
      color,
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('clear' as const) }) },
  { weight: 4, arbitrary: fc.record({ op: fc.constant('clone' as const), swap: fc.boolean() }) },
);

type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

function put(model: Model, x: number, y: number, z: number, rgba: number): void {
  if (rgba >>> 24 === 0) model.delete(key(x, y, z));
  else model.set(key(x, y, z), rgba);
}

function fill(model: Model, min: Vec3, max: Vec3, rgba: number): void {
  for (let z = min[2]; z < max[2]; z++) {
    for (let y = min[1]; y < max[1]; y++) {
      for (let x = min[0]; x < max[0]; x++) put(model, x, y, z, rgba);
    }
  }
}

/** Everything the volume says must agree with the model. */
function agree(volume: Volume, model: Model): void {
  assert.is(volume.count(), model.size);
  const seen: Model = new Map();
  for (const { x, y, z, data } of volume.blocks()) {
    assert.ok((x | y | z) % 16 === 0, 'blocks lie on multiples of 16');
    for (const [i, rgba] of data.entries()) {
      if (rgba >>> 24 === 0) continue;
      seen.set(key(x + (i & 15), y + ((i >> 4) & 15), z + (i >> 8)), rgba);
    }
  }
  assert.is(seen.size, model.size);
  const bounds = [Infinity, Infinity, Infinity, -Infinity, -Infinity, -Infinity];
  for (const [at, rgba] of model) {
    assert.is(seen.get(at), rgba, at);
    const [x, y, z] = at.split(',').map(Number) as [number, number, number];
    assert.is(volume.get(x, y, z), rgba, at);
    for (const [axis, v] of [x, y, z].entries()) {
      bounds[axis] = Math.min(bounds[axis]!, v);
      bounds[axis + 3] = Math.max(bounds[axis + 3]!, v + 1);
    }
  }
  const box = volume.box();
  if (model.size === 0) assert.is(box, undefined);
  else assert.equal([...box!.min, ...box!.max], bounds);
}

function run(operations: readonly Operation[]): void {
  let volume = new Volume();
  let model: Model = new Map();
  const others: [Volume, Model][] = [];
  for (const step of operations) {
    const before = volume.version;
    if (step.op === 'set') {
      const [x, y, z] = step.at;
      const was = volume.get(x, y, z);
      volume.set(x, y, z, step.color);
      put(model, x, y, z, step.color);
      assert.is(volume.get(x, y, z), model.get(key(x, y, z)) ?? 0);
      assert.is(volume.version !== before, was !== volume.get(x, y, z), 'version tells changes');
    } else if (step.op === 'fill') {
      const max: Vec3 = [
        step.min[0] + step.size[0],
        step.min[1] + step.size[1],
        step.min[2] + step.size[2],
      ];
      volume.fillBox(step.min, max, step.color);
      fill(model, step.min, max, step.color);
      assert.is(volume.count(), model.size);
    } else if (step.op === 'clear') {
      volume.clear();
      model = new Map();
    } else {
      const copy = volume.clone();
      const twin: Model = new Map(model);
      others.push(step.swap ? [volume, model] : [copy, twin]);
      if (step.swap) [volume, model] = [copy, twin];
    }
  }
  agree(volume, model);
  for (const [other, itsModel] of others) agree(other, itsModel);
}

const RED = 0xff00_00ff;

const test = suite('volume');

test('does what a Map does, and its clones keep what they had', () => {
  const steps = fc.array(operation, { maxLength: 40 });
  fc.assert(fc.property(steps, run), { seed: SEED, numRuns: 150 });
});

test('fills to the last coordinates there are', () => {
  const volume = new Volume();
  const end = 0x8000_0000;
  volume.fillBox([end - 20, -end, 0], [end, 3 - end, 1], 0xff00_00ff);
  assert.is(volume.count(), 60);
  assert.equal(volume.box(), { min: [end - 20, -end, 0], max: [end, 3 - end, 1] });
  assert.is(Volume.blocksIn([end - 20, -end, 0], [end, 3 - end, 1]), 2);
});

test('a write to a shared block copies that block and no other', () => {
  const volume = new Volume();
  for (let x = 0; x < 4; x++) volume.set(x * 16, 0, 0, 0xff00_0001);
  const copy = volume.clone();
  copy.set(16, 0, 0, 0xff00_0002);
  const shared = [...volume.blocks()].filter(({ x, y, z, data }) => copy.blockAt(x, y, z) === data);
  assert.equal(
    shared.map(({ x }) => x),
    [0, 32, 48],
  );
  volume.set(32, 0, 0, 0xff00_0003);
  assert.is(copy.get(32, 0, 0), 0xff00_0001);
});

test('a block given or taken over is not written by either side', () => {
  const data = new Uint32Array(4096);
  data[0] = 0xff00_0009;
  const [giver, taker, reader] = [new Volume(), new Volume(), new Volume()];
  giver.setBlock(-16, 0, 16, data);
  giver.set(-15, 0, 16, 0xff00_0001);
  assert.is(data[1], 0);
  taker.shareBlock(-16, 0, 16, giver);
  reader.shareBlock(-16, 0, 16, giver);
  taker.set(-16, 0, 16, 0);
  giver.set(-14, 0, 16, 0xff00_0002);
  assert.is(giver.get(-16, 0, 16), 0xff00_0009);
  assert.is(taker.get(-14, 0, 16), 0);
  assert.is(taker.count(), 1);
  assert.is(voxelLines(reader), '-16 0 16 090000ff\n-15 0 16 010000ff\n');
  assert.is(giver.count(), 3);
});

test('keeps the order of insertion, and sweeps empty blocks without disturbing it', () => {
  const volume = new Volume();
  for (let i = 0; i < 500; i++) volume.set(((i * 7919) % 500) << 4, 0, 0, 0xff00_0001);
  for (let i = 0; i < 500; i++) if (i % 3 !== 0) volume.set(((i * 7919) % 500) << 4, 0, 0, 0);
  const kept = [...volume.blocks()].map(({ x }) => x >> 4);
  const expected = Array.from({ length: 167 }, (_, i) => (i * 3 * 7919) % 500);
  assert.equal(kept, expected);
  assert.ok(volume.blockCount < 400, `${volume.blockCount} blocks for 167 with voxels`);
  assert.is(volume.byteLength, volume.blockCount * BLOCK_BYTES);
  for (let i = 0; i < 500; i++) volume.set(i << 4, 0, 0, 0);
  assert.is(volume.count(), 0);
  assert.ok(volume.blockCount <= 64);
});

test('packs colours as little-endian RGBA', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 4, maxLength: 4 }), (bytes) => {
      const [r, g, b, a] = bytes as unknown as [number, number, number, number];
      const word = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
      assert.is(pack(r, g, b, a), word);
      assert.equal(channels(word), [...bytes]);
    }),
    { seed: SEED },
  );
});

test('a snapshot keeps what there was, and makes an equal volume', () => {
  const volume = new Volume();
  volume.fillBox([-3, -3, -3], [30, 20, 10], RED);
  volume.set(100, -100, 7, 0xff00_ff00);
  const snapshot = structuredClone(volume.snapshot());
  volume.fillBox([-3, -3, -3], [30, 20, 10], 0);
  const copy = Volume.of(snapshot);
  assert.is(copy.count(), 33 * 23 * 13 + 1);
  assert.equal(copy.box(), { min: [-3, -100, -3], max: [101, 20, 10] });
  assert.is(copy.get(29, 19, 9), RED);
  copy.set(29, 19, 9, 0);
  assert.is(Volume.of(snapshot).get(29, 19, 9), RED);
});

test('refuses blocks past its limit', () => {
  const volume = new Volume();
  volume.blocks_max = 8;
  volume.fillBox([0, 0, 0], [32, 32, 32], RED);
  volume.set(31, 31, 31, 0);
  assert.throws(() => volume.set(32, 0, 0, RED), /more than the 131072 bytes/);
});

test.run();
