import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { AnyActorRef } from 'xstate';
import { LiveConfig } from '../../../conf/live.ts';
import type { Config } from '../../../conf/schema.ts';
import {
  type ConnectionInput,
  connectionMachine,
  type SocketCommand,
} from '../../../machines/connection.ts';
import {
  type Idle,
  type ListenerEvent,
  type ListenerInput,
  listenerMachine,
  numbersMax,
  type ServerCommand,
} from '../../../machines/listener.ts';
import { Crowd, Places } from '../../../machines/places.ts';
import {
  type SessionCommand,
  type SessionInput,
  sessionMachine,
} from '../../../machines/session.ts';
import type { SocketKind } from '../../../machines/sockets.ts';
import { dynamic } from '../../../machines/supervision/index.ts';
import { fakeEffect } from '../../support/fake-effect.ts';
import { configWith, probe } from '../../support/probe.ts';

const LISTENING: ListenerEvent = { type: 'server.listening', address: '/here' };

async function listener(max_connections: number, kind: SocketKind = 'unix', says = LISTENING) {
  const server = fakeEffect<ServerCommand, ListenerInput>();
  const socket = fakeEffect<SocketCommand, ConnectionInput>();
  const session = fakeEffect<SessionCommand, SessionInput>();
  const first = await configWith(({ performance }) => {
    performance.max_connections = max_connections;
  });
  const config = new LiveConfig(first);
  const replace = (limits: Partial<Config['limits']>) =>
    config.replace({ ...config.toJSON(), limits: { ...config.limits, ...limits } });
  const replaceAll = async (change: Parameters<typeof configWith>[0]) =>
    config.replace(await configWith(change));
  const connection = connectionMachine.provide({
    actors: {
      socket: socket.logic,
      session: sessionMachine.provide({ actors: { requests: session.logic } }),
    },
  });
  const connections = dynamic({ logics: { connection }, now_ms: () => 0 });
  const machine = listenerMachine.provide({ actors: { server: server.logic, connections } });
  const crowd = new Crowd(() => numbersMax(config));
  const probed = probe(machine, { kind, crowd, config });
  server.say(says);
  const accept = (accepted: number, idlest?: Idle) =>
    server.say({ type: 'socket.accepted', accepted, idlest });
  return { ...probed, server, socket, accept, replace, replaceAll };
}

function childrenOf(actor: AnyActorRef | undefined): number {
  return Object.keys(actor?.getSnapshot().children).length;
}

const test = suite('listener');

test('is ready once it listens', async () => {
  const { reports, snapshot } = await listener(1);
  assert.equal(reports, [{ type: 'listener.ready', id: 'probed', address: '/here' }]);
  assert.is(snapshot().value, 'listening');
});

test('is ready as well where there is no socket of its kind', async () => {
  const { reports, snapshot } = await listener(1, 'tcp', { type: 'server.gone' });
  assert.equal(reports, [{ type: 'listener.ready', id: 'probed' }]);
  assert.is(snapshot().value, 'off');
});

test('takes as many guests as the configuration of this moment says', async () => {
  const { socket, accept, server, replace } = await listener(1);
  replace({ operators_max: 1 });
  for (const accepted of [1, 2, 3]) accept(accepted);
  assert.equal(
    socket.started.map(({ guest }) => guest),
    [false, true],
  );
  replace({ operators_max: 3 });
  for (const accepted of [4, 5, 6]) accept(accepted);
  assert.is(socket.started.length, 4);
  assert.is(server.told.length, 2);
});

test('takes guests beyond its places, then turns away, and takes new ones after that', async () => {
  const { server, socket, accept, snapshot } = await listener(2);
  for (const accepted of [1, 2, 3, 4, 5]) accept(accepted);
  assert.equal(
    socket.started.map(({ guest }) => guest),
    [false, false, true, true],
  );
  assert.equal(server.told, [{ type: 'socket.turn_away', accepted: 5, why: 'too many' }]);
  // All four of them: that is what the fake does.
  socket.say({ type: 'socket.closed', under_way: false, idle: false });
  assert.is(snapshot().context.places.size, 3);
  accept(6);
  assert.is(server.told.length, 1);
  assert.is(socket.alive, 4);
});

test('the idlest gives way when all places are taken, if it has been idle for long', async () => {
  const { server, socket, accept, snapshot } = await listener(2);
  accept(1);
  accept(2);
  accept(3, { number: 0, idle_ms: 59_999 });
  assert.is(socket.started.at(-1)?.guest, true);
  accept(4, { number: 0, idle_ms: 60_000 });
  assert.is(socket.started.at(-1)?.guest, false);
  assert.equal(server.told, [{ type: 'connection.yield', number: 0 }]);
  assert.is(snapshot().context.places.members, 2);
});

