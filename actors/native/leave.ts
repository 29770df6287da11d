/** The end of a process that others may send signals to until its last moment. */

import { libc } from './libc.ts';

/**
 * Ends the process at once. Node takes apart what it has for some ten milliseconds after its last
 * turn; whoever sends a signal meanwhile reaches nobody. Where there is no other way, it does.
 */
export function leave(exit_code: number): never {
  libc()?.systemCall('_exit', 'int')(exit_code);
  process.exit(exit_code);
}
