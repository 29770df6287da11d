/** Voxelising meshes of which it is known what they enclose. */

import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ImportOptions } from '../../../engine/formats/format.ts';
import { readObj } from '../../../engine/formats/meshes/import-obj.ts';
import type { Volume } from '../../../engine/volume/volume.ts';
import { voxelLines } from '../../support/fixtures.ts';
import {
  assertRefused,
  both,
  box,
  inverted,
  objOf,
  type Shape,
  sphere,
  torus,
} from '../../support/mesh-shapes.ts';
import { SEED } from '../../support/seed.ts';

const Z_UP = { y_up: false } as const;

function solid(shape: Shape, options: ImportOptions = {}): Volume {
  return readObj(objOf(shape), 'a.obj', { ...Z_UP, solid: true, ...options }).merged();
}

function surface(shape: Shape, options: ImportOptions = {}): Volume {
  return readObj(objOf(shape), 'a.obj', { ...Z_UP, ...options }).merged();
}

const test = suite('voxelising');

test('a box on the grid is exactly its voxels', () => {
  const corner = fc.integer({ min: -40, max: 40 });
  const length = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(fc.tuple(corner, corner, corner), fc.tuple(length, length, length), (min, size) => {
      const max = min.map((value, axis) => value + size[axis]!);
      const volume = solid(box(min, max));
      assert.equal(volume.box(), { min, max });
      assert.is(volume.count(), size[0] * size[1] * size[2]);
    }),
    { seed: SEED, numRuns: 30 },
  );
});

test('a voxel is inside when its middle is; one on the lower side is, on the upper is not', () => {
  assert.equal(solid(box([0.4, 0.4, 0.4], [1.6, 1.6, 1.6])).box(), {
    min: [0, 0, 0],
    max: [2, 2, 2],
  });
  assert.equal(solid(box([0.6, 0.6, 0.6], [2.4, 2.4, 2.4])).box(), {
    min: [1, 1, 1],
    max: [2, 2, 2],
  });
  assert.is(solid(box([0.5, 0.5, 0.5], [2.5, 2.5, 2.5])).count(), 8);
});

test('a sphere and a ring have their volume', () => {
  const ball = solid(sphere(40.3, 96, 192)).count();
  assert.ok(Math.abs(ball / ((4 / 3) * Math.PI * 40.3 ** 3) - 1) < 0.01, `${ball}`);
  const ring = solid(torus(30.2, 10.1, 160, 80));
  assert.ok(Math.abs(ring.count() / (2 * Math.PI ** 2 * 30.2 * 10.1 ** 2) - 1) < 0.02);
  assert.is(ring.get(0, 0, 0), 0);
  assert.is.not(ring.get(30, 0, 0), 0);
});

test('lines through edges and corners enter as often as they leave', () => {
  // Points on the middles of voxels: every line meets corners, and edges along it.
  const points = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 12, maxLength: 12 });
  fc.assert(
    fc.property(points, (numbers) => {
      const at = (i: number) =>
        [numbers[i]! + 0.5, numbers[i + 1]! + 0.5, numbers[i + 2]! + 0.5] as const;
      const shape: Shape = {
        points: [at(0), at(3), at(6), at(9)],
        faces: [
          [0, 1, 2],
          [0, 3, 1],
          [1, 3, 2],
          [2, 3, 0],
        ],
      };
      const volume = solid(shape);
      const [a, b, c, d] = shape.points;
      const edges = [b!, c!, d!].map((p) => p.map((value, axis) => value - a![axis]!));
      const [e, f, g] = edges as [number[], number[], number[]];
      const det =
        e[0]! * (f[1]! * g[2]! - f[2]! * g[1]!) -
        e[1]! * (f[0]! * g[2]! - f[2]! * g[0]!) +
        e[2]! * (f[0]! * g[1]! - f[1]! * g[0]!);
      // Pick's way: the middles strictly inside are filled, none outside is.
      for (let i = 0; i < 1000; i++) {
        const [x, y, z] = [i % 10, Math.floor(i / 10) % 10, Math.floor(i / 100)] as const;
        const p = [x + 0.5 - a![0], y + 0.5 - a![1], z + 0.5 - a![2]];
        const part = (u: number[], v: number[], w: number[]) =>
          u[0]! * (v[1]! * w[2]! - v[2]! * w[1]!) -
          u[1]! * (v[0]! * w[2]! - v[2]! * w[0]!) +
          u[2]! * (v[0]! * w[1]! - v[1]! * w[0]!);
        const weights = [part(p, f, g), part(e, p, g), part(e, f, p)].map(
          (w) => w * Math.sign(det),
        );
        const rest = Math.abs(det) - weights[0]! - weights[1]! - weights[2]!;
        const least = Math.min(rest, ...weights);
        if (det !== 0 && least > 0) assert.is.not(volume.get(x, y, z), 0);
        if (det === 0 || least < 0) assert.is(volume.get(x, y, z), 0);
      }
    }),
    { seed: SEED, numRuns: 200 },
  );
});

