/** Who gets the page, who may look, and who may send events. */

import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  createInspector,
  type InspectorOptions,
  type ServedInspector,
  serveInspector,
} from '../../../../supervisor/inspector/index.ts';
import { Looker, startShop } from '../../../support/inspected.ts';

const TOKEN = 'the-token-of-a-test';
const context = { ends: [] as (() => Promise<void> | void)[] };
const test = suite('access to the inspector', context);

test.after.each(async () => {
  for (const end of context.ends.splice(0).reverse()) await end();
});

async function inspected(options: InspectorOptions = {}) {
  const shop = startShop();
  const served = await serveInspector(shop, { token: TOKEN, limits: { flush_ms: 5 }, ...options });
  context.ends.push(
    () => void shop.stop(),
    () => served.close(),
  );
  return { shop, served };
}

interface Asked {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The path goes as it is, dots and all. */
async function ask({ url }: ServedInspector, { path = '/', method = 'GET', headers = {} }: Asked) {
  const { port } = new URL(url);
  const reply = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, method, headers, agent: false }, resolve)
      .once('error', reject)
      .end();
  });
  return { status: reply.statusCode, headers: reply.headers, body: await text(reply) };
}

const PAGE = `/?token=${TOKEN}`;

test('gives the page to who knows the token, by a name of this machine only', async () => {
  const { served } = await inspected();
  assert.is(served.url, `http://127.0.0.1:${new URL(served.url).port}/?token=${TOKEN}`);
  const host = (name: string): Asked => ({ path: PAGE, headers: { host: name } });
  const table: readonly (readonly [Asked, number])[] = [
    [{ path: PAGE }, 200],
    [{ path: PAGE, method: 'HEAD' }, 200],
    [{ path: '/' }, 403],
    [{ path: '/?token=' }, 403],
    [{ path: `/?token=${TOKEN}x` }, 403],
    [{ path: `/index.html?token=${TOKEN.slice(1)}` }, 403],
    [{ path: PAGE, method: 'POST' }, 405],
    [host('localhost:1'), 200],
    [host('[::1]:1'), 200],
    [host('evil.example'), 403],
    [host('127.0.0.1.evil.example'), 403],
    [host('evil.example:127.0.0.1'), 403],
    [{ path: '/style.css' }, 200],
    [{ path: '/style.css', headers: { host: 'evil.example' } }, 403],
    [{ path: '/../page.js' }, 404],
    [{ path: '/..%2f..%2fpackage.json' }, 404],
    [{ path: '//etc/passwd' }, 404],
    [{ path: '/constructor' }, 404],
  ];
  for (const [asked, status] of table) {
    const reply = await ask(served, asked);
    assert.is(reply.status, status, JSON.stringify(asked));
    assert.is(reply.headers['x-content-type-options'], 'nosniff');
    assert.is(reply.headers['referrer-policy'], 'no-referrer');
    assert.match(String(reply.headers['content-security-policy']), "default-src 'none'");
  }
  const refused = await ask(served, { path: '/' });
  assert.match(refused.body, 'open the URL that it tells');
  assert.is((await ask(served, { path: PAGE })).headers['cache-control'], 'no-store');
  assert.is((await ask(served, { path: PAGE, method: 'POST' })).headers.allow, 'GET, HEAD');
});

