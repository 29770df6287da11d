/** The effect that owns a client's socket: what it tells its machine, and does as it is told. */

import { setImmediate as turn } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type AnyEventObject, createActor, createMachine, sendTo } from 'xstate';
import { Admission } from '../../../actors/connection/admission.ts';
import { Deadlines } from '../../../actors/connection/deadlines.ts';
import type { PlacedConnection } from '../../../actors/connection/sessions.ts';
import { socketEffect } from '../../../actors/connection/socket.ts';
import { LiveConfig } from '../../../conf/live.ts';
import type { Config } from '../../../conf/schema.ts';
import type { SocketCommand } from '../../../machines/connection.ts';
import type { Caller } from '../../../transport/caller.ts';
import { EnvelopeReader } from '../../../transport/envelope.ts';
import { Failures } from '../../../transport/failures.ts';
import { Ledger } from '../../../transport/ledger.ts';
import { FakeSocket } from '../../support/fake-socket.ts';
import { configWith } from '../../support/probe.ts';

type Limits = Partial<Config['limits']>;

const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));

/** A client that is connected; what its daemon answers with. */
async function connected(limits: Limits = {}, dispatch?: (caller: Caller) => unknown) {
  const config = new LiveConfig(await configWith((one) => void Object.assign(one.limits, limits)));
  const socket = new FakeSocket();
  const ledger = new Ledger(config);
  const connections = new Map<number, PlacedConnection>();
  const defects: unknown[] = [];
  const clock = {
    now_ms: () => performance.now(),
    setTimeout: (action: () => void, wait_ms: number) => setTimeout(action, wait_ms) as never,
    clearTimeout: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout),
  };
  const logic = socketEffect({
    ...{ config, connections, ledger, reader: new EnvelopeReader(config) },
    failures: new Failures(),
    sockets: new Map([[9, socket.asSocket()]]),
    counters: { requests: 0 },
    ...{
      clock,
      admission: new Admission(config, clock),
      deadlines: new Deadlines(clock, () => {}),
    },
    dispatch: (_, params, caller) => {
      const result = dispatch === undefined ? params : dispatch(caller);
      return result instanceof Promise ? result.then(bytes) : bytes(result ?? {});
    },
    onDefect: (_, error) => defects.push(error),
    onConnectionDefect: (error) => defects.push(error),
  });
  const heard: AnyEventObject[] = [];
  // The machine of a connection, as far as it concerns the socket.
  const machine = createMachine({
    invoke: { id: 'socket', src: logic, input: { number: 3, accepted: 9, guest: false, config } },
    on: {
      'xstate.*': {},
      do: { actions: sendTo('socket', ({ event }) => (event as AnyEventObject).command) },
      '*': { actions: ({ event }) => heard.push(event) },
    },
  });
  const actor = createActor(machine).start();
  const tell = (command: SocketCommand) => actor.send({ type: 'do', command });
  const send = async (...requests: object[]) => {
    for (const one of requests) socket.send(`${JSON.stringify({ jsonrpc: '2.0', ...one })}\n`);
    await turn();
    await turn();
  };
  /** Puts other limits in the place of those there are. */
  const replace = (next: Limits) =>
    config.replace({ ...config.toJSON(), limits: { ...config.limits, ...next } });
  const told = () => heard.map(({ type }) => type);
  const close = () => {
    actor.stop();
    socket.destroy();
  };
  return { socket, ledger, connections, defects, heard, told, tell, send, replace, close };
}

const PING = { method: 'echo', id: 1 };
const test = suite('socket');

test('frames what it reads and writes what is answered', async () => {
  const { socket, send, connections, close } = await connected();
  assert.equal([...connections.keys()], [3]);
  await send({ ...PING, params: [5] }, { ...PING, id: 2 });
  assert.equal(socket.replies, [
    { jsonrpc: '2.0', id: 1, result: [5] },
    { jsonrpc: '2.0', id: 2, result: {} },
  ]);
  close();
  assert.is(connections.size, 0);
});