test('uses the numbers of connections again, however many there were', async () => {
  const { socket, accept } = await listener(3);
  const numbers = new Set<number>();
  for (let accepted = 1; accepted <= 500; accepted += 1) {
    accept(accepted);
    numbers.add(socket.started.at(-1)!.number);
    socket.say({ type: 'socket.closed', under_way: false, idle: false });
  }
  assert.ok(numbers.size <= 3, `${numbers.size} numbers`);
});

test('a connection that only waits for its replies to be read takes no place', async () => {
  const { socket, accept, snapshot } = await listener(1);
  accept(1);
  socket.say({ type: 'input.ended' });
  socket.say({ type: 'socket.idle' });
  assert.is(snapshot().context.places.members, 0);
  accept(2);
  assert.is(socket.started.at(-1)?.guest, false);
});

test('spreads connections over pools and leaves none behind', async () => {
  const { socket, accept, snapshot } = await listener(200);
  for (let number = 1; number <= 150; number += 1) accept(number);
  const connections: AnyActorRef | undefined = snapshot().children.connections;
  const pools = Object.entries<AnyActorRef>(connections?.getSnapshot().children);
  assert.ok(pools.length >= 150 / 64, `${pools.length} pools`);
  for (const [, pool] of pools) assert.ok(childrenOf(pool) <= 64);
  const closed = { type: 'socket.closed', under_way: false, idle: false } as const;
  for (let left = 150; left > 0; left -= 1) socket.say(closed);
  assert.is(socket.alive, 0);
  for (const [, pool] of pools) assert.is(childrenOf(pool), 0);
});

test('closes the server, then waits for the connections', async () => {
  const { server, socket, accept, send, snapshot } = await listener(5);
  accept(1);
  send({ type: 'child.stop', now: false });
  assert.equal(server.told, [{ type: 'server.close' }]);
  assert.equal(socket.told, [{ type: 'socket.refuse_new' }, { type: 'socket.probe' }]);
  server.say({ type: 'server.closed' });
  assert.equal(snapshot().value, { closing: 'connections' });
  socket.say({ type: 'socket.closed', under_way: false, idle: false });
  assert.is(snapshot().status, 'done');
  assert.is(snapshot().output, undefined);
});

test('told again to close, gives up what is under way', async () => {
  const { socket, accept, send, clock } = await listener(5);
  accept(1);
  send({ type: 'child.stop', now: false });
  send({ type: 'child.stop', now: true });
  clock.increment(1);
  const told = socket.told.map(({ type }) => type);
  assert.ok(told.includes('socket.give_up') && told.includes('socket.refuse_rest'), `${told}`);
});

test('keeps its connections while there is no socket, and listens again', async () => {
  const { server, socket, accept, send, snapshot } = await listener(5, 'tcp');
  accept(1);
  server.say({ type: 'server.gone' });
  assert.is(snapshot().value, 'off');
  assert.is(socket.alive, 1);
  assert.equal(socket.told, []);
  server.say({ type: 'server.listening', address: '/there' });
  assert.is(snapshot().value, 'listening');
  assert.is(snapshot().context.address, '/there');
  server.say({ type: 'server.gone' });
  send({ type: 'child.stop', now: false });
  assert.equal(server.told, [{ type: 'server.close' }]);
});

test('asks for a token where the configuration of this moment says so', async () => {
  for (const kind of ['unix', 'tcp'] as const) {
    const { socket, accept, replaceAll } = await listener(5, kind);
    accept(1);
    await replaceAll((config) => {
      config.sockets.unix.authentication = true;
    });
    accept(2);
    await replaceAll((config) => {
      config.security.token_file = '/tokens';
    });
    accept(3);
    assert.equal(
      socket.started.map(({ trust }) => trust),
      kind === 'unix' ? ['full', 'token', 'full'] : ['full', 'full', 'token'],
    );
  }
});

test('listeners share the places and the numbers, and one that begins anew frees its own', () => {
  const crowd = new Crowd(() => 3);
  const [unix, tcp] = [new Places(crowd, 'unix'), new Places(crowd, 'tcp')];
  assert.equal([unix.take('member'), tcp.take('member'), tcp.take('guest')], [0, 1, 2]);
  assert.equal([unix.members, tcp.guests, unix.size, tcp.size], [2, 1, 1, 2]);
  assert.is(unix.roomy, false);
  unix.release(1);
  assert.is(tcp.members, 1, 'any connection may have to give way');
  unix.giveBack(1);
  assert.is(tcp.size, 2, 'but only its own listener hears that it has ended');
  const again = new Places(crowd, 'tcp');
  assert.equal([again.size, again.members, again.guests], [0, 1, 0]);
  assert.is(unix.roomy, true);
});

test.run();
