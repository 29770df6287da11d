/** Faces across blocks, corners in every direction, rooms around the eye, and modes of layers. */

import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Document } from '../../../engine/document/document.ts';
import { newMaterial } from '../../../engine/document/scene.ts';
import { decodePng } from '../../../engine/image/png.ts';
import { groupsOf } from '../../../engine/render/groups.ts';
import { renderPictures } from '../../../engine/render/render.ts';
import type { Vec3 } from '../../../engine/volume/box.ts';
import { pack } from '../../../engine/volume/color.ts';
import {
  boxes,
  CLEAR,
  decodePicture,
  FLAT,
  GREY,
  pixelAt,
  RED,
  render,
  WHITE,
} from '../../support/pictures.ts';
import { SEED } from '../../support/seed.ts';

const test = suite('faces');

const place = fc.tuple(fc.integer(), fc.integer(), fc.integer());
const near = fc.integer({ min: 0, max: 5 });

test('a model looks the same wherever it is, across borders of blocks', () => {
  const voxels = fc.array(fc.tuple(near, near, near), { minLength: 1, maxLength: 60 });
  const property = fc.property(voxels, place, fc.boolean(), (list, [x, y, z], parallel) => {
    const pictures = [[0, 0, 0] as Vec3, [x % 40, y % 40, z % 40] as Vec3].map((by) => {
      const document = Document.empty();
      for (const [i, j, k] of list) {
        document.activeLayer.volume.set(i + by[0], j + by[1], k + by[2], GREY);
      }
      const view = { width: 48, height: 48, orthographic: parallel };
      return render(document, view, { ...CLEAR, light: { shadow: 0 } }).data;
    });
    // Rounding may take a sample at an edge to the other side.
    const differing = pictures[0]!.filter((v, at) => Math.abs(v - pictures[1]![at]!) > 2);
    assert.ok(differing.length <= 16, `${differing.length} bytes differ`);
  });
  fc.assert(property, { seed: SEED, numRuns: 40 });
});

/** Axes of the picture, to the right and up, and toward the eye. */
const VIEWS = [
  ['front', [1, 0, 0], [0, 0, 1], [0, -1, 0]],
  ['back', [-1, 0, 0], [0, 0, 1], [0, 1, 0]],
  ['left', [0, -1, 0], [0, 0, 1], [-1, 0, 0]],
  ['right', [0, 1, 0], [0, 0, 1], [1, 0, 0]],
  ['top', [1, 0, 0], [0, 1, 0], [0, 0, 1]],
  ['bottom', [1, 0, 0], [0, -1, 0], [0, 0, -1]],
] as const;

for (const [camera, right, up, toward] of VIEWS) {
  test(`each neighbour darkens its side of a face seen from the ${camera}`, () => {
    for (const [du, dv] of [
      [-1, -1],
      [0, -1],
      [1, -1],
      [-1, 0],
      [1, 0],
      [-1, 1],
      [0, 1],
      [1, 1],
    ] as const) {
      const at = (u: number, v: number, n: number): Vec3 => [
        15 + right[0] * u + up[0] * v + toward[0] * n,
        15 + right[1] * u + up[1] * v + toward[1] * n,
        15 + right[2] * u + up[2] * v + toward[2] * n,
      ];
      const document = Document.empty();
      const { volume } = document.activeLayer;
      for (const u of [-1, 0, 1]) for (const v of [-1, 0, 1]) volume.set(...at(u, v, 0), GREY);
      volume.set(...at(du, dv, 1), WHITE);
      const view = { width: 90, height: 90, camera, orthographic: true, pixels_per_voxel: 30 };
      const light = { intensity: 0, ambient: 1, shadow: 0 };
      const picture = render(document, view, { light, occlusion: 0.4 });
      const levels = [-1, 0, 1].flatMap((v) =>
        [-1, 0, 1].map((u) => ({ u, v, level: pixelAt(picture, 45 + u * 13, 45 - v * 13)[0]! })),
      );
      // Of an edge the three points along it are as dark.
      const darkest = Math.min(...levels.map(({ level }) => level));
      assert.ok(darkest < 120, `${du} ${dv}`);
      const found = levels.filter(({ level }) => level <= darkest + 1);
      const expected = levels.filter(
        ({ u, v }) => (du === 0 || u === du) && (dv === 0 || v === dv),
      );
      assert.equal(found, expected, `${du} ${dv}`);
    }
  });
}

