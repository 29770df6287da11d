/**
 * `npm run bench -- meshes [--rounds N]`: how many triangles the kinds of meshes have, and how long
 * they take to be made, of models of the corpus: a quad for each face, rectangles of one colour as
 * they are, the same watertight, and rectangles of any colours with their picture. They take turns
 * in every round; times are medians.
 */

import { parseArgs } from 'node:util';
import { formatFor } from '../../engine/formats/index.ts';
import { Atlas } from '../../engine/mesh/atlas.ts';
import { GreedySurface } from '../../engine/mesh/greedy.ts';
import { surfaceOf } from '../../engine/mesh/kinds.ts';
import type { Surface } from '../../engine/mesh/surface.ts';
import type { Volume } from '../../engine/volume/volume.ts';
import { models } from '../support/fixtures.ts';
import { median, table } from './table.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const rounds = Number(values.rounds);

const NAMES = ['big_terrain', 'csg', 'layer_modes', 'sphere10'];

const KINDS: readonly (readonly [name: string, make: (volume: Volume) => Surface])[] = [
  ['blocks', (volume) => surfaceOf(volume, 'blocks')],
  ['rectangles', (volume) => new GreedySurface(volume)],
  ['greedy', (volume) => surfaceOf(volume, 'greedy')],
  [
    'baked',
    (volume) => {
      const atlas = new Atlas([volume]);
      atlas.picture();
      return atlas.surfaces[0]!;
    },
  ],
];

function triangles(surface: Surface): number {
  let faces = 0;
  for (const { count } of surface.batches()) faces += count;
  return faces * (surface.corners - 2);
}

const rows = models()
  .filter(({ name }) => NAMES.includes(name))
  .map((model) => {
    const volume = formatFor('a.gox').read!(model.bytes, model.name).merged();
    const times = KINDS.map((): number[] => []);
    const counts = KINDS.map(() => 0);
    for (let round = 0; round < rounds; round++) {
      for (const [i, [, make]] of KINDS.entries()) {
        const start = performance.now();
        counts[i] = triangles(make(volume));
        times[i]!.push(performance.now() - start);
      }
    }
    return [
      model.name,
      ...counts.map(String),
      `${Math.round((1 - counts[2]! / counts[0]!) * 100)} %`,
      `${Math.round((1 - counts[3]! / counts[0]!) * 100)} %`,
      ...times.map((list) => median(list).toFixed(1)),
    ];
  });

const names = KINDS.map(([name]) => name);
const head = ['triangles', ...names, 'saved', 'baked', ...names.map((name) => `${name} (ms)`)];
console.log(table(head, rows));
