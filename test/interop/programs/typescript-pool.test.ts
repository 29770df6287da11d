/**
 * The connection pool of the C daemon's TypeScript library. A connection of it has one request at a
 * time; requests that find none free open further ones, all at once and past the pool's own limit.
 */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { LineClient, type Reply } from '../../support/line-client.ts';
import { type Places, type Started, startAndWait } from '../../support/programs.ts';

const test = suite('connection pool');

/** As many as the tests of the library have a server allow. */
const CONNECTIONS_MAX = 50;
/** From then on it takes a connection for a bad one. */
const HEALTHY_MS = 1000;
/** The shortest time after which a program that has many connections kills its daemon. */
const STOP_MS = 5000;

class Pool {
  readonly clients: LineClient[] = [];
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  static async open(path: string, count: number): Promise<Pool> {
    const pool = new Pool(path);
    await pool.#grow(count);
    return pool;
  }

  /** So many requests at the same time. */
  async ask(count: number, method: string): Promise<readonly Reply[]> {
    await this.#grow(Math.min(count, CONNECTIONS_MAX));
    let left = count;
    const replies: Reply[] = [];
    const serve = async (client: LineClient): Promise<void> => {
      while (left-- > 0) replies.push(await client.call(method));
    };
    await Promise.all(this.clients.map(serve));
    return replies;
  }

  /** As it does every few seconds: all connections at the same time. */
  async checkHealth(): Promise<void> {
    const begin_ms = performance.now();
    const options = { timeout_ms: 2 * HEALTHY_MS };
    await Promise.all(this.clients.map((client) => client.call('get_status', undefined, options)));
    assert.ok(performance.now() - begin_ms < HEALTHY_MS, 'all connections are healthy');
  }

  close(): void {
    for (const client of this.clients) {
      assert.equal([client.strays, client.ended], [[], false]);
      client.close();
    }
  }

  async #grow(count: number): Promise<void> {
    const missing = Math.max(0, count - this.clients.length);
    const opened = Array.from({ length: missing }, () => LineClient.open(this.#path));
    this.clients.push(...(await Promise.all(opened)));
  }
}

function start(places?: Places): Promise<Started> {
  const options = places === undefined ? {} : { places };
  return startAndWait(({ socket }) => ['--foreground', '--socket', socket], options);
}

async function withSocket(
  played: (socket: string) => Promise<void>,
  places?: Places,
): Promise<void> {
  const daemon = await start(places);
  try {
    await played(daemon.places.socket);
  } finally {
    assert.is(await daemon.stop(), 0, daemon.output());
  }
}

test('pool demo', () =>
  withSocket(async (socket) => {
    const basic = await Pool.open(socket, 3);
    for (let i = 0; i < 5; i++) await basic.clients[i % 3]!.call('get_version');
    await basic.checkHealth();
    basic.close();

    const loaded = await Pool.open(socket, 2);
    const statuses = await loaded.ask(50, 'get_status');
    assert.ok(statuses.every(({ version }) => typeof version === 'string'));
    assert.is(loaded.clients.length, CONNECTIONS_MAX);
    await loaded.checkHealth();
    loaded.close();

    // The next pool comes at once, while the daemon still sees the last one go.
    const batch = await Pool.open(socket, 4);
    assert.is((await batch.ask(5, 'get_version')).length, 5);
    batch.close();

    const single = await LineClient.open(socket);
    for (let i = 0; i < 20; i++) await single.call('get_version');
    single.close();
    const pooled = await Pool.open(socket, 4);
    assert.is((await pooled.ask(20, 'get_version')).length, 20);
    pooled.close();
  }));

test('tests of the library, against a daemon', () =>
  withSocket(async (socket) => {
    const pool = await Pool.open(socket, 8);
    const replies = await pool.ask(100, 'ping');
    assert.ok(replies.every(({ pong }) => pong === true));
    assert.is(replies.length, 100);
    const [ping, echoed] = await Promise.all([
      pool.clients[0]!.call('ping'),
      pool.clients[1]!.call('echo', { message: 'test' }),
    ]);
    assert.equal([ping.pong, echoed], [true, { message: 'test' }]);
    pool.close();

    // After so many requests it changes a connection for a new one.
    const single = await LineClient.open(socket);
    const all = await Promise.all(Array.from({ length: 1000 }, () => single.call('ping')));
    assert.ok(all.every(({ pong }) => pong === true));
    // What it must be able to send: 1 MB, with nothing cut of the reply.
    const data = 'x'.repeat(1024 * 1024 - 200);
    assert.is((await single.call('echo', { data })).data, data);
    assert.equal(single.strays, []);
    single.close();
  }));

test('a daemon that is started again under the library', async () => {
  const daemon = await start();
  const { socket } = daemon.places;
  const pool = await Pool.open(socket, 4);
  await pool.checkHealth();
  const begin_ms = performance.now();
  assert.is(await daemon.stop(), 0);
  assert.ok(performance.now() - begin_ms < STOP_MS, 'connections that are idle hold up nobody');
  for (const client of pool.clients) assert.equal([client.strays, client.ended], [[], true]);
  // It opens them again where they were.
  await withSocket(async () => {
    const again = await Pool.open(socket, 4);
    assert.is((await again.ask(4, 'get_version')).length, 4);
    again.close();
  }, daemon.places);
});

test.run();
