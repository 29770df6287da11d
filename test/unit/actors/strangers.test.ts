/** A connection that must show a token: what it may do before, and what its token allows then. */

import { setImmediate as turn } from 'node:timers/promises';
import { Packr } from 'msgpackr';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SimulatedClock } from 'xstate';
import type { Level } from '../../../conf/levels.ts';
import type { Caller } from '../../../transport/caller.ts';
import { goxeMsgpack } from '../../../transport/client-codec.ts';
import { Tokens } from '../../../transport/tokens.ts';
import { connected } from '../../support/connected.ts';
import { testClock } from '../../support/test-clock.ts';

const SECRETS: Readonly<Record<Level, string>> = {
  read: 'token-that-reads',
  standard: 'token-that-edits',
  admin: 'token-that-rules',
};
const known = (levels: readonly Level[]) =>
  levels.map((level) => ({ token: SECRETS[level], level, name: `the-${level}` }));

async function stranger(dispatch?: (caller: Caller, method: string) => unknown) {
  const time = new SimulatedClock();
  const timers = new Set<unknown>();
  const tokens = new Tokens(known(['read', 'standard', 'admin']));
  const methods: string[] = [];
  const seen = (caller: Caller, method: string) => {
    methods.push(method);
    return dispatch === undefined ? {} : dispatch(caller, method);
  };
  const options = { trust: 'token', tokens, clock: testClock(time, timers) } as const;
  const client = await connected({}, seen, options);
  const said = () =>
    client.socket.replies.map(({ id, error }) => [id, error?.data.code ?? 'done'] as const);
  return { ...client, time, timers, tokens, methods, said };
}

const show = (token: unknown, id: unknown = 'auth') => ({
  ...{ method: 'system.authenticate', params: { token }, id },
});
const PING = { method: 'ping', id: 1 };
const line = (request: object) => `${JSON.stringify({ jsonrpc: '2.0', ...request })}\n`;

const before = suite('strangers: before a token');

before('nothing is run, not even what is urgent, and the error says what to do', async () => {
  const { send, socket, told, methods, said, close } = await stranger();
  await send(PING, { method: 'goxel.get_voxel', params: [1, 2, 3], id: 2 });
  await send({ method: '$/cancelRequest', params: { id: 1 }, id: 3 }, { method: 'no.such', id: 4 });
  assert.equal(
    said(),
    [1, 2, 3, 4].map((id) => [id, 'GOX_UNAUTHENTICATED']),
  );
  assert.match(socket.text, 'Send system.authenticate with');
  assert.equal([methods, told()], [[], []]);
  close();
});

before('a notification is not run either, and may show a token', async () => {
  const { send, told, methods, said, close } = await stranger();
  await send({ method: 'shutdown' }, { method: 'goxel.add_voxel', params: [1, 2, 3] });
  const { id: _, ...notification } = show(SECRETS.read);
  await send(notification, PING);
  assert.equal([said(), told(), methods], [[[1, 'done']], ['connection.authenticated'], ['ping']]);
  close();
});

before('what follows a token in the same read is run', async () => {
  const { socket, told, said, close } = await stranger();
  socket.send(line(show(SECRETS.standard)) + line(PING) + line({ ...PING, id: 2 }));
  await turn();
  await turn();
  assert.equal(said(), [
    ['auth', 'done'],
    [1, 'done'],
    [2, 'done'],
  ]);
  assert.equal(socket.replies[0]?.result, {
    ...{ success: true, level: 'standard', name: 'the-standard' },
  });
  assert.equal(told(), ['connection.authenticated']);
  close();
});

before('so is what follows it in a batch, and not what comes before', async () => {
  const { socket, said, close } = await stranger();
  const batch = [PING, show(SECRETS.read), { ...PING, id: 2 }];
  socket.send(`${JSON.stringify(batch.map((one) => ({ jsonrpc: '2.0', ...one })))}\n`);
  await turn();
  await turn();
  assert.equal(
    (socket.replies as unknown as { id: unknown; error?: unknown }[][])[0]?.map((one) => [
      one.id,
      one.error === undefined,
    ]),
    [
      [1, false],
      ['auth', true],
      [2, true],
    ],
  );
  assert.is(said().length, 1);
  close();
});

before('a token may come by position, by an alias, and as MessagePack', async () => {
  for (const method of ['authenticate', 'goxel.authenticate']) {
    const { send, told, close } = await stranger();
    await send({ method, params: [SECRETS.read], id: 1 });
    assert.equal(told(), ['connection.authenticated'], method);
    close();
  }
  const { socket, told, close } = await stranger();
  const { params, method } = show(SECRETS.admin);
  socket.send(goxeMsgpack.encode({ jsonrpc: '2.0', id: 1, method, params }));
  await turn();
  assert.equal(told(), ['connection.authenticated']);
  const { result } = new Packr({ useRecords: false }).unpack(socket.written[0]!.subarray(16));
  assert.equal(result, { success: true, level: 'admin', name: 'the-admin' });
  close();
});

