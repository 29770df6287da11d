/** The effect that owns a client's socket: what it tells its machine, and does as it is told. */

import { setImmediate as turn } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { connected } from '../../support/connected.ts';

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
    ...{ cancel: () => false, abandon() {}, giveUp() {}, refuseRest() {}, held: () => [] },
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
  const closed = { type: 'socket.closed', under_way: false, idle: true };
  assert.equal(heard, [closed, { type: 'socket.idle' }]);
  assert.is(ledger.bytes, 0);
  close();
});

test('one that ended, or is gone, before it was taken is not taken for an open one', async () => {
  for (const leave of ['sendEnd', 'destroy'] as const) {
    const { told, close } = await connected({}, undefined, {
      waited: async (socket) => {
        socket[leave]();
        socket.read(0);
        await turn();
        await turn();
      },
    });
    await turn();
    assert.is(told()[0], 'socket.closed');
    close();
  }
});

test('each command to refuse says why', async () => {
  const { socket, send, tell, close } = await connected({}, () => new Promise(() => {}));
  await send(PING);
  const whys = ['partial', 'too many', 'idle', 'unauthenticated'] as const;
  for (const why of whys) tell({ type: 'socket.refuse', why });
  tell({ type: 'socket.refuse_new' });
  await send({ ...PING, id: 2 });
  tell({ type: 'socket.give_up' });
  assert.equal(
    socket.replies.map(({ id, error }) => [id, error?.data.code]),
    [
      [null, 'GOX_FRAME_TIMEOUT'],
      [null, 'GOX_TOO_MANY_CONNECTIONS'],
      [null, 'GOX_TOO_MANY_CONNECTIONS'],
      [null, 'GOX_UNAUTHENTICATED'],
      [2, 'GOX_SHUTTING_DOWN'],
      [1, 'GOX_SHUTTING_DOWN'],
      // The last is that the daemon stops, which answers nobody.
      [undefined, undefined],
    ],
  );
  close();
});

test('a stopping daemon waits a moment for what was sent before it is idle', async () => {
  let early: string[] = [];
  // A busy machine may be as long about it as that moment is.
  for (let tries = 0; tries === 0 || (early.length > 0 && tries < 20); tries += 1) {
    const { socket, send, tell, told, close } = await connected();
    tell({ type: 'socket.refuse_new' });
    await send(PING);
    assert.is(socket.replies[0]?.error?.data.code, 'GOX_SHUTTING_DOWN');
    early = told();
    for (let looks = 0; !told().includes('socket.idle') && looks < 500; looks += 1) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.equal(told(), ['socket.idle']);
    close();
  }
  assert.equal(early, []);
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
