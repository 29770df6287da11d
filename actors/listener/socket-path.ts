/**
 * The life of a Unix socket's path: taken only when nobody listens there, watched while we do,
 * given back only while it is still ours.
 *
 * The server is bound at the path itself, since that is the name by which the kernel tells others
 * of the socket: `ss`, `lsof`, and `systemd-tmpfiles`, which removes old files but no live sockets.
 * Node's way has traps. It cuts a path over 107 bytes silently; it reports a socket file that a
 * dead process left behind as "address in use"; and closing a server unlinks the path even when
 * somebody else's socket is there. So a lock (`path-lock.ts`) is held for the whole life, under
 * which a dead socket can be removed safely; and a server is closed only while no other's file is
 * at its path.
 */

import { chmod, lstat, mkdir, realpath, rmdir, stat, unlink } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { basename, dirname, join } from 'node:path';
import type { Logger } from 'pino';
import { SOCKET_PATH_BYTES_MAX } from '../../conf/schema.ts';
import type { HandedPath, HandedSocket } from '../upgrade/estate.ts';
import { listeningDescriptor } from '../upgrade/handles.ts';
import type { Predecessor } from '../upgrade/predecessor.ts';
import { ListenError, SHORTAGES } from './listen-error.ts';
import { LOCK_NAME_BYTES, PathLock } from './path-lock.ts';
import { bind, ignoreAbsent, probe, type SocketFile } from './unix-socket.ts';

/** How often we look whether our socket is still at its path. */
const LOOK_INTERVAL_MS = 1000;

export interface ListenOptions {
  readonly path: string;
  /** The mode bits of the socket file. */
  readonly mode: number;
  /** Those of its directory, if that is to be made where it is missing; those above it are not. */
  readonly directory_mode?: number;
  readonly backlog: number;
  /** What sets the path, for whoever has to choose another. */
  readonly setting?: string;
  readonly log: Pick<Logger, 'warn' | 'error'>;
}

/** A path at which we listen, until it is closed. */
export interface ListeningPath {
  /** Why nobody can connect, as far as the last look at the path told; empty when they can. */
  readonly trouble: string;
  /** Gives the socket file another mode, now and whenever it is made again. */
  setMode(mode: number): Promise<void>;
  /**
   * Stops listening and removes the socket file, unless it is another's by now; and its directory
   * if that was made for it and is empty.
   */
  close(): Promise<void>;
  /** What another process needs to have it as well; undefined when that cannot be known. */
  handed(): Pick<HandedSocket, 'fd' | 'path'> | undefined;
  /**
   * Leaves the path to the process that has it as well. A server that was bound here goes on
   * accepting until the process ends: closing it would remove the path.
   */
  leave(): void;
}

/**
 * Makes `server` listen at a path. Should its file vanish, another server is bound there that gives
 * its connections to this one. Whatever fails, nothing is left open.
 *
 * @throws ListenError
 */
export async function listenAt(server: Server, options: ListenOptions): Promise<ListeningPath> {
  const { path, setting = '--socket or sockets.unix.path' } = options;
  let lock: PathLock | undefined;
  let made = false;
  try {
    checkLength(path, Buffer.byteLength(path), '', setting);
    made = await makeDirectory(options);
    const directory = await directoryOf(path);
    // The name by which those find it who go through the directory.
    const real = join(directory, basename(path));
    const bound = Buffer.byteLength(real) > SOCKET_PATH_BYTES_MAX ? path : real;
    const lockBytes = Buffer.byteLength(directory) + 1 + LOCK_NAME_BYTES;
    checkLength(directory, lockBytes, ', with the name of the lock in it,', setting);
    const isServed = async () => (await probe(bound)) === 'alive';
    lock = await PathLock.take(directory, basename(path), isServed);
    if (lock === undefined) throw busy(path, options.setting);
    await makeFree(options, bound);
    const file = await bind(server, bound, options);
    return new WatchedPath({ ...options, bound, server, lock, file, made });
  } catch (error) {
    server.close();
    await lock?.release();
    if (made) await removeDirectory(path);
    throw error instanceof ListenError ? error : refusal(path, error);
  }
}

/**
 * Has `server` listen at a path that another process has as well, as soon as that one has left it
 * to this one; until then nothing is done to the path.
 */