before('parameters that show none are refused, and the connection stays', async () => {
  const { send, said, told, socket, close } = await stranger();
  await send({ method: 'system.authenticate', id: 1 }, show(5, 2), show({ token: 'x' }, 3));
  await send({ ...show(SECRETS.read, 4), params: { token: SECRETS.read, other: 1 } });
  assert.equal(
    said(),
    [1, 2, 3, 4].map((id) => [id, 'GOX_INVALID_PARAMS']),
  );
  assert.not.match(socket.text, SECRETS.read);
  await send(show(SECRETS.read));
  assert.equal(told(), ['connection.authenticated']);
  close();
});

const wrong = suite('strangers: wrong tokens');

wrong('are answered a second later, noted without the token, and the third ends it', async () => {
  const { send, said, told, refused, time, close } = await stranger();
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    assert.equal(told(), []);
    await send(show('token-that-fails', attempt));
    time.increment(999);
    await turn();
    assert.is(said().length, attempt - 1, 'held back');
    time.increment(1);
    await turn();
    assert.equal(said().at(-1), [attempt, 'GOX_TOKEN_REFUSED']);
  }
  assert.equal(told(), ['input.ended']);
  assert.equal(refused, [
    ['3', ''],
    ['3', ''],
    ['3', ''],
  ]);
  close();
});

wrong('hide the next one while their answer waits', async () => {
  const { send, said, told, time, close } = await stranger();
  await send(show('token-that-fails', 1), show(SECRETS.admin, 2), PING);
  assert.equal(said(), [
    [2, 'GOX_UNAUTHENTICATED'],
    [1, 'GOX_UNAUTHENTICATED'],
  ]);
  time.increment(1000);
  await turn();
  await send(show(SECRETS.admin, 3));
  assert.equal(said().at(-1), [3, 'done']);
  assert.equal(told(), ['connection.authenticated']);
  close();
});

wrong('leave no timer behind when the client goes, or the daemon stops', async () => {
  const gone = await stranger();
  await gone.send(show('token-that-fails', 1));
  gone.socket.destroy();
  await turn();
  assert.is(gone.timers.size, 0);
  assert.equal(gone.told(), ['socket.closed', 'socket.idle']);
  assert.equal(gone.heard[0], { type: 'socket.closed', under_way: false, idle: true });
  gone.close();
  const stopped = await stranger();
  await stopped.send(show('token-that-fails', 1));
  stopped.tell({ type: 'socket.refuse_new' });
  await stopped.send(show(SECRETS.admin, 2));
  stopped.tell({ type: 'socket.give_up' });
  assert.equal(stopped.said(), [
    [2, 'GOX_SHUTTING_DOWN'],
    [1, 'GOX_SHUTTING_DOWN'],
  ]);
  assert.is(stopped.timers.size, 0);
  stopped.close();
});

const much = suite('strangers: too much');

much('requests end the connection, and those beyond are not answered', async () => {
  const { socket, said, told, methods, close } = await stranger();
  socket.send(line(PING).repeat(1000) + line(show(SECRETS.admin)));
  await turn();
  assert.is(said().length, 17);
  assert.match(socket.replies.at(-1)?.error?.message ?? '', 'may send 16 requests at the most');
  assert.equal([told(), methods], [['input.ended'], []]);
  close();
});

much('in one batch ends it with one error', async () => {
  const { socket, said, told, close } = await stranger();
  const batch = Array.from({ length: 17 }, () => ({ jsonrpc: '2.0', ...PING }));
  socket.send(`${JSON.stringify(batch)}\n`);
  await turn();
  assert.equal(said(), [[null, 'GOX_UNAUTHENTICATED']]);
  assert.equal(told(), ['input.ended']);
  close();
});

much('of what is no message ends it with one error', async () => {
  for (const text of ['[}\n[}\n', 'Content-Length: x\r\n\r\n', 'GET / HTTP/1.1\r\n\r\n']) {
    const { socket, told, close } = await stranger();
    socket.send(text.repeat(10));
    await turn();
    assert.is(told().at(-1), 'input.ended', text);
    assert.ok(socket.text.length < 600, text);
    close();
  }
});

