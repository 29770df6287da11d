/**
 * `npm run bench -- preview [--rounds N] [--layers N]`: what a client of a daemon waits for a
 * picture of 256 x 256 pixels, on documents from small to large that take turns in every round:
 * after an
 * edit of one voxel, seen as before and from another side, and after one that makes the content
 * larger, so that the camera moves. Medians in milliseconds, and times the smallest document's.
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { formatFor } from '../../engine/formats/index.ts';
import { connect } from '../../transport/client.ts';
import { startDaemon } from '../support/daemon.ts';
import { temporaryDirectory } from '../support/tmp.ts';
import { documentOfLayers, SIZES } from './documents.ts';
import { median, table } from './table.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    layers: { type: 'string', default: '1' },
  },
});
const rounds = Number(values.rounds);

/** Rounds that do not count: code is not optimized yet. */
const WARM_UP = 10;
const SIDE = 256;

interface Subject {
  readonly project: string;
  /** A voxel on the surface, in the middle. */
  readonly at: readonly [x: number, y: number, z: number];
  /** The middle above everything. */
  readonly above: readonly [x: number, y: number, z: number];
}

const picture = { width: SIDE, height: SIDE };

interface Row {
  readonly name: string;
  edit(subject: Subject, round: number): readonly [x: number, y: number, z: number];
  view(round: number): Readonly<Record<string, unknown>>;
}

const near = ({ at: [x, y, z] }: Subject, round: number) =>
  [x + (round % 5), y + (Math.floor(round / 5) % 5), z] as const;

const ROWS: readonly Row[] = [
  { name: 'as before', edit: near, view: () => picture },
  {
    name: 'from another side',
    edit: near,
    view: (round) => ({ ...picture, camera: { yaw: (round * 37) % 360, pitch: 35 } }),
  },
  {
    name: 'of a larger whole',
    edit: ({ above: [x, y, z] }, round) => [x, y, z + round],
    view: () => picture,
  },
];

const directory = temporaryDirectory();
const daemon = await startDaemon({});
const client = await connect({ path: daemon.socket });
const subjects: Subject[] = [];
for (const [i, size] of SIZES.entries()) {
  const volume = size.volume();
  const { min, max } = volume.box()!;
  const [x, y] = [(min[0] + max[0]) >> 1, (min[1] + max[1]) >> 1];
  let z = max[2] - 1;
  while (z > min[2] && volume.get(x, y, z) === 0) z--;
  const path = join(directory, `${i}.gox`);
  const pieces = formatFor(path).write!(documentOfLayers(volume, Number(values.layers)));
  writeFileSync(path, Buffer.concat([...pieces]));
  const project = `document ${i}`;
  await client.call('goxel.load_project', { path, project });
  subjects.push({ project, at: [x, y, z], above: [x, y, max[2]] });
}

/** Milliseconds from the request to the reply. */
async function ask({ name, edit, view }: Row, subject: Subject, round: number): Promise<number> {
  const [x, y, z] = edit(subject, round);
  const color = [round % 256, 200, name.length];
  const { project } = subject;
  await client.call('goxel.add_voxel', { x, y, z, color, layer_id: 1, project });
  const start = performance.now();
  await client.call('goxel.render_scene', { ...view(round), project });
  return performance.now() - start;
}

const lines: string[][] = [];
for (const row of ROWS) {
  const times = subjects.map((): number[] => []);
  for (let round = 0; round < rounds + WARM_UP; round++) {
    for (const [i, subject] of subjects.entries()) {
      const took = await ask(row, subject, round);
      if (round >= WARM_UP) times[i]!.push(took);
    }
  }
  const medians = times.map(median);
  const cells = medians.map((ms) => `${ms.toFixed(1)} (${(ms / medians[0]!).toFixed(1)})`);
  lines.push([row.name, ...cells]);
}
process.stdout.write(
  `${table(['256 x 256 after an edit', ...SIZES.map(({ name }) => name)], lines)}\n`,
);
await client.close();
await daemon.stop();
