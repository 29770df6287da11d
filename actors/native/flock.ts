/** Locks of the kernel on open files: they end with the process, however it ends. */

import { libc } from './libc.ts';

const LOCK_EX = 2;
const LOCK_NB = 4;

/**
 * Takes the lock on an open file, without waiting. It is held until the descriptor is closed.
 *
 * @returns false when another holds it; undefined when there is no way to lock here
 * @throws the error of the system
 */
export function tryLock(fd: number): boolean | undefined {
  const flock = libc()?.systemCall('flock', 'int', 'int');
  if (flock === undefined) return undefined;
  for (;;) {
    try {
      flock(fd, LOCK_EX | LOCK_NB);
      return true;
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (code === 'EINTR') continue;
      // Some network file systems have none.
      if (['ENOLCK', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EINVAL'].includes(code)) return undefined;
      if (code !== 'EAGAIN' && code !== 'EWOULDBLOCK' && code !== 'EACCES') throw error;
      return false;
    }
  }
}
