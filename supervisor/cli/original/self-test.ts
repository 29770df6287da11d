/**
 * `goxel-daemon --test-lifecycle` and `--test-signals`, by which scripts see whether a daemon can
 * live here: one is started in a place of its own, told to go on and to end, and must do so.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '../../../transport/client.ts';
import { CliError, EXIT, type ExitCode } from '../exit-codes.ts';
import { writeData } from '../output.ts';

/** Of each step; only what hangs takes so long. */
const STEP_MS_MAX = 30_000;
const POLL_MS = 20;

type Check = () => boolean | Promise<boolean>;

/** @throws CliError (EX_SOFTWARE) that says which step failed */
export async function selfTest(signals: readonly NodeJS.Signals[]): Promise<ExitCode> {
  const directory = mkdtempSync(join(tmpdir(), 'goxel-self-test-'));
  const [socket, pid_file] = [join(directory, 's'), join(directory, 'pid')];
  const places = ['--socket', socket, '--pid-file', pid_file, '--ephemeral'];
  const dumps = ['--set', `dump.directory=${directory}`];
  const args = ['--foreground', '--config', '/dev/null', ...places, ...dumps];
  const [, main = ''] = process.argv;
  const child = spawn(process.execPath, [...process.execArgv, main, ...args], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  const step = (what: string, holds: Check) => seen(child, what, holds);
  try {
    await step('the socket is there', () => existsSync(socket));
    await step(
      'the PID file is right',
      () => readFileSync(pid_file, 'utf8').trim() === `${child.pid}`,
    );
    for (const signal of signals) {
      child.kill(signal);
      await step(`${signal} leaves it running`, () => answers(socket));
    }
    await step('it answers', () => answers(socket));
    child.kill('SIGTERM');
    await step('SIGTERM ends it', () => child.exitCode === 0);
    await step('its files are gone', () => !existsSync(socket) && !existsSync(pid_file));
  } finally {
    child.kill('SIGKILL');
    await ended;
    rmSync(directory, { recursive: true, force: true });
  }
  return EXIT.OK;
}

async function answers(path: string): Promise<boolean> {
  const client = await connect({ path });
  try {
    await client.call('ping', undefined, { signal: AbortSignal.timeout(STEP_MS_MAX) });
    return true;
  } finally {
    await client.close();
  }
}

/**
 * Waits until something holds; of a daemon that has ended, what does not by then never will. A
 * check that throws does not hold yet: of the last the reason is told.
 */
async function seen(child: ChildProcess, what: string, holds: Check): Promise<void> {
  const until_ms = performance.now() + STEP_MS_MAX;
  for (;;) {
    const over = child.exitCode !== null || child.signalCode !== null;
    const reason = await failureOf(holds);
    if (reason === undefined) break;
    if (over || performance.now() > until_ms) {
      throw new CliError(EXIT.SOFTWARE, `not so: ${what}${reason}`);
    }
    await sleep(POLL_MS);
  }
  await writeData(`ok: ${what}\n`);
}

/** What there is to say of a check that does not hold; undefined when it does. */
async function failureOf(holds: Check): Promise<string | undefined> {
  try {
    return (await holds()) ? undefined : '';
  } catch (error) {
    return ` (${(error as Error).message})`;
  }
}
