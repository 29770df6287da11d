/** Surfaces are closed: each edge is met by one in the other direction, from end to end. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formatFor } from '../../../engine/formats/index.ts';
import type { ClosedSurface } from '../../../engine/mesh/closed.ts';
import { GreedySurface } from '../../../engine/mesh/greedy.ts';
import { type MeshKind, surfaceOf } from '../../../engine/mesh/kinds.ts';
import type { Surface } from '../../../engine/mesh/surface.ts';
import { Volume } from '../../../engine/volume/volume.ts';
import { enclosure, trianglesOf } from '../../support/closed-meshes.ts';
import { model } from '../../support/fixtures.ts';
import { SEED } from '../../support/seed.ts';
import { randomNumbers, randomVolume, unitFaces } from '../../support/volumes.ts';

const test = suite('watertight');

/** Checks a surface of blocks against the volume that it was made of. */
function assertEncloses(surface: Surface, volume: Volume, title: string): void {
  const found = enclosure(trianglesOf(surface));
  assert.is(found.open, 0, `${title}: open edges`);
  assert.is(found.flat, 0, `${title}: triangles without area`);
  assert.is(found.volume, solidCount(volume), `${title}: volume`);
  assert.is(found.area, unitFaces(volume).length, `${title}: area`);
}

function solidCount(volume: Volume): number {
  let count = 0;
  for (const { data } of volume.blocks()) {
    for (const rgba of data) if (rgba >>> 24 >= 127) count++;
  }
  return count;
}

for (const kind of ['blocks', 'greedy'] as const) {
  test(`${kind} of any volume`, () => {
    const random = randomNumbers(SEED);
    for (let i = 0; i < 40; i++) {
      const volume = randomVolume(random, [255, 255, 128, 126]);
      assertEncloses(surfaceOf(volume, kind), volume, `volume ${i} of seed ${SEED}`);
    }
  });
}

test('a rectangle gets the corners of its neighbours', () => {
  const volume = new Volume();
  volume.fillBox([-20, 0, 0], [20, 5, 1], 0xff00_00ff);
  volume.fillBox([3, 2, 1], [4, 3, 2], 0xff00_ff00);
  const surface = surfaceOf(volume, 'greedy') as ClosedSurface;
  assertEncloses(surface, volume, 'a plate with a voxel on it');
  const found = enclosure(trianglesOf(surface));
  assert.is(found.crowded, 0);
  assert.is(found.euler, 2);
  assert.is(surface.lattice.count, [...surface.lattice.points()].flatMap((p) => [...p]).length / 3);
});

test('a box with a hole through it is a torus', () => {
  const volume = new Volume();
  volume.fillBox([0, 0, 0], [30, 30, 10], 0xff00_00ff);
  volume.fillBox([10, 12, 0], [20, 19, 10], 0);
  for (const kind of ['blocks', 'greedy'] as const) {
    const found = enclosure(trianglesOf(surfaceOf(volume, kind)));
    assert.equal([found.euler, found.crowded, found.open], [0, 0, 0], kind);
  }
});

test('the highest and the lowest coordinates do not meet', () => {
  const volume = new Volume();
  volume.fillBox([0x7fff_ffff - 20, 0, 0], [0x7fff_ffff, 1, 1], 0xff00_00ff);
  volume.set(0x7fff_ffff, 0, 0, 0xff00_00ff);
  volume.set(-0x8000_0000, 0, 0, 0xff00_00ff);
  const found = enclosure(trianglesOf(surfaceOf(volume, 'greedy')));
  assert.equal([found.open, found.triangles, found.area], [0, 24, 86 + 6]);
});

test('models', () => {
  for (const name of ['csg', 'layer_modes']) {
    const volume = formatFor('x.gox').read!(model(name).bytes, name).merged();
    const faces = (kind: MeshKind) => [...trianglesOf(surfaceOf(volume, kind))].length;
    assertEncloses(surfaceOf(volume, 'greedy'), volume, name);
    assert.ok(faces('greedy') < faces('blocks') * 0.8, `${name}: ${faces('greedy')}`);
  }
});

test('rectangles alone leave holes, which is found', () => {
  const volume = new Volume();
  volume.fillBox([0, 0, 0], [4, 4, 1], 0xff00_00ff);
  volume.set(1, 1, 1, 0xff00_00ff);
  assert.ok(enclosure(trianglesOf(new GreedySurface(volume))).open > 0);
  assert.is(enclosure(trianglesOf(surfaceOf(volume, 'greedy'))).open, 0);
});

test.run();
