/**
 * Temporary files beside those that they are to become: their names, and the removal of those that
 * were left by processes that are dead (`kill -9`, a power cut).
 *
 * A name tells who writes: `.goxel-PID-START-PLACE-RANDOM.tmp`. START is when the process started,
 * in ticks since the boot, since numbers of processes are given again; PLACE stands for the boot
 * and for the namespace of process numbers, since containers that share a directory each have their
 * own process 1. Only of a process of our own place can be told whether it lives; what comes from
 * another place (an earlier boot, another container or machine) goes when nobody has written to it
 * for `FOREIGN_AGE_MS`.
 */

import { opendirSync, readFileSync, readlinkSync, unlinkSync } from 'node:fs';
import type { Directory } from './roots.ts';

const NAME = /^\.goxel-([1-9]\d{0,9})-(\d{1,20})-([0-9a-f]{8})-[0-9a-f]{16}\.tmp$/;

/** A writer that lives writes all the time, but for what it computes between two pieces. */
const FOREIGN_AGE_MS = 3_600_000;

/** A directory is looked through once in this time at the most, and so many of its entries. */
const SWEEP_INTERVAL_MS = 10_000;
const ENTRIES_MAX = 10_000;

/** Directories remembered as looked through. */
const DIRECTORIES_MAX = 1000;

/** A name that nothing has. */
export function temporaryName(): string {
  const { start, place } = ourselves();
  return `.goxel-${process.pid}-${start}-${place}-${word()}${word()}.tmp`;
}

/** Eight hexadecimal digits, of chance. A name that is taken is an error, never written into. */
function word(): string {
  return hex(Math.random() * 2 ** 32);
}

function hex(number: number): string {
  return (number >>> 0).toString(16).padStart(8, '0');
}

/** Removes what dead processes left, in directories that are written to. */
export class Sweeper {
  readonly #swept_ms = new Map<string, number>();

  /** It never throws: what cannot be removed is left, and the write that asked goes on. */
  sweep(directory: Directory): void {
    // As `performance.now()`, which Node loads when it is asked first.
    const now = 1000 * process.uptime();
    const last = this.#swept_ms.get(directory.path);
    if (last !== undefined && now - last < SWEEP_INTERVAL_MS) return;
    if (this.#swept_ms.size >= DIRECTORIES_MAX) this.#swept_ms.clear();
    this.#swept_ms.set(directory.path, now);
    try {
      const entries = opendirSync(directory.at('.'));
      try {
        for (let count = 0; count < ENTRIES_MAX; count++) {
          const entry = entries.readSync();
          if (entry === null) break;
          if (isLeft(directory, entry.name)) unlinkSync(directory.at(entry.name));
        }
      } finally {
        entries.closeSync();
      }
    } catch {
      // Of no concern to who writes here: the disk, say, will answer it likewise.
    }
  }
}

/** Whether a name is that of a temporary file of ours whose writer is dead. */
function isLeft(directory: Directory, name: string): boolean {
  const [, pid, start, place] = NAME.exec(name) ?? [];
  if (pid === undefined || start === undefined) return false;
  const stats = directory.find(name);
  if (stats?.isFile() !== true || stats.uid !== (process.getuid?.() ?? stats.uid)) return false;
  if (place === ourselves().place) return !isAlive(Number(pid), start);
  return Date.now() - stats.mtimeMs > FOREIGN_AGE_MS;
}

function isAlive(pid: number, start: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: there is one, of another user.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
  const found = processStatus(String(pid));
  if (found === undefined) return true;
  // One that was killed and that nobody has waited for yet writes no more.
  return found.start === start && !'ZX'.includes(found.state);
}

interface ProcessStatus {
  readonly state: string;
  /** Field 22: in ticks since the boot. */
  readonly start: string;
}

/** Nothing where the system does not tell. */
function processStatus(pid: string): ProcessStatus | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name before it, in brackets, may hold anything.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [state, start] = [fields[0], fields[19]];
    return state === undefined || start === undefined ? undefined : { state, start };
  } catch {
    return undefined;
  }
}

let known: { start: string; place: string } | undefined;

function ourselves(): { readonly start: string; readonly place: string } {
  known ??= { start: processStatus('self')?.start ?? '0', place: placeOfProcesses() };
  return known;
}

function placeOfProcesses(): string {
  const facts = [
    () => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1'),
    () => readlinkSync('/proc/self/ns/pid'),
  ].map((read) => {
    try {
      return read();
    } catch {
      return '';
    }
  });
  return hex(hashOf(facts.join()));
}

/**
 * FNV-1a of 32 bits (RFC 9923). Node's own hashes take longer to load than a small file takes to
 * be converted, and nobody gains by two places of one hash.
 */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}
