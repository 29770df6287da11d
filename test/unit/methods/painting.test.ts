/** Painting and filling many voxels at once, and regions as bytes. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BLEND_MODES, type BlendMode } from '../../../engine/ops/combine.ts';
import { paintShape } from '../../../engine/ops/paint.ts';
import type { Vec3 } from '../../../engine/volume/box.ts';
import { channels } from '../../../engine/volume/color.ts';
import { boxMatrix } from '../../../engine/volume/matrix.ts';
import { Volume } from '../../../engine/volume/volume.ts';
import { decode, TestEngine, voxelsOf } from '../../support/engine.ts';
import { SEED } from '../../support/seed.ts';
import { randomNumbers, randomVolume } from '../../support/volumes.ts';

interface Packed {
  readonly min: number[];
  readonly size: number[];
  readonly data: string;
}

/** The voxels of a volume as `voxelsOf` gives them. */
function linesOf(volume: Volume): string[] {
  const lines: string[] = [];
  for (const { x, y, z, data } of volume.blocks()) {
    for (const [i, rgba] of data.entries()) {
      if (rgba >>> 24 === 0) continue;
      const color = Buffer.from(channels(rgba)).toString('hex');
      lines.push(`${x + (i & 15)} ${y + ((i >> 4) & 15)} ${z + (i >> 8)} ${color}`);
    }
  }
  return lines.sort();
}

/** A cube of 6 from -3 on and an engine that has it in its active layer. */
function cube(): { engine: TestEngine; volume: Volume } {
  const engine = new TestEngine();
  engine.call('fill_region', { min: [-3, -3, -3], max: [2, 2, 2], color: '#3366CC80' });
  const volume = new Volume();
  volume.fillBox([-3, -3, -3], [3, 3, 3], 0x80cc_6633);
  assert.equal(voxelsOf(engine), linesOf(volume));
  return { engine, volume };
}

const shapes = suite('paint_shape');

const BIT = { x: 1, y: 2, z: 4 };

for (const shape of ['cube', 'sphere', 'cylinder'] as const) {
  shapes(`${shape}: every mode and symmetry is that of the shape tool`, () => {
    const box = { min: [-2, 0, 1] as Vec3, max: [5, 9, 8] as Vec3 };
    for (const mode of BLEND_MODES.slice(0, 8) as BlendMode[]) {
      for (const symmetry of [[], ['x'], ['z', 'y', 'x']] as ('x' | 'y' | 'z')[][]) {
        const { engine, volume } = cube();
        const given = { shape, box, mode, symmetry, color: [200, 100, 50, 200] };
        const params = { ...given, symmetry_origin: [1, 1, 1], smoothness: symmetry.length };
        const { voxel_count } = engine.call('paint_shape', params) as { voxel_count: number };
        paintShape(volume, boxMatrix(box), {
          ...{ mode, shape, color: 0xc832_64c8, smoothness: symmetry.length },
          symmetry: symmetry.reduce((bits, axis) => bits | BIT[axis], 0),
          symmetryOrigin: [1, 1, 1],
        });
        assert.equal(voxelsOf(engine), linesOf(volume), `${mode} ${symmetry}`);
        assert.is(voxel_count, volume.count());
      }
    }
  });
}

shapes('a box may be turned, clipped and small', () => {
  const engine = new TestEngine();
  // A cube of half the diagonal, turned by 45 degrees about z.
  const h = 4;
  const matrix = [h, h, 0, 0, -h, h, 0, 0, 0, 0, 1, 0, 0, 0, 1, 1];
  engine.call('paint_shape', { shape: 'cube', box: { matrix }, color: '#FFFFFF' });
  const inside = voxelsOf(engine).map((line) => line.split(' ').map(Number));
  assert.is(inside.length, 2 * inside.filter(([, , z]) => z === 0).length);
  for (const [x, y] of inside) assert.ok(Math.abs(x! + 0.5) + Math.abs(y! + 0.5) <= 2 * h);
  engine.call('clear_voxels');
  const clip = { min: [0, 0, 0], max: [1, 20, 2] };
  const ball = { shape: 'sphere', box: { min: [-8, -8, -8], max: [8, 8, 8] } };
  engine.call('paint_shape', { ...ball, clip, color: '#FFFFFF' });
  assert.equal(engine.call('get_bounding_box'), {
    ...{ empty: false, min: [0, 0, 0], max: [1, 8, 2], dimensions: [1, 8, 2] },
    last: [0, 7, 1],
  });
});

