/** Where the inspector is served, when it is not, and that everybody who asks is told. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { inspector, ON_4000 } from '../../support/machines/inspector.ts';

const test = suite('inspector');

/** One that is served at port 4000. */
function serving() {
  const { server, told, begin } = inspector();
  const one = begin();
  one.on(4000);
  server.say({ type: 'server.serving', port: 4000 });
  return { ...one, server, told };
}

test('is off until somebody asks, and told where it is whoever asks', () => {
  const { server, told, begin } = inspector();
  const { snapshot, on, answers } = begin();
  assert.is(snapshot().value, 'off');
  assert.is(server.alive, 0);
  on();
  on();
  assert.equal(server.started, [{ port: 0 }]);
  assert.equal(answers, [], 'not before it is there');
  server.say({ type: 'server.serving', port: 4000 });
  on(4000);
  const there = { kind: 'serving', port: 4000 };
  assert.equal(answers, [there, there, there]);
  assert.equal(told, ['serving 4000'], 'once');
});

test('is served from the start on when it is enabled, at its port', () => {
  const { server, begin } = inspector(ON_4000);
  assert.is(begin().snapshot().value, 'starting');
  assert.equal(server.started, [{ port: 4000 }]);
});

test('a port that is taken is said, and nothing else is tried', () => {
  const { server, told, begin } = inspector(ON_4000);
  const { snapshot, clock, on, off, answers } = begin();
  on();
  server.say({ type: 'server.failed', reason: 'port 4000 is taken' });
  assert.is(snapshot().value, 'failed');
  assert.equal(answers, [{ kind: 'failed', reason: 'port 4000 is taken' }]);
  assert.equal(told, ['port 4000 is taken']);
  clock.increment(3_600_000);
  assert.is(server.started.length, 1);
  assert.is(server.alive, 0);
  on(4001);
  assert.equal(server.started[1], { port: 4001 });
  off();
  server.say({ type: 'server.closed' });
  assert.equal(answers.slice(1), [{ kind: 'off' }, { kind: 'off' }]);
});

test('is watched while there are viewers', () => {
  const { server, snapshot } = serving();
  assert.equal(snapshot().value, { serving: 'idle' });
  server.say({ type: 'viewers.came' });
  assert.equal(snapshot().value, { serving: 'watched' });
  server.say({ type: 'viewers.left' });
  assert.equal(snapshot().value, { serving: 'idle' });
});

test('moves to another port when it is asked to, and answers from there', () => {
  const { server, told, on, answers, snapshot } = serving();
  on(4001);
  assert.is(snapshot().value, 'stopping');
  assert.equal(server.told, [{ type: 'server.close' }]);
  on(4002);
  server.say({ type: 'server.closed' });
  assert.equal(server.started[1], { port: 4002 });
  server.say({ type: 'server.serving', port: 4002 });
  const there = { kind: 'serving', port: 4002 };
  assert.equal(answers.slice(1), [there, there]);
  assert.is(server.alive, 1);
  assert.equal(told, ['serving 4000', 'end', 'serving 4002']);
});

test('who closes for too long is dropped', () => {
  const { server, off, answers, clock } = serving();
  off();
  clock.increment(1000);
  assert.equal(answers[1], { kind: 'off' });
  assert.is(server.alive, 0);
});

test('one that does not begin has failed', () => {
  const { server, begin } = inspector(ON_4000);
  const { clock, snapshot } = begin();
  clock.increment(5000);
  assert.is(snapshot().context.reason, 'it did not begin within 5000 ms');
  assert.is(server.alive, 0);
});

test('when its daemon stops it closes and refuses whoever asks', () => {
  const { server, send, snapshot, on, answers } = serving();
  send({ type: 'child.stop', now: false });
  on();
  assert.equal(answers[1], { kind: 'stopping' });
  server.say({ type: 'server.closed' });
  assert.is(snapshot().status, 'done');
  const idle = inspector().begin();
  idle.send({ type: 'child.stop', now: false });
  assert.is(idle.snapshot().status, 'done', 'at once');
});

test.run();
