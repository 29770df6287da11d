/** Selections, fills, extrusion and replacement: real Goxel's results, and the plainest code. */

import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { extrude } from '../../../engine/ops/extrude.ts';
import { type FillOptions, floodFill } from '../../../engine/ops/fill.ts';
import { paintMask, replaceColor } from '../../../engine/ops/replace.ts';
import {
  boxMask,
  combineMask,
  connected,
  fuzzySelect,
  type MaskMode,
  selectColor,
} from '../../../engine/ops/select.ts';
import type { Box, Vec3 } from '../../../engine/volume/box.ts';
import { channels, pack } from '../../../engine/volume/color.ts';
import { Volume } from '../../../engine/volume/volume.ts';
import { editScript, numbers } from '../../support/edit-script.ts';
import { type Fixture, scripts, voxelLines } from '../../support/fixtures.ts';
import { SEED } from '../../support/seed.ts';

const WHITE = 0xffff_ffff;
const RED = 0xff00_00ff;
const EDGE = 0x7fff_ffff;
const runs = { seed: SEED, numRuns: 60 };

/** A dense little world over several blocks, so that regions are connected. */
const world = fc
  .tuple(
    fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 2000, maxLength: 2000 }),
    fc.constantFrom(-8, 11, EDGE - 19, -EDGE - 1),
  )
  .map(([cells, corner]) => {
    const volume = new Volume();
    const shades = [0, pack(10, 10, 10, 255), pack(14, 10, 10, 255), pack(200, 10, 10, 90)];
    for (const [i, cell] of cells.entries()) {
      const at: Vec3 = [
        corner + (i % 20),
        -5 + (Math.trunc(i / 20) % 10),
        12 + Math.trunc(i / 200),
      ];
      volume.set(...at, shades[cell]!);
    }
    return { volume, corner };
  });

const STEPS = [
  [1, 0, 0],
  [-1, 0, 0],
  [0, 1, 0],
  [0, -1, 0],
  [0, 0, 1],
  [0, 0, -1],
] as const;

/** The region around a place by the plainest search; `joins` says over which steps it goes. */
function region(start: Vec3, joins: (from: Vec3, to: Vec3) => boolean): Set<string> {
  const seen = new Set([start.join(' ')]);
  const queue: Vec3[] = [start];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    for (const [dx, dy, dz] of STEPS) {
      const to: Vec3 = [at[0] + dx, at[1] + dy, at[2] + dz];
      if (to[0] > EDGE || to[0] < -EDGE - 1) continue;
      if (seen.has(to.join(' ')) || !joins(at, to)) continue;
      seen.add(to.join(' '));
      queue.push(to);
    }
  }
  return seen;
}

function near(volume: Volume, threshold: number) {
  return (from: Vec3, to: Vec3) => {
    const [a, b] = [volume.get(...from), volume.get(...to)];
    if (b === 0) return false;
    const [p, q] = [channels(a), channels(b)];
    return [0, 1, 2].every((i) => Math.abs(p[i]! - q[i]!) <= threshold);
  };
}

/** The places of all voxels, in the form of `region`. */
function places(volume: Volume): Set<string> {
  const lines = voxelLines(volume).trim().split('\n');
  return new Set(lines.filter(Boolean).map((line) => line.split(' ').slice(0, 3).join(' ')));
}

function expected(one: Fixture): string | undefined {
  return one.beside('.out.txt')?.toString();
}

const test = suite('select');

test('selects what Goxel selects', () => {
  const found = [...scripts('select_'), ...scripts('sel_'), ...scripts('selbox_')];
  assert.ok(found.length >= 5);
  for (const one of found) {
    const { volume, rest } = editScript(one);
    let mask = new Volume();
    let color = WHITE;
    let result: Volume | undefined;
    for (const command of rest) {
      const [name, word] = command;
      const [a, b, c, d, e, f] = numbers(command) as [number, number, number, ...number[]];
      if (name === 'select') {
        const how = command[5] === 'sub' ? 'sub' : 'set';
        mask = combineMask(mask, fuzzySelect(volume, [a, b, c], d!), how);
      } else if (name === 'selbox') mask.fillBox([a, b, c], [d!, e!, f!], WHITE);
      else if (name === 'color') color = pack(a, b, c, d!);
      else if (name === 'action') {
        paintMask(volume, mask, color, word === 'layer_clear' ? 'remove' : 'over');
        result = volume;
      }
    }
    assert.is(voxelLines(result ?? mask), expected(one), one.title);
  }
});

test('extrudes as Goxel extrudes', () => {
  const found = scripts('extrude_');
  assert.ok(found.length >= 16);
  for (const one of found) {
    const { volume, rest } = editScript(one);
    const [x, y, z, face, delta, threshold] = numbers(rest[0]);
    extrude(volume, [x!, y!, z!], face!, delta!, threshold!);
    assert.is(voxelLines(volume), expected(one), one.title);
  }
});

