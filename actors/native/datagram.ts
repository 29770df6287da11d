/** Datagrams to a Unix socket, which Node has not: what service managers and syslog listen for. */

import { closeSync } from 'node:fs';
import { libc } from './libc.ts';

const LINUX = process.platform === 'linux';
const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = LINUX ? 0o2000000 : 0;
const MSG_DONTWAIT = LINUX ? 0x40 : 0x80;
const MSG_NOSIGNAL = LINUX ? 0x4000 : 0;
/** Of the path in an address, with the byte that ends it. */
const PATH_BYTES = LINUX ? 108 : 104;

export interface Datagram {
  /**
   * Sends one datagram; never waits.
   *
   * @throws the error of the system. EAGAIN, ENOBUFS: try later. ECONNREFUSED, ENOTCONN,
   * ECONNRESET, ENOENT: nobody listens any more; open again. EMSGSIZE: too long, here.
   */
  send(bytes: Uint8Array): void;
  close(): void;
}

/**
 * Opens the way to a socket of datagrams: a path, or a name that begins with `@` for one without a
 * file (of Linux). Nothing when there is no way to it here.
 *
 * @throws the error of the system. ENOENT: there is none. ECONNREFUSED: nobody listens. EACCES:
 * this user may not. EPROTOTYPE: it takes streams. ENAMETOOLONG.
 */
export function openDatagram(path: string): Datagram | undefined {
  const system = libc();
  if (system === undefined) return undefined;
  const address = addressOf(path);
  const socket = system.systemCall('socket', 'int', 'int', 'int');
  const connect = system.systemCall('connect', 'int', 'void *', 'uint32_t');
  const send = system.systemCall('send', 'int', 'void *', 'size_t', 'int');
  const fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  try {
    connect(fd, address, address.length);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  let open = true;
  return {
    send: (bytes) => {
      // The number may be another's by now.
      if (!open) throw Object.assign(new Error('EBADF: closed, send'), { code: 'EBADF' });
      send(fd, bytes, bytes.length, MSG_DONTWAIT | MSG_NOSIGNAL);
    },
    close: () => {
      if (open) closeSync(fd);
      open = false;
    },
  };
}

/** A `sockaddr_un`. */
function addressOf(path: string): Buffer {
  const abstract = path.startsWith('@');
  const name = Buffer.from(abstract ? `\0${path.slice(1)}` : `${path}\0`);
  if (name.length > PATH_BYTES) {
    const text = `ENAMETOOLONG: ${path} is too long for the path of a socket`;
    throw Object.assign(new Error(text), { code: 'ENAMETOOLONG' });
  }
  const family = Buffer.alloc(2);
  // Others than Linux have a byte of length, and one of family.
  if (LINUX) family.writeUInt16LE(AF_UNIX);
  else family.set([name.length + 2, AF_UNIX]);
  return Buffer.concat([family, name]);
}
