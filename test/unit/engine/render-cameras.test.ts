/** Where each camera looks, what fits into its picture, and what it refuses. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ErrorCode, GoxError } from '../../../conf/errors.ts';
import { newCamera } from '../../../engine/document/scene.ts';
import type { Preset, View } from '../../../engine/render/options.ts';
import { renderPictures } from '../../../engine/render/render.ts';
import type { Vec3 } from '../../../engine/volume/box.ts';
import {
  axes,
  boxes,
  CLEAR,
  coverOf,
  cube,
  FLAT,
  GREY,
  pixelAt,
  render,
  WHITE,
} from '../../support/pictures.ts';

function refuses(code: ErrorCode, view: View): void {
  assert.throws(
    () => renderPictures(cube(1), { views: [view] }),
    (error: GoxError) => error.code === code,
    JSON.stringify(view),
  );
}

const cameras = suite('cameras');

/** Where the ends of the arms must be: to the right and up, or toward the eye or away from it. */
const LOOKS: [Preset, right: string, up: string][] = [
  ['front', '+x', '+z'],
  ['back', '-x', '+z'],
  ['left', '-y', '+z'],
  ['right', '+y', '+z'],
  ['top', '+x', '+y'],
  ['bottom', '+x', '-y'],
];
const ARMS: Readonly<Record<string, readonly [color: number[], length: number]>> = {
  x: [[255, 0, 0, 255], 9],
  y: [[0, 255, 0, 255], 7],
  z: [[0, 0, 255, 255], 5],
};

for (const [camera, right, up] of LOOKS) {
  cameras(`${camera} has ${right} to the right and ${up} upward`, () => {
    const view = { width: 200, height: 200, camera, orthographic: true, pixels_per_voxel: 10 };
    const picture = render(axes(), view, FLAT);
    const [x0, y0, x1, y1] = coverOf(picture) as [number, number, number, number];
    const [acrossColor, across] = ARMS[right[1]!]!;
    const [upColor, upward] = ARMS[up[1]!]!;
    assert.equal([x1 - x0, y1 - y0], [across * 10, upward * 10]);
    const endX = right[0] === '+' ? x1 - 1 : x0;
    const endY = up[0] === '+' ? y0 : y1 - 1;
    // The arms leave from the corner opposite to both ends.
    const rootX = right[0] === '+' ? x0 : x1 - 1;
    const rootY = up[0] === '+' ? y1 - 1 : y0;
    assert.equal(pixelAt(picture, endX, rootY), acrossColor);
    assert.equal(pixelAt(picture, rootX, endY), upColor);
  });
}

cameras('isometric sees +Z, +X and -Y in parallel', () => {
  const document = boxes([[0, 0, 0], [1, 1, 1], WHITE]);
  const view = { width: 101, height: 101, camera: 'isometric' } as const;
  const light = { pitch_degrees: 0, shadow: 0, ambient: 0.1 };
  const picture = render(document, view, { ...CLEAR, light });
  const [x0, y0, x1, y1] = coverOf(picture) as [number, number, number, number];
  // A cube at yaw 45° and pitch 30° is √2 wide, and √2·sin 30° + cos 30° high.
  const ratio = (y1 - y0) / (x1 - x0);
  assert.ok(Math.abs(ratio - (Math.SQRT1_2 + Math.sqrt(0.75)) / Math.SQRT2) < 0.03, String(ratio));
  assert.ok(pixelAt(picture, 50, y0 + 10)[0]! > 150, 'the top is lit');
  assert.ok(pixelAt(picture, x0 + 10, y1 - 30)[0]! < 100, 'the left is not');
  assert.ok(pixelAt(picture, x1 - 10, y1 - 30)[0]! < 100, 'nor is the right');
});

cameras('a parallel cube of n voxels covers n times the scale, whatever the scale', () => {
  for (const [side, scale] of [
    [1, 1],
    [1, 16],
    [3, 7],
    [16, 4],
    [17, 5],
    [40, 3],
  ] as const) {
    for (const samples of [1, 2] as const) {
      const size = side * scale + 2 * scale + ((side * scale) & 1 ? 1 : 0);
      const view = { width: size, height: size, camera: 'front', orthographic: true } as const;
      const pictured = { ...view, pixels_per_voxel: scale };
      const picture = render(cube(side), pictured, { ...FLAT, samples });
      const [x0, y0, x1, y1] = coverOf(picture) as [number, number, number, number];
      const odd = ((size - side * scale) & 1) === 1;
      const whole = odd ? 1 : 0;
      assert.ok(x1 - x0 >= side * scale && x1 - x0 <= side * scale + whole, `${side} ${scale}`);
      assert.ok(y1 - y0 >= side * scale && y1 - y0 <= side * scale + whole, `${side} ${scale}`);
      for (let y = y0 + whole; y < y1 - whole; y++) {
        for (let x = x0 + whole; x < x1 - whole; x++) {
          assert.is(pixelAt(picture, x, y)[3], 255, `hole at ${x} ${y} of ${side} ${scale}`);
        }
      }
    }
  }
});

