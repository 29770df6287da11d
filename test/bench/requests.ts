/**
 * `npm run bench -- requests`: voxel edits over a Unix socket, our daemon beside the floor of this
 * runtime and beside jayson, at several depths. Machines are noisy, so the servers take turns in
 * every round and what counts is the median of the ratios, each between neighbours in time.
 *
 *     npm run bench -- requests [--rounds N] [--scale F] [--beside DIST]
 *
 * DIST is the `dist` of another checkout, such as that of the commit before: its daemon takes turns
 * with this one, and the table tells both.
 */

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import type { Load } from './load.ts';
import { median } from './table.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    scale: { type: 'string', default: '1' },
    beside: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
const scale = Number(values.scale);

/** Requests of one measurement, by depth: each takes about half a second. */
const DEPTHS = [
  { depth: 1, count: 8_000, goal: 'latency at most 2.00' },
  { depth: 16, count: 50_000, goal: 'throughput at least 0.45' },
  { depth: 64, count: 80_000, goal: 'throughput at least 0.50' },
];

interface Server {
  readonly name: string;
  readonly path: string;
  readonly process: ChildProcess;
}

const directory = mkdtempSync(join(tmpdir(), 'gx-bench-'));
const script = (name: string) => fileURLToPath(new URL(name, import.meta.url));

function start(name: string, args: (path: string) => string[]): Server {
  const path = join(directory, `${name}.sock`);
  const child = spawn(process.execPath, args(path), { stdio: ['ignore', 'ignore', 'inherit'] });
  return { name, path, process: child };
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

/** One measurement, by a process of its own. */
async function load(path: string, depth: number, count: number): Promise<Load> {
  const args = [script('load.js'), path, String(depth), String(count)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as Load;
}

function report(depth: number, goal: string, results: ReadonlyMap<string, readonly Load[]>): void {
  const floor = results.get('echo')!;
  for (const [name, loads] of results) {
    const throughput = median(loads.map((one) => one.throughput));
    const latency = median(loads.map((one) => one.latency_us));
    const ratio = median(loads.map((one, i) => one.throughput / floor[i]!.throughput));
    const slower = median(loads.map((one, i) => one.latency_us / floor[i]!.latency_us));
    const row = [
      String(depth).padStart(5),
      name.padEnd(16),
      `${Math.round(throughput)}`.padStart(10),
      `${latency.toFixed(0)}`.padStart(10),
      ratio.toFixed(2).padStart(10),
      slower.toFixed(2).padStart(9),
      name === 'goxel-supervisor' ? `  ${goal}` : '',
    ];
    console.log(row.join(' ').trimEnd());
  }
}

const daemon = script('../../bundle/supervisor/main.js');
const { beside } = values;
const ours = (main: string) => (path: string) => [
  ...[main, 'run', '--socket', path, '--log-level', 'warn'],
];
const servers = [
  start('echo', (path) => [script('echo-server.js'), path]),
  start('jayson', (path) => [script('jayson-server.js'), path]),
  start('goxel-supervisor', ours(daemon)),
  ...(beside === undefined
    ? []
    : [start('beside', ours(join(beside, 'bundle/supervisor/main.js')))]),
];
try {
  for (const server of servers) await listening(server);
  console.log(`Voxel edits over one connection, ${rounds} rounds, ${availableParallelism()} cores`);
  console.log('depth server            requests/s p50 in µs  ×through.  ×latency   goal');
  for (const { depth, count, goal } of DEPTHS) {
    const results = new Map<string, Load[]>(servers.map(({ name }) => [name, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (const { name, path } of servers) {
        results.get(name)!.push(await load(path, depth, Math.round(count * scale)));
      }
    }
    report(depth, goal, results);
  }
} finally {
  for (const server of servers) server.process.kill('SIGTERM');
  await Promise.all(
    servers.map(({ process: child }) => new Promise((done) => child.once('exit', done))),
  );
  rmSync(directory, { recursive: true });
}
