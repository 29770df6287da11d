/** An edit with an `op_id` is done once, and gets its first result each time that it is sent. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { AnswerWithJobs } from '../../../engine/port/layout.ts';
import { decodeAnswer, encodeBatch, TestEngine, type TestRequest } from '../../support/engine.ts';

const ops = suite('op ids');

type Told = NonNullable<AnswerWithJobs['durabilities']>;

/** An engine that keeps what its answers leave, so that another one can be made of that. */
class Kept {
  readonly test: TestEngine;
  readonly tail: Uint8Array[] = [];
  told: Told = [];

  constructor(options: ConstructorParameters<typeof TestEngine>[0] = {}) {
    this.test = new TestEngine(options);
  }

  /** The result, or the code of the error. */
  send(method: string, params: object, op_id?: string, more: Partial<TestRequest> = {}): unknown {
    const [one] = this.sendAll([{ method, params: withOp(params, op_id), asks: true, ...more }]);
    return one;
  }

  sendAll(requests: readonly TestRequest[]): unknown[] {
    const answer = this.test.engine.run(encodeBatch(requests)) as AnswerWithJobs | ArrayBuffer;
    this.told = [];
    if (answer instanceof ArrayBuffer) return decodeAnswer(answer).map(read);
    for (const { bytes } of answer.records) this.tail.push(bytes);
    this.told = answer.durabilities ?? [];
    return decodeAnswer(answer.answer).map(read);
  }

  /** Another engine that has made the project anew. */
  again(options: ConstructorParameters<typeof TestEngine>[0] = {}): Kept {
    const again = new Kept(options);
    again.test.engine.recover(1, { epoch: 2, tail: this.tail });
    again.tail.push(...this.tail);
    return again;
  }

  get voxels(): unknown {
    return (this.send('goxel.get_project_info', {}) as { voxel_count?: number }).voxel_count;
  }
}

const ADD = 'goxel.add_voxel';
const VOXEL = { x: 1, y: 2, z: 3, color: '#336699' };

function withOp(params: object, op_id: string | undefined): object {
  return { ...params, _meta: op_id === undefined ? {} : { op_id } };
}

function read({ failed, bytes }: { failed: boolean; bytes: Uint8Array }): unknown {
  const text = Buffer.from(bytes).toString();
  const value: unknown = text === '' ? undefined : JSON.parse(text);
  return failed ? (value as { data: { code: string } }).data.code : value;
}

ops('an edit is done once, and gets its first result when it is sent again', () => {
  const kept = new Kept();
  const first = kept.send(ADD, VOXEL, 'a');
  assert.equal(kept.told, [{ place: 0, sequence: 1, repeated: false }]);
  kept.send('goxel.remove_voxel', { x: 1, y: 2, z: 3 });
  assert.equal(kept.send(ADD, VOXEL, 'a'), first);
  assert.equal(kept.told, [{ place: 0, sequence: 1, repeated: true }]);
  assert.is(kept.voxels, 0, 'nothing was done');
});

ops('what was done is known to whoever makes the project anew', () => {
  const kept = new Kept();
  const first = kept.send(ADD, VOXEL, 'a');
  const nothing = kept.send('goxel.remove_voxel', { x: 9, y: 9, z: 9 }, 'b');
  kept.send('goxel.remove_voxel', { x: 1, y: 2, z: 3 });
  const again = kept.again();
  assert.equal(again.send(ADD, VOXEL, 'a'), first);
  assert.equal(again.send('goxel.remove_voxel', { x: 9, y: 9, z: 9 }, 'b'), nothing);
  assert.equal(again.told, [{ place: 0, sequence: 2, repeated: true }]);
  assert.is(again.voxels, 0);
  again.send(ADD, VOXEL);
  assert.equal(again.told, [{ place: 0, sequence: 4, repeated: false }], 'it goes on from there');
});

ops('the same request may come in another encoding, order or spelling', () => {
  const kept = new Kept();
  const first = kept.send(ADD, VOXEL, 'a');
  const { color, ...place } = VOXEL;
  assert.equal(kept.send(ADD, { color, ...place }, 'a'), first);
  assert.equal(kept.send('add_voxel', VOXEL, 'a'), first);
  const asked = { ...VOXEL, project: 'x', _meta: { timeout_ms: 5, opId: 'a' } };
  assert.equal(kept.sendAll([{ method: ADD, params: asked, asks: true }]), [first]);
  const [packed] = decodeAnswer(
    (
      kept.test.engine.run(
        encodeBatch([{ method: ADD, params: withOp(VOXEL, 'a'), asks: true, msgpack: true }]),
      ) as AnswerWithJobs
    ).answer,
  );
  const [unrepeated] = new TestEngine().run([{ method: ADD, params: VOXEL, msgpack: true }]);
  assert.equal(Buffer.from(packed!.bytes), Buffer.from(unrepeated!.bytes));
  assert.is(kept.voxels, 1);
});

ops('another request with the same id is refused, and changes nothing', () => {
  const kept = new Kept();
  kept.send(ADD, VOXEL, 'a');
  assert.is(kept.send(ADD, { ...VOXEL, x: 2 }, 'a'), 'GOX_OP_MISMATCH');
  assert.is(kept.send('goxel.remove_voxel', { x: 1, y: 2, z: 3 }, 'a'), 'GOX_OP_MISMATCH');
  assert.is(kept.voxels, 1);
});

ops('an edit that failed is not remembered', () => {
  const kept = new Kept();
  assert.is(kept.send('goxel.undo', {}, 'a'), 'GOX_NOTHING_TO_UNDO');
  kept.send(ADD, VOXEL);
  kept.send('goxel.undo', {}, 'a');
  assert.is(kept.voxels, 0);
});

ops('notifications and others of the same batch count', () => {
  const kept = new Kept();
  const requests = [true, false, false].map((quiet) => {
    return { method: ADD, params: withOp(VOXEL, 'a'), asks: true, quiet };
  });
  const [none, second, third] = kept.sendAll(requests);
  assert.equal([none, third], [undefined, second]);
  assert.equal(
    kept.told.map(({ sequence, repeated }) => [sequence, repeated]),
    [
      [1, false],
      [1, true],
      [1, true],
    ],
  );
});

ops('reads are done again', () => {
  const kept = new Kept();
  kept.send('goxel.get_project_info', {}, 'a');
  kept.send(ADD, VOXEL);
  const info = kept.send('goxel.get_project_info', {}, 'a') as { voxel_count: number };
  assert.is(info.voxel_count, 1);
  assert.equal(kept.told, [{ place: 0, sequence: 1, repeated: false }]);
});

ops('the oldest are forgotten, and results before ids', () => {
  const kept = new Kept({ op_ids_max: 2, op_results_bytes_max: 1 });
  for (const id of ['a', 'b', 'c']) kept.send(ADD, { ...VOXEL, x: id.charCodeAt(0) }, id);
  assert.is(kept.send(ADD, { ...VOXEL, x: 99 }, 'c'), 'GOX_OP_RESULT_GONE');
  assert.is(kept.send(ADD, { ...VOXEL, x: 98 }, 'b'), 'GOX_OP_RESULT_GONE');
  assert.type(kept.send(ADD, { ...VOXEL, x: 97 }, 'a'), 'object');
  assert.equal(kept.told, [{ place: 0, sequence: 4, repeated: false }]);
  const again = kept.again({ op_ids_max: 2, op_results_bytes_max: 1 });
  assert.is(again.send(ADD, { ...VOXEL, x: 97 }, 'a'), 'GOX_OP_RESULT_GONE');
});

ops.run();