shapes('without an origin the middle of the image box mirrors', () => {
  const engine = new TestEngine();
  engine.call('set_image_box', { box: { min: [0, 0, 0], max: [20, 10, 10] } });
  const box = { min: [1, 2, 3], max: [2, 3, 4] };
  engine.call('paint_shape', { shape: 'cube', box, symmetry: ['x'] });
  assert.equal(voxelsOf(engine), ['1 2 3 ffffffff', '18 2 3 ffffffff']);
});

const BOX_FAULTS: readonly [object, RegExp][] = [
  [
    { min: [0, 5, 0], max: [0, 1, 0] },
    /^params\.box: .* flat in x and z .*, got min \[0,5,0\] and max \[0,1,0\]$/,
  ],
  [{ matrix: Array(16).fill(0) }, /^params\.box\.matrix\[15\]: expected 1, got 0/],
  [
    { matrix: [1, 0, 0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1] },
    /^params\.box\.matrix: expected a matrix whose three axes span a volume/,
  ],
  [{ matrix: [1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] }, /matrix\[3\]: expected 0, got 1/],
];

shapes('a box that holds nothing is refused', () => {
  const engine = new TestEngine();
  for (const [box, message] of BOX_FAULTS) {
    assert.match(engine.fail('paint_shape', { shape: 'cube', box }).message, message);
  }
});

shapes.run();

const fills = suite('fills');

fills('both corners belong to a region, at the ends of the coordinates too', () => {
  const engine = new TestEngine();
  const last = 2 ** 31 - 1;
  const first = -(2 ** 31);
  engine.call('fill_region', { min: [last, last, last - 1], max: [last, last, last] });
  engine.call('fill_region', [[first, first, first], { x: first, y: first, z: first }, '#112233']);
  assert.equal(voxelsOf(engine), [
    `${first} ${first} ${first} 112233ff`,
    `${last} ${last} ${last - 1} ffffffff`,
    `${last} ${last} ${last} ffffffff`,
  ]);
  engine.call('fill_region', { min: [first, 0, 0], max: [last, last, last], a: 0 });
  assert.is(voxelsOf(engine).length, 1);
});

fills('painting changes what is there, and says how much', () => {
  const engine = new TestEngine();
  engine.call('fill_region', { min: [0, 0, 0], max: [1, 0, 0], color: '#808080' });
  assert.equal(engine.call('paint_voxels', [1, 0, 0, 1, 2, 3, 4, 1]), {
    ...{ success: true, painted: 1, changed: 1, layer_id: 1 },
  });
  assert.equal(engine.call('paint_voxel', { position: [9, 9, 9], color: '#FF0000' }), {
    ...{ success: true, painted: 0, changed: 0, layer_id: 1 },
  });
  const positions = [[0, 0, 0], { x: 7, y: 0, z: 0 }, { position: [1, 0, 0] }];
  assert.equal(engine.call('paint_voxels', { positions, color: [0, 255, 0] }), {
    ...{ success: true, painted: 2, changed: 2, layer_id: 1 },
  });
  assert.equal(voxelsOf(engine), ['0 0 0 00ff00ff', '1 0 0 00ff00ff']);
});

fills('a flood recolours what is connected, by the threshold', () => {
  const engine = new TestEngine();
  engine.call('fill_region', { min: [0, 0, 0], max: [4, 0, 0], color: [100, 0, 0] });
  engine.call('fill_region', { min: [5, 0, 0], max: [9, 0, 0], color: [110, 0, 0] });
  engine.call('fill_region', { min: [11, 0, 0], max: [12, 0, 0], color: [100, 0, 0] });
  // By position as in v14: x, y, z, r, g, b, a, layer_id.
  assert.equal(engine.call('flood_fill', [1, 0, 0, 0, 0, 200, 255, 1]), {
    ...{ success: true, voxels_filled: 5, changed: 5, layer_id: 1 },
  });
  engine.call('fill_region', { min: [0, 0, 0], max: [4, 0, 0], color: [100, 0, 0] });
  const wide = { position: [1, 0, 0], color: [0, 0, 201], threshold: 10 };
  assert.is((engine.call('flood_fill', wide) as { voxels_filled: number }).voxels_filled, 10);
  assert.is(voxelsOf(engine).filter((line) => line.endsWith('0000c9ff')).length, 10);
});

fills('a flood of empty space ends at the image box, at a region and at voxels', () => {
  const engine = new TestEngine();
  engine.call('create_project', { size: [4, 4, 4] });
  const fill = (params: object) =>
    (engine.call('flood_fill', params) as { voxels_filled: number }).voxels_filled;
  assert.is(fill({ position: [0, 0, 0] }), 64);
  engine.call('clear_voxels');
  assert.is(fill({ position: [9, 9, 9], region: { min: [9, 9, 9], max: [10, 10, 11] } }), 12);
  engine.call('clear_voxels');
  engine.call('fill_region', { min: [0, -2, 0], max: [0, 1, 3], color: '#000000' });
  assert.is(fill({ position: [-1, 0, 0], color: '#FFFFFF' }), 32);
  const outside = engine.fail('flood_fill', { position: [50, 0, 0] });
  assert.is(outside.data.code, 'GOX_INVALID_PARAMS');
});

