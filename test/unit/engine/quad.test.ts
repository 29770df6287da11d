/** Pictures on quads in space: pixels as voxels in every direction, enlarged, turned, too large. */

import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GoxError } from '../../../conf/errors.ts';
import { BlockBudget } from '../../../engine/formats/block-budget.ts';
import { drawQuad, pixelQuad, quadAround } from '../../../engine/formats/pictures/quad.ts';
import { VoxelBuilder } from '../../../engine/formats/voxel-builder.ts';
import type { Image } from '../../../engine/image/png.ts';
import { inverse, type Matrix, transform } from '../../../engine/volume/matrix.ts';
import { Volume } from '../../../engine/volume/volume.ts';
import { SEED } from '../../support/seed.ts';

const OPAQUE = 0xff00_0000;

/** Every pixel has its number, from 0 on, for its colour. */
function numbered(width: number, height: number): Image {
  const words = Uint32Array.from({ length: width * height }, (_, i) => (OPAQUE | i) >>> 0);
  return { width, height, rgba: new Uint8Array(words.buffer) };
}

function drawn(image: Image, quad: Matrix): Volume {
  const voxels = new VoxelBuilder(new BlockBudget('a picture'));
  drawQuad(image, quad, voxels);
  const volume = new Volume();
  voxels.finish(volume);
  return volume;
}

const test = suite('quad');

test('a pixel is a voxel, whichever way the picture looks and is turned', () => {
  const orders = [0, 1, 2].flatMap((i) => [0, 1, 2].filter((j) => j !== i).map((j) => [i, j]));
  const sign = fc.constantFrom(1 as const, -1 as const);
  const side = fc.integer({ min: 1, max: 20 });
  const place = fc.integer({ min: -40, max: 40 });
  const directions = fc.tuple(fc.constantFrom(...orders), sign, sign);
  const places = fc.tuple(place, place, place);
  const jitters = fc.constantFrom(0, 2 ** -12, -(2 ** -12));
  fc.assert(
    fc.property(
      side,
      side,
      directions,
      places,
      jitters,
      (w, h, [[i, j], ...signs], corner, jitter) => {
        const [right, down] = signs;
        // From the corner of pixel 0, along the voxels' edges.
        const quad = new Float32Array(16);
        quad[i!] = right * w;
        quad[4 + j!] = -down * h;
        quad[11 - i! - j!] = 1;
        quad.set([...corner, 1], 12);
        quad[12 + i!] = corner[i!]! + (right * w) / 2;
        quad[12 + j!] = corner[j!]! + (down * h) / 2;
        // As far off as float32 may be that has been turned and moved a few times.
        for (const i of [12, 13, 14]) quad[i]! += jitter;
        const volume = drawn(numbered(w, h), quad);
        assert.is(volume.count(), w * h);
        for (let pixel = 0; pixel < w * h; pixel++) {
          const at = [...corner];
          const [x, y] = [pixel % w, Math.floor(pixel / w)];
          at[i!] = corner[i!]! + (right > 0 ? x : -1 - x);
          at[j!] = corner[j!]! + (down > 0 ? y : -1 - y);
          assert.is(volume.get(at[0]!, at[1]!, at[2]!), (OPAQUE | pixel) >>> 0, `pixel ${pixel}`);
        }
      },
    ),
    { seed: SEED, numRuns: 200 },
  );
});

test('an enlarged picture has no holes, a smaller one no pixel twice', () => {
  const image = numbered(5, 3);
  for (const factor of [1, 2, 7, 1000 / 5]) {
    const volume = drawn(image, quadAround([0, 0, 0.5], 5 * factor, 3 * factor, 'lying'));
    assert.is(volume.count(), 15 * factor * factor, `${factor} times`);
    const [left, top] = [Math.ceil(-2.5 * factor - 0.5), Math.floor(1.5 * factor - 0.5)];
    for (let pixel = 0; pixel < 15; pixel++) {
      const [x, y] = [left + (pixel % 5) * factor, top - Math.floor(pixel / 5) * factor];
      for (const step of [0, factor - 1]) {
        assert.is(volume.get(x + step, y - step, 0), (OPAQUE | pixel) >>> 0, `pixel ${pixel}`);
      }
    }
  }
  const small = drawn(numbered(40, 40), quadAround([0, 0, 0], 10, 10, 'upright'));
  assert.is(small.count(), 100);
  assert.equal(small.box(), { min: [-5, 0, -5], max: [5, 1, 5] });
});

