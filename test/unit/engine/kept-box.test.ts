/** The box that a volume keeps, after every kind of change, beside one found from nothing. */

import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { newBlockData } from '../../../engine/volume/block.ts';
import type { Box, Vec3 } from '../../../engine/volume/box.ts';
import { Volume } from '../../../engine/volume/volume.ts';
import { SEED } from '../../support/seed.ts';

const RED = 0xff00_00ff;
const EDGE = 0x7fff_ffff;

/** By a look at every voxel. */
function boxFromNothing(volume: Volume): Box | undefined {
  const [low, high] = [
    [Infinity, Infinity, Infinity],
    [-Infinity, -Infinity, -Infinity],
  ];
  const reach = (axis: number, v: number) => {
    low[axis] = Math.min(low[axis]!, v);
    high[axis] = Math.max(high[axis]!, v + 1);
  };
  for (const { x, y, z, data } of volume.blocks()) {
    for (let i = 0; i < 4096; i++) {
      if (data[i]! >>> 24 === 0) continue;
      reach(0, x + (i & 15));
      reach(1, y + ((i >> 4) & 15));
      reach(2, z + (i >> 8));
    }
  }
  if (low[0] === Infinity) return undefined;
  return { min: low as unknown as Vec3, max: high as unknown as Vec3 };
}

/** Near the origin mostly, so that the same blocks are met again; and at the ends of all. */
const coordinate = fc.oneof(
  { arbitrary: fc.integer({ min: -40, max: 40 }), weight: 8 },
  { arbitrary: fc.constantFrom(-5000, 5000, EDGE, -EDGE - 1), weight: 1 },
);
const place = fc.tuple(coordinate, coordinate, coordinate);

type Edit = (volume: Volume) => void;

const edits: fc.Arbitrary<Edit> = fc.oneof(
  place.map((at) => (volume: Volume) => volume.set(...at, RED)),
  // One of those that are there, by a number.
  fc.nat().map((number) => (volume: Volume) => {
    const blocks = [...volume.blocks()];
    const block = blocks[number % blocks.length];
    if (block === undefined) return;
    const word = block.data.findIndex((rgba) => rgba >>> 24 !== 0);
    const { x, y, z } = block;
    volume.set(x + (word & 15), y + ((word >> 4) & 15), z + (word >> 8), 0);
  }),
  place.map((at) => (volume: Volume) => volume.setBlock(...at, newBlockData().fill(RED))),
  place.map((at) => (volume: Volume) => volume.setBlock(...at, newBlockData())),
  fc.tuple(place, fc.constantFrom(0, RED)).map(([[x, y, z], rgba]) => (volume: Volume) => {
    const [x1, y1, z1] = [x, y, z].map((v) => Math.min(v + 20, EDGE)) as [number, number, number];
    volume.fillBox([x, y, z], [x1, y1, z1], rgba);
  }),
  fc.constant((volume: Volume) => volume.fillBox([-20, -20, -20], [21, 21, 21], 0)),
);

const test = suite('kept box');

test('follows every change', () => {
  const steps = fc.array(fc.tuple(edits, fc.boolean()), { minLength: 20, maxLength: 60 });
  fc.assert(
    fc.property(steps, (all) => {
      const volume = new Volume();
      for (const [edit, asked] of all) {
        edit(volume);
        if (asked) assert.equal(volume.box(), boxFromNothing(volume));
      }
      volume.clear();
      assert.is(volume.box(), undefined);
      volume.set(3, 4, 5, RED);
      assert.equal(volume.box(), { min: [3, 4, 5], max: [4, 5, 6] });
    }),
    { seed: SEED, numRuns: 60 },
  );
});

test('shrinks by the gap that a far voxel leaves, and by a line of blocks', () => {
  const volume = new Volume();
  for (let x = 0; x < 16 * 40; x += 4) volume.set(x, 0, 0, RED);
  assert.equal(volume.box()?.max, [637, 1, 1]);
  volume.set(EDGE, 7, -EDGE - 1, RED);
  assert.equal(volume.box(), { min: [0, 0, -EDGE - 1], max: [EDGE + 1, 8, 1] });
  volume.set(EDGE, 7, -EDGE - 1, 0);
  assert.equal(volume.box(), { min: [0, 0, 0], max: [637, 1, 1] });
  for (let x = 636; x > 0; x -= 4) {
    volume.set(x, 0, 0, 0);
    assert.is(volume.box()!.max[0], x - 3);
  }
});

test('forgets the places of blocks that are no more', () => {
  const volume = new Volume();
  for (let i = 0; i < 400; i++) {
    volume.set(i * 16, 0, 0, RED);
    volume.set(i * 16, 40, 0, RED);
    volume.set(i * 16 - 16, 0, 0, 0);
    assert.equal(volume.box(), { min: [0, 0, 0], max: [i * 16 + 1, 41, 1] }, `${i}`);
    volume.set(i * 16, 40, 0, 0);
    if (i === 0) volume.set(0, 40, 0, RED);
  }
});

test.run();
