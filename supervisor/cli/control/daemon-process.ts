/** The process of a daemon, as the system tells of it, for commands that wait for it or end it. */

import { readdirSync, readFileSync, readlinkSync, type Stats, statSync } from 'node:fs';

/** Words by which the command line of a daemon is known, whatever started it by which name. */
const OURS = /goxel-supervisor|supervisor[/\\]main\.js|[/\\]goxel(-daemon|-headless)?\0/;

/** A process that lives, or did: its id and when it began, since ids are used again. */
export interface DaemonProcess {
  readonly pid: number;
  /** In ticks since the machine started; undefined where the system does not tell. */
  readonly began: string | undefined;
}

/**
 * The process of an id that a daemon named. Undefined when there is none of that id here that could
 * be it: the daemon may live in a container, where ids are others.
 */
export function processOf(pid: number): DaemonProcess | undefined {
  if (!answers(pid)) return undefined;
  const command = read(`/proc/${pid}/cmdline`);
  // Where there is no /proc, the id has to do.
  if (command !== undefined && !OURS.test(command)) return undefined;
  return { pid, began: statOf(pid)?.began };
}

/** Whether it is still there. One that ended and was not waited for is not. */
export function lives({ pid, began }: DaemonProcess): boolean {
  if (!answers(pid)) return false;
  const stat = statOf(pid);
  if (stat === undefined) return began === undefined;
  return stat.began === began && !stat.ended;
}

/** What a PID file says of the daemon that wrote it. */
export type PidFile =
  /** The file cannot be read, or holds no number; `reason` is a clause. */
  | { readonly kind: 'unreadable'; readonly reason: string }
  /** Its process is gone, or is another program that got the same id. */
  | { readonly kind: 'stale'; readonly pid: number; readonly reason: string }
  | { readonly kind: 'held'; readonly process: DaemonProcess };

/**
 * Whose PID file this is. That a process of the id lives is not enough to send it a signal: ids are
 * used again. A daemon holds its PID file open, for the lock on it, and that is what counts.
 */
export function readPidFile(path: string): PidFile {
  let text: string;
  let file: Stats;
  try {
    text = readFileSync(path, 'utf8');
    file = statSync(path);
  } catch (error) {
    return { kind: 'unreadable', reason: (error as Error).message };
  }
  const pid = Number(/^\s*(\d{1,10})\b/.exec(text)?.[1] ?? 0);
  if (pid < 1) return { kind: 'unreadable', reason: `${path} holds no process id` };
  if (!answers(pid)) return { kind: 'stale', pid, reason: `there is no process ${pid} any more` };
  const holds = holdsOpen(pid, file);
  const found = processOf(pid);
  if (holds === false || found === undefined) {
    return { kind: 'stale', pid, reason: `process ${pid} does not hold ${path}: it is another` };
  }
  return { kind: 'held', process: found };
}

/** Of the flags in the kernel's table: the socket listens. */
const LISTENS = 0x10000;

/**
 * The daemon that listens on a Unix socket, by the tables of the kernel. Undefined where they do
 * not tell: on other systems, or of the process of another user.
 */
export function listenerOf(path: string): DaemonProcess | undefined {
  const links = new Set<string>();
  for (const line of (read('/proc/net/unix') ?? '').split('\n')) {
    const [, , , flags = '', , , inode, ...name] = line.trim().split(/\s+/);
    const listens = (Number.parseInt(flags, 16) & LISTENS) !== 0;
    if (listens && name.join(' ') === path) links.add(`socket:[${inode}]`);
  }
  if (links.size === 0) return undefined;
  // A service manager that holds it too is none of ours.
  const pids = namesIn('/proc').filter((name) => /^\d+$/.test(name));
  const holders = pids.filter((name) =>
    linksIn(`/proc/${name}/fd`).some((link) => links.has(link)),
  );
  return holders.map((name) => processOf(Number(name))).find((found) => found !== undefined);
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function linksIn(directory: string): string[] {
  return namesIn(directory).flatMap((name) => {
    try {
      return [readlinkSync(`${directory}/${name}`)];
    } catch {
      return [];
    }
  });
}

/** Whether a process has a file open; undefined where the system does not tell. */
function holdsOpen(pid: number, file: Stats): boolean | undefined {
  const directory = `/proc/${pid}/fd`;
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch {
    return undefined;
  }
  return names.some((name) => {
    try {
      const { dev, ino } = statSync(`${directory}/${name}`);
      return dev === file.dev && ino === file.ino;
    } catch {
      // It was closed meanwhile.
      return false;
    }
  });
}

function answers(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Of somebody else, but there.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function statOf(pid: number): ProcessStat | undefined {
  const text = read(`/proc/${pid}/stat`);
  return text === undefined ? undefined : statIn(text);
}

interface ProcessStat {
  readonly began: string;
  readonly ended: boolean;
}

/**
 * What `/proc/PID/stat` says (proc(5)). A process has ended when the last of its threads has: until
 * then it holds its files and locks, though the first may be a zombie (Z) long before.
 */
export function statIn(text: string): ProcessStat {
  // The second field is the name in parentheses, which may hold anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, threads, began = ''] = [fields[0], Number(fields[17]), fields[19]];
  return { began, ended: state === 'X' || (state === 'Z' && threads <= 1) };
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
