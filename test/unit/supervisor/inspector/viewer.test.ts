/** A viewer that does not keep up: what is held for it, what it misses, what it is told then. */

import { PassThrough } from 'node:stream';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { WebSocket } from 'ws';
import type { Message } from '../../../../supervisor/inspector/protocol.ts';
import { Definitions } from '../../../../supervisor/inspector/service/definition.ts';
import { Encoding } from '../../../../supervisor/inspector/service/encoding.ts';
import { Feed } from '../../../../supervisor/inspector/service/feed.ts';
import { Flows } from '../../../../supervisor/inspector/service/flows.ts';
import { Living } from '../../../../supervisor/inspector/service/living.ts';
import { Masking } from '../../../../supervisor/inspector/service/masking.ts';
import { LIMITS } from '../../../../supervisor/inspector/service/options.ts';
import { Timers } from '../../../../supervisor/inspector/service/timers.ts';
import { Viewer } from '../../../../supervisor/inspector/service/viewer.ts';
import { startShop } from '../../../support/inspected.ts';

const limits = { ...LIMITS, held_bytes_max: 1000, unread_ms_max: 100, events_max: 20 };

/** A shop, and a viewer whose socket passes on what the test says. */
function stage() {
  const shop = startShop();
  const timers = new Timers();
  const masking = new Masking();
  const living = new Living([shop], limits.actors_max);
  const encoding = new Encoding(masking, new Definitions(masking), timers, limits, () => {});
  const flows = new Flows(1);
  const describe = () => undefined;
  const onDefect = (error: unknown) => {
    throw error;
  };
  const feed = new Feed({
    ...{ roots: [shop], living, encoding, timers, flows, limits, onDefect },
    ...{ describe, reason: describe },
  });
  const messages: Message[] = [];
  const socket = {
    ...{ bufferedAmount: 0, readyState: 1, OPEN: 1 },
    send: (text: string) => messages.push(JSON.parse(text) as Message),
  };
  const deps = { living, feed, encoding, limits };
  const viewer = new Viewer(socket as unknown as WebSocket, new PassThrough(), deps);
  feed.start();
  viewer.extended = true;
  viewer.look();
  /** As the audience does it; what was written. */
  const flush = (now_ms = 0): Message[] => {
    viewer.reads(now_ms);
    viewer.tell(feed.tell(viewer.keeps_up));
    viewer.catchUp(Number.POSITIVE_INFINITY);
    return messages.splice(0);
  };
  const end = (): void => {
    feed.stop();
    shop.stop();
  };
  return { shop, feed, viewer, socket, messages, flush, end };
}

const types = (messages: readonly Message[]) => messages.map(({ type }) => type);

const test = suite('a viewer');

test('gets nothing more while too much lies unread, and then how things are', () => {
  const { shop, feed, viewer, socket, messages, flush, end } = stage();
  assert.equal(types(flush()), ['service.register', 'service.register']);
  shop.send({ type: 'hire', id: 'ann' });
  shop.send({ type: 'hire', id: 'bob' });
  flush();
  socket.bufferedAmount = limits.held_bytes_max + 1;
  for (let count = 0; count < 5; count++) shop.send({ type: 'customer' });
  shop.send({ type: 'fire', id: 'ann' });
  shop.send({ type: 'hire', id: 'cy' });
  assert.equal(flush(), []);
  shop.send({ type: 'customer' });
  viewer.vitals(feed.vitals());
  assert.equal(flush(), []);
  socket.bufferedAmount = 0;
  const now = flush();
  assert.equal(types(now), ['service.stop', 'service.register', 'service.state']);
  const [stop, register, state] = now;
  assert.is(stop?.type === 'service.stop' && stop.status, 'stopped');
  assert.is(register?.type === 'service.register' && register.id, 'cy');
  assert.is(state?.type === 'service.state' && JSON.parse(state.state).context.count, 6);
  viewer.vitals(feed.vitals());
  const [vitals] = messages;
  assert.ok(vitals?.type === 'service.vitals');
  // Five customers, one dismissal and one who was hired; then another customer.
  assert.is(vitals.dropped.events, 8);
  assert.is(Object.keys(vitals.actors).length, 4, 'of all, since it has missed some');
  end();
});

test('that keeps up again gets what happens, each once and in order', () => {
  const { shop, socket, flush, end } = stage();
  flush();
  socket.bufferedAmount = limits.held_bytes_max + 1;
  shop.send({ type: 'customer' });
  flush();
  socket.bufferedAmount = 0;
  flush();
  shop.send({ type: 'hire', id: 'ann' });
  shop.send({ type: 'close' });
  const told = flush().map((message) =>
    message.type === 'service.event' ? JSON.parse(message.event).name : message.type,
  );
  const ann = ['service.register', 'xstate.init', 'service.state'];
  assert.equal(told, ['hire', ...ann, 'close', 'service.state']);
  assert.equal(flush(), []);
  end();
});

test('that has not read for too long is told from one that reads', () => {
  const { viewer, socket, end } = stage();
  assert.ok(viewer.reads(0));
  socket.bufferedAmount = limits.held_bytes_max + 1;
  assert.ok(viewer.reads(1000));
  assert.ok(viewer.reads(1000 + limits.unread_ms_max));
  assert.not(viewer.reads(1001 + limits.unread_ms_max));
  socket.bufferedAmount = 0;
  assert.ok(viewer.reads(2000));
  socket.bufferedAmount = limits.held_bytes_max + 1;
  assert.ok(viewer.reads(2001), 'it has read meanwhile');
  end();
});

test('hears the latest events when there were too many, and none of them twice', () => {
  const { shop, feed, flush, end } = stage();
  flush();
  for (let count = 0; count < 55; count++) shop.send({ type: 'customer', count });
  const counts = flush().flatMap((message) =>
    message.type === 'service.event' ? [JSON.parse(message.event).data.count] : [],
  );
  assert.equal(
    counts,
    Array.from({ length: 20 }, (_, index) => 35 + index),
  );
  assert.is(feed.dropped.events, 35);
  assert.equal(flush(), []);
  end();
});

test.run();
