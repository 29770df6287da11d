/**
 * `npm run bench -- inspector`: what the inspector costs. Voxel edits over a Unix socket, by a
 * daemon that serves no inspector, one that nobody looks at, and one with a viewer that reads what
 * it is told. They take turns in every round; what counts is the median of the ratios. The
 * processor time of the daemon says more than the throughput on a machine that others use too, and
 * on one with few cores, where the viewer and the client take their share.
 *
 *     npm run bench -- inspector [--rounds N] [--scale F]
 */

import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { WebSocket } from 'ws';
import { RawConnection } from '../support/raw.ts';
import type { Load } from './load.ts';
import { DAEMON, daemonAt, load, type Server, withServers } from './servers.ts';
import { median, table } from './table.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    scale: { type: 'string', default: '1' },
  },
});
const rounds = Number(values.rounds);
const scale = Number(values.scale);

/** Requests of one measurement, by depth: each takes about half a second. */
const DEPTHS = [
  { depth: 1, count: 8_000 },
  { depth: 64, count: 80_000 },
];

/** Requests that do not count: compilers and caches warm up on them. */
const WARM_UP = 2000;

/** A viewer that reads, and how much that was. */
async function viewer({ path }: Server): Promise<{ bytes(): number; close(): void }> {
  const client = await RawConnection.open(path);
  const { result } = await client.call('supervisor.inspect');
  client.destroy();
  const { url } = result as { readonly url: string };
  const socket = new WebSocket(url.replace(/^http/, 'ws'));
  let bytes = 0;
  socket.on('message', (data) => {
    bytes += (data as Buffer).length;
  });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  for (const type of ['inspector.hello', 'xstate.inspecting'])
    socket.send(JSON.stringify({ type }));
  return { bytes: () => bytes, close: () => socket.terminate() };
}

const starts = {
  off: daemonAt(DAEMON),
  'on, no viewer': daemonAt(DAEMON, '--set', 'inspector.enabled=true'),
  'on, one viewer': daemonAt(DAEMON, '--set', 'inspector.enabled=true'),
};
await withServers(starts, async (servers) => {
  const looker = await viewer(servers.at(-1)!);
  console.log(`Voxel edits over one connection, ${rounds} rounds, ${availableParallelism()} cores`);
  for (const { depth, count } of DEPTHS) {
    const results = servers.map((): Load[] => []);
    for (let round = 0; round < rounds; round += 1) {
      for (const [i, server] of servers.entries()) {
        const edits = { connections: 1, depth };
        results[i]!.push(
          await load(server, { edits, count: Math.round(count * scale), warm_up: WARM_UP }),
        );
      }
    }
    const off = results[0]!;
    const rows = servers.map(({ name }, i) => {
      const loads = results[i]!;
      return [
        name,
        Math.round(median(loads.map(({ throughput }) => throughput))).toString(),
        median(loads.map(({ p50_us }) => p50_us)).toFixed(0),
        median(loads.map(({ throughput }, at) => throughput / off[at]!.throughput)).toFixed(2),
        median(loads.map((one) => one.cpu_us)).toFixed(1),
        median(loads.map((one, at) => one.cpu_us / off[at]!.cpu_us)).toFixed(2),
      ];
    });
    const head = ['requests/s', 'p50 in µs', '× off', 'processor µs a request', '× off'];
    console.log(`\n${table([`depth ${depth}`, ...head], rows)}`);
  }
  console.log(`\nThe viewer was told ${(looker.bytes() / 1024).toFixed(0)} KiB.`);
  looker.close();
});
