/** Sockets that a service manager has bound, as systemd hands them over. */

import { closeSync, existsSync, openSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Activated, fdOf, listenAt, startActivated } from '../support/activated.ts';
import { eventually, RawConnection } from '../support/raw.ts';
import { temporaryDirectory } from '../support/tmp.ts';

const activation = suite('activation');

async function ready({ printed }: Activated): Promise<void> {
  await eventually('it listens', () => / listens on /.test(printed()));
}

async function stopped({ child, exited }: Activated): Promise<number | null> {
  child.kill('SIGTERM');
  return await exited();
}

async function pings(where: string | number): Promise<boolean> {
  const client = await RawConnection.open(where);
  const { result } = await client.call('ping');
  client.destroy();
  return (result as { pong: boolean }).pong;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

for (const names of [true, false]) {
  const how = names ? 'by their names' : 'by their kinds';
  activation(`takes a path and a port ${how}, binds nothing itself, and leaves both`, async () => {
    const directory = temporaryDirectory();
    const [path, own] = [join(directory, 's'), join(directory, 'own')];
    const [unix, tcp] = [await listenAt(path), await listenAt(0)];
    const port = portOf(tcp);
    const given = [
      { fd: fdOf(tcp), ...(names ? { name: 'tcp' } : {}) },
      { fd: fdOf(unix), ...(names ? { name: 'unix' } : {}) },
    ];
    // By the configuration there is another path, and no port.
    const daemon = startActivated(given, ['--socket', own]);
    unix.close();
    tcp.close();
    // Asked before anybody is there to answer: it waits.
    const early = pings(path);
    await ready(daemon);
    assert.ok(await early);
    assert.ok(await pings(port));
    assert.not(existsSync(own), 'not twice');
    assert.is(await stopped(daemon), 0);
    assert.ok(existsSync(path), 'it belongs to who bound it');
  });
}

activation('binds what it was not given', async () => {
  const path = join(temporaryDirectory(), 's');
  const tcp = await listenAt(0);
  const port = portOf(tcp);
  const daemon = startActivated([{ fd: fdOf(tcp) }], ['--socket', path]);
  tcp.close();
  await ready(daemon);
  assert.ok(await pings(path));
  assert.ok(await pings(port));
  assert.is(await stopped(daemon), 0);
  assert.not(existsSync(path));
});

activation('what is for another process is left alone', async () => {
  const directory = temporaryDirectory();
  const [path, own] = [join(directory, 's'), join(directory, 'own')];
  const unix = await listenAt(path);
  const daemon = startActivated([{ fd: fdOf(unix) }], ['--socket', own], '1');
  unix.close();
  await ready(daemon);
  assert.ok(await pings(own));
  const client = connect(path);
  client.on('error', () => {});
  assert.is(await stopped(daemon), 0);
  client.destroy();
});

activation('what is no listening socket is an error that names the descriptor', async () => {
  const own = join(temporaryDirectory(), 'own');
  const file = openSync('/dev/null', 'r');
  const path = join(temporaryDirectory(), 's');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const client = connect(path);
  await new Promise((resolve) => client.once('connect', resolve));
  for (const [fd, name, words] of [
    [file, 'unix', /descriptor 3 \(unix\) is not open, or no socket/],
    [fdOf(client), 'unix', /descriptor 3 \(unix\) does not listen/],
    [fdOf(server), 'tcp', /descriptor 3 \(tcp\) is a socket of the kind unix/],
  ] as const) {
    const daemon = startActivated([{ fd, name }], ['--socket', own]);
    assert.is(await daemon.exited(), 78, daemon.printed());
    assert.match(daemon.printed(), words);
    assert.not(existsSync(own));
  }
  client.destroy();
  server.close();
  closeSync(file);
});

activation('an address for everybody needs tokens, whoever bound it', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  const own = join(temporaryDirectory(), 'own');
  const daemon = startActivated([{ fd: fdOf(server) }], ['--socket', own]);
  server.close();
  assert.is(await daemon.exited(), 78);
  assert.match(daemon.printed(), 'security.token_file');
});

activation.run();