test('a turned picture is one voxel thick, and each is beside the pixel of its colour', () => {
  const image = numbered(24, 10);
  const part = fc.double({ min: -1, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.array(part, { minLength: 9, maxLength: 9 }), (parts) => {
      const [a, b, c, d, e, f, x, y, z] = parts as [
        number,
        number,
        number,
        number,
        number,
        number,
      ] &
        number[];
      // Two sides at right angles, of 30 and 12 voxels.
      const long = Math.hypot(a, b, c);
      const across = [b * f - c * e, c * d - a * f, a * e - b * d];
      const size = Math.hypot(...across);
      if (long < 0.1 || size < 0.1) return;
      const [u, n] = [[a / long, b / long, c / long], across.map((v) => v / size)];
      const side = [
        n[1]! * u[2]! - n[2]! * u[1]!,
        n[2]! * u[0]! - n[0]! * u[2]!,
        n[0]! * u[1]! - n[1]! * u[0]!,
      ];
      const quad = Float32Array.of(
        ...[...u.map((v) => v * 30), 0],
        ...[...side.map((v) => v * 12), 0],
        ...[...n, 0],
        ...[x! * 9, y! * 9, z! * 9, 1],
      );
      const volume = drawn(image, quad);
      const back = inverse(quad)!;
      const thick = Math.max(...n.map(Math.abs));
      assert.ok(Math.abs(volume.count() - 360 * thick) < 45, `${volume.count()} voxels`);
      for (const block of volume.blocks()) {
        for (const [i, word] of block.data.entries()) {
          if (word === 0) continue;
          const middle = [block.x + (i & 15), block.y + ((i >> 4) & 15), block.z + (i >> 8)];
          const [pu, pv, away] = transform(back, ...(middle.map((v) => v + 0.5) as [0, 0, 0]));
          assert.ok(Math.abs(away) <= thick / 2 + 0.01, `${away} away`);
          const pixel = word & 0xff_ffff;
          // The middle of a voxel may be half a voxel off along the column, so one or two pixels.
          assert.ok(Math.abs((pu + 0.5) * 24 - (pixel % 24) - 0.5) < 1.1);
          assert.ok(Math.abs((0.5 - pv) * 10 - Math.floor(pixel / 24) - 0.5) < 1.1);
        }
      }
    }),
    { seed: SEED, numRuns: 60 },
  );
});

test('clear pixels make no voxel, translucent ones keep their alpha', () => {
  const words = Uint32Array.of(0x00ff_ffff, 0x0100_00ff, 0x8000_ff00, 0);
  const image = { width: 4, height: 1, rgba: new Uint8Array(words.buffer) };
  const volume = drawn(image, pixelQuad(image, 'lying'));
  assert.is(volume.count(), 2);
  assert.equal([volume.get(-1, 0, 0), volume.get(0, 0, 0)], [0x0100_00ff, 0x8000_ff00]);
});

test('a flat quad shows nothing, and one that is too large or too far is refused', () => {
  const image = numbered(2, 2);
  const flat = quadAround([0, 0, 0], 4, 4, 'lying');
  for (const [at, value] of [
    [5, 0],
    [0, Number.NaN],
    [12, Number.POSITIVE_INFINITY],
  ] as const) {
    const quad = flat.slice();
    quad[at] = value;
    assert.is(drawn(image, quad).count(), 0);
  }
  for (const quad of [
    quadAround([0, 0, 0], 1e6, 1e6, 'lying'),
    quadAround([2 ** 31, 0, 0], 4, 4, 'upright'),
    quadAround([0, 0, 0], 1e30, 1e-30, 'lying'),
  ]) {
    assert.throws(
      () => drawn(image, quad),
      (error: unknown) => error instanceof GoxError && error.code === 'GOX_MEMORY_LIMIT',
    );
  }
});

test.run();
