/** What nobody reads is refused by name, and so is what could mean two things. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Keywords } from '../../../conf/check.ts';
import { GoxError } from '../../../conf/errors.ts';
import { METHODS } from '../../../engine/catalogue/methods.ts';
import { decodeParams } from '../../../engine/catalogue/params.ts';
import type { MethodSpec } from '../../../engine/catalogue/spec.ts';
import { branchesOf } from '../../../engine/catalogue/union.ts';
import { TestEngine } from '../../support/engine.ts';

const unknown = suite('unknown parameters');

/** The message of the refusal, or nothing when it is none. */
function refusal(spec: MethodSpec, params: unknown): string | undefined {
  try {
    decodeParams(spec, params);
    return undefined;
  } catch (error) {
    if (error instanceof GoxError && error.code === 'GOX_INVALID_PARAMS') return error.message;
    throw error;
  }
}

const TAKERS = METHODS.filter(({ name }) => name !== 'echo');

unknown('are refused by every method, by name and by position', () => {
  for (const spec of TAKERS) {
    assert.match(refusal(spec, { qqq: 1 }) ?? '', 'params.qqq: unknown parameter', spec.name);
    const many = [...new Array(spec.positional.length).fill(null), 7];
    const place = `params[${spec.positional.length}]: unknown parameter; by position ${spec.name}`;
    assert.match(refusal(spec, many) ?? '', place, spec.name);
    assert.is(refusal(spec, many.with(-1, null))?.includes('unknown parameter') ?? false, false);
  }
});

unknown('are refused inside every object of every method, with the path', () => {
  let objects = 0;
  for (const spec of TAKERS) {
    const { required = [] }: Keywords = spec.params;
    for (const [name, schema] of Object.entries(spec.params.properties)) {
      if (required.some((other) => other !== name)) continue;
      for (const [path, value] of spoiled(schema)) {
        objects++;
        const message = refusal(spec, { [name]: value });
        assert.match(message ?? '', `params.${name}${path}.qqq: unknown parameter`, spec.name);
      }
    }
  }
  assert.ok(objects > 30, `${objects}`);
});

/** A value for each object inside a schema, with a member that nobody knows. */
function* spoiled(schema: Keywords): Generator<[path: string, value: unknown]> {
  for (const branch of branchesOf(schema)) {
    const { type, items, properties = {}, required = [] } = branch;
    if (type === 'array' && items !== undefined && !Array.isArray(items)) {
      for (const [path, value] of spoiled(items as Keywords)) yield [`[0]${path}`, [value]];
    }
    if (type !== 'object') continue;
    yield ['', { qqq: 1 }];
    for (const [name, member] of Object.entries(properties)) {
      // What else is missing would be told first.
      if (required.some((other) => other !== name)) continue;
      for (const [path, value] of spoiled(member)) yield [`.${name}${path}`, { [name]: value }];
    }
  }
}

const NEAREST: readonly [method: string, given: unknown, message: string][] = [
  ['add_voxel', { x: 0, y: 0, z: 0, colr: '#ff0000' }, 'params.colr: unknown parameter; did you'],
  ['add_voxel', { x: 0, y: 0, z: 0, rgb: [255, 0, 0] }, 'did you mean color?'],
  ['add_voxel', { x: 0, y: 0, z: 0, layer_name: 'roof' }, 'did you mean layer_id?'],
  ['add_voxel', [{ x: 0, y: 0, z: 0, project: 'a' }], 'params[0].project: the project is given'],
  ['add_voxel', { x: 0, y: 0, z: 0, color: 'red', rgba: 'blue' }, 'another name of color, which'],
  ['render_scene', { widht: 5 }, 'params.widht: unknown parameter; did you mean width?'],
  ['render_scene', { light: { pich: 5 } }, 'params.light.pich: unknown parameter; did you mean'],
  ['render_scene', { options: { return_mod: 'base64' } }, 'did you mean return_mode?'],
  ['render_scene', { camera_preset: 'foo' }, '"default", got "foo"'],
  ['render_scene', { camera_preset: 'izometric' }, 'got "izometric"; did you mean isometric?'],
  ['render_scene', { camera: 'frnt' }, 'got "frnt"; did you mean front?'],
  ['render_scene', { camera: 'q' }, 'the names are front, back'],
  ['render_scene', { background: 'gradeint' }, '"gradeint" is no colour; did you mean gradient?'],
  ['render_scene', { camera_target: [0, 0, 0] }, 'params.camera_position: expected a position'],
  ['render_scene', { camera: { active: false } }, 'params.camera.active: expected true'],
  ['render_scene', { output_path: 'a.png', options: { return_mode: 'base64' } }, 'return_mode'],
  ['add_voxels', { voxels: [{ x: 1, y: 2, z: 3, colr: 1 }] }, 'params.voxels[0].colr: unknown'],
  ['paint_shape', { shape: 'spere', box: {} }, 'did you mean sphere?'],
  ['update_layer', { mode: 'ovr' }, 'did you mean over?'],
  ['set_palette', { name: 'DB23' }, 'did you mean DB32?'],
  ['export_model', { path: 'a.obj', mesh: 'greddy' }, 'did you mean greedy?'],
];

