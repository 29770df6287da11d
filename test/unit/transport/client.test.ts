import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { Packr } from 'msgpackr';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type Client,
  ClientError,
  type ClientOptions,
  connect,
} from '../../../transport/client.ts';
import { Framer } from '../../../transport/framing.ts';
import { temporaryDirectory } from '../../support/tmp.ts';
import { goxe, LIMITS } from './support.ts';

const packr = new Packr({ useRecords: false });
const path = join(temporaryDirectory(), 's');

interface Message {
  readonly id?: number;
  readonly method: string;
  readonly params?: unknown;
}

/** What the server does with what it read: one message or a batch. */
type Behaviour = (socket: Socket, message: Message | Message[]) => void;

/** Runs a test against a server that behaves so. */
async function withServer(
  behaviour: Behaviour,
  use: (client: Client, sockets: readonly Socket[]) => Promise<void>,
  options: ClientOptions = {},
): Promise<void> {
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    const framer = new Framer({ limits: LIMITS });
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      for (const event of framer.push(chunk)) {
        if (event.kind === 'error') throw event.error;
        const { bytes, encoding } = event;
        const json = encoding === 'json';
        behaviour(socket, json ? JSON.parse(Buffer.from(bytes).toString()) : packr.unpack(bytes));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const client = await connect({ path }, options);
  try {
    await use(client, sockets);
  } finally {
    await client.close();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

const send = (socket: Socket, value: unknown) => socket.write(`${JSON.stringify(value)}\n`);
const resultOf = ({ id, method, params }: Message) => ({
  jsonrpc: '2.0',
  id,
  result: { method, params },
});
/** Answers everything with the method and parameters that came. */
const echo: Behaviour = (socket, message) => {
  const list = Array.isArray(message) ? message : [message];
  const replies = list.filter(({ id }) => id !== undefined).map(resultOf);
  if (Array.isArray(message)) send(socket, replies);
  else for (const reply of replies) send(socket, reply);
};
const silence: Behaviour = () => undefined;

/** The code that a promise is rejected with. */
async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    assert.instance(error, ClientError);
    return (error as ClientError).code;
  }
  return 'fulfilled';
}

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

batches.run();

const endings = suite('client: endings');

endings('reject all that wait when the daemon ends the connection', () =>
  withServer(
    (socket, message) => {
      if ((message as Message).method === 'die') socket.end('{"jsonrpc":"2.0","id":');
    },
    async (client) => {
      const closed = new Promise((resolve) => client.once('close', resolve));
      const codes = [client.call('a'), client.call('b'), client.call('die')].map(codeOf);
      assert.equal(await Promise.all(codes), new Array(3).fill('CLIENT_CLOSED'));
      assert.is(((await closed) as ClientError).code, 'CLIENT_CLOSED');
      assert.is(await codeOf(client.call('later')), 'CLIENT_CLOSED');
      assert.throws(
        () => client.notify('later'),
        (error: ClientError) => error.code === 'CLIENT_CLOSED',
      );
    },
  ),
);

endings('reject at once when the daemon ends and reads no more, with much unsent', () =>
  withServer(
    (socket) => {
      socket.pause();
      socket.end();
    },
    async (client) => {
      const first = codeOf(client.call('a'));
      const large = codeOf(client.call('b', ['x'.repeat(16_000_000)], { timeout_ms: 3000 }));
      assert.equal([await first, await large], ['CLIENT_CLOSED', 'CLIENT_CLOSED']);
    },
  ),
);

endings('reject all that wait when the connection is cut', () =>
  withServer(silence, async (client, sockets) => {
    const call = codeOf(client.call('a'));
    while (sockets.length === 0) await turn();
    sockets[0]!.destroy();
    assert.is(await call, 'CLIENT_CLOSED');
  }),
);

endings('by the client reject what waits, send what was written, and come once', () => {
  const seen: unknown[] = [];
  return withServer(
    (_, message) => seen.push((message as Message).method),
    async (client, sockets) => {
      let closes = 0;
      client.on('close', (error) => {
        assert.is(error, undefined);
        closes += 1;
      });
      const call = codeOf(client.call('a'));
      client.notify('b');
      await Promise.all([client.close(), client.close()]);
      assert.is(await call, 'CLIENT_CLOSED');
      assert.is(closes, 1);
      while (seen.length < 2 && !sockets[0]?.closed) await turn();
      assert.equal(seen, ['a', 'b']);
    },
  );
});

endings('come when the other side does not speak JSON-RPC', async () => {
  for (const nonsense of ['hello\n', '1\n', '[1]\n', '{"a":]\n', '{"id":7,"result":1}\n', '{}\n']) {
    await withServer(
      (socket) => socket.write(nonsense),
      async (client) => assert.is(await codeOf(client.call('a')), 'CLIENT_PROTOCOL', nonsense),
    );
  }
});

endings('come when a reply is larger than allowed', () =>
  withServer(
    (socket, message) => {
      const { id } = message as Message;
      send(socket, { jsonrpc: '2.0', id, result: 'x'.repeat(2000) });
    },
    async (client) => assert.is(await codeOf(client.call('a')), 'CLIENT_PROTOCOL'),
    { reply_bytes_max: 1000 },
  ),
);

endings('of attempts to connect say why', async () => {
  const missing = join(temporaryDirectory(), 'none');
  const error = await connect({ path: missing }).catch((reason: ClientError) => reason);
  assert.instance(error, ClientError);
  assert.is((error as ClientError).code, 'CLIENT_CONNECT');
  assert.match((error as ClientError).message, 'ENOENT');
  assert.is(await codeOf(connect({ host: '127.0.0.1', port: 70_000 })), 'CLIENT_CONNECT');
});

endings('of an attempt come in time when nobody answers', async () => {
  // 192.0.2.0/24 is for documents: nobody is there, or a router says so at once.
  const attempt = connect({ host: '192.0.2.1', port: 9 }, { connect_timeout_ms: 20 });
  assert.is(await codeOf(attempt), 'CLIENT_CONNECT');
});

endings.run();