test('a wall in many pieces has no holes at any angle', () => {
  // A chequered relief, so that nothing is joined to long rectangles.
  const document = boxes([[0, 0, 0], [24, 24, 2], GREY]);
  for (let i = 0; i < 24 * 24; i++) {
    if ((i + Math.floor(i / 24)) % 2 === 0) {
      document.activeLayer.volume.set(i % 24, Math.floor(i / 24), 1, 0);
    }
  }
  for (const yaw_degrees of [0, 30, 45, 60, 90, 123.4]) {
    for (const pitch_degrees of [90, 60, 45, 35]) {
      for (const pixels_per_voxel of [1, 2, Math.SQRT2, 2 * Math.SQRT2, 3.3]) {
        const camera = { yaw_degrees, pitch_degrees };
        const view = { width: 10, height: 10, camera, orthographic: true, pixels_per_voxel };
        const picture = render(document, view, FLAT);
        // The picture lies within the wall, where nothing shows what is behind it.
        const seen = picture.data.filter((v, at) => at % 4 === 3 && v === 255).length;
        assert.is(seen, 100, `${yaw_degrees} ${pitch_degrees} ${pixels_per_voxel}`);
      }
    }
  }
});

test('from inside a room each wall is where it is', () => {
  const room = boxes(
    [[-8, -8, -8], [8, 8, 8], WHITE],
    [[-8, -8, -8], [8, 8, -6], RED],
    [[-6, -6, -6], [6, 6, 6], 0],
  );
  const camera = { eye: [0, -5, 0] as Vec3, target: [0, 5, 0] as Vec3 };
  const picture = render(room, { width: 60, height: 60, fov_degrees: 120, camera }, FLAT);
  assert.equal(pixelAt(picture, 30, 59), [255, 0, 0, 255]);
  assert.equal(pixelAt(picture, 2, 58), [255, 0, 0, 255]);
  for (const [x, y] of [
    [30, 30],
    [1, 30],
    [58, 30],
    [30, 1],
    [2, 2],
  ] as const) {
    assert.equal(pixelAt(picture, x, y), [255, 255, 255, 255], `${x} ${y}`);
  }
});

test('what can be seen through is hidden by what is before it', () => {
  const document = boxes([[0, 0, 0], [4, 4, 4], WHITE]);
  document.addMaterial({ ...newMaterial('glass'), color: new Float32Array([0, 1, 0, 0.5]) });
  const layer = document.addLayer('behind');
  layer.set({ material: 1 });
  layer.volume.fillBox([0, 6, 0], [4, 7, 8], WHITE);
  const view = { width: 64, height: 64, camera: 'front', orthographic: true } as const;
  const light = { intensity: 0, ambient: 1, shadow: 0 };
  const picture = render(document, view, { ...CLEAR, light, occlusion: 0 });
  assert.equal(pixelAt(picture, 32, 50), [255, 255, 255, 255]);
  assert.equal(pixelAt(picture, 32, 10), [0, 255, 0, 128]);
});

test('a PNG of several bands is whole for a reader that checks its sums', () => {
  const document = boxes([[0, 0, 0], [9, 9, 9], RED]);
  for (const background of ['gradient', 'transparent'] as const) {
    const views = [{ width: 333, height: 700 }];
    const { bytes } = renderPictures(document, { views, background })[0]!;
    const { rgba } = decodePng(bytes, 333, 700);
    assert.ok(Buffer.from(rgba).equals(Buffer.from(decodePicture(bytes).data)));
  }
});

test('layers are combined by each of the modes', () => {
  const [below, above] = [pack(100, 150, 200, 200), pack(40, 50, 60, 100)];
  /** By mode: where both are, only the lower, only the upper. Goxel truncates. */
  const EXPECTED: [mode: number, both: number, lower: number, upper: number][] = [
    [1, pack(100, 150, 200, 100), below, 0],
    [2, pack(100, 150, 200, 155), below, 0],
    [3, pack(76, 110, 145, 200), below, 0],
    [4, pack(40, 50, 60, 200), below, above],
    [5, pack(100, 150, 200, 100), 0, 0],
    [6, pack(40, 50, 60, 100), 0, 0],
    [7, pack(39, 58, 78, 78), 0, 0],
    [8, above, 0, above],
  ];
  for (const [mode, both, lower, upper] of EXPECTED) {
    const document = boxes([[0, 0, 0], [1, 1, 1], below]);
    document.activeLayer.volume.set(50, 0, 0, below);
    const layer = document.addLayer('above');
    layer.set({ mode });
    layer.volume.set(0, 0, 0, above);
    layer.volume.set(0, 0, 70, above);
    const groups = groupsOf(document, true);
    assert.is(groups.length, 1);
    const { volume } = groups[0]!;
    const found = [volume.get(0, 0, 0), volume.get(50, 0, 0), volume.get(0, 0, 70)];
    assert.equal(found, [both, lower, upper], `mode ${mode}`);
  }
});

test.run();