test('extrudes far, across blocks, and refuses to leave the coordinates', () => {
  const volume = new Volume();
  volume.fillBox([0, 0, 0], [20, 20, 3], RED);
  extrude(volume, [3, 3, 2], 3, 100, 0);
  assert.is(volume.count(), 20 * 20 * 103);
  extrude(volume, [3, 3, 102], 3, -2_000_000_000, 0);
  assert.is(volume.count(), 0);
  const edge = new Volume();
  edge.set(0, 0, EDGE - 4, RED);
  assert.throws(() => extrude(edge, [0, 0, EDGE - 4], 3, 10, 0), 'too large');
  assert.throws(() => extrude(edge, [0, 0, EDGE - 4], 2, 0x7000_0000, 0), 'too large');
  extrude(edge, [0, 0, EDGE - 4], 3, 3, 0);
  assert.is(edge.count(), 4);
});

test('does nothing to a covered face or an empty place', () => {
  const volume = new Volume();
  volume.fillBox([0, 0, 0], [3, 3, 3], RED);
  for (const at of [[1, 1, 1] as const, [9, 9, 9] as const]) extrude(volume, at, 3, 2, 255);
  assert.is(volume.count(), 27);
});

test('fuzzy select is the region of near colours', () => {
  fc.assert(
    fc.property(world, fc.constantFrom(0, 3, 4, 189, 190, 255), ({ volume, corner }, threshold) => {
      const at: Vec3 = [corner + 3, 0, 14];
      volume.set(...at, pack(12, 10, 10, 255));
      const mask = fuzzySelect(volume, at, threshold);
      assert.equal(places(mask), region(at, near(volume, threshold)));
      assert.ok(![...mask.blocks()].some(({ data }) => data.some((w) => w !== 0 && w !== WHITE)));
    }),
    runs,
  );
});

test('a region of whole blocks stops at the coordinates', () => {
  for (const corner of [EDGE - 39, -EDGE - 1]) {
    const volume = new Volume();
    const max = corner > 0 ? EDGE : corner + 40;
    volume.fillBox([corner, 0, 0], [max, 40, 40], RED);
    const other = corner > 0 ? -EDGE - 1 : EDGE - 1;
    volume.fillBox([other, 0, 0], [other + 1, 40, 40], RED);
    assert.is(connected(volume, [corner + 20, 20, 20]).count(), (max - corner) * 1600);
  }
});

test('whole blocks of other colours and their borders are told apart', () => {
  const volume = new Volume();
  volume.fillBox([0, 0, 0], [48, 48, 48], RED);
  volume.fillBox([16, 16, 16], [32, 32, 32], WHITE);
  assert.is(fuzzySelect(volume, [0, 0, 0], 0).count(), 48 ** 3 - 16 ** 3);
  assert.is(fuzzySelect(volume, [20, 20, 20], 0).count(), 16 ** 3);
  assert.is(fuzzySelect(volume, [20, 20, 20], 255).count(), 48 ** 3);
  assert.is(fuzzySelect(volume, [99, 0, 0], 255).count(), 0);
});

test('box masks are white with the alpha of their voxels', () => {
  const volume = new Volume();
  volume.fillBox([-20, -20, -20], [20, 20, 20], pack(1, 2, 3, 77));
  const mask = boxMask(volume, { min: [-1, 0, 3], max: [30, 18, 30] });
  assert.equal(mask.box(), { min: [-1, 0, 3], max: [20, 18, 20] });
  assert.is(mask.count(), 21 * 18 * 17);
  assert.is(mask.get(0, 0, 3), pack(255, 255, 255, 77));
});

test('a box with a side of 0 holds nothing, however long its other sides are', () => {
  const volume = new Volume();
  volume.set(0, 0, 0, RED);
  // Along the third side it lies within a block.
  const flat: Box = { min: [-EDGE, -EDGE, 1], max: [EDGE, EDGE, 1] };
  assert.is(boxMask(volume, flat).count(), 0);
});

test('masks are combined voxel by voxel', () => {
  const oracle: Record<MaskMode, (a: number, b: number) => boolean> = {
    set: (_, b) => b !== 0,
    add: (a, b) => a !== 0 || b !== 0,
    sub: (a, b) => a !== 0 && b === 0,
    intersect: (a, b) => a !== 0 && b !== 0,
  };
  const [a, b] = [new Volume(), new Volume()];
  a.fillBox([0, 0, 0], [30, 9, 9], WHITE);
  b.fillBox([20, 3, 3], [60, 12, 12], WHITE);
  for (const [how, rule] of Object.entries(oracle)) {
    const result = combineMask(a, b, how as MaskMode);
    for (let i = 0; i < 64 * 13 * 13; i++) {
      const at: Vec3 = [i % 64, Math.trunc(i / 64) % 13, Math.trunc(i / 832)];
      assert.is(result.get(...at), rule(a.get(...at), b.get(...at)) ? WHITE : 0, how);
    }
  }
});

