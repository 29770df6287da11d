/** A batch answers as its requests alone would; broken bytes harm nobody but their request. */

import fc from 'fast-check';
import { pack } from 'msgpackr';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Document } from '../../../engine/document/document.ts';
import {
  decode,
  decodeAnswer,
  encodeBatch,
  TestEngine,
  type TestRequest,
} from '../../support/engine.ts';
import { SEED } from '../../support/seed.ts';

const batch = suite('batch');

const coordinate = fc.integer({ min: -3, max: 3 });
const place = fc.record({ x: coordinate, y: coordinate, z: coordinate });
const tint = fc.constantFrom<object>(
  {},
  { color: '#3366CC' },
  { color: [1, 2, 3] },
  { r: 5, g: 6, b: 7 },
  { color: 'none' },
);
const layerId = fc.constantFrom<object>({}, { layer_id: 1 }, { layer_id: 2 }, { layer_id: 0 });
const call = fc.oneof(
  fc.tuple(fc.constant('add_voxel'), fc.tuple(place, tint, layerId).map(merge)),
  fc.tuple(fc.constant('remove_voxel'), fc.tuple(place, layerId).map(merge)),
  fc.tuple(fc.constant('get_voxel'), place),
  fc.tuple(fc.constant('create_layer'), fc.record({ name: fc.constantFrom('a', 'ö', '', '🙂') })),
  fc.tuple(fc.constant('delete_layer'), fc.record({ index: fc.nat(2) })),
  fc.tuple(fc.constant('list_layers'), fc.constant({})),
  fc.tuple(fc.constant('get_layer_voxels'), fc.constant({})),
  fc.tuple(fc.constant('no.such.method'), fc.constant({})),
);
const request: fc.Arbitrary<TestRequest> = fc
  .record({
    call,
    msgpack: fc.boolean(),
    project: fc.integer({ min: 1, max: 2 }),
    broken: fc.integer({ min: 0, max: 15 }).map((n) => n === 0),
  })
  .map(({ call: [method, params], msgpack, project, broken }) =>
    broken
      ? { method, msgpack, project, bytes: Uint8Array.of(0xc1, 0xff) }
      : { method, params, msgpack, project },
  );

function merge(parts: readonly object[]): object {
  return Object.assign({}, ...parts);
}

batch('a batch answers exactly as its requests one by one', () => {
  const property = fc.property(fc.array(request, { maxLength: 40 }), (requests) => {
    const [together, alone] = [new TestEngine(), new TestEngine()];
    const answers = together.run(requests);
    const single = requests.flatMap((one) => alone.run([one]));
    assert.is(answers.length, requests.length);
    for (const [i, answer] of answers.entries()) {
      assert.is(answer.failed, single[i]!.failed);
      assert.equal(Buffer.from(answer.bytes), Buffer.from(single[i]!.bytes));
    }
    assert.equal(together.engine.stats(), alone.engine.stats());
    assert.equal([...together.defects, ...alone.defects], []);
  });
  fc.assert(property, { seed: SEED, numRuns: 200 });
});

batch('MessagePack and JSON give the same values', () => {
  const property = fc.property(fc.array(request, { maxLength: 30 }), (requests) => {
    const ours = requests.filter(({ bytes }) => bytes === undefined);
    const values = [true, false].map((msgpack) =>
      new TestEngine()
        .run(ours.map((one) => ({ ...one, msgpack })))
        .map((answer) => decode(answer, msgpack)),
    );
    assert.equal(values[0], values[1]);
  });
  fc.assert(property, { seed: SEED, numRuns: 100 });
});

batch('random bytes as parameters are an error of their request, never a defect', () => {
  const property = fc.property(
    fc.uint8Array({ minLength: 1, maxLength: 60 }),
    fc.boolean(),
    (bytes, msgpack) => {
      const engine = new TestEngine();
      const good = { method: 'add_voxel', params: [1, 2, 3] };
      const [before, , after] = engine.run([
        good,
        { method: 'add_voxel', bytes, msgpack },
        { ...good, method: 'get_voxel' },
      ]);
      assert.not(before!.failed || after!.failed);
      assert.equal(engine.defects, []);
    },
  );
  fc.assert(property, { seed: SEED, numRuns: 1000 });
});

batch('parameters that cannot be read are GOX_PARSE', () => {
  const engine = new TestEngine();
  const cases: TestRequest[] = [
    { method: 'add_voxel', bytes: Buffer.from('{"x":') },
    { method: 'add_voxel', bytes: Buffer.from([0x22, 0xff, 0x22]) },
    { method: 'add_voxel', bytes: Uint8Array.of(0xc0, 0xc0), msgpack: true },
    { method: 'add_voxel', bytes: pack([1, 2, 3]).subarray(0, 2), msgpack: true },
    { method: 'add_voxel', bytes: new Uint8Array(100_000).fill(0x91), msgpack: true },
    { method: 'add_voxel', bytes: Buffer.from('['.repeat(100_000)) },
  ];
  for (const one of cases) {
    const [answer] = engine.run([one]);
    const error = decode(answer!, one.msgpack) as { code: number; message: string };
    assert.is(answer!.failed, true);
    assert.is(error.code, -32700);
    assert.ok(error.message.length < 300, error.message);
  }
  assert.equal(engine.defects, []);
});

batch('numbers that JSON has not are refused', () => {
  const engine = new TestEngine();
  for (const x of [Number.NaN, Number.POSITIVE_INFINITY, 2n ** 63n, new Date(0)]) {
    const [answer] = engine.run([
      { method: 'add_voxel', params: { x, y: 0, z: 0 }, msgpack: true },
    ]);
    assert.is((decode(answer!, true) as { code: number }).code, -32602);
  }
});

batch('a notification is done and answered with no bytes', () => {
  const engine = new TestEngine();
  const [done, wrong, asked] = engine.run([
    { method: 'add_voxel', params: [1, 2, 3], quiet: true },
    { method: 'add_voxel', params: ['a'], quiet: true, msgpack: true },
    { method: 'get_voxel', params: [1, 2, 3] },
  ]);
  assert.equal([done!.failed, done!.bytes.length], [false, 0]);
  assert.equal([wrong!.failed, wrong!.bytes.length], [true, 0]);
  assert.is((decode(asked!) as { exists: boolean }).exists, true);
});

batch('an empty batch has an empty answer', () => {
  assert.equal(decodeAnswer(new TestEngine().engine.run(encodeBatch([])) as ArrayBuffer), []);
});

batch('a method of the daemon or of nobody is not found', () => {
  const engine = new TestEngine();
  for (const method of ['ping', 'no.such.method']) {
    assert.is(engine.fail(method).code, -32601);
  }
});

batch('a defect is reported with its method, and to the client as one sentence', () => {
  const engine = new TestEngine();
  const error = new RangeError('secret');
  // Nothing a client sends makes one, so a part of the engine is broken by hand.
  const empty = Document.empty;
  Document.empty = () => {
    throw error;
  };
  try {
    const object = engine.fail('create_project');
    assert.is(object.code, -32603);
    assert.not.match(JSON.stringify(object), /secret|at /);
    assert.equal(engine.defects, [{ method: 'goxel.create_project', error }]);
  } finally {
    Document.empty = empty;
  }
  engine.call('create_project');
});

batch.run();
