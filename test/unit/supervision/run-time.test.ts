/** Chapters 10 to 12: run time, decisions and deaths, what children say. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type ChildSpec,
  countChildren,
  deaths,
  deleteChild,
  getChildSpec,
  RefusedError,
  restartChild,
  startChild,
  terminateChild,
  whichChildren,
} from '../../../machines/supervision/index.ts';
import { sentence } from './sentences.ts';
import { RESTARTS, slow, spec, stage } from './stage.ts';

const test = suite('run time');

function child(id: string, change: Partial<ChildSpec> = {}): ChildSpec {
  return { id, logic: 'obeys', ...change } as ChildSpec;
}

/** Whether a promise is settled by now, and how. */
async function settled(promise: Promise<void>): Promise<string> {
  return await Promise.race([
    promise.then(
      () => 'done',
      (error: unknown) => (error instanceof RefusedError ? error.message : String(error)),
    ),
    new Promise<string>((resolve) => setImmediate(resolve, 'pending')),
  ]);
}

test(sentence('10.1'), () => {
  const inner = { id: 'n', supervises: spec(['x']) };
  const { root, dies, clock } = stage(
    spec(['b', inner, 'a', child('t', { restart: 'transient' })]),
  );
  dies('a');
  const told = () =>
    whichChildren(root).map(({ id, kind, state, starts }) => [id, kind, state, starts]);
  assert.equal(told(), [
    ['b', 'worker', 'ready', 1],
    ['n', 'supervisor', 'ready', 1],
    ['a', 'worker', 'waiting', 1],
    ['t', 'worker', 'ready', 1],
  ]);
  assert.equal(countChildren(root), { specs: 4, active: 3, supervisors: 1, workers: 3 });
  clock.increment(100);
  assert.equal(told()[2], ['a', 'worker', 'ready', 2]);
  const full = getChildSpec(root, 't');
  assert.is(full?.restart, 'transient');
  assert.is(full?.shutdown, 5000, 'with its defaults');
  assert.is(getChildSpec(root, 'zz'), undefined);
});

test(sentence('10.2'), async () => {
  const { root, seen, says, clock, state } = stage(spec(['a', 'b']));
  const promise = startChild(root, slow('c'));
  clock.increment(0);
  assert.is(seen(), '+a +b +c');
  assert.is(await settled(promise), 'pending');
  says('c', { type: 'c.ready' });
  assert.is(await settled(promise), 'done');
  assert.is(state(), 'running');
  root.send({ type: 'supervisor.stop', by: 'test' });
  assert.is(seen(), 'c? -c b? -b a? -a');
});

test(sentence('10.3'), async () => {
  const { root, seen, clock, last } = stage(spec(['a']));
  const broken = startChild(root, { id: 'x', logic: 'broken' });
  clock.increment(0);
  assert.is(await settled(broken), 'Error: broken');
  const late = startChild(root, slow('y'));
  clock.increment(0);
  clock.increment(1000);
  assert.is(await settled(late), 'it was not ready within 1000 ms');
  assert.is(seen(), '+a +y y? -y');
  assert.equal(
    whichChildren(root).map(({ id }) => id),
    ['a'],
  );
  assert.is(last('restart planned'), undefined);
});

test(sentence('10.4'), async () => {
  const { root, seen, dies, ends, clock } = stage(spec(['a', child('b', { logic: 'stays' })]));
  const promise = terminateChild(root, 'b');
  assert.is(seen(), '+a +b b?');
  assert.is(await settled(promise), 'pending');
  ends('b');
  assert.is(await settled(promise), 'done');
  dies('a');
  assert.is(await settled(terminateChild(root, 'a')), 'done');
  clock.increment(10_000);
  assert.is(seen(), '-b -a');
});

test(sentence('10.5'), async () => {
  const { root, dies, clock, seen } = stage(spec(['a', 'b'], { strategy: 'one_for_all' }));
  await terminateChild(root, 'b');
  dies('a');
  clock.increment(100);
  assert.is(seen(), '+a +b b? -b -a +a');
  const promise = restartChild(root, 'b');
  clock.increment(0);
  assert.is(await settled(promise), 'done');
  assert.is(seen(), '+b');
});

