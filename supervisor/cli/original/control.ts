/**
 * `goxel-daemon --status`, `--stop` and `--reload`: they find the process by its PID file or its
 * socket, as scripts that know no more of it, and say by their exit code whether there is one.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '../../../conf/load.ts';
import { type DaemonProcess, listenerOf, lives, readPidFile } from '../control/daemon-process.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { writeData } from '../output.ts';
import { type ControlLine, PID_FILE } from './line.ts';

/** As long as goxel-daemon waits, which then kills it; more than ours takes to stop. */
const STOP_MS_MAX = 30_000;
const KILL_MS_MAX = 2000;
const POLL_MS = 20;

/** As of the daemon in C; that of `health` is the same number. */
const NOT_RUNNING: ExitCode = 1;

export async function control(line: ControlLine): Promise<ExitCode> {
  const found = await processOf(line);
  if (found === undefined) return say('Daemon is not running', NOT_RUNNING);
  const { pid } = found;
  try {
    return await ask(line, found);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EPERM') throw error;
    return say(
      `Daemon (PID: ${pid}) is another user's, to whom no signal may be sent`,
      NOT_RUNNING,
    );
  }
}

async function ask({ control }: ControlLine, found: DaemonProcess): Promise<ExitCode> {
  const { pid } = found;
  switch (control) {
    case 'status':
      return say(`Daemon is running (PID: ${pid})`, EXIT.OK);
    case 'reload':
      if (!send(pid, 'SIGHUP')) return say('Daemon is not running', NOT_RUNNING);
      return say(`Daemon (PID: ${pid}) was told to read its configuration again`, EXIT.OK);
    case 'stop':
      if (await ends(found, 'SIGTERM', STOP_MS_MAX)) return say('Daemon stopped', EXIT.OK);
      if (await ends(found, 'SIGKILL', KILL_MS_MAX)) return say('Daemon killed', EXIT.OK);
      return say(`Daemon (PID: ${pid}) cannot be stopped`, NOT_RUNNING);
  }
}

async function say(text: string, code: ExitCode): Promise<ExitCode> {
  await writeData(`${text}\n`);
  return code;
}

/** What is named counts, the one or the other, and no daemon that has the usual places. */
async function processOf({ flags, defaults }: ControlLine): Promise<DaemonProcess | undefined> {
  const { config } = await loadConfig({ env: process.env, flags, defaults });
  const [byFile, bySocket] = ['pid_file', 'sockets.unix.path'].map((key) =>
    flags.some((flag) => flag.key === key),
  );
  if (byFile || !bySocket) {
    const file = readPidFile(config.pid_file || PID_FILE);
    if (file.kind === 'held') return file.process;
    if (byFile && !bySocket) return undefined;
  }
  return listenerOf(config.sockets.unix.path);
}

/** Whether there was a process to send it to. Throws what else the system says. */
function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** Whether a signal ends it in time. */
async function ends(
  found: DaemonProcess,
  signal: NodeJS.Signals,
  within_ms: number,
): Promise<boolean> {
  const until_ms = performance.now() + within_ms;
  if (!send(found.pid, signal)) return true;
  while (lives(found)) {
    if (performance.now() > until_ms) return false;
    await sleep(POLL_MS);
  }
  return true;
}
