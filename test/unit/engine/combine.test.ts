/** The blend modes against their rules in whole numbers, in bulk against voxel by voxel. */

import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { clipped } from '../../../engine/ops/clip.ts';
import {
  BLEND_MODES,
  type BlendMode,
  combine,
  intersection,
  merge,
} from '../../../engine/ops/combine.ts';
import { newBlockData } from '../../../engine/volume/block.ts';
import type { Vec3 } from '../../../engine/volume/box.ts';
import { channels, pack } from '../../../engine/volume/color.ts';
import { Volume } from '../../../engine/volume/volume.ts';
import { SEED } from '../../support/seed.ts';

const alpha = fc.oneof(fc.constantFrom(0, 1, 254, 255), fc.nat(255));
const color = fc.tuple(fc.nat(0xff_ffff), alpha).map(([rgb, a]) => (rgb | (a << 24)) >>> 0);
const modes = fc.constantFrom(...BLEND_MODES);
const near = fc.integer({ min: -20, max: 20 });

/** Voxels here and there, and blocks full of one colour. */
const volumes = fc
  .tuple(
    fc.array(fc.tuple(near, near, near, color), { maxLength: 40 }),
    fc.array(fc.tuple(near, near, near, color), { maxLength: 3 }),
  )
  .map(([voxels, blocks]) => {
    const volume = new Volume();
    for (const [x, y, z, rgba] of blocks) volume.setBlock(x, y, z, newBlockData().fill(rgba));
    for (const [x, y, z, rgba] of voxels) volume.set(x, y, z, rgba);
    return volume;
  });

/** Goxel's rules, in whole numbers of any size; paint has no share but all or nothing here. */
function byRule(a: number, b: number, mode: BlendMode): readonly number[] {
  const [below, above] = [channels(a), channels(b)];
  const [aA, bA] = [below[3], above[3]];
  const with4 = (rgb: readonly number[], last: number) => [rgb[0]!, rgb[1]!, rgb[2]!, last];
  const divided = (v: number, by: number) => Number(BigInt(v) / BigInt(by));
  switch (mode) {
    case 'over': {
      const den = 255 * bA + aA * (255 - bA);
      if (den === 0) return below;
      const rgb = [0, 1, 2].map((c) =>
        divided(255 * above[c]! * bA + below[c]! * aA * (255 - bA), den),
      );
      return with4(rgb, bA + divided(aA * (255 - bA), 255));
    }
    case 'sub':
      return with4(below, Math.max(0, aA - bA));
    case 'sub_clamp':
      return with4(below, Math.min(aA, 255 - bA));
    case 'paint': {
      const t = Math.fround(bA / 255);
      const rest = Math.fround(1 - t);
      const mixed = (c: number) =>
        Math.trunc(Math.fround(Math.fround(rest * below[c]!) + Math.fround(t * above[c]!)));
      return with4([0, 1, 2].map(mixed), aA);
    }
    case 'max':
      return with4(above, Math.max(aA, bA));
    case 'intersect':
      return with4(below, Math.min(aA, bA));
    case 'intersect_fill':
      return with4(Math.min(aA, bA) > 0 ? above : below, Math.min(aA, bA));
    case 'mult_alpha':
      return below.map((v) => divided(v * bA, 255));
    case 'replace':
      return above;
  }
}

const test = suite('combine');

test('the modes have the numbers that files store', () => {
  assert.is(BLEND_MODES.indexOf('over'), 0);
  assert.is(BLEND_MODES.indexOf('intersect_fill'), 6);
  assert.is(BLEND_MODES.indexOf('replace'), 8);
});

for (const mode of BLEND_MODES) {
  test(`${mode} follows its rule`, () => {
    fc.assert(
      fc.property(color, color, (a, b) => {
        const result = combine(a, b, mode);
        assert.is(result, result >>> 0);
        assert.equal([...channels(result)], [...byRule(a, b, mode)]);
      }),
      { seed: SEED, numRuns: 1500 },
    );
  });
}

/** The words of the block of a position; zeros where there are no voxels. */
function wordsAt(volume: Volume, [x, y, z]: Vec3): Uint32Array {
  const data = volume.blockAt(x, y, z);
  return data?.some((rgba) => rgba >>> 24 !== 0) ? data.slice() : new Uint32Array(4096);
}

const SKIP_ABSENT: readonly BlendMode[] = ['over', 'sub', 'sub_clamp', 'paint', 'max'];

