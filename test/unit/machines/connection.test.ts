import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type ConnectionInput,
  connectionMachine,
  SESSIONS_KEPT,
  type SessionCommand,
  type SessionInput,
  type SocketCommand,
} from '../../../machines/connection.ts';
import { fakeEffect } from '../../support/fake-effect.ts';
import { configWith, probe } from '../../support/probe.ts';

async function connection() {
  const socket = fakeEffect<SocketCommand, ConnectionInput>();
  const session = fakeEffect<SessionCommand, SessionInput>();
  const config = await configWith(({ limits }) => {
    limits.partial_frame_timeout_ms = 500;
    limits.shutdown_timeout_ms = 3000;
  });
  const machine = connectionMachine.provide({
    actors: { socket: socket.logic, session: session.logic },
  });
  return { ...probe(machine, { number: 3, config }), socket, session };
}

const types = (events: readonly { type: string }[]) => events.map(({ type }) => type);
const test = suite('connection');

test('starts a session for each project that the socket asks for', async () => {
  const { socket, session } = await connection();
  for (const name of ['default', 'tower']) {
    socket.say({ type: 'session.needed', session: name, retire: undefined });
  }
  assert.equal(
    session.started.map((input) => input.session),
    ['default', 'tower'],
  );
  assert.is(session.alive, 2);
});

test('stops a session that has nothing to do for each one over the number it keeps', async () => {
  const { session, send } = await connection();
  for (let i = 0; i < SESSIONS_KEPT + 20; i += 1) {
    send({ type: 'session.needed', session: `p${i}`, retire: i === 0 ? undefined : `p${i - 1}` });
  }
  assert.is(session.started.length, SESSIONS_KEPT + 20);
  assert.is(session.alive, SESSIONS_KEPT);
});

test('keeps sessions that are all busy, however many', async () => {
  const { session, send } = await connection();
  for (let i = 0; i < 2 * SESSIONS_KEPT; i += 1) {
    send({ type: 'session.needed', session: `p${i}`, retire: undefined });
  }
  assert.is(session.alive, 2 * SESSIONS_KEPT);
});

test('stops reading while its replies are not read, and goes on afterwards', async () => {
  const { socket, send, snapshot } = await connection();
  send({ type: 'output.full' });
  assert.equal(snapshot().value, { open: 'paused' });
  send({ type: 'output.drained' });
  assert.equal(snapshot().value, { open: 'flowing' });
  assert.equal(types(socket.told), ['socket.pause', 'socket.resume']);
});

test('refuses a request whose rest does not come in time', async () => {
  const { socket, clock, send } = await connection();
  send({ type: 'frame.partial' });
  clock.increment(499);
  assert.equal(socket.told, []);
  clock.increment(1);
  assert.equal(types(socket.told), ['socket.refuse_partial', 'socket.drain']);
});

test('counts the time of each partial request anew, and not that of whole ones', async () => {
  const { socket, clock, send } = await connection();
  for (let i = 0; i < 5; i += 1) {
    send({ type: 'frame.partial' });
    clock.increment(400);
  }
  send({ type: 'frame.whole' });
  clock.increment(10_000);
  assert.equal(socket.told, []);
});

test('waits as long as it takes for the answers to a client that has sent all', async () => {
  const { socket, clock, send, snapshot } = await connection();
  send({ type: 'input.ended' });
  clock.increment(3_600_000);
  assert.equal(types(socket.told), ['socket.drain']);
  socket.say({ type: 'socket.idle' });
  assert.equal(types(socket.told), ['socket.drain', 'socket.end']);
  send({ type: 'socket.closed' });
  assert.is(snapshot().status, 'done');
});

test('ends without its answers when they take longer than the shutdown may', async () => {
  const { socket, clock, send, snapshot } = await connection();
  send({ type: 'connection.drain' });
  clock.increment(2999);
  assert.is(snapshot().status, 'active');
  clock.increment(1);
  assert.equal(types(socket.told), ['socket.drain', 'socket.destroy']);
  assert.is(snapshot().status, 'done');
});

test('a shutdown limits a connection that was ending by itself', async () => {
  const { clock, send, snapshot } = await connection();
  send({ type: 'input.ended' });
  send({ type: 'connection.drain' });
  clock.increment(3000);
  assert.is(snapshot().status, 'done');
});

test('holds requests back while it drains, until the client has read', async () => {
  const { socket, send } = await connection();
  send({ type: 'output.full' });
  send({ type: 'input.ended' });
  assert.equal(types(socket.told), ['socket.pause', 'socket.drain']);
  send({ type: 'output.drained' });
  send({ type: 'output.full' });
  const before = ['socket.pause', 'socket.drain', 'socket.resume', 'socket.pause'];
  assert.equal(types(socket.told), before);
});

test('a client that goes away ends everything at once', async () => {
  const { socket, session, send, snapshot } = await connection();
  send({ type: 'session.needed', session: 'default', retire: undefined });
  socket.say({ type: 'socket.closed' });
  assert.is(snapshot().status, 'done');
  assert.is(session.alive + socket.alive, 0);
});

test.run();
