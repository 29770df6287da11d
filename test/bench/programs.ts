/** Runs a program to its end and says what it took: time, processor and memory. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';

/** GNU time (Debian package `time`); without it neither processor nor memory is measured. */
const TIME = '/usr/bin/time';
const TIMED = existsSync(TIME);

const TIMEOUT_MS = 120_000;

export interface Usage {
  readonly wall_s: number;
  /** Of the processor, all threads. */
  readonly cpu_s: number;
  /** The most memory it had at a time (resident), in MB of 10⁶ bytes. */
  readonly peak_mb: number;
}

/**
 * @param directory where its output goes
 * @throws Error with what it printed, when it fails
 */
export function measure(
  directory: string,
  command: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Usage {
  const figures = `${directory}/time`;
  const timed = TIMED ? [TIME, '-q', '-o', figures, '-f', '%U %S %M', ...command] : command;
  const start = performance.now();
  const { status, signal, stdout, stderr } = spawnSync(timed[0]!, timed.slice(1), {
    env,
    encoding: 'latin1',
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  const wall_s = (performance.now() - start) / 1000;
  if (status !== 0) {
    throw new Error(`${command.join(' ')} ended with ${status ?? signal}: ${stdout}${stderr}`);
  }
  if (!TIMED) return { wall_s, cpu_s: Number.NaN, peak_mb: Number.NaN };
  const [user = 0, system = 0, kib = 0] = readFileSync(figures, 'latin1').split(' ').map(Number);
  return { wall_s, cpu_s: user + system, peak_mb: (kib * 1024) / 1e6 };
}

/** An environment in which Goxel finds no settings of the user's, and draws without a card. */
export function goxelEnvironment(directory: string): NodeJS.ProcessEnv {
  const home = `${directory}/home`;
  mkdirSync(home, { recursive: true });
  return {
    ...process.env,
    HOME: home,
    XDG_CONFIG_HOME: `${home}/config`,
    XDG_CACHE_HOME: `${home}/cache`,
    XDG_DATA_HOME: `${home}/data`,
    LIBGL_ALWAYS_SOFTWARE: '1',
  };
}

export function isInstalled(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}
