/**
 * `npm run bench -- edits [--rounds N]`: voxels a second of edits in bulk, in one thread, beside a
 * sphere by one `volume.set` a voxel; all in turns in every round.
 */

import { parseArgs } from 'node:util';
import { merge } from '../../engine/ops/combine.ts';
import { floodFill } from '../../engine/ops/fill.ts';
import { type Painter, paintShape } from '../../engine/ops/paint.ts';
import type { Box } from '../../engine/volume/box.ts';
import { boxMatrix } from '../../engine/volume/matrix.ts';
import { readRegion, writeRegion } from '../../engine/volume/region.ts';
import { Volume } from '../../engine/volume/volume.ts';
import { median, type Took, table, took } from './table.ts';

interface Edit {
  readonly name: string;
  /** Does the edit; the number of voxels it changed. */
  run(): number;
}

const RED = 0xff00_00ff;
const PAINTER: Painter = {
  mode: 'over',
  shape: 'sphere',
  color: RED,
  smoothness: 0,
  symmetry: 0,
  symmetryOrigin: [0, 0, 0],
};

/** Boxes whose solids have about a million voxels. */
const SPHERE: Box = { min: [-62, -62, -62], max: [62, 62, 62] };
const CUBE: Box = { min: [-50, -50, -50], max: [50, 50, 50] };
const CYLINDER: Box = { min: [-56, -56, -50], max: [56, 56, 50] };
/** One whose sides lie inside blocks. */
const ODD: Box = { min: [-53, -53, -53], max: [54, 54, 54] };
const ODD_SIZE = [107, 107, 107] as const;

/** Rounds that do not count: compilers and caches warm up on them. */
const WARM_UP = 3;

const FULL: Box = { min: [-64, -64, -64], max: [64, 64, 64] };

function painted(box: Box, change: Partial<Painter>, start = new Volume()): number {
  const before = start.count();
  paintShape(start, boxMatrix(box), { ...PAINTER, ...change });
  return Math.abs(start.count() - before);
}

function turned(): number {
  const volume = new Volume();
  const box = new Float32Array([40, 30, 0, 0, -30, 40, 0, 0, 0, 0, 50, 0, 0, 0, 0, 1]);
  paintShape(volume, box, { ...PAINTER, shape: 'cube' });
  return volume.count();
}

function naively(): number {
  const volume = new Volume();
  for (let z = -62; z < 62; z++) {
    for (let y = -62; y < 62; y++) {
      for (let x = -62; x < 62; x++) {
        const [px, py, pz] = [x + 0.5, y + 0.5, z + 0.5];
        if (px * px + py * py + pz * pz <= 62 * 62) volume.set(x, y, z, RED);
      }
    }
  }
  return volume.count();
}

function edits(): Edit[] {
  const full = new Volume();
  full.fillBox(FULL.min, FULL.max, 0xff80_8080);
  const sphere = new Volume();
  painted(SPHERE, { color: 0x8000_00ff }, sphere);
  const merged = () => {
    merge(full.clone(), sphere, 'over');
    return sphere.count();
  };
  const recolored = () => floodFill(full.clone(), [0, 0, 0], RED, { threshold: 0, bounds: FULL });
  const poured = () => floodFill(new Volume(), [0, 0, 0], RED, { threshold: 0, bounds: ODD });
  const packed = readRegion(sphere, ODD.min, ODD.max);
  const read = () => readRegion(sphere, ODD.min, ODD.max).length / 4;
  const written = () => {
    writeRegion(full.clone(), ODD.min, ODD_SIZE, packed, false);
    return packed.length / 4;
  };
  return [
    { name: 'sphere by volume.set', run: naively },
    { name: 'sphere', run: () => painted(SPHERE, {}) },
    { name: 'box', run: () => painted(CUBE, { shape: 'cube' }) },
    { name: 'cylinder', run: () => painted(CYLINDER, { shape: 'cylinder' }) },
    { name: 'sphere out of a full box', run: () => painted(SPHERE, { mode: 'sub' }, full.clone()) },
    { name: 'box turned by 37 degrees', run: turned },
    { name: 'sphere with a soft edge', run: () => painted(SPHERE, { smoothness: 2 }) },
    { name: 'merge of a translucent sphere', run: merged },
    { name: 'flood fill of a full box', run: recolored },
    { name: 'flood fill of an empty box', run: poured },
    { name: 'packed region read', run: read },
    { name: 'packed region written', run: written },
  ];
}

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '9' } } });
const list = edits();
const times = list.map((): Took[] => []);
const voxels = list.map(() => 0);
for (let round = -WARM_UP; round < Number(values.rounds); round++) {
  for (const [i, edit] of list.entries()) {
    const time = took(() => {
      voxels[i] = edit.run();
    });
    if (round >= 0) times[i]!.push(time);
  }
}
const rows = list.map(({ name }, i) => {
  const millions = voxels[i]! / 1e6;
  const wall = median(times[i]!.map(({ wall_s }) => millions / wall_s));
  const cpu = median(times[i]!.map(({ cpu_s }) => millions / cpu_s));
  const naive = voxels[0]! / 1e6;
  const ratio = median(
    times[i]!.map(({ cpu_s }, round) => millions / cpu_s / (naive / times[0]![round]!.cpu_s)),
  );
  return [name, `${voxels[i]}`, wall.toFixed(0), cpu.toFixed(0), ratio.toFixed(1)];
});
const head = ['edit', 'voxels', 'million/s', 'million/s of processor', '× volume.set'];
console.log(table(head, rows));
