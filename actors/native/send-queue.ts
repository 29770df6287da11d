/**
 * How much of what was written to a socket the other side has not read, as the kernel counts it:
 * `ioctl(SIOCOUTQ)`. Node knows only what the kernel has not taken, and the kernel takes more only
 * when a large part of what it has was read: a slow reader looks like none for half a minute.
 */

import { libc, type SystemCall } from './libc.ts';

const SIOCOUTQ = 0x5411;

let ioctl: SystemCall | undefined;

/** Nothing when it cannot be known here. */
export function sendQueueBytes(descriptor: number): number | undefined {
  // On macOS functions of any number of parameters are called in another way.
  if (process.platform !== 'linux') return undefined;
  ioctl ??= libc()?.systemCall('ioctl', 'int', 'ulong', 'void *');
  if (ioctl === undefined) return undefined;
  const count = new Int32Array(1);
  try {
    ioctl(descriptor, SIOCOUTQ, count);
    return count[0];
  } catch {
    return undefined;
  }
}
