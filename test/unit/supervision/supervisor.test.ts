import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { slow, spec, stage } from './stage.ts';

const test = suite('supervisor');

test('starts left to right, each when the one before is ready, and stops right to left', () => {
  const { state, seen, says, root, output } = stage(spec(['a', slow('b'), 'c']));
  assert.is(seen(), '+a +b');
  assert.is(state(), 'starting');
  says('b', { type: 'b.ready' });
  assert.is(seen(), '+c');
  assert.is(state(), 'running');
  root.send({ type: 'supervisor.stop', by: 'SIGTERM' });
  assert.is(seen(), 'c? -c b? -b a? -a');
  assert.equal(output(), { kind: 'stopped', by: 'SIGTERM', forced: false });
});

test('a start that fails is undone in reverse', () => {
  const { seen, root, output } = stage(spec(['a', 'b', { id: 'c', logic: 'broken' }, 'd']));
  assert.is(seen(), '+a +b b? -b a? -a');
  assert.is(root.getSnapshot().status, 'done');
  assert.equal(output(), { kind: 'start failed', failure: 'Error: broken', path: 'c' });
});

test('starts a child that died again, and gives up when there were too many', () => {
  const { seen, state, dies, clock, output } = stage(spec(['a', 'b']));
  seen();
  for (const delay_ms of [100, 200, 400]) {
    dies('a');
    assert.is(state(), 'restarting');
    clock.increment(delay_ms - 1);
    assert.is(seen(), '-a');
    clock.increment(1);
    assert.is(seen(), '+a');
    assert.is(state(), 'running');
  }
  dies('a');
  assert.is(seen(), '-a b? -b');
  assert.equal(output(), { kind: 'gave up', failure: 'Error: oops', path: 'a' });
});

test('starts all again, or the rest', () => {
  const all = stage(spec(['a', 'b', 'c'], { strategy: 'one_for_all' }));
  all.dies('b');
  all.clock.increment(100);
  assert.is(all.seen(), '+a +b +c -b c? -c a? -a +a +b +c');
  const rest = stage(spec(['a', 'b', 'c'], { strategy: 'rest_for_one' }));
  rest.dies('b');
  rest.clock.increment(100);
  assert.is(rest.seen(), '+a +b +c -b c? -c +b +c');
});

test('passes the innermost cause up', () => {
  const restarts = { ...spec([]).restarts, max_restart_attempts: 0 };
  const engines = { id: 'engines', supervises: spec(['engine:0', 'engine:1'], { restarts }) };
  const { dies, output, seen } = stage(spec(['log', engines], { restarts }));
  seen();
  dies('engines/engine:1', new Error('out of memory'));
  assert.is(seen(), '-engine:1 engine:0? -engine:0 log? -log');
  const path = 'engines/engine:1';
  assert.equal(output(), { kind: 'gave up', failure: 'Error: out of memory', path });
});

test.run();
