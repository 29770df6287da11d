/** Pictures of faces: each pixel is the face that its rectangle has there. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Image } from '../../../engine/image/png.ts';
import { Atlas, type BakedSurface } from '../../../engine/mesh/atlas.ts';
import { Volume } from '../../../engine/volume/volume.ts';
import { enclosure, trianglesOf } from '../../support/closed-meshes.ts';
import { SEED } from '../../support/seed.ts';
import { randomNumbers, randomVolume } from '../../support/volumes.ts';

const test = suite('atlas');

/** Checks the colour in the middle of every voxel's face that a triangle covers. */
function assertPainted(surface: BakedSurface, volume: Volume, picture: Image, title: string): void {
  const pixels = new Uint32Array(picture.rgba.buffer);
  for (const { count, positions, uvs, normals } of surface.batches()) {
    for (let face = 0; face < count; face++) {
      const point = (corner: number) =>
        positions.subarray(face * 9 + corner * 3, face * 9 + corner * 3 + 3);
      const uv = (corner: number) => uvs.subarray(face * 6 + corner * 2, face * 6 + corner * 2 + 2);
      const normal = surface.normals[normals[face]!]!;
      // Any place in a triangle will do, not in the middle of whose voxel's face it need be.
      for (const [a, b, c] of [
        [1, 1, 1],
        [8, 1, 1],
        [1, 8, 1],
        [1, 1, 8],
      ] as const) {
        const mixed = (of: (corner: number) => Float64Array, i: number) =>
          (of(0)[i]! * a + of(1)[i]! * b + of(2)[i]! * c) / (a + b + c);
        const voxel = [0, 1, 2].map((i) => Math.floor(mixed(point, i) - normal[i]! / 2));
        const u = Math.floor(mixed(uv, 0) * picture.width);
        const v = Math.floor(mixed(uv, 1) * picture.height);
        const found = pixels[u + v * picture.width]!;
        const onBorder = [0, 1, 2].some((i) => {
          const at = mixed(point, i);
          return normal[i] === 0 && Math.abs(at - Math.round(at)) < 0.02;
        });
        if (onBorder) continue;
        const [x, y, z] = voxel as [number, number, number];
        assert.is(found, (volume.get(x, y, z) | 0xff00_0000) >>> 0, `${title}: ${voxel}`);
      }
    }
  }
}

test('surfaces of several volumes share a picture, closed and in their colours', () => {
  const random = randomNumbers(SEED);
  for (let i = 0; i < 10; i++) {
    const volumes = [randomVolume(random), randomVolume(random)];
    const atlas = new Atlas(volumes);
    const picture = atlas.picture();
    for (const [j, surface] of atlas.surfaces.entries()) {
      const title = `volume ${i}.${j} of seed ${SEED}`;
      assertPainted(surface, volumes[j]!, picture, title);
      assert.is(enclosure(trianglesOf(surface)).open, 0, title);
    }
  }
});

test('faces of any colours are joined, and those of one colour share a pixel', () => {
  const volume = new Volume();
  volume.fillBox([0, 0, 0], [50, 50, 1], 0xff00_00ff);
  const one = new Atlas([volume]);
  assert.equal([one.picture().width, one.picture().height], [1, 1]);
  volume.set(7, 7, 0, 0xff00_ff00);
  const two = new Atlas([volume]);
  assert.is([...trianglesOf(two.surfaces[0]!)].length, 12);
  const { width, height } = two.picture();
  assert.ok(width * height <= 64 * 101, `${width} x ${height}`);
  assertPainted(two.surfaces[0]!, volume, two.picture(), 'a plate');
});

test('rectangles longer than 2048 are cut', () => {
  const volume = new Volume();
  volume.fillBox([-3000, 0, 0], [3000, 1, 1], 0xff00_00ff);
  volume.set(2999, 0, 0, 0xff00_ff00);
  volume.set(-3000, 0, 0, 0xff00_ff00);
  const [surface] = new Atlas([volume]).surfaces;
  const found = enclosure(trianglesOf(surface!));
  assert.equal([found.open, found.volume], [0, 6000]);
});

test('a picture is refused that would be too large, and nothing is a pixel', () => {
  const volume = new Volume();
  for (let x = 0; x < 70; x++) volume.fillBox([x, 0, 0], [x + 1, 70, 1], 0xff00_0000 + x);
  assert.throws(() => new Atlas([volume], 64), /at most 64 x 64 pixels.*texture: "palette"/);
  assert.is(new Atlas([new Volume()]).picture().width, 1);
});

test.run();