fills('clearing takes the region, else the selection, else all', () => {
  const { engine } = cube();
  engine.call('clear_voxels', { region: { min: [-3, -3, -3], max: [2, 2, 1] } });
  assert.is(voxelsOf(engine).length, 36);
  engine.call('select', { kind: 'box', box: { min: [-3, -3, 2], max: [-2, 3, 3] } });
  assert.equal(engine.call('clear_voxels'), {
    ...{ success: true, voxel_count: 30, changed: 6, layer_id: 1 },
  });
  engine.call('clear_selection');
  assert.equal(engine.call('clear_layer'), {
    ...{ success: true, voxel_count: 0, changed: 30, layer_id: 1 },
  });
});

fills('a colour is replaced by tolerance, and removed by alpha 0', () => {
  const engine = new TestEngine();
  const voxels = [0, 5, 6].map((x) => ({ x, y: 0, z: 0, color: [100 + x, 0, 0, 255] }));
  engine.call('add_voxels', { voxels });
  assert.equal(engine.call('replace_color', [[100, 0, 0], '#0000FF', 5]), {
    ...{ success: true, replaced: 2, changed: 2, layer_id: 1 },
  });
  assert.equal(engine.call('replace_color', { from: '#0000FF', to: '#00000000' }), {
    ...{ success: true, replaced: 2, changed: 2, layer_id: 1 },
  });
  assert.equal(voxelsOf(engine), ['6 0 0 6a0000ff']);
});

fills('a face is pulled out and pushed in', () => {
  const faces = { '-x': [0, 1, 1], '+x': [2, 1, 1], '-y': [1, 0, 1], '+y': [1, 2, 1] };
  for (const [face, position] of Object.entries({ ...faces, '-z': [1, 1, 0], '+z': [1, 1, 2] })) {
    for (const distance of [3, -2]) {
      const engine = new TestEngine();
      engine.call('fill_region', { min: [0, 0, 0], max: [2, 2, 2], color: '#808080' });
      const extruded = engine.call('extrude', { position, face, distance });
      const counts = { voxel_count: 27 + 9 * distance, changed: 9 * Math.abs(distance) };
      assert.equal(extruded, { success: true, ...counts, layer_id: 1 }, face);
      const axis = 'xyz'.indexOf(face[1]!);
      const min = [0, 0, 0];
      const max = [3, 3, 3];
      if (face.startsWith('-')) min[axis] = 0 - distance;
      else max[axis] = 3 + distance;
      const bounds = engine.call('get_bounding_box') as { min: number[]; max: number[] };
      assert.equal([bounds.min, bounds.max], [min, max], face);
    }
  }
  const engine = new TestEngine();
  const nothing = engine.fail('extrude', { position: [9, 9, 9], face: '+z', distance: 1 });
  assert.match(nothing.message, /^params\.position: expected the position of a voxel/);
});

fills.run();

const packed = suite('packed regions');

packed('come back as they were put, in JSON and in MessagePack', () => {
  const random = randomNumbers(SEED);
  for (let round = 0; round < 20; round++) {
    const volume = randomVolume(random, [1, 128, 255]);
    const box = volume.box();
    if (box === undefined) continue;
    const [min, max] = [box.min.map((v) => v - 1), box.max];
    const size = max.map((v, axis) => v - min[axis]!);
    const bytes = new Uint8Array(size[0]! * size[1]! * size[2]! * 4);
    const words = new Uint32Array(bytes.buffer);
    for (let i = 0; i < words.length; i++) {
      const [x, y] = [i % size[0]!, Math.floor(i / size[0]!) % size[1]!];
      const z = Math.floor(i / size[0]! / size[1]!);
      words[i] = volume.get(min[0]! + x, min[1]! + y, min[2]! + z);
    }
    for (const msgpack of [false, true]) {
      const engine = new TestEngine();
      const data = msgpack ? bytes : Buffer.from(bytes).toString('base64');
      const region = { min, max: max.map((v) => v - 1) };
      const [put, got] = engine.run([
        { method: 'set_packed_region', params: { min, size, data }, msgpack },
        { method: 'get_packed_region', params: region, msgpack },
      ]);
      const counts = { voxel_count: volume.count(), changed: volume.count() };
      assert.equal(decode(put!, msgpack), { success: true, ...counts, layer_id: 1 });
      assert.equal(voxelsOf(engine), linesOf(volume));
      const answer = decode(got!, msgpack) as Packed & { data: Uint8Array | string };
      const back =
        typeof answer.data === 'string' ? Buffer.from(answer.data, 'base64') : answer.data;
      assert.ok(Buffer.from(bytes).equals(back));
      assert.equal([answer.min, answer.size], [min, size]);
    }
  }
});

