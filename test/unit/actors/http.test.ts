/** The server of metrics and health: its pages, and what its visitors may do. */

import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Answers, pageFor, type Verdict } from '../../../actors/http/pages.ts';
import { Visitors } from '../../../actors/http/visitors.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const test = suite('http');

const GOOD: Verdict = {
  ...{ ok: true, state: 'running' },
  checks: [
    { name: 'root', ok: true, text: '' },
    { name: 'engines', ok: true, text: '2 of 2 ready' },
  ],
};
const BAD: Verdict = {
  ...{ ok: false, state: 'stopping' },
  checks: [
    { name: 'daemon', ok: false, text: 'stopping' },
    { name: 'health', ok: true, text: '' },
  ],
};
const ANSWERS: Answers = {
  live: () => GOOD,
  ready: () => BAD,
  health: () => GOOD,
  metrics: async (open) => ({ type: open ? 'open' : 'plain', text: 'a 1\n' }),
};

const get = (url: string, accept = '*/*', method = 'GET') =>
  pageFor({ method, url, accept }, ANSWERS);

test('says ok to who asks whether all is well, and what is wrong when it is not', async () => {
  const good = await get('/livez');
  assert.is(good.status, 200);
  assert.is(good.body, 'ok\n');
  const bad = await get('/readyz');
  assert.is(bad.status, 503);
  assert.is(bad.body, '[-]daemon failed: stopping\n[+]health ok\nreadyz check failed\n');
});

test('lists the checks to who asks for them, as text or as JSON', async () => {
  const verbose = '[+]root ok\n[+]engines ok: 2 of 2 ready\nhealthz check passed\n';
  assert.is((await get('/healthz?verbose')).body, verbose);
  assert.is((await get('/healthz?verbose=1&x')).body, verbose);
  for (const page of [
    await get('/readyz?format=json'),
    await get('/readyz?verbose', 'text/html, application/json;q=0.9'),
  ]) {
    assert.is(page.status, 503);
    assert.match(page.headers['content-type'] ?? '', 'application/json');
    assert.equal(JSON.parse(page.body), { name: 'readyz', ...BAD });
  }
});

test('gives metrics in the format that is asked for', async () => {
  assert.equal((await get('/metrics')).headers, { 'content-type': 'plain' });
  const open = await get('/metrics', 'application/openmetrics-text;version=1.0.0,text/plain;q=0.5');
  assert.equal(open.headers, { 'content-type': 'open' });
});

test('has no other pages, and none that can be written', async () => {
  for (const url of ['/', '/metrics/', '/livez/x', '//livez', '/constructor', 'livez', '']) {
    const page = await get(url);
    assert.is(page.status, 404, url);
    assert.match(page.body, '/metrics, /livez, /readyz, /healthz');
  }
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    const page = await get('/livez', '', method);
    assert.is(page.status, 405);
    assert.is(page.headers.allow, 'GET, HEAD');
  }
  assert.is((await get('/livez', '', 'HEAD')).status, 200);
});

const servers: Server[] = [];

/** Visitors who are answered with what they asked for. */
async function open(limits = { visitors_max: 3, ask_ms: 200, take_ms: 200 }) {
  const visitors = new Visitors(({ url }, response) => void response.end(url), limits);
  const server = createServer({ allowHalfOpen: true }, (socket) => visitors.welcome(socket));
  servers.push(server);
  const path = join(temporaryDirectory(), 's');
  await once(server.listen(path), 'listening');
  return { visitors, visit: () => new Visit(connect(path)) };
}

class Visit {
  readonly socket: Socket;
  readonly closed: Promise<unknown>;
  text = '';

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('utf8').on('data', (chunk) => {
      this.text += chunk;
    });
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => socket.once('close', resolve));
  }

  ask(text: string): this {
    this.socket.write(text);
    return this;
  }
}

test.after(() => {
  for (const server of servers) server.close();
});

test('cuts who does not ask to the end, and who asks nothing more', async () => {
  const { visit, visitors } = await open();
  const silent = visit();
  const slow = visit().ask('GET /a HTTP/1.1\r\nx: ');
  const trickle = setInterval(() => slow.ask('y'), 20);
  let served = '';
  // A busy machine may be too late with what was asked in time: it is asked again then.
  for (let more = 20; served === '' && more > 0; more -= 1) {
    const one = visit().ask('GET /b HTTP/1.1\r\n\r\n');
    await one.closed;
    served = one.text;
  }
  await Promise.all([silent.closed, slow.closed]);
  clearInterval(trickle);
  assert.is(silent.text + slow.text, '');
  assert.match(served, /^HTTP\/1\.1 200 OK[\s\S]*\/b/);
  while (visitors.figures().connections !== 0) await sleep(1);
  assert.is(visitors.figures().turned_away, 0);
});

test('has few connections: the eldest goes', async () => {
  const { visit, visitors } = await open({ visitors_max: 3, ask_ms: 20_000, take_ms: 20_000 });
  const visits: Visit[] = [];
  for (let index = 0; index < 5; index += 1) {
    const one = visit();
    await once(one.socket, 'connect');
    visits.push(one);
  }
  await Promise.all(visits.slice(0, 2).map(({ closed }) => closed));
  assert.equal(visitors.figures(), { connections: 3, turned_away: 2 });
  const last = visits[4]!.ask('GET /c HTTP/1.1\r\n\r\n');
  while (!last.text.includes('/c')) await once(last.socket, 'data');
  await visitors.close(false);
  assert.is(visitors.figures().connections, 0);
});

test('answers what has a body, reads nothing of it, and closes', async () => {
  const { visit } = await open({ visitors_max: 3, ask_ms: 20_000, take_ms: 20_000 });
  const one = visit().ask('GET /d HTTP/1.1\r\ncontent-length: 50\r\n\r\nGET /e HTTP/1.1\r\n\r\n');
  await one.closed;
  assert.match(one.text, /connection: close[\s\S]*\/d/i);
  assert.not.match(one.text, '/e');
  const head = visit().ask(`GET /f HTTP/1.1\r\nx: ${'y'.repeat(9000)}\r\n\r\n`);
  await head.closed;
  assert.match(head.text, /^HTTP\/1\.1 431/);
  const none = visit().ask('{"jsonrpc":"2.0","method":"ping","id":1}\n');
  await none.closed;
  assert.match(none.text, /^HTTP\/1\.1 400/);
});

test('cuts who asks on and on without an answer', async () => {
  const { visit, visitors } = await open({ visitors_max: 3, ask_ms: 20_000, take_ms: 20_000 });
  const many = visit().ask('GET /g HTTP/1.1\r\n\r\n'.repeat(1000));
  await many.closed;
  const some = visit().ask('GET /h HTTP/1.1\r\n\r\n'.repeat(8));
  while (some.text.split('/h').length < 9) await once(some.socket, 'data');
  await visitors.close(false);
});

test.run();
