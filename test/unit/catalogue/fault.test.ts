/** What schemas admit, and the words for what they do not. */

import fc from 'fast-check';
import { Type } from 'typebox';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { admits, type Keywords } from '../../../conf/check.ts';
import { closed } from '../../../engine/catalogue/closed.ts';
import { fault, faultMessage } from '../../../engine/catalogue/fault.ts';
import { addVoxels } from '../../../engine/catalogue/voxels.ts';
import { SEED } from '../../support/seed.ts';

const faults = suite('faults');

function says(schema: Keywords, value: unknown): string | undefined {
  const found = fault(schema, value);
  return found === undefined ? undefined : faultMessage('params', found);
}

faults('integers have no fraction and keep their bounds, both inclusive', () => {
  const schema = Type.Integer({ minimum: -1, maximum: 3 });
  for (const value of [-1, 0, 3, 2.0]) assert.is(says(schema, value), undefined);
  for (const [value, got] of [
    [-2, '-2'],
    [4, '4'],
    [1.5, '1.5'],
    ['1', '"1"'],
    [null, 'null'],
    [true, 'true'],
    [[1], 'an array of 1'],
    [{}, 'an object'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [1n, 'a bigint'],
  ] as const) {
    assert.is(says(schema, value), `params: expected an integer from -1 to 3, got ${got}`);
  }
});

faults('numbers are finite', () => {
  const schema = Type.Number({ minimum: 0 });
  assert.is(says(schema, 0.5), undefined);
  assert.is(says(schema, -0.5), 'params: expected a number of at least 0, got -0.5');
  assert.is(says(schema, Number.NaN), 'params: expected a number of at least 0, got NaN');
});

faults('strings have a length, a pattern or a choice', () => {
  const name = Type.String({ minLength: 1, maxLength: 3 });
  assert.is(says(name, 'abc'), undefined);
  assert.is(says(name, ''), 'params: expected a string of 1 to 3 characters, got ""');
  assert.is(says(name, 'abcd'), 'params: expected a string of 1 to 3 characters, got "abcd"');
  const pattern = Type.String({ pattern: '^a+$', title: 'only a' });
  assert.is(says(pattern, 'aaa'), undefined);
  assert.is(says(pattern, 'aba'), 'params: expected only a, got "aba"');
  const chosen = Type.Enum(['on', 'off']);
  assert.is(says(chosen, 'on'), undefined);
  const expected = 'params: expected one of "on", "off", got';
  assert.is(says(chosen, 'ON'), `${expected} "ON"; did you mean on?`);
  assert.is(says(chosen, 'never'), `${expected} "never"`);
  const titled = Type.Union([chosen, Type.Null()], { title: 'a state' });
  assert.is(says(titled, 'never'), 'params: expected a state, got "never"; the names are on, off');
});

faults('a long text is cut in the message', () => {
  const message = says(Type.Integer(), 'x'.repeat(100_000));
  assert.is(message, `params: expected an integer, got "${'x'.repeat(40)}…"`);
});

faults('arrays have a length, and the fault of an item has its place', () => {
  const schema = Type.Array(Type.Integer(), { minItems: 1, maxItems: 3 });
  assert.is(says(schema, [1, 2, 3]), undefined);
  assert.is(says(schema, []), 'params: expected an array of 1 to 3, got an array of 0');
  assert.is(says(schema, [1, 2, 3, 4]), 'params: expected an array of 1 to 3, got an array of 4');
  assert.is(says(schema, [1, 'b']), 'params[1]: expected an integer, got "b"');
  assert.is(says(schema, { length: 1 }), 'params: expected an array of 1 to 3, got an object');
});

faults('tuples have a schema for each item', () => {
  const schema = Type.Tuple([Type.Integer(), Type.Boolean()]);
  assert.is(says(schema, [1, true]), undefined);
  assert.is(says(schema, [true, 1]), 'params[0]: expected an integer, got true');
  assert.is(says(schema, [1]), 'params: expected an array of 2, got an array of 1');
});

faults('objects need what is required, and open ones ignore what is unknown', () => {
  const schema = Type.Object({ a: Type.Integer(), b: Type.Optional(Type.Boolean()) });
  assert.is(says(schema, { a: 1 }), undefined);
  assert.is(says(schema, { a: 1, b: true, c: 'x', constructor: 1, toString: [] }), undefined);
  assert.is(says(schema, JSON.parse('{"a":1,"__proto__":{"b":7}}')), undefined);
  assert.is(says(schema, {}), 'params.a: expected an integer, got nothing');
  assert.is(says(schema, { a: 1, b: 2 }), 'params.b: expected true or false, got 2');
  assert.is(says(schema, []), 'params: expected an object with a, got an array of 0');
  assert.is(says(schema, null), 'params: expected an object with a, got null');
});

faults('closed objects name what is unknown, and the nearest that is known', () => {
  const schema = closed(
    Type.Object(
      { color: Type.Optional(Type.String()), layer_id: Type.Optional(Type.Integer()) },
      { 'x-spellings': { rgba: 'color' } },
    ),
  );
  for (const [given, problem] of [
    [{ colr: 1 }, '.colr: unknown parameter; did you mean color?'],
    [{ COLOR: 1 }, '.COLOR: unknown parameter; did you mean color?'],
    [{ rgb: 1 }, '.rgb: unknown parameter; did you mean color?'],
    [{ layer_name: 1 }, '.layer_name: unknown parameter; did you mean layer_id?'],
    [{ size: 1 }, '.size: unknown parameter; there are color, layer_id'],
    [{ constructor: 1 }, '.constructor: unknown parameter; there are color, layer_id'],
    [JSON.parse('{"__proto__":1}'), '.__proto__: unknown parameter; there are color, layer_id'],
    [{ 'a "b"': 1 }, '["a \\"b\\""]: unknown parameter; there are color, layer_id'],
  ] as const) {
    assert.is(says(schema, given), `params${problem}`);
  }
  assert.is(says(closed(Type.Object({})), { a: 1 }), 'params.a: unknown parameter; there are none');
});

faults('a long name is cut in the message, and costs little', () => {
  const schema = closed(Type.Object({ color: Type.Optional(Type.String()) }));
  const message = says(schema, { ['n'.repeat(15_000_000)]: 1 });
  assert.is(message, `params.${'n'.repeat(40)}…: unknown parameter; there are color`);
});

faults('of the objects of a union, the one that knows most of the members is meant', () => {
  const schema = closed(
    Type.Union([
      Type.Object({ eye: Type.Integer(), target: Type.Integer() }),
      Type.Object({ yaw: Type.Integer(), target: Type.Optional(Type.Integer()) }),
    ]),
  );
  assert.is(
    says(schema, { yaw: 1, traget: 2 }),
    'params.traget: unknown parameter; did you mean target?',
  );
  assert.is(says(schema, { yow: 1 }), 'params.yow: unknown parameter; did you mean yaw?');
  assert.is(says(schema, { eye: 1 }), 'params.target: expected an integer, got nothing');
});

faults('unions admit what a branch admits, and explain the branch that was meant', () => {
  const schema = Type.Union([
    Type.String({ pattern: '^#' }),
    Type.Array(Type.Integer(), { maxItems: 2 }),
    Type.Object({ r: Type.Integer() }),
  ]);
  for (const value of ['#f', [1], [], { r: 1 }]) assert.is(says(schema, value), undefined);
  assert.is(says(schema, [1, 'x']), 'params[1]: expected an integer, got "x"');
  assert.is(says(schema, { r: 'x' }), 'params.r: expected an integer, got "x"');
  assert.is(
    says(schema, 5),
    'params: expected a string or an array of at most 2 or an object with r, got 5',
  );
});

faults('unions of which no branch, or more than one, was meant are explained as a whole', () => {
  const schema = Type.Union([Type.Object({ a: Type.Integer() }), Type.Object({ b: Type.Null() })]);
  const expected = 'expected an object with a or an object with b';
  assert.is(says(schema, {}), `params: ${expected}, got an object`);
  assert.is(says(schema, { a: 'x' }), 'params.a: expected an integer, got "x"');
  assert.is(says(schema, [1]), `params: ${expected}, got an array of 1`);
});

faults('the path goes through all levels', () => {
  const voxel = Type.Object({
    color: Type.Optional(Type.Union([Type.String(), Type.Array(Type.Integer())])),
  });
  const schema = Type.Object({ voxels: Type.Array(voxel) });
  const value = { voxels: [{}, { color: [1, 2, 'c'] }] };
  assert.is(says(schema, value), 'params.voxels[1].color[2]: expected an integer, got "c"');
});

faults('a fault is where its path leads, and is one by itself', () => {
  const part = fc.oneof(
    fc.integer({ min: -1, max: 256 }),
    fc.constantFrom('#123456', '', null, undefined, 2 ** 31, 0.5, [1, 2, 3], [], { r: 1 }),
  );
  const names = ['x', 'y', 'z', 'position', 'color', 'r', 'layer_id'];
  const voxel = fc.dictionary(fc.constantFrom(...names), part, { noNullPrototype: true });
  const given = fc.record({ voxels: fc.array(fc.oneof(voxel, part), { maxLength: 4 }) });
  let wrong = 0;
  fc.assert(
    fc.property(given, (params) => {
      const found = fault(addVoxels.params, params);
      assert.is(found === undefined, admits(addVoxels.params, params));
      if (found === undefined) return;
      wrong++;
      assert.is(found.value, at(params, found.path), found.path);
      if (found.problem !== undefined) assert.match(found.problem, /^unknown parameter/);
      else assert.not(admits(found.schema, found.value), found.path);
    }),
    { seed: SEED, numRuns: 2000 },
  );
  assert.ok(wrong > 100 && wrong < 2000, `${wrong} of 2000 were wrong`);
});

/** What a path such as `.voxels[3].x` leads to. */
function at(value: unknown, path: string): unknown {
  return path
    .split(/[.[\]]+/)
    .filter((step) => step !== '')
    .reduce((part, step) => (part as Readonly<Record<string, unknown>>)[step], value);
}

faults.run();
