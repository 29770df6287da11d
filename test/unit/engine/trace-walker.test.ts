/** Rays meet the voxels that a search of all voxels finds, and the numbers they are drawn from. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Sampler } from '../../../engine/trace/sampler.ts';
import { Walker } from '../../../engine/trace/walker.ts';
import { markSolid, type World, worldOf } from '../../../engine/trace/world.ts';
import type { Vec3 } from '../../../engine/volume/box.ts';
import { pack } from '../../../engine/volume/color.ts';
import { Volume } from '../../../engine/volume/volume.ts';
import { SEED } from '../../support/seed.ts';

/** A small generator (mulberry32), 0 <= u < 1. */
function random(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b_79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const SOLID = pack(1, 2, 3, 127);
const FAINT = pack(1, 2, 3, 126);

function worldFor(...volumes: Volume[]): World {
  const sources = volumes.map((volume, group) => ({ group, snapshot: volume.snapshot() }));
  const world = worldOf(sources);
  markSolid(world, 0, world.starts.length - 1);
  return world;
}

/** When a ray meets a solid voxel first, by a test of each one; Infinity when it meets none. */
function searched(voxels: readonly Vec3[], origin: Vec3, direction: Vec3): number {
  let first = Infinity;
  for (const voxel of voxels) {
    let [from, to] = [-Infinity, Infinity];
    for (let axis = 0; axis < 3; axis++) {
      const a = axis as 0 | 1 | 2;
      const low = (voxel[a] - origin[a]) / direction[a];
      const high = (voxel[a] + 1 - origin[a]) / direction[a];
      from = Math.max(from, Math.min(low, high));
      to = Math.min(to, Math.max(low, high));
    }
    if (from <= to && to >= 0) first = Math.min(first, Math.max(from, 0));
  }
  return first;
}

/** The same by the walker: from where the cell it met is entered. */
function walked(walker: Walker, origin: Vec3, direction: Vec3): number {
  walker.aim(...origin, ...direction);
  if (!walker.enter() || !walker.walk()) return Infinity;
  const { axis, cell, ray } = walker;
  if (axis < 0) return 0;
  const plane = cell[axis]! + (ray[3 + axis]! > 0 ? 0 : 1);
  return (plane - ray[axis]!) / ray[3 + axis]!;
}

const walker = suite('rays through voxels');

walker('meet what a search of all voxels finds', () => {
  for (let round = 0; round < 40; round++) {
    const next = random(SEED + round);
    const between = (low: number, high: number) => low + (high - low) * next();
    const volume = new Volume();
    const voxels: Vec3[] = [];
    const spread = [4, 20, 70, 3000][round % 4]!;
    const middle = [0, -1000, 2 ** 30][round % 3]!;
    for (let i = 0; i < 150; i++) {
      const at = () => Math.floor(middle + between(-spread, spread));
      const voxel: Vec3 = [at(), at(), at()];
      volume.set(...voxel, i % 5 === 0 ? FAINT : SOLID);
    }
    for (const { x, y, z, data } of volume.blocks()) {
      for (const [i, rgba] of data.entries()) {
        if (rgba >>> 24 < 127) continue;
        voxels.push([x + (i & 15), y + ((i >> 4) & 15), z + (i >> 8)]);
      }
    }
    const rays = new Walker(worldFor(volume));
    for (let i = 0; i < 100; i++) {
      const point = (): Vec3 => {
        const at = () => middle + between(-1.5 * spread, 1.5 * spread);
        return [at(), at(), at()];
      };
      const origin = point();
      // Every other ray goes to a voxel, so that it meets one.
      const voxel = voxels[Math.floor(next() * voxels.length)]!;
      const target: Vec3 =
        i % 2 === 0 ? point() : [voxel[0] + next(), voxel[1] + next(), voxel[2] + next()];
      const way: Vec3 = [target[0] - origin[0], target[1] - origin[1], target[2] - origin[2]];
      const inSolid = rays.groupAt(...(origin.map(Math.floor) as unknown as Vec3)) >= 0;
      if (inSolid) continue;
      const [expected, found] = [searched(voxels, origin, way), walked(rays, origin, way)];
      const same = expected === found || Math.abs(expected - found) < 1e-6;
      assert.ok(same, `round ${round}: ${found}, not ${expected}, from ${origin} along ${way}`);
    }
  }
});

walker('never leave a closed shell, through edges and corners neither', () => {
  for (const [low, high] of [
    [-3, 3],
    [-16, 16],
    [1, 31],
    [-70, 40],
  ] as const) {
    const volume = new Volume();
    volume.fillBox([low - 1, low - 1, low - 1], [high + 1, high + 1, high + 1], SOLID);
    volume.fillBox([low, low, low], [high, high, high], 0);
    const rays = new Walker(worldFor(volume));
    const middle = (low + high) / 2;
    for (const start of [middle, low, low + 0.5, Math.floor(middle) + 1 / 3]) {
      for (let x = -3; x <= 3; x++) {
        for (let y = -3; y <= 3; y++) {
          for (let z = -3; z <= 3; z++) {
            if (x === 0 && y === 0 && z === 0) continue;
            rays.aim(start, start, start, x, y, z);
            assert.ok(rays.enter() && rays.walk(), `${x} ${y} ${z} from ${start} in ${low}`);
          }
        }
      }
    }
  }
});

walker('cross the widest world in few steps', () => {
  const [min, max] = [-(2 ** 31), 2 ** 31 - 1];
  const volume = new Volume();
  volume.set(min, min, min, SOLID);
  volume.set(max, max, max, SOLID);
  volume.set(0, 0, 0, SOLID);
  const rays = new Walker(worldFor(volume));
  // Block after block, one of these rays alone would take a second.
  for (let i = 0; i < 500; i++) {
    assert.is(walked(rays, [max + 0.5, max + 0.5, max - 3], [0, 0, 1]), 3);
    assert.is(walked(rays, [max + 0.5, max + 0.5, max - 3], [0, 0, -1]), Infinity);
    assert.is(walked(rays, [max + 0.5, 0.5, 0.5], [-1, 0, 0]), max - 0.5);
    assert.is(walked(rays, [0.5, min + 0.5, 0.5], [0, -1, 0]), Infinity);
    assert.is(walked(rays, [0.5, 0.5, 0.5], [1, 1, 1]) < 2 ** 31, true);
  }
});

walker('pass freely through the group they are in, and stop where it ends', () => {
  const [glass, stone] = [new Volume(), new Volume()];
  glass.fillBox([0, 0, 0], [20, 4, 4], SOLID);
  glass.fillBox([22, 0, 0], [24, 4, 4], SOLID);
  stone.fillBox([30, 0, 0], [34, 4, 4], SOLID);
  const rays = new Walker(worldFor(glass, stone));
  rays.aim(-5, 1.5, 1.5, 1, 0, 0);
  assert.ok(rays.enter());
  const cells: [number, number][] = [];
  while (rays.walk()) {
    const group = rays.groupAt(rays.cell[0]!, rays.cell[1]!, rays.cell[2]!);
    cells.push([rays.cell[0]!, group]);
    rays.inside = group;
  }
  assert.equal(cells, [
    [0, 0],
    [20, -1],
    [22, 0],
    [24, -1],
    [30, 1],
    [34, -1],
  ]);
});

walker('find nothing in nothing', () => {
  const rays = new Walker(worldFor(new Volume()));
  assert.is(walked(rays, [0.5, 0.5, 5], [0, 0, -1]), Infinity);
  assert.is(walked(rays, [-0.5, -0.5, -0.5], [0.1, 0.2, 1]), Infinity);
});

walker.run();

const sampler = suite('numbers of a path');

sampler('are spread evenly in every cell of any shape', () => {
  const numbers = new Sampler();
  for (let pixel = 0; pixel < 20; pixel++) {
    numbers.pixel(SEED, 1, pixel, 7);
    for (const pair of [0, 1, 5, 1000]) {
      for (const [columns, rows] of [
        [16, 1],
        [8, 2],
        [4, 4],
        [2, 8],
        [1, 16],
      ] as const) {
        const cells = new Set<number>();
        for (let sample = 0; sample < 16; sample++) {
          numbers.sample(sample);
          numbers.draw(pair);
          cells.add(Math.floor(numbers.u * columns) * rows + Math.floor(numbers.v * rows));
        }
        assert.is(cells.size, 16, `${columns} x ${rows} of pair ${pair}`);
      }
    }
  }
});

sampler('differ by pixel, view, pair and seed, and do not go together', () => {
  const numbers = new Sampler();
  const drawn = (seed: number, view: number, x: number, pair: number) => {
    numbers.pixel(seed, view, x, 0);
    return Array.from({ length: 64 }, (_, sample) => {
      numbers.sample(sample);
      numbers.draw(pair);
      return numbers.u - 0.5;
    });
  };
  const first = drawn(SEED, 0, 0, 0);
  const others = [drawn(SEED, 0, 0, 1), drawn(SEED, 0, 1, 0), drawn(SEED, 1, 0, 0)];
  others.push(drawn(SEED + 1, 0, 0, 0));
  // Each would be 64 / 12 if it were the same.
  for (const other of others) {
    const together = other.reduce((sum, u, i) => sum + u * first[i]!, 0);
    assert.ok(Math.abs(together) < 4, String(together));
  }
});

sampler('fill the square that two pairs span', () => {
  const numbers = new Sampler();
  let filled = 0;
  for (let pixel = 0; pixel < 10; pixel++) {
    const cells = new Set<number>();
    for (let sample = 0; sample < 256; sample++) {
      numbers.pixel(SEED, 0, pixel, 3);
      numbers.sample(sample);
      numbers.draw(1);
      const column = Math.floor(numbers.u * 16);
      numbers.draw(4);
      cells.add(column * 16 + Math.floor(numbers.u * 16));
    }
    filled += cells.size;
  }
  // By chance alone 162 of 256, of one pixel in 40,000 only 64; 16 when one follows from the other.
  assert.ok(filled / 10 > 140, `${filled / 10}`);
});

sampler.run();
