/**
 * The lock on an open file, by the first of three ways there is: the C library (`native/flock.ts`),
 * the program `flock`, which locks what it inherits, for whoever has it open; and last, where there
 * is neither, the number that the file holds, which keeps out all but those that start in the same
 * moment.
 */

import { spawnSync } from 'node:child_process';
import { tryLock } from '../native/flock.ts';
import { isRunning } from './running.ts';

/** `held`: by another. Else by what it is ours: `number` is no lock of the kernel's. */
export type Lock = 'held' | 'kernel' | 'number';

/** What the program says of a lock that another holds. */
const HELD = 1;
const PROGRAM_MS_MAX = 5000;

/** @param numberIn reads the number of a process out of the file @throws the system's error */
export function lockFile(fd: number, numberIn: () => number | undefined): Lock {
  const locked = tryLock(fd) ?? lockByProgram(fd);
  if (locked !== undefined) return locked ? 'kernel' : 'held';
  const pid = numberIn();
  return pid !== undefined && pid !== process.pid && isRunning(pid) ? 'held' : 'number';
}

function lockByProgram(fd: number): boolean | undefined {
  const stdio = ['ignore', 'ignore', 'ignore', fd] as const;
  const ended = spawnSync('flock', ['-n', '3'], { stdio: [...stdio], timeout: PROGRAM_MS_MAX });
  if (ended.status === 0) return true;
  return ended.status === HELD ? false : undefined;
}
