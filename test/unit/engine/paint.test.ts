/** Painting in bulk against the plainest code: one voxel at a time, in every block visited. */

import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GoxError } from '../../../conf/errors.ts';
import { BLEND_MODES, combine } from '../../../engine/ops/combine.ts';
import { type Painter, paintShape } from '../../../engine/ops/paint.ts';
import { coverageAt, solidIn } from '../../../engine/ops/shape-solid.ts';
import type { Box } from '../../../engine/volume/box.ts';
import { boxMatrix, type Matrix } from '../../../engine/volume/matrix.ts';
import { Volume } from '../../../engine/volume/volume.ts';
import { SEED } from '../../support/seed.ts';

const RED = 0xff00_00ff;
const PLAIN: Painter = {
  mode: 'over',
  shape: 'sphere',
  color: RED,
  smoothness: 0,
  symmetry: 0,
  symmetryOrigin: [0, 0, 0],
};

/** Half of the blocks of the box -32…32 hold something. */
const START = new Volume();
START.fillBox([-30, -30, -30], [10, 30, 4], 0xff20_4060);
START.fillBox([-5, -7, -9], [32, 5, 30], 0x80a0_b0c0);
START.fillBox([-12, -3, -3], [-9, 32, 3], 0);

const EDGES = 32;

/** All places of the blocks that the box touches; of the modes that go everywhere, -32 to 32. */
function paintSlowly(volume: Volume, box: Matrix, painter: Painter): Volume {
  const result = volume.clone();
  const solid = solidIn(painter.shape, box, painter.smoothness);
  if (solid === undefined) return result;
  const { mode, color, clip } = painter;
  const everywhere = mode === 'intersect' || mode === 'intersect_fill';
  const low = [0, 1, 2].map((k) =>
    everywhere ? -EDGES : blockBelow(box[12 + k]! - reach(box, k)),
  );
  const high = [0, 1, 2].map((k) => {
    const end = Math.ceil(Math.fround(box[12 + k]! + reach(box, k)));
    return everywhere ? EDGES : blockBelow(end) + 16;
  });
  for (let z = low[2]!; z < high[2]!; z++) {
    for (let y = low[1]!; y < high[1]!; y++) {
      for (let x = low[0]!; x < high[0]!; x++) {
        if (clip !== undefined && !isIn(clip, x + 0.5, y + 0.5, z + 0.5)) continue;
        const alpha = Math.trunc(Math.fround((color >>> 24) * coverageAt(solid, x, y, z)));
        if (alpha === 0 && (mode === 'mult_alpha' || mode === 'replace')) continue;
        const source = ((color & 0xff_ffff) | (alpha << 24)) >>> 0;
        result.set(x, y, z, combine(volume.get(x, y, z), source, mode));
      }
    }
  }
  return result;
}

/** In float32: what is far below the last digit must not touch another block. */
function reach(box: Matrix, k: number): number {
  const [a, b, c] = [Math.abs(box[k]!), Math.abs(box[4 + k]!), Math.abs(box[8 + k]!)];
  return Math.fround(Math.fround(a + b) + c);
}

function blockBelow(value: number): number {
  return Math.floor(Math.floor(Math.fround(value)) / 16) * 16;
}

function isIn({ min, max }: Box, x: number, y: number, z: number): boolean {
  if (x < min[0] || y < min[1] || z < min[2]) return false;
  return x < max[0] && y < max[1] && z < max[2];
}

/** The places where two volumes differ, as far as they have blocks. */
function differences(a: Volume, b: Volume): number {
  let count = 0;
  for (const { x, y, z } of [...a.blocks(), ...b.blocks()]) {
    for (let i = 0; i < 4096; i++) {
      const [vx, vy, vz] = [x + (i & 15), y + ((i >> 4) & 15), z + (i >> 8)];
      if (a.get(vx, vy, vz) !== b.get(vx, vy, vz)) count++;
    }
  }
  return count;
}

const size = fc.oneof(
  fc.constantFrom(0.5, 1, 8, 15.5),
  fc.double({ min: 0.01, max: 16, noNaN: true }),
);
const middle = fc.oneof(
  fc.constantFrom(0, 0.5, -0.5, 8, -7.5),
  fc.double({ min: -8, max: 8, noNaN: true }),
);
const aligned = fc
  .tuple(size, size, size, middle, middle, middle)
  .map(([sx, sy, sz, x, y, z]) =>
    boxMatrix({ min: [x - sx, y - sy, z - sz], max: [x + sx, y + sy, z + sz] }),
  );
