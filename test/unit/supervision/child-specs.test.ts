/** Chapters 4 and 5: child specs, and what is refused. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type ChildSpec,
  checkSpec,
  SpecError,
  type SupervisorSpec,
} from '../../../machines/supervision/index.ts';
import { sentence } from './sentences.ts';
import { RESTARTS, slow, spec, stage } from './stage.ts';

const test = suite('child specs');

function child(change: Partial<ChildSpec>): ChildSpec {
  return { id: 'a', logic: 'obeys', ...change } as ChildSpec;
}

test(sentence('4.1'), () => {
  const { dies, ends, clock, seen } = stage(spec([child({})]));
  ends('a');
  clock.increment(100);
  dies('a');
  clock.increment(200);
  assert.is(seen(), '+a -a +a -a +a');
});

test(sentence('4.2'), () => {
  const { dies, ends, clock, seen, last } = stage(spec([child({ restart: 'transient' })]));
  dies('a');
  clock.increment(100);
  ends('a', { failure: 'told' });
  clock.increment(200);
  ends('a', { fine: true });
  clock.increment(10_000);
  assert.is(seen(), '+a -a +a -a +a -a');
  assert.is(last('died')?.fate, 'none');
});

test(sentence('4.3'), () => {
  const { root, dies, clock, seen } = stage(spec(['b', child({ restart: 'temporary' })]));
  dies('a');
  clock.increment(10_000);
  assert.is(seen(), '+b +a -a');
  const ids = root.getSnapshot().context.children.map((one) => one.spec.id);
  assert.equal(ids, ['b']);
});

test(sentence('4.4'), () => {
  for (const [change, shutdown] of [
    [{}, 5000],
    [{ shutdown: 300 }, 300],
  ] as const) {
    const { stops, clock, seen, last } = stage(spec([child({ logic: 'stays', ...change })]));
    stops();
    clock.increment(shutdown - 1);
    assert.is(seen(), '+a a?');
    clock.increment(1);
    assert.is(seen(), '-a');
    assert.is(last('killed')?.late, true);
  }
});

test(sentence('4.5'), () => {
  const inner = spec([child({ logic: 'stays', shutdown: 'infinity' })]);
  const { stops, clock, seen, ends } = stage(spec([{ id: 'n', supervises: inner }]));
  stops();
  clock.increment(1e9);
  assert.is(seen(), '+a a?');
  ends('n/a');
  assert.is(seen(), '-a');
});

test(sentence('4.6'), () => {
  const effect = child({ logic: 'effect', shutdown: 'kill' });
  const { stops, seen, output, last } = stage(spec([effect]));
  stops();
  assert.is(seen(), '+a -a', 'not asked');
  assert.equal(output(), { kind: 'stopped', by: 'test', forced: false });
  assert.is(last('killed')?.late, false);
});

test(sentence('4.7'), () => {
  const { seen, says } = stage(spec(['a', slow('b'), 'c']));
  assert.is(seen(), '+a +b');
  says('b', { type: 'b.ready' });
  assert.is(seen(), '+c');
});

test(sentence('4.8'), () => {
  const { seen, says } = stage(spec([slow('b'), 'c']));
  says('b', { type: 'b.ready', id: 'c' });
  assert.is(seen(), '+b');
  says('b', { type: 'b.ready', id: 'b' });
  assert.is(seen(), '+c');
});

test(sentence('4.9'), () => {
  const { says, last, clock } = stage(spec([slow('b')]));
  clock.increment(70);
  says('b', { type: 'b.ready', id: 'b', address: '/here', pid: 12 });
  const { info, took_ms } = last('ready') ?? {};
  assert.equal(info, { address: '/here', pid: 12 });
  assert.is(took_ms, 70);
});

test(sentence('4.10'), () => {
  const { seen, says, state } = stage(spec([{ id: 'n', supervises: spec(['a', slow('b')]) }, 'c']));
  assert.is(seen(), '+a +b');
  assert.is(state(), 'starting');
  says('n/b', { type: 'b.ready' });
  assert.is(seen(), '+c');
  assert.is(state(), 'running');
});

test(sentence('4.11'), () => {
  const ready = { event: 'up', within_ms: 1000 };
  for (const named of [false, true]) {
    const { says, dies, clock, seen } = stage(spec([child({ ready }), child({ id: 'b', ready })]));
    const up = (id: string) => says(id, { type: 'up', ...(named ? { id } : {}) });
    up('a');
    up('b');
    dies('b');
    dies('a');
    clock.increment(200);
    assert.is(seen(), `+a +b -b -a +b${named ? ' +a' : ''}`);
    up('b');
    if (!named) assert.is(seen(), '+a');
  }
});

/** The error of a spec, which is the same from a supervisor as from the check. */
function errorOf(wrong: SupervisorSpec): SpecError {
  const { errors, root, seen } = stage(wrong);
  assert.is(root.getSnapshot().status, 'error');
  assert.is(seen(), '', 'nothing was started');
  const [error] = errors;
  assert.instance(error, SpecError);
  return error as SpecError;
}

/** The code and the path of the error of a spec, whose message must have these parts. */
function refused(wrong: SupervisorSpec, code: string, path: string, ...parts: string[]): void {
  const error = errorOf(wrong);
  assert.is(error.code, code, error.message);
  assert.is(error.path, path, error.message);
  for (const part of parts) assert.match(error.message, part);
}

function supervises(inner: unknown): SupervisorSpec {
  return spec(['z', { id: 'n', supervises: inner as SupervisorSpec }]);
}

test(sentence('5.1'), () => {
  const wrong = child({ significant: true });
  const inner = spec(['b', wrong], { auto_shutdown: 'any_significant' });
  refused(supervises(inner), 'bad_combination', 'n/a', "'n/a'", 'permanent', 'make it transient');
  assert.throws(() => checkSpec(supervises(inner), ['obeys']), 'make it transient');
});

