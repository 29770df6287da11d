/**
 * The lock of a store, which one daemon has at a time, for as long as it lives: a file that is
 * locked and says who has it. It is never removed, so that nobody locks one that is gone.
 */

import { closeSync, constants, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { lockFile } from '../process/file-lock.ts';
import { StepError } from '../process/step.ts';
import { REMEDY } from './store-directory.ts';

const { O_CLOEXEC = 0, O_CREAT, O_NOFOLLOW, O_RDWR } = constants as Record<string, number>;
const NAME = '.lock';
const BYTES_MAX = 4096;

export class StoreLock {
  /** Whether the kernel keeps others out; else only the number in the file does. */
  readonly isKernels: boolean;
  readonly #fd: number;

  private constructor(fd: number, isKernels: boolean) {
    this.#fd = fd;
    this.isKernels = isKernels;
  }

  /**
   * @param place where this daemon is to be found, for who asks for the lock next
   * @throws StepError that says who has it
   */
  static take(directory: string, place: string): StoreLock {
    let fd: number;
    try {
      const flags = O_RDWR! | O_CREAT! | O_NOFOLLOW! | O_CLOEXEC;
      fd = openSync(join(directory, NAME), flags, 0o600);
    } catch (error) {
      const { message } = error as Error;
      throw new StepError('uncreatable', `journal: cannot lock ${directory}: ${message}`, error);
    }
    try {
      const lock = lockFile(fd, () => Number.parseInt(textOf(fd), 10) || undefined);
      if (lock === 'held') throw heldBy(directory, textOf(fd));
      ftruncateSync(fd, 0);
      writeSync(fd, `${process.pid}\n${place}\n`, 0);
      return new StoreLock(fd, lock === 'kernel');
    } catch (error) {
      closeSync(fd);
      if (error instanceof StepError) throw error;
      const { message } = error as Error;
      throw new StepError('system', `journal: cannot lock ${directory}: ${message}`, error);
    }
  }

  /** Another daemon may have it from now on. */
  release(): void {
    ftruncateSync(this.#fd, 0);
    closeSync(this.#fd);
  }
}

function heldBy(directory: string, text: string): StepError {
  const [pid = '', place = ''] = text.split('\n');
  const who = pid === '' ? 'another daemon' : `another daemon (process ${pid}${at(place)})`;
  const what = `journal: ${who} has the projects in ${directory}`;
  return new StepError('held', `${what}; stop it, or give this one projects of its own: ${REMEDY}`);
}

function at(place: string): string {
  return place === '' ? '' : `, at ${place}`;
}

function textOf(fd: number): string {
  const bytes = Buffer.alloc(BYTES_MAX);
  return bytes.toString('utf8', 0, readSync(fd, bytes, 0, BYTES_MAX, 0));
}
