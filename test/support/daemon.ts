/**
 * The built daemon as a process of its own, for tests from outside. Every daemon started here is
 * reaped: by `stop` or `kill`, or else when the test's process exits.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { temporaryDirectory } from './tmp.ts';

/** The bundle that users run, dist/bundle/supervisor/main.js, seen from dist/test/support/. */
export const DAEMON_MAIN: string = join(
  fileURLToPath(new URL('../../', import.meta.url)),
  'bundle/supervisor/main.js',
);

/** Generous: a start takes about 0.2 s here, but test machines are loaded. */
const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 20_000;
const POLL_MS = 10;

export interface DaemonOptions {
  /** The program, if not `DAEMON_MAIN`. */
  readonly main?: string;
  /** Further arguments after `run --socket …`. */
  readonly args?: readonly string[];
  /** Keys of the configuration to set. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
  /** Added to the environment of the test. */
  readonly env?: Readonly<Record<string, string>>;
  /** The socket's path; without it one in a new temporary directory. */
  readonly socket?: string;
  /** Whether that path is in a file of `args`, and so can be changed while it runs. */
  readonly socket_in_file?: boolean;
  /** The working directory; without it that of the test. */
  readonly cwd?: string;
  /** What is for XDG_STATE_HOME, to find what another daemon kept; without it a new directory. */
  readonly state?: string;
}

export interface DaemonExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Daemon {
  readonly socket: string;
  readonly pid: number;
  /** What it has printed so far. */
  stdout(): string;
  stderr(): string;
  /** Resolves when the process is gone, however that came about. */
  exited(): Promise<DaemonExit>;
  /** Sends SIGTERM and waits; when that takes too long kills it and rejects. */
  stop(): Promise<DaemonExit>;
  /** Sends SIGKILL and waits. */
  kill(): Promise<DaemonExit>;
}

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts a daemon; resolves once it answers on its socket, or rejects with its output. */
export async function startDaemon(options: DaemonOptions = {}): Promise<Daemon> {
  const directory = temporaryDirectory();
  const socket = options.socket ?? join(directory, 'd.sock');
  // Files, not pipes: nothing is lost of what it printed, and they keep no process alive.
  const out = join(directory, 'stdout');
  const err = join(directory, 'stderr');
  const fds = [openSync(out, 'w'), openSync(err, 'w')] as const;
  const settings = Object.entries(options.settings ?? {});
  const args = settings.flatMap(([key, value]) => ['--set', `${key}=${value}`]);
  const place = options.socket_in_file === true ? [] : ['--socket', socket];
  const child = spawn(
    process.execPath,
    [options.main ?? DAEMON_MAIN, 'run', ...place, ...args, ...(options.args ?? [])],
    {
      stdio: ['ignore', ...fds],
      env: environment(options, directory),
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    },
  );
  for (const fd of fds) closeSync(fd);
  const { pid } = child;
  if (pid === undefined) throw new Error(`cannot start ${process.execPath}`);
  running.add(child);
  const stdout = (): string => readFileSync(out, 'utf8');
  const stderr = (): string => readFileSync(err, 'utf8');
  let gone: DaemonExit | undefined;
  const end = new Promise<DaemonExit>((resolve) => {
    child.once('exit', (code, signal) => {
      running.delete(child);
      gone = { code, signal };
      resolve(gone);
    });
  });
  const exited = (): Promise<DaemonExit> => {
    if (gone === undefined) child.ref();
    return end;
  };
  const kill = (): Promise<DaemonExit> => {
    child.kill('SIGKILL');
    return exited();
  };
  const stop = async (): Promise<DaemonExit> => {
    child.kill('SIGTERM');
    const exit = await within(exited(), STOP_TIMEOUT_MS);
    if (exit !== undefined) return exit;
    await kill();
    throw new Error(`the daemon did not stop in ${STOP_TIMEOUT_MS} ms\n${stdout()}${stderr()}`);
  };

  const deadline_ms = performance.now() + START_TIMEOUT_MS;
  // Its socket takes connections before there is anybody to answer.
  while (!(/ listens on /.test(stderr()) && (await accepts(socket)))) {
    const late = performance.now() > deadline_ms;
    if (gone === undefined && !late) {
      await within(end, POLL_MS);
      continue;
    }
    const how = late ? 'is not listening in time' : `exited with ${gone?.code ?? gone?.signal}`;
    await kill();
    throw new Error(`the daemon ${how}\n${stdout()}${stderr()}`);
  }
  // A test that forgets its daemon ends all the same, and the daemon with it.
  child.unref();
  return { socket, pid, stdout, stderr, exited, stop, kill };
}

/**
 * Runs `use` on a daemon of its own, which must then stop in order and leave no socket. What the
 * daemon printed is added to an error of `use`.
 */
export async function withDaemon(
  options: DaemonOptions,
  use: (daemon: Daemon) => Promise<void>,
): Promise<void> {
  const daemon = await startDaemon(options);
  try {
    await use(daemon);
  } catch (error) {
    await daemon.kill();
    process.stderr.write(`the daemon printed:\n${daemon.stdout()}${daemon.stderr()}`);
    throw error;
  }
  const { code, signal } = await daemon.stop();
  if (code !== 0) throw new Error(`the daemon ended with ${code ?? signal}\n${daemon.stdout()}`);
  if (existsSync(daemon.socket)) throw new Error('the daemon left its socket behind');
}

/** With a journal, in a place of its own, as the runner has none. */
function environment({ env, state }: DaemonOptions, directory: string): NodeJS.ProcessEnv {
  const { GOXEL_JOURNAL_EPHEMERAL: _, ...own } = process.env;
  const XDG_STATE_HOME = state ?? join(directory, 'state');
  return { ...own, GOXEL_CONFIG: '/dev/null', XDG_STATE_HOME, ...env };
}

/** The value, or undefined when it takes longer; the timer is gone when this resolves. */
async function within<T>(value: Promise<T>, timeout_ms: number): Promise<T | undefined> {
  const done = new AbortController();
  const timer = sleep(timeout_ms, undefined, { signal: done.signal }).catch((error: unknown) => {
    if (!done.signal.aborted) throw error;
  });
  try {
    return await Promise.race([value, timer.then(() => undefined)]);
  } finally {
    done.abort();
  }
}

/** Whether somebody listens on a Unix socket. */
function accepts(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const client = connect(path);
    client.once('connect', () => {
      client.destroy();
      resolve(true);
    });
    client.once('error', () => resolve(false));
  });
}
