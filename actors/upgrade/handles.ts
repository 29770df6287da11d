/**
 * Sockets below the streams of Node: their descriptors, which a child can inherit, and reading that
 * stops at once, so that what a client sends stays in the kernel for whoever reads next. None of
 * it is in Node's documents; where it is not as it should be, a daemon cannot be replaced while it
 * runs, and says so.
 */

import { type Server, Socket } from 'node:net';

/** What Node has behind a socket. */
export interface SocketHandle {
  reading: boolean;
  readonly fd: number;
  readStop(): number;
  readStart(): number;
}

/** The descriptor of a server that listens; undefined when it cannot be known. */
export function listeningDescriptor(server: Server): number | undefined {
  const { _handle: handle } = server as { _handle?: { readonly fd?: unknown } | null };
  return typeof handle?.fd === 'number' && handle.fd >= 0 ? handle.fd : undefined;
}

/** What can be sent to another process; undefined of one that is closed or is no plain socket. */
export function handleOf(socket: Socket): SocketHandle | undefined {
  const { _handle: handle } = socket as { _handle?: Partial<SocketHandle> | null };
  const isPlain = typeof handle?.fd === 'number' && handle.fd >= 0 && !isSecured(socket);
  return isPlain ? (handle as SocketHandle) : undefined;
}

/** Through TLS: what it has in memory cannot be handed over. */
export function isSecured(socket: Socket): boolean {
  return 'encrypted' in socket;
}

/** Reads no more of it. */
export function hold(socket: Socket): void {
  const handle = handleOf(socket);
  if (handle === undefined || !handle.reading) return;
  handle.reading = false;
  handle.readStop();
}

/** Reads it again, where Node would. */
export function letGo(socket: Socket): void {
  const handle = handleOf(socket);
  if (handle === undefined || handle.reading) return;
  handle.reading = true;
  handle.readStart();
}

/** What was read of it and that nobody has taken; of one that is held. */
export function takeUnread(socket: Socket): Buffer {
  const length = socket.readableLength;
  const bytes: Buffer | null = length === 0 ? null : socket.read(length);
  // Taking some makes Node want more.
  hold(socket);
  return bytes ?? Buffer.alloc(0);
}

/** A socket of a handle that another process has sent. Nothing is read of it yet. */
export function socketOf(handle: unknown): Socket {
  const options = { handle, allowHalfOpen: true, readable: true, writable: true };
  return new Socket({ ...options, pauseOnCreate: true } as object);
}

/** The hashes of tokens that were shown to another process. */
const tokens = new WeakMap<Socket, Buffer>();

/** On a connection that comes from another process a token was shown. */
export function noteToken(socket: Socket, hash: Buffer): void {
  tokens.set(socket, hash);
}

export function notedToken(socket: Socket): Buffer | undefined {
  return tokens.get(socket);
}
