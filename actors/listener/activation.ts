/**
 * Listening sockets that a service manager has bound and hands over, by the protocol of systemd:
 * `LISTEN_FDS` of them from descriptor 3 on, for the process `LISTEN_PID`, with names in
 * `LISTEN_FDNAMES`. They are taken instead of binding.
 *
 * Node does not say whether a socket listens, nor the path of one that it was given; the tables of
 * the kernel do, for sockets of our own network namespace. Elsewhere the word of the service
 * manager counts: a service with a network of its own is given sockets of the machine's.
 */

import { readFileSync, readlinkSync } from 'node:fs';
import type { SocketKind } from '../../machines/sockets.ts';
import { ListenError } from './listen-error.ts';

const FIRST_FD = 3;
/** More sockets than anybody has; what the tables are searched for. */
const FDS_MAX = 64;

export interface InheritedSocket {
  readonly fd: number;
  readonly kind: SocketKind;
  /** Of a Unix socket, where the kernel tells it. */
  readonly path: string | undefined;
}

/** What the kernel knows of a socket. */
interface KernelSocket {
  readonly kind: SocketKind | 'other';
  readonly listens: boolean;
  readonly path: string | undefined;
}

/**
 * The sockets that were handed over to this process. The variables are removed, so that none of its
 * children takes them for its own.
 *
 * @throws ListenError for what is no listening socket
 */
export function takeInherited(
  env: NodeJS.ProcessEnv = process.env,
  pid: number = process.pid,
): readonly InheritedSocket[] {
  const { LISTEN_FDS, LISTEN_PID, LISTEN_FDNAMES = '' } = env;
  delete env.LISTEN_FDS;
  delete env.LISTEN_PID;
  delete env.LISTEN_FDNAMES;
  if (LISTEN_FDS === undefined || LISTEN_PID !== String(pid)) return [];
  const count = Number(LISTEN_FDS);
  if (!/^\d{1,4}$/.test(LISTEN_FDS) || count > FDS_MAX) {
    throw broken(`LISTEN_FDS is "${LISTEN_FDS}", where a number from 0 to ${FDS_MAX} belongs`);
  }
  const names = LISTEN_FDNAMES.split(':');
  return Array.from({ length: count }, (_, index) =>
    inherited(FIRST_FD + index, names[index] ?? ''),
  );
}

/** Whether the kernel says that a descriptor is a socket that does not listen. */
export function isKnownNotToListen(fd: number): boolean {
  return kernelSocket(inodeOf(fd) ?? '')?.listens === false;
}

/** Whether the kernel's tables have the socket at all. */
export function isInTables(fd: number): boolean {
  return kernelSocket(inodeOf(fd) ?? '') !== undefined;
}

function inherited(fd: number, name: string): InheritedSocket {
  const which = `descriptor ${fd}${name === '' ? '' : ` (${name})`}`;
  const inode = inodeOf(fd);
  if (inode === undefined) throw broken(`${which} is not open, or no socket`);
  const known = kernelSocket(inode);
  const named = name === 'unix' || name === 'tcp' ? name : undefined;
  if (known === undefined) {
    const kind = named ?? 'unknown';
    if (kind === 'unknown') {
      throw broken(
        `${which} is in no table of this network, so its kind is not known; name it unix or tcp ` +
          '(FileDescriptorName=)',
      );
    }
    return { fd, kind, path: undefined };
  }
  if (known.kind === 'other') throw broken(`${which} is a socket, but not of a stream`);
  if (!known.listens) throw broken(`${which} does not listen`);
  if (named !== undefined && named !== known.kind) {
    throw broken(`${which} is a socket of the kind ${known.kind}, which its name contradicts`);
  }
  return { fd, kind: known.kind, path: known.path };
}

function inodeOf(fd: number): string | undefined {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[1];
  } catch {
    return undefined;
  }
}

function kernelSocket(inode: string): KernelSocket | undefined {
  for (const [table, read] of TABLES) {
    for (const line of linesOf(table)) {
      const found = read(line.trim().split(/\s+/), inode);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

type ReadLine = (fields: readonly string[], inode: string) => KernelSocket | undefined;

const TABLES: readonly (readonly [string, ReadLine])[] = [
  ['unix', unixLine],
  ['tcp', internetLine('tcp')],
  ['tcp6', internetLine('tcp')],
  ['udp', internetLine('other')],
  ['udp6', internetLine('other')],
];

const ACCEPTS_CONNECTIONS = 0x10000;
const STREAM = 1;
const TCP_LISTEN = '0A';

/** Num RefCount Protocol Flags Type St Inode Path */
function unixLine(fields: readonly string[], inode: string): KernelSocket | undefined {
  const [, , , flags = '', type = '', , own, ...path] = fields;
  if (own !== inode) return undefined;
  return {
    kind: Number.parseInt(type, 16) === STREAM ? 'unix' : 'other',
    listens: (Number.parseInt(flags, 16) & ACCEPTS_CONNECTIONS) !== 0,
    path: path.length === 0 ? undefined : path.join(' '),
  };
}

/** sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode */
function internetLine(kind: KernelSocket['kind']): ReadLine {
  return (fields, inode) => {
    if (fields[9] !== inode) return undefined;
    return { kind, listens: fields[3] === TCP_LISTEN, path: undefined };
  };
}

function linesOf(table: string): string[] {
  try {
    return readFileSync(`/proc/self/net/${table}`, 'latin1').split('\n').slice(1);
  } catch {
    return [];
  }
}

function broken(what: string): ListenError {
  return new ListenError(
    'wrong',
    `the sockets of the service manager cannot be used: ${what}; see the socket unit`,
  );
}
