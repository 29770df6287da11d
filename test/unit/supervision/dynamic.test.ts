/** Chapter 13: dynamic children. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type AnyActorRef,
  type AnyEventObject,
  createActor,
  createMachine,
  SimulatedClock,
} from 'xstate';
import {
  type Decision,
  type DynamicSpec,
  dynamic,
  Numbers,
  SpecError,
} from '../../../machines/supervision/index.ts';
import { sentence } from './sentences.ts';
import { actorLogic, RESTARTS } from './stage.ts';

const test = suite('dynamic children');

/** A dynamic supervisor below a root that notes what it is told. */
function crowd(change: Partial<DynamicSpec> = {}, template: Partial<DynamicSpec['template']> = {}) {
  const clock = new SimulatedClock();
  const log: string[] = [];
  const told: AnyEventObject[] = [];
  const decisions: Decision[] = [];
  const logics = { obeys: actorLogic(log, true), stays: actorLogic(log, false) };
  const logic = dynamic({
    logics,
    now_ms: () => clock.now(),
    report: (decision) => void decisions.push(decision),
  });
  const input = {
    template: { name: 'c', logic: 'obeys', ...template },
    children_max: 3,
    ...change,
  };
  const parent = createMachine({
    invoke: { id: 'crowd', src: logic, input },
    on: { 'xstate.*': {}, '*': { actions: ({ event }) => told.push(event) } },
  });
  const root = createActor(parent, { clock }).start();
  const ref: AnyActorRef = root.getSnapshot().children.crowd as AnyActorRef;
  const at = (number: number): AnyActorRef => {
    const pool =
      ref.getSnapshot().children[`pool:${Math.floor(number / (change.pool_size ?? 16))}`];
    return pool.getSnapshot().children[`c:${number}`];
  };
  return {
    ...{ clock, decisions, ref, at },
    start: (more: object = {}) => ref.send({ type: 'dynamic.start', input: {}, ...more }),
    ends: (number: number, output?: unknown) => at(number).send({ type: 'test.end', output }),
    dies: (number: number) => at(number).send({ type: 'test.throw', error: new Error('oops') }),
    seen: () => log.splice(0).join(' '),
    /** What the parent was told since the last look. */
    heard: () => told.splice(0),
    status: () => ref.getSnapshot().status,
    output: () => ref.getSnapshot().output,
  };
}

test(sentence('13.1'), () => {
  const { start, seen, at, decisions } = crowd();
  start({ input: { socket: 7 } });
  start();
  assert.is(seen(), '+c:0 +c:1');
  assert.is(at(1).id, 'c:1');
  const { supervisor, kind, ...more } = decisions.at(-1) as Decision;
  assert.equal([supervisor, kind, more], ['crowd', 'started', { at_ms: 0, child: 'c:1', nth: 0 }]);
});

test('the input of a child has its number', () => {
  const inputs: unknown[] = [];
  const logic = createMachine({ context: ({ input }) => void inputs.push(input) as never });
  const machine = dynamic({ logics: { logic }, now_ms: () => 0 });
  const template = { name: 'c', logic: 'logic' };
  const root = createActor(machine, { input: { template, children_max: 2 } }).start();
  root.send({ type: 'dynamic.start', input: { socket: 7 } });
  root.send({ type: 'dynamic.start', input: { socket: 8 } });
  assert.equal(inputs, [
    { socket: 7, number: 0 },
    { socket: 8, number: 1 },
  ]);
});

test(sentence('13.2'), () => {
  const { start, ends, seen } = crowd();
  for (let number = 0; number < 3; number += 1) start();
  ends(1);
  ends(0);
  for (let number = 0; number < 2; number += 1) start();
  assert.is(seen(), '+c:0 +c:1 +c:2 -c:1 -c:0 +c:0 +c:1');
});

test(sentence('13.3'), () => {
  const { start, ends, seen } = crowd({ pool_size: 1 });
  start({ number: 2 });
  start();
  ends(2);
  start();
  start();
  assert.is(seen(), '+c:2 +c:0 -c:2 +c:1 +c:2');
});

