/** Chapters 1 to 3: terms, strategies, how often and after what wait. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { SupervisorSpec } from '../../../machines/supervision/index.ts';
import { sentence } from './sentences.ts';
import { RESTARTS, slow, spec, stage } from './stage.ts';

const test = suite('strategies and windows');

test(sentence('1.1'), () => {
  const tree: SupervisorSpec = spec(['log', { id: 'engines', supervises: spec(['one', 'two']) }]);
  const { seen } = stage(JSON.parse(JSON.stringify(tree)));
  assert.is(seen(), '+log +one +two');
});

test(sentence('1.2'), () => {
  const { root } = stage(spec([{ id: 'n', supervises: spec(['a']) }]));
  const { children } = root.getPersistedSnapshot() as unknown as Persisted;
  assert.is(children.n?.src, 'supervisor');
  assert.is(children.n?.snapshot.children.a?.src, 'obeys');
});

interface Persisted {
  readonly children: Readonly<Record<string, { src: unknown; snapshot: Persisted }>>;
}

test(sentence('1.3'), () => {
  const { dies, ends, clock, decisions } = stage(spec(['a']));
  for (const end of [
    () => dies('a', new Error('thrown')),
    () => ends('a', { failure: 'told', more: 1 }),
    () => ends('a', { more: 1 }),
    () => ends('a'),
  ]) {
    end();
    clock.increment(20_000);
  }
  const died = decisions.filter(({ kind }) => kind === 'died');
  assert.equal(
    died.map((one) => (one.kind === 'died' ? [one.abnormal, one.reason] : [])),
    [
      [true, 'Error: thrown'],
      [true, 'told'],
      [false, 'ended'],
      [false, 'ended'],
    ],
  );
});

test(sentence('2.1'), () => {
  const { dies, clock, seen } = stage(spec(['a', 'b', 'c']));
  seen();
  dies('b');
  clock.increment(100);
  assert.is(seen(), '-b +b');
});

test(sentence('2.2'), () => {
  const { dies, clock, seen } = stage(spec(['a', 'b', 'c'], { strategy: 'one_for_all' }));
  seen();
  dies('b');
  assert.is(seen(), '-b c? -c a? -a');
  clock.increment(100);
  assert.is(seen(), '+a +b +c');
});

test(sentence('2.3'), () => {
  const children = ['a', 'b', 'c', 'd'];
  const { dies, clock, seen } = stage(spec(children, { strategy: 'rest_for_one' }));
  seen();
  dies('b');
  assert.is(seen(), '-b d? -d c? -c');
  clock.increment(100);
  assert.is(seen(), '+b +c +d');
});

test(sentence('2.4'), () => {
  const { dies, says, clock, seen, state } = stage(spec([slow('a'), 'b']));
  says('a', { type: 'a.ready' });
  seen();
  dies('a');
  dies('b');
  clock.increment(200);
  assert.is(seen(), '-a -b +a +b');
  assert.is(state(), 'restarting', 'a is not ready yet');
  says('a', { type: 'a.ready' });
  assert.is(state(), 'running');
});

test(sentence('2.5'), () => {
  const children = ['a', slow('b'), 'c'];
  const { dies, says, clock, seen, decisions } = stage(
    spec(children, { strategy: 'rest_for_one' }),
  );
  says('b', { type: 'b.ready' });
  seen();
  dies('b');
  clock.increment(100);
  assert.is(seen(), '-b c? -c +b', 'b is being started');
  dies('a');
  assert.is(seen(), '-a b? -b');
  clock.increment(200);
  assert.is(seen(), '+a +b');
  says('b', { type: 'b.ready' });
  assert.is(seen(), '+c');
  const restarted = decisions.filter(({ kind }) => kind === 'restarted');
  assert.is(restarted.length, 1);
});

test(sentence('2.6'), () => {
  const children = ['a', 'b', { id: 'c', logic: 'stays' }];
  const { dies, ends, clock, seen, decisions } = stage(spec(children, { strategy: 'one_for_all' }));
  seen();
  dies('a');
  assert.is(seen(), '-a c?');
  dies('b');
  ends('c');
  clock.increment(100);
  assert.is(seen(), '-b -c +a +b +c');
  assert.is(decisions.filter(({ kind }) => kind === 'restart planned').length, 1);
});

test(sentence('2.7'), () => {
  const children = [{ id: 'a', logic: 'obeys', restart: 'transient' } as const, 'b'];
  const { dies, ends, clock, seen } = stage(spec(children, { strategy: 'one_for_all' }));
  ends('a');
  clock.increment(1000);
  assert.is(seen(), '+a +b -a');
  dies('b');
  clock.increment(100);
  assert.is(seen(), '-b +a +b');
});

test(sentence('2.8'), () => {
  const children = ['a', { id: 'b', logic: 'obeys', restart: 'temporary' } as const];
  const { dies, clock, seen } = stage(spec(children, { strategy: 'one_for_all' }));
  seen();
  dies('a');
  clock.increment(100);
  assert.is(seen(), '-a b? -b +a');
});

test(sentence('3.1'), () => {
  const restarts = { ...RESTARTS, restart_delay_ms: 0, window_ms: 1000 };
  const { dies, clock, state, last } = stage(spec(['a'], { restarts }));
  for (let round = 0; round < 10; round += 1) {
    dies('a');
    clock.increment(334);
    assert.is(state(), 'running');
  }
  dies('a');
  clock.increment(330);
  dies('a');
  assert.is(last('gave up')?.max, 3, 'the fourth within a second');
});

test(sentence('3.2'), () => {
  for (const change of [{ max_restart_attempts: 0 }, { restart_on_failure: false }]) {
    const { dies, output } = stage(spec(['a'], { restarts: { ...RESTARTS, ...change } }));
    dies('a');
    assert.equal(output(), { kind: 'gave up', failure: 'Error: oops', path: 'a' });
  }
});

test(sentence('3.3'), () => {
  const { dies, clock, last, output } = stage(spec(['a', 'b', 'c'], { strategy: 'one_for_all' }));
  for (const id of ['a', 'b', 'c']) {
    dies(id);
    clock.increment(400);
  }
  assert.is(last('restart planned')?.nth, 3);
  dies('a');
  assert.is(output()?.kind, 'gave up');
});

test(sentence('3.4'), () => {
  const { dies, says, clock, last, output } = stage(spec([slow('a')]));
  says('a', { type: 'a.ready' });
  dies('a');
  clock.increment(100);
  dies('a', new Error('at start'));
  assert.is(last('restart planned')?.nth, 2);
  clock.increment(200);
  clock.increment(1000);
  assert.is(last('restart planned')?.nth, 3, 'it was not ready in time');
  assert.is(last('start failed')?.fate, 'restart');
  clock.increment(400);
  clock.increment(1000);
  const failure = 'it was not ready within 1000 ms';
  assert.equal(output(), { kind: 'gave up', failure, path: 'a' });
});

test(sentence('3.5'), () => {
  const children = ['a', { id: 'b', logic: 'stays', shutdown: 700 }];
  const { dies, clock, seen } = stage(spec(children, { strategy: 'one_for_all' }));
  seen();
  dies('a');
  clock.increment(699);
  assert.is(seen(), '-a b?');
  clock.increment(1);
  assert.is(seen(), '-b');
  clock.increment(99);
  assert.is(seen(), '');
  clock.increment(1);
  assert.is(seen(), '+a +b');
});

test(sentence('3.6'), () => {
  const restarts = { ...RESTARTS, max_restart_attempts: 5 };
  const { dies, clock, seen, decisions } = stage(spec(['a'], { restarts }));
  seen();
  for (const delay_ms of [100, 200, 400, 400]) {
    dies('a');
    clock.increment(delay_ms - 1);
    assert.is(seen(), '-a');
    clock.increment(1);
    assert.is(seen(), '+a');
  }
  const planned = decisions.filter((one) => one.kind === 'restart planned');
  assert.equal(
    planned.map(({ delay_ms }) => delay_ms),
    [100, 200, 400, 400],
  );
});

test(sentence('3.7'), () => {
  const restarts = { ...RESTARTS, jitter: 0.5 };
  const { dies, last } = stage(spec(['a'], { restarts }), () => 0.8);
  dies('a');
  assert.is(last('restart planned')?.delay_ms, 140);
});

test(sentence('3.8'), () => {
  const restarts = { ...RESTARTS, reset_after_ms: 1000 };
  const { dies, clock, last } = stage(spec(['a'], { restarts }));
  const next = () => {
    dies('a');
    const { nth, delay_ms } = last('restart planned') ?? {};
    clock.increment(delay_ms ?? 0);
    return [nth, delay_ms];
  };
  assert.equal(next(), [1, 100]);
  clock.increment(999);
  assert.equal(next(), [2, 200]);
  clock.increment(1000);
  assert.equal(next(), [3, 100]);
});

test.run();
