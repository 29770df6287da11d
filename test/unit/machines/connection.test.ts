import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type ConnectionChildInput,
  connectionMachine,
  type SessionCommand,
  type SessionInput,
  type SocketCommand,
} from '../../../machines/connection.ts';
import { fakeEffect } from '../../support/fake-effect.ts';
import { configWith, probe } from '../../support/probe.ts';

async function connection() {
  const socket = fakeEffect<SocketCommand, ConnectionChildInput>();
  const session = fakeEffect<SessionCommand, SessionInput>();
  const config = await configWith(({ limits }) => {
    limits.partial_frame_timeout_ms = 500;
    limits.shutdown_timeout_ms = 3000;
  });
  const machine = connectionMachine.provide({
    actors: { socket: socket.logic, session: session.logic },
  });
  const probed = probe(machine, { number: 3, config });
  const receive = (name: string, count: number) =>
    probed.send({
      type: 'requests.received',
      groups: [{ session: name, requests: Array.from({ length: count }, () => ({})) }],
    });
  const answer = (name: string, count: number) =>
    probed.send({ type: 'requests.answered', session: name, count });
  return { ...probed, socket, session, receive, answer };
}

const types = (events: readonly { type: string }[]) => events.map(({ type }) => type);
const test = suite('connection');

test('is busy while requests are under way', async () => {
  const { snapshot, receive, answer } = await connection();
  assert.equal(snapshot().value, { open: 'idle' });
  receive('default', 3);
  assert.equal(snapshot().value, { open: 'busy' });
  answer('default', 2);
  assert.equal(snapshot().value, { open: 'busy' });
  answer('default', 1);
  assert.equal(snapshot().value, { open: 'idle' });
});

test('has one session for each project, used again', async () => {
  const { session, receive } = await connection();
  receive('default', 1);
  receive('tower', 1);
  receive('default', 1);
  assert.equal(
    session.started.map((input) => input.session),
    ['default', 'tower'],
  );
  assert.equal(types(session.told), ['session.submit', 'session.submit', 'session.submit']);
});

test('stops idle sessions of a client that names many projects, never busy ones', async () => {
  const { session, receive, answer } = await connection();
  receive('busy', 1);
  for (let i = 0; i < 100; i += 1) {
    receive(`p${i}`, 1);
    answer(`p${i}`, 1);
  }
  assert.is(session.started.length, 101);
  assert.ok(session.alive <= 16, `${session.alive} sessions live`);
  receive('busy', 1);
  assert.is(session.started.length, 101, 'the busy one was still there');
});

test('stops reading while its replies are not read, and goes on afterwards', async () => {
  const { socket, session, send, snapshot, receive } = await connection();
  receive('default', 2);
  send({ type: 'output.full' });
  assert.equal(snapshot().value, { open: 'paused' });
  assert.equal(types(socket.told), ['socket.pause']);
  assert.is(session.told.at(-1)?.type, 'session.pause');
  send({ type: 'output.drained' });
  assert.equal(snapshot().value, { open: 'busy' });
  assert.equal(types(socket.told), ['socket.pause', 'socket.resume']);
  assert.is(session.told.at(-1)?.type, 'session.resume');
});

test('a request still arrives while paused, and is held by its session', async () => {
  const { session, send, snapshot, receive } = await connection();
  send({ type: 'output.full' });
  receive('default', 1);
  assert.equal(snapshot().value, { open: 'paused' });
  assert.is(session.started[0]?.held, true);
  send({ type: 'output.drained' });
  assert.equal(types(session.told), ['session.submit', 'session.resume']);
  receive('tower', 1);
  assert.is(session.started[1]?.held, false);
});

test('refuses a request whose rest does not come in time', async () => {
  const { socket, clock, send } = await connection();
  send({ type: 'frame.partial' });
  clock.increment(499);
  assert.equal(socket.told, []);
  clock.increment(1);
  assert.equal(types(socket.told), ['socket.refuse_partial', 'socket.end']);
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

test('answers what is under way before it ends', async () => {
  const { socket, send, snapshot, receive, answer } = await connection();
  receive('default', 1);
  send({ type: 'input.ended' });
  assert.equal(socket.told, []);
  answer('default', 1);
  assert.equal(types(socket.told), ['socket.end']);
  send({ type: 'socket.closed' });
  assert.is(snapshot().status, 'done');
});

test('waits as long as it takes for the answers to a client that has sent all', async () => {
  const { socket, clock, send, receive, answer } = await connection();
  receive('default', 1);
  send({ type: 'input.ended' });
  clock.increment(3_600_000);
  assert.equal(socket.told, []);
  answer('default', 1);
  assert.equal(types(socket.told), ['socket.end']);
});

test('ends without its answers when they take longer than the shutdown may', async () => {
  const { socket, clock, send, snapshot, receive } = await connection();
  receive('default', 1);
  send({ type: 'connection.drain' });
  clock.increment(2999);
  assert.is(snapshot().status, 'active');
  clock.increment(1);
  assert.equal(types(socket.told), ['socket.destroy']);
  assert.is(snapshot().status, 'done');
});

test('a client that goes away ends everything at once', async () => {
  const { socket, session, snapshot, receive } = await connection();
  receive('default', 1);
  socket.say({ type: 'socket.closed' });
  assert.is(snapshot().status, 'done');
  assert.is(session.alive + socket.alive, 0);
});

test.run();
