import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { http, SERVING, TAKEN } from '../../support/machines/http.ts';

const test = suite('http');

function serving() {
  const { server, begin } = http();
  const probed = begin();
  server.say(SERVING);
  return { server, ...probed };
}

test('is ready once it serves', () => {
  const { reports, snapshot } = serving();
  assert.equal(reports, [{ type: 'http.ready', id: 'probed', address: '/here' }]);
  assert.is(snapshot().value, 'serving');
});

test('ends the start when it cannot be had', () => {
  const { server, begin } = http();
  const { snapshot } = begin();
  server.say(TAKEN);
  assert.equal(snapshot().output, { failure: 'it is taken', code: 'taken' });
  assert.is(server.alive, 0);
});

test('never ends once it has served: it is opened again, after longer and longer waits', () => {
  const { server, clock, reports, snapshot } = serving();
  for (const wait_ms of [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]) {
    server.say(TAKEN);
    assert.is(snapshot().value, 'broken');
    assert.is(server.alive, 0);
    clock.increment(wait_ms - 1);
    assert.is(server.alive, 0);
    clock.increment(1);
    assert.is(server.alive, 1);
  }
  server.say(SERVING);
  assert.is(snapshot().value, 'serving');
  assert.is(reports.length, 1, 'it is ready once');
  server.say(TAKEN);
  clock.increment(1000);
  assert.is(server.alive, 1, 'the shortest wait again');
});

test('waits until it is closed, and hears when nobody is waited for', () => {
  const { server, send, snapshot } = serving();
  send({ type: 'child.stop', now: false });
  send({ type: 'child.stop', now: true });
  assert.equal(
    server.told,
    [false, true].map((now) => ({ type: 'server.close', now })),
  );
  assert.is(snapshot().value, 'closing');
  server.say({ type: 'server.closed' });
  assert.is(snapshot().status, 'done');
  assert.is(snapshot().output, undefined);
});

test('ends at once while there is no server', () => {
  const { server, send, snapshot } = serving();
  server.say(TAKEN);
  send({ type: 'child.stop', now: false });
  assert.is(snapshot().status, 'done');
});

test.run();