much('bytes of a message end it, in every framing', async () => {
  const goxe = Buffer.alloc(16);
  for (const [i, word] of [0x474f5845, 1, 16 << 20, 1].entries()) goxe.writeUInt32BE(word, 4 * i);
  for (const start of ['{"a":"', 'Content-Length: 9999999\r\n\r\n', goxe]) {
    const { socket, told, heard, ledger, close } = await stranger();
    socket.send(start);
    for (let sent = 0; sent <= 65_536; sent += 8192) socket.send('x'.repeat(8192));
    await turn();
    assert.is(told().at(-1), 'input.ended');
    assert.match(socket.text, 'messages of 65536 bytes at the most');
    assert.ok(ledger.bytes < 1024, `${ledger.bytes} bytes are held`);
    assert.equal(heard.filter(({ type }) => type === 'connection.authenticated').length, 0);
    close();
  }
});

much('is no matter once a token was shown', async () => {
  const { socket, send, said, told, close } = await stranger();
  await send(show(SECRETS.read));
  socket.send(line({ method: 'echo', params: ['x'.repeat(100_000)], id: 1 }));
  socket.send(line(PING).repeat(100));
  await turn();
  await turn();
  assert.ok(said().every(([, what]) => what === 'done'));
  assert.ok(!told().includes('input.ended'));
  close();
});

const levels = suite('strangers: levels');
const EDIT = { method: 'goxel.add_voxel', params: [1, 2, 3], id: 'edit' };
const LOOK = { method: 'get_voxel', params: [1, 2, 3], id: 'look' };
const STOP = { method: 'goxel.shutdown_daemon', id: 'stop' };

levels('a method needs the one that the catalogue says, by each of its names', async () => {
  const may: Record<Level, unknown[]> = { read: ['look'], standard: ['look', 'edit'], admin: [] };
  for (const level of ['read', 'standard', 'admin'] as const) {
    const { send, socket, methods, heard, close } = await stranger();
    await send(show(SECRETS[level]), EDIT, LOOK, STOP);
    const refused = socket.replies.filter(({ error }) => error?.data.code === 'GOX_FORBIDDEN');
    const expected = ['edit', 'look', 'stop'].filter(
      (id) => level !== 'admin' && !may[level].includes(id),
    );
    assert.equal(
      refused.map(({ id }) => id),
      expected,
    );
    assert.equal(methods, level === 'admin' ? ['shutdown'] : []);
    // Those that are for a project wait for its session.
    assert.is(heard.filter(({ type }) => type === 'session.needed').length, 1);
    close();
  }
});

levels('what is forbidden says what is needed and what there is', async () => {
  const { send, socket, close } = await stranger();
  await send(show(SECRETS.read), EDIT);
  const { message, data } = socket.replies[1]!.error!;
  assert.is(message, 'goxel.add_voxel needs level standard; the token "the-read" has level read.');
  assert.equal(data.details, { level_needed: 'standard', level_held: 'read' });
  close();
});

levels('a notification and a part of a batch that are forbidden are not run', async () => {
  const { socket, send, methods, told, close } = await stranger();
  const { id: _, ...quiet } = STOP;
  await send(show(SECRETS.standard), quiet);
  const batch = [STOP, PING, quiet].map((one) => ({ jsonrpc: '2.0', ...one }));
  socket.send(`${JSON.stringify(batch)}\n`);
  await turn();
  assert.equal([methods, told()], [['ping'], ['connection.authenticated']]);
  close();
});

levels('a caller is known to methods by its level and its name', async () => {
  const seen: unknown[] = [];
  const { send, close } = await stranger(({ rights }) => seen.push(rights));
  await send(show(SECRETS.read), PING);
  assert.equal(seen, [{ level: 'read', guest: false, token: 'the-read' }]);
  close();
});

const later = suite('strangers: tokens that are replaced');

later('give the new level to the connections that are open', async () => {
  const { send, said, tokens, told, close } = await stranger();
  await send(show(SECRETS.read));
  tokens.replace([{ token: SECRETS.read, level: 'admin', name: 'raised' }]);
  await send(STOP);
  assert.equal(said().at(-1), ['stop', 'done']);
  tokens.replace([{ token: SECRETS.read, level: 'read', name: 'lowered' }]);
  await send({ ...STOP, id: 2 });
  assert.equal(said().at(-1), [2, 'GOX_FORBIDDEN']);
  assert.equal(told(), ['connection.authenticated']);
  close();
});

later('take the connections of those that are gone with them, and no others', async () => {
  const { send, said, tokens, told, close } = await stranger();
  await send(show(SECRETS.read));
  tokens.replace(known(['read', 'admin']));
  assert.equal(told(), ['connection.authenticated']);
  tokens.replace(known(['admin']));
  assert.equal(said().at(-1), [null, 'GOX_UNAUTHENTICATED']);
  assert.equal(told(), ['connection.authenticated', 'input.ended']);
  close();
  tokens.replace([]);
});

before.run();
wrong.run();
much.run();
levels.run();
later.run();
