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

import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Load } from './load.ts';
import { DAEMON, daemonAt, load, script, withServers } from './servers.ts';
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

const { beside } = values;
const starts = {
  echo: (path: string) => [script('echo-server.js'), path],
  jayson: (path: string) => [script('jayson-server.js'), path],
  'goxel-supervisor': daemonAt(DAEMON),
  ...(beside === undefined ? {} : { beside: daemonAt(join(beside, 'bundle/supervisor/main.js')) }),
};
await withServers(starts, async (servers) => {
  console.log(`Voxel edits over one connection, ${rounds} rounds, ${availableParallelism()} cores`);
  console.log('depth server            requests/s p50 in µs  ×through.  ×latency   goal');
  for (const { depth, count, goal } of DEPTHS) {
    const results = new Map<string, Load[]>(servers.map(({ name }) => [name, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (const server of servers) {
        results.get(server.name)!.push(await load(server, depth, Math.round(count * scale)));
      }
    }
    report(depth, goal, results);
  }
});
