/** Hollowing, holes and convex hulls against the plainest code. */

import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fillHoles, hollow, hull } from '../../../engine/ops/hollow.ts';
import { sphere } from '../../../engine/procedural/solids.ts';
import type { Vec3 } from '../../../engine/volume/box.ts';
import { pack } from '../../../engine/volume/color.ts';
import { Volume } from '../../../engine/volume/volume.ts';
import { voxelLines } from '../../support/fixtures.ts';
import { SEED } from '../../support/seed.ts';

const RED = 0xff00_00ff;
const BLUE = 0xffff_0000;
const EDGE = 0x7fff_ffff;
const SIDE = 20;

/** A cube of SIDE³ cells at a corner with some of them empty. */
const sponge = fc
  .tuple(
    fc.array(fc.nat(9), { minLength: SIDE ** 3, maxLength: SIDE ** 3 }),
    fc.integer({ min: 0, max: 6 }),
    fc.constantFrom(-7, EDGE - SIDE, -EDGE - 1),
  )
  .map(([cells, density, corner]) => {
    const volume = new Volume();
    for (const [i, cell] of cells.entries()) {
      if (cell >= density) volume.set(...placeOf(i, corner), pack(i & 255, i >> 8, 7, 255));
    }
    return { volume, corner };
  });

function placeOf(i: number, corner: number): Vec3 {
  return [
    corner + (i % SIDE),
    corner + (Math.trunc(i / SIDE) % SIDE),
    corner + Math.trunc(i / SIDE ** 2),
  ];
}

/** The distance of every cell of a sponge from outside, -1 where it is; holes count as solid. */
function depths(volume: Volume, corner: number): Int32Array {
  const wide = SIDE + 2;
  const steps = [-1, 1, -wide, wide, -wide * wide, wide * wide];
  const outside = new Uint8Array(wide ** 3);
  const at = (i: number): Vec3 => [
    (i % wide) - 1,
    (Math.trunc(i / wide) % wide) - 1,
    Math.trunc(i / wide ** 2) - 1,
  ];
  const inside = (p: Vec3) => p.every((value) => value >= 0 && value < SIDE);
  const filled = (i: number) => {
    const p = at(i);
    return inside(p) && volume.get(p[0] + corner, p[1] + corner, p[2] + corner) !== 0;
  };
  outside[0] = 1;
  const queue = [0];
  for (let i = queue.pop(); i !== undefined; i = queue.pop()) {
    for (const step of steps) {
      const next = i + step;
      if (next < 0 || next >= wide ** 3 || outside[next] === 1 || filled(next)) continue;
      outside[next] = 1;
      queue.push(next);
    }
  }
  let layer = [...outside.keys()].filter((i) => outside[i] === 1);
  const depth = new Int32Array(wide ** 3).fill(-1);
  for (let d = 1; layer.length > 0; d++) {
    const next: number[] = [];
    for (const i of layer) {
      for (const step of steps) {
        const to = i + step;
        if (to < 0 || to >= wide ** 3 || outside[to] === 1 || depth[to] !== -1) continue;
        if (!inside(at(to))) continue;
        depth[to] = d;
        next.push(to);
      }
    }
    layer = next;
  }
  return Int32Array.from({ length: SIDE ** 3 }, (_, i) => {
    const [x, y, z] = placeOf(i, 1);
    return depth[x + wide * y + wide * wide * z]!;
  });
}

const test = suite('morphology');

test('hollow keeps the voxels near the outside', () => {
  fc.assert(
    fc.property(sponge, fc.integer({ min: 1, max: 4 }), ({ volume, corner }, thickness) => {
      const before = volume.clone();
      hollow(volume, thickness);
      for (const [i, depth] of depths(before, corner).entries()) {
        const at = placeOf(i, corner);
        const kept = depth > thickness ? 0 : before.get(...at);
        if (volume.get(...at) !== kept) assert.unreachable(`${at}`);
      }
    }),
    { seed: SEED, numRuns: 12 },
  );
});

test('fillHoles fills exactly what cannot be reached from outside', () => {
  fc.assert(
    fc.property(sponge, ({ volume, corner }) => {
      const before = volume.clone();
      const added = fillHoles(volume, BLUE);
      let count = 0;
      for (const [i, depth] of depths(before, corner).entries()) {
        const at = placeOf(i, corner);
        const hole = depth > 0 && before.get(...at) === 0;
        if (hole) count++;
        const filled = hole ? BLUE : before.get(...at);
        if (volume.get(...at) !== filled) assert.unreachable(`${at}`);
      }
      assert.is(added, count);
    }),
    { seed: SEED, numRuns: 12 },
  );
});

test('hollow and fillHoles undo each other over many blocks', () => {
  const volume = new Volume();
  volume.fillBox([-30, -36, -42], [50, 44, 38], RED);
  const whole = voxelLines(volume);
  hollow(volume, 3);
  assert.is(volume.count(), 80 ** 3 - 74 ** 3);
  assert.is(fillHoles(volume, RED), 74 ** 3);
  assert.is(voxelLines(volume), whole);
  hollow(volume, 1_000_000);
  assert.is(volume.count(), 80 ** 3);
});

