/**
 * Who serves a project. Between a project and whoever does stands an owner with an epoch, a number
 * that grows with each owner: every record has it, so that whoever still believes to be the owner
 * is found out by those who read. Here the owner is a lock on a file in the directory of the
 * project, which ends with the process; where projects are served by several machines, it would be
 * a lease.
 */

import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { tryLock } from '../native/flock.ts';
import { isRunning } from '../process/running.ts';

export interface ProjectOwner {
  /** Greater than that of all who owned the project before. */
  readonly epoch: number;
  /** Another may own it from now on. What was written is to be on the disk by then. */
  release(): Promise<void>;
}

/** Another owns it. */
class NotOwner extends Error {
  override readonly name = 'NotOwner';
}

const { O_CREAT, O_NOFOLLOW, O_RDWR } = constants;
const NAME = 'lock';
const MODE = 0o600;
/** The number of the process and the epoch, each padded, so that all texts are of one length. */
const PID_LENGTH = 10;
const EPOCH_LENGTH = 10;
const TEXT = /^ *(\d+) +(\d+)\n$/;
const LENGTH = PID_LENGTH + 1 + EPOCH_LENGTH + 1;

/**
 * Takes a project whose directory is there; the epoch is on the disk when this resolves.
 *
 * @param epoch_min for a project whose last epoch is known by other means
 * @throws NotOwner, and what the system says
 */
export async function ownProject(directory: string, epoch_min = 1): Promise<ProjectOwner> {
  const path = join(directory, NAME);
  const file = await open(path, O_RDWR | O_CREAT | O_NOFOLLOW, MODE);
  try {
    const before = await textIn(file);
    const held = tryLock(file.fd) ?? !isHeldBy(before.pid);
    if (!held) throw new NotOwner(`${path} is locked by ${before.pid ?? 'another process'}`);
    // Whoever had it may have written between our look and our lock.
    const epoch = Math.max(epoch_min, (await textIn(file)).epoch + 1);
    await write(file, process.pid, epoch);
    await file.datasync();
    return new LocalOwner(file, epoch);
  } catch (error) {
    await file.close();
    throw error;
  }
}

class LocalOwner implements ProjectOwner {
  readonly epoch: number;
  #file: FileHandle | undefined;

  constructor(file: FileHandle, epoch: number) {
    this.#file = file;
    this.epoch = epoch;
  }

  async release(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    if (file === undefined) return;
    try {
      await write(file, 0, this.epoch);
    } finally {
      await file.close();
    }
  }
}

/** Where the kernel has no locks. */
function isHeldBy(pid: number | undefined): boolean {
  return pid !== undefined && pid !== process.pid && isRunning(pid);
}

async function textIn(file: FileHandle): Promise<{ pid: number | undefined; epoch: number }> {
  const bytes = Buffer.alloc(LENGTH);
  const { bytesRead } = await file.read(bytes, 0, LENGTH, 0);
  const [, pid = '0', epoch = '0'] = TEXT.exec(bytes.toString('latin1', 0, bytesRead)) ?? [];
  return { pid: Number(pid) || undefined, epoch: Number(epoch) };
}

async function write(file: FileHandle, pid: number, epoch: number): Promise<void> {
  const padded = [String(pid).padStart(PID_LENGTH), String(epoch).padStart(EPOCH_LENGTH)];
  await file.write(`${padded.join(' ')}\n`, 0);
}