test('merging combines every voxel of the blocks there are', () => {
  const tints = fc.oneof(fc.constant(0xffff_ffff), color);
  fc.assert(
    fc.property(volumes, volumes, modes, tints, (below, above, mode, tint) => {
      const target = below.clone();
      merge(target, above, mode, tint);
      const factors = channels(tint);
      for (const block of [...below.blocks(), ...above.blocks()]) {
        const at: Vec3 = [block.x, block.y, block.z];
        const [a, b, got] = [wordsAt(below, at), wordsAt(above, at), wordsAt(target, at)];
        const skipped = SKIP_ABSENT.includes(mode) && b.every((rgba) => rgba >>> 24 === 0);
        for (let i = 0; i < 4096; i++) {
          const tinted = channels(b[i]!).map((v, c) => Math.trunc((v * factors[c]!) / 255));
          const [red, green, blue, last] = tinted;
          const source = pack(red!, green!, blue!, last!);
          const expected = skipped ? a[i]! : combine(a[i]!, source, mode);
          if (expected >>> 24 !== 0) assert.is(got[i], expected, `${mode} at word ${i}`);
          else assert.is(got[i]! >>> 24, 0, `${mode} at word ${i}`);
        }
      }
      assert.ok([...target.blocks()].every(({ data }) => data.some((rgba) => rgba >>> 24 !== 0)));
    }),
    { seed: SEED, numRuns: 150 },
  );
});

/** Blocks with voxels in their order, and what is visible in each. */
function shown(volume: Volume) {
  return [...volume.blocks()].map(({ x, y, z, data }) => {
    return { at: [x, y, z], words: Array.from(data, (rgba) => (rgba >>> 24 === 0 ? 0 : rgba)) };
  });
}

test('an intersection is what merging makes, from either side, in the order of the first', () => {
  fc.assert(
    fc.property(volumes, volumes, (volume, mask) => {
      const expected = volume.clone();
      merge(expected, mask, 'intersect');
      assert.equal(shown(intersection(volume, mask)), shown(expected));
    }),
    { seed: SEED, numRuns: 150 },
  );
});

test('what lies in a box is found by position or block by block, in the order of blocks', () => {
  // Many blocks and small boxes, so that the blocks in one are fewer than all.
  const spread = fc.array(fc.tuple(near, near, near, color), { minLength: 50, maxLength: 60 });
  const side = fc.integer({ min: 0, max: 20 });
  const boxes = fc.tuple(near, near, near, side, side, side);
  fc.assert(
    fc.property(spread, boxes, (voxels, [x1, y1, z1, width, height, depth]) => {
      const volume = new Volume();
      for (const [x, y, z, rgba] of voxels) volume.set(x, y, z, rgba);
      const [min, max]: [Vec3, Vec3] = [
        [x1, y1, z1],
        [x1 + width, y1 + height, z1 + depth],
      ];
      const expected = volume.clone();
      for (const { x: x0, y: y0, z: z0 } of volume.blocks()) {
        for (let i = 0; i < 4096; i++) {
          const at: Vec3 = [x0 + (i & 15), y0 + ((i >> 4) & 15), z0 + (i >> 8)];
          const inside = at.every((v, axis) => v >= min[axis]! && v < max[axis]!);
          if (!inside) expected.set(...at, 0);
        }
      }
      assert.equal(shown(clipped(volume, { min, max })), shown(expected));
    }),
    { seed: SEED, numRuns: 50 },
  );
});

test('merging leaves the source as it was, and its blocks apart from the target', () => {
  const source = new Volume();
  source.set(1, 2, 3, 0xff00_00ff);
  const target = new Volume();
  merge(target, source, 'over');
  assert.is(target.blockAt(1, 2, 3), source.blockAt(1, 2, 3), 'the block is shared');
  target.set(1, 2, 3, 0);
  assert.is(source.get(1, 2, 3), 0xff00_00ff);
});

test('an opaque block laid over another is shared', () => {
  const [target, source] = [new Volume(), new Volume()];
  target.fillBox([0, 0, 0], [16, 16, 8], 0xff00_00ff);
  source.fillBox([0, 0, 0], [16, 16, 16], 0xff00_ff00);
  merge(target, source, 'over');
  assert.is(target.blockAt(0, 0, 0), source.blockAt(0, 0, 0));
});

test('a volume can be merged with itself', () => {
  for (const mode of BLEND_MODES) {
    const volume = new Volume();
    for (let x = 0; x < 2000; x += 16) volume.set(x, 0, 0, 0x8010_2030);
    merge(volume, volume, mode);
    const expected = combine(0x8010_2030, 0x8010_2030, mode);
    assert.is(volume.get(1600, 0, 0), expected >>> 24 === 0 ? 0 : expected, mode);
  }
});

test('merging stops at the memory limit of the target', () => {
  const [target, source] = [new Volume(), new Volume()];
  source.fillBox([0, 0, 0], [64, 16, 16], 0xff00_00ff);
  target.blocks_max = 3;
  assert.throws(() => merge(target, source, 'over'), /GOX_MEMORY_LIMIT|bytes that are free/);
});

test.run();