packed('alpha 0 removes, or keeps; the rest of a block stays', () => {
  const { engine } = cube();
  const data = Buffer.from([1, 2, 3, 4, 9, 9, 9, 0]).toString('base64');
  const put = { min: [-1, -1, -1], size: [2, 1, 1], data };
  assert.is((engine.call('set_packed_region', { ...put, keep: true }) as Counted).voxel_count, 216);
  assert.ok(voxelsOf(engine).includes('-1 -1 -1 01020304'));
  assert.ok(voxelsOf(engine).includes('0 -1 -1 3366cc80'));
  assert.is((engine.call('set_packed_region', put) as Counted).voxel_count, 215);
});

interface Counted {
  readonly voxel_count: number;
}

const PACKED_FAULTS: readonly [object, RegExp][] = [
  [{ size: [2, 1, 1], data: 'AAAA' }, /^params\.data: expected 8 bytes, as size says, got "3 byt/],
  [{ size: [1, 1, 1], data: 'no!base64' }, /^params\.data: expected a base64 text/],
  [{ size: [1, 1, 1], data: 7 }, /^params\.data: expected bytes, or a base64 text, got 7/],
  [{ size: [0, 1, 1], data: '' }, /^params\.size\[0\]: expected an integer of at least 1, got 0/],
  [
    { min: [2 ** 31 - 1, 0, 0], size: [2, 1, 1], data: 'AAAAAAAAAAA=' },
    /^params\.size: expected a region inside the coordinates/,
  ],
];

packed('bytes that do not fit are refused', () => {
  const engine = new TestEngine();
  for (const [params, message] of PACKED_FAULTS) {
    assert.match(engine.fail('set_packed_region', { min: [0, 0, 0], ...params }).message, message);
  }
  const everything = { min: [-(2 ** 31), 0, 0], max: [2 ** 31 - 1, 99, 99] };
  assert.is(engine.fail('get_packed_region', everything).data.code, 'GOX_RESULT_TOO_LARGE');
});

packed('the last position there is can be written and read', () => {
  const engine = new TestEngine();
  const last = 2 ** 31 - 1;
  engine.call('set_packed_region', { min: [last, last, last], size: [1, 1, 1], data: 'AQIDBA==' });
  const region = { min: [last, last, last], max: [last, last, last] };
  assert.is((engine.call('get_packed_region', region) as Packed).data, 'AQIDBA==');
});

packed('paints lines: a box from a point to another, in any direction', () => {
  const engine = new TestEngine();
  const box = { from: [0, 0.5, 0.5], to: [10, 0.5, 0.5], radius: 1.5 };
  engine.call('goxel.paint_shape', { shape: 'cube', box });
  const bounds = engine.call('goxel.get_bounding_box') as { min: number[]; max: number[] };
  assert.equal(
    [bounds.min, bounds.max],
    [
      [0, -1, -1],
      [10, 2, 2],
    ],
  );
  engine.call('goxel.clear_voxels');
  const slanted = { from: [0, 0, 0], to: [20, 20, 20], radius: 2 };
  const { voxel_count } = engine.call('goxel.paint_shape', {
    ...{ shape: 'cylinder', box: slanted },
  }) as { voxel_count: number };
  assert.is(voxel_count, centresNear([0, 0, 0], [20, 20, 20], 2));
  const none = { from: [1, 1, 1], to: [1, 1, 1], radius: 2 };
  const { data } = engine.fail('goxel.paint_shape', { shape: 'cube', box: none });
  assert.is(data.code, 'GOX_INVALID_PARAMS');
});

/** How many voxels have their centre in the cylinder from a point to another. */
function centresNear(from: readonly number[], to: readonly number[], radius: number): number {
  const axis = to.map((v, i) => v - from[i]!);
  const length = Math.hypot(...axis);
  let count = 0;
  for (let i = 0; i < 40 ** 3; i++) {
    const at = [i % 40, Math.trunc(i / 40) % 40, Math.trunc(i / 1600)];
    const offset = at.map((v, k) => v - 9.5 - from[k]!);
    const along = offset.reduce((sum, v, k) => sum + v * axis[k]!, 0) / length;
    const square = offset.reduce((sum, v) => sum + v * v, 0) - along * along;
    if (along >= 0 && along <= length && square <= radius * radius + 1e-9) count++;
  }
  return count;
}

packed.run();