test('neighbours that share slanted faces share no voxel and leave none out', () => {
  // A box cut into tetrahedra: the parts must be the whole.
  const cube = box([0, 0, 0], [11, 7, 9]);
  const parts = [
    [0, 1, 2, 4],
    [3, 2, 1, 7],
    [5, 1, 4, 7],
    [6, 4, 2, 7],
    [1, 2, 4, 7],
  ].map((corners) => {
    const [a, b, c, d] = corners as [number, number, number, number];
    return solid({
      points: cube.points,
      faces: [
        [a, c, b],
        [a, b, d],
        [b, c, d],
        [c, a, d],
      ],
    });
  });
  const counts = parts.map((part) => part.count());
  assert.is(
    counts.reduce((sum, count) => sum + count),
    11 * 7 * 9,
  );
  for (let i = 0; i < 11 * 7 * 9; i++) {
    const [x, y, z] = [i % 11, Math.floor(i / 11) % 7, Math.floor(i / 77)] as const;
    assert.is(parts.filter((part) => part.get(x, y, z) !== 0).length, 1, `${x} ${y} ${z}`);
  }
});

test('a surface turned inside out is filled like any other', () => {
  const shape = torus(20, 7, 40, 20);
  assert.is(voxelLines(solid(inverted(shape))), voxelLines(solid(shape)));
});

test('overlapping bodies are one, and a wall that faces inwards encloses a hole', () => {
  const outer = box([0, 0, 0], [10, 10, 10]);
  assert.is(solid(both(outer, box([5, 0, 0], [15, 10, 10]))).count(), 1500);
  assert.is(solid(both(outer, inverted(box([2, 2, 2], [5, 5, 5])))).count(), 1000 - 27);
  assert.is(solid(both(outer, box([2, 2, 2], [5, 5, 5]))).count(), 1000);
});

test('a box is filled whichever side is missing, and walls without a body leak nothing', () => {
  const shape = box([0, 0, 0], [10, 10, 10]);
  for (let side = 0; side < 6; side++) {
    const faces = shape.faces.filter((_, face) => face !== side);
    assert.is(solid({ ...shape, faces }).count(), 1000);
  }
  assert.is(solid({ ...shape, faces: shape.faces.slice(0, 1) }).count(), 0);
  assert.is(solid({ ...shape, faces: [shape.faces[0]!, shape.faces[2]!] }).count(), 0);
});

test('sides that face wrong are judged by how often a line crosses them', () => {
  const shape = box([0, 0, 0], [10, 10, 10]);
  const faces = shape.faces.map((face, i) => (i % 2 === 0 ? face.toReversed() : face));
  assert.is(solid({ ...shape, faces }).count(), 1000);
});

/** A solid box whose sides -z, +z, -y, +y, -x, +x are red, green, blue, yellow, cyan, magenta. */
function colored(min: readonly number[], max: readonly number[]): Volume {
  const { points, faces } = box(min, max);
  const colors = ['1 0 0', '0 1 0', '0 0 1', '1 1 0', '0 1 1', '1 0 1'];
  const lines = faces.flatMap((face, i) =>
    face.map((vertex) => `v ${points[vertex]!.join(' ')} ${colors[i]}`),
  );
  const names = faces.map((_, i) => `f ${[1, 2, 3, 4].map((corner) => i * 4 + corner).join(' ')}`);
  const text = Buffer.from([...lines, ...names].join('\n'));
  return readObj(text, 'a.obj', { ...Z_UP, solid: true }).merged();
}

