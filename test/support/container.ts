/**
 * A daemon as it lives in a container, made of the same means of the kernel: the first process of a
 * namespace of its own, a read-only root, a user that no file knows, no home. It takes root.
 */

import { spawn, spawnSync } from 'node:child_process';
import { chownSync, closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { DAEMON_MAIN } from './daemon.ts';
import { ROOT } from './modules.ts';
import { eventually } from './raw.ts';
import { temporaryDirectory } from './tmp.ts';

const UID = 10_001;

/** Where what it may write is, and the program; that user may not enter where they are outside. */
const STATE = '/mnt/state';
const PROGRAM = '/mnt/program';

/**
 * Commands of a shell that bring the program to an empty directory, where any user may read it. Its
 * parts are bound, since it may lie in a directory that is root's alone, as of `mktemp -d`.
 */
export function bindProgram(from: string, to: string): string {
  return `
for part in conf dist node_modules; do
  mkdir "${to}/$part"
  mount --bind "${from}/$part" "${to}/$part"
done
cp "${from}/package.json" "${to}"`;
}

/** $1 is a directory with `root` and `state`, $2 the program; the command comes after them. */
const SCRIPT = `
mount --rbind / "$1/root"
mount -o remount,bind,ro "$1/root"
mount -t tmpfs tmpfs "$1/root/mnt"
mkdir "$1/root${STATE}" "$1/root${PROGRAM}"
mount --bind "$1/state" "$1/root${STATE}"
${bindProgram('$2', `$1/root${PROGRAM}`)}
mount -o remount,ro "$1/root/mnt"
mount -t proc proc "$1/root/proc"
root=$1/root
shift 2
exec chroot --userspec=${UID}:${UID} "$root" \\
  env -i PATH="$PATH" TMPDIR=${STATE} sh -c 'cd ${STATE} && exec "$@"' sh "$@"
`;

/** Why there can be no such container here; undefined when there can. */
export function noContainers(): string | undefined {
  const args = ['--mount', '--pid', '--fork', 'mount', '--bind', '/', '/'];
  const { status, stderr, error } = spawnSync('unshare', args, { encoding: 'utf8' });
  if (status === 0) return undefined;
  return `namespaces take root and util-linux: ${error?.message ?? stderr.trim()}`;
}

export interface Container {
  /** The one directory where it may write, as it is called outside; inside it works there. */
  readonly state: string;
  /** Its path outside. */
  readonly socket: string;
  /** Its id outside; inside it is 1. */
  readonly pid: number;
  output(): string;
  exited(): Promise<number | null>;
}

/** Starts a daemon in a container, with a socket in its state. */
export async function startContainer(
  env: Readonly<Record<string, string>> = {},
): Promise<Container> {
  const directory = temporaryDirectory();
  const state = join(directory, 'state');
  mkdirSync(join(directory, 'root'));
  mkdirSync(state);
  chownSync(state, UID, UID);
  const socket = join(state, 's');
  const log = join(directory, 'log');
  const fd = openSync(log, 'w');
  // It has no home to keep projects in.
  const assigned = Object.entries({ GOXEL_JOURNAL_DIRECTORY: STATE, ...env }).map(
    ([name, value]) => `${name}=${value}`,
  );
  const main = join(PROGRAM, relative(ROOT, DAEMON_MAIN));
  const command = ['env', ...assigned, process.execPath, main, 'run', '--socket', `${STATE}/s`];
  const namespaces = ['--mount', '--pid', '--fork', '--kill-child'];
  const args = [...namespaces, 'sh', '-ec', SCRIPT, 'sh', directory, ROOT, ...command];
  const child = spawn('unshare', args, { stdio: ['ignore', fd, fd] });
  closeSync(fd);
  process.once('exit', () => child.kill('SIGKILL'));
  const output = () => readFileSync(log, 'utf8');
  let ended = false;
  const exited = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => {
      ended = true;
      resolve(code);
    });
  });
  await eventually(`it listened: ${log}`, () => ended || existsSync(socket));
  if (ended) throw new Error(output());
  const [pid = ''] = childrenOf(child.pid ?? 0);
  return { state, socket, pid: Number(pid), output, exited: () => exited };
}

function childrenOf(pid: number): string[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
}

/** Children of a process that ended and that it has not waited for. */
export function zombiesOf(pid: number): string[] {
  return childrenOf(pid).filter((child) => {
    const path = `/proc/${child}/stat`;
    return child !== '' && existsSync(path) && /\) Z /.test(readFileSync(path, 'utf8'));
  });
}

/** Leaves orphans in the namespaces of a process, which becomes their parent. */
export function leaveOrphans(pid: number, count: number): void {
  const script = `for i in $(seq ${count}); do (sleep 0.1 &); done`;
  const args = ['--target', String(pid), '--pid', '--mount', 'sh', '-c', script];
  const { status, stderr } = spawnSync('nsenter', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`nsenter: ${stderr}`);
}
