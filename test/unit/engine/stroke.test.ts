/** Strokes of the brush against the plainest code: every voxel, every stamp, every mirror image. */

import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GoxError } from '../../../conf/errors.ts';
import { BLEND_MODES, combine, merge } from '../../../engine/ops/combine.ts';
import { type Painter, paintShape } from '../../../engine/ops/paint.ts';
import { coverageAt, solidIn } from '../../../engine/ops/shape-solid.ts';
import { type Path, paintStroke, stampsOn, visitsOf } from '../../../engine/ops/stroke.ts';
import type { Box, Vec3 } from '../../../engine/volume/box.ts';
import { Volume } from '../../../engine/volume/volume.ts';
import { voxelLines } from '../../support/fixtures.ts';
import { SEED } from '../../support/seed.ts';

const RED = 0xff00_00ff;
const WHITE = 0xffff_ffff;
const PLAIN: Painter = {
  mode: 'over',
  shape: 'cube',
  color: RED,
  smoothness: 0,
  symmetry: 0,
  symmetryOrigin: [0, 0, 0],
};

/** Something in the box of -32 to 32, which holds all that strokes reach here. */
const START = new Volume();
START.fillBox([-30, -30, -30], [10, 30, 4], 0xff20_4060);
START.fillBox([-5, -7, -9], [32, 5, 30], 0x80a0_b0c0);
START.fillBox([-12, -3, -3], [-9, 32, 3], 0);
const EDGE = 32;
const SIDE = 2 * EDGE;

/** Where stamps stand: as told in words, in a list. */
function stampsOf({ points, radius }: Path): Vec3[] {
  const stamps = [points[0]!];
  for (const [i, to] of points.entries()) {
    if (i === 0) continue;
    const from = points[i - 1]!;
    const d = Math.hypot(to[0] - from[0], to[1] - from[1], to[2] - from[2]);
    const count = Math.ceil(d / (2 * radius));
    for (let k = 1; k <= count; k++) {
      const at = (axis: 0 | 1 | 2) => from[axis] * (1 - k / count) + to[axis] * (k / count);
      stamps.push([at(0), at(1), at(2)]);
    }
  }
  return stamps;
}

/** A box at each stamp and at each mirror image of it. */
function boxesOf(path: Path, { symmetry, symmetryOrigin, shape }: Painter): Float32Array[] {
  const boxes: Float32Array[] = [];
  const [x, y, z] = [0, 1, 2].map((i) => (i + (shape === 'cylinder' ? path.axis : 2) + 1) % 3);
  for (const at of stampsOf(path)) {
    for (let mirror = 0; mirror < 8; mirror++) {
      if ((mirror & symmetry) !== mirror) continue;
      const box = new Float32Array(16);
      const side = [0, 1, 2].map((k) => (mirror & (1 << k) ? -path.radius : path.radius));
      box[x!] = side[x!]!;
      box[4 + y!] = side[y!]!;
      box[8 + z!] = side[z!]!;
      for (const k of [0, 1, 2] as const) {
        const there = Math.fround(at[k]);
        box[12 + k] = mirror & (1 << k) ? 2 * symmetryOrigin[k] - there : there;
      }
      box[15] = 1;
      boxes.push(box);
    }
  }
  return boxes;
}

/** 0…255 for each place: the most that any stamp covers in the blocks that its box touches. */
function coverOf(path: Path, painter: Painter): Uint8Array {
  const cover = new Uint8Array(SIDE ** 3);
  for (const box of boxesOf(path, painter)) {
    const solid = solidIn(painter.shape, box, painter.smoothness)!;
    const radius = Math.fround(path.radius);
    const low = [12, 13, 14].map((k) => Math.floor(Math.fround(box[k]! - radius)) & ~15);
    const end = [12, 13, 14].map((k) => Math.ceil(Math.fround(box[k]! + radius)) | 15);
    for (let z = low[2]!; z <= end[2]!; z++) {
      for (let y = low[1]!; y <= end[1]!; y++) {
        for (let x = low[0]!; x <= end[0]!; x++) {
          const covered = Math.trunc(Math.fround(255 * coverageAt(solid, x, y, z)));
          if (covered > cover[placeOf(x, y, z)]!) cover[placeOf(x, y, z)] = covered;
        }
      }
    }
  }
  return cover;
}

