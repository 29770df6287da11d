/** Combining, moving and shapes against the plainest code that follows Goxel's rules. */

import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { mergeOver, over } from '../../../engine/ops/combine.ts';
import { moved } from '../../../engine/ops/move.ts';
import { shapeVolume } from '../../../engine/ops/shapes.ts';
import type { Box } from '../../../engine/volume/box.ts';
import { channels } from '../../../engine/volume/color.ts';
import { boxMatrix } from '../../../engine/volume/matrix.ts';
import { Volume } from '../../../engine/volume/volume.ts';
import { voxelLines } from '../../support/fixtures.ts';
import { SEED } from '../../support/seed.ts';

const RED = 0xff00_00ff;
const LIMIT = 10_000;
const runs = { seed: SEED, numRuns: 200 };

const alpha = fc.oneof(fc.constantFrom(0, 1, 254, 255), fc.nat(255));
const color = fc.tuple(fc.nat(0xff_ffff), alpha).map(([rgb, a]) => (rgb | (a << 24)) >>> 0);
const near = fc.integer({ min: -30, max: 30 });
const voxels = fc.array(fc.tuple(near, near, near, color), { maxLength: 40 }).map((list) => {
  const volume = new Volume();
  for (const [x, y, z, rgba] of list) volume.set(x, y, z, rgba);
  return volume;
});

/** Goxel's rule, in whole numbers of any size. */
function overByRule(a: number, b: number): number[] {
  const [below, above] = [channels(a).map(BigInt), channels(b).map(BigInt)];
  const [aA, bA] = [below[3]!, above[3]!];
  const den = 255n * bA + aA * (255n - bA);
  if (den === 0n) return [0, 0, 0, 0];
  const rgb = [0, 1, 2].map((c) => (255n * above[c]! * bA + below[c]! * aA * (255n - bA)) / den);
  return [...rgb, bA + (aA * (255n - bA)) / 255n].map(Number);
}

const test = suite('solids');

test("over follows Goxel's integer rule", () => {
  fc.assert(
    fc.property(color, color, (a, b) => {
      const result = over(a, b);
      if (result >>> 24 === 0) assert.is(overByRule(a, b)[3], 0);
      else assert.equal([...channels(result)], overByRule(a, b));
    }),
    { seed: SEED, numRuns: 2500 },
  );
});

test('merging is over for every voxel', () => {
  fc.assert(
    fc.property(voxels, voxels, (below, above) => {
      const target = below.clone();
      mergeOver(target, above);
      for (const { x, y, z } of [...below.blocks(), ...above.blocks()]) {
        for (let i = 0; i < 4096; i += 1) {
          const at = [x + (i & 15), y + ((i >> 4) & 15), z + (i >> 8)] as const;
          const [a, b] = [below.get(...at), above.get(...at)];
          if (a !== 0 || b !== 0) assert.is(target.get(...at), over(a, b));
        }
      }
    }),
    { seed: SEED, numRuns: 20 },
  );
});

const quarterTurns = [
  [1, 0, 0, 0, 1, 0, 0, 0, 1],
  [0, 1, 0, -1, 0, 0, 0, 0, 1],
  [0, 0, -1, 0, 1, 0, 1, 0, 0],
  [-1, 0, 0, 0, 1, 0, 0, 0, 1],
];

test('a movement by turns, flips and steps takes every voxel to its place', () => {
  const turn = fc.constantFrom(...quarterTurns);
  const step = fc.integer({ min: -100, max: 100 });
  fc.assert(
    fc.property(voxels, turn, fc.tuple(step, step, step), (source, r, t) => {
      const m = new Float32Array([
        ...[r[0]!, r[1]!, r[2]!, 0],
        ...[r[3]!, r[4]!, r[5]!, 0],
        ...[r[6]!, r[7]!, r[8]!, 0],
        ...[...t, 1],
      ]);
      const expected = new Volume();
      for (const { x, y, z, data } of source.blocks()) {
        for (const [i, rgba] of data.entries()) {
          const p = [x + (i & 15), y + ((i >> 4) & 15), z + (i >> 8)];
          const to = (axis: number) =>
            r[axis]! * p[0]! + r[3 + axis]! * p[1]! + r[6 + axis]! * p[2]! + t[axis]!;
          expected.set(to(0), to(1), to(2), rgba);
        }
      }
      assert.is(voxelLines(moved(source, m, LIMIT)), voxelLines(expected));
    }),
    runs,
  );
});