test('colours are selected and replaced within a tolerance in every channel', () => {
  const volume = new Volume();
  const words = [pack(10, 10, 10, 255), pack(12, 10, 10, 255), pack(13, 10, 10, 255)];
  words.push(pack(10, 10, 10, 252), pack(10, 12, 8, 253));
  for (const [i, word] of words.entries()) volume.set(7 * i, 0, 0, word);
  assert.equal([...places(selectColor(volume, words[0]!, 2))], ['0 0 0', '7 0 0', '28 0 0']);
  assert.is(replaceColor(volume, words[0]!, words[1]!, 2), 2);
  assert.is(volume.get(28, 0, 0), words[1]);
  assert.is(volume.get(14, 0, 0), words[2]);
  assert.is(replaceColor(volume, words[1]!, 0, 1), 4);
  assert.is(voxelLines(volume), '21 0 0 0a0a0afc\n');
});

test('masks paint, recolour and remove', () => {
  const mask = new Volume();
  mask.fillBox([0, 0, 0], [2, 1, 1], WHITE);
  const painted = (how: 'over' | 'recolor' | 'remove', rgba: number) => {
    const volume = new Volume();
    volume.set(0, 0, 0, pack(100, 0, 0, 100));
    paintMask(volume, mask, rgba, how);
    return voxelLines(volume);
  };
  assert.is(painted('over', RED), '0 0 0 ff0000ff\n1 0 0 ff0000ff\n');
  assert.is(painted('recolor', RED), '0 0 0 ff000064\n');
  assert.is(painted('recolor', pack(200, 0, 0, 51)), '0 0 0 78000064\n');
  assert.is(painted('remove', RED), '');
});

const everywhere = (threshold: number, bounds: Box): FillOptions => ({ threshold, bounds });

test('a flood fill recolours the region of near colours and counts it', () => {
  fc.assert(
    fc.property(world, fc.constantFrom(0, 4, 255), ({ volume, corner }, threshold) => {
      const at: Vec3 = [corner + 3, 0, 14];
      volume.set(...at, pack(12, 10, 10, 255));
      const before = volume.clone();
      const wanted = region(at, near(before, threshold));
      const changed = floodFill(volume, at, RED, everywhere(threshold, { min: at, max: at }));
      assert.is(changed, wanted.size);
      for (const place of places(before)) {
        const p = place.split(' ').map(Number) as unknown as Vec3;
        assert.is(volume.get(...p), wanted.has(place) ? RED : before.get(...p));
      }
    }),
    runs,
  );
});

test('a flood fill fills the empty region inside its bounds', () => {
  fc.assert(
    fc.property(world, ({ volume, corner }) => {
      const at: Vec3 = [corner + 3, 0, 14];
      volume.set(...at, 0);
      const min: Vec3 = [corner, -21, -3];
      const max: Vec3 = [Math.min(corner + 40, EDGE), 20, 35];
      const before = volume.clone();
      const inside = (p: Vec3) => p.every((value, i) => value >= min[i]! && value < max[i]!);
      const wanted = region(at, (_, to) => inside(to) && before.get(...to) === 0);
      assert.is(floodFill(volume, at, RED, everywhere(0, { min, max })), wanted.size);
      assert.is(volume.count(), before.count() + wanted.size);
      for (const place of wanted) {
        assert.is(volume.get(...(place.split(' ').map(Number) as unknown as Vec3)), RED);
      }
    }),
    { seed: SEED, numRuns: 20 },
  );
});

test('a flood fill is refused outside its bounds and beyond the blocks allowed', () => {
  const volume = new Volume();
  const bounds: Box = { min: [0, 0, 0], max: [1000, 1000, 1000] };
  const fill = (at: Vec3) => floodFill(volume, at, RED, everywhere(0, bounds));
  assert.throws(
    () => fill([0, 0, 1000]),
    (error: Error) => 'code' in error && error.code === 'GOX_INVALID_PARAMS',
  );
  volume.blocks_max = 1000;
  assert.throws(
    () => fill([0, 0, 0]),
    (error: Error) => 'code' in error && error.code === 'GOX_MEMORY_LIMIT',
  );
  assert.is(volume.count(), 0);
  volume.blocks_max = 4096;
  const small: Box = { min: [-3, 0, 0], max: [157, 160, 160] };
  assert.is(floodFill(volume, [0, 0, 0], RED, everywhere(0, small)), 160 ** 3);
  assert.is(floodFill(volume, [0, 0, 0], RED, everywhere(0, small)), 0);
  assert.is(floodFill(volume, [0, 0, 0], 0, everywhere(0, small)), 160 ** 3);
});

test.run();
