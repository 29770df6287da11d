/** Servers that take turns under a load, each a process of its own at a Unix socket. */

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Load } from './load.ts';

export interface Server {
  readonly name: string;
  readonly path: string;
  readonly process: ChildProcess;
}

/** The path of a file of this room, as it was built. */
export function script(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

/** The daemon that was built with this. */
export const DAEMON = script('../../bundle/supervisor/main.js');

/** The arguments of Node for a daemon that says nothing of what goes well. */
export function daemonAt(main: string, ...more: readonly string[]) {
  return (path: string) => [main, 'run', '--socket', path, '--log-level', 'warn', ...more];
}

/** Runs `use` with the servers when they listen; by name, how each is started at its path. */
export async function withServers(
  starts: Readonly<Record<string, (path: string) => string[]>>,
  use: (servers: readonly Server[]) => Promise<void>,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'gx-bench-'));
  const said: Buffer[] = [];
  const servers = Object.entries(starts).map(([name, args]): Server => {
    const path = join(directory, `${name}.sock`);
    const child = spawn(process.execPath, args(path), {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, XDG_STATE_HOME: join(directory, name) },
    });
    child.stderr!.on('data', (chunk: Buffer) => said.push(chunk));
    return { name, path, process: child };
  });
  try {
    for (const server of servers) await listening(server);
    await use(servers);
  } catch (error) {
    // Daemons greet whoever starts them; that is of interest only now.
    process.stderr.write(Buffer.concat(said));
    throw error;
  } finally {
    for (const server of servers) server.process.kill('SIGTERM');
    await Promise.all(
      servers.map(({ process: child }) => new Promise((done) => child.once('exit', done))),
    );
    rmSync(directory, { recursive: true });
  }
}

async function listening({ name, path }: Server): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    const up = await new Promise<boolean>((resolve) => {
      const probe = connect(path, () => resolve(true));
      probe.on('error', () => resolve(false));
      probe.on('connect', () => probe.destroy());
    });
    if (up) return;
    await sleep(20);
  }
  throw new Error(`${name} does not listen`);
}

/** What a load is: so many requests count, after others that do not. */
export interface Wanted {
  /** Without it each request has a connection of its own. */
  readonly edits?: { readonly connections: number; readonly depth: number };
  readonly count: number;
  readonly warm_up: number;
}

/** One measurement, by a process of its own. */
export async function load(server: Server, { edits, count, warm_up }: Wanted): Promise<Load> {
  const kind = edits === undefined ? ['visits'] : ['edits', edits.connections, edits.depth];
  const words = [script('load.js'), server.path, server.process.pid, ...kind, count, warm_up];
  const { stdout } = await promisify(execFile)(process.execPath, words.map(String));
  return JSON.parse(stdout) as Load;
}
