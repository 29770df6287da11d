/** The HTTP server: GET /primes/N, which a thread answers, and GET /status. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fromCallback } from 'xstate';
import { life, type Stop } from './life.ts';
import { type Pool, primesBelow } from './pool.ts';

type Reply = readonly [code: number, body: object, headers?: Record<string, string>];

async function answer(url: string, pool: Pool, status: () => object): Promise<Reply> {
  if (url === '/status') return [200, status()];
  const [, n] = /^\/primes\/(\d{1,9})$/.exec(url) ?? [];
  if (n === undefined) return [404, { error: 'there are /primes/N and /status' }];
  try {
    return [200, { primes: await primesBelow(Number(n), pool) }];
  } catch (error) {
    // Another thread is on its way.
    return [503, { error: (error as Error).message }, { 'retry-after': '1' }];
  }
}

/** It is ready when it listens. Asked to stop, it answers what it has read. */
export function serverLogic(port: number, pool: Pool, status: () => object) {
  const effect = fromCallback<Stop>(({ sendBack, receive }) => {
    const server = createServer(async (request, response) => {
      const [code, body, headers] = await answer(request.url ?? '', pool, status);
      // An idle connection would keep it from stopping.
      const close = server.listening ? {} : { connection: 'close' };
      response.writeHead(code, { 'content-type': 'application/json', ...headers, ...close });
      response.end(JSON.stringify(body));
    });
    server.on('error', ({ message }) => sendBack({ type: 'down', failure: message }));
    server.listen(port, '127.0.0.1', () => {
      sendBack({ type: 'up', port: (server.address() as AddressInfo).port });
    });
    receive(({ now }) => {
      server.close(() => sendBack({ type: 'down' }));
      if (now) server.closeAllConnections();
    });
    return () => {
      server.close();
      server.closeAllConnections();
    };
  });
  return life(effect);
}
