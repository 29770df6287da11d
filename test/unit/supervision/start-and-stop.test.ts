/** Chapters 6 to 9: start, stop, automatic shutdown, escalation. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ChildSpec, SupervisorSpec } from '../../../machines/supervision/index.ts';
import { sentence } from './sentences.ts';
import { RESTARTS, slow, spec, stage } from './stage.ts';

const test = suite('start, stop, escalation');

const BROKEN = { id: 'broken', logic: 'broken' } as const;

test(sentence('6.1'), () => {
  const { seen, says, state, last } = stage(spec(['a', slow('b'), slow('c'), 'd']));
  assert.is(seen(), '+a +b');
  says('b', { type: 'b.ready' });
  assert.is(seen(), '+c');
  assert.is(state(), 'starting');
  assert.is(last('running'), undefined);
  says('c', { type: 'c.ready' });
  assert.is(seen(), '+d');
  assert.is(state(), 'running');
  assert.is(last('running')?.supervisor, '');
});

test(sentence('6.2'), () => {
  const { seen, root, output } = stage(spec(['a', 'b', BROKEN, 'd']));
  assert.is(seen(), '+a +b b? -b a? -a');
  assert.is(root.getSnapshot().status, 'done');
  assert.equal(output(), { kind: 'start failed', failure: 'Error: broken', path: 'broken' });
});

test(sentence('6.3'), () => {
  const failed = (cause: (of: ReturnType<typeof stage>) => void, ...children: ChildSpec[]) => {
    const whole = stage(spec(children));
    cause(whole);
    const outcome = whole.output();
    return outcome !== undefined && 'failure' in outcome ? outcome.failure : whole.state();
  };
  assert.is(
    failed(() => {}, BROKEN),
    'Error: broken',
  );
  assert.is(
    failed(({ ends }) => ends('a'), slow('a')),
    'ended',
  );
  assert.is(
    failed(({ dies }) => dies('a'), slow('a')),
    'Error: oops',
  );
  assert.is(
    failed(({ clock }) => clock.increment(999), slow('a')),
    'starting',
  );
  const late = 'it was not ready within 1000 ms';
  assert.is(
    failed(({ clock }) => clock.increment(1000), slow('a')),
    late,
  );
});

test(sentence('6.4'), () => {
  for (const restart of ['transient', 'temporary'] as const) {
    const { ends, seen, state } = stage(spec([slow('a', { restart }), 'b']));
    ends('a');
    assert.is(seen(), '+a -a +b');
    assert.is(state(), 'running');
  }
});

test(sentence('6.5'), () => {
  const { dies, says, clock, seen, state } = stage(spec(['a', slow('b'), 'c']));
  dies('a');
  clock.increment(100);
  assert.is(seen(), '+a +b -a +a');
  assert.is(state(), 'starting');
  says('b', { type: 'b.ready' });
  assert.is(seen(), '+c');
  assert.is(state(), 'running');
  const dependent = stage(spec(['a', slow('b'), 'c'], { strategy: 'rest_for_one' }));
  dependent.dies('a');
  dependent.clock.increment(100);
  assert.is(dependent.seen(), '+a +b -a b? -b +a +b');
});

test(sentence('6.6'), () => {
  const { state } = stage(spec([{ id: 'n', supervises: spec([]) }]));
  assert.is(state(), 'running');
});

test(sentence('6.7'), () => {
  const ready = { event: 'up', within_ms: 1000 };
  const children = ['a', 'b', 'c'].map((id): ChildSpec => ({ id, logic: 'obeys', ready }));
  const { seen, says, state, stops } = stage(spec(children, { start: 'together' }));
  assert.is(seen(), '+a +b +c');
  for (const id of ['b', 'c']) says(id, { type: 'up', id });
  assert.is(state(), 'starting');
  says('a', { type: 'up', id: 'a' });
  assert.is(state(), 'running');
  stops();
  assert.is(seen(), 'c? -c b? -b a? -a');
  // One that cannot be started is the end of all, as in a start in order.
  const late = stage(spec(children, { start: 'together' }));
  for (const id of ['a', 'c']) late.says(id, { type: 'up', id });
  late.clock.increment(1000);
  assert.is(late.seen(), '+a +b +c c? -c b? -b a? -a');
  assert.is(late.output()?.kind, 'start failed');
});

test(sentence('7.1'), () => {
  const stays = { id: 'b', logic: 'stays' } as const;
  for (const from of ['outside', 'child'] as const) {
    const { stops, says, ends, seen, state } = stage(spec(['a', stays, 'c']));
    seen();
    if (from === 'outside') stops();
    else says('a', { type: 'supervisor.stop', by: 'a' });
    assert.is(seen(), 'c? -c b?');
    assert.is(state(), 'stopping');
    ends('b');
    assert.is(seen(), '-b a? -a');
    assert.is(state(), 'ended');
  }
});

test(sentence('7.2'), () => {
  const one = stage(spec(['a']));
  one.says('a', { type: 'supervisor.stop', by: 'SIGTERM' });
  assert.equal(one.output(), { kind: 'stopped', by: 'SIGTERM', forced: false });
  const other = stage(spec([{ id: 'a', logic: 'stays', shutdown: 100 }]));
  other.stops();
  other.clock.increment(100);
  assert.equal(other.output(), { kind: 'stopped', by: 'test', forced: true });
});

test(sentence('7.3'), () => {
  const starting = stage(spec(['a', slow('b'), 'c']));
  starting.stops();
  assert.is(starting.seen(), '+a +b b? -b a? -a');
  assert.is(starting.output()?.kind, 'stopped');
  const waiting = stage(spec(['a', 'b']));
  waiting.dies('b');
  waiting.stops();
  waiting.clock.increment(10_000);
  assert.is(waiting.seen(), '+a +b -b a? -a');
  const children = ['a', 'b', { id: 'c', logic: 'stays' }];
  const restarting = stage(spec(children, { strategy: 'one_for_all' }));
  restarting.dies('a');
  restarting.stops();
  restarting.ends('c');
  assert.is(restarting.seen(), '+a +b +c -a c? -c b? -b');
});

test(sentence('7.4'), () => {
  const inner = spec(['a', { id: 'b', logic: 'stays' }]);
  const { stops, ends, seen } = stage(spec([{ id: 'n', supervises: inner }]));
  stops();
  assert.is(seen(), '+a +b b?');
  stops();
  assert.is(seen(), '', 'that it is to stop was known');
  stops(true);
  assert.is(seen(), 'b!');
  ends('n/b');
  assert.is(seen(), '-b a! -a');
  const other = stage(spec(['a', 'b']));
  other.stops(true);
  assert.is(other.seen(), '+a +b b! -b a! -a');
});

test(sentence('7.5'), () => {
  const stays = (id: string) => ({ id, logic: 'stays', shutdown: 'infinity' }) as const;
  const { stops, clock, seen, output, root } = stage(
    spec(['a', stays('b'), stays('c')], { stop_within_ms: 700 }),
  );
  stops();
  clock.increment(699);
  assert.is(seen(), '+a +b +c c?');
  clock.increment(1);
  assert.is(seen(), '-c -b -a');
  assert.equal(output(), { kind: 'stopped', by: 'test', forced: true });
  assert.is(root.getSnapshot().context.deaths.length, 3);
});

test(sentence('7.6'), () => {
  const { root, seen, output } = stage(spec(['a', 'b']));
  root.send({ type: 'child.stop', now: true });
  assert.is(seen(), '+a +b b! -b a! -a');
  assert.equal(output(), { kind: 'stopped', by: 'its supervisor', forced: false });
});

test(sentence('7.7'), () => {
  const children = ['a', 'b', { id: 'c', logic: 'stays' }];
  const { stops, dies, clock, seen, root } = stage(spec(children));
  seen();
  stops();
  dies('b');
  dies('c');
  assert.is(seen(), 'c? -b -c a? -a');
  clock.increment(10_000);
  assert.is(seen(), '');
  const fates = root.getSnapshot().context.deaths.map(({ path, fate }) => `${path} ${fate}`);
  assert.equal(fates, ['b stopping', 'c stopping']);
});

test(sentence('7.8'), () => {
  const { stops, says, clock, seen } = stage(
    spec([slow('a'), { id: 'b', logic: 'stays' }], { strategy: 'one_for_all' }),
  );
  stops();
  clock.increment(10_000);
  assert.is(seen(), '+a a? -a');
  const other = stage(spec(['a', slow('b', { logic: 'stays' } as never), 'c']));
  other.stops();
  other.says('b', { type: 'b.ready' });
  assert.is(other.seen(), '+a +b b?', 'that b is ready starts no c');
  assert.throws(() => says('b', { type: 'b.ready' }), 'there is no b');
});

function significant(id: string, change: Partial<ChildSpec> = {}): ChildSpec {
  return { id, logic: 'obeys', restart: 'temporary', significant: true, ...change } as ChildSpec;
}

const ANY: Partial<SupervisorSpec> = { auto_shutdown: 'any_significant' };
const ALL: Partial<SupervisorSpec> = { auto_shutdown: 'all_significant' };

test(sentence('8.1'), () => {
  for (const how of ['ends', 'dies'] as const) {
    const { seen, output, ...does } = stage(spec(['a', significant('b'), 'c'], ANY));
    does[how]('b');
    assert.is(seen(), '+a +b +c -b c? -c a? -a');
    assert.is(output()?.kind, 'significant child ended');
  }
});

test(sentence('8.2'), () => {
  const { ends, seen, state } = stage(spec(['a', significant('b'), significant('c')], ALL));
  seen();
  ends('c');
  assert.is(state(), 'running');
  ends('b');
  assert.is(seen(), '-c -b a? -a');
});

test(sentence('8.3'), () => {
  const children = ['a', significant('b', { restart: 'transient' })];
  const { root, dies, clock, seen, state } = stage(
    spec(children, { ...ANY, strategy: 'one_for_all' }),
  );
  dies('a');
  clock.increment(100);
  assert.is(seen(), '+a +b -a b? -b +a +b');
  const request = { type: 'supervisor.request', request: 1, what: 'terminate', id: 'b' } as const;
  root.send(request);
  assert.is(seen(), 'b? -b');
  assert.is(state(), 'running');
});

test(sentence('8.4'), () => {
  const { dies, ends, clock, seen, state } = stage(
    spec([significant('b', { restart: 'transient' })], ANY),
  );
  dies('b');
  clock.increment(100);
  assert.is(seen(), '+b -b +b');
  assert.is(state(), 'running');
  ends('b');
  assert.is(state(), 'ended');
});

test(sentence('8.5'), () => {
  const inner = spec([significant('b')], ANY);
  const { ends, clock, last, seen } = stage(spec([{ id: 'n', supervises: inner }]));
  ends('n/b', { result: 7 });
  const outcome = { kind: 'significant child ended', failure: 'ended', path: 'b' };
  assert.equal(last('ended')?.outcome, { ...outcome, output: { result: 7 } });
  clock.increment(100);
  assert.is(seen(), '+b -b +b', 'it is an abnormal end, which the supervisor above answers');
});

const NONE = { restarts: { ...RESTARTS, max_restart_attempts: 0 } };

test(sentence('9.1'), () => {
  const { dies, seen, output, state } = stage(spec(['a', 'b', 'c'], NONE));
  dies('b');
  assert.is(seen(), '+a +b +c -b c? -c a? -a');
  assert.is(state(), 'ended');
  assert.is(output()?.kind, 'gave up');
});

test(sentence('9.2'), () => {
  const inner = { id: 'n', supervises: spec(['x', 'y'], NONE) };
  const { dies, clock, seen, last } = stage(spec(['a', inner, 'b'], { strategy: 'rest_for_one' }));
  seen();
  dies('n/x');
  assert.is(seen(), '-x y? -y b? -b');
  assert.is(last('restart planned')?.child, 'n');
  clock.increment(100);
  assert.is(seen(), '+x +y +b');
});

test(sentence('9.3'), () => {
  const engines = { id: 'engines', supervises: spec(['engine:0', 'engine:1'], NONE) };
  const part = { id: 'part', supervises: spec([engines], NONE) };
  const { ends, output, last } = stage(spec(['log', part], NONE));
  ends('part/engines/engine:1', { failure: 'out of memory', bytes: 9 });
  assert.equal(output(), {
    kind: 'gave up',
    failure: 'out of memory',
    path: 'part/engines/engine:1',
    output: { failure: 'out of memory', bytes: 9 },
  });
  assert.is(last('died')?.reason, 'out of memory');
  const starting = stage(spec([{ id: 'n', supervises: spec(['a', BROKEN]) }]));
  const failure = 'Error: broken';
  assert.equal(starting.output(), { kind: 'start failed', failure, path: 'n/broken' });
});

test(sentence('9.4'), () => {
  const engines = {
    ...{ id: 'engines', supervises: spec(['engine:0'], NONE), escalates: true as const },
  };
  const { ends, dies, seen, clock, output, last } = stage(
    spec(['a', engines, 'b'], { strategy: 'rest_for_one' }),
  );
  dies('a');
  clock.increment(100);
  assert.is(seen(), '+a +engine:0 +b -a b? -b engine:0? -engine:0 +a +engine:0 +b');
  ends('engines/engine:0', { failure: 'out of memory' });
  assert.is(seen(), '-engine:0 b? -b a? -a');
  assert.is(last('gave up')?.child, 'engines');
  const failure = { failure: 'out of memory', output: { failure: 'out of memory' } };
  assert.equal(output(), { kind: 'gave up', path: 'engines/engine:0', ...failure });
});

test.run();