const angles = fc.tuple(fc.constantFrom(30, 45, 60, 90, 17), fc.constantFrom(0, 1, 2));
const turned = fc
  .tuple(fc.tuple(size, size, size), fc.tuple(middle, middle, middle), angles)
  .map(([s, c, [degrees, axis]]) => {
    const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
    const [i, j] = [(axis + 1) % 3, (axis + 2) % 3];
    const m = new Float32Array([s[0] / 2, 0, 0, 0, 0, s[1] / 2, 0, 0, 0, 0, s[2] / 2, 0, ...c, 1]);
    m.set([(s[i]! / 2) * cos], 4 * i + i);
    m.set([(s[i]! / 2) * sin], 4 * i + j);
    m.set([(-s[j]! / 2) * sin], 4 * j + i);
    m.set([(s[j]! / 2) * cos], 4 * j + j);
    return m;
  });
const clips: fc.Arbitrary<Box | undefined> = fc.constantFrom(
  undefined,
  { min: [-100, -100, -100], max: [100, 100, 100] },
  { min: [-16, -3.5, -20], max: [16, 40, 2.2] },
);
const painters = fc
  .record({
    mode: fc.constantFrom(...BLEND_MODES),
    shape: fc.constantFrom('cube' as const, 'sphere' as const, 'cylinder' as const),
    color: fc.constantFrom(RED, 0xff30_2010, 0x8011_2233, 0x0155_6677, 0x00ff_ffff),
    smoothness: fc.constantFrom(0, 0, 1, 0.4, 3),
    clip: clips,
  })
  .map(({ clip, ...rest }): Painter => {
    const painter = { ...PLAIN, ...rest };
    return clip === undefined ? painter : { ...painter, clip };
  });

const test = suite('paint');

for (const [what, boxes, numRuns] of [
  ['a box along the axes', aligned, 40],
  ['a turned box', turned, 25],
] as const) {
  test(`painting in ${what} is combining voxel by voxel`, () => {
    fc.assert(
      fc.property(boxes, painters, (box, painter) => {
        const volume = START.clone();
        paintShape(volume, box, painter);
        assert.is(differences(volume, paintSlowly(START, box, painter)), 0);
      }),
      { seed: SEED, numRuns, endOnFailure: true },
    );
  });
}

test('far from the origin, where float32 is coarse, it still is', () => {
  const volume = new Volume();
  const box = boxMatrix({ min: [3e6, 2e6, -1e6], max: [3e6 + 37.5, 2e6 + 35, -1e6 + 40] });
  paintShape(volume, box, PLAIN);
  const solid = solidIn('sphere', box, 0)!;
  let count = 0;
  for (let z = -1e6; z < -1e6 + 40; z++) {
    for (let y = 2e6; y < 2e6 + 40; y++) {
      for (let x = 3e6; x < 3e6 + 40; x++) {
        const covered = coverageAt(solid, x, y, z);
        assert.is(volume.get(x, y, z), covered === 1 ? RED : 0);
        count += covered;
      }
    }
  }
  assert.is(volume.count(), count);
});

test('sizes no float32 can square are refused or harmless, never a fault', () => {
  for (const s of [1e-30, 1e-8, 1e12, 3e38, Number.NaN, Number.POSITIVE_INFINITY, 0]) {
    for (const mode of BLEND_MODES) {
      const volume = START.clone();
      volume.blocks_max = 1000;
      const box = new Float32Array([s, 0, 0, 0, 0, s, 0, 0, 0, 0, s, 0, 0.5, 0.5, 0.5, 1]);
      try {
        paintShape(volume, box, { ...PLAIN, mode });
      } catch (error) {
        assert.ok(error instanceof GoxError && error.code === 'GOX_MEMORY_LIMIT', `${mode} ${s}`);
      }
    }
  }
});

test('a shape too large is refused before it is painted, also without a limit', () => {
  const box = boxMatrix({ min: [-1e6, -1e6, -1e6], max: [1e6, 1e6, 1e6] });
  const volume = new Volume();
  assert.throws(
    () => paintShape(volume, box, PLAIN),
    (error: unknown) => error instanceof GoxError && error.code === 'GOX_MEMORY_LIMIT',
  );
  assert.is(volume.blockCount, 0);
});

test('one that only changes what is there may be of any size', () => {
  const box = boxMatrix({ min: [-1e6, -1e6, -1e6], max: [1e6, 1e6, 1e6] });
  const volume = START.clone();
  paintShape(volume, box, { ...PLAIN, mode: 'sub' });
  assert.is(volume.count(), 0);
});

test('subtracting reaches all of a model that is higher than it is long', () => {
  const volume = new Volume();
  volume.fillBox([0, 0, 0], [8, 8, 100], RED);
  const box = boxMatrix({ min: [-1, -1, -1], max: [9, 9, 101] });
  for (const mode of ['sub', 'sub_clamp'] as const) {
    const left = volume.clone();
    paintShape(left, box, { ...PLAIN, mode, shape: 'cube' });
    // Goxel takes the y of the box's far side for its z, and would keep the blocks from z 16 on.
    assert.is(left.count(), 0, mode);
  }
});

