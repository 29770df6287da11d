/** Strokes of the brush and the laser, as requests. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { TestEngine, voxelsOf } from '../../support/engine.ts';

const strokes = suite('paint_stroke');

strokes('paints a path with mirror images, in a clip box, and says what changed', () => {
  const engine = new TestEngine();
  const points = [
    [1.5, 0.5, 0.5],
    [4.5, 0.5, 0.5],
  ];
  const clip = { min: [-4, -4, -4], max: [4, 4, 4] };
  const where = { symmetry: ['x'], symmetry_origin: [0, 0, 0], clip };
  assert.equal(engine.call('paint_stroke', { points, color: '#FF0000', ...where }), {
    ...{ success: true, voxel_count: 6, changed: 6, layer_id: 1 },
  });
  const xs = [-2, -3, -4, 1, 2, 3];
  assert.equal(voxelsOf(engine), xs.map((x) => `${x} 0 0 ff0000ff`).sort());
  const again = { points, color: '#FF0000', mode: 'sub', clip };
  assert.is((engine.call('brush_stroke', again) as { changed: number }).changed, 3);
  assert.is(voxelsOf(engine).length, 3);
});

strokes('is a cube of one voxel unless told otherwise, and takes points in both forms', () => {
  const engine = new TestEngine();
  engine.call('paint_stroke', { path: [{ x: -0.5, y: 0.5, z: 7.5 }] });
  engine.call('paint_stroke', [[[10, 10, 10]], 1]);
  const cube = [9, 10].flatMap((x) => [9, 10].flatMap((y) => [9, 10].map((z) => `${x} ${y} ${z}`)));
  assert.equal(voxelsOf(engine), ['-1 0 7', ...cube].map((place) => `${place} ffffffff`).sort());
});

strokes('mirrors at the middle of the image box', () => {
  const engine = new TestEngine();
  engine.call('set_image_box', { box: { min: [0, 0, 0], max: [10, 10, 10] } });
  engine.call('paint_stroke', { points: [[0.5, 0.5, 0.5]], symmetry: ['x', 'z'] });
  const places = ['0 0 0', '0 0 9', '9 0 0', '9 0 9'];
  assert.equal(
    voxelsOf(engine),
    places.map((place) => `${place} ffffffff`),
  );
});

strokes('refuses what would take too long, and changes nothing', () => {
  const engine = new TestEngine();
  const to = (far: number) => [
    [0, 0, 0],
    [far, 0, 0],
  ];
  const many = engine.fail('paint_stroke', { points: to(65_536) });
  assert.is(many.data.code, 'GOX_INVALID_PARAMS');
  assert.match(many.message, /^params\.points: .* 65537 stamps, more than 65536; /);
  const thin = engine.fail('paint_stroke', { points: to(1), radius: 1e-30 });
  assert.match(thin.message, /^params\.points: .* stamps, more than 65536; /);
  const wide = { points: to(10_000), radius: 100, mode: 'sub', symmetry: ['x', 'y', 'z'] };
  assert.is(engine.fail('paint_stroke', { ...wide, mode: 'over' }).data.code, 'GOX_INVALID_PARAMS');
  // Of a layer without voxels nothing is to be removed, however wide the brush is.
  assert.is((engine.call('paint_stroke', wide) as { changed: number }).changed, 0);
  const ball = { points: [[0, 0, 0]], radius: 500 };
  assert.is(engine.fail('paint_stroke', ball).data.code, 'GOX_MEMORY_LIMIT');
  assert.equal(voxelsOf(engine), []);
});

const lasers = suite('laser');

/** A block of 9 around the z axis. */
function block(): TestEngine {
  const engine = new TestEngine();
  engine.call('fill_region', { min: [-4, -4, 0], max: [4, 4, 8], color: '#808080' });
  return engine;
}

lasers('makes a hole along a ray, as far as it goes and no farther back', () => {
  const engine = block();
  const down = { from: [0.5, 0.5, 4.5], direction: [0, 0, -7] };
  assert.equal(engine.call('laser', { ...down, radius: 1 }), {
    ...{ success: true, voxel_count: 729 - 25, changed: 25, layer_id: 1 },
  });
  assert.is((engine.call('laser', { ...down, radius: 1 }) as { changed: number }).changed, 0);
  const short = { from: [-4, 3.5, 8.5], direction: [1, 0, 0], length: 3 };
  assert.is((engine.call('laser', short) as { changed: number }).changed, 3);
  const far = { from: [3.5, 3.5, 3000], direction: [0, 0, -1] };
  assert.is((engine.call('laser', far) as { changed: number }).changed, 0);
  assert.is((engine.call('laser', { ...far, length: 3000 }) as { changed: number }).changed, 9);
});

lasers('is the cylinder that paint_shape takes away by sub_clamp', () => {
  for (const direction of [
    [1, 2, 3],
    [-0.1, 0.7, -0.2],
    [0, -1, 1],
  ]) {
    const from = [-direction[0]! * 9, 0.25 - direction[1]! * 9, 4.5 - direction[2]! * 9];
    const size = Math.hypot(...direction);
    const to = from.map((v, i) => v + (direction[i]! / size) * 2048);
    const [a, b] = [block(), block()];
    a.call('laser', { from, direction, radius: 2, symmetry: ['y'] });
    const box = { from, to, radius: 2 };
    b.call('paint_shape', { shape: 'cylinder', box, mode: 'sub_clamp', symmetry: ['y'] });
    assert.equal(voxelsOf(a), voxelsOf(b));
    assert.ok(voxelsOf(a).length < 729 - 20);
  }
});

lasers('a translucent voxel goes too, and one outside the clip box stays', () => {
  const engine = block();
  engine.call('add_voxel', { x: 0, y: 0, z: 20, color: '#11223304' });
  const clip = { min: [-9, -9, 7], max: [9, 9, 30] };
  engine.call('laser', { from: [0.5, 0.5, 40], direction: [0, 0, -1], clip });
  assert.is(voxelsOf(engine).length, 729 - 2);
});

lasers('refuses a ray without a direction', () => {
  const { message } = block().fail('laser', { from: [0, 0, 0], direction: [0, 0, 0] });
  assert.match(message, /^params\.direction: expected a direction that is not 0/);
});

strokes.run();
lasers.run();
