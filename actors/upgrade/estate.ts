/**
 * What a daemon hands over to the process that takes its place, and what the two say to each other.
 *
 * The successor is a child of the predecessor. Listening sockets and the PID file come to it as
 * descriptors, told of in an environment variable; the rest goes over the channel that Node has
 * between parent and child:
 *
 *     successor                          predecessor
 *     starts, binds what is new
 *     ready ──────────────────────────→  takes no more requests, and ends those it has
 *        ←── connections, renders, and go  gives up its projects
 *     takes the projects, starts the rest
 *     running ────────────────────────→
 *        ←──────────────────────── yours from here on there is no way back
 *     accepts, reads                     ends
 *
 * Until `yours` the successor has read no byte of any client, so that the predecessor can take
 * everything back, whatever becomes of the other. A channel that closes means the same as `go` and
 * `yours` together: there is no predecessor any more.
 */

import type { SocketKind } from '../../machines/sockets.ts';
import type { KnownRender } from '../renders/renders.ts';

/** Of the messages below and of the variable. One that does not know the other's number ends. */
export const UPGRADE_PROTOCOL = 1;

/** No key of the configuration begins like that. */
export const UPGRADE_VARIABLE = '_GOXEL_UPGRADE';

/** Whose a listening socket is. */
export type SocketUse = SocketKind | 'http';

/** The file of a Unix socket, and the lock on its path. */
export interface HandedPath {
  /** By which it is bound. */
  readonly bound: string;
  readonly device: number;
  readonly inode: number;
  /** Its directory was made for it. */
  readonly made: boolean;
  readonly lock: HandedLock;
}

/** See `actors/listener/path-lock.ts`. */
export interface HandedLock {
  readonly fd: number;
  readonly directory: string;
  readonly key: string;
  readonly name: string;
  readonly inode: number | undefined;
}

/** A listening socket, as it is held and as it is handed over. */
export interface HandedSocket {
  readonly fd: number;
  readonly use: SocketUse;
  readonly kind: SocketKind;
  /** Where the configuration has it: a path, or `address:port`; of no use for an inherited one. */
  readonly place: string;
  readonly address: string;
  readonly host: string;
  /** A service manager has bound it. */
  readonly inherited: boolean;
  /** Of a Unix socket that we have bound. */
  readonly path?: HandedPath | undefined;
}

export interface HandedPidFile {
  readonly fd: number;
  readonly path: string;
  /** Whether the kernel keeps the lock. */
  readonly kernel: boolean;
}

/** Where projects are kept. */
export interface HandedStore {
  readonly directory: string;
  /** Of the journals in it; see `engine/journal/version.ts`. */
  readonly format: number;
}

/** What the variable holds, as JSON. */
export interface Estate {
  readonly protocol: number;
  readonly pid: number;
  readonly version: string;
  /** It was started to be in the background. */
  readonly background: boolean;
  /** The standard error of the predecessor; until `yours` that of the successor is a pipe to it. */
  readonly stderr: number;
  readonly pid_file?: HandedPidFile | undefined;
  /** Nothing when projects are kept nowhere; then there are none. */
  readonly store?: HandedStore | undefined;
  readonly sockets: readonly HandedSocket[];
}

/** What goes with a client's connection. */
export interface HandedConnection {
  readonly kind: SocketKind;
  /** It has not come in yet: nothing was read of it. */
  readonly arrival: boolean;
  /** What was read and is no whole request yet; base64. */
  readonly unread?: string | undefined;
  /** The hash of the token that it has shown; hex. */
  readonly token?: string | undefined;
}

export type FromSuccessor =
  | { readonly type: 'ready'; readonly pid: number; readonly version: string }
  | { readonly type: 'running' }
  | { readonly type: 'failed'; readonly reason: string; readonly exit_code: number };

export type FromPredecessor =
  /** With the handle of its socket. */
  | ({ readonly type: 'connection' } & HandedConnection)
  /** Those that the daemon keeps for its clients; before `go`. */
  | { readonly type: 'renders'; readonly renders: readonly KnownRender[] }
  | { readonly type: 'go' }
  | { readonly type: 'yours' };
