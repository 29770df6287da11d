/** The sockets of the configuration, and who may use them; `schema.ts` is the whole. */

import { HOUR_MS, section } from './section.ts';
import { Type } from './type.ts';

const backlog = Type.Integer({
  // Where it is full, clients that connect without blocking (Node, asyncio) fail at once.
  default: 1024,
  live: true,
  minimum: 1,
  maximum: 65_535,
  description:
    'Connections that may wait to be accepted; the kernel caps it at net.core.somaxconn. A socket' +
    ' keeps the one that it was bound with.',
});

const unix = section('The Unix socket, where requests come in.', {
  enabled: Type.Boolean({
    default: true,
    live: true,
    original: true,
    description: 'Whether there is a Unix socket.',
  }),
  path: Type.String({
    default: '/tmp/goxel.sock',
    live: true,
    original: '/tmp/goxel.sock',
    minLength: 1,
    title: 'a text that is not empty',
    path: true,
    description:
      'Path of the Unix socket, at most 107 bytes, which is what the kernel takes. The default' +
      ' is where the clients of the v14 daemon look for it.',
  }),
  permissions: Type.String({
    default: '0600',
    live: true,
    original: '0666',
    pattern: '^(0o?)?[0-7]{3}$',
    title: 'three octal digits such as 0600',
    description:
      'Who may connect, as the octal mode of the socket file. Files can be read and written' +
      " through the socket with the daemon's rights, so by default only its own user may: the" +
      ' v14 design had 0666, which lets every local user in.',
  }),
  backlog,
  authentication: Type.Boolean({
    default: false,
    live: true,
    description:
      'Whether its clients need a token of security.token_file, as those over TCP do. Without it' +
      ' the permissions of the socket file decide who may do everything.',
  }),
});

/** A path that may be left empty. */
const optionalPath = (description: string) =>
  Type.String({ default: '', live: true, title: 'a text', path: true, description });

const tls = section('TLS on the TCP socket; without a certificate there is none.', {
  certificate: optionalPath('File of the certificate and those that signed it, in PEM.'),
  key: optionalPath('File of its private key, in PEM.'),
  client_ca: optionalPath(
    'File of the authorities, in PEM, one of which must have signed the certificate of each' +
      ' client; empty asks clients for none.',
  ),
});

const tcp = section('The TCP socket.', {
  enabled: Type.Boolean({
    default: false,
    live: true,
    original: false,
    description: 'Whether there is one. Every user of the machine can connect to it.',
  }),
  address: Type.String({
    default: '127.0.0.1',
    live: true,
    original: '127.0.0.1',
    minLength: 1,
    title: 'a text that is not empty',
    description: 'The address it listens on; 127.0.0.1 is reached from this machine only.',
  }),
  port: Type.Integer({
    default: 7890,
    live: true,
    original: 7890,
    minimum: 0,
    maximum: 65_535,
    description: 'Its port; 0 takes any that is free, which the log names.',
  }),
  backlog,
  tls,
});

export const sockets = section('Where the daemon listens.', { unix, tcp });

export const security = section('Who may do what.', {
  token_file: optionalPath(
    'File of the tokens with which clients over TCP authenticate, one a line. Only its owner may' +
      ' have rights on it. Empty: no token is asked for.',
  ),
  authentication_timeout_ms: Type.Integer({
    default: 5000,
    live: true,
    minimum: 10,
    maximum: HOUR_MS,
    description: 'Time for a client that needs a token to send it; then it is closed.',
  }),
  connections_per_second: Type.Number({
    default: 100,
    live: true,
    minimum: 0.01,
    maximum: 1_000_000,
    description: 'Connections that one address may open over TCP, for long.',
  }),
  connections_burst: Type.Integer({
    default: 200,
    live: true,
    minimum: 1,
    maximum: 1_000_000,
    description: 'Connections that one address may open over TCP at once.',
  }),
  backoff_ms_max: Type.Integer({
    default: 60_000,
    live: true,
    minimum: 0,
    maximum: HOUR_MS,
    description:
      'How long an address is turned away at the most that goes on to open more; the first time' +
      ' a second, and twice as long each further time.',
  }),
});
