/** What memory a daemon takes that has nothing to do, and its connections, in bytes. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LOOK_MS } from '../../actors/connection/idle-sessions.ts';
import { type Client, connect } from '../../transport/client.ts';
import { startDaemon } from '../support/daemon.ts';
import { BARE_SERVER } from '../support/first-answers.ts';
import { temporaryDirectory } from '../support/tmp.ts';
import { script, withServers } from './servers.ts';

/** Until what a start has left behind is gone. */
const QUIET_MS = 1000;
/** Opened before, on which caches warm up. */
const WARM_UP = 100;
const CONNECTIONS = 500;

/** Resident, of a Node server that does nothing. */
export async function bareMemory(): Promise<number> {
  let bytes = 0;
  await withServers({ bare: (path) => [...BARE_SERVER.args(path)] }, async ([server]) => {
    bytes = await quietBytes(server!.process.pid!);
  });
  return bytes;
}

/** Resident, of a daemon with two engines, when it has started, and after its first edit. */
export async function daemonMemory(): Promise<{ started: number; edited: number }> {
  const daemon = await startDaemon({ settings: { 'workers.count': 2 } });
  const started = await quietBytes(daemon.pid);
  const client = await connect({ path: daemon.socket });
  await client.call('goxel.add_voxel', [0, 0, 0, '#ff0000']);
  const edited = await quietBytes(daemon.pid);
  await client.close();
  await daemon.stop();
  return { started, edited };
}

/**
 * Alive in the main thread, of one connection over which something was asked some time ago. What
 * is resident says little of that: it grows by what waits to be collected.
 */
export async function connectionMemory(): Promise<number> {
  const file = join(temporaryDirectory(), 'heap');
  const daemon = await startDaemon({
    settings: { 'performance.max_connections': 1024 },
    env: { HEAP_FILE: file, NODE_OPTIONS: `--import ${script('heap-hook.js')}` },
  });
  const clients: Client[] = [];
  const open = async (count: number) => {
    for (let left = count; left > 0; left -= 1) {
      const client = await connect({ path: daemon.socket });
      clients.push(client);
      await client.call('goxel.get_voxel', [0, 0, 0]);
    }
    // The sessions of clients that ask nothing end.
    await sleep(2 * LOOK_MS + QUIET_MS);
    return Number(readFileSync(file, 'latin1'));
  };
  const before = await open(WARM_UP);
  const after = await open(CONNECTIONS);
  await Promise.all(clients.map((client) => client.close()));
  await daemon.stop();
  return (after - before) / CONNECTIONS;
}

async function quietBytes(pid: number): Promise<number> {
  await sleep(QUIET_MS);
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}
