/**
 * Marching cubes: closed surfaces, Goxel's vertices where Goxel has any, and colours kept apart.
 */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ExportOptions, formatFor } from '../../../engine/formats/index.ts';
import { surfaceOf } from '../../../engine/mesh/kinds.ts';
import { Volume } from '../../../engine/volume/volume.ts';
import { type Fixture, models } from '../../support/fixtures.ts';
import { SEED } from '../../support/seed.ts';
import { randomNumbers, randomVolume } from '../../support/volumes.ts';

const KINDS = ['marching', 'smooth'] as const;

interface Triangle {
  readonly points: readonly [string, string, string];
  readonly corners: readonly number[][];
  readonly colors: readonly number[];
  readonly normal: readonly number[];
}

function trianglesOf(volume: Volume, kind: (typeof KINDS)[number]): Triangle[] {
  const surface = surfaceOf(volume, kind);
  assert.is(surface.corners, 3);
  const triangles: Triangle[] = [];
  for (const { count, positions, colors, normals } of surface.batches()) {
    for (let face = 0; face < count; face++) {
      const corners = [0, 1, 2].map((i) =>
        Array.from(positions.subarray(face * 9 + i * 3, face * 9 + i * 3 + 3)),
      );
      const [a, b, c] = corners.map((corner) => corner.join(' '));
      const normal = surface.normals[normals[face]!]!;
      const used = Array.from(colors.subarray(face * 3, face * 3 + 3));
      triangles.push({ points: [a!, b!, c!], corners, colors: used, normal });
    }
  }
  return triangles;
}

/** Directed edges that have no opposite; each edge and its opposite cancel out. */
function openEdges(triangles: readonly Triangle[]): Map<string, number> {
  const balance = new Map<string, number>();
  for (const { points } of triangles) {
    for (let i = 0; i < 3; i++) {
      const [from, to] = [points[i]!, points[(i + 1) % 3]!];
      const [key, sign] = from < to ? [`${from}|${to}`, 1] : [`${to}|${from}`, -1];
      const sum = (balance.get(key) ?? 0) + sign;
      if (sum === 0) balance.delete(key);
      else balance.set(key, sum);
    }
  }
  return balance;
}

/** The enclosed volume; checks that normals are unit vectors of the triangles' sides. */
function enclosed(triangles: readonly Triangle[]): number {
  let sum = 0;
  for (const { corners, normal } of triangles) {
    const [a, b, c] = corners as [number[], number[], number[]];
    const [u, v] = [b.map((value, i) => value - a[i]!), c.map((value, i) => value - a[i]!)];
    const cross = [0, 1, 2].map((i) => {
      const [j, k] = [(i + 1) % 3, (i + 2) % 3];
      return u[j]! * v[k]! - u[k]! * v[j]!;
    });
    const length = Math.hypot(...cross);
    assert.ok(Math.abs(Math.hypot(...normal) - 1) < 1e-12);
    if (length > 0) {
      assert.ok(cross.every((value, i) => Math.abs(value / length - normal[i]!) < 1e-12));
    }
    sum += a.reduce((dot, value, i) => dot + value * cross[i]!, 0);
  }
  return sum / 6;
}

function read({ bytes, title }: Fixture) {
  return formatFor('x.gox').read!(bytes, title);
}

function lines(fixture: Fixture, extension: string, options: ExportOptions): string[] {
  const { write } = formatFor(`x.${extension}`);
  const pieces = [...write!(read(fixture), { like: 'goxel', ...options })];
  return Buffer.concat(pieces).toString('latin1').split('\n');
}

const test = suite('marching');

for (const kind of KINDS) {
  test(`${kind}: one voxel is an octahedron`, () => {
    for (const at of [0, 8, 15, -1]) {
      const volume = new Volume();
      volume.set(at, at, at, 0xff00_00ff);
      const triangles = trianglesOf(volume, kind);
      assert.is(triangles.length, 8);
      assert.is(openEdges(triangles).size, 0);
      assert.ok(Math.abs(enclosed(triangles) - 1 / 6) < 1e-9);
    }
  });

  test(`${kind}: surfaces are closed and turned outward`, () => {
    const random = randomNumbers(SEED);
    for (let i = 0; i < 120; i++) {
      const volume = randomVolume(random, i % 2 === 0 ? [255] : [255, 200, 128, 127, 126, 30]);
      const triangles = trianglesOf(volume, kind);
      const title = `volume ${i} of seed ${SEED}`;
      assert.is(openEdges(triangles).size, 0, title);
      const solid = enclosed(triangles);
      assert.ok(volume.count() === 0 || i % 2 === 1 || solid > 0, title);
    }
  });
}