test('nearest takes the colour with the fewest steps', () => {
  const volume = new Volume();
  volume.fillBox([0, 0, 0], [30, 30, 30], RED);
  volume.fillBox([25, 0, 0], [30, 30, 30], BLUE);
  volume.fillBox([4, 4, 4], [26, 26, 26], 0);
  assert.is(fillHoles(volume, 'nearest'), 22 ** 3);
  assert.is(volume.count(), 30 ** 3);
  assert.is(volume.get(5, 15, 15), RED);
  assert.is(volume.get(24, 15, 15), BLUE);
  assert.is(volume.get(20, 15, 15), BLUE);
  assert.is(volume.get(20, 4, 15), RED);
});

test('voxels far apart cost nothing, whole blocks inside count', () => {
  const volume = new Volume();
  for (const x of [-EDGE - 1, 0, EDGE - 1]) volume.set(x, x, x, RED);
  volume.fillBox([100, 0, 0], [200, 100, 100], RED);
  volume.fillBox([101, 1, 1], [199, 99, 99], 0);
  volume.set(150, 50, 50, BLUE);
  hollow(volume, 1);
  assert.is(volume.count(), 3 + 100 ** 3 - 98 ** 3);
  assert.is(fillHoles(volume, BLUE), 98 ** 3);
});

test('a hull is convex, holds the volume and nothing that a plane can cut off', () => {
  const coordinate = fc.integer({ min: 0, max: 24 });
  const points = fc.array(fc.tuple(coordinate, coordinate, coordinate), {
    minLength: 1,
    maxLength: 12,
  });
  const corner = fc.constantFrom(-9, EDGE - 30, -EDGE - 1);
  fc.assert(
    fc.property(points, corner, (list, at) => {
      const volume = new Volume();
      for (const [x, y, z] of list) volume.set(at + x, at + y, at + z, RED);
      const solid = hull(volume, BLUE);
      assert.equal(solid.box(), volume.box());
      const sides = supports(list);
      for (let i = 0; i < 25 ** 3; i++) {
        const p: Vec3 = [i % 25, Math.trunc(i / 25) % 25, Math.trunc(i / 625)];
        const filled = solid.get(at + p[0], at + p[1], at + p[2]) !== 0;
        const inside = sides.every(({ normal, reach }) => dot(normal, p) <= reach);
        if (filled !== inside) assert.unreachable(`${p} of ${JSON.stringify(list)}`);
      }
    }),
    { seed: SEED, numRuns: 10 },
  );
});

/**
 * Directions among which are the normals of all faces of the hull of points, or, when the points
 * lie in a plane or on a line, of all its sides, with how far the points reach that way.
 */
function supports(points: readonly Vec3[]): { normal: Vec3; reach: number }[] {
  const axes: Vec3[] = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ];
  const edges = points.flatMap((a, i) => points.slice(i + 1).map((b) => minus(b, a)));
  const planes = points.flatMap((a, i) =>
    points
      .slice(i + 1)
      .flatMap((b, j) => points.slice(i + j + 2).map((c) => cross(minus(b, a), minus(c, a)))),
  );
  const first = planes.find((normal) => normal.some((value) => value !== 0)) ?? axes[0]!;
  const sides = edges.flatMap((edge) => [first, ...axes].map((axis) => cross(axis, edge)));
  const normals = [...axes, ...edges, ...planes, ...sides];
  return [...normals, ...normals.map((normal) => minus([0, 0, 0], normal))].map((normal) => ({
    normal,
    reach: Math.max(...points.map((p) => dot(normal, p))),
  }));
}

function minus(a: Vec3, b: Vec3): Vec3 {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

function cross(a: Vec3, b: Vec3): Vec3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function dot(a: Vec3, b: Vec3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

test('a ball is its own hull, and that of its skin', () => {
  for (const center of [[0, 0, 0] as const, [3.3, -20.5, 7.9] as const]) {
    const ball = sphere({ center, radius: 37.5, color: RED }, 10_000);
    const skin = ball.clone();
    hollow(skin, 1);
    const solid = hull(skin, RED);
    assert.is(solid.count(), ball.count());
    assert.is(voxelLines(solid), voxelLines(ball));
  }
});

test('hulls of bodies', () => {
  const volume = new Volume();
  volume.fillBox([-30, 0, 5], [40, 9, 6], RED);
  assert.is(hull(volume, RED).count(), 630);
  volume.fillBox([-30, 0, 5], [40, 9, 60], RED);
  volume.fillBox([-29, 1, 6], [39, 8, 60], 0);
  assert.is(hull(volume, RED).count(), 70 * 9 * 55);
  assert.is(hull(new Volume(), RED).count(), 0);
  volume.set(100_000, 0, 0, RED);
  assert.throws(() => hull(volume, RED), 'too large');
});

test.run();
