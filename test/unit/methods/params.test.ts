/** Every form in which clients of today and of the v14 daemon give parameters. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { TestEngine, voxelsOf } from '../../support/engine.ts';

const params = suite('params');

/** What add_voxel made of its parameters: position and colour. */
function added(given: unknown): unknown[] {
  const engine = new TestEngine();
  const result = engine.call('add_voxel', given) as Record<string, unknown>;
  const { x, y, z } = result;
  const found = engine.call('get_voxel', { x, y, z }) as Record<string, unknown>;
  const alpha = (result.color as number[])[3];
  if (alpha !== 0) assert.equal(found.color, result.color);
  assert.is(found.exists, alpha !== 0);
  return [x, y, z, ...(result.color as number[])];
}

const POSITIONS: readonly unknown[] = [
  { x: 1, y: -2, z: 3 },
  { position: [1, -2, 3] },
  { position: { x: 1, y: -2, z: 3 } },
  { position: [1, -2, 3], x: 9, y: 9, z: 9 },
  [1, -2, 3],
  [1, -2, 3, null, null, null, null, 0],
  [{ x: 1, y: -2, z: 3 }],
  { x: 1.5, y: -1.5, z: 3.999 },
  { position: [1.5, -1.5, 3.999] },
  { position: { x: 1.5, y: -1.5, z: 3.999 } },
  { x: 1, y: -2, z: 3, color: null, layer_id: null },
  { x: 1, y: -2, z: 3, brush: { size: 2 } },
];

params('a position is x, y, z, an array, an object, or a place in the parameters', () => {
  for (const given of POSITIONS) {
    assert.equal(added(given), [1, -2, 3, 255, 255, 255, 255], JSON.stringify(given));
  }
});

const COLORS: readonly [unknown, number[]][] = [
  [{ color: '#3366CC' }, [51, 102, 204, 255]],
  [{ color: '#3366cc80' }, [51, 102, 204, 128]],
  [{ color: '#FFFFFFFF' }, [255, 255, 255, 255]],
  [{ color: [51, 102, 204] }, [51, 102, 204, 255]],
  [{ color: [51, 102, 204, 128] }, [51, 102, 204, 128]],
  [{ color: [0.5, 1, 0] }, [127, 255, 0, 255]],
  [{ color: [1, 1, 0, 0.5] }, [255, 255, 0, 127]],
  [{ color: [1, 2, 1] }, [1, 2, 1, 255]],
  [{ color: [1, 0, 0, 255] }, [1, 0, 0, 255]],
  [{ color: [0, 0, 0] }, [0, 0, 0, 255]],
  [{ color: [0, 0, 0, 0] }, [0, 0, 0, 0]],
  [{ color: [0, 0, 0, 0.5] }, [0, 0, 0, 127]],
  [{ color: '#f00' }, [255, 0, 0, 255]],
  [{ color: '#F008' }, [255, 0, 0, 136]],
  [{ color: '#FF000001' }, [255, 0, 0, 1]],
  [{ color: 'red' }, [255, 0, 0, 255]],
  [{ color: 'RebeccaPurple' }, [102, 51, 153, 255]],
  [{ color: 'rgb(1, 0, 0)' }, [1, 0, 0, 255]],
  [{ color: 'rgb(255 0 0 / 50%)' }, [255, 0, 0, 128]],
  [{ color: 'rgba(255, 0, 0, 1)' }, [255, 0, 0, 255]],
  [{ color: 'hsl(120, 100%, 50%)' }, [0, 255, 0, 255]],
  [{ color: 'hsl(240deg 100% 50% / 0.5)' }, [0, 0, 255, 128]],
  [{ color: 'transparent' }, [0, 0, 0, 0]],
  [{ colour: 'red' }, [255, 0, 0, 255]],
  [{ r: 1, a: 255 }, [1, 0, 0, 255]],
  [{ color: { r: 51, g: 102, b: 204 } }, [51, 102, 204, 255]],
  [{ color: { r: 51, g: 102, b: 204, a: 128 } }, [51, 102, 204, 128]],
  [{ color: { r: 0.2, g: 0, b: 1 } }, [51, 0, 255, 255]],
  [{ rgba: [51, 102, 204, 128] }, [51, 102, 204, 128]],
  [{ r: 51, g: 102, b: 204 }, [51, 102, 204, 255]],
  [{ r: 51, g: 102, b: 204, a: 128 }, [51, 102, 204, 128]],
  [{ r: 51 }, [51, 0, 0, 255]],
  [{ a: 128 }, [0, 0, 0, 128]],
  [{ color: '#11223300' }, [17, 34, 51, 0]],
  [{}, [255, 255, 255, 255]],
];

params('a colour is text, an array, an object, or flat channels', () => {
  for (const [color, expected] of COLORS) {
    const given = { x: 1, y: 2, z: 3, ...(color as object) };
    assert.equal(added(given).slice(3), expected, JSON.stringify(color));
  }
});

