/** Shapes by their numbers. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { TestEngine, voxelsOf } from '../../support/engine.ts';

const procedural = suite('procedural_shape');

interface Made {
  readonly count: number;
  readonly min: number[];
  readonly max: number[];
}

/** The number of voxels and the box of a shape that is made in an empty project. */
function made(params: unknown): Made {
  const engine = new TestEngine();
  const { voxels_created } = engine.call('procedural_shape', params) as { voxels_created: number };
  const { min, max } = engine.call('get_bounding_box') as Made;
  assert.is(voxelsOf(engine).length, voxels_created);
  return { count: voxels_created, min, max };
}

procedural('a cube by position is as in v14, and has every voxel of its size', () => {
  const engine = new TestEngine();
  engine.call('create_layer');
  assert.equal(engine.call('procedural_shape', ['cube', 3, 3, 3, 1, 0, 0, 9, 8, 7, 255, 1]), {
    ...{ success: true, shape_type: 'cube', voxels_created: 27, changed: 27, layer_id: 1 },
  });
  assert.equal(voxelsOf(engine, 1)[0], '0 -1 -1 090807ff');
  assert.equal(made({}), { count: 1000, min: [-5, -5, -5], max: [5, 5, 5] });
  const wide = { shape: 'box', size: [4, 2, 6], position: [10, 10, 10] };
  assert.equal(made(wide), { count: 48, min: [8, 9, 7], max: [12, 11, 13] });
});

procedural('boxes, balls, cylinders and pyramids can be hollow, boxes be frames', () => {
  assert.is(made({ size: 10, fill: 'shell' }).count, 1000 - 512);
  assert.is(made({ size: 10, fill: 'shell', thickness: 2.4 }).count, 1000 - 216);
  assert.is(made({ size: 10, fill: 'frame' }).count, 12 * 8 + 8);
  const hollow = { ball: 0, ellipsoid: 0, cylinder: 0, pyramid: 0 };
  const shapes = {
    ball: { shape_type: 'sphere', radius: 8 },
    ellipsoid: { shape_type: 'sphere', size: [20, 10, 12] },
    cylinder: { shape_type: 'cylinder', size: 12 },
    pyramid: { shape_type: 'pyramid', size: 13 },
  };
  for (const name of ['ball', 'ellipsoid', 'cylinder', 'pyramid'] as const) {
    const [whole, shell] = [made(shapes[name]), made({ ...shapes[name], fill: 'shell' })];
    assert.equal([shell.min, shell.max], [whole.min, whole.max], name);
    hollow[name] = shell.count / whole.count;
    assert.ok(hollow[name] > 0.2 && hollow[name] < 0.75, `${name}: ${hollow[name]}`);
  }
});

procedural('a radius alone is that of a ball', () => {
  const ball = made({ center: [0.5, 0.5, 0.5], radius: 5, color: '#FFFFFF' });
  assert.equal(
    [ball.min, ball.max],
    [
      [-5, -5, -5],
      [6, 6, 6],
    ],
  );
  let inside = 0;
  for (let x = -5; x <= 5; x++) {
    for (let y = -5; y <= 5; y++) {
      for (let z = -5; z <= 5; z++) if (x * x + y * y + z * z <= 25) inside++;
    }
  }
  assert.is(ball.count, inside);
  assert.equal(made({ shape_type: 'sphere', radius: 5 }), made({ radius: 5 }));
});

procedural('a cylinder stands along its axis', () => {
  const size = { x: [30, 8, 8], y: [8, 30, 8], z: [8, 8, 30] };
  for (const axis of ['x', 'y', 'z'] as const) {
    const by_radius = made({ shape_type: 'cylinder', axis, radius: 4, size: 30 });
    const by_size = made({ shape_type: 'cylinder', axis, size: size[axis] });
    assert.equal(by_radius, by_size);
    assert.equal(
      by_size.max.map((v, i) => v - by_size.min[i]!),
      size[axis],
    );
    assert.is(by_size.count % 30, 0);
    assert.ok(by_size.count / 30 > 40 && by_size.count / 30 < 56, 'a disc of diameter 8');
  }
});