test('asks for the session of a project, and hands its requests over', async () => {
  const { send, heard, connections, close } = await connected();
  await send({ method: 'goxel.get_voxel', id: 1, params: { project: 'p' } });
  assert.equal(heard, [{ type: 'session.needed', session: 'p', slot: 0, retire: false }]);
  const submitted: unknown[] = [];
  connections.get(3)!.sessions.attach('p', {
    ...{ submit: (requests) => submitted.push(...requests), resume() {}, idle: () => true },
    ...{ cancel: () => false, abandon() {}, giveUp() {}, refuseRest() {} },
  });
  assert.is(submitted.length, 1);
  close();
});

test('says when a request is half there and when it is whole', async () => {
  const { socket, told, close } = await connected();
  socket.send('{"jsonrpc":"2.0",');
  await turn();
  socket.send('"id":1,"method":"echo"}\n');
  await turn();
  assert.equal(told(), ['frame.partial', 'frame.whole']);
  close();
});

test('reads nothing while the client does not read, and goes on when it has', async () => {
  const { socket, send, told, connections, close } = await connected({ output_bytes_max: 1024 });
  socket.reads = false;
  await send({ ...PING, params: ['x'.repeat(2000)] });
  assert.equal(told(), ['reading.paused']);
  assert.is(connections.get(3)!.replies.blocked, true);
  await send({ ...PING, id: 2 });
  socket.reads = true;
  await turn();
  await turn();
  assert.equal(told(), ['reading.paused', 'reading.resumed']);
  assert.equal(
    socket.replies.map(({ id }) => id),
    [1, 2],
  );
  close();
});

test('limits that are replaced count for the connections that are open', async () => {
  const wait = () => new Promise(() => {});
  const { socket, send, replace, connections, close } = await connected({}, wait);
  const code = () => socket.replies.at(-1)?.error?.data.code;
  await send({ ...PING, params: ['x'.repeat(5000)] });
  assert.is(socket.text, '', 'it waits for its answer');
  replace({ frame_bytes_max: 4096 });
  await send({ ...PING, id: 2, params: ['x'.repeat(5000)] });
  assert.is(code(), 'GOX_FRAME_TOO_LARGE');
  replace({ frame_bytes_max: 8192, requests_in_flight_max: 1 });
  await send({ ...PING, id: 3, params: ['x'.repeat(5000)] });
  assert.is(code(), 'GOX_OVERLOADED');
  replace({ requests_in_flight_max: 5, depth_max: 4 });
  await send({ ...PING, id: 4, params: [[[[1]]]] });
  assert.is(code(), 'GOX_TOO_DEEP');
  replace({ depth_max: 300 });
  const before = socket.replies.length;
  const nested = `${'['.repeat(200)}${']'.repeat(200)}`;
  socket.send(`{"jsonrpc":"2.0","id":5,"method":"echo","params":${nested}}\n`);
  socket.send(`{"jsonrpc":"2.0","id":6,"method":"echo","params":[\n${nested}]}\n`);
  await turn();
  assert.is(socket.replies.length, before);
  assert.is(connections.get(3)!.replies.open, 3, 'both are under way, beside the first');
  close();
});

test('a bound of output that is lowered stops the reading, a raised one starts it', async () => {
  const { socket, send, replace, told, connections, close } = await connected();
  socket.reads = false;
  await send({ ...PING, params: ['x'.repeat(3000)] });
  assert.equal(told(), []);
  replace({ output_bytes_max: 1024 });
  await send(PING);
  assert.equal(told(), ['reading.paused']);
  replace({ output_bytes_max: 100_000 });
  connections.get(3)!.replies.account();
  assert.equal(told(), ['reading.paused', 'reading.resumed']);
  close();
});

test('a message half there is refused when all connections hold too much', async () => {
  const { socket, ledger, told, close } = await connected({ held_bytes_max: 1024 * 1024 });
  ledger.move(2 * 1024 * 1024);
  socket.send(`{"jsonrpc":"2.0","id":1,"method":"${'x'.repeat(100_000)}`);
  await turn();
  assert.is(socket.replies[0]?.error?.data.code, 'GOX_OVERLOADED');
  assert.ok(told().includes('input.ended'));
  close();
});

