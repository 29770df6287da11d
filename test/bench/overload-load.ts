/**
 * The load of `overload.ts`, a program of its own: `overload-load.js PATH UNDER_WAY ROUNDS SECONDS`
 * measures the daemon on PATH at capacity and at ten times that, in turns, and prints an array of
 * `Round`s. Clients, bystanders and all: nine connections.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import {
  bystander,
  closedLoop,
  LoadClient,
  type Outcome,
  openLoop,
  quantile,
} from '../support/offered.ts';

const CLIENTS = 6;
/** What simple requests are, and how long a bystander waits from one to the next. */
const SIMPLE = [
  { name: 'ping', method: 'ping', params: {} },
  { name: 'same project', method: 'goxel.get_voxel', params: { x: 1, y: 1, z: 1 } },
  { name: 'another', method: 'goxel.get_voxel', params: { x: 1, y: 1, z: 1, project: 'other' } },
];
const PAUSE_MS = 20;

interface Served {
  readonly name: string;
  readonly answered: number;
  readonly refused: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
}

export interface Figures {
  readonly accepted_per_s: number;
  readonly refused_per_s: number;
  readonly unsent_per_s: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
  /** Others that were answered while one waited; the median. */
  readonly behind: number;
  readonly bystanders: readonly Served[];
}

export interface Round {
  /** A few requests under way. */
  readonly few: Figures;
  /** As many under way as the queue has places. */
  readonly capacity: Figures;
  readonly over: Figures;
}

const [path = '', underWay = '', rounds = '', seconds = ''] = process.argv.slice(2);
const duration_ms = 1000 * Number(seconds);

async function beside(run: () => Promise<Outcome>): Promise<Figures> {
  const stops = await Promise.all(
    SIMPLE.map(({ method, params }) => bystander(path, method, params, PAUSE_MS)),
  );
  const { accepted, refused, unsent, duration_ms: took_ms, latencies_ms, behind } = await run();
  const bystanders: Served[] = [];
  for (const [i, stop] of stops.entries()) {
    const served = await stop();
    bystanders.push({
      ...{ name: SIMPLE[i]!.name, refused: served.refused, answered: served.latencies_ms.length },
      p50_ms: quantile(served.latencies_ms, 0.5),
      p99_ms: quantile(served.latencies_ms, 0.99),
    });
  }
  const per_s = (count: number) => (1000 * count) / took_ms;
  return {
    ...{ accepted_per_s: per_s(accepted), refused_per_s: per_s(refused) },
    ...{ unsent_per_s: per_s(unsent), bystanders },
    p50_ms: quantile(latencies_ms, 0.5),
    p99_ms: quantile(latencies_ms, 0.99),
    behind: quantile(behind, 0.5),
  };
}

const creator = await LoadClient.open(path, (id) => {
  const params = { project: 'other' };
  return `${JSON.stringify({ jsonrpc: '2.0', id, method: 'goxel.create_project', params })}\n`;
});
creator.send(1);
await creator.drained();
creator.close();
const clients = await Promise.all(Array.from({ length: CLIENTS }, () => LoadClient.open(path)));
const drained = async () => {
  for (const client of clients) await client.drained();
  await sleep(100);
};
const all: Round[] = [];
for (let round = 0; round < Number(rounds); round += 1) {
  const few = await beside(() => closedLoop(clients, 4 * CLIENTS, duration_ms));
  await drained();
  const capacity = await beside(() => closedLoop(clients, Number(underWay), duration_ms));
  await drained();
  const over = await beside(() => openLoop(clients, 10 * capacity.accepted_per_s, duration_ms));
  await drained();
  all.push({ few, capacity, over });
}
for (const client of clients) client.close();
console.log(JSON.stringify(all));