unknown('are told with the nearest name that there is', () => {
  for (const [method, given, message] of NEAREST) {
    const engine = new TestEngine();
    const error = engine.fail(method, given);
    assert.is(error.data.code, 'GOX_INVALID_PARAMS', message);
    assert.ok(error.message.includes(message), error.message);
  }
});

unknown('formats are told with the nearest name too, by those of the v14 daemon as well', () => {
  const engine = new TestEngine({ roots: ['/'] });
  const error = engine.fail('export_model', { path: '/tmp/a.obj', format: 'qbq' });
  assert.is(error.data.code, 'GOX_FORMAT_UNKNOWN');
  assert.match(error.message, /did you mean qb.?\?/);
  const long = engine.fail('export_model', { path: '/tmp/a.obj', format: 'q'.repeat(64) });
  assert.not.match(long.message, 'q'.repeat(41));
});

unknown('names in another case are known where case means nothing', () => {
  const engine = new TestEngine();
  const small = { width: 8, height: 8 };
  for (const given of [
    { camera_preset: 'TOP' },
    { camera: 'Top' },
    { camera_preset: 'top', format: 'PNG' },
    { background: 'Transparent' },
  ]) {
    const result = engine.call('render_scene', { ...small, ...given }) as { format: string };
    assert.is(result.format, 'png');
  }
});

unknown('what clients of the v14 daemon send for nothing is taken', () => {
  for (const spec of METHODS.filter(({ ignored }) => ignored !== undefined)) {
    for (const name of Object.keys(spec.ignored!)) {
      const [example] = spec.examples;
      const given = Array.isArray(example!.params) ? {} : example!.params;
      const before = refusal(spec, structuredClone(given));
      assert.is(refusal(spec, { ...structuredClone(given), [name]: { size: 1 } }), before, name);
    }
  }
});

unknown.run();

const units = suite('colours that could mean two things');

const REFUSED: readonly [color: unknown, ...ways: string[]][] = [
  [[1, 0, 0], '"#FF0000" or [255, 0, 0]', '"#010000"'],
  [[1, 1, 1], '"#FFFFFF"', '"#010101"'],
  [[1, 1, 1, 1], '"#FFFFFFFF"', '"#01010101"'],
  [[0, 0, 0, 1], '"#000000FF"', '"#00000001"'],
  [[0, 1, 0, 0], '"#00FF0000"', '"#00010000"'],
  [{ r: 1, g: 0, b: 0 }, '"#FF0000"', '"#010000"'],
  [{ r: 1, g: 0, b: 0, a: 1 }, '"#FF0000FF"', '"#01000001"'],
  [[255, 0, 0, 1], '"#FF0000" or [255, 0, 0, 255]', '"#FF000001"'],
  [[255, 0, 0, 0.5], '"#FF000080" or [255, 0, 0, 128]'],
  [[127.5, 0, 0], 'both a fraction and a number above 1'],
  [[0.5, 0, 0, 255], 'both a fraction and a number above 1'],
];