test('a client that ends its side is answered, and then nothing is under way', async () => {
  let answer = (_: unknown) => {};
  const { socket, send, tell, told, close } = await connected({}, () => {
    return new Promise((resolve) => {
      answer = resolve;
    });
  });
  await send(PING);
  socket.sendEnd();
  await turn();
  tell({ type: 'socket.drain' });
  assert.equal(told(), ['input.ended']);
  answer(7);
  await turn();
  assert.equal(told(), ['input.ended', 'socket.idle']);
  assert.is(socket.replies[0]?.result, 7);
  tell({ type: 'socket.end' });
  assert.is(socket.writableEnded, true);
  assert.ok(socket.timeout_ms! > 0, 'the last replies have their time');
  close();
});

test('what is left of a request when the client ends is answered', async () => {
  const { socket, close } = await connected();
  socket.send('{"jsonrpc":');
  socket.sendEnd();
  await turn();
  await turn();
  assert.is(socket.replies[0]?.error?.data.code, 'GOX_PARSE');
  close();
});

test('a client that is gone ends what it waited for, and is said to be', async () => {
  const reasons: unknown[] = [];
  const { socket, send, heard, ledger, connections, close } = await connected({}, ({ signal }) => {
    signal.addEventListener('abort', () => reasons.push(signal.reason.code));
    return new Promise(() => {});
  });
  const { sessions } = connections.get(3)!;
  sessions.abandon = () => reasons.push('sessions');
  await send(PING);
  assert.is(connections.get(3)!.replies.open, 1);
  socket.destroy();
  await turn();
  assert.equal(reasons, ['sessions', 'GOX_CANCELLED']);
  assert.equal(heard, [{ type: 'socket.closed', under_way: false }, { type: 'socket.idle' }]);
  assert.is(ledger.bytes, 0);
  close();
});

test('each command to refuse says why', async () => {
  const { socket, send, tell, close } = await connected({}, () => new Promise(() => {}));
  await send(PING);
  for (const why of ['partial', 'too many', 'idle'] as const) tell({ type: 'socket.refuse', why });
  tell({ type: 'socket.refuse_new' });
  await send({ ...PING, id: 2 });
  tell({ type: 'socket.give_up' });
  assert.equal(
    socket.replies.map(({ id, error }) => [id, error?.data.code]),
    [
      [null, 'GOX_FRAME_TIMEOUT'],
      [null, 'GOX_TOO_MANY_CONNECTIONS'],
      [null, 'GOX_TOO_MANY_CONNECTIONS'],
      [2, 'GOX_SHUTTING_DOWN'],
      [1, 'GOX_SHUTTING_DOWN'],
    ],
  );
  close();
});

test('a stopping daemon waits a moment for what was sent before it is idle', async () => {
  const { socket, send, tell, told, close } = await connected();
  tell({ type: 'socket.refuse_new' });
  await send(PING);
  assert.is(socket.replies[0]?.error?.data.code, 'GOX_SHUTTING_DOWN');
  assert.equal(told(), []);
  for (let looks = 0; !told().includes('socket.idle') && looks < 100; looks += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.equal(told(), ['socket.idle']);
  close();
});

test('a defect while bytes are read ends the connection, and is told', async () => {
  const { socket, send, connections, defects, close } = await connected();
  const { sessions } = connections.get(3)!;
  sessions.deliver = () => {
    throw new Error('broken');
  };
  await send({ method: 'goxel.get_voxel', id: 1 });
  assert.is(socket.destroyed, true);
  assert.match(String(defects[0]), 'broken');
  close();
});

test('is destroyed when it is told, and probed with a write of nothing', async () => {
  const { socket, tell, close } = await connected();
  tell({ type: 'socket.probe' });
  await turn();
  assert.equal(
    socket.written.map(({ length }) => length),
    [0],
  );
  tell({ type: 'socket.destroy' });
  assert.is(socket.destroyed, true);
  close();
});

test.run();
