/**
 * `goxel-supervisor run --daemon`, `goxel-daemon --daemonize`: the daemon as a process of its own,
 * in a session of its own, without a terminal. Who asked for it waits here until it is ready or has
 * failed.
 *
 * The child gets a pipe on which it says that it is ready; what it has to say of a failure goes to
 * its standard error, which is a pipe to us until then, and to nowhere afterwards.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { leave } from '../../actors/native/leave.ts';
import { libc } from '../../actors/native/libc.ts';
import { redirect } from '../../actors/native/redirect.ts';
import { READY_FD, toChild } from './child.ts';
import { CliError, EXIT, type ExitCode } from './exit-codes.ts';
import { writeData, writeTalk } from './output.ts';
import type { TakeSignals } from './take-signals.ts';

/** How long a start may take, in seconds; the scripts of the original know the variable. */
const LIMIT_VARIABLE = 'GOXEL_START_TIMEOUT';
const LIMIT_MS = 60_000;
/** How long one that was given up may take to end by itself. */
const END_MS = 2000;
/** Of what a child has to say. */
const TALK_BYTES_MAX = 64 * 1024;

/** What the child says once. */
interface Ready {
  readonly pid: number;
  readonly address: string;
  readonly log: string;
  /** The URL of the inspector, if it is served. */
  readonly inspector?: string | undefined;
}

type End = { readonly ready: Ready } | { readonly code: number | null } | { readonly why: string };

/** Says that the daemon is ready, and lets go of who waited for that. */
export function sayReady(ready: Ready): void {
  try {
    writeSync(READY_FD, `${JSON.stringify(ready)}\n`);
    closeSync(READY_FD);
  } catch {
    // Nobody waits any more; the daemon is none the worse for it.
  }
  // Where that cannot be, what is written there is lost as well: nobody reads it.
  redirect(2, '/dev/null', 'w');
}

/** Starts the child with the command line of this process, and waits. */
export async function startInBackground(takeSignals: TakeSignals): Promise<ExitCode> {
  const [, main = '', ...args] = process.argv;
  const child = spawn(process.execPath, [...process.execArgv, main, ...args], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...toChild('background') },
  });
  const talk = collected(child.stderr, TALK_BYTES_MAX);
  // Loaded while there is time.
  libc();
  const end = await endOf(child, takeSignals);
  if ('ready' in end) {
    // Who knows this process only means the daemon, until this one is gone.
    takeSignals((name) => {
      if (isStop(name)) tell(end.ready.pid, name);
    });
    child.unref();
    for (const stream of [child.stderr, child.stdio[READY_FD]]) stream?.destroy();
    await writeTalk(talk());
    await writeData(text(end.ready));
    // What has come by now is passed on in one more turn.
    await nextTurn();
    leave(EXIT.OK);
  }
  if ('why' in end) {
    await endChild(child);
    await writeTalk(talk());
    const signal = constants.signals[end.why as NodeJS.Signals];
    if (signal !== undefined) return (128 + signal) as ExitCode;
    throw new CliError(EXIT.TEMPFAIL, end.why);
  }
  await writeTalk(talk());
  if (end.code === null)
    throw new CliError(EXIT.SOFTWARE, 'the daemon was killed while it started');
  if (end.code !== EXIT.OK) return end.code as ExitCode;
  throw new CliError(EXIT.TEMPFAIL, 'the daemon was told to stop before it was ready');
}

function isStop(name: NodeJS.Signals): boolean {
  return name === 'SIGTERM' || name === 'SIGINT';
}

function tell(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended by itself.
  }
}

/** What comes first: it is ready, it ends, somebody wants us to stop, or it takes too long. */
async function endOf(child: ChildProcess, takeSignals: TakeSignals): Promise<End> {
  const done = new AbortController();
  const { signal } = done;
  const limit_ms = startLimit(process.env) ?? LIMIT_MS;
  const late = `the daemon was not ready within ${limit_ms / 1000} s, and is given up`;
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      readyOf(child.stdio[READY_FD] as Readable),
      once(child, 'close', { signal }).then(([code]) => ({ code })),
      once(child, 'error', { signal }).then(([error]) => {
        throw new CliError(EXIT.OSERR, `cannot start the daemon: ${(error as Error).message}`);
      }),
      new Promise<End>((resolve) => {
        const stop = (name: NodeJS.Signals) => {
          if (isStop(name)) resolve({ why: name });
        };
        for (const early of takeSignals(stop) ?? []) stop(early);
        timer = setTimeout(() => resolve({ why: `${late} (${LIMIT_VARIABLE})` }), limit_ms);
      }),
    ]);
  } finally {
    clearTimeout(timer);
    done.abort();
  }
}

/** One that ends without a word is told of by its end. */
function readyOf(stream: Readable): Promise<End> {
  return new Promise((resolve) => {
    let said = '';
    stream.setEncoding('utf8');
    stream.on('error', () => {});
    stream.on('data', (chunk: string) => {
      said += chunk;
      if (said.includes('\n')) resolve({ ready: JSON.parse(said) });
    });
  });
}

async function endChild(child: ChildProcess): Promise<void> {
  const ended = once(child, 'close');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), END_MS);
  await ended;
  clearTimeout(timer);
}

function collected(stream: Readable | null, bytes_max: number): () => string {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream?.on('error', () => {});
  stream?.on('data', (chunk: Buffer) => {
    if (bytes < bytes_max) chunks.push(chunk);
    bytes += chunk.length;
  });
  return () => Buffer.concat(chunks).toString();
}

/** How long a start may take, in ms, where the environment says so. */
export function startLimit(env: NodeJS.ProcessEnv): number | undefined {
  const seconds = Number(env[LIMIT_VARIABLE] ?? '');
  return Number.isFinite(seconds) && seconds > 0 ? 1000 * seconds : undefined;
}

function text({ pid, address, log, inspector }: Ready): string {
  const look = inspector === undefined ? [] : [`  shows its inside at ${inspector}`];
  return [
    `goxel-supervisor runs in the background as process ${pid}`,
    `  listens on ${address}`,
    `  writes its log to ${log}`,
    ...look,
    `Stop it with: kill ${pid}`,
    '',
  ].join('\n');
}