function placeOf(x: number, y: number, z: number): number {
  return x + EDGE + SIDE * (y + EDGE + SIDE * (z + EDGE));
}

function isIn({ min, max }: Box, x: number, y: number, z: number): boolean {
  return [x, y, z].every((v, k) => v + 0.5 >= min[k]! && v + 0.5 < max[k]!);
}

function paintSlowly(volume: Volume, path: Path, painter: Painter): Volume {
  const { mode, color, clip } = painter;
  const cover = coverOf(path, painter);
  const blocks = new Set<number>();
  each((x, y, z) => {
    if (cover[placeOf(x, y, z)]! > 0) blocks.add(placeOf(x & ~15, y & ~15, z & ~15));
  });
  const result = volume.clone();
  const loses = ['intersect', 'intersect_fill', 'mult_alpha', 'replace'].includes(mode);
  each((x, y, z) => {
    if (clip !== undefined && !isIn(clip, x, y, z)) return;
    const covered = blocks.has(placeOf(x & ~15, y & ~15, z & ~15));
    if (!covered && !loses) return;
    const alpha = Math.trunc((cover[placeOf(x, y, z)]! * (color >>> 24)) / 255);
    const source = covered ? ((color & 0xff_ffff) | (alpha << 24)) >>> 0 : 0;
    result.set(x, y, z, combine(volume.get(x, y, z), source, mode));
  });
  return result;
}

function each(visit: (x: number, y: number, z: number) => void): void {
  for (let z = -EDGE; z < EDGE; z++) {
    for (let y = -EDGE; y < EDGE; y++) for (let x = -EDGE; x < EDGE; x++) visit(x, y, z);
  }
}

/** The places where two volumes differ, as far as they have blocks. */
function differences(a: Volume, b: Volume): number {
  let count = 0;
  for (const { x, y, z } of [...a.blocks(), ...b.blocks()]) {
    const [before, after] = [a.blockAt(x, y, z), b.blockAt(x, y, z)];
    for (let i = 0; i < 4096; i++) {
      const [left = 0, right = 0] = [before?.[i], after?.[i]];
      if (left !== right && Math.max(left, right) > 0xff_ffff) count++;
    }
  }
  return count;
}

const coordinate = fc.oneof(
  fc.constantFrom(0, 0.5, -0.5, 8, -7.5),
  fc.double({ min: -9, max: 9, noNaN: true }),
);
const paths = fc
  .record({
    points: fc.array(fc.tuple(coordinate, coordinate, coordinate), { minLength: 1, maxLength: 3 }),
    radius: fc.oneof(fc.constantFrom(0.5, 1, 2.5, 8), fc.double({ min: 0.4, max: 9, noNaN: true })),
    axis: fc.constantFrom(0 as const, 1 as const, 2 as const),
  })
  .map((path): Path => path);
const painters = fc
  .record({
    mode: fc.constantFrom(...BLEND_MODES),
    shape: fc.constantFrom('cube' as const, 'sphere' as const, 'cylinder' as const),
    color: fc.constantFrom(RED, 0xff30_2010, 0x8011_2233, 0x0155_6677, 0x00ff_ffff),
    smoothness: fc.constantFrom(0, 0, 1, 3),
    symmetry: fc.constantFrom(0, 0, 1, 6),
    symmetryOrigin: fc.constantFrom<Vec3>([0, 0, 0], [1.5, -1, 0.5]),
    clip: fc.constantFrom<Box | undefined>(
      undefined,
      { min: [-100, -100, -100], max: [100, 100, 100] },
      { min: [-16, -3.5, -20], max: [16, 40, 2.2] },
    ),
  })
  .map(({ clip, ...rest }): Painter => (clip === undefined ? rest : { ...rest, clip }));

const test = suite('stroke');

test('is that of every voxel under every stamp', () => {
  fc.assert(
    fc.property(paths, painters, (path, painter) => {
      const volume = START.clone();
      paintStroke(volume, path, painter);
      assert.is(differences(volume, paintSlowly(START, path, painter)), 0);
    }),
    { seed: SEED, numRuns: 25 },
  );
});