test(sentence('5.2'), () => {
  const wrong: [SupervisorSpec, string, ...string[]][] = [
    [spec([], { strategy: 'all' as never }), '', 'strategy', 'rest_for_one', "'all'"],
    [spec([], { restarts: { ...RESTARTS, max_restart_attempts: -1 } }), '', 'at least 0, not -1'],
    [spec([], { restarts: { ...RESTARTS, window_ms: Number.NaN } }), '', 'window_ms'],
    [spec([], { restarts: { ...RESTARTS, jitter: 2 } }), '', 'from 0 to 1'],
    [spec([], { restarts: { ...RESTARTS, backoff_factor: 0.5 } }), '', 'at least 1'],
    [spec([], { restarts: { ...RESTARTS, restart_on_failure: 1 as never } }), '', 'true or false'],
    [spec([], { restarts: { ...RESTARTS, reset_after_ms: -1 } }), '', 'reset_after_ms'],
    [spec([], { restarts: undefined as never }), '', 'restarts must be an object'],
    [spec([], { auto_shutdown: 'some' as never }), '', 'auto_shutdown', 'all_significant'],
    [spec([], { stop_within_ms: 0 }), '', 'stop_within_ms'],
    [spec([], { children: {} as never }), '', 'children must be an array'],
    [spec([null as never]), '', 'a child must be an object, not null'],
    [spec([child({ restart: 'always' as never })]), 'a', 'permanent, transient, temporary'],
    [spec([child({ shutdown: 0 })]), 'a', "say 'kill'"],
    [spec([child({ shutdown: 'brutal' as never })]), 'a', "unless 'infinity' or 'kill'"],
    [spec([child({ significant: 'yes' as never })]), 'a', 'true or false'],
    [spec([child({ ready: { event: '', within_ms: 1 } })]), 'a', 'ready.event'],
    [spec([child({ ready: { event: 'up', within_ms: -1 } })]), 'a', 'ready.within_ms'],
    [supervises(['a'.repeat(200)]), 'n', 'must be an object', '…'],
  ];
  for (const [one, path, ...parts] of wrong) refused(one, 'bad_value', path, ...parts);
  const members = [
    [spec([], { strategie: 1 } as never), ''],
    [spec([child({ restrat: 'temporary' } as never)]), ''],
    [spec([child({ ready: { event: 'up', within_ms: 1, id: 2 } as never })]), 'a'],
    [spec([], { restarts: { ...RESTARTS, window: 1 } as never }), ''],
  ] as const;
  for (const [one, path] of members) refused(one, 'unknown_member', path, 'there are');
});

test(sentence('5.3'), () => {
  refused(spec(['a', 'b', 'a']), 'duplicate_id', '', "two children 'a'");
  refused(spec([child({ id: 'a/b' })]), 'bad_value', '', "without '/'");
  refused(spec([child({ id: 7 as never })]), 'bad_value', '', 'not 7');
  assert.is(stage(supervises(spec(['z']))).seen(), '+z +z', 'cousins may share one');
});

test(sentence('5.4'), () => {
  refused(spec([child({ logic: 'obey' })]), 'unknown_logic', 'a', "'obey'", 'there are obeys');
  refused(spec([child({ logic: 'supervisor' })]), 'bad_combination', 'a', "say 'supervises'");
});

test(sentence('5.5'), () => {
  const one = child({ significant: true });
  refused(spec([one], { auto_shutdown: 'all_significant' }), 'bad_combination', 'a', 'permanent');
});

test(sentence('5.6'), () => {
  const one = child({ significant: true, restart: 'transient' });
  refused(spec([one]), 'bad_combination', 'a', 'set auto_shutdown to');
});

test(sentence('5.7'), () => {
  for (const more of [{ logic: 'obeys' }, { input: 1 }, { ready: { event: 'up', within_ms: 1 } }]) {
    const both = { id: 'n', supervises: spec([]), ...more } as never;
    const [member = ''] = Object.keys(more);
    refused(spec([both]), 'bad_combination', 'n', `has no '${member}'`);
  }
});

test(sentence('5.8'), () => {
  for (const event of ['supervisor.ready', 'child.stop', 'xstate.init', 'dynamic.ended', '*']) {
    refused(spec([child({ ready: { event, within_ms: 1 } })]), 'bad_combination', 'a', event);
  }
});

test(sentence('5.9'), () => {
  const restarts = { ...RESTARTS, restart_delay_ms_max: 99 };
  refused(spec([], { restarts }), 'bad_combination', '', 'must be at least');
});

test(sentence('5.12'), () => {
  for (const strategy of ['one_for_all', 'rest_for_one'] as const) {
    refused(spec([], { start: 'together', strategy }), 'bad_combination', '', strategy);
  }
  refused(spec([], { start: 'at once' as never }), 'bad_value', '', 'together');
});

test(sentence('5.11'), () => {
  const one = child({ escalates: true, restart: 'temporary' });
  refused(spec([one]), 'bad_combination', 'a', 'leave out escalates');
  refused(spec([child({ escalates: 1 as never })]), 'bad_value', 'a', 'true or false');
});

test(sentence('5.10'), () => {
  const long = 2 ** 31;
  refused(spec([child({ shutdown: long })]), 'bad_value', 'a', '2147483647');
  refused(spec([], { stop_within_ms: long }), 'bad_value', '', '2147483647');
  refused(spec([slow('a', { ready: { event: 'up', within_ms: long } })]), 'bad_value', 'a');
  const restarts = { ...RESTARTS, restart_delay_ms_max: long };
  refused(spec([], { restarts }), 'bad_value', '', '2147483647');
});

test.run();