test("any other movement takes each place's voxel from the nearest source corner", () => {
  const number = fc.double({ min: -2, max: 2, noNaN: true });
  const nine = fc.array(number, { minLength: 9, maxLength: 9 });
  fc.assert(
    fc.property(voxels, nine, fc.tuple(near, near, near), (source, r, t) => {
      const m = new Float32Array([
        ...[r[0]!, r[1]!, r[2]!, 0],
        ...[r[3]!, r[4]!, r[5]!, 0],
        ...[r[6]!, r[7]!, r[8]!, 0],
        ...[...t, 1],
      ]);
      const target = moved(source, m, LIMIT);
      // Going there: every source voxel whose corner maps next to a whole position must show there.
      const at = (p: readonly number[], axis: number) =>
        m[axis]! * p[0]! + m[4 + axis]! * p[1]! + m[8 + axis]! * p[2]! + m[12 + axis]!;
      for (const { x, y, z, data } of target.blocks()) {
        for (const [i, rgba] of data.entries()) {
          if (rgba >>> 24 === 0) continue;
          const place = [x + (i & 15), y + ((i >> 4) & 15), z + (i >> 8)];
          assert.ok(comesFrom(source, rgba, place, at), `${place} shows a colour from elsewhere`);
        }
      }
    }),
    { seed: SEED, numRuns: 50 },
  );
});

/** Whether a voxel of that colour maps to within half a source voxel of a place. */
function comesFrom(
  source: Volume,
  rgba: number,
  place: readonly number[],
  at: (p: readonly number[], axis: number) => number,
): boolean {
  for (const { x, y, z, data } of source.blocks()) {
    for (const [i, other] of data.entries()) {
      if (other !== rgba) continue;
      const p = [x + (i & 15), y + ((i >> 4) & 15), z + (i >> 8)];
      const reach = (axis: number) => {
        const [zero, ex, ey, ez] = [
          [0, 0, 0],
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 1],
        ].map((q) => at(q, axis));
        return (Math.abs(ex! - zero!) + Math.abs(ey! - zero!) + Math.abs(ez! - zero!)) / 2 + 1e-3;
      };
      if ([0, 1, 2].every((axis) => Math.abs(at(p, axis) - place[axis]!) <= reach(axis)))
        return true;
    }
  }
  return false;
}

test('scaling by two doubles every voxel, by a half keeps the even ones', () => {
  const source = new Volume();
  source.fillBox([0, 0, 0], [3, 1, 1], RED);
  const scaled = (s: number) => new Float32Array([s, 0, 0, 0, 0, s, 0, 0, 0, 0, s, 0, 0, 0, 0, 1]);
  // round(p / 2), half away from zero: places 1…4 of x take voxels 1, 1, 2, 2 and 0 takes 0.
  assert.equal(moved(source, scaled(2), LIMIT).box(), { min: [0, 0, 0], max: [5, 1, 1] });
  assert.equal(moved(source, scaled(0.5), LIMIT).box(), { min: [0, 0, 0], max: [2, 1, 1] });
});

const half = fc.integer({ min: 1, max: 40 }).map((n) => n / 2);
const middle = fc.integer({ min: -40, max: 40 }).map((n) => n / 2);
const kinds = fc.constantFrom('cube' as const, 'sphere' as const, 'cylinder' as const);

test("shapes hold the voxels whose centres Goxel's rules say", () => {
  fc.assert(
    fc.property(
      kinds,
      fc.tuple(middle, middle, middle),
      fc.tuple(half, half, half),
      (kind, c, s) => {
        const box: Box = {
          min: [c[0] - s[0], c[1] - s[1], c[2] - s[2]],
          max: [c[0] + s[0], c[1] + s[1], c[2] + s[2]],
        };
        const clip: Box = { min: [-15, -12.5, -20], max: [15, 40, 11.5] };
        const volume = shapeVolume({ kind, color: RED }, boxMatrix(box), clip, LIMIT);
        let count = 0;
        for (let x = -45; x < 45; x++) {
          for (let y = -45; y < 45; y++) {
            for (let z = -45; z < 45; z++) {
              const p = [x + 0.5, y + 0.5, z + 0.5];
              if (!p.every((v, axis) => v >= clip.min[axis]! && v < clip.max[axis]!)) continue;
              const [u, v, w] = [0, 1, 2].map((axis) => p[axis]! - c[axis]!) as [
                number,
                number,
                number,
              ];
              const [du, dv, dw] = [u / s[0], v / s[1], w / s[2]];
              const inside =
                kind === 'cube'
                  ? u >= -s[0] && u < s[0] && v >= -s[1] && v < s[1] && w >= -s[2] && w < s[2]
                  : kind === 'sphere'
                    ? du * du + dv * dv + dw * dw <= 1
                    : Math.abs(w) <= s[2] && du * du + dv * dv <= 1;
              const near1 =
                Math.abs(du * du + dv * dv + (kind === 'sphere' ? dw * dw : 0) - 1) < 1e-9;
              if (kind !== 'cube' && near1) {
                // On the skin itself the last bit of the arithmetic decides.
                if (volume.get(x, y, z) !== 0) count++;
                continue;
              }
              if (inside) count++;
              assert.is(volume.get(x, y, z), inside ? RED : 0, `${kind} at ${x} ${y} ${z}`);
            }
          }
        }
        assert.is(volume.count(), count, 'voxels outside the clip box');
      },
    ),
    { seed: SEED, numRuns: 8 },
  );
});

test.run();
