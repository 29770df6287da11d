/** Rectangles cover the visible faces, each once, and are few where faces are alike. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formatFor } from '../../../engine/formats/index.ts';
import { GreedySurface } from '../../../engine/mesh/greedy.ts';
import { type MeshKind, surfaceOf } from '../../../engine/mesh/kinds.ts';
import { Volume } from '../../../engine/volume/volume.ts';
import { type Fixture, model } from '../../support/fixtures.ts';
import { SEED } from '../../support/seed.ts';
import { randomNumbers, randomVolume, unitFaces } from '../../support/volumes.ts';

const test = suite('greedy');

/** Quads: of `greedy` the rectangles before they become triangles. */
function quadsOf(volume: Volume, kind: MeshKind) {
  return kind === 'greedy' ? new GreedySurface(volume) : surfaceOf(volume, kind);
}

/** The unit faces under each polygon, in the form of `unitFaces`. */
function covered(volume: Volume, kind: MeshKind): string[] {
  const surface = quadsOf(volume, kind);
  const faces: string[] = [];
  for (const { count, positions, colors, normals } of surface.batches()) {
    for (let face = 0; face < count; face++) {
      const corner = (i: number) => [0, 1, 2].map((axis) => positions[face * 12 + i * 3 + axis]!);
      const [a, b, c] = [corner(0), corner(1), corner(2)];
      const normal = surface.normals[normals[face]!]!;
      assert.ok(isFront(a, b, c, normal), 'corners run clockwise');
      const min = a.map((value, axis) => Math.min(value, c[axis]!));
      const max = a.map((value, axis) => Math.max(value, c[axis]!));
      const across = normal.findIndex((value) => value !== 0);
      // The voxel lies on the side that the normal does not point to.
      if (normal[across]! > 0) min[across]!--;
      max[across] = min[across]! + 1;
      for (let z = min[2]!; z < max[2]!; z++) {
        for (let y = min[1]!; y < max[1]!; y++) {
          for (let x = min[0]!; x < max[0]!; x++) {
            faces.push(`${x} ${y} ${z} ${normal.join(',')} ${colors[face * 4]}`);
          }
        }
      }
    }
  }
  return faces.sort();
}

/** Whether the normal is that of the turn from a to b to c. */
function isFront(a: number[], b: number[], c: number[], normal: readonly number[]): boolean {
  const [u, v] = [b.map((value, i) => value - a[i]!), c.map((value, i) => value - b[i]!)];
  const cross = [0, 1, 2].map((i) => {
    const [j, k] = [(i + 1) % 3, (i + 2) % 3];
    return u[j]! * v[k]! - u[k]! * v[j]!;
  });
  return cross.every((value, i) => Math.sign(value) === normal[i]);
}

function faceCount(volume: Volume, kind: MeshKind): number {
  let faces = 0;
  for (const { count } of quadsOf(volume, kind).batches()) faces += count;
  return faces;
}

for (const kind of ['blocks', 'greedy'] as const) {
  test(`${kind} cover every visible face once`, () => {
    const random = randomNumbers(SEED);
    for (let i = 0; i < 60; i++) {
      const volume = randomVolume(random, [255, 255, 128, 126]);
      assert.equal(covered(volume, kind), unitFaces(volume), `volume ${i} of seed ${SEED}`);
    }
  });
}

test('equal runs are not joined across blocks that are not there', () => {
  for (const [dx, dy, dz] of [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ] as const) {
    const volume = new Volume();
    for (const at of [0, 32, 80]) {
      const [x, y, z] = [at * dx, at * dy, at * dz];
      volume.fillBox([x, y, z], [x + 16, y + 16, z + 16], 0xff00_00ff);
    }
    assert.is(faceCount(volume, 'greedy'), 3 * 6);
    assert.equal(covered(volume, 'greedy'), unitFaces(volume));
  }
});

test('every walk gives the same batches', () => {
  const surface = surfaceOf(randomVolume(randomNumbers(SEED)), 'greedy');
  const walk = () => Array.from(surface.batches(), ({ count, positions }) => [count, positions[0]]);
  assert.equal(walk(), walk());
});

test('a box over many blocks has six rectangles, its corners at both ends of the range too', () => {
  const volume = new Volume();
  volume.fillBox([-40, 3, -17], [100, 70, 33], 0xff00_00ff);
  assert.is(faceCount(volume, 'greedy'), 6);
  const far = new Volume();
  far.fillBox([0x7fff_ffff - 20, 0, 0], [0x7fff_ffff, 1, 1], 0xff00_00ff);
  far.set(0x7fff_ffff, 0, 0, 0xff00_00ff);
  far.set(-0x8000_0000, 0, 0, 0xff00_00ff);
  assert.is(faceCount(far, 'greedy'), 12);
});

test('runs of other colours or lengths are not joined', () => {
  const volume = new Volume();
  volume.fillBox([14, 0, 0], [18, 4, 1], 0xff00_00ff);
  volume.set(16, 2, 0, 0xff00_ff00);
  // On the top and the bottom: two whole rows, the row in three, a whole row; four sides.
  assert.is(faceCount(volume, 'greedy'), 2 * 5 + 4);
});

test('fewer rectangles than faces make smaller files, in every format', () => {
  const read = ({ bytes, title }: Fixture) => formatFor('x.gox').read!(bytes, title);
  const terrain = read(model('big_terrain')).merged();
  assert.ok(faceCount(terrain, 'greedy') < faceCount(terrain, 'blocks') * 0.7);
  const document = read(model('layer_modes'));
  for (const extension of ['obj', 'ply', 'gltf', 'glb', 'stl']) {
    const size = (mesh: MeshKind) => {
      const write = formatFor(`x.${extension}`).write!;
      return Buffer.concat([...write(document, { mesh })]).length;
    };
    assert.ok(size('greedy') < size('blocks') * 0.8, extension);
  }
});

test.run();
