/** `goxel-supervisor stop`: asks a daemon to stop and waits until it is gone. */

import { lstatSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../../conf/schema.ts';
import type { Client } from '../../../transport/client.ts';
import type { CommandLine } from '../args.ts';
import { configOf, withDaemon } from '../connection.ts';
import { CliError, EXIT, type ExitCode } from '../exit-codes.ts';
import { writeData, writeTalk } from '../output.ts';
import { timeoutOf } from '../seconds.ts';
import { asCliError, isStopping } from './answers.ts';
import { type DaemonProcess, listenerOf, lives, processOf, readPidFile } from './daemon-process.ts';

type Line = Extract<CommandLine, { command: 'stop' }>;

/** What a daemon that is well answers in; one that is not is found by its PID file. */
const ANSWER_MS_MAX = 5000;
/** More than `performance.shutdown_timeout_ms` of most configurations, and what comes on top. */
const TIMEOUT_S = '60';
const POLL_MS = 50;
/** Silent so long, since most daemons stop sooner; then it says that it waits, ever so often. */
const TALK_FIRST_MS = 1000;
const TALK_EVERY_MS = 5000;
/** A connection ends before the socket goes; where somebody else holds that, it stays. */
const SOCKET_MS_MAX = 2000;

/** What there is to wait for. */
interface Going {
  readonly by: 'shutdown' | 'SIGTERM';
  /** Undefined when it is none of this machine, or this user may not see it. */
  readonly process: DaemonProcess | undefined;
  /** Whether the connection by which it was asked has ended. */
  readonly closed: () => boolean;
}

export async function stop(line: Line): Promise<ExitCode> {
  const { json = false, now = false, timeout = TIMEOUT_S } = line.options;
  const timeout_ms = timeoutOf(timeout);
  const config = await configOf(line);
  const began_ms = performance.now();
  let going: Going | undefined;
  try {
    const ask = async (client: Client) => {
      going = await askToStop(client, config, now);
      // With the connection open, whose end is the first sign.
      await untilGone(going, config, timeout_ms);
    };
    await withDaemon(config, ask, line.options);
  } catch (error) {
    if (going !== undefined) throw error;
    going = signal(config, now, error);
    await untilGone(going, config, timeout_ms);
  }
  const waited_ms = Math.round(performance.now() - began_ms);
  const pid = going?.process?.pid;
  const who = pid === undefined ? 'the daemon' : `process ${pid}`;
  await writeData(
    json
      ? `${JSON.stringify({ stopped: true, pid, by: going?.by, waited_ms }, undefined, 2)}\n`
      : `stopped: ${who} is gone, after ${(waited_ms / 1000).toFixed(1)} s\n`,
  );
  return EXIT.OK;
}

async function askToStop(client: Client, config: Config, now: boolean): Promise<Going> {
  let closed = false;
  client.once('close', () => {
    closed = true;
  });
  const options = { timeout_ms: ANSWER_MS_MAX };
  // One that stops already tells nothing about itself any more, and ends the connection.
  const { pid } = (await client.call('status', undefined, options).catch((error: unknown) => {
    if (now || !isStopping(error)) throw error;
    return {};
  })) as { readonly pid?: number };
  const process = pid === undefined ? listenerOf(config.sockets.unix.path) : processOf(pid);
  if (pid !== undefined) {
    const times = Array.from({ length: now ? 2 : 1 }, () => ({ method: 'shutdown' }));
    // The second may find the connection closed by the first.
    const [asked] = await client.batch(times, options);
    if (asked?.ok === false && (now || !isStopping(asked.error))) throw asked.error;
  }
  return { by: 'shutdown', process, closed: () => closed };
}

/**
 * What is left when nobody answers on the socket, or nobody who could stop any sooner: a signal to
 * the process that holds the PID file, or else to the one that listens there.
 *
 * @throws the error of the socket, with what is known of the process
 */
function signal({ pid_file, sockets }: Config, now: boolean, error: unknown): Going {
  const file = pid_file === '' ? undefined : readPidFile(pid_file);
  const found = file?.kind === 'held' ? file.process : listenerOf(sockets.unix.path);
  if (found === undefined) {
    throw asCliError(error, file?.kind === 'held' ? undefined : file?.reason);
  }
  const { pid } = found;
  try {
    for (let times = now ? 2 : 1; times > 0; times--) process.kill(pid, 'SIGTERM');
  } catch (cause) {
    // Between the look and the signal it ended: what was wanted.
    if ((cause as NodeJS.ErrnoException).code !== 'ESRCH') {
      const reason = `this user may not send a signal to process ${pid}, which is the daemon`;
      throw new CliError(EXIT.NOPERM, reason, cause);
    }
  }
  return { by: 'SIGTERM', process: found, closed: () => true };
}

async function untilGone(going: Going, config: Config, timeout_ms: number): Promise<void> {
  const began_ms = performance.now();
  let closed_ms: number | undefined;
  let talk_ms = TALK_FIRST_MS;
  for (;;) {
    const waited_ms = performance.now() - began_ms;
    if (going.closed()) closed_ms ??= waited_ms;
    if (going.process !== undefined && !lives(going.process)) return;
    if (going.process === undefined && closed_ms !== undefined) {
      if (!exists(config.sockets.unix.path) || waited_ms - closed_ms > SOCKET_MS_MAX) return;
    }
    if (timeout_ms > 0 && waited_ms >= timeout_ms) throw tooLong(going, timeout_ms);
    if (waited_ms >= talk_ms) {
      const seconds = Math.round(waited_ms / 1000);
      await writeTalk(`goxel-supervisor: ${nameOf(going)} stops … (${seconds} s)\n`);
      talk_ms += TALK_EVERY_MS;
    }
    await sleep(POLL_MS);
  }
}

function tooLong(going: Going, timeout_ms: number): CliError {
  const pid = going.process?.pid;
  const advice = pid === undefined ? '' : `, and kill -KILL ${pid} whatever it does`;
  return new CliError(
    EXIT.TEMPFAIL,
    `${nameOf(going)} was told to stop and is still there after ${timeout_ms / 1000} s; ` +
      `goxel-supervisor stop --now ends it at once${advice}`,
  );
}

function nameOf({ process }: Going): string {
  return process === undefined ? 'the daemon' : `process ${process.pid}`;
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
