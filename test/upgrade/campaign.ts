/** A daemon that is replaced again and again under clients that would notice. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '../../transport/client.ts';
import { cli } from '../support/cli.ts';
import { startDaemon } from '../support/daemon.ts';
import { freePort } from '../support/free-port.ts';
import { temporaryDirectory } from '../support/tmp.ts';
import {
  type Chance,
  type ClientOptions,
  comeAndGo,
  isThere,
  stay,
  type Tally,
} from './clients.ts';

export interface CampaignOptions {
  readonly upgrades: number;
  readonly seed: number;
  /** Hears of each upgrade. */
  readonly said?: (line: string) => void;
}

export interface Campaign extends Omit<Tally, 'edits'> {
  readonly upgrades: number;
  readonly edits: number;
  /** Edits that are not there at the end. */
  readonly lost: number;
  /** The processes, in their order. */
  readonly pids: readonly number[];
  readonly exit_code: number | null;
}

const PROJECTS = ['tower', 'bridge', 'island'];
/** Between two upgrades. */
const PAUSE_MS = 400;

/** What must be true of it is for the caller to say. */
export async function campaign({
  upgrades,
  seed,
  said = () => {},
}: CampaignOptions): Promise<Campaign> {
  const directory = temporaryDirectory();
  const pid_file = join(directory, 'pid');
  const port = await freePort();
  const settings = {
    ...{ pid_file, 'sockets.tcp.enabled': true, 'sockets.tcp.port': port },
    // They are not what this is about, and clients that come and go are many.
    'performance.max_connections': 64,
    'security.connections_per_second': 100_000,
  };
  const daemon = await startDaemon({ settings });
  const pids = [daemon.pid];
  const reap = () => killIfThere(pids.at(-1)!);
  process.once('exit', reap);
  const tally: Tally = { connections: 0, requests: 0, edits: [], faults: [], wait_ms_max: 0 };
  let going = true;
  try {
    await makeProjects(daemon.socket);
    const clients = clientsOf(daemon.socket, port, seed, tally, () => going);
    const chance = chances(seed);
    for (let n = 1; n <= upgrades; n += 1) {
      await sleep(chance() * PAUSE_MS);
      const { code, stdout, stderr } = await cli('upgrade', '--socket', daemon.socket);
      if (code !== 0) tally.faults.push(`upgrade ${n}: code ${code}: ${stderr}`);
      pids.push(Number(readFileSync(pid_file, 'utf8')));
      said(`${n}: ${stdout.trim()}; ${tally.requests} requests, ${tally.faults.length} faults`);
      if (tally.faults.length > 0) break;
    }
    await sleep(PAUSE_MS);
    going = false;
    await Promise.all(clients);
    const lost = await missing(daemon.socket, tally);
    await cli('stop', '--socket', daemon.socket);
    const exit_code = upgrades > 0 ? (await daemon.exited()).code : 0;
    return { ...tally, upgrades, edits: tally.edits.length, lost, pids, exit_code };
  } finally {
    going = false;
    reap();
    await daemon.kill();
    process.off('exit', reap);
    if (tally.faults.length > 0) said(daemon.stdout() + daemon.stderr());
  }
}

async function makeProjects(path: string): Promise<void> {
  const client = await connect({ path });
  for (const project of PROJECTS) {
    await client.call('goxel.create_project', { project, name: project });
  }
  await client.close();
}

function clientsOf(
  path: string,
  port: number,
  seed: number,
  tally: Tally,
  going: () => boolean,
): Promise<void>[] {
  const tcp = { host: '127.0.0.1', port };
  let column = 0;
  const options = (name: string, address: ClientOptions['address']): ClientOptions => {
    column += 1;
    const project = PROJECTS[column % PROJECTS.length]!;
    const chance = chances(seed + column);
    return { name, address, column, project, chance, tally, going };
  };
  return [
    ...[1, 2, 3].map((n) => comeAndGo(options(`unix ${n}`, { path }))),
    ...[1, 2].map((n) => comeAndGo(options(`tcp ${n}`, tcp))),
    stay(options('stays, one at a time', { path }), 1, 'json'),
    stay(options('stays, sixteen at a time', { path }), 16, 'json'),
    stay(options('stays, over TCP', tcp), 4, 'json'),
    stay(options('stays, MessagePack', { path }), 4, 'msgpack'),
  ];
}

/** Asks for every edit that was acknowledged. */
async function missing(path: string, { edits, faults }: Tally): Promise<number> {
  const client = await connect({ path });
  let lost = 0;
  for (let from = 0; from < edits.length; from += 200) {
    const some = edits.slice(from, from + 200);
    const calls = some.map((params) => ({ method: 'goxel.get_voxel', params: { ...params } }));
    for (const [at, answer] of (await client.batch(calls)).entries()) {
      if (answer.ok && isThere(answer.result)) continue;
      lost += 1;
      if (lost < 5) faults.push(`lost ${JSON.stringify(some[at])}: ${JSON.stringify(answer)}`);
    }
  }
  await client.close();
  return lost;
}

/** A generator of numbers in [0, 1): mulberry32. */
function chances(seed: number): Chance {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
