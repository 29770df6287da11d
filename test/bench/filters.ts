/**
 * `npm run bench -- filters [--rounds N]`: bulk operations on a large model, in millions of
 * voxels a second, beside the plain loop over `get` and `set` that does the same. Both take turns
 * in every round; what counts is the median of the ratios.
 */

import { parseArgs } from 'node:util';
import { adjustColor } from '../../engine/ops/color-adjust.ts';
import { floodFill } from '../../engine/ops/fill.ts';
import { adjustColors, mirror } from '../../engine/ops/filters.ts';
import { hollow } from '../../engine/ops/hollow.ts';
import { moved } from '../../engine/ops/move.ts';
import { fuzzySelect } from '../../engine/ops/select.ts';
import { sphere } from '../../engine/procedural/solids.ts';
import type { Box } from '../../engine/volume/box.ts';
import { identity, type Matrix } from '../../engine/volume/matrix.ts';
import { Volume } from '../../engine/volume/volume.ts';
import { median, type Took, table, took } from './table.ts';

/** Rounds that do not count: the compiler warms up on them. */
const WARM_UP = 2;

const RED = 0xff00_00ff;
const BLUE = 0xffff_0000;
const SIDE = 128;
const BOX: Box = { min: [0, 0, 0], max: [SIDE, SIDE, SIDE] };

interface Operation {
  readonly name: string;
  readonly source: Volume;
  readonly fast: (volume: Volume) => unknown;
  readonly naive: (volume: Volume) => unknown;
}

/** Calls a function for the place of every voxel there may be in the box. */
function everywhere(run: (x: number, y: number, z: number) => void): void {
  for (let z = 0; z < SIDE; z++) {
    for (let y = 0; y < SIDE; y++) for (let x = 0; x < SIDE; x++) run(x, y, z);
  }
}

function gathered(
  volume: Volume,
  from: (x: number, y: number, z: number) => [number, number, number],
): Volume {
  const target = new Volume();
  everywhere((x, y, z) => target.set(x, y, z, volume.get(...from(x, y, z))));
  return target;
}

/** A flood with a stack of numbers and a set of seen places, the way it is first written. */
function naiveFill(volume: Volume, rgba: number): void {
  const color = volume.get(64, 64, 64);
  const stack = [64, 64, 64];
  volume.set(64, 64, 64, rgba);
  while (stack.length > 0) {
    const [z, y, x] = [stack.pop()!, stack.pop()!, stack.pop()!];
    for (let side = 0; side < 6; side++) {
      const step = (side & 1) === 0 ? -1 : 1;
      const nx = x + (side < 2 ? step : 0);
      const ny = y + (side >> 1 === 1 ? step : 0);
      const nz = z + (side > 3 ? step : 0);
      if (volume.get(nx, ny, nz) !== color) continue;
      volume.set(nx, ny, nz, rgba);
      stack.push(nx, ny, nz);
    }
  }
}

function naiveHollow(volume: Volume): void {
  const before = volume.clone();
  everywhere((x, y, z) => {
    const covered =
      before.get(x - 1, y, z) !== 0 &&
      before.get(x + 1, y, z) !== 0 &&
      before.get(x, y - 1, z) !== 0 &&
      before.get(x, y + 1, z) !== 0 &&
      before.get(x, y, z - 1) !== 0 &&
      before.get(x, y, z + 1) !== 0;
    if (covered) volume.set(x, y, z, 0);
  });
}

/** A ball in colours that change from place to place. */
function speckled(): Volume {
  const volume = sphere({ center: [64, 64, 64], radius: 62, color: RED }, 1e6);
  everywhere((x, y, z) => {
    const shade = Math.imul(x + 131 * y + 17 * z, 0x9e37_79b1) >>> 24;
    if (volume.get(x, y, z) !== 0) volume.set(x, y, z, (0xff00_4000 | shade) >>> 0);
  });
  return volume;
}

