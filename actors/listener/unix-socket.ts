/** Unix sockets at the level of the system: making one, and asking whether one is alive. */

import { chmodSync, lstatSync } from 'node:fs';
import { connect, type Server } from 'node:net';

/** How long a socket may take to accept or refuse before it counts as alive. */
const PROBE_TIMEOUT_MS = 2000;

/** Which file a socket is, so that another's is not taken for it. */
export interface SocketFile {
  readonly device: number;
  readonly inode: number;
}

/**
 * Makes a server listen at a path that is free. Nothing when somebody removed the file in the very
 * moment. Throws what the system says; the server must be closed then too.
 */
export async function bind(
  server: Server,
  path: string,
  { mode, backlog }: { readonly mode: number; readonly backlog: number },
): Promise<SocketFile | undefined> {
  const listening = new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', () => {
      server.off('error', reject);
      resolve();
    });
  });
  // The file is made within this call; nobody may connect before its mode is set.
  const mask = process.umask(0o177);
  try {
    server.listen({ path, backlog });
  } finally {
    process.umask(mask);
  }
  // In the same breath, so that it is known before anybody has found it.
  const file = server.listening ? markOwn(path, mode) : undefined;
  await listening;
  return file;
}

function markOwn(path: string, mode: number): SocketFile | undefined {
  try {
    chmodSync(path, mode);
    const { dev, ino } = lstatSync(path);
    return { device: dev, inode: ino };
  } catch (error) {
    return ignoreAbsent(error as NodeJS.ErrnoException);
  }
}

/**
 * Whether somebody listens at a path. `dead`: what is there refuses connections, and will for ever.
 * Throws what else the system says: EACCES for a socket of another user.
 */
export function probe(path: string): Promise<'alive' | 'dead' | 'absent'> {
  return new Promise((resolve, reject) => {
    const client = connect(path);
    client.setTimeout(PROBE_TIMEOUT_MS, () => settle('alive'));
    client.once('connect', () => settle('alive'));
    client.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') settle('dead');
      else if (error.code === 'ENOENT') settle('absent');
      // A full backlog is a sign of life, and so is who ends in the moment of accepting.
      else if (error.code === 'EAGAIN' || error.code === 'ECONNRESET') settle('alive');
      else reject(error);
    });
    function settle(state: 'alive' | 'dead' | 'absent') {
      client.destroy();
      resolve(state);
    }
  });
}

/** For what may be missing. */
export function ignoreAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
  return undefined;
}
