/**
 * Paths for root to work at. Whoever owns a directory can put a link there, under the name that a
 * daemon writes its log to, say; root would follow it, write into a file of root's, and give that
 * away. So root follows no link but its own: a daemon that gives up root leaves directories behind
 * in which its user can do so before the next start.
 */

import {
  closeSync,
  constants,
  existsSync,
  fchownSync,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
} from 'node:fs';
import { join, resolve } from 'node:path';

const { O_NOCTTY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
/** As the kernel has it. */
const LINKS_MAX = 40;
/** Its links are the kernel's, and lead to what is open. */
const OF_KERNEL = /^\/proc\//;

/**
 * Where a path leads by links of root alone; as it is for who is not root. Of what is not there the
 * rest is as written.
 *
 * @throws Error for the link of another user, and what the system says
 */
export function trustedPath(path: string): string {
  if (process.geteuid?.() !== 0) return path;
  let found = '/';
  const rest = partsOf(resolve(path));
  for (let links = 0; rest.length > 0; ) {
    const next = join(found, rest.shift()!);
    if (OF_KERNEL.test(next)) return join(next, ...rest);
    const stats = lstatSync(next, { throwIfNoEntry: false });
    if (stats === undefined) return join(next, ...rest);
    if (!stats.isSymbolicLink()) {
      found = next;
      continue;
    }
    if (stats.uid !== 0) throw strangersLink(next, stats.uid);
    links += 1;
    if (links > LINKS_MAX) throw Object.assign(new Error('ELOOP'), { code: 'ELOOP' });
    rest.unshift(...partsOf(resolve(found, readlinkSync(next))));
    found = '/';
  }
  return found;
}

/**
 * Opens what is at a trusted path. Whoever exchanged a part of it meanwhile is found out.
 *
 * @throws the error of the system
 */
export function openTrusted(trusted: string, flags: number, mode?: number): number {
  if (process.geteuid?.() !== 0 || OF_KERNEL.test(trusted)) return openSync(trusted, flags, mode);
  const fd = openSync(trusted, flags | O_NOFOLLOW, mode);
  try {
    const own = `/proc/self/fd/${fd}`;
    if (existsSync('/proc/self/fd') && readlinkSync(own) !== trusted) {
      throw new Error(`${trusted} was exchanged while it was opened`);
    }
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/**
 * Gives a file or directory to a user.
 *
 * @throws Error for a file with a second name, which may be anybody's, and what the system says
 */
export function giveTo(path: string, uid: number, gid: number): void {
  const trusted = trustedPath(path);
  // What stands behind an open descriptor is of who opened it.
  if (OF_KERNEL.test(trusted)) return;
  const fd = openTrusted(trusted, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  try {
    const stats = fstatSync(fd);
    if (!stats.isDirectory() && stats.nlink > 1 && stats.uid !== uid) {
      throw new Error(`${path} has another name too (a hard link); see whose it is, and remove it`);
    }
    fchownSync(fd, uid, gid);
  } finally {
    closeSync(fd);
  }
}

function partsOf(absolute: string): string[] {
  return absolute.split('/').filter((part) => part !== '');
}

function strangersLink(path: string, uid: number): Error {
  const text = `${path} is a link of user ${uid}, which root does not follow`;
  return new Error(`${text}; remove it, or see who made it and chown -h it`);
}
