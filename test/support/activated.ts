/** Plays a service manager: starts the daemon with sockets of its own, by systemd's protocol. */

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, renameSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { DAEMON_MAIN } from './daemon.ts';
import { temporaryDirectory } from './tmp.ts';

export interface Given {
  /** Of a server or a connection that is open here; or a number of our own descriptors. */
  readonly fd: number;
  readonly name?: string;
}

export interface Activated {
  readonly child: ChildProcess;
  /** On both of its streams, so far. */
  printed(): string;
  exited(): Promise<number | null>;
}

/** The number of the descriptor, which Node has and does not document. */
export function fdOf(handle: Server | Socket): number {
  const { _handle } = handle as unknown as { _handle: { fd: number } };
  return _handle.fd;
}

/**
 * A shell becomes the daemon, as its number must stand in `LISTEN_PID` before it begins.
 *
 * @param pid in place of its own
 * @param more of its environment
 */
export function startActivated(
  given: readonly Given[],
  args: readonly string[],
  pid = '$$',
  more: Readonly<Record<string, string>> = {},
): Activated {
  const names = given.map(({ name = '' }) => name).join(':');
  const quoted = [process.execPath, DAEMON_MAIN, 'run', ...args].map((word) => `'${word}'`);
  const variables =
    `LISTEN_PID=${pid} LISTEN_FDS=${given.length} ` +
    (names.replaceAll(':', '') === '' ? '' : `LISTEN_FDNAMES='${names}'`);
  const printed = join(temporaryDirectory(), 'printed');
  const out = openSync(printed, 'w');
  const child = spawn('/bin/sh', ['-c', `exec env ${variables} ${quoted.join(' ')}`], {
    env: { ...process.env, GOXEL_JOURNAL_EPHEMERAL: 'true', ...more },
    stdio: ['ignore', out, out, ...given.map(({ fd }) => fd)],
  });
  closeSync(out);
  // A test that fails ends all the same, and the daemon with it.
  child.unref();
  process.once('exit', () => child.kill('SIGKILL'));
  const end = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const exited = () => {
    if (child.exitCode === null) child.ref();
    return end;
  };
  return { child, printed: () => readFileSync(printed, 'utf8'), exited };
}

/**
 * A socket that listens at a port, or at a path, by the name `path~` where the kernel is asked. To
 * be closed once the daemon has it, so that it alone accepts; that leaves the path.
 */
export async function listenAt(where: string | number): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    if (typeof where === 'string') server.listen(`${where}~`, resolve);
    else server.listen(where, '127.0.0.1', resolve);
  });
  if (typeof where === 'string') renameSync(`${where}~`, where);
  return server;
}
