/** One listening socket, however it came to be; it is closed by whoever holds it. */

import { createServer, type Server, type Socket } from 'node:net';
import type { Logger } from 'pino';
import { type Config, permissionBits } from '../../conf/schema.ts';
import type { SocketKind } from '../../machines/sockets.ts';
import { spaced } from '../spaced.ts';
import type { HandedSocket, SocketUse } from '../upgrade/estate.ts';
import { listeningDescriptor } from '../upgrade/handles.ts';
import type { Predecessor } from '../upgrade/predecessor.ts';
import { type InheritedSocket, isInTables, isKnownNotToListen } from './activation.ts';
import { errnoOf, ListenError, SHORTAGES } from './listen-error.ts';
import { type ListeningPath, listenAt, listenHanded } from './socket-path.ts';
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
  /** What another process needs to have it; undefined when that cannot be known. */
  handed(): HandedSocket | undefined;
  /** Another process has it as well: ends here what can be ended without ending it there. */
  leave(): void;
}

export interface HeldDeps {
  readonly log: Logger;
  readonly connected: (socket: Socket) => void;
  /** Whose it is, for who takes it over; `kind` when it is not said. */
  readonly use?: SocketUse;
  /** From which it is taken over, if it had one at the same place. */
  readonly predecessor?: Predecessor | undefined;
}

type Heirs = Pick<HandedSocket, 'use' | 'kind' | 'place' | 'address' | 'host' | 'inherited'>;

/** @throws ListenError */
export async function holdPath(
  { permissions, ...place }: PathPlace,
  deps: HeldDeps,
): Promise<HeldSocket> {
  const { log, predecessor, use = 'unix' } = deps;
  const mode = permissionBits(permissions);
  const server = serverOf('unix', deps);
  const options = { ...place, mode, log, directory_mode: directoryMode(mode) };
  const handed = predecessor?.take(use, place.path);
  const listening =
    predecessor !== undefined && handed?.path !== undefined
      ? listenHanded(server, options, { ...handed, path: handed.path }, predecessor)
      : await listenAt(server, options);
  return pathSocket(use, place.path, listening);
}

function pathSocket(use: SocketUse, path: string, listening: ListeningPath): HeldSocket {
  const about = { kind: 'unix', address: path, host: '', inherited: false } as const;
  return {
    ...about,
    get trouble() {
      return listening.trouble;
    },
    setMode: (bits) => listening.setMode(bits),
    close: () => listening.close(),
    handed: () => {
      const handed = listening.handed();
      return handed === undefined ? undefined : { ...about, ...handed, use, place: path };
    },
    leave: () => listening.leave(),
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
  const { predecessor, use = 'tcp' } = deps;
  const server = serverOf('tcp', deps);
  const at = `${place.address}:${place.port}`;
  const handed = predecessor?.take(use, at);
  try {
    if (predecessor !== undefined && handed !== undefined) {
      check(handed.host);
      takeOver(server, handed, place.backlog, predecessor);
      return plain(server, handed);
    }
    await listenAtPort(server, place, check);
    const [address, host] = addressOf(server);
    return plain(server, { use, kind: 'tcp', place: at, address, host, inherited: false });
  } catch (error) {
    server.close();
    throw error;
  }
}

/** Has a server accept from a socket of the predecessor when it is ours, and not before. */
function takeOver(
  server: Server,
  { fd }: HandedSocket,
  backlog: number,
  predecessor: Predecessor,
): void {
  predecessor.whenOurs(() => server.listen({ fd, backlog }));
}

/** Takes a socket that a service manager has bound, from who had it before. */
export function holdInheritedAgain(
  handed: HandedSocket,
  backlog: number,
  check: (host: string) => void,
  predecessor: Predecessor,
  deps: HeldDeps,
): HeldSocket {
  if (handed.host !== '') check(handed.host);
  const server = serverOf(handed.kind, deps);
  takeOver(server, handed, backlog, predecessor);
  return plain(server, handed);
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
  const [address, host] = addressOf(server);
  try {
    // One that has come into the tables by our asking it to listen did not do so before.
    if (isKnownNotToListen(fd) || (!wasKnown && isInTables(fd))) {
      throw notTaken(fd, 'it did not listen');
    }
    if (host !== '') check(host);
  } catch (error) {
    server.close();
    throw error;
  }
  return plain(server, {
    ...{ use: kind, kind, place: '', host, inherited: true },
    address: address || (path ?? `descriptor ${fd}`),
  });
}

/** Over TCP, as people write it and in numbers; else both are empty. */
function addressOf(server: Server): readonly [string, string] {
  const found = server.address();
  if (typeof found !== 'object' || found === null) return ['', ''];
  return [addressText(found), found.address];
}

function plain(server: Server, heirs: Heirs): HeldSocket {
  const { kind, address, host, inherited } = heirs;
  // Its callback would wait for the connections, which are not its business.
  const close = () => void server.close();
  return {
    ...{ kind, address, host, inherited, trouble: '' },
    // Of one that is not a path of ours, the mode is not our business.
    setMode: () => Promise.resolve(),
    close: () => Promise.resolve(close()),
    handed: () => {
      const fd = listeningDescriptor(server);
      const { use, place } = heirs;
      return fd === undefined ? undefined : { fd, use, kind, place, address, host, inherited };
    },
    // The kernel keeps a socket for as long as anybody has it.
    leave: close,
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