test(sentence('10.6'), async () => {
  const { root, says, ends, seen, clock } = stage(spec([slow('a', { restart: 'transient' })]));
  says('a', { type: 'a.ready' });
  ends('a');
  const promise = restartChild(root, 'a');
  clock.increment(0);
  assert.is(seen(), '+a -a +a');
  assert.is(await settled(promise), 'pending');
  says('a', { type: 'a.ready' });
  assert.is(await settled(promise), 'done');
  ends('a');
  const failing = restartChild(root, 'a');
  clock.increment(0);
  clock.increment(1000);
  assert.is(await settled(failing), 'it was not ready within 1000 ms');
  assert.is(whichChildren(root)[0]?.state, 'down');
});

test(sentence('10.7'), async () => {
  const { root } = stage(spec(['a', 'b']));
  await terminateChild(root, 'a');
  await deleteChild(root, 'a');
  assert.equal(
    whichChildren(root).map(({ id }) => id),
    ['b'],
  );
});

test(sentence('10.8'), async () => {
  const { root, dies, stops, last } = stage(spec(['a', 'b'], { strategy: 'one_for_all' }));
  assert.is(await settled(startChild(root, child('a'))), 'there is a child of this id');
  assert.is(last('refused')?.child, 'a');
  assert.match(await settled(startChild(root, child('c', { logic: 'x' }))), "no logic called 'x'");
  assert.match(await settled(startChild(root, null as never)), 'must be an object, not null');
  for (const ask of [terminateChild, restartChild, deleteChild]) {
    assert.is(await settled(ask(root, 'zz')), 'there is no such child');
  }
  for (const ask of [restartChild, deleteChild]) {
    assert.is(await settled(ask(root, 'a')), 'it is running');
  }
  dies('a');
  for (const ask of [restartChild, deleteChild]) {
    assert.is(await settled(ask(root, 'a')), 'it is about to be started again');
  }
  assert.match(await settled(startChild(root, child('c'))), 'ask again when that is done');
  stops();
  assert.is(await settled(startChild(root, child('c'))), 'the supervisor has ended');
  const starting = stage(spec([slow('a', { logic: 'stays' } as never)]));
  assert.is(await settled(terminateChild(starting.root, 'a')), 'the supervisor is starting');
  const waits = stage(spec(['a', child('b', { logic: 'stays' })]));
  const pending = startChild(waits.root, slow('c'));
  waits.clock.increment(0);
  waits.stops();
  assert.is(await settled(pending), 'the supervisor is stopping');
  assert.is(await settled(terminateChild(waits.root, 'b')), 'the supervisor is stopping');
});

test('a promise is settled when the supervisor ends before what was asked is done', async () => {
  const { root, stops, clock } = stage(spec([child('a', { logic: 'stays', shutdown: 9 })]));
  const stopping = terminateChild(root, 'a');
  stops();
  clock.increment(9);
  assert.is(await settled(stopping), 'done', 'it was stopped after all');
  const other = stage(spec(['a']));
  const starting = startChild(other.root, slow('b'));
  other.clock.increment(0);
  other.root.stop();
  assert.is(await settled(starting), 'the supervisor has ended');
});

test(sentence('10.9'), async () => {
  const { root, clock } = stage(spec(['a']));
  const add = async (id: string): Promise<string> => {
    const promise = startChild(root, child(id, { restart: 'temporary' }));
    clock.increment(0);
    const how = await settled(promise);
    if (how === 'done') await terminateChild(root, id);
    return how;
  };
  for (let number = 1; number < 1000; number += 1) assert.is(await add(`c${number}`), 'done');
  assert.match(await add('one more'), 'there were 1000 ids');
  assert.is(await add('c7'), 'done', 'an id can be used again');
});

test(sentence('11.1'), () => {
  const inner = { id: 'n', supervises: spec([slow('x')]) };
  const { clock, says, dies, stops, decisions } = stage(spec(['a', inner]));
  clock.increment(5);
  says('n/x', { type: 'x.ready', pid: 3 });
  dies('n/x');
  clock.increment(100);
  stops();
  const told = decisions.map(({ at_ms, supervisor, kind, ...more }) =>
    [at_ms, supervisor, kind, 'child' in more ? more.child : ''].join(' ').trim(),
  );
  assert.equal(told, [
    ...['0  started a', '0  ready a', '0  started n', '0 n started x', '5 n ready x'],
    ...['5 n running', '5  ready n', '5  running', '5 n died x', '5 n restart planned x'],
    ...['105 n started x', '105  shutting down', '105  stopping n', '105 n shutting down'],
    ...['105 n stopping x', '105 n stopped x', '105 n ended', '105  stopped n'],
    ...['105  stopping a', '105  stopped a', '105  ended'],
  ]);
});

