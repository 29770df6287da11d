/** `goxel-supervisor run` as a process: what it says and how it ends, whether it starts or not. */

import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { DAEMON_MAIN } from './daemon.ts';

/**
 * Longer than any start takes on a busy machine, and fifty at once; one that goes on is killed and
 * has no code.
 */
const TIMEOUT_MS = 220_000;

export interface Run {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Resolves when the process has ended and its pipes are closed. */
  readonly ended: Promise<RunEnd>;
  stdout(): string;
  stderr(): string;
}

export interface RunEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export interface RunOptions extends Pick<SpawnOptions, 'uid' | 'gid' | 'cwd'> {
  /** The program, if not `DAEMON_MAIN`. */
  readonly main?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
}

export function startRun(args: readonly string[], options: RunOptions = {}): Run {
  const { main = DAEMON_MAIN, env, settings = {}, ...others } = options;
  const sets = Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
  const child = spawn(process.execPath, [main, 'run', ...args, ...sets], {
    ...{ stdio: ['ignore', 'pipe', 'pipe'], timeout: TIMEOUT_MS, killSignal: 'SIGKILL' },
    // Many run at once, and none of them is about what is kept.
    ...{ env: { ...process.env, GOXEL_JOURNAL_EPHEMERAL: 'true', ...env }, ...others },
  });
  if (child.pid === undefined) throw new Error(`cannot start ${process.execPath}`);
  running.add(child);
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
      texts[name] += chunk;
    });
  }
  const ended = new Promise<RunEnd>((resolve) => {
    child.once('close', (code) => {
      running.delete(child);
      resolve({ code, ...texts });
    });
  });
  return { child, pid: child.pid, ended, stdout: () => texts.stdout, stderr: () => texts.stderr };
}

export function runToEnd(args: readonly string[], options: RunOptions = {}): Promise<RunEnd> {
  return startRun(args, options).ended;
}