procedural('lines, text and tori', () => {
  const line = { shape_type: 'line', from: [0, 0, 0], to: [9, 3, 0] };
  assert.equal(made(line), { count: 10, min: [0, 0, 0], max: [10, 4, 1] });
  assert.ok(made({ ...line, thickness: 4 }).count > 80);
  const text = { shape_type: 'text', text: 'Hi', center: [5, 6, 7], depth: 2 };
  const letters = made(text);
  assert.equal([letters.min[0], letters.min[1], letters.min[2]], [5, 6, 7]);
  assert.is(letters.max[1]! - letters.min[1]!, 2);
  assert.is(made({ ...text, scale: 3 }).count, letters.count * 9);
  const torus = made({ shape_type: 'torus', radius: 8, thickness: 3, axis: 'x' });
  assert.equal(
    torus.max.map((v, i) => v - torus.min[i]!),
    [6, 22, 22],
  );
});

procedural('terrain depends on its seed, and fills its area', () => {
  const make = (params: object) => {
    const engine = new TestEngine();
    engine.call('procedural_shape', { shape_type: 'terrain', size: 20, ...params });
    return voxelsOf(engine);
  };
  const land = make({ seed: 7 });
  assert.equal(make({ seed: 7 }), land);
  assert.not.equal(make({ seed: 8 }), land);
  const columns = new Set(land.map((line) => line.split(' ').slice(0, 2).join(' ')));
  assert.is(columns.size, 400);
  assert.ok(columns.has('-10 -10') && columns.has('9 9'));
  const flat = make({ amplitude: 0, base: 3, color: '#123456' });
  assert.ok(flat.every((line) => line.endsWith('123456ff')));
  const { min, max } = made({ shape_type: 'noise' });
  assert.equal(
    [min.slice(0, 2), max.slice(0, 2)],
    [
      [-32, -32],
      [32, 32],
    ],
  );
});

procedural('a mode combines with what is there', () => {
  const engine = new TestEngine();
  engine.call('procedural_shape', { size: 10 });
  engine.call('procedural_shape', { size: 4, mode: 'sub' });
  assert.is(voxelsOf(engine).length, 1000 - 64);
  engine.call('procedural_shape', { size: 6, mode: 'intersect' });
  assert.is(voxelsOf(engine).length, 216 - 64);
});

const FAULTS: readonly [object, RegExp][] = [
  [{ shape_type: 'line' }, /^params\.from: expected from for a line/],
  [{ shape_type: 'line', from: [0, 0, 0] }, /^params\.to/],
  [{ shape_type: 'text' }, /^params\.text/],
  [{ shape_type: 'text', text: 'ä' }, /no character U\+00E4 .* `text`/],
  [{ shape_type: 'star' }, /^params\.shape_type: expected one of "cube", "box"/],
  [{ size: 0.2 }, /^params\.size_x: expected a side of 1 voxel at least/],
  [{ size_y: -3 }, /^params\.size_y/],
  [{ shape_type: 'torus', fill: 'shell' }, /^params\.fill: expected a fill for cube, box, sphere/],
  [{ shape_type: 'sphere', fill: 'frame' }, /^params\.fill: expected a fill for cube, box, got/],
];

procedural('what is missing or makes no sense is named', () => {
  for (const [params, message] of FAULTS) {
    assert.match(new TestEngine().fail('procedural_shape', params).message, message);
  }
});

procedural('what is too large is refused, soon', () => {
  for (const params of [
    { size: 2 ** 31 },
    { size_x: 2 ** 31 - 1 },
    { radius: 65_536 },
    { shape_type: 'sphere', size: 1e6 },
    { shape_type: 'cylinder', size: 1e9, fill: 'shell' },
    { shape_type: 'torus', radius: 60_000, thickness: 4000 },
    { shape_type: 'line', from: [-(2 ** 31), 0, 0], to: [2 ** 31 - 1, 0, 0] },
    { shape_type: 'text', text: 'x'.repeat(1024), scale: 256, depth: 4096 },
    { shape_type: 'terrain', size: 1e6, amplitude: 65_536 },
    { size: 4, center: [2 ** 31, 0, 0] },
  ]) {
    const engine = new TestEngine();
    const { data } = engine.fail('procedural_shape', params);
    assert.is(data.code, 'GOX_MEMORY_LIMIT', JSON.stringify(params));
    assert.is(engine.engine.stats().voxel_bytes, 0);
  }
});

procedural.run();