test('colours are those of the nearest side, inside too', () => {
  const volume = colored([0, 0, 0], [9, 9, 9]);
  assert.is(volume.count(), 729);
  assert.is(volume.get(4, 4, 0), 0xff00_00ff);
  assert.is(volume.get(4, 4, 8), 0xff00_ff00);
  assert.is(volume.get(4, 0, 4), 0xffff_0000);
  assert.is(volume.get(4, 8, 4), 0xff00_ffff);
  assert.is(volume.get(0, 4, 4), 0xffff_ff00);
  assert.is(volume.get(8, 4, 4), 0xffff_00ff);
  assert.is(volume.get(2, 4, 4), 0xffff_ff00);
  assert.is(volume.get(6, 4, 4), 0xffff_00ff);
});

test('where sides meet the one nearest to the middle of the voxel gives the colour', () => {
  assert.is(colored([0.3, 0, 0], [9, 9, 9]).get(0, 4, 0), 0xffff_ff00);
  assert.is(colored([0, 0, 0.3], [9, 9, 9]).get(0, 4, 0), 0xff00_00ff);
  assert.is(colored([0, 0.3, 0], [9, 9, 9]).get(4, 0, 0), 0xffff_0000);
  assert.is(colored([0, 0, 0], [9, 9, 8.7]).get(4, 8, 8), 0xff00_ff00);
});

test('beyond an edge the colour is that of the nearest point of the edge', () => {
  const text = 'v 0.4 0.4 0 1 0 0\nv 8.4 0.4 0 0 1 0\nv 0.4 8.4 0 0 0 1\nf 1 2 3\n';
  const volume = readObj(Buffer.from(text), 'a.obj', Z_UP).merged();
  const expected = (part: number) => Math.round(255 * part);
  const [first, second] = [expected(0.8), expected(0.2)];
  assert.is(volume.get(2, 0, 0), (0xff00_0000 | first | (second << 8)) >>> 0);
  assert.is(volume.get(0, 2, 0), (0xff00_0000 | first | (second << 16)) >>> 0);
  assert.is(volume.get(0, 0, 0), 0xff00_00ff);
  // (5, 4, 0) lies beyond the third edge, a little nearer to its first end.
  assert.is(
    volume.get(5, 4, 0),
    (0xff00_0000 | (expected(0.5625) << 8) | (expected(0.4375) << 16)) >>> 0,
  );
});

test('size scales the longest side to so many voxels, with the lowest corner on the grid', () => {
  for (const size of [1, 2, 7, 64, 100]) {
    const shape = box([-1.5, 2, 0.25], [1.5, 4.9, 3]);
    const filled = solid(shape, { size }).box()!;
    assert.is(filled.max[0] - filled.min[0], size);
    assert.is(filled.min[0], Math.round((-1.5 * size) / 3));
    const shell = surface(shape, { size }).box()!;
    assert.is(shell.max[0] - shell.min[0], size);
  }
  for (const size of [0, -1, 1.5, Number.NaN]) {
    assertRefused(() => solid(box([0, 0, 0], [1, 1, 1]), { size }), 'GOX_INVALID_PARAMS', /size/);
  }
});

test('a surface has no gaps: no way leads in by steps along the axes', () => {
  const volume = surface(sphere(20, 30, 60));
  const seen = new Set(['0 0 0']);
  const waiting: [number, number, number][] = [[0, 0, 0]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [x, y, z] = next;
    assert.ok(Math.max(Math.abs(x), Math.abs(y), Math.abs(z)) < 25, 'it leaks');
    for (const [dx, dy, dz] of [
      [1, 0, 0],
      [-1, 0, 0],
      [0, 1, 0],
      [0, -1, 0],
      [0, 0, 1],
      [0, 0, -1],
    ] as const) {
      const key = `${x + dx} ${y + dy} ${z + dz}`;
      if (seen.has(key) || volume.get(x + dx, y + dy, z + dz) !== 0) continue;
      seen.add(key);
      waiting.push([x + dx, y + dy, z + dz]);
    }
  }
});

/** How far a triangle must reach into a box, or stay away from it. */
const TOUCH = 1e-6;

/**
 * Whether a triangle reaches the box of a grid point, by cutting its polygon off at the six sides
 * (Sutherland and Hodgman): another way than that of the code.
 */