params('by position the colour follows the position', () => {
  assert.equal(added([1, 2, 3, 51, 102, 204]).slice(3), [51, 102, 204, 255]);
  assert.equal(added([1, 2, 3, 51, 102, 204, 128]).slice(3), [51, 102, 204, 128]);
  assert.equal(added([1, 2, 3, 0.5, 0, 1]).slice(3), [127, 0, 255, 255]);
  assert.equal(added([1, 2, 3, '#3366CC']).slice(3), [51, 102, 204, 255]);
  assert.equal(added([1, 2, 3, [51, 102, 204]]).slice(3), [51, 102, 204, 255]);
});

params('layer_id is the eighth, also after a colour text', () => {
  const engine = new TestEngine();
  engine.call('create_layer', { name: 'two' });
  engine.call('add_voxel', [1, 2, 3, '#3366CC', 0, 0, 0, 1]);
  engine.call('add_voxel', [1, 2, 4, 1, 2, 3, 255, 1]);
  const counts = (engine.call('list_layers') as { layers: { voxel_count: number }[] }).layers;
  assert.equal(
    counts.map(({ voxel_count }) => voxel_count),
    [2, 0],
  );
});

params('lists take both vocabularies', () => {
  const engine = new TestEngine();
  const voxels = [
    { x: 0, y: 0, z: 0, r: 1, g: 2, b: 3 },
    { position: [1, 0, 0], color: '#010203' },
    { position: { x: 2, y: 0, z: 0 }, color: { r: 1, g: 2, b: 3 } },
  ];
  assert.equal(engine.call('goxel.add_voxel_batch', { voxels }), {
    success: true,
    added: 3,
    failed: 0,
    changed: 3,
    layer_id: 1,
  });
  const positions = [{ x: 0, y: 0, z: 0 }, { position: [1, 0, 0] }, [2, 0, 0]];
  const found = engine.call('get_voxels', { positions }) as { voxels: { color: number[] }[] };
  for (const { color } of found.voxels) assert.equal(color, [1, 2, 3, 255]);
  assert.equal(engine.call('remove_voxels', { voxels: positions }), {
    ...{ success: true, removed: 3, layer_id: 1 },
  });
});

params('lists take other spellings, null and points between voxels', () => {
  const engine = new TestEngine();
  const voxels = [
    { position: [-0.5, 0.5, 2.9], rgba: '#010203' },
    { x: 5.5, y: -0.001, z: 0, r: null, colour: [1, 2, 3] },
  ];
  engine.call('add_voxels', { voxels });
  assert.equal(voxelsOf(engine), ['-1 0 2 010203ff', '5 -1 0 010203ff']);
  const positions = [[-0.1, 0.9, 2], { position: { x: 5.999, y: -1, z: 0.5 } }];
  assert.equal(engine.call('remove_voxels', { positions }), {
    ...{ success: true, removed: 2, layer_id: 1 },
  });
});

/** Each fills from (-1, 0, 2) to (1, 1, 3). */
const BETWEEN: readonly (readonly [method: string, given: object])[] = [
  ['fill_region', { min: [-0.5, 0.9, 2.1], max: { x: 1.9, y: 1.1, z: 3.5 } }],
  ['voxel.fill', { start: [-0.5, 0.9, 2.1], end: [1.9, 1.1, 3.5] }],
  [
    'set_packed_region',
    { min: [-0.5, 0.9, 2.1], size: [3, 2, 2], data: Buffer.alloc(48, 255).toString('base64') },
  ],
];

params('corners and seeds may lie between voxels', () => {
  for (const [method, given] of BETWEEN) {
    const engine = new TestEngine();
    const { voxel_count } = engine.call(method, given) as { voxel_count: number };
    assert.is(voxel_count, 12, method);
    assert.equal(engine.call('get_bounding_box'), {
      empty: false,
      min: [-1, 0, 2],
      max: [2, 2, 4],
      dimensions: [3, 2, 2],
      last: [1, 1, 3],
    });
    const region = { min: [-0.5, 0.5, 2.5], max: [-0.5, 0.5, 2.5] };
    const found = engine.call('get_voxels_region', region) as { count: number };
    assert.is(found.count, 1);
    const flooded = engine.call('flood_fill', { x: -0.5, y: 0.5, z: 2.5, color: 'red' });
    assert.is((flooded as { voxels_filled: number }).voxels_filled, 12);
  }
});

const INT = 'an integer from -2147483648 to 2147483647';
const CHANNEL = 'a number from 0 to 255';
const COLOR = 'a colour ("#RRGGBB", "red", [r, g, b, a] or {r, g, b, a})';