test('blocks inside a shape are one block', () => {
  const volume = new Volume();
  paintShape(volume, boxMatrix({ min: [-40, -40, -40], max: [40, 40, 40] }), PLAIN);
  const full = volume.blockAt(0, 0, 0);
  assert.ok(full?.every((rgba) => rgba === RED));
  assert.is(volume.blockAt(-16, -16, -16), full);
});

test('symmetry paints once for each combination of mirrors', () => {
  for (let symmetry = 0; symmetry < 8; symmetry++) {
    const volume = new Volume();
    const box = boxMatrix({ min: [3, 4, 5], max: [4, 5, 6] });
    const half: Painter = { ...PLAIN, shape: 'cube', color: 0x8000_00ff, symmetry };
    paintShape(volume, box, { ...half, symmetryOrigin: [0.5, 1, -2] });
    const copies = [1, 2, 4].filter((bit) => (symmetry & bit) !== 0).length;
    assert.is(volume.count(), 2 ** copies);
    const far = [symmetry & 1 ? -3 : 3, symmetry & 2 ? -3 : 4, symmetry & 4 ? -10 : 5] as const;
    assert.is(volume.get(...far), 0x8000_00ff);
    assert.is(volume.get(3, 4, 5), 0x8000_00ff);
  }
});

test('mirrors are painted first, and on themselves again', () => {
  const volume = new Volume();
  const box = boxMatrix({ min: [-1, 0, 0], max: [1, 1, 1] });
  const sphere: Painter = { ...PLAIN, shape: 'cube', color: 0x8000_00ff, symmetry: 3 };
  paintShape(volume, box, { ...sphere, symmetryOrigin: [0, 0.5, 0] });
  let expected = 0;
  for (let i = 0; i < 4; i++) expected = combine(expected, 0x8000_00ff, 'over');
  assert.is(volume.get(0, 0, 0), expected);
  assert.is(volume.get(-1, 0, 0), expected);
});

/** Boxes whose skins run through voxel centres, and the shape layers real Goxel 0.11 makes. */
const GOXEL_TURNED = [
  {
    shape: 'cylinder',
    columns: [
      [-6.5, 0, 0],
      [0, -6.5, 0],
      [0, 0, 10],
      [160.5, 0, 0.5],
    ],
    count: 2814,
    sum: -124665377,
  },
  {
    shape: 'sphere',
    columns: [
      [9.5, 0, 0],
      [0, -2.458781, -9.176295],
      [0, 9.176295, -2.458781],
      [-79.5, 80, 0.5],
    ],
    count: 3570,
    sum: -1949697848,
  },
  {
    shape: 'cylinder',
    columns: [
      [1.06066, 0, -1.06066],
      [0, 1.5, 0],
      [5.303301, 0, 5.303301],
      [-39.5, -200, 40.5],
    ],
    count: 116,
    sum: -925315182,
  },
  {
    shape: 'sphere',
    columns: [
      [1, 1.732051, 0],
      [-1.732051, 1, 0],
      [0, 0, 1.5],
      [-119.5, -159.5, 40.5],
    ],
    count: 29,
    sum: -732886372,
  },
  {
    shape: 'cube',
    columns: [
      [1, -1, -1.41421402],
      [-2.12132, -2.12132, 0],
      [-2.911673, 2.911673, -4.117728],
      [-199.5, -119.5, 40.5],
    ],
    count: 288,
    sum: -1583575148,
  },
  {
    shape: 'cylinder',
    columns: [
      [-5, 8.660254, 0],
      [-6.928203, -4, 0],
      [0, 0, 2],
      [-119.5, 120, 40.5],
    ],
    count: 1270,
    sum: -1709221301,
  },
  {
    shape: 'cylinder',
    columns: [
      [10.5, 0, 0],
      [0, -7.424621, 7.424621],
      [0, -3.889087, -3.889087],
      [-120, -160, 80],
    ],
    count: 3628,
    sum: 697307450,
  },
] as const;

/** Tells sets of places apart. */
function placesSum(volume: Volume): number {
  let sum = 0;
  for (const { x, y, z, data } of volume.blocks()) {
    for (let i = 0; i < 4096; i++) {
      if (data[i]! >>> 24 === 0) continue;
      const hash = Math.imul(x + (i & 15), 73856093) + Math.imul(y + ((i >> 4) & 15), 19349663);
      sum = (sum + hash + Math.imul(z + (i >> 8), 83492791)) | 0;
    }
  }
  return sum;
}

for (const [i, { shape, columns, count, sum }] of GOXEL_TURNED.entries()) {
  test(`a ${shape} in a turned box has the voxels that Goxel gives it (${i + 1})`, () => {
    const box = new Float32Array(16);
    for (const [column, values] of columns.entries()) box.set(values, 4 * column);
    box[15] = 1;
    const volume = new Volume();
    paintShape(volume, box, { ...PLAIN, shape });
    assert.is(volume.count(), count);
    assert.is(placesSum(volume), sum);
  });
}

test.run();
