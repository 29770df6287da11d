import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { change, sockets } from '../../support/machines/sockets.ts';

const test = suite('sockets');

function held() {
  const { holder, begin } = sockets();
  const probed = begin();
  holder.say({ type: 'holder.bound', addresses: ['/here', '127.0.0.1:7890'] });
  return { holder, ...probed };
}

test('is ready once the sockets are bound', () => {
  const { reports, snapshot } = held();
  const addresses = ['/here', '127.0.0.1:7890'];
  assert.equal(reports, [{ type: 'sockets.ready', id: 'probed', addresses }]);
  assert.is(snapshot().value, 'held');
});

test('ends with the reason when they cannot be had', () => {
  const { holder, begin } = sockets();
  const { snapshot } = begin();
  holder.say({ type: 'holder.failed', code: 'taken', reason: 'somebody has the port' });
  assert.equal(snapshot().output, { failure: 'somebody has the port', code: 'taken' });
  assert.is(holder.alive, 0);
});

test('waits until they are closed, and is told to stop once only', () => {
  const { holder, send, snapshot } = held();
  send({ type: 'child.stop', now: false });
  send({ type: 'child.stop', now: true });
  assert.equal(holder.told, [{ type: 'holder.close' }]);
  assert.is(snapshot().value, 'closing');
  holder.say({ type: 'holder.closed' });
  assert.is(snapshot().status, 'done');
  assert.is(snapshot().output, undefined);
});

test('passes a change on while it holds them, and refuses it before and after', () => {
  const { holder, begin } = sockets();
  const { send } = begin();
  const early = change();
  send(early.event);
  assert.match(JSON.stringify(early.answers), 'ask again');
  holder.say({ type: 'holder.bound', addresses: [] });
  const timely = change();
  send(timely.event);
  assert.equal(timely.answers, []);
  assert.equal(
    holder.told.map(({ type }) => type),
    ['holder.change'],
  );
  send({ type: 'child.stop', now: false });
  const late = change();
  send(late.event);
  assert.is(late.answers[0]?.ok, false);
  assert.is(holder.told.length, 2);
});

test.run();
