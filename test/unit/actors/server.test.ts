/** The listening socket, and how clients are turned away. */

import { existsSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type AnyEventObject, createActor, createMachine, sendTo } from 'xstate';
import type { OpenConnections } from '../../../actors/connection/sessions.ts';
import { Farewell } from '../../../actors/listener/farewell.ts';
import { serverEffect } from '../../../actors/listener/server.ts';
import { LiveConfig } from '../../../conf/live.ts';
import type { ServerCommand } from '../../../machines/listener.ts';
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
async function listening(name: string, idle_ms: readonly (number | undefined)[] = []) {
  const first = await configWith(({ sockets, performance }) => {
    sockets.unix.path = join(directory, name);
    performance.max_connections = 2;
  });
  const config = new LiveConfig(first);
  const sockets = new Map<number, Socket>();
  const now = performance.now();
  const replies = (ms: number | undefined) => ({
    replies: { idleSince_ms: ms === undefined ? undefined : now - ms },
  });
  const connections = new Map(
    idle_ms.map((ms, number) => [number, replies(ms)]),
  ) as unknown as OpenConnections;
  const log = { warn() {}, error() {} } as never;
  const admission = { figures: () => ({}) };
  const heard: AnyEventObject[] = [];
  const machine = createMachine({
    invoke: { id: 'server', src: serverEffect({ config, sockets, connections, log, admission }) },
    on: {
      'xstate.*': {},
      do: { actions: sendTo('server', ({ event }) => (event as AnyEventObject).command) },
      '*': { actions: ({ event }) => heard.push(event) },
    },
  });
  const actor = createActor(machine).start();
  const tell = (command: ServerCommand) => actor.send({ type: 'do', command });
  await until(() => heard.length > 0);
  return { config, path: first.sockets.unix.path, sockets, heard, tell };
}

/** All that a client is told until its connection ends. */
async function whole(client: Socket): Promise<string> {
  let text = '';
  for await (const chunk of client) text += chunk;
  return text;
}

const server = suite('server');

server('says where it listens, numbers who connects, and closes', async () => {
  const { path, sockets, heard, tell } = await listening('numbers');
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
  tell({ type: 'server.close' });
  await until(() => heard.at(-1)?.type === 'server.closed');
  assert.is(existsSync(path), false);
});

server('looks up who has been idle for longest once all places are taken', async () => {
  const { config, path, heard, tell } = await listening('idlest', [100, undefined, 9000]);
  const clients = [connect(path)];
  await until(() => heard.length === 2);
  const { number, idle_ms } = heard[1]!.idlest;
  assert.is(number, 2);
  assert.ok(idle_ms >= 9000, `${idle_ms}`);
  config.replace({
    ...config.toJSON(),
    performance: { ...config.performance, max_connections: 4 },
  });
  clients.push(connect(path));
  await until(() => heard.length === 3);
  assert.is(heard[2]!.idlest, undefined, 'there are more places now');
  for (const client of clients) client.destroy();
  tell({ type: 'server.close' });
  await until(() => heard.at(-1)?.type === 'server.closed');
});

server('tells who is turned away why, and ends the connection', async () => {
  const { path, sockets, heard, tell } = await listening('away');
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
  tell({ type: 'server.close' });
  await until(() => heard.at(-1)?.type === 'server.closed');
});

server('a path that cannot be had is said', async () => {
  const { heard } = await listening('missing/socket');
  assert.is(heard[0]?.type, 'server.failed');
  assert.is(heard[0]?.code, 'refused');
  assert.match(heard[0]?.reason, 'does not exist');
});

server.run();

const farewell = suite('farewell');

farewell('says the limit of this moment', async () => {
  const config = new LiveConfig(
    await configWith(({ performance }) => void Object.assign(performance, { max_connections: 3 })),
  );
  const away = new Farewell(config);
  const [first, second] = [new FakeSocket(), new FakeSocket()];
  away.say(first.asSocket(), 'too many');
  config.replace({
    ...config.toJSON(),
    performance: { ...config.performance, max_connections: 5 },
  });
  away.say(second.asSocket(), 'too many');
  assert.match(first.text, 'There are 3 connections');
  assert.match(second.text, 'There are 5 connections');
  for (const socket of [first, second]) socket.destroy();
});

farewell('waits for sixteen at a time that do not read, and for no more', async () => {
  const away = new Farewell(await configWith(() => {}));
  let soon = 0;
  const patient = () => {
    const socket = new FakeSocket();
    socket.destroySoon = () => void soon++;
    return socket;
  };
  const sockets = Array.from({ length: 18 }, patient);
  for (const socket of sockets) away.say(socket.asSocket(), 'stopping');
  assert.is(soon, 2);
  sockets[0]!.destroy();
  await new Promise((resolve) => setImmediate(resolve));
  away.say(patient().asSocket(), 'stopping');
  assert.is(soon, 2, 'there was room for one more');
  await until(() => sockets[1]!.destroyed);
});

farewell.run();
