/** The client library: calls, batches and notifications. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ClientError } from '../../../transport/client.ts';
import {
  codeOf,
  echo,
  type Message,
  packr,
  resultOf,
  send,
  silence,
  withServer,
} from './client-support.ts';
import { goxe } from './support.ts';

const calls = suite('client: calls');

calls('get the results of their own, however many are in flight and in whatever order', () =>
  withServer(
    (socket, message) => {
      held.push(resultOf(message as Message));
      if (held.length === 500) for (const reply of held.reverse()) send(socket, reply);
    },
    async (client) => {
      const numbers = Array.from({ length: 500 }, (_, i) => i);
      const results = numbers.map((i) => client.call<{ params: number[] }>('a', [i]));
      assert.is(client.in_flight, 500);
      assert.equal(
        (await Promise.all(results)).map(({ params }) => params[0]),
        numbers,
      );
      assert.is(client.in_flight, 0);
    },
  ),
);
const held: unknown[] = [];

calls('without parameters send none', () =>
  withServer(echo, async (client) => {
    assert.equal(await client.call('ping'), { method: 'ping' });
    assert.equal(await client.call('ping', { a: 'ü' }), { method: 'ping', params: { a: 'ü' } });
  }),
);

calls('reject with the error of the daemon', () =>
  withServer(
    (socket, message) => {
      const { id, method } = message as Message;
      const data = { code: 'GOX_INVALID_PARAMS', details: { x: 1 } };
      const error = { code: -32602, message: 'No x.', data };
      send(socket, { jsonrpc: '2.0', id, error: method === 'old' ? { code: -1008 } : error });
    },
    async (client) => {
      const error = await client.call('new').catch((reason: ClientError) => reason);
      assert.instance(error, ClientError);
      const { code, number, data, message } = error as ClientError;
      assert.equal([code, number, message], ['GOX_INVALID_PARAMS', -32602, 'No x.']);
      assert.equal(data, { code: 'GOX_INVALID_PARAMS', details: { x: 1 } });
      assert.is(await codeOf(client.call('old')), '-1008');
    },
  ),
);

calls('that cannot be encoded are rejected, and nothing is sent', () =>
  withServer(echo, async (client) => {
    assert.is(await codeOf(client.call('a', { x: 1n })), 'CLIENT_ENCODING');
    assert.throws(() => client.notify('a', { x: 1n }), /bigint|BigInt/);
    assert.is(client.in_flight, 0);
    assert.equal(await client.call('b'), { method: 'b' });
  }),
);

calls('reject when their time is up, and a late reply hurts nobody', () =>
  withServer(
    (socket, message) => {
      const { id, method } = message as Message;
      if (id !== undefined) late.push(resultOf(message as Message));
      if (method === 'release') for (const reply of late) send(socket, reply);
    },
    async (client) => {
      assert.is(await codeOf(client.call('slow', [], { timeout_ms: 5 })), 'CLIENT_TIMEOUT');
      assert.is(client.in_flight, 0);
      assert.equal(await client.call('release'), { method: 'release' });
    },
  ),
);
const late: unknown[] = [];

calls('tell the daemon how much time they have, where there is room for it', async () => {
  const asked: unknown[] = [];
  await withServer(
    (socket, message) => {
      for (const one of [message].flat()) asked.push(one.params);
      echo(socket, message);
    },
    async (client) => {
      await client.call('a', { x: 1 }, { timeout_ms: 9000 });
      await client.call('a', undefined, { timeout_ms: 8999.5 });
      await client.call('a', { _meta: { timeout_ms: 7, a: 1 } }, { timeout_ms: 9000 });
      await client.call('a', [1], { timeout_ms: 9000 });
      await client.call('a', { x: 1 }, { timeout_ms: 0 });
      await client.call('a', { x: 1 });
      await client.batch([{ method: 'b', params: { x: 1 } }], { timeout_ms: 9000 });
    },
    { timeout_ms: 10_000 },
  );
  const told = { _meta: { timeout_ms: 9000 } };
  assert.equal(asked, [
    { x: 1, ...told },
    told,
    { _meta: { timeout_ms: 7, a: 1 } },
    [1],
    { x: 1 },
    { x: 1 },
    { x: 1, ...told },
  ]);
});

calls('reject when their signal is aborted', () =>
  withServer(silence, async (client) => {
    const controller = new AbortController();
    const { signal } = controller;
    const call = codeOf(client.call('a', [], { signal }));
    const batch = client.batch([{ method: 'b' }, { method: 'c' }], { signal });
    controller.abort();
    assert.is(await call, 'CLIENT_ABORTED');
    assert.equal(
      (await batch).map((result) => !result.ok && result.error.code),
      ['CLIENT_ABORTED', 'CLIENT_ABORTED'],
    );
    assert.is(await codeOf(client.call('d', [], { signal })), 'CLIENT_ABORTED');
    assert.is(client.in_flight, 0);
  }),
);

calls('that are given up are cancelled at the daemon, each once, and no others', async () => {
  const heard: Message[] = [];
  await withServer(
    (socket, message) => {
      for (const one of [message].flat()) heard.push(one);
      if (['quick', 'last'].includes((message as Message).method)) echo(socket, message);
    },
    async (client) => {
      const controller = new AbortController();
      const { signal } = controller;
      await client.call('quick', [], { signal });
      const slow = codeOf(client.call('slow', [], { signal }));
      const batch = client.batch([{ method: 'b' }, { method: 'c' }], { signal });
      controller.abort();
      await Promise.all([slow, batch]);
      assert.is(await codeOf(client.call('late', [], { timeout_ms: 5 })), 'CLIENT_TIMEOUT');
      await client.call('last');
    },
  );
  const cancels = heard.filter(({ method }) => method === '$/cancelRequest');
  assert.equal(
    cancels.map(({ id, params }) => [id, params]),
    [2, 3, 4, 5].map((id) => [undefined, { id }]),
  );
});

calls('speak MessagePack in GOXE frames when told to', () =>
  withServer(
    (socket, message) => {
      const list = message as Message[];
      const reply = Array.isArray(message) ? list.map(resultOf) : resultOf(message);
      socket.write(goxe(packr.pack(reply)));
    },
    async (client) => {
      const params = { x: [1, -2.5, 'ü'], y: Uint8Array.of(1, 2) };
      const result = await client.call<{ params: typeof params }>('a', params);
      assert.equal(result.params.x, params.x);
      assert.equal(Uint8Array.from(result.params.y), params.y);
      const [first] = await client.batch([{ method: 'b' }]);
      assert.equal(first, { ok: true, result: { method: 'b', params: undefined } });
    },
    { encoding: 'msgpack' },
  ),
);

calls.run();

const batches = suite('client: batches and notifications');

batches('answer each call in order, without the notifications', () =>
  withServer(
    (socket, message) => {
      const list = message as Message[];
      const replies = list.filter(({ id }) => id !== undefined).map(resultOf);
      const error = { code: -32601, message: 'no' };
      send(socket, [...replies.slice(1).reverse(), { jsonrpc: '2.0', id: replies[0]!.id, error }]);
    },
    async (client) => {
      const results = await client.batch([
        { method: 'a' },
        { method: 'b', notify: true },
        { method: 'c', params: [1] },
        { method: 'd' },
      ]);
      assert.equal(
        results.map((result) => (result.ok ? result.result : result.error.number)),
        [-32601, { method: 'c', params: [1] }, { method: 'd' }],
      );
    },
  ),
);

batches('of notifications alone wait for nothing', () => {
  const seen: unknown[] = [];
  return withServer(
    (socket, message) => {
      seen.push(message);
      if (!Array.isArray(message)) echo(socket, message);
    },
    async (client) => {
      assert.equal(await client.batch([]), []);
      assert.equal(await client.batch([{ method: 'a', notify: true }]), []);
      client.notify('b', [1]);
      await client.call('c');
      assert.equal(seen, [
        [{ jsonrpc: '2.0', method: 'a' }],
        { jsonrpc: '2.0', method: 'b', params: [1] },
        { jsonrpc: '2.0', id: 1, method: 'c' },
      ]);
    },
  );
});

batches('are all rejected by an error that names no request', () =>
  withServer(
    (socket) =>
      send(socket, { jsonrpc: '2.0', id: null, error: { code: -32003, message: 'long' } }),
    async (client) => {
      const results = await client.batch([{ method: 'a' }, { method: 'b' }]);
      assert.equal(
        results.map((result) => !result.ok && result.error.number),
        [-32003, -32003],
      );
    },
  ),
);

batches('of the daemon, that nobody asked for, are an event', () =>
  withServer(
    (socket, message) => {
      send(socket, { jsonrpc: '2.0', method: 'progress', params: { done: 1 } });
      echo(socket, message);
    },
    async (client) => {
      const heard: unknown[] = [];
      client.on('notification', (method, params) => heard.push([method, params]));
      await client.call('a');
      assert.equal(heard, [['progress', { done: 1 }]]);
    },
  ),
);

batches('of the daemon come in MessagePack too, in the order they were sent', () =>
  withServer(
    (socket, message) => {
      const note = (part: number) => ({ jsonrpc: '2.0', method: 'progress', params: { part } });
      for (const one of [note(0), note(1), resultOf(message as Message)]) {
        socket.write(goxe(packr.pack(one)));
      }
    },
    async (client) => {
      const heard: unknown[] = [];
      client.on('notification', (_, params) => heard.push(params));
      heard.push(await client.call('a').then(() => 'result'));
      assert.equal(heard, [{ part: 0 }, { part: 1 }, 'result']);
    },
    { encoding: 'msgpack' },
  ),
);

batches.run();
