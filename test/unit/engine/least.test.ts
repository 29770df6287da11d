/**
 * Refusals before the work go by lower bounds: what takes so many blocks is made when exactly so
 * many are allowed.
 */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { extrude } from '../../../engine/ops/extrude.ts';
import { floodFill } from '../../../engine/ops/fill.ts';
import { fillHoles } from '../../../engine/ops/hollow.ts';
import { hull } from '../../../engine/ops/hull.ts';
import { moved } from '../../../engine/ops/move.ts';
import { paintShape } from '../../../engine/ops/paint.ts';
import { line } from '../../../engine/procedural/line.ts';
import { box, pyramid, sphere, torus } from '../../../engine/procedural/solids.ts';
import { terrain } from '../../../engine/procedural/terrain.ts';
import { text } from '../../../engine/procedural/text.ts';
import type { Vec3 } from '../../../engine/volume/box.ts';
import { voxelsOfFigure } from '../../../engine/volume/least.ts';
import { Volume } from '../../../engine/volume/volume.ts';
import { refused, taken } from '../../support/refused.ts';
import { SEED } from '../../support/seed.ts';
import { randomNumbers } from '../../support/volumes.ts';

const RED = 0xff_00_00_ff;

type Random = (below: number) => number;
interface Maker {
  (blocks_max: number): Volume;
  /** Blocks that are there before it. */
  readonly start?: number;
}

const real = (random: Random, low: number, high: number) =>
  low + ((high - low) * random(0x10000)) / 0x10000;
const point = (random: Random, side: number): Vec3 => [
  real(random, -side, side),
  real(random, -side, side),
  real(random, -side, side),
];
const whole = (random: Random, side: number) =>
  point(random, side).map(Math.round) as unknown as Vec3;

/** Some voxels and boxes. */
function some(random: Random): Volume {
  const volume = new Volume();
  for (let i = 1 + random(4); i > 0; i--) {
    const min = whole(random, 40);
    const max = min.map((value) => value + 1 + random(24)) as unknown as Vec3;
    volume.fillBox(min, max, RED);
  }
  return volume;
}

/** What an edit of a volume makes of it. */
function edited(volume: Volume, edit: (volume: Volume) => void): Maker {
  const make = (blocks_max: number) => {
    const copy = volume.clone();
    copy.blocks_max = blocks_max;
    edit(copy);
    return copy;
  };
  return Object.assign(make, { start: volume.blockCount });
}

function painted(random: Random): Maker {
  const angles = point(random, 3);
  const turned = random(2) === 0;
  const matrix = Float32Array.from(rotation(turned ? angles : [0, 0, 0]));
  const half = [0, 1, 2].map(() => real(random, 0.2, 60));
  for (let i = 0; i < 12; i++) matrix[i] = matrix[i]! * half[i >> 2]!;
  matrix.set(point(random, 60), 12);
  const [a, b] = [whole(random, 50), whole(random, 50)];
  const clip = {
    min: a.map((value, i) => Math.min(value, b[i]!)) as unknown as Vec3,
    max: a.map((value, i) => Math.max(value, b[i]!)) as unknown as Vec3,
  };
  const painter = {
    mode: (['over', 'max', 'replace'] as const)[random(3)]!,
    shape: (['cube', 'sphere', 'cylinder'] as const)[random(3)]!,
    color: random(4) === 0 ? 0x01_00_00_ff : RED,
    smoothness: random(3) === 0 ? real(random, 0, 6) : 0,
    symmetry: random(8),
    symmetryOrigin: point(random, 30),
    ...(random(3) === 0 ? { clip } : {}),
  };
  return edited(new Volume(), (volume) => paintShape(volume, matrix, painter));
}

/** A matrix that turns about x, then y, then z. */
function rotation([a, b, c]: Vec3): number[] {
  const [sa, ca, sb, cb] = [Math.sin(a), Math.cos(a), Math.sin(b), Math.cos(b)];
  const [sc, cc] = [Math.sin(c), Math.cos(c)];
  return [
    ...[cb * cc, cb * sc, -sb, 0],
    ...[sa * sb * cc - ca * sc, sa * sb * sc + ca * cc, sa * cb, 0],
    ...[ca * sb * cc + sa * sc, ca * sb * sc - sa * cc, ca * cb, 0],
    ...[0, 0, 0, 1],
  ];
}

function transformed(random: Random): Maker {
  const source = some(random);
  const matrix = Float32Array.from(
    random(3) === 0 ? rotation([0, 0, 0]) : rotation(point(random, 3)),
  );
  const even = real(random, 0.5, 6);
  const factors = random(2) === 0 ? [even, even, even] : [0, 1, 2].map(() => real(random, 0.3, 6));
  for (let i = 0; i < 12; i++) matrix[i] = matrix[i]! * factors[random(9) === 0 ? i & 3 : i >> 2]!;
  matrix.set(point(random, 40), 12);
  return (blocks_max) => moved(source, matrix, blocks_max);
}

function flooded(random: Random): Maker {
  const volume = some(random);
  const [min, max] = [
    [-60, -60, -60],
    [70, 70, 70],
  ] as [Vec3, Vec3];
  const at = whole(random, 55);
  const bounds = { min, max };
  return edited(volume, (copy) => floodFill(copy, at, RED + 1, { threshold: 0, bounds }));
}

