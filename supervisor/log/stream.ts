/** The standard output or the standard error of the process, as a place for lines. */

import { constants, fstatSync, openSync, writeSync } from 'node:fs';
import type { Outlet } from './sink.ts';

const { O_NOCTTY, O_NONBLOCK, O_WRONLY } = constants;

/** One for each stream: it may have a descriptor of its own, which stays open. */
export class StandardStream implements Outlet {
  readonly name: string;
  readonly trouble = '';
  readonly #fd: number;

  constructor(fd: 1 | 2) {
    this.name = fd === 1 ? 'standard output' : 'standard error';
    this.#fd = unblocked(fd);
  }

  write(line: Buffer, from: number): number {
    return writeSync(this.#fd, line, from);
  }

  /** The stream is the process's, and stays. */
  close(): void {}
}

/** A descriptor for a stream of the process that does not block, as far as that can be had. */
function unblocked(fd: 1 | 2): number {
  const stats = fstatSync(fd);
  if (stats.isFIFO() || stats.isSocket()) {
    // Node sets a pipe to non-blocking when it makes its stream, which happens at the first use.
    const stream = fd === 1 ? process.stdout : process.stderr;
    stream.on('error', () => stream.destroy());
    return fd;
  }
  if (!stats.isCharacterDevice()) return fd;
  try {
    // A terminal that was stopped (Ctrl-S) blocks those who share our own descriptor.
    return openSync(`/proc/self/fd/${fd}`, O_WRONLY | O_NONBLOCK | O_NOCTTY);
  } catch {
    return fd;
  }
}