test(sentence('13.4'), () => {
  const { start, heard, ref } = crowd();
  start({ number: 1 });
  start({ input: { a: 1 }, number: 1 });
  start({ input: { a: 2 }, number: 3 });
  start();
  start();
  start({ input: { a: 3 } });
  const refused = (a: number, why: string) => ({ type: 'dynamic.refused', input: { a }, why });
  const taken = 'number taken';
  assert.equal(heard(), [refused(1, taken), refused(2, taken), refused(3, 'full')]);
  const stays = crowd({}, { logic: 'stays' });
  stays.start();
  stays.ref.send({ type: 'dynamic.stop', now: false });
  stays.start({ input: { a: 4 } });
  assert.equal(stays.heard(), [refused(4, 'stopping')]);
  assert.is(ref.getSnapshot().status, 'active');
});

test(sentence('13.5'), () => {
  const { start, ends, dies, heard } = crowd();
  for (let number = 0; number < 3; number += 1) start();
  ends(1, { fine: true });
  dies(0);
  ends(2, { failure: 'told' });
  assert.equal(heard(), [
    { type: 'dynamic.ended', number: 1 },
    { type: 'dynamic.ended', number: 0, reason: 'Error: oops' },
    { type: 'dynamic.ended', number: 2, reason: 'told' },
  ]);
});

test(sentence('13.6'), () => {
  const { start, ref, heard, ends } = crowd({ pool_size: 2 });
  for (let number = 0; number < 3; number += 1) start();
  const say = (text: string) => ({ type: 'test.say', event: { type: text } });
  ref.send({ type: 'dynamic.tell', number: 2, event: say('one') });
  assert.equal(heard(), [{ type: 'one' }]);
  ref.send({ type: 'dynamic.tell_all', event: say('all') });
  assert.is(heard().length, 3);
  ends(2);
  heard();
  ref.send({ type: 'dynamic.tell', number: 2, event: say('one') });
  ref.send({ type: 'dynamic.tell', number: 99, event: say('one') });
  assert.equal(heard(), []);
});

test(sentence('13.7'), () => {
  const { start, at, heard } = crowd();
  start();
  const event = { type: 'connection.freed', number: 0, deep: { er: 1 } };
  at(0).send({ type: 'test.say', event });
  assert.equal(heard(), [event]);
});

test(sentence('13.8'), () => {
  for (const type of ['dynamic.stop', 'child.stop']) {
    const { start, ref, seen, clock, heard, output } = crowd({}, { logic: 'stays', shutdown: 200 });
    start();
    start();
    ref.send({ type, now: false });
    assert.is(seen(), '+c:0 +c:1 c:0? c:1?');
    clock.increment(199);
    assert.is(seen(), '');
    clock.increment(1);
    assert.is(seen(), '-c:0 -c:1');
    assert.is(heard().length, 2);
    assert.equal(output(), { kind: 'stopped', by: 'its supervisor', forced: true });
  }
  const kill = crowd({}, { logic: 'stays', shutdown: 'kill' });
  kill.start();
  kill.ref.send({ type: 'dynamic.stop', now: false, by: 'test' });
  assert.is(kill.seen(), '+c:0 -c:0', 'not asked');
  assert.equal(kill.output(), { kind: 'stopped', by: 'test', forced: false });
  const patient = crowd({}, { logic: 'stays', shutdown: 'infinity' });
  patient.start();
  patient.ref.send({ type: 'dynamic.stop', now: false });
  patient.clock.increment(1e9);
  assert.is(patient.status(), 'active');
});

test(sentence('13.9'), () => {
  const { start, ref, seen } = crowd({}, { logic: 'stays' });
  start();
  ref.send({ type: 'dynamic.stop', now: false });
  ref.send({ type: 'dynamic.stop', now: true });
  ref.send({ type: 'child.stop', now: true });
  assert.is(seen(), '+c:0 c:0? c:0! c:0!');
});

test(sentence('13.10'), () => {
  const { start, ref, ends, seen, status, decisions } = crowd({}, { logic: 'stays' });
  start();
  start();
  ref.send({ type: 'dynamic.stop', now: false });
  ends(1);
  assert.is(status(), 'active');
  ends(0);
  assert.is(status(), 'done');
  assert.is(seen(), '+c:0 +c:1 c:0? c:1? -c:1 -c:0');
  assert.is(decisions.at(-1)?.kind, 'ended');
  const idle = crowd();
  idle.ref.send({ type: 'dynamic.stop', now: false });
  assert.is(idle.status(), 'done');
});

