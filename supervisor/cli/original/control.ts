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
  switch (line.control) {
    case 'status':
      return say(`Daemon is running (PID: ${pid})`, EXIT.OK);
    case 'reload':
      process.kill(pid, 'SIGHUP');
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

/** Who names the socket alone does not mean the daemon that may have the usual PID file. */
async function processOf({ flags, defaults }: ControlLine): Promise<DaemonProcess | undefined> {
  const { config } = await loadConfig({ env: process.env, flags, defaults });
  const { pid_file, sockets } = config;
  const named = flags.some(({ key }) => key === 'sockets.unix.path');
  const usual = named ? '' : PID_FILE;
  const file = readPidFile(pid_file || usual);
  return file.kind === 'held' ? file.process : listenerOf(sockets.unix.path);
}

/** Whether a signal ends it in time. */
async function ends(
  found: DaemonProcess,
  signal: NodeJS.Signals,
  within_ms: number,
): Promise<boolean> {
  const until_ms = performance.now() + within_ms;
  process.kill(found.pid, signal);
  while (lives(found)) {
    if (performance.now() > until_ms) return false;
    await sleep(POLL_MS);
  }
  return true;
}