function extruded(random: Random): Maker {
  const volume = some(random);
  const block = [...volume.blocks()][0]!;
  const i = block.data.findIndex((rgba) => rgba > 0xff_ffff);
  const at: Vec3 = [block.x + (i & 15), block.y + ((i >> 4) & 15), block.z + (i >> 8)];
  const [face, distance] = [random(6), 1 + random(100)];
  return edited(volume, (copy) => extrude(copy, at, face, distance, 255));
}

const MAKERS: Readonly<Record<string, (random: Random) => Maker>> = {
  sphere: (random) => {
    const shape = { center: point(random, 40), radius: real(random, 0.1, 60), color: RED };
    const thickness = random(2) === 0 ? {} : { thickness: real(random, 0.5, 8) };
    return (blocks_max) => sphere({ ...shape, ...thickness }, blocks_max);
  },
  box: (random) => {
    const min = whole(random, 40);
    const max = min.map((value) => value + 1 + random(90)) as unknown as Vec3;
    const style = (['solid', 'shell', 'frame'] as const)[random(3)]!;
    const shape = { box: { min, max }, style, thickness: 1 + random(20), color: RED };
    return (blocks_max) => box(shape, blocks_max);
  },
  pyramid: (random) => {
    const size = [1 + random(90), 1 + random(90)] as const;
    const shape = { min: whole(random, 40), size, height: 1 + random(80), color: RED };
    return (blocks_max) => pyramid(shape, blocks_max);
  },
  torus: (random) => {
    const radius = real(random, 1, 50);
    const axis = ([0, 1, 2] as const)[random(3)]!;
    const size = { radius, tube: real(random, 0.1, radius), axis, color: RED };
    const center = point(random, 40);
    return (blocks_max) => torus({ center, ...size }, blocks_max);
  },
  line: (random) => {
    const ends = { from: whole(random, 80), to: whole(random, 80), color: RED };
    const thickness = random(3) === 0 ? 1 : real(random, 1, 40);
    return (blocks_max) => line({ ...ends, thickness }, blocks_max);
  },
  text: (random) => {
    const style = {
      size: 1 + random(6),
      depth: 1 + random(30),
      align: 'left',
      facing: '-y',
    } as const;
    const params = { text: 'A.b\ni', origin: whole(random, 40), ...style, color: RED };
    return (blocks_max) => text(params, blocks_max);
  },
  terrain: (random) => {
    const [x, y] = whole(random, 40);
    const hills = { base: random(40), amplitude: random(30) };
    const octaves = { seed: random(99), scale: 20, count: 3, persistence: 0.5, lacunarity: 2 };
    const params = {
      ...({ min: [x, y], max: [x + 1 + random(80), y + 1 + random(80)] } as const),
      ...{ floor: hills.base - hills.amplitude, ...hills, octaves },
      ramp: [{ z: 0, color: RED }],
    };
    return (blocks_max) => terrain(params, blocks_max);
  },
  paint: painted,
  move: transformed,
  flood: flooded,
  extrude: extruded,
  hull: (random) => {
    const volume = some(random);
    return (blocks_max) => {
      const copy = volume.clone();
      copy.blocks_max = blocks_max;
      return hull(copy, RED);
    };
  },
  holes: (random) => {
    const volume = box(
      {
        ...{ box: { min: whole(random, 40), max: [90, 90, 90] }, style: 'shell', color: RED },
      },
      Infinity,
    );
    return edited(volume, (copy) => void fillHoles(copy, RED));
  },
};

const least = suite('least memory');

for (const [name, make] of Object.entries(MAKERS)) {
  least(`${name}: what takes so many blocks is made when they are there`, () => {
    const numbers = randomNumbers(SEED);
    const random: Random = (below) => Math.floor(numbers() * below);
    for (let round = 0; round < 2; round++) {
      const maker = make(random);
      const free = maker(Number.POSITIVE_INFINITY);
      const blocks = [...free.blocks()].length;
      const exact = taken(() => maker(blocks), `round ${round}, ${blocks} blocks`);
      assert.is(exact.count(), free.count(), `round ${round}`);
      // One less, and somebody must say so, sooner or later.
      if (blocks > (maker.start ?? 0))
        assert.is(refused(() => maker(blocks - 1)).code, 'GOX_MEMORY_LIMIT');
    }
  });
}

least('a figure has no fewer voxels than is reckoned, and not many more when it is large', () => {
  const numbers = randomNumbers(SEED);
  const random: Random = (below) => Math.floor(numbers() * below);
  for (let round = 0; round < 15; round++) {
    const radius = real(random, 0.5, 24);
    const ball = sphere({ center: point(random, 40), radius, color: RED }, Infinity).count();
    const reckoned = voxelsOfFigure((4 / 3) * Math.PI * radius ** 3, radius);
    assert.ok(ball >= reckoned, `radius ${radius}: ${ball}, ${reckoned}`);
    if (radius > 20) assert.ok(ball < reckoned * 1.2);
    const source = new Volume();
    source.set(...whole(random, 20), RED);
    const matrix = Float32Array.from(rotation(point(random, 3)));
    // Large ones take a second each.
    const side = round < 3 ? radius : radius / 2;
    for (let i = 0; i < 12; i++) matrix[i] = matrix[i]! * side;
    const grown = moved(source, matrix, Infinity).count();
    assert.ok(grown >= voxelsOfFigure(side ** 3, side / 2) * 0.999, `${side}: ${grown}`);
  }
});

least.run();