test('is a volume of white stamps, merged in the colour', () => {
  fc.assert(
    fc.property(paths, painters, (path, { clip: _, ...painter }) => {
      const stroke = new Volume();
      for (const box of boxesOf(path, painter)) {
        paintShape(stroke, box, { ...painter, mode: 'max', color: WHITE, symmetry: 0 });
      }
      const [volume, expected] = [START.clone(), START.clone()];
      paintStroke(volume, path, painter);
      merge(expected, stroke, painter.mode, painter.color);
      assert.is(differences(volume, expected), 0);
    }),
    { seed: SEED, numRuns: 100 },
  );
});

/** The voxels of a stroke on nothing. */
function painted(path: Partial<Path>, painter: Partial<Painter> = {}): string[] {
  const volume = new Volume();
  paintStroke(
    volume,
    { points: [[0, 0, 0]], radius: 0.5, axis: 1, ...path },
    { ...PLAIN, ...painter },
  );
  return voxelLines(volume).trim().split('\n');
}

test('steps are at most two radii, and every point has a stamp', () => {
  const points: Vec3[] = [
    [0.5, 0.5, 0.5],
    [3.5, 0.5, 0.5],
    [3.5, 0.5, 2.5],
  ];
  assert.is(stampsOn({ points, radius: 0.5, axis: 1 }), 6);
  assert.equal(
    painted({ points }).map((line) => line.slice(0, 5)),
    ['0 0 0', '1 0 0', '2 0 0', '3 0 0', '3 0 1', '3 0 2'],
  );
  // A point that comes again has no steps.
  const straight: Vec3[] = [
    [0, 0, 0],
    [7, 0, 0],
    [7, 0, 0],
  ];
  assert.is(stampsOn({ points: straight, radius: 2, axis: 1 }), 3);
  assert.is(stampsOn({ points: straight, radius: 3.5, axis: 1 }), 2);
});

test('a translucent colour does not add up where stamps overlap', () => {
  const points: Vec3[] = [
    [2, 2, 2],
    [4, 2, 2],
    [2, 2, 2],
  ];
  const lines = painted({ points, radius: 2 }, { color: 0x8000_00ff });
  assert.is(lines.length, 6 * 4 * 4);
  assert.ok(lines.every((line) => line.endsWith(' ff000080')));
});

test('a cylinder stands along y, or another axis', () => {
  const count = (axis: 0 | 1 | 2, k: 0 | 1 | 2) => {
    const lines = painted({ radius: 4, axis }, { shape: 'cylinder' });
    // The corner of a disc is empty, that of a side of the cylinder is not.
    return lines.filter((line) => line.split(' ')[k] === '3').length;
  };
  for (const axis of [0, 1, 2] as const) {
    const discs = [0, 1, 2].filter((k) => count(axis, k as 0 | 1 | 2) === 52);
    assert.equal(discs, [axis]);
  }
});

test('takes no memory where it adds nothing, and none at all when it is refused', () => {
  const points: Vec3[] = [
    [0, 0, 0],
    [200, 0, 0],
  ];
  const volume = START.clone();
  volume.blocks_max = volume.blockCount;
  paintStroke(volume, { points, radius: 4, axis: 1 }, { ...PLAIN, mode: 'sub' });
  assert.is(volume.get(3, 0, 0), 0);
  assert.is(volume.get(9, 0, 8), 0x80a0_b0c0);
  const before = voxelLines(volume);
  for (const [far, radius] of [
    [300, 4],
    [300, 75],
    [2 ** 31, 2 ** 29],
  ] as const) {
    const away: Path = { points: [points[0]!, [far, 0, 0]], radius, axis: 1 };
    assert.throws(
      () => paintStroke(volume, away, PLAIN),
      (error: unknown) => error instanceof GoxError && error.code === 'GOX_MEMORY_LIMIT',
    );
    assert.is(voxelLines(volume), before);
  }
});

test('tells its work before it is done', () => {
  const one: Path = { points: [[8, 8, 8]], radius: 4, axis: 1 };
  assert.is(visitsOf(new Volume(), one, PLAIN), 1);
  assert.is(visitsOf(new Volume(), { ...one, radius: 9 }, PLAIN), 27);
  assert.is(visitsOf(new Volume(), { ...one, radius: 9 }, { ...PLAIN, mode: 'sub' }), 0);
  assert.is(visitsOf(new Volume(), one, { ...PLAIN, symmetry: 7 }), 8);
  const clip: Box = { min: [0, 0, 0], max: [16, 16, 16] };
  assert.is(visitsOf(new Volume(), one, { ...PLAIN, symmetry: 7, clip }), 1);
});

test.run();
