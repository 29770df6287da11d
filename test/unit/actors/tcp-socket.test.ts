/** What is said of a port that cannot be had, and which addresses others can reach. */

import { EventEmitter } from 'node:events';
import type { Server } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ListenError } from '../../../actors/listener/listen-error.ts';
import { addressText, checkExposure, listenAtPort } from '../../../actors/listener/tcp-socket.ts';

/** A server of which the system says this. */
function failing(code: string): Server {
  const server = new EventEmitter() as EventEmitter & { listen(): void };
  server.listen = () => {
    queueMicrotask(() =>
      server.emit('error', Object.assign(new Error(`listen ${code}`), { code })),
    );
  };
  return server as unknown as Server;
}

const test = suite('a TCP port');

test('each refusal of the system is a sentence with what to do, and has its code', async () => {
  const place = { address: '127.0.0.1', port: 80, backlog: 1 };
  for (const [errno, code, words] of [
    ['EADDRINUSE', 'taken', /127\.0\.0\.1:80: another process has the port; .*sockets\.tcp\.port/],
    ['EACCES', 'forbidden', /this user may not; ports below 1024 need CAP_NET_BIND_SERVICE/],
    ['EADDRNOTAVAIL', 'wrong', /this machine does not have that address; .*sockets\.tcp\.address/],
    ['EMFILE', 'refused', /too many open files; raise its limit/],
    ['EOTHER', 'refused', /cannot listen on 127\.0\.0\.1:80: listen EOTHER/],
  ] as const) {
    const error = await listenAtPort(failing(errno), place, () => {}).catch((reason) => reason);
    assert.is((error as ListenError).code, code, errno);
    assert.match((error as ListenError).message, words);
  }
});

test('others than this machine must show who they are', () => {
  const tls = { certificate: '', key: '', client_ca: '' };
  const open = { security: { token_file: '' }, sockets: { tcp: { tls } } };
  for (const host of ['127.0.0.1', '127.9.8.7', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1']) {
    checkExposure(host, open, host);
  }
  for (const host of ['0.0.0.0', '::', '10.1.2.3', '::ffff:10.1.2.3', 'fe80::1', '2001:db8::1']) {
    assert.throws(() => checkExposure(host, open, host), /can be reached from other machines/);
    checkExposure(host, { ...open, security: { token_file: '/tokens' } }, host);
    const asked = { tcp: { tls: { ...tls, client_ca: '/ca' } } };
    checkExposure(host, { ...open, sockets: asked }, host);
  }
});

test('an address of IPv6 is in brackets', () => {
  assert.is(addressText({ address: '::1', port: 7890 }), '[::1]:7890');
  assert.is(addressText({ address: '127.0.0.1', port: 7890 }), '127.0.0.1:7890');
});

test.run();
