/** Ports for daemons that are told theirs. */

import { createServer } from 'node:net';

/** Below those that systems give to who asks for any, so that no other test is given it. */
const [FIRST, COUNT] = [20_000, 10_000];
const TRIES = 100;

/** One of this machine that nobody has. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    if (await isFree(port)) return port;
  }
  throw new Error('no port is free');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
