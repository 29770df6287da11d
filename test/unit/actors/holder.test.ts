/** What is bound, what is said when it cannot be, and what a change makes of it. */

import { existsSync, lstatSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ListenError } from '../../../actors/listener/listen-error.ts';
import type { SocketsOutcome } from '../../../machines/sockets.ts';
import { type Change, dial, makeHolder, portOf, until, whole } from '../../support/holder.ts';

async function refused(change: Change): Promise<ListenError> {
  const { holder, live, end } = await makeHolder(change);
  try {
    await holder.open(live);
  } catch (error) {
    return error as ListenError;
  } finally {
    await end();
  }
  throw new Error('it listens');
}

/** Somebody else at a free port. */
async function stranger(): Promise<{ server: Server; port: number }> {
  const server = createServer((socket) => socket.end('stranger'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: portOf(`:${(server.address() as { port: number }).port}`) };
}

function failure(outcome: SocketsOutcome): string {
  return outcome.ok ? 'it was changed' : `${outcome.code}: ${outcome.reason}`;
}

const opening = suite('sockets, opened');

opening('listens over TCP and at a path, and says where', async () => {
  const { directory, holder, live, arrived, end } = await makeHolder(({ sockets }) => {
    sockets.unix.enabled = true;
  });
  const addresses = await holder.open(live);
  assert.is(addresses[0], join(directory, 's'));
  assert.match(addresses[1] ?? '', /^127\.0\.0\.1:\d+$/);
  const clients = [connect(addresses[0] ?? ''), dial(portOf(addresses[1]))];
  await until('both are there', () => arrived.length === 2);
  assert.equal(arrived.map(({ kind }) => kind).sort(), ['tcp', 'unix']);
  assert.is(holder.trouble('unix'), '');
  for (const client of clients) client.destroy();
  await end();
  assert.equal(readdirSync(directory), []);
});

opening('makes the directory of the socket, for those who may connect', async () => {
  for (const [permissions, mode] of [
    ['0600', 0o700],
    ['0660', 0o710],
    ['0666', 0o711],
    ['0620', 0o710],
  ] as const) {
    const { directory, holder, live, end } = await makeHolder(({ sockets }) => {
      sockets.unix.permissions = permissions;
      sockets.unix.enabled = true;
      sockets.unix.path = sockets.unix.path.replace(/s$/, 'made/s');
    });
    await holder.open(live);
    const made = join(directory, 'made');
    assert.is(lstatSync(made).mode & 0o777, mode, permissions);
    await end();
    assert.not(existsSync(made), 'it goes with the socket');
  }
});

opening('leaves a directory that is not empty, and makes one again that went', async () => {
  const { directory, holder, live, end } = await makeHolder(({ sockets }) => {
    sockets.unix.enabled = true;
    sockets.unix.path = sockets.unix.path.replace(/s$/, 'made/s');
  });
  await holder.open(live);
  const made = join(directory, 'made');
  rmSync(made, { recursive: true });
  await until('it is there again', () => existsSync(join(made, 's')));
  writeFileSync(join(made, 'other'), '');
  await end();
  assert.equal(readdirSync(made), ['other']);
});

opening('a port that somebody has: it is said, and nothing is left of the rest', async () => {
  const { server, port } = await stranger();
  const { directory, holder, live, end } = await makeHolder(({ sockets }) => {
    sockets.unix.enabled = true;
    sockets.tcp.port = port;
  });
  const error = await holder.open(live).catch((reason: ListenError) => reason);
  assert.is((error as ListenError).code, 'taken');
  assert.match((error as ListenError).message, `127.0.0.1:${port}: another process has the port`);
  assert.equal(readdirSync(directory), []);
  await end();
  server.close();
});

opening('what cannot be is said with what to do', async () => {
  for (const [change, code, words] of [
    [({ sockets }) => Object.assign(sockets.tcp, { enabled: false }), 'wrong', 'no socket to'],
    [
      ({ sockets }) => Object.assign(sockets.tcp, { address: '192.0.2.1' }),
      'wrong',
      'security.token_file',
    ],
    [
      ({ sockets }) => Object.assign(sockets.tcp, { address: '0.0.0.0' }),
      'wrong',
      'listen on 127.0.0.1',
    ],
    [
      ({ sockets }) => Object.assign(sockets.tcp, { address: '::' }),
      'wrong',
      'from other machines',
    ],
    [
      ({ sockets }) => Object.assign(sockets.tcp, { address: 'no.invalid' }),
      'wrong',
      'can be looked up',
    ],
    [
      ({ sockets, security }) => {
        security.token_file = '/tokens';
        sockets.tcp.address = '192.0.2.1';
      },
      'wrong',
      'does not have that address',
    ],
  ] as const satisfies readonly (readonly [Change, string, string])[]) {
    const error = await refused(change);
    assert.is(error.code, code, words);
    assert.match(error.message, words);
  }
});

opening('every user may connect to a port: a warning, unless they show who they are', async () => {
  for (const token_file of ['', '/tokens']) {
    const { holder, live, warnings, end } = await makeHolder(({ security }) => {
      security.token_file = token_file;
    });
    await holder.open(live);
    assert.is(warnings.filter((line) => /every user/.test(line)).length, token_file === '' ? 1 : 0);
    await end();
  }
});

opening('listens at an address of IPv6, in brackets or not, and at a name', async () => {
  for (const address of ['::1', '[::1]', 'localhost']) {
    const { holder, live, arrived, end } = await makeHolder(({ sockets }) => {
      sockets.tcp.address = address;
    });
    const [where = ''] = await holder.open(live);
    assert.match(where, address === 'localhost' ? /^(127\.0\.0\.1|\[::1\]):/ : /^\[::1\]:\d+$/);
    const host = where.slice(0, where.lastIndexOf(':')).replace(/[[\]]/g, '');
    const client = connect({ host, port: portOf(where) });
    await until('it is there', () => arrived.length === 1);
    client.destroy();
    await end();
  }
});

opening.run();

const changing = suite('sockets, changed');

changing('TCP on, elsewhere and off again; who is connected stays so', async () => {
  const off: Change = ({ sockets }) => {
    sockets.unix.enabled = true;
    sockets.tcp.enabled = false;
  };
  const { holder, live, arrived, reload, end } = await makeHolder(off);
  await holder.open(live);
  assert.is(holder.doors.tcp.address, undefined);
  const on = await reload(({ sockets }) => Object.assign(sockets.tcp, { enabled: true }));
  const first = portOf(holder.doors.tcp.address);
  assert.ok(on.ok && on.addresses.length === 2);
  const stays = dial(first);
  await until('it is there', () => arrived.length === 1);

  const { server, port } = await stranger();
  server.close();
  const to = { enabled: true, port };
  assert.ok((await reload(({ sockets }) => Object.assign(sockets.tcp, to))).ok);
  assert.is(portOf(holder.doors.tcp.address), port);
  assert.match(await whole(dial(first)), 'ECONNREFUSED');

  assert.ok((await reload(() => {})).ok);
  assert.match(await whole(dial(port)), 'ECONNREFUSED');
  arrived[0]?.socket.write('still here');
  const heard = await new Promise((resolve) => stays.once('data', resolve));
  assert.is(String(heard), 'still here');
  stays.destroy();
  await end();
});

changing('what fails leaves all as it was', async () => {
  const { directory, holder, live, arrived, reload, end } = await makeHolder(({ sockets }) => {
    sockets.unix.enabled = true;
  });
  const [path = '', where] = await holder.open(live);
  const { server, port } = await stranger();
  writeFileSync(join(directory, 'file'), '');
  mkdirSync(join(directory, 'new'));
  const elsewhere = join(directory, 'new/s');
  for (const [change, words] of [
    [
      ({ sockets }) => Object.assign(sockets.unix, { path: join(directory, 'file') }),
      /^refused: .*no socket/,
    ],
    [
      ({ sockets }) => {
        sockets.unix.path = elsewhere;
        sockets.tcp.port = port;
      },
      /^taken: .*another process/,
    ],
    [({ sockets }) => Object.assign(sockets.tcp, { address: '0.0.0.0' }), /^wrong: .*token_file/],
    [
      ({ sockets }) => Object.assign(sockets.tcp.tls, { certificate: '/absent' }),
      /^wrong: .*tls.key is empty/,
    ],
    [
      ({ sockets }) => {
        sockets.tcp.enabled = false;
        sockets.unix.enabled = false;
      },
      /^wrong: there is no socket/,
    ],
  ] as const satisfies readonly (readonly [Change, RegExp])[]) {
    assert.match(failure(await reload(change)), words);
    assert.equal(holder.addresses, [path, where]);
    assert.equal(readdirSync(join(directory, 'new')), [], 'nothing is left of what was tried');
  }
  const clients = [connect(path), dial(portOf(where))];
  await until('both are there', () => arrived.length === 2);
  for (const client of clients) client.destroy();
  server.close();
  await end();
});

changing('another path: the new one is there before the old one goes', async () => {
  const { directory, holder, live, arrived, reload, end } = await makeHolder(({ sockets }) => {
    sockets.unix.enabled = true;
    sockets.tcp.enabled = false;
  });
  const [old = ''] = await holder.open(live);
  const next = join(directory, 'next');
  let lost = 0;
  let tries = 0;
  const trying = setInterval(() => {
    tries += 1;
    for (const path of [old, next]) if (existsSync(path)) return;
    lost += 1;
  }, 1);
  assert.ok((await reload(({ sockets }) => Object.assign(sockets.unix, { path: next }))).ok);
  clearInterval(trying);
  assert.is(lost, 0, `of ${tries} looks`);
  assert.not(existsSync(old));
  const client = connect(next);
  await until('it is there', () => arrived.length === 1);
  client.destroy();
  await end();
  assert.equal(readdirSync(directory), []);
});

changing('another mode at once, and of a socket that is made again', async () => {
  const { holder, live, reload, end } = await makeHolder(({ sockets }) => {
    sockets.unix.enabled = true;
  });
  const [path = ''] = await holder.open(live);
  assert.ok(
    (await reload(({ sockets }) => Object.assign(sockets.unix, { permissions: '0660' }))).ok,
  );
  assert.is(lstatSync(path).mode & 0o777, 0o660);
  rmSync(path);
  await until('it is there again', () => existsSync(path));
  await until('it has the mode', () => (lstatSync(path).mode & 0o777) === 0o660);
  await end();
});

changing('a backlog waits for the next start, until it is as it was', async () => {
  const { holder, live, reload, end } = await makeHolder();
  await holder.open(live);
  const longer = await reload(({ sockets }) => Object.assign(sockets.tcp, { backlog: 500 }));
  assert.equal(longer.ok && longer.waits, ['sockets.tcp.backlog']);
  const still = await reload(({ sockets }) => Object.assign(sockets.tcp, { backlog: 500 }));
  assert.equal(still.ok && still.waits, ['sockets.tcp.backlog']);
  const back = await reload(() => {});
  assert.equal(back.ok && back.waits, []);
  await end();
});

changing('another address with the same port, and back when that cannot be', async () => {
  const { server, port } = await stranger();
  server.close();
  const at = (address: string): Change => {
    return ({ sockets, security }) => {
      security.token_file = '/tokens';
      Object.assign(sockets.tcp, { port, address });
    };
  };
  const { holder, live, arrived, reload, end } = await makeHolder(at('127.0.0.1'));
  await holder.open(live);
  assert.ok((await reload(at('0.0.0.0'))).ok);
  assert.is(holder.doors.tcp.address, `0.0.0.0:${port}`);
  // The port is free at this address, which only the kernel knows: it is not ours alone.
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(port, '::1', resolve));
  assert.match(failure(await reload(at('::1'))), /^taken/);
  assert.is(holder.doors.tcp.address, `0.0.0.0:${port}`);
  const client = dial(port);
  await until('it is there', () => arrived.length === 1);
  client.destroy();
  other.close();
  await end();
});

changing('one after the other, however many are asked for at once', async () => {
  const { directory, holder, live, reload, end } = await makeHolder(({ sockets }) => {
    sockets.unix.enabled = true;
    sockets.tcp.enabled = false;
  });
  const opened = holder.open(live);
  const all = Array.from({ length: 10 }, (_, index) =>
    reload(({ sockets }) => Object.assign(sockets.unix, { path: join(directory, `s${index}`) })),
  );
  await opened;
  assert.ok((await Promise.all(all)).every(({ ok }) => ok));
  assert.equal(holder.addresses, [join(directory, 's9')]);
  await end();
  assert.equal(readdirSync(directory), []);
  assert.match(failure(await reload(() => {})), 'closed');
});

changing('opened again after a defect, it goes on with what it holds', async () => {
  const { holder, live, end } = await makeHolder();
  const before = await holder.open(live);
  assert.equal(await holder.open(live), before);
  await end();
});

changing.run();