test('lets nobody look but a page of its own or a program, with the token', async () => {
  const { served } = await inspected({ limits: { viewers_max: 1 } });
  const { port } = new URL(served.url);
  const upgrade = { connection: 'upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' };
  const key = { 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' };
  const asked = (path: string, headers: Record<string, string> = {}) =>
    new Promise<number | undefined>((resolve, reject) => {
      const all = { ...upgrade, ...key, ...headers };
      request({ host: '127.0.0.1', port, path, headers: all, agent: false })
        .once('upgrade', ({ statusCode }, socket) => {
          socket.destroy();
          resolve(statusCode);
        })
        .once('response', (reply) => {
          reply.resume();
          resolve(reply.statusCode);
        })
        .once('error', reject)
        .end();
    });
  assert.is(await asked('/'), 403);
  assert.is(await asked('/?token=wrong'), 403);
  assert.is(await asked(PAGE, { origin: 'http://evil.example' }), 403);
  assert.is(await asked(PAGE, { origin: 'null' }), 403);
  assert.is(await asked(PAGE, { origin: `http://127.0.0.1:${Number(port) + 1}` }), 403);
  assert.is(await asked(PAGE, { host: 'evil.example', origin: 'http://evil.example' }), 403);
  assert.is(await asked(PAGE, { origin: `http://127.0.0.1:${port}` }), 101);
  const looker = await Looker.open(served.url);
  assert.is(await asked(PAGE), 503);
  await looker.leave();
});

test('outlives whatever a viewer sends', async () => {
  const { served } = await inspected({ limits: { command_bytes_max: 1000 } });
  const sent: readonly (readonly [string | Buffer, number])[] = [
    ['{', 1008],
    ['null', 1008],
    ['{"type":"service.event"}', 1008],
    [Buffer.from([1, 2, 3]), 1008],
    ['x'.repeat(2000), 1009],
  ];
  for (const [data, code] of sent) {
    const looker = await Looker.open(served.url);
    const closed = new Promise((resolve) => looker.socket.once('close', resolve));
    looker.socket.send(data);
    assert.is(await closed, code, String(data).slice(0, 50));
  }
  const many = await Looker.open(served.url);
  const closed = new Promise((resolve) => many.socket.once('close', resolve));
  for (let count = 0; count < 500; count++) many.say({ type: 'inspector.hello' });
  assert.is(await closed, 1008);
  // Half a handshake.
  const { port } = new URL(served.url);
  const half = connect(Number(port), '127.0.0.1');
  half.end(`GET ${PAGE} HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n`);
  half.resume();
  await new Promise((resolve) => half.once('close', resolve));
  await (await Looker.open(served.url)).leave();
});

test('one that says nothing is cut off', async () => {
  const { served } = await inspected({ limits: { unread_ms_max: 50 } });
  const looker = await Looker.open(served.url);
  const silent = await Looker.open(served.url, { silent: true });
  await new Promise((resolve) => silent.socket.once('close', resolve));
  assert.is(looker.socket.readyState, looker.socket.OPEN);
  await looker.leave();
});

test('sends events for who may, to actors that live', async () => {
  const { shop, served } = await inspected({ admin: (token) => token === 'right' });
  const looker = await Looker.open(served.url);
  const to = shop.sessionId;
  const ask = async (token: string) => (await looker.ask({ type: 'inspector.token', token })).error;
  assert.match((await looker.send(to, { type: 'close' })).error ?? '', 'show a token first');
  assert.is(shop.getSnapshot().value, 'open');
  const [wrong, hasty] = await Promise.all([ask('wrong'), ask('right')]);
  assert.is(wrong, 'that token is wrong');
  assert.match(hasty ?? '', 'wait a second');
  assert.is(await ask('right'), undefined);
  assert.is((await looker.send(to, { type: 'close' })).error, undefined);
  assert.is(shop.getSnapshot().value, 'closed');
  for (const event of ['close', ['close'], null, {}, { type: 1 }]) {
    assert.match((await looker.send(to, event)).error ?? '', 'an event is an object', `${event}`);
  }
  for (const type of ['', '*', 'xstate.stop', 'xstate.done.actor.errand']) {
    assert.match((await looker.send(to, { type })).error ?? '', 'xstate itself', type);
  }
  assert.is((await looker.send('x:none', { type: 'close' })).error, 'that actor is gone');
  const other = await Looker.open(served.url);
  assert.match(
    (await other.send(to, { type: 'open' })).error ?? '',
    'show a token',
    'another page',
  );
  shop.stop();
  assert.is((await looker.send(to, { type: 'open' })).error, 'that actor is gone');
  await looker.leave();
  await other.leave();
});

test('cuts off who guesses tokens', async () => {
  const { served } = await inspected({ admin: () => false });
  const looker = await Looker.open(served.url);
  const closed = new Promise((resolve) => looker.socket.once('close', resolve));
  for (let count = 0; count < 3; count++) {
    await looker.ask({ type: 'inspector.token', token: `${count}` });
  }
  assert.is(await closed, 1008);
});

test('lets nobody send where that is not allowed', async () => {
  const { shop, served } = await inspected();
  const looker = await Looker.open(served.url);
  const greeting = await looker.until(({ type }) => type === 'service.greeting');
  assert.is(greeting.type === 'service.greeting' && greeting.sending, 'never');
  const { error } = await looker.send(shop.sessionId, { type: 'close' });
  assert.is(error, 'this service lets no page send events');
  assert.is((await looker.ask({ type: 'inspector.token', token: 'x' })).error, error);
  await looker.leave();
});

test('is mounted below a path, beside what else a server does', async () => {
  const shop = startShop();
  const inspector = createInspector(shop, { token: TOKEN, hosts: ['shop.example'] });
  const server = createServer((incoming, response) => {
    if (!inspector.handle(incoming, response)) response.end('the shop');
  });
  server.on('upgrade', inspector.upgrade);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = inspector.url(server.address() as AddressInfo);
  const served = { url } as ServedInspector;
  assert.is((await ask(served, { path: '/' })).body, 'the shop');
  assert.is((await ask(served, { path: '/inspectors' })).body, 'the shop');
  const moved = await ask(served, { path: `/inspector?token=${TOKEN}` });
  assert.equal([moved.status, moved.headers.location], [308, `/inspector/?token=${TOKEN}`]);
  const page = { path: `/inspector/?token=${TOKEN}`, headers: { host: 'shop.example' } };
  assert.is((await ask(served, page)).status, 200);
  const looker = await Looker.open(url);
  await looker.until(({ type }) => type === 'service.register');
  // Nobody else takes that.
  const refused = await Looker.open(url.replace('inspector', 'other')).catch(String);
  assert.match(String(refused), '404');
  const closed = new Promise((resolve) => looker.socket.once('close', resolve));
  inspector.close();
  await closed;
  assert.match(String(await Looker.open(url).catch(String)), '503');
  await new Promise((resolve) => server.close(resolve));
  shop.stop();
});

test('leaves a request to the next in line of a framework', async () => {
  const shop = startShop();
  const inspector = createInspector(shop, { path: '/look/' });
  const asked = (url: string, originalUrl: string): boolean => {
    let went_on = false;
    const response = { setHeader() {}, writeHead() {}, end() {}, hasHeader() {} };
    const incoming = { url, originalUrl, method: 'GET', headers: { host: 'localhost' } };
    inspector.handle(incoming as never, response as never, () => {
      went_on = true;
    });
    return went_on;
  };
  assert.ok(asked('/other', '/other'));
  assert.not(asked('/', '/look/'));
  shop.stop();
});

test('refuses options that cannot be meant', () => {
  const shop = startShop();
  assert.throws(() => createInspector(shop, { token: 'short' }), /16 characters/);
  assert.throws(() => createInspector(shop, { path: 'inspector' }), /slash/);
  assert.throws(() => createInspector(shop, { limits: { events_max: 0 } }), /events_max/);
  shop.stop();
});

test('has few connections that are no viewers: the eldest goes', async () => {
  const { served } = await inspected();
  const looker = await Looker.open(served.url);
  context.ends.push(() => looker.leave());
  const callers = Array.from({ length: 65 }, () => {
    const socket = connect(Number(new URL(served.url).port), '127.0.0.1');
    context.ends.push(() => void socket.destroy());
    return new Promise<void>((resolve) => {
      socket.on('error', () => {}).once('close', () => resolve());
    });
  });
  await Promise.race(callers);
  assert.is((await ask(served, { path: PAGE })).status, 200);
  assert.is(served.inspector.viewers, 1);
});

test.run();
