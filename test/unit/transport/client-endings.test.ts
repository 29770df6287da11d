/** The client library: how connections end, and what becomes of the calls then. */

import { once } from 'node:events';
import { renameSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ClientError, connect } from '../../../transport/client.ts';
import { temporaryDirectory } from '../../support/tmp.ts';
import { codeOf, type Message, send, silence, withServer } from './client-support.ts';

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
      const large = codeOf(client.call('b', ['x'.repeat(16_000_000)], { timeout_ms: 30_000 }));
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

endings('are not those of an attempt at a socket that does not listen yet', async () => {
  const path = join(temporaryDirectory(), 's');
  // As between the two system calls of a daemon that starts.
  (await listenUnder(path)).close();
  const attempt = connect({ path });
  await sleep(50);
  const server = await listenUnder(path);
  await (await attempt).close();
  server.close();
});

endings('of an attempt at a socket that nobody will listen on say so, however short', async () => {
  const path = join(temporaryDirectory(), 's');
  (await listenUnder(path)).close();
  const told = async (connect_timeout_ms?: number) => {
    const options = connect_timeout_ms === undefined ? {} : { connect_timeout_ms };
    const error = await connect({ path }, options).catch((reason: ClientError) => reason);
    return (error as ClientError).message;
  };
  assert.match(await told(), 'ECONNREFUSED');
  // A busy machine may stand still for as long as that.
  let short = '';
  for (let tries = 0; tries < 20 && !short.includes('ECONNREFUSED'); tries++) {
    short = await told(100);
  }
  assert.match(short, 'ECONNREFUSED');
});

/** A server whose file is not removed when it closes, and refuses from then on. */
async function listenUnder(path: string): Promise<Server> {
  const server = createServer((socket) => socket.on('error', () => socket.destroy()));
  await once(server.listen(`${path}.other`), 'listening');
  renameSync(`${path}.other`, path);
  return server;
}

endings('of an attempt come in time when nobody answers', async () => {
  // 192.0.2.0/24 is for documents: nobody is there, or a router says so at once.
  const attempt = connect({ host: '192.0.2.1', port: 9 }, { connect_timeout_ms: 20 });
  assert.is(await codeOf(attempt), 'CLIENT_CONNECT');
});

endings.run();
