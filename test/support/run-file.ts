/**
 * Runs one file of uvu suites in a process of its own and judges it. uvu alone lets a file pass
 * whose `before` hook throws, one whose test throws what it cannot show, or one whose suites were
 * never run; it waits for ever for a test that hangs, and does not see what a test leaves behind.
 * Each of these fails here.
 */

import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandLineOf, lockOf, processesOf } from './processes.ts';
import { parseTotals } from './totals.ts';

/** A process that was just told to end gets this long to be gone. */
const LEFTOVER_GRACE_MS = 1000;
const LEFTOVER_POLL_MS = 20;
/** Shares of a file's time: for Node to end in, and between two looks at whether it does. */
const END_SHARE = 1 / 8;
const END_LOOK_SHARE = 1 / 64;
/** Of a file's output, what is shown when it fails. */
const OUTPUT_CHARS_MAX = 64 * 1024;

/** What uvu prints with the error of a test. */
const FAIL = ' FAIL ';
const UNSHOWN =
  'uvu shows no error of a hook, and none with `details` that are no text, as those of a GoxError' +
  ' (test/support/refused.ts)';

export interface RunOptions {
  /** After this the whole process group is killed. */
  readonly timeout_ms: number;
  /** An empty directory for this file, removed afterwards. */
  readonly directory: string;
  readonly env: NodeJS.ProcessEnv;
  /** Aborted, it kills the file. */
  readonly signal?: AbortSignal;
}

export interface FileResult {
  readonly passed: number;
  /** Tests that failed; at least 1 when anything at all is wrong with the file. */
  readonly failed: number;
  readonly skipped: number;
  readonly duration_ms: number;
  /** Everything that is wrong, one sentence each. */
  readonly faults: readonly string[];
  /** Whether all tests had ended, and its process did not: see `watchEnd`. */
  readonly deadlocked: boolean;
  readonly output: string;
}

export async function runFile(file: string, options: RunOptions): Promise<FileResult> {
  const scratch = join(options.directory, 't');
  const log = join(options.directory, 'log');
  mkdirSync(scratch, { recursive: true });
  const started_ms = performance.now();
  const { faults: end, deadlocked } = await runToEnd(file, scratch, log, options);
  const duration_ms = performance.now() - started_ms;
  const left = [...(await leftProcesses(scratch)), ...leftFiles(scratch)];
  const output = readFileSync(log, 'utf8');
  rmSync(options.directory, { recursive: true, force: true });

  const totals = parseTotals(output);
  const { total, passed, skipped } = totals ?? { total: 0, passed: 0, skipped: 0 };
  const faults = [...end, ...left];
  if (totals === undefined) faults.push('printed no totals: did it end before its suites ran?');
  else if (total + skipped === 0) faults.push('ran no test: is .run() called?');
  else if (passed !== total) {
    faults.push(`${total - passed} of ${total} tests failed or did not run`);
    if (!output.includes(FAIL)) faults.push(UNSHOWN);
  }
  const failed = Math.max(total - passed, faults.length > 0 ? 1 : 0);
  const shown = output.slice(-OUTPUT_CHARS_MAX);
  return { passed, failed, skipped, duration_ms, faults, deadlocked, output: shown };
}

/** Runs the process; returns what is wrong with how it ended. */
async function runToEnd(
  file: string,
  scratch: string,
  log: string,
  options: RunOptions,
): Promise<Pick<FileResult, 'faults' | 'deadlocked'>> {
  // A file, not a pipe: a leftover process would hold a pipe open.
  const output = openSync(log, 'w');
  // `detached` makes a process group, which can be killed as a whole.
  const child = spawn(process.execPath, ['--enable-source-maps', file], {
    detached: true,
    stdio: ['ignore', output, output],
    env: {
      ...options.env,
      TMPDIR: scratch,
      // What is kept of projects is no state of this machine's user, nor of another test: a daemon
      // with a journal has a place of its own (`daemon.ts`).
      XDG_STATE_HOME: join(options.directory, 'state'),
      GOXEL_JOURNAL_EPHEMERAL: 'true',
      // The configuration of this machine and of its user says nothing about the tests.
      GOXEL_CONFIG: '/dev/null',
      NO_COLOR: '1',
      FORCE_COLOR: '0',
    },
  });
  closeSync(output);
  let late = false;
  const kill = (): void => killGroup(child.pid);
  const watchdog = setTimeout(() => {
    late = true;
    kill();
  }, options.timeout_ms);
  options.signal?.addEventListener('abort', kill, { once: true });
  if (options.signal?.aborted) kill();
  let deadlocked = false;
  const look = watchEnd(child.pid, log, options.timeout_ms, () => {
    deadlocked = true;
    kill();
  });
  try {
    const faults = await new Promise<string[]>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => {
        if (deadlocked) resolve(['did not end by itself: its main thread slept on a lock']);
        else if (late) resolve([`took longer than ${options.timeout_ms} ms and was killed`]);
        else if (signal !== null) resolve([`died of ${signal}`]);
        else resolve(code === 0 ? [] : [`exited with ${code}`]);
      });
    });
    return { faults, deadlocked };
  } finally {
    clearInterval(look);
    clearTimeout(watchdog);
    options.signal?.removeEventListener('abort', kill);
  }
}

/**
 * Calls `stuck` when all tests have ended and the main thread then sleeps on one lock for long: at
 * its end Node 20 waits for a thread of V8's that may wait for it (nodejs/node#54918). That is a
 * matter of chance, so that who runs the file again sees whether it was that. What a test has left
 * open has the thread wait for events, and is no such thing.
 */
function watchEnd(
  pid: number | undefined,
  log: string,
  timeout_ms: number,
  stuck: () => void,
): NodeJS.Timeout {
  let since_ms = 0;
  let before = '';
  return setInterval(() => {
    const lock = parseTotals(readFileSync(log, 'utf8')) && lockOf(pid ?? 0);
    if (lock === undefined || lock !== before) since_ms = performance.now();
    else if (performance.now() - since_ms >= timeout_ms * END_SHARE) stuck();
    before = lock ?? '';
  }, timeout_ms * END_LOOK_SHARE);
}

function killGroup(pid: number | undefined): void {
  if (pid !== undefined) killQuietly(-pid);
}

/** Kills a process, or the group of a negative id; that it is gone already is what is wanted. */
function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Names the processes still alive after the grace, and kills them. */
async function leftProcesses(scratch: string): Promise<string[]> {
  const deadline_ms = performance.now() + LEFTOVER_GRACE_MS;
  let left = processesOf(scratch);
  while (left.length > 0 && performance.now() < deadline_ms) {
    await sleep(LEFTOVER_POLL_MS);
    left = processesOf(scratch);
  }
  return left.map((pid) => {
    const command = commandLineOf(pid);
    killQuietly(pid);
    return `left a process running: ${command}`;
  });
}

function leftFiles(scratch: string): string[] {
  return readdirSync(scratch).map((name) => `left ${name} in its temporary directory`);
}
