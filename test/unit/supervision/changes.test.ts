/** The end of chapter 10: what is changed at run time, and what of it a next life begins with. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  adjust,
  type ChildSpec,
  deleteChild,
  RefusedError,
  removeChild,
  restartChild,
  type SupervisorRef,
  startChild,
  terminateChild,
  whichChildren,
} from '../../../machines/supervision/index.ts';
import { sentence } from './sentences.ts';
import { RESTARTS, slow, spec, stage } from './stage.ts';

const test = suite('changes at run time');

function child(id: string, change: Partial<ChildSpec> = {}): ChildSpec {
  return { id, logic: 'obeys', ...change } as ChildSpec;
}

function idsOf(ref: SupervisorRef): string {
  return whichChildren(ref)
    .map(({ id }) => id)
    .join(' ');
}

async function refusal(promise: Promise<void>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    assert.instance(error, RefusedError);
    return (error as Error).message;
  }
  return 'done';
}

test(sentence('10.10'), async () => {
  const { root, clock, stops, seen } = stage(spec(['a', 'b']));
  const added = startChild(root, child('x'), 'b');
  clock.increment(0);
  await added;
  assert.is(idsOf(root), 'a x b');
  seen();
  stops();
  assert.is(seen(), 'b? -b x? -x a? -a', 'it stops at its place');
  const other = stage(spec(['a']));
  assert.match(await refusal(startChild(other.root, child('x'), 'zz')), "no child 'zz'");
  assert.is(idsOf(other.root), 'a');
});

test(sentence('10.11'), async () => {
  const { root, seen, ends, dies, clock, decisions } = stage(
    spec(['a', child('b', { logic: 'stays' }), 'c']),
  );
  const removed = removeChild(root, 'b');
  assert.is(seen(), '+a +b +c b?');
  assert.is(await refusal(restartChild(root, 'b')), 'it is running');
  ends('b');
  await removed;
  assert.is(idsOf(root), 'a c');
  dies('a');
  await removeChild(root, 'a');
  clock.increment(10_000);
  assert.is(idsOf(root), 'c', 'nor is one started again that was to be');
  await terminateChild(root, 'c');
  await removeChild(root, 'c');
  assert.is(idsOf(root), '', 'and one that is down is forgotten');
  assert.is(decisions.filter(({ kind }) => kind === 'deleted').length, 3);
  assert.is(await refusal(removeChild(root, 'c')), 'there is no such child');
  const again = startChild(root, child('c'));
  clock.increment(0);
  await again;
  assert.is(idsOf(root), 'c', 'the id is free again');
});

/** One below the root, whose failures are those of its children. */
function nested() {
  const restarts = { ...RESTARTS, max_restart_attempts: 0 };
  const inner = spec(['x', 'y', 'z'], { restarts, strategy: 'one_for_one' });
  const staged = stage(spec([{ id: 'n', supervises: inner }]));
  return {
    ...staged,
    inner: () => staged.at('n') as unknown as SupervisorRef,
    /** Has it fail as a whole, and start again. */
    again: () => {
      staged.dies(`n/${whichChildren(staged.at('n') as unknown as SupervisorRef)[0]?.id}`);
      staged.clock.increment(1000);
    },
  };
}

test(sentence('10.12'), async () => {
  const { inner, clock, again } = nested();
  const start = async (...asked: [spec: ChildSpec, before?: string]) => {
    const added = startChild(inner(), ...asked);
    clock.increment(0);
    await added;
  };
  await start(child('v'), 'y');
  await start(child('w'));
  await start(child('t', { restart: 'temporary' }));
  await removeChild(inner(), 'y');
  await terminateChild(inner(), 'z');
  await deleteChild(inner(), 'z');
  const late = startChild(inner(), slow('never'));
  clock.increment(0);
  clock.increment(1000);
  assert.match(await refusal(late), 'not ready');
  assert.is(idsOf(inner()), 'x v w t');
  again();
  assert.is(idsOf(inner()), 'x v w');
  again();
  assert.is(idsOf(inner()), 'x v w', 'and for the one after that');
});

test('what changes two levels down reaches the top', async () => {
  const restarts = { ...RESTARTS, max_restart_attempts: 0 };
  const low = { id: 'low', supervises: spec(['x'], { restarts }) };
  const { at, clock, dies, root } = stage(
    spec([{ id: 'mid', supervises: spec([low, 'm'], { restarts }) }]),
  );
  const lowest = () => at('mid/low') as unknown as SupervisorRef;
  const added = startChild(lowest(), child('y'));
  clock.increment(0);
  await added;
  dies('mid/m');
  clock.increment(1000);
  assert.is(root.getSnapshot().value, 'running');
  assert.is(idsOf(lowest()), 'x y');
});

test(sentence('10.13'), async () => {
  const { root, dies, clock, state, stops, seen, output } = stage(
    spec(['a', child('b', { logic: 'stays', shutdown: 'infinity' })]),
  );
  await adjust(root, { restarts: { ...RESTARTS, restart_delay_ms: 7 }, stop_within_ms: 20 });
  dies('a');
  clock.increment(6);
  assert.is(state(), 'restarting');
  clock.increment(1);
  assert.is(state(), 'running');
  seen();
  assert.match(
    await refusal(adjust(root, { restarts: { ...RESTARTS, jitter: 2 } })),
    'restarts.jitter must be from 0 to 1',
  );
  assert.match(await refusal(adjust(root, { stop_within_ms: 0 })), 'stop_within_ms must be');
  assert.match(await refusal(adjust(root, { strategy: 'one_for_all' } as never)), 'no member');
  stops();
  clock.increment(19);
  assert.is(seen(), 'b?');
  clock.increment(1);
  assert.is(seen(), '-b -a', 'the rest is stopped by force');
  assert.equal(output(), { kind: 'stopped', by: 'test', forced: true });

  const below = nested();
  await adjust(below.inner(), { restarts: { ...RESTARTS, max_restart_attempts: 1 } });
  below.dies('n/x');
  below.clock.increment(100);
  below.again();
  below.dies('n/x');
  below.clock.increment(1000);
  const kinds = below.decisions.map(({ kind, supervisor }) => `${supervisor} ${kind}`);
  assert.is(kinds.filter((one) => one === 'n gave up').length, 1, 'its next life has it too');
});

test.run();
