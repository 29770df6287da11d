/** The daemon over TLS. */

import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { makeCertificate } from '../support/certificate.ts';
import { cli } from '../support/cli.ts';
import { putCertificate } from '../support/holder.ts';
import { openSocketsAndFiles } from '../support/processes.ts';
import { eventually, RawConnection, request } from '../support/raw.ts';
import { figuresOf, OFTEN, type Settings, TCP, whole, withTcp } from '../support/tcp-daemon.ts';
import { temporaryDirectory } from '../support/tmp.ts';

async function openTls(port: number, options: ConnectionOptions): Promise<RawConnection> {
  const socket = connectTls({ ...options, host: '127.0.0.1', port });
  await new Promise((resolve, reject) => {
    socket.once('secureConnect', resolve);
    socket.once('error', reject);
  });
  return RawConnection.over(socket);
}

const own = makeCertificate();
const files = putCertificate(temporaryDirectory(), 'own', own);
const TLS: Settings = {
  'sockets.tcp.tls.certificate': files.certificate,
  'sockets.tcp.tls.key': files.key,
};

const tls = suite('TLS');

tls('requests and replies come through, large ones too', async () => {
  await withTcp(TLS, async (port) => {
    const client = await openTls(port, { ca: own.certificate });
    assert.ok((await client.call('ping')).result);
    const catalogue = await client.call('list_methods');
    assert.is(catalogue.error, undefined);
    client.write(request('ping', undefined, 7).repeat(200));
    client.end();
    const lines = (await whole(client)).trim().split('\n');
    assert.is(lines.length, 200);
    client.destroy();
  });
});

/** What the daemon gives a handshake. */
const HANDSHAKE_MS = 5000;
/** Far more than it takes on a busy machine. */
const PATIENT: Settings = { 'limits.partial_frame_timeout_ms': 120_000 };
const QUICK_MS = 60_000;

tls('the wrong protocol on either port is ended quickly, and others notice nothing', async () => {
  await withTcp(TLS, async (port) => {
    let took_ms = HANDSHAKE_MS;
    // Again on a busy machine, which may be late with one; what waits is late with each.
    for (let tries = 5; tries > 0 && took_ms >= HANDSHAKE_MS; tries -= 1) {
      const begun = performance.now();
      const plain = await RawConnection.open(port);
      plain.write(request('ping', undefined, 1));
      await plain.rest();
      took_ms = performance.now() - begun;
    }
    assert.ok(took_ms < HANDSHAKE_MS, `${took_ms} ms`);
    const client = await openTls(port, { ca: own.certificate });
    assert.ok((await client.call('ping')).result);
    client.destroy();
  });
  await withTcp(PATIENT, async (port) => {
    const begun = performance.now();
    const error = await openTls(port, { ca: own.certificate }).catch((reason: Error) => reason);
    assert.instance(error, Error);
    // The same without a line end in it, by chance.
    const hello = await RawConnection.open(port);
    const letters = Buffer.alloc(200, 'A');
    hello.write(Buffer.concat([Buffer.from('16030100c8010000c40303', 'hex'), letters]));
    assert.match(await whole(hello), 'this is TLS');
    assert.ok(performance.now() - begun < QUICK_MS, 'not after the time for half a message');
    const client = await RawConnection.open(port);
    assert.ok((await client.call('ping')).result);
    client.destroy();
  });
});

tls('handshakes that never end lock nobody out, and leave nothing', async () => {
  const settings = { ...TLS, ...OFTEN };
  await withTcp(settings, async (port, daemon) => {
    const before = openSocketsAndFiles(daemon.pid);
    const hello = Buffer.from('16030100c8010000c40303', 'hex');
    const silent = Array.from({ length: 100 }, (_, index) => {
      const socket = connect({ host: '127.0.0.1', port });
      socket.on('error', () => {});
      if (index % 2 === 0) socket.write(hello);
      return socket;
    });
    await eventually('all have come in', async () => {
      const { handshakes, handshakes_failed } = await figuresOf(daemon, /^holder$/);
      return Number(handshakes) + Number(handshakes_failed) === 100;
    });
    const client = await openTls(port, { ca: own.certificate });
    assert.ok((await client.call('ping')).result);
    assert.ok(
      openSocketsAndFiles(daemon.pid) < before + 70,
      `${openSocketsAndFiles(daemon.pid) - before} descriptors`,
    );
    for (const socket of silent) socket.destroy();
    client.destroy();
    await eventually('nothing is left', () => openSocketsAndFiles(daemon.pid) <= before + 1);
  });
});

tls('a certificate that cannot be used ends the start with 78 and a sentence', async () => {
  const socket = join(temporaryDirectory(), 's');
  const other = putCertificate(temporaryDirectory(), 'other', makeCertificate());
  const set = { ...TCP, ...TLS, 'sockets.tcp.tls.key': other.key };
  const args = Object.entries(set).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
  const { code, stderr } = await cli('run', '--socket', socket, ...args);
  assert.is(code, 78);
  assert.match(stderr, 'does not belong to the certificate');
  assert.not.match(stderr, /\n {4}at /);
  assert.ok(readFileSync(other.key, 'utf8').length > 0);
});

tls.run();