cameras('a fit keeps all of the content inside its margin, and fills it', () => {
  const document = boxes([[-30, 4, 7], [11, 20, 9], WHITE], [[0, 0, 0], [2, 3, 30], GREY]);
  const angles = [-170, -100, -45, 0, 30, 90, 135].flatMap((yaw_degrees) =>
    [-80, -20, 0, 35, 90].map((pitch_degrees) => ({ yaw_degrees, pitch_degrees })),
  );
  for (const camera of angles) {
    for (const orthographic of [false, true]) {
      const view = { width: 120, height: 80, camera, orthographic, margin: 0.1 };
      const [x0, y0, x1, y1] = coverOf(render(document, view, { ...FLAT, samples: 1 })) as [
        number,
        number,
        number,
        number,
      ];
      const where = `${JSON.stringify(camera)} ${x0} ${y0} ${x1} ${y1}`;
      assert.ok(x0 >= 11 && y0 >= 7 && x1 <= 109 && y1 <= 73, where);
      assert.ok(x1 - x0 >= 94 || y1 - y0 >= 62, where);
    }
  }
});

cameras('cameras of the document are found by name, by place and by being active', () => {
  const document = cube(2);
  const first = { ...newCamera('a'), active: false };
  document.set({ cameras: [first, { ...newCamera('b'), ortho: true, dist: 8 }] });
  const of = (camera: View['camera']) =>
    coverOf(render(document, { width: 64, height: 64, camera: camera! }, FLAT)).join(' ');
  assert.is(of({ name: 'b' }), of({ index: 1 }));
  assert.is(of({ active: true }), of({ index: 1 }));
  assert.not(of({ name: 'a' }) === of({ name: 'b' }));
  refuses('GOX_INVALID_PARAMS', { width: 8, height: 8, camera: { name: 'nobody' } });
  refuses('GOX_INVALID_PARAMS', { width: 8, height: 8, camera: { index: 7 } });
});

cameras('an eye and angles that mean the same show the same', () => {
  const document = axes();
  const size = { width: 90, height: 70 };
  const target: Vec3 = [1, 2, 3];
  const angles = { yaw_degrees: 90, pitch_degrees: 0, distance: 50, target };
  const eye = { eye: [51, 2, 3] as Vec3, target };
  const a = render(document, { ...size, camera: angles }, FLAT);
  const b = render(document, { ...size, camera: eye }, FLAT);
  assert.ok(Buffer.from(a.data).equals(Buffer.from(b.data)));
});

cameras('nothing is drawn of what is behind the eye, and what surrounds it is cut', () => {
  const inside = boxes([[-8, -8, -8], [8, 8, 8], WHITE]);
  inside.activeLayer.volume.fillBox([-4, -4, -4], [4, 4, 4], 0);
  const view = { width: 50, height: 40, fov_degrees: 90 };
  const camera = { eye: [0, 0, 0] as Vec3, target: [0, 1, 0.3] as Vec3 };
  const [x0, y0, x1, y1] = coverOf(render(inside, { ...view, camera }, FLAT));
  assert.equal([x0, y0, x1, y1], [0, 0, 50, 40], 'walls all around');
  const away = { eye: [0, 20, 0] as Vec3, target: [0, 30, 0] as Vec3 };
  const nothing = render(inside, { ...view, camera: away }, FLAT);
  assert.ok(nothing.data.every((byte) => byte === 0));
});

cameras('refuses sizes beyond the limits and cameras that see nothing', () => {
  refuses('GOX_MEMORY_LIMIT', { width: 8193, height: 1 });
  refuses('GOX_INVALID_PARAMS', { width: 0, height: 5 });
  refuses('GOX_INVALID_PARAMS', { width: 1.5, height: 5 });
  refuses('GOX_INVALID_PARAMS', { width: 5, height: 5, fov_degrees: 180 });
  refuses('GOX_INVALID_PARAMS', { width: 5, height: 5, margin: 0.5 });
  const eye: Vec3 = [1, 1, 1];
  refuses('GOX_INVALID_PARAMS', { width: 5, height: 5, camera: { eye, target: eye } });
  const many = Array.from({ length: 257 }, () => ({ width: 1, height: 1 }));
  const huge = Array.from({ length: 2 }, () => ({ width: 8192, height: 8192 }));
  for (const views of [many, huge]) {
    assert.throws(
      () => renderPictures(cube(1), { views }),
      (error: GoxError) => error.code === 'GOX_MEMORY_LIMIT',
    );
  }
});

cameras('a fit for a turntable shows the content at one size from all around', () => {
  const sizes = [0, 45, 90, 200].map((yaw_degrees) => {
    const camera = { yaw_degrees, pitch_degrees: 90 };
    const view = { width: 100, height: 100, camera, fit: 'turntable' } as const;
    const picture = render(cube(6), view, FLAT);
    return picture.data.filter((value, at) => at % 4 === 3 && value > 127).length;
  });
  for (const size of sizes) assert.ok(Math.abs(size - sizes[0]!) < 200, sizes.join(' '));
  assert.ok(sizes[0]! > 2000);
});

cameras.run();
