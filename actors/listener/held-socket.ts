/** One listening socket, however it came to be; it is closed by whoever holds it. */

import { createServer, type Server, type Socket } from 'node:net';
import type { Logger } from 'pino';
import { type Config, permissionBits } from '../../conf/schema.ts';
import type { SocketKind } from '../../machines/sockets.ts';
import { spaced } from '../spaced.ts';
import { type InheritedSocket, isInTables, isKnownNotToListen } from './activation.ts';
import { errnoOf, ListenError, SHORTAGES } from './listen-error.ts';
import { listenAt } from './socket-path.ts';
import { addressText, listenAtPort, type TcpPlace } from './tcp-socket.ts';

/** A connection over TCP that says nothing is asked by the kernel so soon whether it is there. */
const KEEP_ALIVE_MS = 60_000;
/** Connections that cannot be accepted, for want of descriptors as a rule, come by the hundred. */
const FAILURES_SAID_MS = 1000;

/** Where a Unix socket is to be. */
type PathPlace = Pick<Config['sockets']['unix'], 'path' | 'permissions' | 'backlog'> & {
  /** What sets the path; `listenAt` says what it is when it is not said. */
  readonly setting?: string;
};

export interface HeldSocket {
  readonly kind: SocketKind;
  /** As people write it. */
  readonly address: string;
  /** The same in numbers, over TCP; else empty. */
  readonly host: string;
  /** By a service manager, which keeps it when we go. */
  readonly inherited: boolean;
  /** Why nobody can connect; empty when they can. */
  readonly trouble: string;
  setMode(mode: number): Promise<void>;
  /** Who is connected stays so. */
  close(): Promise<void>;
}

export interface HeldDeps {
  readonly log: Logger;
  readonly connected: (socket: Socket) => void;
}

/** @throws ListenError */
export async function holdPath(
  { permissions, ...place }: PathPlace,
  { log, connected }: HeldDeps,
): Promise<HeldSocket> {
  const mode = permissionBits(permissions);
  const server = serverOf('unix', { log, connected });
  const listening = await listenAt(server, {
    ...{ ...place, mode, log },
    directory_mode: directoryMode(mode),
  });
  return {
    ...{ kind: 'unix', address: place.path, host: '', inherited: false },
    get trouble() {
      return listening.trouble;
    },
    setMode: (bits) => listening.setMode(bits),
    close: () => listening.close(),
  };
}

/** Of a directory for a socket of that mode: who may connect may pass through. */
export function directoryMode(mode: number): number {
  return 0o700 | ((mode & 0o020) >> 1) | ((mode & 0o002) >> 1);
}

/**
 * @param check hears the address in numbers before anybody can connect to it, and may throw
 * @throws ListenError
 */
export async function holdPort(
  place: TcpPlace,
  check: (host: string) => void,
  deps: HeldDeps,
): Promise<HeldSocket> {
  const server = serverOf('tcp', deps);
  try {
    await listenAtPort(server, place, check);
    return plain('tcp', server, false);
  } catch (error) {
    server.close();
    throw error;
  }
}

/**
 * Takes a socket that a service manager has bound.
 *
 * @param check as above
 * @throws ListenError
 */
export async function holdInherited(
  { fd, kind, path }: InheritedSocket,
  backlog: number,
  check: (host: string) => void,
  deps: HeldDeps,
): Promise<HeldSocket> {
  const server = serverOf(kind, deps);
  const wasKnown = isInTables(fd);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ fd, backlog }, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (error) {
    server.close();
    throw notTaken(fd, SHORTAGES[errnoOf(error)] ?? (error as Error).message);
  }
  const address = server.address();
  try {
    // One that has come into the tables by our asking it to listen did not do so before.
    if (isKnownNotToListen(fd) || (!wasKnown && isInTables(fd))) {
      throw notTaken(fd, 'it did not listen');
    }
    if (typeof address === 'object' && address !== null) check(address.address);
  } catch (error) {
    server.close();
    throw error;
  }
  return plain(kind, server, true, path ?? `descriptor ${fd}`);
}

/** @param otherwise the address of one that has none over TCP */
function plain(kind: SocketKind, server: Server, inherited: boolean, otherwise = ''): HeldSocket {
  const found = server.address();
  const over = typeof found === 'object' && found !== null ? found : undefined;
  return {
    ...{ kind, inherited, trouble: '', host: over?.address ?? '' },
    address: over === undefined ? otherwise : addressText(over),
    // Of one that is not a path of ours, the mode is not our business.
    setMode: () => Promise.resolve(),
    close: () => {
      // Its callback would wait for the connections, which are not its business.
      server.close();
      return Promise.resolve();
    },
  };
}

function serverOf(kind: SocketKind, { log, connected }: HeldDeps): Server {
  const server = createServer(
    {
      // A client that ends its side still gets the replies to what it sent.
      allowHalfOpen: true,
      noDelay: kind === 'tcp',
      keepAlive: kind === 'tcp',
      keepAliveInitialDelay: KEEP_ALIVE_MS,
    },
    connected,
  );
  const say = spaced(FAILURES_SAID_MS, (error: Error) =>
    log.warn({ err: error, socket: kind }, 'cannot accept a connection'),
  );
  // One connection that could not be accepted is no reason to end the others.
  server.on('listening', () => server.on('error', say));
  return server;
}

function notTaken(fd: number, why: string): ListenError {
  return new ListenError(
    'wrong',
    `the socket of the service manager at descriptor ${fd} cannot be used: ${why}; see the ` +
      'socket unit',
  );
}
