/** Listening at a TCP port: who may, and what is said when it cannot be. */

import { lookup } from 'node:dns/promises';
import { type AddressInfo, isIPv6, type Server } from 'node:net';
import type { Config } from '../../conf/schema.ts';
import { errnoOf, ListenError, SHORTAGES } from './listen-error.ts';

/** Names are looked up once, and whoever answers has so long. */
const LOOKUP_TIMEOUT_MS = 5000;

type TcpConfig = Config['sockets']['tcp'];

/** Where a port is to be. */
export type TcpPlace = Pick<TcpConfig, 'address' | 'port' | 'backlog'> & {
  /** The section of the configuration that says so; `sockets.tcp` when it is not said. */
  readonly section?: string;
};

/**
 * Makes a server listen at a port. It must be closed if this throws.
 *
 * @param check hears the address in numbers before anybody can connect to it, and may throw
 * @throws ListenError
 */
export async function listenAtPort(
  server: Server,
  { address, port, backlog, section = 'sockets.tcp' }: TcpPlace,
  check: (host: string) => void,
): Promise<void> {
  const host = await numeric(address, section);
  check(host);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port, backlog, exclusive: true }, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (error) {
    throw refusal({ address, port, section }, error);
  }
}

/** `127.0.0.1:7890`, `[::1]:7890`. */
export function addressText({ address, port }: Pick<AddressInfo, 'address' | 'port'>): string {
  return `${isIPv6(address) ? `[${address}]` : address}:${port}`;
}

/** Whether only programs of this machine can connect to it. */
export function isLoopback(host: string): boolean {
  return /^(::ffff:)?127\.\d+\.\d+\.\d+$/i.test(host) || /^(0*:)+0*1$/.test(host);
}

/**
 * Whoever connects may read and write files with the rights of the daemon; so others than this
 * machine must show who they are.
 *
 * @throws ListenError `wrong`
 */
export function checkExposure(host: string, { security, sockets }: Exposed, what: string): void {
  const { tls } = sockets.tcp;
  if (isLoopback(host) || security.token_file !== '' || tls.client_ca !== '') return;
  throw new ListenError(
    'wrong',
    `${what} can be reached from other machines, and anybody there could read and write files ` +
      'with the rights of the daemon; set security.token_file, or sockets.tcp.tls.client_ca, or ' +
      'listen on 127.0.0.1',
  );
}

/** What `checkExposure` looks at. */
export interface Exposed {
  readonly security: Pick<Config['security'], 'token_file'>;
  readonly sockets: { readonly tcp: Pick<TcpConfig, 'tls'> };
}

async function numeric(address: string, section: string): Promise<string> {
  const bare = /^\[(.*)\]$/.exec(address)?.[1] ?? address;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = Object.assign(new Error('no answer'), { code: 'EAI_AGAIN' });
    timer = setTimeout(() => reject(error), LOOKUP_TIMEOUT_MS);
  });
  try {
    return (await Promise.race([lookup(bare), late])).address;
  } catch (error) {
    throw new ListenError(
      'wrong',
      `${section}.address: "${address}" is no address of a network, nor a name that can be ` +
        `looked up (${errnoOf(error)}); give one such as 127.0.0.1 or ::1`,
    );
  } finally {
    clearTimeout(timer);
  }
}

function refusal({ address, port, section }: Omit<TcpPlace, 'backlog'>, error: unknown) {
  const where = addressText({ address, port });
  const cannot = `cannot listen on ${where}`;
  switch (errnoOf(error)) {
    case 'EADDRINUSE':
      return new ListenError(
        'taken',
        `${cannot}: another process has the port; stop it (ss -ltnp tells which it is), or ` +
          `choose another with ${section}.port`,
      );
    case 'EACCES':
    case 'EPERM':
      return new ListenError(
        'forbidden',
        `${cannot}: this user may not; ports below 1024 need CAP_NET_BIND_SERVICE, or a socket ` +
          `unit of systemd; others are at ${section}.port`,
      );
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
    case 'EINVAL':
      return new ListenError(
        'wrong',
        `${cannot}: this machine does not have that address; ip addr lists those it has, ` +
          `${section}.address is where to set one`,
      );
    default: {
      const { message } = error as Error;
      return new ListenError('refused', `${cannot}: ${SHORTAGES[errnoOf(error)] ?? message}`);
    }
  }
}
