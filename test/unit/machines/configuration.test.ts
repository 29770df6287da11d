/** How a daemon comes to another configuration: who is answered what, by how many reloads. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { configuration, FOUND } from '../../support/machines/configuration.ts';

const test = suite('configuration');

/** One that is up. */
function running() {
  const one = configuration();
  one.send({ type: 'daemon.running' });
  return one;
}

const HUP = { type: 'reload.asked', by: 'SIGHUP' } as const;
const APPLIED = { applied: FOUND.live, restart_needed: FOUND.waiting };

test('reads, takes over, and answers whoever asked', () => {
  const { clock, snapshot, ask, reader, applier, answers, told } = running();
  assert.is(snapshot().value, 'idle');
  ask('a');
  assert.is(snapshot().value, 'reading');
  reader.say({ type: 'reader.found', found: FOUND });
  assert.is(snapshot().value, 'applying');
  assert.is(reader.alive, 0);
  assert.equal(applier.started, [FOUND]);
  assert.equal(answers, [], 'not before it is done');
  applier.say({ type: 'applier.done', ...APPLIED });
  assert.is(snapshot().value, 'resting');
  clock.increment(100);
  assert.is(snapshot().value, 'idle');
  assert.equal(answers, [['a', { kind: 'applied', ...APPLIED, warnings: FOUND.warnings }]]);
  assert.equal(told, ['reload for a', 'applied']);
});

test('what is asked while it reads is answered by one more reload, however many ask', () => {
  const { clock, send, snapshot, ask, reader, applier, answers, told } = running();
  ask('a');
  for (let count = 0; count < 100; count += 1) send(HUP);
  for (const by of ['b', 'c']) ask(by);
  reader.say({ type: 'reader.found', found: FOUND });
  send(HUP);
  assert.is(snapshot().context.next.length, 3, 'a hundred signals are one');
  applier.say({ type: 'applier.refused', problems: ['the port is taken'] });
  assert.is(snapshot().value, 'resting');
  clock.increment(100);
  assert.is(snapshot().value, 'reading', 'they have missed what was read');
  assert.equal(answers, [['a', { kind: 'refused', problems: ['the port is taken'] }]]);
  reader.say({ type: 'reader.refused', problems: ['it is gone'] });
  clock.increment(100);
  assert.is(snapshot().value, 'idle');
  const gone = { kind: 'refused', problems: ['it is gone'] };
  assert.equal(answers.slice(1), [
    ['b', gone],
    ['c', gone],
  ]);
  const reloads = ['reload for a', 'refused', 'reload for SIGHUP, b, c', 'refused'];
  assert.equal(told, reloads);
});

test('what is asked while the daemon starts waits until it is up', () => {
  const { send, snapshot, ask, told } = configuration();
  send(HUP);
  ask('a');
  assert.is(snapshot().value, 'starting');
  assert.equal(told, []);
  send({ type: 'daemon.running' });
  assert.equal(told, ['reload for SIGHUP, a']);
});

test('when the daemon stops, whoever asked or asks is refused, and nothing goes on', () => {
  for (const state of ['starting', 'idle', 'reading', 'applying', 'resting'] as const) {
    const { send, snapshot, ask, reader, applier, answers } =
      state === 'starting' ? configuration() : running();
    if (state !== 'idle') ask('a');
    if (state === 'applying') reader.say({ type: 'reader.found', found: FOUND });
    if (state === 'resting') reader.say({ type: 'reader.refused', problems: [] });
    answers.length = 0;
    assert.is(snapshot().value, state);
    send({ type: 'daemon.stopping' });
    ask('b');
    send({ type: 'daemon.stopping' });
    const all = state === 'idle' || state === 'resting' ? ['b'] : ['a', 'b'];
    assert.equal(
      answers,
      all.map((by) => [by, { kind: 'stopping' }]),
    );
    assert.is(reader.alive + applier.alive, 0);
    send({ type: 'child.stop', now: false });
    assert.is(snapshot().status, 'done');
    assert.is(answers.length, all.length, 'each is answered once');
  }
});

test('neither reading nor taking over lasts for ever', () => {
  const { clock, snapshot, ask, reader, applier, answers } = running();
  ask('a');
  clock.increment(10_000);
  clock.increment(100);
  assert.is(snapshot().value, 'idle');
  assert.is(reader.alive, 0);
  ask('b');
  reader.say({ type: 'reader.found', found: FOUND });
  clock.increment(300_000);
  assert.is(snapshot().value, 'resting');
  assert.is(applier.alive, 0);
  const texts = answers.map(([, outcome]) => JSON.stringify(outcome));
  assert.match(texts[0] ?? '', 'reading the configuration was not done within 10000 ms');
  assert.match(texts[1] ?? '', 'what was taken over by then counts');
});

test.run();
