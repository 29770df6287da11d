/** Requests that are told to stop: each ends alone, and nothing of it stays. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GoxError } from '../../../conf/errors.ts';
import { findMethod } from '../../../engine/catalogue/methods.ts';
import { checkInterrupt } from '../../../engine/interrupt.ts';
import { finishers } from '../../../engine/methods/index.ts';
import { NEW_PROJECT_FLAG } from '../../../engine/port/layout.ts';
import { decode, TestEngine } from '../../support/engine.ts';

const add = (x: number) => ({ method: 'goxel.add_voxel', params: { x, y: 0, z: 0 } });
const has = (engine: TestEngine, x: number) =>
  (engine.call('goxel.get_voxel', { x, y: 0, z: 0 }) as { exists: boolean }).exists;

/** From now on, the request that runs is told to stop at its `looks`th look. */
function stopAfter(engine: TestEngine, looks: number, code: 'GOX_CANCELLED' | 'GOX_INTERNAL') {
  let left = looks;
  engine.flight.check = () => {
    left -= 1;
    if (left <= 0) throw new GoxError(code, 'Stop.');
  };
}

const interrupt = suite('requests that are to stop');

interrupt('one that has not begun is answered without being run', () => {
  const engine = new TestEngine();
  engine.flight.stop(0, 1, 'cancel');
  engine.flight.stop(0, 2, 'timeout');
  const answers = engine.run([add(1), add(2), add(3), add(4)]);
  const codes = answers.map((answer) =>
    answer.failed ? (decode(answer) as { data: { code: string } }).data.code : 'ok',
  );
  assert.equal(codes, ['ok', 'GOX_CANCELLED', 'GOX_REQUEST_TIMEOUT', 'ok']);
  engine.flight.clear(0);
  assert.equal(
    [1, 2, 3, 4].map((x) => has(engine, x)),
    [true, false, false, true],
  );
});

interrupt('the first of a project makes it nevertheless, for those behind it', () => {
  const engine = new TestEngine();
  engine.flight.stop(0, 0, 'cancel');
  const [first, second] = engine.run([add(1), { ...add(2), known: true }]);
  assert.is(first?.failed, true);
  assert.is(second?.failed, false);
});

interrupt('a script stops between its instructions, whatever it catches', async () => {
  const engine = new TestEngine();
  engine.call('goxel.add_voxel', { x: 0, y: 0, z: 0 });
  const script = `
    goxel.image.activeLayer.volume.setAt([5, 0, 0], [1, 2, 3]);
    for (;;) try { while (true); } catch (error) {}`;
  stopAfter(engine, 20, 'GOX_CANCELLED');
  const error = await engine.failAsync('script.execute', { script });
  assert.is(error.data.code, 'GOX_CANCELLED');
  engine.flight.check = () => {};
  assert.is(has(engine, 0), true);
  assert.is(has(engine, 5), false);
});

interrupt('an edit of many voxels that is stopped half way is taken back', () => {
  const engine = new TestEngine();
  engine.call('goxel.create_project');
  // The look before it begins, and one between its blocks.
  stopAfter(engine, 2, 'GOX_CANCELLED');
  const voxels = Array.from({ length: 5000 }, (_, i) => ({ x: i, y: 0, z: 0 }));
  assert.is(engine.fail('goxel.add_voxels', { voxels }).data.code, 'GOX_CANCELLED');
  engine.flight.check = () => {};
  assert.is(has(engine, 0), false);
});

interrupt('nothing is to stop outside of requests', () => {
  const engine = new TestEngine();
  engine.flight.stop(0, 0, 'cancel');
  engine.run([add(1)]);
  checkInterrupt();
});

interrupt.run();

const unknown = suite('projects that the engine was not given');

unknown('are refused, whatever is asked of them', () => {
  const engine = new TestEngine();
  engine.call('goxel.create_project', {}, 1);
  engine.engine.close(1);
  const [edit, create] = engine.run([
    { ...add(1), known: true },
    { method: 'goxel.create_project', known: true },
  ]);
  for (const answer of [edit!, create!]) {
    assert.is((decode(answer) as { data: { code: string } }).data.code, 'GOX_PROJECT_NOT_FOUND');
  }
  assert.is(engine.engine.stats().projects, 0);
  assert.is(engine.defects.length, 0);
});

unknown.run();

const finishing = suite('jobs that hand over');
const METHOD = 'goxel.load_project';
const word = findMethod(METHOD)!.index;
const table = finishers as Record<string, (typeof finishers)[string]>;

finishing('are ended by the engine, as a request is', () => {
  const before = table[METHOD];
  const engine = new TestEngine();
  const taken = (known: boolean) => {
    const flagged = word + (known ? 0 : NEW_PROJECT_FLAG);
    const { status, bytes } = engine.engine.takeOver(1, flagged, 1, { name: 'tower' }, 0);
    return { status, value: JSON.parse(Buffer.from(bytes).toString()) };
  };
  try {
    table[METHOD] = (project, { name }: { name: string }) => {
      project.name = name;
      return { success: true, name };
    };
    assert.is(taken(true).value.data.code, 'GOX_PROJECT_NOT_FOUND');
    assert.equal(taken(false), { status: 0, value: { success: true, name: 'tower' } });
    const info = engine.call('goxel.get_project_info') as { name: string };
    assert.is(info.name, 'tower');
    engine.flight.stop(0, 0, 'timeout');
    assert.is(taken(true).value.data.code, 'GOX_REQUEST_TIMEOUT');
    engine.flight.clear(0);
    table[METHOD] = () => {
      checkInterrupt();
      throw new GoxError('GOX_MEMORY_LIMIT', 'too large');
    };
    assert.is(taken(true).value.data.code, 'GOX_MEMORY_LIMIT');
  } finally {
    if (before === undefined) delete table[METHOD];
    else table[METHOD] = before;
  }
});

finishing.run();
