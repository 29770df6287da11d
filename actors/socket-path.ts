/**
 * The life of a Unix socket's path: taken only when nobody listens there, given back only while it
 * is still ours.
 *
 * Node's own way has three traps. It cuts a path over 107 bytes silently; it reports a socket file
 * that a dead process left behind as "address in use"; and closing a server unlinks the path even
 * when a successor has taken it. So the server listens at a name of its own in the same directory,
 * which is then linked to the path: `link` fails when the path exists, so no live socket is ever
 * replaced, and what Node unlinks on closing is not the path.
 */

import { createHash, randomBytes } from 'node:crypto';
import { chmod, link, lstat, stat, unlink } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SOCKET_PATH_BYTES_MAX } from '../conf/schema.ts';

/** How long another process may be in the middle of taking the same path. */
const CLAIM_TIMEOUT_MS = 2000;
/** How long a socket may take to accept or refuse before it counts as alive. */
const PROBE_TIMEOUT_MS = 2000;

/**
 * `busy`: somebody listens there. `refused`: the path cannot be used. The message says what to do.
 */
export class SocketPathError extends Error {
  override readonly name = 'SocketPathError';
  readonly code: 'busy' | 'refused';

  constructor(code: 'busy' | 'refused', message: string) {
    super(message);
    this.code = code;
  }
}

/** Which file is at the path, so that a successor's is not taken for ours. */
export interface SocketFile {
  readonly path: string;
  readonly device: number;
  readonly inode: number;
}

/**
 * Makes `server` listen at `path` with the given mode bits.
 *
 * @throws SocketPathError
 */
export async function listenAt(
  server: Server,
  path: string,
  mode: number,
  backlog: number,
): Promise<SocketFile> {
  const own = join(dirname(path), `.gox${randomBytes(3).toString('hex')}`);
  checkLength(path);
  checkLength(own);
  const release = await exclusively(path);
  try {
    // Without it, `bind` of a missing directory says EACCES: libuv makes it so, as on Windows.
    await stat(dirname(path));
    await bind(server, own, backlog);
    await chmod(own, mode);
    await claim(own, path);
    const { dev, ino } = await lstat(path);
    return { path, device: dev, inode: ino };
  } catch (error) {
    server.close();
    throw error instanceof SocketPathError ? error : refusal(path, error);
  } finally {
    await unlink(own).catch(ignoreAbsent);
    await release();
  }
}

/** Removes the socket file, unless it is another's by now. */
export async function giveBack({ path, device, inode }: SocketFile): Promise<void> {
  const found = await lstat(path).catch(ignoreAbsent);
  if (found?.dev === device && found.ino === inode) await unlink(path).catch(ignoreAbsent);
}

function checkLength(path: string): void {
  const length = Buffer.byteLength(path);
  if (length <= SOCKET_PATH_BYTES_MAX) return;
  throw new SocketPathError(
    'refused',
    `the socket path ${path} has ${length} bytes ` +
      `where the system takes ${SOCKET_PATH_BYTES_MAX}; ` +
      'choose a shorter one with --socket or sockets.unix.path',
  );
}

async function bind(server: Server, path: string, backlog: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', () => {
      server.off('error', reject);
      resolve();
    });
    // The file is made within this call; nobody may connect before its mode is set.
    const mask = process.umask(0o177);
    try {
      server.listen({ path, backlog });
    } finally {
      process.umask(mask);
    }
  });
}

/** Gives the socket at `own` the name `path`, if that is free or held by a dead socket. */
async function claim(own: string, path: string): Promise<void> {
  const taken = await link(own, path).then(
    () => false,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return true;
      throw error;
    },
  );
  if (!taken) return;
  const found = await lstat(path).catch(ignoreAbsent);
  if (found !== undefined && !found.isSocket()) {
    throw new SocketPathError(
      'refused',
      `there is a file at ${path} that is no socket; move it away or choose another path`,
    );
  }
  if (found !== undefined && (await isAlive(path))) {
    throw new SocketPathError(
      'busy',
      `another process is listening on ${path}; stop it or choose another path with --socket`,
    );
  }
  await unlink(path).catch(ignoreAbsent);
  await link(own, path);
}

/** Whether somebody listens at the path: a dead socket refuses the connection. */
function isAlive(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = connect(path);
    probe.setTimeout(PROBE_TIMEOUT_MS, () => settle(true));
    probe.once('connect', () => settle(true));
    probe.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') settle(false);
      // A full backlog is a sign of life.
      else if (error.code === 'EAGAIN') settle(true);
      else reject(error);
    });
    function settle(alive: boolean) {
      probe.destroy();
      resolve(alive);
    }
  });
}

/**
 * Holds off other processes that want the same path, for the moment of taking it: between the look
 * at a dead socket and its removal, another could have put a live one there. An abstract socket
 * does it, since the kernel frees it however its holder ends. Only Linux has those.
 */
async function exclusively(path: string): Promise<() => Promise<void>> {
  if (process.platform !== 'linux') return async () => {};
  const name = createHash('sha256').update(path).digest('hex').slice(0, 32);
  const until = performance.now() + CLAIM_TIMEOUT_MS;
  for (;;) {
    const lock = createServer();
    try {
      await bind(lock, `\0goxel-supervisor-${name}`, 1);
      return () => new Promise((resolve) => lock.close(() => resolve()));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      if (performance.now() > until) {
        throw new SocketPathError('busy', `another process is taking ${path} at this moment`);
      }
      await sleep(20);
    }
  }
}

function refusal(path: string, error: unknown): SocketPathError {
  const { code, message } = error as NodeJS.ErrnoException;
  const reasons: Record<string, string> = {
    ENOENT: `its directory ${dirname(path)} does not exist`,
    ENOTDIR: `${dirname(path)} is not a directory`,
    EACCES: `this user may not create files in ${dirname(path)}, or not connect to what is there`,
    EPERM: `this user may not create files in ${dirname(path)}`,
    EROFS: 'the file system is read-only',
    ENOSPC: 'the file system is full',
  };
  return new SocketPathError(
    'refused',
    `cannot listen on ${path}: ${reasons[code ?? ''] ?? message}`,
  );
}

function ignoreAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
  return undefined;
}
