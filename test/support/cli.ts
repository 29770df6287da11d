/** The command line as users run it, once and to its end. */

import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { DAEMON_MAIN } from './daemon.ts';

/** Longer than any command of a test takes; a command that hangs is killed and has no code. */
const TIMEOUT_MS = 110_000;

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function cli(...args: string[]): Promise<CliResult> {
  return run(process.execPath, [DAEMON_MAIN, ...args]);
}

/** A script of bash in which `gs` is the command line. */
export function shell(script: string): Promise<CliResult> {
  const functions = `gs() { "${process.execPath}" "${DAEMON_MAIN}" "$@"; }`;
  return run('bash', ['-c', `${functions}\n${script}`]);
}

async function run(command: string, args: readonly string[]): Promise<CliResult> {
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, GOXEL_JOURNAL_EPHEMERAL: 'true' },
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  const code = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, stdout, stderr };
}