function reaches(
  triangle: readonly (readonly number[])[],
  point: readonly number[],
  half: number,
): boolean {
  let polygon = triangle.map((corner) => corner.map((value, axis) => value - point[axis]!));
  for (let side = 0; side < 6; side++) {
    const axis = side >> 1;
    const room = (p: readonly number[]) => half + (side % 2 === 0 ? p[axis]! : -p[axis]!);
    polygon = polygon.flatMap((to, i) => {
      const from = polygon.at(i - 1)!;
      const [a, b] = [room(from), room(to)];
      const cut = from.map((value, n) => value + ((to[n]! - value) * a) / (a - b));
      if (a < 0 && b < 0) return [];
      if (a >= 0 && b >= 0) return [to];
      return a < 0 ? [cut, to] : [cut];
    });
  }
  return polygon.length > 0;
}

test('the surface is what reaches the boxes of grid points', () => {
  const coordinate = fc.integer({ min: 40, max: 1200 }).map((value) => value / 97);
  const corner = fc.tuple(coordinate, coordinate, coordinate);
  fc.assert(
    fc.property(corner, corner, corner, (a, b, c) => {
      const triangle = [a, b, c].map((p) => p.map(Math.fround));
      const volume = surface({ points: [a, b, c], faces: [[0, 1, 2]] });
      const low = [0, 1, 2].map((axis) => Math.floor(Math.min(a[axis]!, b[axis]!, c[axis]!) + 0.5));
      for (let i = 0; i < 16 ** 3; i++) {
        const point = [i % 16, (i >> 4) % 16, i >> 8] as const;
        const tried = point.every((value, axis) => value >= low[axis]!);
        const expected = tried && reaches(triangle, point, 0.6 + TOUCH);
        // Of a box that is touched and no more, float32 and chance decide.
        if (expected && !reaches(triangle, point, 0.6 - TOUCH)) continue;
        assert.is(volume.get(...point) !== 0, expected, `${point}`);
      }
    }),
    { seed: SEED, numRuns: 40 },
  );
});

test('triangles without area make nothing', () => {
  const points = [
    [0, 0, 0],
    [5, 5, 5],
    [10, 10, 10],
  ] as const;
  const line: Shape = {
    points,
    faces: [
      [0, 1, 2],
      [0, 0, 1],
      [1, 1, 1],
    ],
  };
  assert.is(surface(line).count(), 0);
  assert.is(solid(line).count(), 0);
});

test('far from the origin the grid is as exact', () => {
  const far = 2 ** 31 - 20;
  const volume = solid(box([far, -far, far], [far + 3, 4 - far, far + 5]));
  assert.equal(volume.box(), { min: [far, -far, far], max: [far + 3, 4 - far, far + 5] });
});

test('refuses what takes too many blocks, before it makes them', () => {
  const voxel_bytes_max = 8 * 16384;
  const refused = (call: () => unknown) => assertRefused(call, 'GOX_MEMORY_LIMIT', /bytes/);
  assert.is(solid(box([0, 0, 0], [32, 32, 32]), { voxel_bytes_max }).count(), 32 ** 3);
  refused(() => solid(box([0, 0, 0], [33, 32, 32]), { voxel_bytes_max }));
  refused(() => surface(box([0, 0, 0], [50, 50, 50]), { voxel_bytes_max }));
  refused(() => solid(box([0, 0, 0], [700, 700, 700])));
});

test('refuses what would take too long, and coordinates out of reach, at once', () => {
  const refused = (call: () => unknown, message: RegExp) =>
    assertRefused(call, 'GOX_MEMORY_LIMIT', message);
  refused(() => surface(box([0, 0, 0], [100_000, 100_000, 1])), /too long/);
  refused(() => solid(box([0, 0, 0], [1, 100_000, 100_000])), /too long/);
  refused(() => solid(box([0, 0, 0], [1, 6, 2 ** 22])), /too long/);
  refused(() => solid(box([0, 0, 0], [1, 1, 2 ** 31])), /too large/);
  refused(() => surface(box([-(2 ** 31), 0, 0], [1, 1, 1])), /too large/);
  refused(() => surface(box([0, 0, 0], [1e30, 1, 1])), /too large/);
});

test('refuses triangles that lie over one another in numbers', () => {
  const rod = box([0, 0, 0], [1, 64, 1]);
  const pile = (times: number) => ({ ...rod, faces: Array(times).fill(rod.faces).flat() });
  assert.is(solid(pile(51)).count(), 64);
  assertRefused(() => solid(pile(17_000)), 'GOX_MEMORY_LIMIT', /too long/);
});

test.run();
