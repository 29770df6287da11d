/** Which processes a test file has started, itself included, found by the TMPDIR they inherited. */

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * The ids of living processes whose environment holds `TMPDIR=directory` or a TMPDIR below it, also
 * of those that left the process group. Zombies have no environment and do not count. Needs /proc:
 * elsewhere (macOS) it finds none.
 */
export function processesOf(directory: string): number[] {
  return processIds().filter((pid) => {
    const tmpdir = environmentOf(pid).find((entry) => entry.startsWith('TMPDIR='));
    const value = tmpdir?.slice('TMPDIR='.length);
    return value === directory || value?.startsWith(`${directory}/`) === true;
  });
}

/** What a process was called with, for messages. */
export function commandLineOf(pid: number): string {
  return readProc(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
}

function processIds(): number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function environmentOf(pid: number): string[] {
  return readProc(`/proc/${pid}/environ`).split('\0');
}

/** A file of /proc; empty when its process has ended meanwhile or belongs to somebody else. */
function readProc(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(code)) return '';
    throw error;
  }
}

/** The lock that the main thread of a process sleeps on, by its place; undefined if on none. */
export function lockOf(pid: number): string | undefined {
  const [call, place] = readProc(`/proc/${pid}/syscall`).split(' ');
  return call === FUTEX_CALL ? place : undefined;
}
/** futex(2). */
const FUTEX_CALL = process.arch === 'arm64' ? '98' : '202';

/** Memory that a process holds, in MiB. */
export function residentMiB(pid: number): number {
  const kib = /^VmRSS:\s+(\d+)/m.exec(readProc(`/proc/${pid}/status`))?.[1];
  return Math.round(Number(kib ?? 0) / 1024);
}

/**
 * Sockets and files that a process has open: not what its threads have for themselves, which start
 * when they are needed.
 */
export function openSocketsAndFiles(pid: number): number {
  const directory = `/proc/${pid}/fd`;
  return readdirSync(directory)
    .map((fd) => linkOf(`${directory}/${fd}`))
    .filter((target) => /^(socket:|\/(?!dev\/))/.test(target)).length;
}

/** Nothing for one that was closed since. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