export function listenHanded(
  server: Server,
  options: ListenOptions,
  { fd, path: { bound, device, inode, made, lock } }: HandedSocket & { readonly path: HandedPath },
  predecessor: Predecessor,
): ListeningPath {
  predecessor.whenOurs(() => server.listen({ fd, backlog: options.backlog }));
  return new WatchedPath({
    ...{ ...options, bound, server, made },
    ...{ lock: PathLock.share(lock), file: { device, inode }, predecessor },
  });
}

interface Watched extends ListenOptions {
  readonly bound: string;
  readonly server: Server;
  readonly lock: PathLock;
  readonly file: SocketFile | undefined;
  /** Its directory was made for it. */
  readonly made: boolean;
  /** Who has bound it. */
  readonly predecessor?: Predecessor;
}

/** What is bound at a path. */
interface BoundServer {
  readonly server: Server;
  readonly file: SocketFile | undefined;
  /** By another process, so that closing it does not remove the path. */
  readonly foreign: boolean;
}

class WatchedPath implements ListeningPath {
  readonly #watched: Watched;
  readonly #timer: NodeJS.Timeout;
  /** What is bound at present; none while that cannot be done. */
  #bound: BoundServer | undefined;
  #look: Promise<void> | undefined;
  #mode: number;
  #made: boolean;
  #closed = false;
  /** What was said last, so that it is said once. */
  #said = '';