/** Every parameter that is a colour, by a method that takes it. */
const TAKEN: readonly [method: string, given: (color: unknown) => object, path: string][] = [
  ['add_voxel', (color) => ({ x: 0, y: 0, z: 0, color }), '.color'],
  ['add_voxels', (color) => ({ voxels: [{ x: 0, y: 0, z: 0, color }] }), '.voxels[0].color'],
  [
    'batch_operations',
    (color) => ({ operations: [{ type: 'add', x: 0, y: 0, z: 0, color }] }),
    '.operations[0].color',
  ],
  ['fill_region', (color) => ({ min: [0, 0, 0], max: [1, 1, 1], color }), '.color'],
  ['paint_voxels', (color) => ({ x: 0, y: 0, z: 0, color }), '.color'],
  ['flood_fill', (color) => ({ x: 0, y: 0, z: 0, color }), '.color'],
  ['replace_color', (color) => ({ from: color, to: 'red' }), '.from'],
  ['replace_color', (color) => ({ from: 'red', to: color }), '.to'],
  ['procedural_shape', (color) => ({ color }), '.color'],
  ['procedural_shape', (color) => ({ shape_type: 'terrain', colors: [color] }), '.colors[0]'],
  ['paint_shape', (color) => ({ shape: 'cube', box: BOX, color }), '.color'],
  ['select', (color) => ({ kind: 'color', color }), '.color'],
  ['filter', (color) => ({ kind: 'hull', color }), '.color'],
  ['find_voxels_by_color', (color) => ({ color }), '.color'],
  ['get_layer_voxels', (color) => ({ color_filter: color }), '.color_filter'],
  ['create_layer', (color) => ({ color }), '.color'],
  ['create_shape_layer', (color) => ({ shape: 'cube', color }), '.color'],
  ['set_palette', (color) => ({ colors: ['red', color] }), '.colors[1]'],
  ['render_scene', (color) => ({ background: color }), '.background'],
  [
    'render_scene',
    (color) => ({ options: { background_color: color } }),
    '.options.background_color',
  ],
];

const BOX = { min: [0, 0, 0], max: [1, 1, 1] };

units('are refused wherever a colour is taken, with the clear ways to say them', () => {
  for (const [method, given, path] of TAKEN) {
    for (const [color, ...ways] of REFUSED) {
      const error = new TestEngine().fail(method, given(color));
      assert.is(error.data.code, 'GOX_INVALID_PARAMS', method);
      assert.is(error.data.details?.parameter, `params${path}`);
      for (const way of ways) assert.ok(error.message.includes(way), error.message);
    }
    assert.match(new TestEngine().fail(method, given('grene')).message, 'did you mean green?');
  }
});

units('are refused as flat and as positional channels', () => {
  for (const given of [
    { x: 0, y: 0, z: 0, r: 1 },
    { x: 0, y: 0, z: 0, a: 1 },
    { x: 0, y: 0, z: 0, r: 255, g: 0, b: 0, a: 1 },
    [0, 0, 0, 1, 0, 0],
    [0, 0, 0, 255, 0, 0, 1],
    [0, 0, 0, [1, 0, 0]],
  ]) {
    assert.is(new TestEngine().fail('add_voxel', given).data.code, 'GOX_INVALID_PARAMS');
  }
});

units('of materials are parts of 1 by their schema, and text is made linear', () => {
  const engine = new TestEngine();
  const color = (given: unknown) => {
    const result = engine.call('add_material', { color: given }) as {
      material: { color: number[] };
    };
    return result.material.color;
  };
  assert.equal(color([1, 0, 0, 1]), [1, 0, 0, 1]);
  assert.equal(color('#FF0000'), [1, 0, 0, 1]);
  assert.ok(Math.abs(color('#808080')[0]! - 0.2158605) < 1e-6);
  assert.is(engine.fail('add_material', { color: [255, 0, 0] }).data.code, 'GOX_INVALID_PARAMS');
});

units.run();