test(sentence('11.2'), () => {
  const { seen, decisions, state } = stage(spec(['a', 'b']), undefined, () => {
    throw new Error('a full disk');
  });
  assert.is(seen(), '+a +b');
  assert.is(state(), 'running');
  assert.is(decisions.length, 0);
});

test(sentence('11.3'), () => {
  const restarts = { ...RESTARTS, max_restart_attempts: 1000, restart_delay_ms_max: 100 };
  const { root, dies, clock } = stage(spec(['a'], { restarts }));
  for (let nth = 0; nth < 110; nth += 1) {
    clock.increment(10);
    dies('a', new Error(`death ${nth}`));
    clock.increment(100);
  }
  const noted = deaths(root);
  assert.is(noted.length, 100);
  assert.is(root.getSnapshot().context.deaths.length, 100, 'and no more of them');
  const at_ms = 10 * 110 + 10;
  const end = { abnormal: true, reason: 'Error: death 10', fate: 'restart' };
  assert.equal(noted[0], { path: 'a', at_ms, lived_ms: 10, ...end });
});

test(sentence('11.4'), () => {
  const restarts = { ...RESTARTS, max_restart_attempts: 1 };
  const inner = { id: 'n', supervises: spec(['x'], { restarts }) };
  const { root, dies, clock } = stage(spec(['a', inner]));
  dies('n/x', new Error('one'));
  clock.increment(100);
  dies('a', new Error('two'));
  dies('n/x', new Error('three'));
  clock.increment(200);
  dies('n/x', new Error('four'));
  assert.equal(
    deaths(root).map(({ path, reason, fate }) => `${path}: ${reason}, ${fate}`),
    [
      'n/x: Error: one, restart',
      'a: Error: two, restart',
      'n/x: Error: three, gave up',
      'n: Error: three, restart',
      'n/x: Error: four, restart',
    ],
  );
});

test(sentence('12.1'), () => {
  const inner = { id: 'n', supervises: spec([slow('x')]) };
  const { says, last, decisions } = stage(spec([inner]));
  const event = { type: 'x.progress', share: 0.5, id: 7 };
  says('n/x', event);
  const { supervisor, event: heard } = last('heard') ?? {};
  assert.equal([supervisor, heard], ['', event]);
  says('n/x', { type: 'x.ready' });
  assert.is(decisions.filter(({ kind }) => kind === 'heard').length, 1, 'that word was for it');
  says('n/x', { type: 'x.ready' });
  assert.equal(last('heard')?.event, { type: 'x.ready' }, 'said once more, it is not');
});

test(sentence('12.2'), () => {
  const restarts = { ...RESTARTS, restart_delay_ms: 0 };
  const { says, dies, at, clock, seen, state } = stage(
    spec([slow('a', { logic: 'effect' } as never)], { restarts }),
  );
  says('a', { type: 'a.ready' });
  const first = at('a');
  dies('a');
  assert.is(seen(), '+a -a', 'there is no start before the clock goes on');
  clock.increment(0);
  assert.is(seen(), '+a');
  first.send({ type: 'test.say', event: { type: 'a.ready' } });
  assert.is(state(), 'restarting', 'the word of the dead one does not make this one ready');
  says('a', { type: 'a.ready' });
  clock.increment(10_000);
  assert.is(state(), 'running', 'nor does the deadline of the first start end it');
});

test(sentence('12.3'), () => {
  const machine = stage(spec(['a']));
  machine.dies('a');
  assert.is(machine.seen(), '+a -a', 'its child, which keeps the mark, was stopped');
  const effect = stage(spec([child('a', { logic: 'effect' })]));
  const failed = effect.at('a');
  effect.dies('a');
  assert.is(effect.seen(), '+a -a', 'its cleanup was run');
  assert.is(failed.getSnapshot().status, 'stopped', 'so that nothing it says is heard');
});

test(sentence('12.4'), () => {
  const { root, dies, clock, seen, at } = stage(spec(['a', 'b']));
  dies('a');
  dies('b');
  clock.increment(100);
  clock.increment(100);
  assert.is(seen(), '+a +b -a -b +a +b');
  const forged = { type: 'xstate.done.actor.a', actorId: 'a' } as never;
  root.send(forged);
  clock.increment(10_000);
  assert.is(seen(), '');
  assert.is(at('a').getSnapshot().status, 'active');
});

test.run();