test('the surface lies where alpha is one half, rounded to 1/8 or to 1/2', () => {
  for (let alpha = 127; alpha <= 255; alpha++) {
    const volume = new Volume();
    volume.set(0, 0, 0, (alpha << 24) >>> 0);
    const depth = Math.max(0, (alpha - 127.5) / alpha);
    for (const [kind, parts] of [
      ['smooth', 8],
      ['marching', 2],
    ] as const) {
      const expected = 0.5 + Math.round(depth * parts) / parts;
      const tops = trianglesOf(volume, kind).map(({ corners }) =>
        Math.max(...corners.map(([, , z]) => z!)),
      );
      const top = tops.length === 0 ? 0.5 : Math.max(...tops);
      assert.is(top, expected, `${kind} alpha ${alpha}`);
    }
  }
});

test('a box is a box with cut edges', () => {
  const volume = new Volume();
  volume.fillBox([10, 10, 10], [20, 22, 24], 0xff00_00ff);
  const size = enclosed(trianglesOf(volume, 'marching'));
  // Each edge loses a prism of 1/8 voxel's section; each corner is what is left of three of them.
  const edges = (4 * (9 + 11 + 13)) / 8;
  const corners = 8 * (1 / 8 - 1 / 48);
  assert.ok(Math.abs(size - (10 * 12 * 14 - edges - corners)) < 1e-6, `${size}`);
});

test('triangles of `marching` have one colour, those of `smooth` that of each corner', () => {
  const volume = new Volume();
  const random = randomNumbers(SEED);
  const colors = [0xff00_0001, 0xff00_0002, 0xff00_0003, 0xff00_0004];
  for (let i = 0; i < 400; i++) {
    const [x, y, z] = [random() * 8, random() * 8, random() * 8].map(Math.floor);
    volume.set(x!, y!, z!, colors[Math.floor(random() * 4)]!);
  }
  const flat = trianglesOf(volume, 'marching');
  assert.ok(flat.every(({ colors: [a, b, c] }) => a === b && b === c));
  assert.is(new Set(flat.map(({ colors: [a] }) => a)).size, 4);
  assert.is(openEdges(flat).size, 0);
  const smooth = trianglesOf(volume, 'smooth');
  assert.ok(smooth.some(({ colors: [a, b] }) => a !== b));
  for (const { corners, colors: used } of smooth) {
    for (const [i, [x, y, z]] of (corners as [number, number, number][]).entries()) {
      // A crossing lies half a voxel from the centre of the voxel that has its colour.
      const around = [-1, 0].flatMap((d) => [
        volume.get(Math.floor(x + (x % 1 === 0 ? d : 0)), Math.floor(y), Math.floor(z)),
        volume.get(Math.floor(x), Math.floor(y + (y % 1 === 0 ? d : 0)), Math.floor(z)),
        volume.get(Math.floor(x), Math.floor(y), Math.floor(z + (z % 1 === 0 ? d : 0))),
      ]);
      assert.ok(around.includes(used[i]!));
    }
  }
});

let compared = 0;
for (const fixture of models()) {
  const ply = fixture.gui('.mcsmooth.ply')?.toString('latin1');
  if (ply !== undefined && fixture.name !== 'empty') {
    compared++;
    test(`${fixture.title}: smooth has every vertex of Goxel's`, () => {
      const isVertex = (line: string) => line.split(' ').length === 6 && line.includes('.');
      const ours = new Set(lines(fixture, 'ply', { mesh: 'smooth' }).filter(isVertex));
      const missing = ply.split('\n').filter((line) => isVertex(line) && !ours.has(line));
      assert.equal(missing, []);
    });
  }
  const obj = fixture.gui('.mc.obj')?.toString('latin1');
  if (obj !== undefined && oneColor(fixture)) {
    compared++;
    test(`${fixture.title}: flat has every vertex of Goxel's`, () => {
      const written = lines(fixture, 'obj', { mesh: 'marching' });
      const ours = new Set(written.filter((line) => line.startsWith('v ')));
      const theirs = obj.split('\n').filter((line) => line.startsWith('v '));
      assert.ok(theirs.length > 0);
      assert.equal(
        theirs.filter((line) => !ours.has(line)),
        [],
      );
      // All faces and their normals are there.
      const [vertices, normals] = ['v ', 'vn '].map(
        (start) => written.filter((line) => line.startsWith(start)).length,
      );
      for (const line of written.filter((face) => face.startsWith('f '))) {
        const numbers = line
          .slice(2)
          .split(' ')
          .map((corner) => corner.split('//').map(Number));
        assert.is(numbers.length, 3);
        assert.ok(
          numbers.every(([v, n]) => v! >= 1 && v! <= vertices! && n! >= 1 && n! <= normals!),
        );
      }
    });
  }
}

test('were compared with Goxel', () => {
  assert.ok(compared >= 8, `${compared} comparisons`);
});

function oneColor(fixture: Fixture): boolean {
  const colors = new Set<number>();
  for (const { data } of read(fixture).merged().blocks()) {
    for (const rgba of data) if (rgba > 0xff_ffff) colors.add(rgba);
  }
  return colors.size === 1;
}

test.run();
