import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { AnyActorRef } from 'xstate';
import {
  type ConnectionInput,
  connectionMachine,
  type SessionCommand,
  type SessionInput,
  type SocketCommand,
} from '../../../machines/connection.ts';
import {
  type ListenerInput,
  listenerMachine,
  type ServerCommand,
} from '../../../machines/listener.ts';
import { POOL_SIZE, poolMachine } from '../../../machines/pool.ts';
import { fakeEffect } from '../../support/fake-effect.ts';
import { configWith, probe } from '../../support/probe.ts';

async function listener(connections_max: number) {
  const server = fakeEffect<ServerCommand, ListenerInput>();
  const socket = fakeEffect<SocketCommand, ConnectionInput>();
  const session = fakeEffect<SessionCommand, SessionInput>();
  const config = await configWith(({ limits }) => {
    limits.connections_max = connections_max;
  });
  const connection = connectionMachine.provide({
    actors: { socket: socket.logic, session: session.logic },
  });
  const pool = poolMachine.provide({ actors: { connection } });
  const machine = listenerMachine.provide({ actors: { server: server.logic, pool } });
  const probed = probe(machine, { config });
  server.say({ type: 'server.listening', address: '/here' });
  const accept = (number: number) => server.say({ type: 'socket.accepted', number });
  return { ...probed, server, socket, accept };
}

function childrenOf(actor: AnyActorRef | undefined): number {
  return Object.keys(actor?.getSnapshot().children).length;
}

const test = suite('listener');

test('is ready once it listens', async () => {
  const { reports, snapshot } = await listener(1);
  assert.equal(reports, [{ type: 'listener.ready', address: '/here' }]);
  assert.is(snapshot().value, 'listening');
});

test('turns away more connections than it may have, and takes new ones after that', async () => {
  const { server, socket, accept, snapshot } = await listener(2);
  for (const number of [1, 2, 3]) accept(number);
  assert.equal(server.told, [{ type: 'socket.turn_away', number: 3 }]);
  assert.is(socket.alive, 2);
  socket.say({ type: 'socket.closed' });
  assert.is(Object.keys(snapshot().context.pools).length, 1);
  accept(4);
  assert.is(server.told.length, 1);
  assert.is(socket.alive, 2);
});

test('spreads connections over pools and leaves none behind', async () => {
  const { socket, accept, snapshot } = await listener(200);
  for (let number = 1; number <= 150; number += 1) accept(number);
  const pools = Object.entries(snapshot().children).filter(([id]) => id.startsWith('pool:'));
  assert.is(pools.length, Math.ceil(150 / POOL_SIZE));
  for (const [, pool] of pools) assert.ok(childrenOf(pool) <= POOL_SIZE);
  for (let left = 150; left > 0; left -= 1) socket.say({ type: 'socket.closed' });
  assert.is(socket.alive, 0);
  for (const [, pool] of pools) assert.is(childrenOf(pool), 0);
});

test('closes the server, then waits for the connections', async () => {
  const { server, socket, accept, send, reports, snapshot } = await listener(5);
  accept(1);
  send({ type: 'listener.close' });
  assert.equal(server.told, [{ type: 'server.close' }]);
  assert.equal(socket.told, [{ type: 'socket.drain' }]);
  server.say({ type: 'server.closed' });
  assert.equal(snapshot().value, { closing: 'connections' });
  socket.say({ type: 'socket.closed' });
  assert.equal(reports.at(-1), { type: 'listener.closed' });
  assert.is(snapshot().status, 'done');
});

test('says why it cannot listen', async () => {
  const { server, reports } = await listener(1);
  server.say({ type: 'server.failed', code: 'busy', reason: 'somebody is there' });
  assert.equal(reports.at(-1), {
    type: 'listener.failed',
    code: 'busy',
    reason: 'somebody is there',
  });
});

test.run();