const FAULTS: readonly [method: string, given: unknown, message: string][] = [
  ['add_voxel', { x: 'a', y: 2, z: 3 }, `params.x: expected ${INT}, got "a"`],
  ['add_voxel', { x: '4', y: 2, z: 3 }, `params.x: expected ${INT}, got "4"`],
  ['add_voxel', { x: 1, y: true, z: 3 }, `params.y: expected ${INT}, got true`],
  ['add_voxel', { x: 1, y: 2 }, `params.z: expected ${INT}, got nothing`],
  ['add_voxel', undefined, `params.x: expected ${INT}, got nothing`],
  ['add_voxel', [1, 2], `params.z: expected ${INT}, got nothing`],
  ['add_voxel', [1, 2, 'c'], `params.z: expected ${INT}, got "c"`],
  ['add_voxel', { x: 2 ** 31, y: 2, z: 3 }, `params.x: expected ${INT}, got 2147483648`],
  ['add_voxel', { x: 1e300, y: 2, z: 3 }, `params.x: expected ${INT}, got 1e+300`],
  ['add_voxel', { position: [1, 2, '3'] }, `params.position[2]: expected ${INT}, got "3"`],
  ['add_voxel', { position: { x: 1, y: 2 } }, `params.position.z: expected ${INT}, got nothing`],
  [
    'add_voxel',
    { position: [1, 2] },
    'params.position: expected a position ([x, y, z] or {x, y, z}), got an array of 2',
  ],
  ['add_voxel', { x: 1, y: 2, z: 3, r: 256 }, `params.r: expected ${CHANNEL}, got 256`],
  ['add_voxel', { x: 1, y: 2, z: 3, g: '9' }, `params.g: expected ${CHANNEL}, got "9"`],
  [
    'add_voxel',
    { x: 1, y: 2, z: 3, color: 'rde' },
    'params.color: "rde" is no colour; did you mean red?',
  ],
  [
    'add_voxel',
    { x: 1, y: 2, z: 3, color: 'ff0000' },
    'params.color: "ff0000" is no colour; did you mean #ff0000?',
  ],
  [
    'add_voxel',
    { x: 1, y: 2, z: 3, color: 'decade' },
    'params.color: "decade" is no colour; did you mean #decade?',
  ],
  ['add_voxel', { x: 1, y: 2, z: 3, color: 7 }, `params.color: expected ${COLOR}, got 7`],
  [
    'add_voxel',
    { x: 1, y: 2, z: 3, color: [1, 2, 300] },
    `params.color[2]: expected ${CHANNEL}, got 300`,
  ],
  [
    'add_voxel',
    { x: 1, y: 2, z: 3, color: [0.5, 2, 0] },
    'params.color: [0.5, 2, 0] has both a fraction and a number above 1: send channels from 0 to' +
      ' 255 without a fraction, or parts of 1 only',
  ],
  [
    'add_voxel',
    { x: 1, y: 2, z: 3, r: 0.5, b: 9 },
    'params.r: [0.5, 0, 9] has both a fraction and a number above 1: send channels from 0 to' +
      ' 255 without a fraction, or parts of 1 only',
  ],
  ['add_voxel', 'x', 'params: expected an object or an array, got "x"'],
  ['add_voxels', {}, 'params.voxels: expected an array of at most 1000000, got nothing'],
  [
    'add_voxels',
    {
      voxels: [
        { x: 1, y: 2, z: 3 },
        { x: 1, y: 2 },
      ],
    },
    `params.voxels[1].z: expected ${INT}, got nothing`,
  ],
  [
    'add_voxels',
    { voxels: [{ x: 1, y: 2, z: 3, color: [9.5, 0, 0] }] },
    'params.voxels[0].color: [9.5, 0, 0] has both a fraction and a number above 1: send channels' +
      ' from 0 to 255 without a fraction, or parts of 1 only',
  ],
  ['goxel.load_project', {}, 'params.path: expected a string of 1 to 4096 characters, got nothing'],
  [
    'goxel.save_project',
    {},
    'params.path: expected a path, since the project has no file yet, got nothing',
  ],
  [
    'goxel.get_status',
    [1],
    'params[0]: unknown parameter; by position goxel.get_status takes none',
  ],
  [
    'goxel.get_status',
    { project: 'a\nb' },
    'params.project: expected a string of 1 to 128 characters, none of them a control ' +
      'character, got "a\\nb"',
  ],
  [
    'goxel.get_layer_voxels',
    { color_filter: [0.5, 3, 0] },
    'params.color_filter: [0.5, 3, 0] has both a fraction and a number above 1: send channels' +
      ' from 0 to 255 without a fraction, or parts of 1 only',
  ],
];

params('a wrong parameter is named, with what was expected and what came', () => {
  for (const [method, given, message] of FAULTS) {
    const engine = new TestEngine();
    const error = engine.fail(method, given);
    assert.is(error.message, message);
    assert.is(error.code, -32602);
    assert.is(error.data.code, 'GOX_INVALID_PARAMS');
    assert.is(error.data.details?.parameter, message.slice(0, message.indexOf(':')));
  }
});

params('more than a million voxels in one request are refused', () => {
  const engine = new TestEngine();
  const positions = new Array(1_000_001).fill([0, 0, 0]);
  assert.is(
    engine.fail('remove_voxels', { positions }).message,
    'params.positions: expected an array of at most 1000000, got an array of 1000001',
  );
});

params.run();