  constructor(watched: Watched) {
    this.#watched = watched;
    this.#mode = watched.mode;
    this.#made = watched.made;
    const { server, file, predecessor } = watched;
    this.#bound = { server, file, foreign: predecessor !== undefined };
    this.#timer = setInterval(() => {
      this.#look ??= this.#keep().finally(() => {
        this.#look = undefined;
      });
    }, LOOK_INTERVAL_MS).unref();
  }

  get trouble(): string {
    return this.#said;
  }

  async setMode(mode: number): Promise<void> {
    this.#mode = mode;
    if (!this.#isLeftToUs) return;
    await this.#look;
    const { bound } = this.#watched;
    const found = await lstat(bound).catch(ignoreAbsent);
    if (found !== undefined && this.#isOurs(found)) await chmod(bound, mode);
  }

  async close(): Promise<void> {
    // It was left to another process already.
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#look;
    const { path, bound, lock, server } = this.#watched;
    if (!this.#isLeftToUs) {
      server.close();
      lock.leave();
      return;
    }
    const found = await lstat(bound).catch(() => undefined);
    const isOurs = found !== undefined && this.#isOurs(found);
    // Its callback would wait for the connections, which are not its business.
    if (found === undefined || isOurs || this.#bound?.foreign) this.#bound?.server.close();
    // Closing would remove what is not ours; it goes with the process.
    else this.#bound?.server.unref();
    if (isOurs && this.#bound?.foreign) await unlink(bound).catch(ignoreAbsent);
    await lock.release();
    if (this.#made) await removeDirectory(path);
  }

  handed(): Pick<HandedSocket, 'fd' | 'path'> | undefined {
    const fd = this.#bound === undefined ? undefined : listeningDescriptor(this.#bound.server);
    const file = this.#bound?.file;
    const lock = this.#watched.lock.handed();
    if (fd === undefined || file === undefined || lock === undefined) return undefined;
    return { fd, path: { ...file, bound: this.#watched.bound, made: this.#made, lock } };
  }

  leave(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    if (this.#bound?.foreign) this.#bound.server.close();
    this.#watched.lock.leave();
  }

  /** Whether nobody else has the path. */
  get #isLeftToUs(): boolean {
    return this.#watched.predecessor?.ours ?? true;
  }

  /** Sees that our socket is at the path. It never throws: it is tried again. */
  async #keep(): Promise<void> {
    const { path, bound, lock, log } = this.#watched;
    if (!this.#isLeftToUs) return;
    try {
      const found = await lstat(bound).catch(ignoreAbsent);
      if (found !== undefined && this.#isOurs(found)) {
        await lock.renew();
        this.#said = '';
        return;
      }
      await this.#bindAgain();
      log.warn({ path }, 'the socket file was gone; it was made again');
      this.#said = '';
    } catch (error) {
      const reason = error instanceof ListenError ? error : refusal(path, error);
      if (reason.message !== this.#said) log.error({ path, err: reason }, 'nobody can connect');
      this.#said = reason.message;
    }
  }

  async #bindAgain(): Promise<void> {
    const { path, bound, lock, server } = this.#watched;
    if (await makeDirectory(this.#watched)) this.#made = true;
    await directoryOf(path);
    await lock.renew();
    await makeFree(this.#watched, bound);
    if (this.#closed) return;
    // Nothing of another is at the path that this could remove.
    this.#bound?.server.close();
    this.#bound = undefined;
    const next = createServer({ allowHalfOpen: true }, (socket) => {
      server.emit('connection', socket);
    });
    try {
      const file = await bind(next, bound, { ...this.#watched, mode: this.#mode });
      next.on('error', (error) => server.emit('error', error));
      this.#bound = { server: next, file, foreign: false };
    } catch (error) {
      next.close();
      throw error;
    }
  }

  #isOurs({ dev, ino }: { dev: number; ino: number }): boolean {
    const file = this.#bound?.file;
    return file?.device === dev && file.inode === ino;
  }
}

/** Whether it was missing and is there now. Of what is missing above it, `directoryOf` tells. */
async function makeDirectory({ path, directory_mode }: ListenOptions): Promise<boolean> {
  if (directory_mode === undefined) return false;
  const directory = dirname(path);
  try {
    await mkdir(directory, { mode: directory_mode });
    // The mask of the process has taken some of it.
    await chmod(directory, directory_mode);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' || code === 'ENOENT') return false;
    throw error;
  }
}

async function removeDirectory(path: string): Promise<void> {
  // Others may have put something there, or own what is above it.
  await rmdir(dirname(path)).catch(() => {});
}

async function directoryOf(path: string): Promise<string> {
  const directory = await realpath(dirname(path));
  // The system says EACCES of a name in a file, and of one in a directory that is missing.
  if (!(await stat(directory)).isDirectory()) throw systemError('ENOTDIR');
  return directory;
}

/** Sees that nothing is at the path; under the lock, and so nobody of ours puts something there. */
async function makeFree({ path, setting }: ListenOptions, bound: string): Promise<void> {
  const found = await lstat(bound).catch(ignoreAbsent);
  if (found === undefined) return;
  if (!found.isSocket()) {
    const what = found.isDirectory() ? 'a directory' : 'a file that is no socket';
    throw new ListenError(
      'refused',
      `there is ${what} at ${path}; move it away or choose another path`,
    );
  }
  const state = await probe(bound);
  if (state === 'alive') throw busy(path, setting);
  if (state === 'dead') await unlink(bound).catch(ignoreAbsent);
}

function checkLength(path: string, length: number, what: string, setting: string): void {
  if (length <= SOCKET_PATH_BYTES_MAX) return;
  throw new ListenError(
    'refused',
    `the socket path ${path}${what} has ${length} bytes ` +
      `where the system takes ${SOCKET_PATH_BYTES_MAX}; ` +
      `choose a shorter one with ${setting}`,
  );
}

function busy(path: string, setting = '--socket'): ListenError {
  return new ListenError(
    'busy',
    `another process is listening on ${path}; stop it or choose another path with ${setting}`,
  );
}

function refusal(path: string, error: unknown): ListenError {
  const { code, message } = error as NodeJS.ErrnoException;
  const reasons: Record<string, string> = {
    ENOENT: `its directory ${dirname(path)} does not exist`,
    ENOTDIR: `${dirname(path)} is not a directory`,
    ELOOP: `${dirname(path)} is a link that leads to itself`,
    EACCES: `this user may not create files in ${dirname(path)}, or not connect to what is there`,
    EPERM: `this user may not create or remove files in ${dirname(path)}`,
    EROFS: 'the file system is read-only',
    ENOSPC: 'the file system is full',
    EDQUOT: 'the quota of this user on the file system is used up',
    ENAMETOOLONG: 'the name is longer than the file system takes',
    EADDRINUSE: 'something was put there at this moment; try again',
    ...SHORTAGES,
  };
  return new ListenError('refused', `cannot listen on ${path}: ${reasons[code ?? ''] ?? message}`);
}

function systemError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code });
}
