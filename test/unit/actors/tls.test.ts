/** TLS: its files, handshakes that are slow, wrong or never end, and certificates that change. */

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ListenError } from '../../../actors/listener/listen-error.ts';
import { readTls } from '../../../actors/listener/tls-files.ts';
import { makeCertificate } from '../../support/certificate.ts';
import {
  type Change,
  dial,
  dialTls,
  makeHolder,
  portOf,
  putCertificate,
  until,
  whole,
} from '../../support/holder.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS);

const files = suite('files of TLS');

files('none, and a pair that belongs together', async () => {
  assert.is(await readTls({ certificate: '', key: '', client_ca: '' }), undefined);
  const own = putCertificate(temporaryDirectory(), 'own', makeCertificate());
  const material = await readTls({ ...own, client_ca: own.certificate });
  assert.is(material?.clients, true);
  assert.equal(material?.warnings, []);
});

files('each fault is a sentence that names the file', async () => {
  const directory = temporaryDirectory();
  const [own, other, expired, early] = [
    putCertificate(directory, 'own', makeCertificate()),
    putCertificate(directory, 'other', makeCertificate()),
    putCertificate(directory, 'expired', makeCertificate({ from: inDays(-9), to: inDays(-2) })),
    putCertificate(directory, 'early', makeCertificate({ from: inDays(2) })),
  ];
  const bad = join(directory, 'bad');
  writeFileSync(bad, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
  const locked = join(directory, 'locked');
  writeFileSync(locked, '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n');
  mkdirSync(join(directory, 'dir'));
  const big = join(directory, 'big');
  writeFileSync(big, Buffer.alloc(2 ** 21));
  for (const [change, words] of [
    [{ key: '' }, /tls\.key is empty/],
    [{ certificate: '' }, /tls\.certificate is empty/],
    [{ certificate: '', key: '', client_ca: own.certificate }, /certificate is empty/],
    [{ certificate: join(directory, 'no') }, /cannot read .*no: there is no such file/],
    [{ key: join(directory, 'dir') }, /tls\.key: cannot read .*dir: it is a directory/],
    [{ certificate: big }, /big has 2097152 bytes/],
    [{ key: other.key }, /other\.key does not belong to the certificate in .*own\.crt/],
    [{ certificate: own.key }, /own\.key has no certificate in PEM form/],
    [{ key: own.certificate }, /own\.crt has no private key in PEM form/],
    [{ key: locked }, /locked is encrypted/],
    [{ certificate: bad }, /certificate 1 of .*bad is damaged/],
    [expired, /expired\.crt expired on \d{4}-\d\d-\d\d; put a new one/],
    [early, /early\.crt is not valid before \d{4}-\d\d-\d\d/],
    [{ client_ca: own.key }, /tls\.client_ca: .*own\.key has no certificate/],
    [{ client_ca: expired.certificate }, /tls\.client_ca: .*expired\.crt expired on/],
  ] as const) {
    const error = await readTls({ ...own, client_ca: '', ...change }).then(
      () => 'it is sound',
      (reason: unknown) => reason,
    );
    assert.instance(error, ListenError, `${words}`);
    assert.match((error as ListenError).message, words);
    assert.is((error as ListenError).code, 'wrong');
  }
});

files('what will be wrong soon, or lets others in, is a warning', async () => {
  const directory = temporaryDirectory();
  const soon = putCertificate(directory, 'soon', makeCertificate({ to: inDays(5) }));
  chmodSync(soon.key, 0o644);
  const { warnings = [] } = (await readTls({ ...soon, client_ca: '' })) ?? {};
  assert.is(warnings.length, 2);
  assert.match(warnings[0] ?? '', /soon\.crt expires on/);
  assert.match(warnings[1] ?? '', /every user of this machine can read .*soon\.key/);
});

files.run();

const own = makeCertificate();
const directory = temporaryDirectory();
const OWN = putCertificate(directory, 'own', own);

async function secured(change: Change = () => {}) {
  const parts = await makeHolder((config) => {
    Object.assign(config.sockets.tcp.tls, OWN);
    change(config);
  });
  const [address] = await parts.holder.open(parts.live);
  return { ...parts, port: portOf(address) };
}

const tls = suite('TLS');

tls('bytes come through, and a client that ends its side still gets its reply', async () => {
  const { port, arrived, end } = await secured();
  const client = dialTls(port, own);
  const heard = whole(client);
  client.end('question');
  await until('it is there', () => arrived.length === 1);
  const socket = arrived[0]!.socket;
  let question = '';
  socket.on('data', (chunk) => {
    question += chunk;
  });
  socket.on('end', () => socket.end(`${question}, answered`));
  assert.is(await heard, 'question, answered');
  await end();
});

tls('a client that speaks plainly goes at once, and others notice nothing', async () => {
  const { port, arrived, holder, reasons, end } = await secured();
  const plain = dial(port);
  plain.write('{"jsonrpc":"2.0","id":1,"method":"ping"}\n');
  const client = dialTls(port, own);
  await whole(plain);
  assert.is(reasons.length, 1);
  assert.not.match(reasons[0] ?? '', /timeout/i, 'it went by what it said');
  await until('the other is there', () => arrived.length === 1);
  assert.is(holder.figures().handshakes_failed, 1);
  client.destroy();
  await end();
});

tls('who never ends its handshake holds one of a few places, and no other', async () => {
  const { port, arrived, holder, end } = await secured();
  const silent = Array.from({ length: 64 }, () => dial(port));
  await until('all of them are there', () => holder.figures().handshakes === 64);
  const cut = whole(silent[0]!);
  const client = dialTls(port, own);
  await until('it is there all the same', () => arrived.length === 1);
  await cut;
  assert.is(holder.figures().handshakes, 63);
  // Half of a handshake is no better.
  const half = dial(port);
  half.write(Buffer.from('16030100c8010000c40303', 'hex'));
  await until('it counts', () => holder.figures().handshakes === 64);
  const begun = performance.now();
  await Promise.all([half, ...silent.slice(1)].map(whole));
  assert.ok(performance.now() - begun < 60_000, 'there is an end to it');
  await until('nothing is left', () => holder.figures().handshakes === 0);
  client.destroy();
  await end();
});

tls('only clients with a certificate of the authority come in', async () => {
  const authority = makeCertificate({ name: 'authority', authority: true });
  const client_ca = putCertificate(directory, 'ca', authority).certificate;
  const { port, arrived, holder, end } = await secured(({ sockets }) => {
    // With it, others than this machine may connect.
    sockets.tcp.address = '0.0.0.0';
    sockets.tcp.tls.client_ca = client_ca;
  });
  const good = makeCertificate({ name: 'client', issuer: authority });
  for (const bad of [undefined, makeCertificate({ name: 'client' })]) {
    // With an alert or without, by the version of TLS and what is wrong.
    await whole(dialTls(port, own, bad));
  }
  assert.is(arrived.length, 0);
  const client = dialTls(port, own, good);
  await until('it is there', () => arrived.length === 1);
  client.destroy();
  assert.is(holder.figures().handshakes_failed, 2);
  await end();
});

tls('other certificates for who connects from then on; bad ones change nothing', async () => {
  const { port, arrived, reload, end } = await secured();
  const first = dialTls(port, own);
  await until('it is there', () => arrived.length === 1);
  const next = makeCertificate({ name: 'next' });
  putCertificate(directory, 'next', next);
  // Renewed in place, as certificates are.
  const renewed = putCertificate(directory, 'own', next);
  assert.ok((await reload(() => {})).ok);
  const name = (client: ReturnType<typeof dialTls>) =>
    new Promise((resolve) => {
      client.on('secureConnect', () => resolve(client.getPeerCertificate().subject.CN));
      client.on('error', ({ message }) => resolve(message));
    });
  const second = dialTls(port, next);
  assert.is(await name(second), 'next');
  writeFileSync(renewed.key, own.key);
  const outcome = await reload(() => {});
  assert.match(outcome.ok ? 'ok' : outcome.reason, 'does not belong to the certificate');
  const third = dialTls(port, next);
  assert.is(await name(third), 'next');
  arrived[0]?.socket.write('still here');
  const heard = await new Promise((resolve) => first.once('data', resolve));
  assert.is(String(heard), 'still here');

  writeFileSync(renewed.key, next.key);
  assert.ok(
    (await reload(({ sockets }) => Object.assign(sockets.tcp.tls, { client_ca: OWN.certificate })))
      .ok,
  );
  assert.match(await whole(dialTls(port, next)), /ERR_SSL|ECONNRESET/);
  const none = { certificate: '', key: '', client_ca: '' };
  assert.ok((await reload(({ sockets }) => Object.assign(sockets.tcp.tls, none))).ok);
  const plain = dial(port);
  const count = arrived.length;
  await until('it is there without TLS', () => arrived.length === count + 1);
  for (const client of [first, second, third, plain]) client.destroy();
  putCertificate(directory, 'own', own);
  await end();
});

tls.run();

const often = suite('connections too often');

const slowly: Change = ({ security }) => {
  Object.assign(security, { connections_per_second: 0.01, connections_burst: 2 });
};

function dialled(port: number, count: number, how: (port: number) => Socket): Socket[] {
  return Array.from({ length: count }, () => how(port));
}

often('are told when to come again, and counted', async () => {
  const { holder, live, warnings, arrived, end } = await makeHolder(slowly);
  const port = portOf((await holder.open(live))[0]);
  const clients = dialled(port, 2, dial);
  await until('two are in', () => arrived.length === 2);
  const third = dial(port);
  // Sent before it is known that nobody reads it: closing over that would be a reset.
  third.write('{"jsonrpc":"2.0","id":1,"method":"ping"}\n');
  // At once, since the wait is short.
  const fourth = whole(dial(port));
  const answer = whole(third);
  third.on('end', () => third.end());
  const { error } = JSON.parse(await answer);
  assert.is(error.data.code, 'GOX_RATE_LIMITED');
  assert.is(error.data.retryable, true);
  assert.is(error.data.details.retry_after_ms, 1000);
  assert.match(await fourth, 'GOX_RATE_LIMITED');
  assert.is(holder.figures().rate_refused, 2);
  assert.is(holder.figures().turned_away, 2);
  assert.is(warnings.filter((line) => /too often/.test(line)).length, 1, 'once a wait');
  for (const client of clients) client.destroy();
  await end();
});

often('of TLS, once a wait through a handshake', async () => {
  const { port, arrived, holder, end } = await secured(slowly);
  const clients = dialled(port, 2, (to) => dialTls(to, own));
  await until('two are in', () => arrived.length === 2);
  // Both at once, since the wait is short.
  const more = await Promise.all(dialled(port, 2, (to) => dialTls(to, own)).map(whole));
  assert.match(more.sort()[0] ?? '', 'ECONNRESET');
  assert.match(more[1] ?? '', 'GOX_RATE_LIMITED');
  assert.is(holder.figures().rate_refused, 2);
  for (const client of clients) client.destroy();
  await end();
});

often.run();
