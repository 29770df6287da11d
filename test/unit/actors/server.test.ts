/** What a listener takes from its sockets, and how clients are turned away. */

import { existsSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type AnyEventObject, createActor, createMachine, sendTo } from 'xstate';
import { stopping, tooManyConnections } from '../../../actors/connection/refusals.ts';
import type { PlacedConnection } from '../../../actors/connection/sessions.ts';
import { Farewell } from '../../../actors/listener/farewell.ts';
import { SocketHolder } from '../../../actors/listener/holder.ts';
import { serverEffect } from '../../../actors/listener/server.ts';
import { LiveConfig } from '../../../conf/live.ts';
import type { ServerCommand } from '../../../machines/listener.ts';
import { Crowd } from '../../../machines/places.ts';
import { FakeSocket } from '../../support/fake-socket.ts';
import { configWith } from '../../support/probe.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const directory = temporaryDirectory();

/** Looks until something is so. */
async function until(isSo: () => boolean): Promise<void> {
  for (let looks = 0; !isSo(); looks += 1) {
    if (looks > 1000) throw new Error('it did not come about');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A server at a path, beside connections that have been idle for so long. */
async function listening(name: string, idle_ms: readonly (number | 'stranger' | undefined)[] = []) {
  const first = await configWith(({ sockets, performance }) => {
    sockets.unix.path = join(directory, name);
    performance.max_connections = 2;
  });
  const config = new LiveConfig(first);
  const sockets = new Map<number, Socket>();
  const now = performance.now();
  const yielded: number[] = [];
  const connection = (ms: number | 'stranger' | undefined, number: number) => ({
    stranger: ms === 'stranger',
    replies: { idleSince_ms: typeof ms === 'number' ? now - ms : undefined },
    giveWay: () => void yielded.push(number),
  });
  const connections = new Map(
    idle_ms.map((ms, number) => [number, connection(ms, number)]),
  ) as unknown as Map<number, PlacedConnection>;
  const log = { warn() {}, error() {} } as never;
  const admission = { figures: () => ({}) };
  const heard: AnyEventObject[] = [];
  const daemon = { stopping: false };
  const deps = { config, log, stopping: () => daemon.stopping, inherited: () => [] };
  const holder = new SocketHolder(deps);
  await holder.open(config);
  const input = { kind: 'unix', crowd: new Crowd(() => 100), config } as const;
  const src = serverEffect({ config, sockets, connections, holder, admission });
  const machine = createMachine({
    invoke: { id: 'server', src, input },
    on: {
      'xstate.*': {},
      do: { actions: sendTo('server', ({ event }) => (event as AnyEventObject).command) },
      '*': { actions: ({ event }) => heard.push(event) },
    },
  });
  const actor = createActor(machine).start();
  const tell = (command: ServerCommand) => actor.send({ type: 'do', command });
  await until(() => heard.length > 0);
  const path = first.sockets.unix.path;
  const end = async () => {
    actor.stop();
    await holder.close();
  };
  return { config, path, sockets, heard, tell, holder, daemon, yielded, end };
}

/** All that a client is told until its connection ends. */
async function whole(client: Socket): Promise<string> {
  let text = '';
  for await (const chunk of client) text += chunk;
  return text;
}

const server = suite('server');

server('says where it listens, and numbers who connects', async () => {
  const { path, sockets, heard, end } = await listening('numbers');
  assert.equal(heard, [{ type: 'server.listening', address: path }]);
  const clients = [connect(path), connect(path)];
  await until(() => heard.length === 3);
  assert.equal(
    heard.slice(1).map(({ accepted, idlest }) => [accepted, idlest]),
    [
      [1, undefined],
      [2, undefined],
    ],
  );
  assert.equal([...sockets.keys()], [1, 2]);
  for (const socket of [...sockets.values(), ...clients]) socket.destroy();
  await end();
  assert.is(existsSync(path), false);
});

server('looks up who has been idle for longest once all places are taken', async () => {
  const idle = [100, undefined, 9000];
  const { config, path, heard, tell, yielded, end } = await listening('idlest', idle);
  const clients = [connect(path)];
  await until(() => heard.length === 2);
  const { number, idle_ms } = heard[1]!.idlest;
  assert.is(number, 2);
  assert.ok(idle_ms >= 9000, `${idle_ms}`);
  tell({ type: 'connection.yield', number });
  tell({ type: 'connection.yield', number: 99 });
  assert.equal(yielded, [2]);
  const { performance } = config;
  config.replace({ ...config.toJSON(), performance: { ...performance, max_connections: 4 } });
  clients.push(connect(path));
  await until(() => heard.length === 3);
  assert.is(heard[2]!.idlest, undefined, 'there are more places now');
  for (const client of clients) client.destroy();
  await end();
});

server('has strangers give way before all others, the eldest first', async () => {
  const { path, heard, end } = await listening('strangers', [
    9000,
    undefined,
    'stranger',
    'stranger',
  ]);
  const client = connect(path);
  await until(() => heard.length === 2);
  assert.equal(heard[1]!.idlest, { number: 2, idle_ms: Number.POSITIVE_INFINITY });
  client.destroy();
  await end();
});

server('tells who is turned away why, and ends the connection', async () => {
  const { path, sockets, heard, tell, end } = await listening('away');
  for (const [why, code] of [
    ['too many', 'GOX_TOO_MANY_CONNECTIONS'],
    ['stopping', 'GOX_SHUTTING_DOWN'],
  ] as const) {
    const client = connect(path);
    const told = whole(client);
    const before = heard.length;
    await until(() => heard.length > before);
    tell({ type: 'socket.turn_away', accepted: heard.at(-1)!.accepted, why });
    assert.match(await told, code);
    assert.is(sockets.size, 0);
  }
  await end();
});

server(
  'who comes while no listener stands waits for the next, unless the daemon stops',
  async () => {
    const { path, heard, tell, holder, daemon, end } = await listening('between');
    tell({ type: 'server.close' });
    assert.is(heard.at(-1)?.type, 'server.closed');
    const client = connect(path);
    await until(() => holder.doors.unix.waiting === 1);
    const taken: Socket[] = [];
    const silent = { listening() {}, gone() {} };
    const release = holder.doors.unix.take({ accept: (one) => taken.push(one), ...silent });
    assert.is(taken.length, 1);
    taken[0]!.end('welcome');
    assert.is(await whole(client), 'welcome');
    release();
    const late = connect(path);
    await until(() => holder.doors.unix.waiting === 1);
    daemon.stopping = true;
    const never = connect(path);
    assert.match(await whole(never), 'GOX_SHUTTING_DOWN');
    const told = whole(late);
    await end();
    assert.match(await told, 'GOX_SHUTTING_DOWN');
  },
);

server('as many wait as the backlog says, and no more', async () => {
  const { config, path, tell, holder, end } = await listening('backlog');
  const { unix, tcp } = config.sockets;
  const sockets = { unix: { ...unix, backlog: 2 }, tcp };
  config.replace({ ...config.toJSON(), sockets });
  tell({ type: 'server.close' });
  const clients = [connect(path), connect(path)];
  await until(() => holder.doors.unix.waiting === 2);
  assert.match(await whole(connect(path)), 'sockets.unix.backlog');
  for (const client of clients) client.destroy();
  await end();
});

server.run();

const farewell = suite('farewell');

farewell(
  'waits for so many at a time that do not read, and hurries the eldest for more',
  async () => {
    const away = new Farewell();
    const hurried: FakeSocket[] = [];
    const patient = () => {
      const socket = new FakeSocket();
      socket.destroySoon = () => void hurried.push(socket);
      return socket;
    };
    const sockets = Array.from({ length: 66 }, patient);
    for (const socket of sockets) away.say(socket.asSocket(), stopping());
    assert.equal(hurried, sockets.slice(0, 2));
    sockets[2]!.destroy();
    await new Promise((resolve) => setImmediate(resolve));
    away.say(patient().asSocket(), stopping());
    assert.is(hurried.length, 2, 'there was room for one more');
    assert.is(away.count, 67);
    await until(() => sockets[3]!.destroyed);
  },
);

farewell('says it and ends', () => {
  const socket = new FakeSocket();
  new Farewell().say(socket.asSocket(), tooManyConnections(3));
  assert.match(socket.text, 'There are 3 connections');
  socket.destroy();
});

farewell.run();
