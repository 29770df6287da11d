/**
 * `npm run bench -- recovery [--rounds N] [--only deaths|edits]`: what clients see of the journal.
 *
 * - From the death of an engine's thread to its first answer, with so many voxels behind it: with
 *   the spare thread, and without.
 * - Edits of one voxel, one by one and 64 at a time, with `journal.sync` always and never, beside
 *   what the disk takes for a write and an fdatasync. Both daemons take turns in every round.
 */

import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Client, connect } from '../../transport/client.ts';
import { type Daemon, startDaemon } from '../support/daemon.ts';
import { killEngine, mortal } from '../support/engine-deaths.ts';
import { eventually } from '../support/raw.ts';
import { temporaryDirectory } from '../support/tmp.ts';
import { median, table } from './table.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    only: { type: 'string', default: '' },
  },
});
const rounds = Number(values.rounds);

/** Sides of cubes of a million voxels, and of ten. */
const SIDES = [100, 215];

/** A spare comes back later and later when engines die one after the other. */
const MORTAL = {
  ...{ 'workers.count': 1, 'health.restart_window_ms': 1000 },
  ...{ 'health.max_restart_attempts': 1000, 'health.restart_delay_ms': 0 },
  'health.restart_delay_ms_max': 0,
};

async function deaths(spare: boolean, side: number): Promise<string[]> {
  const directory = temporaryDirectory();
  const place = join(directory, 'dying');
  const settings = { ...MORTAL, 'workers.spare': spare };
  const daemon = await startDaemon({ cwd: directory, settings, env: mortal(place) });
  const client = await connect({ path: daemon.socket });
  const project = 'cube';
  await client.call('goxel.create_project', { project });
  const max = [side - 1, side - 1, side - 1];
  await client.call('goxel.fill_region', { project, min: [0, 0, 0], max, color: '#3366CC' });
  const took_ms: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await settled(client);
    await edit(client, project, round);
    const began_ms = performance.now();
    if (!(await killEngine(place, 0, 'terminated'))) throw new Error('there is no engine');
    await edit(client, project, round + 1000);
    took_ms.push(performance.now() - began_ms);
  }
  await client.close();
  await daemon.stop();
  const millions = Math.round(side ** 3 / 1e6);
  const name = `${millions},000,000 voxels, ${spare ? 'with the spare' : 'without'}`;
  return [name, median(took_ms).toFixed(0), Math.max(...took_ms).toFixed(0), spare ? '50' : '500'];
}

function edit(client: Client, project: string, n: number): Promise<unknown> {
  const [x, y, z] = [n % 64, (n >> 6) % 64, -1 - (n >> 12)];
  return client.call('goxel.add_voxel', { project, x, y, z, color: '#FF0000' });
}

/** Everything has come back: the engine, and the spare thread where there is one. */
async function settled(client: Client): Promise<void> {
  await eventually('nothing is being started', async () => {
    const tree = JSON.stringify(await client.call('supervisor.tree', {}));
    return !/"state":"(starting|resting|gone|lost|replaying)/.test(tree);
  });
}

interface Syncing {
  readonly daemon: Daemon;
  readonly client: Client;
  readonly single_us: number[];
  readonly many_per_s: number[];
}

async function syncing(sync: 'always' | 'never'): Promise<Syncing> {
  const daemon = await startDaemon({ settings: { 'journal.sync': sync, 'workers.count': 1 } });
  const client = await connect({ path: daemon.socket });
  return { daemon, client, single_us: [], many_per_s: [] };
}

const SINGLE = 200;
const MANY = 4000;
const DEPTH = 64;

async function measure({ client, single_us, many_per_s }: Syncing, round: number): Promise<void> {
  const project = `round ${round}`;
  await client.call('goxel.create_project', { project });
  const singles: number[] = [];
  for (let n = 0; n < SINGLE; n += 1) {
    const began_ms = performance.now();
    await edit(client, project, n);
    singles.push((performance.now() - began_ms) * 1000);
  }
  single_us.push(median(singles));
  const began_ms = performance.now();
  let sent = 0;
  const lane = async () => {
    while (sent < MANY) await edit(client, project, 1000 + sent++);
  };
  await Promise.all(Array.from({ length: DEPTH }, lane));
  many_per_s.push((MANY * 1000) / (performance.now() - began_ms));
  await client.call('goxel.close_project', { project });
}

/** Microseconds of a write and an fdatasync, of as many bytes as a record has. */
function diskTakes(directory: string): number {
  const fd = openSync(join(directory, 'disk'), 'a');
  const bytes = Buffer.alloc(64, 65);
  const took = Array.from({ length: SINGLE }, () => {
    const began_ms = performance.now();
    writeSync(fd, bytes);
    fdatasyncSync(fd);
    return (performance.now() - began_ms) * 1000;
  });
  closeSync(fd);
  return median(took);
}

async function edits(): Promise<void> {
  const directory = temporaryDirectory();
  const [always, never] = [await syncing('always'), await syncing('never')];
  const disk_us: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const one of round % 2 === 0 ? [always, never] : [never, always]) {
      await measure(one, round);
    }
    disk_us.push(diskTakes(directory));
  }
  for (const { client, daemon } of [always, never]) {
    await client.close();
    await daemon.stop();
  }
  const ratio = (of: readonly number[], to: readonly number[]) =>
    median(of.map((value, i) => value / to[i]!)).toFixed(2);
  const rows = [
    ['one by one, µs', ...[always, never].map((one) => median(one.single_us).toFixed(0))],
    [
      `${DEPTH} at a time, a second`,
      ...[always, never].map((one) => median(one.many_per_s).toFixed(0)),
    ],
  ];
  console.log(table(['edits by journal.sync', 'always', 'never'], rows));
  const sync_us = median(disk_us);
  console.log(
    `\n64 at a time: always is ${ratio(always.many_per_s, never.many_per_s)} of never (0.7)`,
  );
  console.log(`one by one: ${ratio(always.single_us, disk_us)} × a write and fdatasync`);
  console.log(`the disk: ${sync_us.toFixed(0)} µs, ${(1e6 / sync_us).toFixed(0)} a second`);
}

if (values.only !== 'edits') {
  const rows: string[][] = [];
  for (const spare of [true, false]) {
    for (const side of SIDES) rows.push(await deaths(spare, side));
  }
  console.log(table(['from death to the next answer', 'ms', 'worst', 'goal'], rows));
}
if (values.only !== 'deaths') await edits();