function operations(): Operation[] {
  const cube = new Volume();
  cube.fillBox(BOX.min, BOX.max, RED);
  const ball = sphere({ center: [64, 64, 64], radius: 62, color: RED }, 1e6);
  const mixed = speckled();
  const [turn, step, slant]: Matrix[] = [identity(), identity(), identity()] as const;
  turn!.set([0, 1, 0, 0, -1, 0, 0, 0, 0, 0, 1, 0, SIDE - 1, 0, 0, 1]);
  step!.set([3, -5, 7], 12);
  slant!.set([0.8, 0.6, 0, 0, -0.6, 0.8, 0]);
  const options = { threshold: 0, bounds: BOX };
  const filled = (volume: Volume) => floodFill(volume, [64, 64, 64], BLUE, options);
  const adjustment = { hue: 20, lightness: 10, saturation: -5, contrast: 10 };
  const last = SIDE - 1;
  return [
    { name: 'flood fill, cube', source: cube, fast: filled, naive: (v) => naiveFill(v, BLUE) },
    { name: 'flood fill, ball', source: ball, fast: filled, naive: (v) => naiveFill(v, BLUE) },
    {
      name: 'fuzzy select, speckled',
      source: mixed,
      fast: (v) => fuzzySelect(v, [64, 64, 64], 255),
      naive: (v) => {
        everywhere((x, y, z) => v.get(x, y, z) !== 0 && v.set(x, y, z, RED));
        naiveFill(v, BLUE);
      },
    },
    {
      name: 'adjust colours',
      source: mixed,
      fast: (v) => adjustColors(v, adjustment),
      naive: (v) => {
        everywhere((x, y, z) => {
          const rgba = v.get(x, y, z);
          if (rgba !== 0) v.set(x, y, z, adjustColor(rgba, adjustment));
        });
      },
    },
    { name: 'hollow', source: ball, fast: (v) => hollow(v, 1), naive: naiveHollow },
    {
      name: 'mirror',
      source: mixed,
      fast: (v) => mirror(v, 0, BOX),
      naive: (v) => gathered(v, (x, y, z) => [last - x, y, z]),
    },
    {
      name: 'rotate by 90°',
      source: mixed,
      fast: (v) => moved(v, turn!, 1e6),
      naive: (v) => gathered(v, (x, y, z) => [y, last - x, z]),
    },
    {
      name: 'translate',
      source: mixed,
      fast: (v) => moved(v, step!, 1e6),
      naive: (v) => gathered(v, (x, y, z) => [x - 3, y + 5, z - 7]),
    },
    {
      name: 'rotate by 37°',
      source: mixed,
      fast: (v) => moved(v, slant!, 1e6),
      naive: (v) =>
        gathered(v, (x, y, z) => [
          Math.round(0.8 * x + 0.6 * y),
          Math.round(-0.6 * x + 0.8 * y),
          z,
        ]),
    },
  ];
}

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const rows = operations().map(({ name, source, fast, naive }) => {
  const times: [Took, Took][] = [];
  for (let round = -WARM_UP; round < Number(values.rounds); round++) {
    const [a, b] = [source.clone(), source.clone()];
    const pair: [Took, Took] = [took(() => fast(a)), took(() => naive(b))];
    if (round >= 0) times.push(pair);
  }
  const millions = source.count() / 1e6;
  return [
    name,
    (millions / median(times.map(([{ wall_s }]) => wall_s))).toFixed(0),
    (millions / median(times.map(([{ cpu_s }]) => cpu_s))).toFixed(0),
    (millions / median(times.map(([, { cpu_s }]) => cpu_s))).toFixed(1),
    median(times.map(([one, other]) => other.cpu_s / one.cpu_s)).toFixed(1),
  ];
});
const head = ['operation', 'million/s', 'million/s of processor', 'plain loop', '×'];
console.log(table(head, rows));