test(sentence('13.11'), () => {
  const { start, ref, ends } = crowd({ children_max: 1000, pool_size: 64 });
  for (let number = 0; number < 1000; number += 1) start();
  const pools: [string, AnyActorRef][] = Object.entries(ref.getSnapshot().children);
  const sizes = pools.map(([, pool]) => Object.keys(pool.getSnapshot().children).length);
  assert.equal(sizes, [...new Array(15).fill(64), 40]);
  ends(64);
  start();
  assert.is(Object.keys(ref.getSnapshot().children).length, 16, 'pools stay, and fill up');
});

test(sentence('13.12'), () => {
  for (const restart of ['permanent', 'transient'] as const) {
    const { start, dies, ends, seen, clock, decisions } = crowd(
      {},
      { restart, restarts: RESTARTS },
    );
    start();
    start();
    seen();
    dies(1);
    clock.increment(99);
    start();
    assert.is(seen(), '-c:1 +c:2', 'its number is not given away');
    clock.increment(1);
    assert.is(seen(), '+c:1');
    assert.is(decisions.at(-1)?.kind, 'started');
    ends(1);
    clock.increment(200);
    assert.is(seen(), restart === 'permanent' ? '-c:1 +c:1' : '-c:1');
  }
});

test(sentence('13.13'), () => {
  const restarts = { ...RESTARTS, max_restart_attempts: 1 };
  const { start, dies, clock, seen, output, heard } = crowd({}, { restart: 'permanent', restarts });
  start();
  start();
  start();
  dies(2);
  dies(0);
  assert.is(seen(), '+c:0 +c:1 +c:2 -c:2 -c:0 c:1? -c:1');
  assert.equal(output(), { kind: 'gave up', failure: 'Error: oops', path: 'c:0' });
  assert.equal(
    heard().map(({ number }) => number),
    [0, 2, 1],
  );
  clock.increment(10_000);
  assert.is(seen(), '');
});

test(sentence('13.14'), () => {
  const { logics } = { logics: { obeys: actorLogic([], true) } };
  const errorOf = (change: object, template: object): SpecError => {
    const spec = {
      template: { name: 'c', logic: 'obeys', ...template },
      children_max: 1,
      ...change,
    };
    const root = createActor(dynamic({ logics, now_ms: () => 0 }), { input: spec as DynamicSpec });
    root.subscribe({ error: () => {} });
    const { error } = root.start().getSnapshot();
    assert.instance(error, SpecError);
    return error as SpecError;
  };
  assert.is(errorOf({}, { restart: 'permanent' }).code, 'bad_combination');
  assert.is(errorOf({}, { logic: 'x' }).code, 'unknown_logic');
  assert.is(errorOf({ children_max: 0 }, {}).code, 'bad_value');
  assert.is(errorOf({ pool_size: 0.5 }, {}).code, 'bad_value');
  assert.is(errorOf({}, { shutdown: -1 }).code, 'bad_value');
  assert.is(errorOf({}, { nam: 'c' }).code, 'unknown_member');
  assert.is(errorOf({}, { restarts: { ...RESTARTS, jitter: 7 } }).code, 'bad_value');
});

test('numbers stay in their bounds, whoever takes them', () => {
  const numbers = new Numbers(3);
  assert.ok(numbers.claim(1));
  assert.not.ok(numbers.claim(1) || numbers.claim(3) || numbers.claim(-1) || numbers.claim(0.5));
  assert.equal([numbers.take(), numbers.take(), numbers.take()], [0, 2, undefined]);
  numbers.giveBack(1);
  numbers.giveBack(1);
  numbers.giveBack(99);
  assert.is(numbers.size, 2);
  assert.ok(numbers.claim(1));
  assert.is(numbers.take(), undefined);
  for (let round = 0; round < 10; round += 1) {
    numbers.giveBack(1);
    assert.ok(numbers.claim(1));
  }
  assert.ok(numbers.has(1));
});

test.run();
