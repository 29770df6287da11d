/**
 * `npm run bench -- replay [--rounds N]`: what it costs to record an edit, and to make a project
 * anew of its records, in one thread. A journal is to be replayed at a million simple edits a
 * second.
 */

import { parseArgs } from 'node:util';
import { methods } from '../../engine/methods/index.ts';
import { addVoxel } from '../../engine/replay/bodies.ts';
import { ProjectRecords } from '../../engine/replay/records.ts';
import { replay } from '../../engine/replay/replay.ts';
import { encodeBatch, TestEngine, type TestRequest } from '../support/engine.ts';
import { LooseProject } from '../support/project.ts';
import { median, type Took, table, took } from './table.ts';

const VOXELS = 300_000;
/** As many as come with one read of a socket. */
const BATCH = 64;
const BATCHES = 500;
const FILLS = 500;

/** Rounds that do not count: compilers warm up on them. */
const WARM_UP = 2;

/** Enough for all of it, so that no step is forgotten. */
const HISTORY_BYTES = 2 ** 31;

interface Row {
  readonly name: string;
  /** Gives how many edits it did, or recorded. */
  run(): number;
}

function voxelRecords(count: number): Uint8Array {
  const records = new ProjectRecords();
  for (let i = 0; i < count; i++) {
    const x = i % 100;
    const y = Math.trunc(i / 100) % 100;
    const z = Math.trunc(i / 10_000);
    const voxel = { layer_id: 1, x, y, z, rgba: 0xff00_0000 + (i & 0xffff) };
    addVoxel(records, { method: 'goxel.add_voxel', client: 1, at_ms: 1.7e12 + i }, voxel);
  }
  return records.take().bytes;
}

function replayed(bytes: readonly Uint8Array[]): void {
  const { project } = new LooseProject(2 ** 30, '/', HISTORY_BYTES);
  replay(project, bytes, methods());
}

/** Bytes that an engine recorded of requests, and how many these were. */
function recorded(requests: readonly TestRequest[]): Uint8Array[] {
  const engine = new TestEngine({ voxel_bytes_max: 2 ** 30, project_voxel_bytes_max: 2 ** 30 });
  for (let at = 0; at < requests.length; at += BATCH) engine.run(requests.slice(at, at + BATCH));
  return engine.records.map(({ bytes }) => bytes);
}

function rows(): Row[] {
  const voxels = [voxelRecords(VOXELS)];
  const fills = recorded(
    Array.from({ length: FILLS }, (_, i) => {
      const min = [(i * 7) % 90, (i * 11) % 90, (i * 13) % 90];
      const max = min.map((value) => value + 5);
      return { method: 'fill_region', params: { min, max, color: [i & 255, 90, 9, 255] } };
    }),
  );
  const batches = Array.from({ length: BATCHES }, (_, batch) =>
    Array.from({ length: BATCH }, (_, i) => {
      const at = batch * BATCH + i;
      return {
        method: 'add_voxel',
        params: [at % 40, Math.trunc(at / 40) % 40, at % 7, '#3366cc'],
      };
    }),
  );
  return [
    {
      name: 'edits of one voxel, as requests in batches of 64, recorded',
      run() {
        const engine = new TestEngine();
        for (const requests of batches) void engine.engine.run(encodeBatch(requests));
        return BATCHES * BATCH;
      },
    },
    { name: 'of that, the records', run: () => voxelRecords(VOXELS).length && VOXELS },
    {
      name: 'edits of one voxel, replayed',
      run() {
        replayed(voxels);
        return VOXELS;
      },
    },
    {
      name: 'fills of 6³ voxels, replayed as requests',
      run() {
        replayed(fills);
        return FILLS;
      },
    },
  ];
}

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const rounds = Number(values.rounds);
const measured = rows().map((row) => ({ row, times: [] as (Took & { edits: number })[] }));
for (let round = -WARM_UP; round < rounds; round++) {
  for (const { row, times } of measured) {
    let edits = 0;
    const time = took(() => {
      edits = row.run();
    });
    if (round >= 0) times.push({ ...time, edits });
  }
}

const rate = (count: number, seconds: number) => Math.round(count / seconds).toLocaleString('en');
console.log(
  table(
    ['', 'edits a second', 'by processor time'],
    measured.map(({ row, times }) => [
      row.name,
      rate(times[0]!.edits, median(times.map(({ wall_s }) => wall_s))),
      rate(times[0]!.edits, median(times.map(({ cpu_s }) => cpu_s))),
    ]),
  ),
);
